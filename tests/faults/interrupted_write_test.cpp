// Every operation of a sequence of changes is interrupted in turn: by a full disk, an input/output error, or the end of the
// process. After each, the store must be in the state before or after the change that was interrupted, and whole.
#include <sys/wait.h>
#include <unistd.h>

#include "faults/fault_vfs.h"
#include "faults/store_script.h"

namespace bess::test {
namespace {

class InterruptedWriteTest : public ::testing::Test {
 protected:
  static constexpr long endless = 100000;

  void SetUp() override {
    {
      Store store(options(template_.path()));
      prepare(store);
      store.clear_cache();
    }
    const auto directory = fresh_copy();
    Store store(options(directory));
    states_.push_back(observe(store));
    for (const auto& change : script()) {
      change(store);
      states_.push_back(observe(store));
    }
    EXPECT_EQ(leftovers(store, directory), std::vector<std::string>{});
  }

  [[nodiscard]] static StoreOptions options(const std::filesystem::path& directory) {
    StoreOptions options;
    options.data_directory = directory;
    options.sqlite_vfs = FaultVfs::name();
    options.before_step = [](std::string_view name) { FaultVfs::instance().step(name); };
    return options;
  }

  std::filesystem::path fresh_copy() {
    const auto directory = work_.path() / "store";
    std::filesystem::remove_all(directory);
    std::filesystem::copy(template_.path(), directory, std::filesystem::copy_options::recursive);
    return directory;
  }

  /// Runs the script with the fault at operation n. The state before or after the interrupted change must be there at once,
  /// and after a new start; then the change is tried again. False when the script ended before the fault.
  bool run_with_error(Fault fault, long n, const std::vector<std::string>& codes) {
    const auto directory = fresh_copy();
    auto store = std::make_unique<Store>(options(directory));
    std::size_t done = 0;
    bool failed = false;
    vfs_.arm(fault, n);
    try {
      for (; done < script().size(); ++done) script()[done](*store);
    } catch (const Exception& failure) {
      failed = true;
      EXPECT_NE(std::find(codes.begin(), codes.end(), failure.code()), codes.end()) << failure.code() << ": " << failure.what();
    }
    const bool struck = vfs_.struck();
    vfs_.disarm();
    EXPECT_TRUE(struck || !failed);
    // A failure after the commit may not be reported: the data are there.
    const std::string now = observe(*store);
    const bool old_state = now == states_[done];
    const bool new_state = failed && done + 1 < states_.size() && now == states_[done + 1];
    EXPECT_TRUE(old_state || new_state) << "after " << done << " changes:\n" << now;
    if (fault == Fault::full_once || fault == Fault::full_from_now) {
      EXPECT_TRUE(old_state) << "a full disk changed something:\n" << now;
    }
    store.reset();
    store = std::make_unique<Store>(options(directory));
    EXPECT_EQ(observe(*store), now);
    EXPECT_EQ(leftovers(*store, directory), std::vector<std::string>{});
    if (failed && old_state) {
      script()[done](*store);
      EXPECT_EQ(observe(*store), states_[done + 1]);
      EXPECT_EQ(leftovers(*store, directory), std::vector<std::string>{});
    }
    return struck;
  }

  void interrupt_all(Fault fault, const std::vector<std::string>& codes) {
    long n = 1;
    while (run_with_error(fault, n, codes) && !HasFailure()) ++n;
    EXPECT_GT(n, 50);
    RecordProperty("operations", static_cast<int>(n - 1));
    if (HasFailure()) ADD_FAILURE() << "at operation " << n;
  }

  FaultVfs& vfs_{FaultVfs::instance()};
  FastDirectory template_;
  FastDirectory work_;
  std::vector<std::string> states_;
};

/// What a loss of power needs, and no kill can show: the data are on disk before the row, the row before the new name.
TEST_F(InterruptedWriteTest, StepsReachTheDiskInOrder) {
  Store store(options(fresh_copy()));
  vfs_.disarm();
  (void)store.scenarios().import_tables(1, std::vector{make_price_table(300, 40.0)}).value();
  std::vector<std::string> steps = vfs_.durable_steps();
  for (std::string& step : steps) {
    if (step.ends_with(".new")) step = "sync the new file";
  }
  // The copy of the old file and the import into it are synced one after the other.
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  const std::vector<std::string> commit{"commit", "sync scenarios.db-journal", "sync scenarios.db", "sync scenarios.db-journal"};
  std::vector<std::string> expected{"write data", "sync the new file", "sync directory"};
  expected.insert(expected.end(), commit.begin(), commit.end());
  expected.insert(expected.end(), {"rename", "sync directory"});
  EXPECT_EQ(steps, expected);
  vfs_.disarm();
  (void)store.scenarios().remove(1).value();
  steps = vfs_.durable_steps();
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  expected = commit;
  expected.emplace_back("remove");
  EXPECT_EQ(steps, expected);
}

TEST_F(InterruptedWriteTest, DiskFullForAMoment) { interrupt_all(Fault::full_once, {"disk_full"}); }

TEST_F(InterruptedWriteTest, DiskFullFromThenOn) { interrupt_all(Fault::full_from_now, {"disk_full"}); }

TEST_F(InterruptedWriteTest, InputOutputError) { interrupt_all(Fault::io_error, {"store_io"}); }

TEST_F(InterruptedWriteTest, KilledAtEveryOperation) {
  long n = 1;
  for (bool killed = true; killed && !HasFailure(); ++n) {
    const auto directory = fresh_copy();
    int progress[2];
    ASSERT_EQ(::pipe(progress), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(progress[0]);
      try {
        Store store(options(directory));
        vfs_.arm(Fault::kill, n);
        for (const auto& change : script()) {
          change(store);
          if (::write(progress[1], "x", 1) != 1) ::_exit(3);
        }
      } catch (...) {
        ::_exit(2);
      }
      ::_exit(0);
    }
    ::close(progress[1]);
    std::size_t done = 0;
    for (char byte = 0; ::read(progress[0], &byte, 1) == 1;) ++done;
    ::close(progress[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    killed = WIFSIGNALED(status);
    ASSERT_TRUE(killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << status;
    Store store(options(directory));
    const std::string now = observe(store);
    EXPECT_TRUE(now == states_[done] || (done + 1 < states_.size() && now == states_[done + 1])) << "after " << done << " changes:\n"
                                                                                                 << now;
    EXPECT_EQ(leftovers(store, directory), std::vector<std::string>{});
    if (HasFailure()) ADD_FAILURE() << "killed at operation " << n;
  }
  EXPECT_GT(n, 50);
  RecordProperty("operations", static_cast<int>(n - 2));
}

/// The start itself, of a store that has to be made from nothing.
TEST_F(InterruptedWriteTest, KilledAtEveryOperationOfTheFirstStart) {
  long n = 1;
  for (bool killed = true; killed && !HasFailure(); ++n) {
    const auto directory = work_.path() / "first";
    std::filesystem::remove_all(directory);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      vfs_.arm(Fault::kill, n);
      try {
        const Store store(options(directory));
      } catch (...) {
        ::_exit(2);
      }
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    killed = WIFSIGNALED(status);
    ASSERT_TRUE(killed || WEXITSTATUS(status) == 0) << status;
    Store store(options(directory));
    EXPECT_EQ(observe(store), "");
    prepare(store);
    EXPECT_EQ(observe(store), states_[0]);
  }
  EXPECT_GT(n, 10);
}

}  // namespace
}  // namespace bess::test
