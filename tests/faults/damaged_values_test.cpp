// Values that are changed in a stored file behind the program's back: each is found, and named by file, table and column, or changes no
// answer. None is answered as if it were true.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "base/random.h"
#include "faults/store_script.h"
#include "store/schema.h"
#include "unit/store/store_fixture.h"

namespace bess::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

void execute(const std::filesystem::path& file, const std::string& sql) {
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec(sql);
}

/// The message of the corrupt_store that `work` throws; what else came of it otherwise.
template <class Work>
std::string corruption(Work&& work) {
  try {
    work();
  } catch (const Exception& failure) {
    return failure.code() == "corrupt_store" ? failure.what() : "another code: " + failure.code() + ": " + failure.what();
  }
  return "not found";
}

class DamagedValuesTest : public StoreTest {
 protected:
  /// In memory where there is one: some hundred stores are copied.
  void open() {
    store_.reset();
    store_ = std::make_unique<Store>(StoreOptions{.data_directory = fast_.path()});
  }
  [[nodiscard]] std::filesystem::path db() const { return fast_.path() / "db"; }
  void SetUp() override {
    open();
    id_ = make_scenario();
    const std::vector tables{
        make_price_table(192),
        make_table(
            TableKind::afrr,
            {"afrr_up_price", "afrr_down_price", "afrr_up_energy_price", "afrr_down_energy_price", "afrr_up_ratio", "afrr_down_ratio"}, 0,
            48, 60, 3.0),
        make_table(TableKind::fcr, {"fcr_price"}, 0, 12, 240, 9.0), make_table(TableKind::solar, {"solar_mw"}, 0, 192, 15, 2.0),
        make_table(TableKind::installed_capacity, {"solar_mw"}, 0, 2, 1440, 100.0)};
    (void)scenarios().import_tables(id_, tables).value();
    whole_ = make_scenario("whole");
    import_one(whole_, make_price_table(96));
    profile_ = profiles().create({.name = "park", .latitude = 52.0, .longitude = 5.0}, make_series(300), dutch_calendar()).value().id;
    other_profile_ = profiles().create({.name = "sea"}, make_series(200), dutch_calendar()).value().id;
    data_ = db() / "scenario_data" / ("scenario_" + std::to_string(id_) + ".db");
    profile_data_ = db() / "profile_data" / ("profile_" + profile_ + ".db");
    store_.reset();
    std::filesystem::copy(db(), backup_, std::filesystem::copy_options::recursive);
  }
  void restore() {
    store_.reset();
    std::filesystem::remove_all(db());
    std::filesystem::copy(backup_, db(), std::filesystem::copy_options::recursive);
  }
  void expect_others_work() {
    EXPECT_EQ(scenarios().table(whole_, TableKind::price).value().rows(), 96U);
    EXPECT_TRUE(scenarios().price_set(whole_));
    EXPECT_EQ(profiles().series(other_profile_).value()->power_mw.size(), 200U);
  }
  /// (table, column) of every column of a file's tables with values.
  static std::vector<std::pair<std::string, std::string>> columns_of_file(const std::filesystem::path& file) {
    SQLite::Database database(file.string());
    SQLite::Statement query(database,
                            "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c "
                            "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'");
    std::vector<std::pair<std::string, std::string>> result;
    while (query.executeStep()) result.emplace_back(query.getColumn(0).getString(), query.getColumn(1).getString());
    return result;
  }
  std::string load_scenario() {
    open();
    return corruption([&] {
      (void)scenarios().price_set(id_).value();
      (void)scenarios().all_tables(id_).value();
    });
  }
  std::string load_profile() {
    open();
    return corruption([&] {
      (void)profiles().series(profile_).value();
      (void)profiles().statistics(profile_).value();
    });
  }

  FastDirectory fast_;
  ScenarioId id_{};
  ScenarioId whole_{};
  std::string profile_, other_profile_;
  std::filesystem::path data_, profile_data_;
  std::filesystem::path backup_{fast_.path() / "backup"};
};

const std::vector<std::string>& strange_values() {
  static const std::vector<std::string> values{"{0} + 1", "'text'", "9e999", "-9e999", "x'00ff'", "{0} + 400000000000", "NULL"};
  return values;
}

std::string assignment(const std::string& value, const std::string& column) {
  std::string text = value;
  for (std::size_t at = text.find("{0}"); at != std::string::npos; at = text.find("{0}")) text.replace(at, 3, column);
  return text;
}

TEST_F(DamagedValuesTest, EveryColumnOfAScenariosTables) {
  int found = 0;
  for (const auto& [table, column] : columns_of_file(data_)) {
    const bool has_values = table != "info" && table != "checksum" && table != "contents" && table != "column_quality";
    for (const std::string& value : strange_values()) {
      restore();
      try {
        const std::string row = has_values ? " WHERE rowid = (SELECT max(timestamp) FROM " + table + ")" : "";
        execute(data_, "UPDATE " + table + " SET " + column + " = " + assignment(value, column) + row);
      } catch (const SQLite::Exception&) {
        continue;  // the column takes no such value
      }
      const std::string message = load_scenario();
      const std::string what = table + "." + column + " = " + value;
      if (table == "info") {
        EXPECT_NE(message, "not found") << what;
      } else if (has_values) {
        EXPECT_THAT(message, AllOf(HasSubstr(data_.filename().string()), HasSubstr("table " + table), HasSubstr("column " + column)))
            << what;
      } else {
        EXPECT_THAT(message, HasSubstr(data_.filename().string())) << what;
      }
      EXPECT_EQ(scenarios().list().size(), 2U) << what;
      expect_others_work();
      EXPECT_TRUE(scenarios().remove(id_)) << what;
      ++found;
    }
  }
  EXPECT_GT(found, 150);
}

TEST_F(DamagedValuesTest, EveryColumnOfAProfile) {
  int found = 0;
  for (const auto& [table, column] : columns_of_file(profile_data_)) {
    for (const std::string& value : strange_values()) {
      restore();
      try {
        const std::string row = table == "production" ? " WHERE rowid = (SELECT max(timestamp) FROM production)" : "";
        execute(profile_data_, "UPDATE " + table + " SET " + column + " = " + assignment(value, column) + row);
      } catch (const SQLite::Exception&) {
        continue;
      }
      const std::string message = load_profile();
      EXPECT_THAT(message, HasSubstr(profile_data_.filename().string())) << table << "." << column << " = " << value;
      if (table == "production") {
        EXPECT_THAT(message, AllOf(HasSubstr("table production"), HasSubstr("column " + column))) << value;
      }
      expect_others_work();
      EXPECT_TRUE(profiles().remove(profile_));
      ++found;
    }
  }
  EXPECT_GT(found, 40);
}

TEST_F(DamagedValuesTest, RowsThatVanishAreMissed) {
  for (const auto& sql : {"DELETE FROM price WHERE rowid = (SELECT max(timestamp) FROM price)", "DELETE FROM fcr", "DELETE FROM contents",
                          "DELETE FROM checksum", "DELETE FROM column_quality", "DELETE FROM contents WHERE table_name = 'fcr'",
                          "DELETE FROM column_quality WHERE table_name = 'fcr'", "DELETE FROM info", "DROP TABLE solar", "DROP TABLE price",
                          "INSERT INTO price SELECT timestamp + 86400000, duration_s, 1, 1, 1, 1, 1 FROM price"}) {
    restore();
    execute(data_, sql);
    EXPECT_THAT(load_scenario(), HasSubstr(data_.filename().string())) << sql;
    expect_others_work();
  }
}

TEST_F(DamagedValuesTest, AnImportNeitherHidesNorKeepsDamage) {
  execute(data_, "UPDATE price SET day_ahead = day_ahead + 1 WHERE rowid = (SELECT max(timestamp) FROM price)");
  open();
  const std::vector more{make_price_table(4, 50.0)};
  EXPECT_THAT(corruption([&] { (void)scenarios().import_tables(id_, more).value(); }), HasSubstr("column day_ahead"));
  EXPECT_THAT(load_scenario(), HasSubstr("column day_ahead"));
  // Another table's import carries it on; replacing the table mends it.
  (void)scenarios().import_tables(id_, std::vector{make_table(TableKind::fcr, {"fcr_price"}, 0, 6, 240, 5.0)}).value();
  EXPECT_THAT(load_scenario(), HasSubstr("column day_ahead"));
  (void)scenarios().import_tables(id_, more, ImportMode::replace).value();
  EXPECT_EQ(load_scenario(), "not found");
  EXPECT_TRUE(same_values(scenarios().table(id_, TableKind::price).value().columns[0].values, more[0].columns[0].values));
}

TEST_F(DamagedValuesTest, EveryColumnOfTheMetadata) {
  struct Case {
    std::filesystem::path file;
    std::string table;
    std::string where;
  };
  int found = 0;
  for (const Case& one : {Case{db() / "scenarios.db", "scenarios", " WHERE id = " + std::to_string(id_)},
                          Case{db() / "profiles.db", "profiles", " WHERE id = '" + profile_ + "'"}}) {
    for (const auto& [table, column] : columns_of_file(one.file)) {
      if (table != one.table) continue;
      for (const std::string& value : {std::string("{0} + 7"), std::string("'teXt'"), std::string("9e999"), std::string("NULL")}) {
        restore();
        try {
          execute(one.file, "UPDATE " + table + " SET " + column + " = " + assignment(value, column) + one.where);
        } catch (const SQLite::Exception&) {
          continue;
        }
        const std::string what = table + "." + column + " = " + value;
        open();
        if (table == "scenarios") {
          const auto all = scenarios().list();
          ASSERT_EQ(all.size(), 2U) << what;
          const auto& hit = all[0].name == "(damaged)" ? all[0] : all[1];
          ASSERT_EQ(hit.name, "(damaged)") << what;
          EXPECT_THAT(corruption([&] { (void)scenarios().get(hit.id); }), AllOf(HasSubstr("scenarios.db"), HasSubstr("row"))) << what;
          EXPECT_THAT(corruption([&] { (void)scenarios().price_set(hit.id); }), HasSubstr("scenarios.db")) << what;
          EXPECT_THAT(corruption([&] { (void)scenarios().get(id_); }), HasSubstr("scenarios.db")) << what;  // by its old number too
          EXPECT_THAT(corruption([&] { (void)scenarios().patch(hit.id, {.name = "new"}); }), HasSubstr("scenarios.db")) << what;
          expect_others_work();
          open();
          EXPECT_TRUE(std::filesystem::exists(data_)) << what;  // not swept, whatever the row is called now
          EXPECT_TRUE(scenarios().remove(hit.id)) << what;
          EXPECT_EQ(scenarios().list().size(), 1U) << what;
        } else {
          const auto all = profiles().list();
          ASSERT_EQ(all.size(), 2U) << what;
          ASSERT_EQ(all[0].name, "(damaged)") << what;
          const std::string hit = all[0].id;
          if (hit == profile_) {
            EXPECT_THAT(corruption([&] { (void)profiles().series(hit); }), HasSubstr("profiles.db")) << what;
            EXPECT_THAT(corruption([&] { (void)profiles().patch(hit, {.name = "new"}); }), HasSubstr("profiles.db")) << what;
          }
          EXPECT_THAT(corruption([&] { (void)profiles().get(profile_); }), HasSubstr("profiles.db")) << what;  // by its old identifier too
          EXPECT_FALSE(profiles().get("00000000-0000-4000-8000-000000000000")) << what;
          expect_others_work();
          EXPECT_TRUE(std::filesystem::exists(profile_data_)) << what;
          EXPECT_TRUE(profiles().remove(hit)) << what;
          EXPECT_EQ(profiles().list().size(), 1U) << what;
        }
        expect_others_work();
        ++found;
      }
    }
  }
  EXPECT_GT(found, 50);
}

TEST_F(DamagedValuesTest, MetadataRowsThatVanishOrAreOlderAreMissed) {
  for (const auto& sql : {"DELETE FROM scenarios WHERE name = 'whole'", "DELETE FROM scenarios", "DELETE FROM contents",
                          "UPDATE contents SET digest = digest + 1", "UPDATE contents SET rows = 3", "UPDATE sqlite_sequence SET seq = 77",
                          "ALTER TABLE scenarios RENAME COLUMN country TO land"}) {
    restore();
    execute(db() / "scenarios.db", sql);
    open();
    EXPECT_THAT(corruption([&] { (void)scenarios().list(); }), HasSubstr("scenarios.db")) << sql;
    EXPECT_THAT(corruption([&] { (void)scenarios().create({.name = "new"}); }), HasSubstr("scenarios.db")) << sql;
    EXPECT_THAT(corruption([&] { (void)scenarios().remove(id_); }), HasSubstr("scenarios.db")) << sql;
    EXPECT_EQ(profiles().list().size(), 2U) << sql;
    EXPECT_TRUE(std::filesystem::exists(data_)) << sql;  // nothing was swept
  }
  // A row that is itself whole, but older than the table.
  restore();
  std::string old_row;
  {
    SQLite::Database before((db() / "scenarios.db").string());
    old_row = std::to_string(before.execAndGet("SELECT row_checksum FROM scenarios WHERE name = 'whole'").getInt64());
  }
  open();
  (void)scenarios().patch(whole_, {.name = "renamed"}).value();
  store_.reset();
  execute(db() / "scenarios.db", "UPDATE scenarios SET name = 'whole', row_checksum = " + old_row + " WHERE name = 'renamed'");
  open();
  EXPECT_THAT(corruption([&] { (void)scenarios().list(); }), HasSubstr("scenarios.db"));
}

TEST_F(DamagedValuesTest, OldFilesWithoutChecksumsAreHeldToTypesAndRanges) {
  const auto make_old = [&] {
    restore();
    execute(data_, "DROP TABLE checksum; DROP TABLE contents; PRAGMA user_version = 2");
  };
  make_old();
  EXPECT_EQ(load_scenario(), "not found");
  for (const auto* sql :
       {"UPDATE price SET day_ahead = 'text' WHERE rowid = (SELECT max(timestamp) FROM price)", "UPDATE fcr SET fcr_price = 9e999",
        "UPDATE solar SET duration_s = -900", "UPDATE afrr SET duration_s = 4000000000",
        "UPDATE price SET timestamp = timestamp + 400000000000 WHERE rowid = (SELECT max(timestamp) FROM price)",
        "UPDATE price SET timestamp = -5 WHERE rowid = (SELECT max(timestamp) FROM price)",
        "UPDATE column_quality SET resolution_minutes = 'x'", "UPDATE column_quality SET end = first - 1"}) {
    make_old();
    execute(data_, sql);
    EXPECT_THAT(load_scenario(), AllOf(HasSubstr(data_.filename().string()), HasSubstr("table "), HasSubstr("column "))) << sql;
  }
}

/// Single bytes of every stored file: what is answered is what was written, or a code.
TEST_F(DamagedValuesTest, FlippedBytesAreFoundOrHarmless) {
  open();
  const std::string expected = observe(*store_);
  restore();
  RandomStream random(5, "flipped bytes");
  int refused = 0;
  constexpr int tries = 600;
  for (int i = 0; i < tries && !HasFailure(); ++i) {
    restore();
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(db())) {
      if (entry.path().extension() == ".db") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    const auto& file = files[static_cast<std::size_t>(random.integer(0, static_cast<int>(files.size()) - 1))];
    const auto at = static_cast<std::streamoff>(random.integer(0, static_cast<int>(std::filesystem::file_size(file)) - 1));
    const int bit = random.integer(0, 7);
    {
      std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
      stream.seekg(at);
      const auto byte = static_cast<char>(stream.get());
      stream.seekp(at);
      stream.put(static_cast<char>(byte ^ (1 << bit)));
    }
    try {
      open();
      EXPECT_EQ(observe(*store_), expected) << file << " byte " << at << " bit " << bit;
    } catch (const Exception& failure) {
      ++refused;
      EXPECT_THAT(failure.code(), testing::AnyOf("corrupt_store", "store_too_new")) << file << " byte " << at << ": " << failure.what();
    }
  }
  EXPECT_GT(refused, tries / 10);
  RecordProperty("refused", refused);
}

TEST_F(DamagedValuesTest, AFolderOrAFileWithoutItsTableInAFilesPlace) {
  std::filesystem::remove(data_);
  std::filesystem::create_directory(data_);
  std::filesystem::remove(profile_data_);
  std::filesystem::create_directory(profile_data_);
  EXPECT_THAT(load_scenario(), HasSubstr("is not a file"));
  EXPECT_THAT(load_profile(), HasSubstr("is not a file"));
  restore();
  std::filesystem::remove(db() / "scenarios.db");
  std::filesystem::create_directory(db() / "scenarios.db");
  EXPECT_THAT(corruption([&] { open(); }), HasSubstr("scenarios.db"));
}

TEST_F(DamagedValuesTest, ADanglingLinkAsDataDirectoryIsNamedWithItsTarget) {
  const auto link = directory_.path() / "link";
  std::filesystem::create_symlink("/nowhere/at/all", link);
  for (const auto& directory : {link, link / "below"}) {
    try {
      const Store store(StoreOptions{.data_directory = directory});
      ADD_FAILURE() << "opened";
    } catch (const Exception& failure) {
      EXPECT_EQ(failure.code(), "store_io");
      EXPECT_THAT(failure.what(), AllOf(HasSubstr(link.string() + " is a link to"), HasSubstr("/nowhere/at/all")));
    }
  }
}

TEST_F(DamagedValuesTest, PreloadPassesOverWhatIsDamagedAndObeysAStop) {
  open();
  (void)scenarios().patch(id_, {.preload = true}).value();
  (void)scenarios().patch(whole_, {.preload = true}).value();
  store_.reset();
  execute(data_, "UPDATE price SET timestamp = timestamp + 400000000000 WHERE rowid = (SELECT max(timestamp) FROM price)");
  open();
  const Issues issues = store_->preload();
  ASSERT_EQ(issues.all().size(), 1U);
  EXPECT_EQ(issues.all()[0].code, "corrupt_store");
  EXPECT_EQ(scenarios().cache_stats().cached_count, 1U);
  EXPECT_TRUE(scenarios().remove(id_));
  store_->clear_cache();
  CancellationToken stop;
  stop.cancel();
  EXPECT_THROW((void)store_->preload(&stop), Cancelled);
  EXPECT_EQ(scenarios().cache_stats().cached_count, 0U);
  EXPECT_TRUE(store_->preload().empty());  // a load that was given up is begun anew
  EXPECT_EQ(scenarios().cache_stats().cached_count, 1U);
}

}  // namespace
}  // namespace bess::test
