// Damaged files and directories that may not be written: a clear code, and nothing lost.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "unit/store/store_fixture.h"

namespace bess::test {
namespace {

void overwrite(const std::filesystem::path& file, std::streamoff at, std::size_t count, char byte) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(at);
  stream << std::string(count, byte);
}

class DamagedStoreTest : public StoreTest {
 protected:
  void SetUp() override {
    open();
    id_ = make_scenario();
    import_one(id_, make_price_table(3000));
    whole_ = make_scenario("whole");
    import_one(whole_, make_price_table(96));
    profile_ = profiles().create({.name = "p"}, make_series(3000), dutch_calendar()).value().id;
    data_ = db() / "scenario_data" / ("scenario_" + std::to_string(id_) + ".db");
  }
  void expect_corrupt_data() {
    open();
    EXPECT_EQ(code_of([&] { (void)scenarios().price_set(id_); }), "corrupt_store");
    EXPECT_EQ(code_of([&] { (void)scenarios().table(id_, TableKind::price); }), "corrupt_store");
    EXPECT_TRUE(std::filesystem::exists(data_));  // left for rescue
    EXPECT_EQ(scenarios().table(whole_, TableKind::price).value().rows(), 96U);
    EXPECT_EQ(scenarios().list().size(), 2U);
  }
  ScenarioId id_{};
  ScenarioId whole_{};
  std::string profile_;
  std::filesystem::path data_;
};

TEST_F(DamagedStoreTest, TruncatedDataFile) {
  std::filesystem::resize_file(data_, std::filesystem::file_size(data_) / 2);
  expect_corrupt_data();
}

TEST_F(DamagedStoreTest, EmptyDataFile) {
  std::filesystem::resize_file(data_, 0);
  expect_corrupt_data();
}

TEST_F(DamagedStoreTest, GarbageInTheHeader) {
  overwrite(data_, 0, 100, 'x');
  expect_corrupt_data();
}

TEST_F(DamagedStoreTest, GarbageInEveryPage) {
  overwrite(data_, 4096, std::filesystem::file_size(data_) - 4096, '\xFF');
  expect_corrupt_data();
}

TEST_F(DamagedStoreTest, DamagedDataCanBeReplacedOnlyByRemoving) {
  overwrite(data_, 0, 100, 'x');
  open();
  EXPECT_EQ(code_of([&] { (void)scenarios().import_tables(id_, std::vector{make_price_table(4)}, ImportMode::replace); }), "corrupt_store");
  EXPECT_TRUE(scenarios().remove(id_));
  EXPECT_FALSE(std::filesystem::exists(data_));
}

TEST_F(DamagedStoreTest, MissingProfileFile) {
  std::filesystem::remove(db() / "profile_data" / ("profile_" + profile_ + ".db"));
  open();
  EXPECT_EQ(code_of([&] { (void)profiles().series(profile_); }), "corrupt_store");
  EXPECT_EQ(profiles().list().size(), 1U);
}

TEST_F(DamagedStoreTest, DamagedMetadata) {
  store_.reset();
  overwrite(db() / "scenarios.db", 0, 4096, 'x');
  EXPECT_EQ(code_of([&] { open(); }), "corrupt_store");
  EXPECT_TRUE(std::filesystem::exists(data_));
}

/// Runs `work` in a process that permissions bind (root is bound by none), and returns what it returns.
template <class Work>
int as_ordinary_user(Work&& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(101);
    int result = 100;
    try {
      result = work();
    } catch (const std::exception& failure) {
      std::fputs(failure.what(), stderr);
    }
    ::_exit(result);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void set_mode(const std::filesystem::path& root, mode_t directories, mode_t files) {
  std::vector<std::filesystem::path> all{root};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) all.push_back(entry.path());
  for (const auto& path : all) {
    if (::getuid() == 0) {
      ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
    }
    ASSERT_EQ(::chmod(path.c_str(), std::filesystem::is_directory(path) ? directories : files), 0);
  }
}

TEST_F(DamagedStoreTest, ReadOnlyDirectoryIsAClearError) {
  const std::size_t rows = 3000;
  store_.reset();
  set_mode(directory_.path(), 0555, 0444);
  EXPECT_EQ(as_ordinary_user([&] { return code_of([&] { open(); }) == "store_read_only" ? 0 : 1; }), 0);
  set_mode(directory_.path(), 0755, 0644);
  open();
  EXPECT_EQ(scenarios().table(id_, TableKind::price).value().rows(), rows);
}

TEST_F(DamagedStoreTest, DirectoryThatBecomesReadOnlyLosesNothing) {
  store_.reset();
  set_mode(directory_.path(), 0755, 0644);
  EXPECT_EQ(as_ordinary_user([&] {
              open();
              std::filesystem::permissions(db() / "scenario_data", static_cast<std::filesystem::perms>(0555));
              std::filesystem::permissions(db() / "profile_data", static_cast<std::filesystem::perms>(0555));
              if (code_of([&] { (void)scenarios().import_tables(id_, std::vector{make_price_table(4, 9.0)}); }) != "store_read_only")
                return 1;
              if (code_of([&] { (void)profiles().create({.name = "q"}, make_series(4), dutch_calendar()); }) != "store_read_only") return 2;
              if (scenarios().table(id_, TableKind::price).value().rows() != 3000) return 3;
              if (scenarios().price_set(id_).value().values(PriceColumn::day_ahead)[10] == 9.6) return 4;
              if (profiles().list().size() != 1) return 5;
              std::filesystem::permissions(db() / "scenario_data", static_cast<std::filesystem::perms>(0755));
              if (!scenarios().import_tables(id_, std::vector{make_price_table(4, 9.0)})) return 6;
              return 0;
            }),
            0);
}

}  // namespace
}  // namespace bess::test
