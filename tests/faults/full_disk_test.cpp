// A disk without any room: everything can still be read and deleted, and what was deleted makes room.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>

#include "faults/fault_vfs.h"
#include "faults/store_script.h"

namespace bess::test {
namespace {

constexpr std::size_t rows = 3000;

/// Two scenarios with data, one profile; then every way to read.
void fill(Store& store) {
  prepare(store);
  const ScenarioId second = store.scenarios().create({.name = "second", .description = std::string(5000, 'd')}).value().id;
  (void)store.scenarios().import_tables(second, std::vector{make_price_table(rows)}).value();
}

void expect_changes_are_refused(Store& store, ScenarioId id) {
  EXPECT_EQ(code_of([&] { (void)store.scenarios().import_tables(id, std::vector{make_price_table(30'000)}); }), "disk_full");
  EXPECT_EQ(code_of([&] { (void)store.profiles().create({.name = "new"}, make_series(30'000), dutch_calendar()); }), "disk_full");
}

/// Reads all, deletes all; nothing may fail.
void read_and_delete(const StoreOptions& options, const std::string& expected) {
  {
    Store store(options);
    EXPECT_EQ(observe(store), expected);
    EXPECT_EQ(store.scenarios().all_tables(2).value().size(), 1U);
    EXPECT_TRUE(store.scenarios().price_set(2));
    expect_changes_are_refused(store, 2);
    EXPECT_EQ(observe(store), expected);
  }
  Store store(options);
  EXPECT_TRUE(store.scenarios().remove(1));
  EXPECT_TRUE(store.profiles().remove(store.profiles().list().at(0).id));
  EXPECT_TRUE(store.scenarios().remove(2));
  EXPECT_TRUE(store.scenarios().list().empty());
  EXPECT_TRUE(store.profiles().list().empty());
  EXPECT_EQ(leftovers(store, options.data_directory), std::vector<std::string>{});
}

/// The same with a layer under SQLite that refuses every write beyond what a file has room for already.
TEST(FullDisk, ReadsAndDeletesWithoutGrowth) {
  const FastDirectory directory;
  FaultVfs& vfs = FaultVfs::instance();
  StoreOptions options;
  options.data_directory = directory.path();
  options.sqlite_vfs = FaultVfs::name();
  std::string expected;
  {
    Store store(options);
    fill(store);
    expected = observe(store);
  }
  vfs.arm(Fault::no_growth, 0);
  read_and_delete(options, expected);
  EXPECT_TRUE(vfs.struck());  // the imports met it
  vfs.disarm();
}

/// A file system of four megabytes in memory; needs the right to mount.
class SmallDisk {
 public:
  SmallDisk() : mounted_(::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=4m") == 0), error_(errno) {}
  ~SmallDisk() {
    if (mounted_) ::umount2(directory_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  /// Why there is none; empty: there is one.
  [[nodiscard]] std::string problem() const { return mounted_ ? "" : std::string("cannot mount a small disk: ") + std::strerror(error_); }
  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }

  /// Takes every byte that is left.
  void fill_up() const {
    const int descriptor = ::open((path() / "filler").c_str(), O_WRONLY | O_CREAT, 0600);
    ASSERT_GE(descriptor, 0);
    const std::string block(4096, 'f');
    while (::write(descriptor, block.data(), block.size()) > 0) {
    }
    EXPECT_EQ(errno, ENOSPC);
    ::close(descriptor);
    EXPECT_EQ(std::filesystem::space(path()).available, 0U);
  }

 private:
  FastDirectory directory_;
  bool mounted_;
  int error_;
};

TEST(FullDisk, ReadsAndDeletesOnADiskThatIsReallyFull) {
  const SmallDisk disk;
  if (!disk.problem().empty()) GTEST_SKIP() << disk.problem();
  const StoreOptions options{.data_directory = disk.path() / "data"};
  std::string expected;
  {
    Store store(options);
    fill(store);
    expected = observe(store);
  }
  disk.fill_up();
  read_and_delete(options, expected);
  Store store(options);
  const ScenarioId fresh = store.scenarios().create({.name = "fresh"}).value().id;
  EXPECT_TRUE(store.scenarios().import_tables(fresh, std::vector{make_price_table(96)}));
}

}  // namespace
}  // namespace bess::test
