// A process that imports, deletes and updates is killed at random instants, until 200 kills fell within a change, all on one
// store. What it was told is done must be there; what it was doing must be there or not.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <thread>

#include "base/random.h"
#include "faults/store_script.h"

namespace bess::test {
namespace {

/// An entity as the test sees it: a scenario or profile by its name, which import it holds (0: none), which patch.
struct Content {
  std::int64_t data{0};
  std::int64_t patch{0};
  friend bool operator==(const Content&, const Content&) = default;
};
using Model = std::map<std::string, Content>;

/// Sent before and after each change.
struct Note {
  bool finished{false};
  bool removed{false};
  char name[22]{};
  Content content{};
};

std::size_t rows_of(std::int64_t data) { return 50 + static_cast<std::size_t>(data % 150); }

class Worker {
 public:
  Worker(const std::filesystem::path& directory, int notes, std::uint64_t round)
      : store_(StoreOptions{.data_directory = directory}), notes_(notes), random_(7, "worker", round), round_(round) {}

  [[noreturn]] void run() {
    for (std::int64_t i = 1;; ++i) {
      const std::int64_t data = static_cast<std::int64_t>(round_) * 100000 + i;
      if (random_.chance(0.6)) {
        change_scenario(data);
      } else {
        change_profile(data);
      }
    }
  }

 private:
  template <class Change>
  void note(const std::string& name, Content content, bool removed, Change&& change) {
    Note record{false, removed, {}, content};
    name.copy(record.name, sizeof(record.name) - 1);
    send(record);
    change();
    record.finished = true;
    send(record);
  }
  void send(const Note& record) const {
    if (::write(notes_, &record, sizeof(record)) != sizeof(record)) ::_exit(4);
  }

  void change_scenario(std::int64_t data) {
    const auto all = store_.scenarios().list();
    if (all.size() < 4) {
      const std::string name = "s-" + std::to_string(data);
      note(name, {}, false, [&] { (void)store_.scenarios().create({.name = name, .description = "0 0"}).value(); });
      return;
    }
    const Scenario& chosen = all[static_cast<std::size_t>(random_.integer(0, static_cast<int>(all.size()) - 1))];
    Content content = content_of(chosen);
    switch (random_.integer(0, 5)) {
      case 0:
        note(chosen.name, {}, true, [&] { (void)store_.scenarios().remove(chosen.id).value(); });
        break;
      case 1:
      case 2:
        content.patch = data;
        note(chosen.name, content, false,
             [&] { (void)store_.scenarios().patch(chosen.id, {.description = std::to_string(data)}).value(); });
        break;
      default:
        content.data = data;
        note(chosen.name, content, false, [&] {
          const std::vector tables{make_price_table(rows_of(data), static_cast<double>(data)),
                                   make_table(TableKind::fcr, {"fcr_price"}, 0, 6, 240, 1.0)};
          (void)store_.scenarios().import_tables(chosen.id, tables, ImportMode::replace).value();
        });
    }
  }

  void change_profile(std::int64_t data) {
    const auto all = store_.profiles().list();
    if (all.size() < 3) {
      const std::string name = "p-" + std::to_string(data);
      note(name, {.data = data}, false, [&] { (void)store_.profiles().create({.name = name}, series_of(data), dutch_calendar()).value(); });
      return;
    }
    const Profile& chosen = all[static_cast<std::size_t>(random_.integer(0, static_cast<int>(all.size()) - 1))];
    if (random_.chance(0.4)) {
      note(chosen.name, {}, true, [&] { (void)store_.profiles().remove(chosen.id).value(); });
    } else {
      note(chosen.name, {.data = data}, false,
           [&] { (void)store_.profiles().replace_series(chosen.id, series_of(data), dutch_calendar()).value(); });
    }
  }

 public:
  static ProductionSeries series_of(std::int64_t data) { return make_series(rows_of(data), static_cast<double>(data)); }

  Content content_of(const Scenario& scenario) {
    const MarketTable price = store_.scenarios().table(scenario.id, TableKind::price).value();
    return {price.rows() == 0 ? 0 : static_cast<std::int64_t>(price.columns[0].values[0]), std::atoll(scenario.description.c_str())};
  }

 private:
  Store store_;
  int notes_;
  RandomStream random_;
  std::uint64_t round_;
};

/// What the store holds; every import is checked to be whole, counts and flags by observe().
Model read_model(Store& store) {
  Model model;
  (void)observe(store);
  for (const Scenario& scenario : store.scenarios().list()) {
    Content& content = model[scenario.name];
    content.patch = std::atoll(scenario.description.c_str());
    const MarketTable price = store.scenarios().table(scenario.id, TableKind::price).value();
    if (price.rows() == 0) continue;
    content.data = static_cast<std::int64_t>(price.columns[0].values[0]);
    EXPECT_TRUE(same_rows(price, make_price_table(rows_of(content.data), static_cast<double>(content.data)))) << scenario.name;
    EXPECT_EQ(scenario.record_count, static_cast<std::int64_t>(rows_of(content.data) + 6)) << scenario.name;
  }
  for (const Profile& profile : store.profiles().list()) {
    const auto data = static_cast<std::int64_t>(profile.capacity_mw);
    model[profile.name] = {.data = data};
    EXPECT_TRUE(same_values(store.profiles().series(profile.id).value()->power_mw, Worker::series_of(data).power_mw)) << profile.name;
  }
  return model;
}

void record(Model& model, const Note& note) {
  if (note.removed) {
    model.erase(note.name);
  } else {
    model[note.name] = note.content;
  }
}

TEST(KillTest, TwoHundredKillsLoseNothing) {
  const FastDirectory directory;
  RandomStream random(11, "kill instants");
  Model known;
  int finished = 0;
  int kept = 0;
  int killed_within = 0;
  for (std::uint64_t round = 1; killed_within < 200 && round <= 1000 && !::testing::Test::HasFailure(); ++round) {
    int notes[2];
    ASSERT_EQ(::pipe(notes), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(notes[0]);
      try {
        Worker(directory.path(), notes[1], round).run();
      } catch (...) {
        ::_exit(2);
      }
    }
    ::close(notes[1]);
    // Most kills come some time after the first change began, some during the start.
    if (!random.chance(0.1)) {
      pollfd first_note{notes[0], POLLIN, 0};
      ::poll(&first_note, 1, 10000);
    }
    std::jthread killer([child, delay = std::chrono::microseconds(random.integer(0, 15000))] {
      std::this_thread::sleep_for(delay);
      ::kill(child, SIGKILL);
    });
    Note note;
    bool pending = false;
    Note last;
    while (::read(notes[0], &note, sizeof(note)) == sizeof(note)) {
      pending = !note.finished;
      last = note;
      if (note.finished) {
        record(known, note);
        ++finished;
      }
    }
    ::close(notes[0]);
    killer.join();
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the worker failed by itself: " << status;

    Store store(StoreOptions{.data_directory = directory.path()});
    const Model found = read_model(store);
    Model possible = known;
    if (pending) record(possible, last);
    killed_within += pending ? 1 : 0;
    kept += pending && found == possible && possible != known ? 1 : 0;
    EXPECT_TRUE(found == known || found == possible) << "round " << round << ", doing " << last.name << " " << last.content.data;
    EXPECT_EQ(leftovers(store, directory.path()), std::vector<std::string>{}) << "round " << round;
    known = found;
  }
  EXPECT_GE(killed_within, 200);
  RecordProperty("changes_finished", finished);
  RecordProperty("killed_within_a_change", killed_within);
  RecordProperty("interrupted_changes_that_were_committed", kept);
}

}  // namespace
}  // namespace bess::test
