#include "faults/store_script.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <set>
#include <sstream>

#include "base/hash.h"

namespace bess::test {

namespace {

std::uint64_t hash_of(const MarketTable& table) {
  Hash hash;
  for (const Instant t : table.delivery_start) hash.add(static_cast<std::uint64_t>(t.time_since_epoch().count()));
  for (const TableColumn& column : table.columns) {
    hash.add(column.name);
    hash.add(column.values);
  }
  return hash.value();
}

ScenarioId find_scenario(Store& store, const std::string& name) {
  for (const Scenario& scenario : store.scenarios().list()) {
    if (scenario.name == name) return scenario.id;
  }
  throw std::logic_error("the script has no scenario " + name);
}

std::string find_profile(Store& store, const std::string& name) {
  for (const Profile& profile : store.profiles().list()) {
    if (profile.name == name) return profile.id;
  }
  throw std::logic_error("the script has no profile " + name);
}

template <class Result>
void expect_done(const Expected<Result>& result) {
  if (!result) throw std::logic_error("the script was refused: " + result.issues().all().front().message);
}

bool damaged(const std::filesystem::path& file) {
  const SQLite::Database database(file.string());
  SQLite::Statement check(database, "PRAGMA integrity_check");
  return !check.executeStep() || check.getColumn(0).getString() != "ok";
}

}  // namespace

std::string observe(Store& store) {
  std::ostringstream text;
  for (const Scenario& scenario : store.scenarios().list()) {
    text << "scenario " << scenario.name << " '" << scenario.description << "'";
    std::int64_t rows = 0;
    const auto tables = store.scenarios().tables(scenario.id).value();
    for (const StoredTable& stored : tables) {
      const MarketTable table = store.scenarios().table(scenario.id, stored.kind).value();
      EXPECT_EQ(static_cast<std::int64_t>(table.rows()), stored.rows);
      rows += stored.rows;
      text << " " << to_string(stored.kind) << ":" << table.rows() << ":" << hash_of(table);
    }
    const auto has = [&](TableKind kind) {
      return std::any_of(tables.begin(), tables.end(), [&](const auto& t) { return t.kind == kind; });
    };
    EXPECT_EQ(scenario.record_count, rows);
    EXPECT_EQ(scenario.has_price_data, has(TableKind::price));
    EXPECT_EQ(scenario.has_fcr_data, has(TableKind::fcr));
    EXPECT_EQ(scenario.has_afrr_data, has(TableKind::afrr));
    EXPECT_EQ(scenario.has_solar_data, has(TableKind::solar));
    text << "\n";
  }
  for (const Profile& profile : store.profiles().list()) {
    const auto series = store.profiles().series(profile.id).value();
    EXPECT_EQ(series->capacity_mw, profile.capacity_mw);
    EXPECT_EQ(store.profiles().statistics(profile.id).value(), monthly_statistics(*series, dutch_calendar()));
    Hash hash;
    hash.add(series->power_mw);
    text << "profile " << profile.name << " " << profile.capacity_mw << " " << profile.config << " " << hash.value() << "\n";
  }
  return text.str();
}

std::vector<std::string> leftovers(Store& store, const std::filesystem::path& data_directory) {
  std::set<std::string> expected{"scenarios.db", "profiles.db", "store.lock"};
  for (const Scenario& scenario : store.scenarios().list()) {
    if (!scenario.data_revision.empty()) expected.insert("scenario_data/scenario_" + std::to_string(scenario.id) + ".db");
  }
  for (const Profile& profile : store.profiles().list()) expected.insert("profile_data/profile_" + profile.id + ".db");
  std::vector<std::string> problems;
  const auto db = data_directory / "db";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(db)) {
    if (entry.is_directory()) continue;
    const std::string name = std::filesystem::relative(entry.path(), db).string();
    if (name == "scenarios.db-journal" || name == "profiles.db-journal") continue;  // stays, for the next change
    if (expected.erase(name) == 0) problems.push_back("left over: " + name);
    if (name.ends_with(".db") && damaged(entry.path())) problems.push_back("damaged: " + name);
  }
  for (const std::string& name : expected) problems.push_back("missing: " + name);
  return problems;
}

void prepare(Store& store) {
  const ScenarioId first = store.scenarios().create({.name = "first"}).value().id;
  expect_done(store.scenarios().import_tables(
      first, std::vector{make_price_table(400, 1.0), make_table(TableKind::fcr, {"fcr_price"}, 0, 24, 240, 9.0)}));
  expect_done(store.profiles().create({.name = "park"}, make_series(300), dutch_calendar()));
}

const std::vector<std::function<void(Store&)>>& script() {
  static const std::vector<std::function<void(Store&)>> changes{
      [](Store& s) { expect_done(s.scenarios().create({.name = "second", .description = "made"})); },
      [](Store& s) { expect_done(s.scenarios().import_tables(find_scenario(s, "second"), std::vector{make_price_table(300, 40.0)})); },
      [](Store& s) { expect_done(s.scenarios().import_tables(find_scenario(s, "first"), std::vector{make_price_table(200, 80.0)})); },
      [](Store& s) { expect_done(s.scenarios().patch(find_scenario(s, "first"), {.description = "patched"})); },
      [](Store& s) {
        expect_done(s.profiles().create({.name = "sea", .type = ProfileType::wind}, make_series(200, 9.0), dutch_calendar()));
      },
      [](Store& s) {
        expect_done(s.profiles().replace_series(find_profile(s, "park"), make_series(250, 3.0), dutch_calendar(), "{\"a\":1}"));
      },
      [](Store& s) {
        expect_done(s.scenarios().import_tables(
            find_scenario(s, "second"), std::vector{make_table(TableKind::fcr, {"fcr_price"}, 0, 6, 240, 5.0)}, ImportMode::replace));
      },
      [](Store& s) { expect_done(s.scenarios().remove(find_scenario(s, "first"))); },
      [](Store& s) { expect_done(s.profiles().remove(find_profile(s, "sea"))); },
  };
  return changes;
}

FastDirectory::FastDirectory() {
  const std::filesystem::path memory = "/dev/shm";
  const auto base = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  std::string pattern = (base / "bess_faults_XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

FastDirectory::~FastDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace bess::test
