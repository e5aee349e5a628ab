// Two stores on one directory, as the server and the command line are.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "store/entity_files.h"
#include "unit/store/store_fixture.h"

namespace bess::test {
namespace {

class SharedDirectoryTest : public StoreTest {
 protected:
  std::unique_ptr<Store> another(std::chrono::milliseconds busy_timeout = std::chrono::milliseconds(10000)) {
    StoreOptions options;
    options.data_directory = directory_.path();
    options.busy_timeout = busy_timeout;
    return std::make_unique<Store>(options);
  }
};

TEST_F(SharedDirectoryTest, EachSeesWhatTheOtherDid) {
  const auto other = another();
  const ScenarioId id = make_scenario();
  EXPECT_EQ(other->scenarios().get(id).value().name, "Netherlands 2024");
  import_one(id, make_price_table(96, 1.0));
  EXPECT_EQ(other->scenarios().price_set(id).value().values(PriceColumn::day_ahead)[10],
            scenarios().price_set(id).value().values(PriceColumn::day_ahead)[10]);
  const std::vector<MarketTable> tables{make_price_table(96, 50.0)};
  ASSERT_TRUE(other->scenarios().import_tables(id, tables));
  // Ours was cached; the other's import counts.
  EXPECT_TRUE(same_rows(scenarios().table(id, TableKind::price).value(), tables[0]));
  EXPECT_TRUE(same_prices(scenarios().price_set(id).value(), other->scenarios().price_set(id).value()));
  ASSERT_TRUE(other->scenarios().patch(id, {.name = "renamed"}));
  EXPECT_EQ(scenarios().get(id).value().name, "renamed");
  ASSERT_TRUE(other->scenarios().remove(id));
  EXPECT_FALSE(scenarios().price_set(id));
  EXPECT_EQ(scenarios().cache_stats().cached_count, 0U);
}

TEST_F(SharedDirectoryTest, ALockedEntityIsAClearErrorAndOthersGoOn) {
  const ScenarioId locked = make_scenario();
  const ScenarioId open_one = make_scenario();
  import_one(locked, make_price_table(4, 1.0));
  const auto other = another(std::chrono::milliseconds(50));
  const StoreContext context(StoreOptions{.data_directory = directory_.path()});
  const EntityFiles files(context, EntityKind::scenario, db() / "scenario_data", "scenario_");
  {
    const FileLock lock = files.lock(std::to_string(locked));
    EXPECT_EQ(code_of([&] { (void)other->scenarios().import_tables(locked, std::vector{make_price_table(4, 2.0)}); }), "store_locked");
    EXPECT_EQ(code_of([&] { (void)other->scenarios().remove(locked); }), "store_locked");
    EXPECT_TRUE(other->scenarios().import_tables(open_one, std::vector{make_price_table(4, 2.0)}));
    EXPECT_EQ(other->scenarios().table(locked, TableKind::price).value().columns[0].values[0], 1.0);
  }
  EXPECT_TRUE(other->scenarios().import_tables(locked, std::vector{make_price_table(4, 2.0)}));
}

TEST_F(SharedDirectoryTest, AStartLeavesTheFilesOfALiveWriterAlone) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(4));
  const StoreContext context(StoreOptions{.data_directory = directory_.path()});
  const EntityFiles files(context, EntityKind::scenario, db() / "scenario_data", "scenario_");
  const auto staged = files.staged(std::to_string(id), "00000000-0000-4000-8000-000000000001");
  const auto orphan = files.live("77");
  const auto foreign = db() / "scenario_data" / "scenario_007.db.copy.new";
  for (const auto& file : {staged, orphan, foreign}) std::ofstream(file) << "being written";
  {
    const FileLock lock = files.lock(std::to_string(id));
    const auto other = another();
    EXPECT_TRUE(std::filesystem::exists(staged));
    EXPECT_FALSE(std::filesystem::exists(orphan));  // nobody holds it
    EXPECT_TRUE(std::filesystem::exists(foreign));  // not a name of ours
  }
  const auto other = another();
  EXPECT_FALSE(std::filesystem::exists(staged));
  EXPECT_EQ(scenarios().table(id, TableKind::price).value().rows(), 4U);
}

TEST_F(SharedDirectoryTest, AFilePutBackByHandIsAdopted) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(4));
  const auto file = db() / "scenario_data" / ("scenario_" + std::to_string(id) + ".db");
  std::filesystem::copy_file(file, db() / "backup");
  import_one(id, make_price_table(96));
  std::filesystem::rename(db() / "backup", file);
  EXPECT_EQ(scenarios().table(id, TableKind::price).value().rows(), 4U);
  EXPECT_EQ(scenarios().get(id).value().record_count, 4);
}

TEST_F(SharedDirectoryTest, ProcessesImportingTogetherLoseNothing) {
  const ScenarioId id = make_scenario();
  store_.reset();
  constexpr int processes = 4;
  constexpr int imports = 8;
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      int failed = 0;
      try {
        const auto store = another();
        for (int i = 0; i < imports; ++i) {
          const auto minute = 60 * (p * imports + i);
          if (!store->scenarios().import_tables(id, std::vector{make_table(TableKind::price, {"day_ahead"}, minute, 4, 15, p * 100.0 + i)}))
            failed = 1;
          if (!store->scenarios().create({.name = "from " + std::to_string(p)})) failed = 1;
        }
      } catch (const std::exception&) {
        failed = 2;
      }
      ::_exit(failed);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  open();
  EXPECT_EQ(scenarios().list().size(), 1U + processes * imports);
  EXPECT_EQ(scenarios().get(id).value().record_count, processes * imports * 4);
  const MarketTable table = scenarios().table(id, TableKind::price).value();
  ASSERT_EQ(table.rows(), static_cast<std::size_t>(processes * imports * 4));
  for (int p = 0; p < processes; ++p) {
    for (int i = 0; i < imports; ++i) EXPECT_EQ(table.columns[0].values[static_cast<std::size_t>(4 * (p * imports + i))], p * 100.0 + i);
  }
}

}  // namespace
}  // namespace bess::test
