// Output that can't be written: every command says so and fails, and no file is written into by mistake.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "support/shared_data.h"

namespace bess {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

using Arguments = std::vector<std::string>;

/// Where a standard stream of the program leads.
struct Streams {
  enum class Out { file, full, closed, left } out{Out::file};  ///< left: a pipe whose reader has gone
  enum class Err { file, full, closed } err{Err::file};
  bool in_closed{false};
  bool ignore_sigpipe{false};
};

struct Outcome {
  int exit_code{-1};
  int signal{0};
  std::string out, err;
};

class Output : public testing::Test {
 protected:
  Output() : directory_(fs::temp_directory_path() / ("bess_output_" + std::to_string(::getpid()))) {
    fs::remove_all(directory_);
    fs::create_directories(directory_);
    profile_ = (directory_ / "park.csv").string();
    std::ofstream park(profile_);
    park << "timestamp,output_mw\n";
    for (int hour = 0; hour < 24; ++hour) park << "2024-01-01T" << (hour < 10 ? "0" : "") << hour << ":00:00Z,1\n";
  }
  ~Output() override { fs::remove_all(directory_); }

  [[nodiscard]] Outcome run(const Arguments& arguments, const Streams& streams = {}) const {
    const std::string out = (directory_ / "out").string();
    const std::string err = (directory_ / "err").string();
    std::ofstream(out, std::ios::trunc).close();
    std::ofstream(err, std::ios::trunc).close();
    const pid_t child = ::fork();
    if (child == 0) start(arguments, streams, out, err);
    int status = 0;
    ::waitpid(child, &status, 0);
    Outcome outcome;
    if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
    outcome.out = content(out);
    outcome.err = content(err);
    return outcome;
  }

  [[nodiscard]] static std::string content(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// Runs of every command, in text and JSON where it has both. They work where output does.
  [[nodiscard]] std::map<std::string, std::vector<Arguments>> runs_of_every_command() const {
    const std::string request = "examples/battery_10mw_20mwh.json";
    const Outcome listed = run({"profile", "list"});
    const std::string profile = listed.out.substr(0, listed.out.find(' '));
    return {{"simulate", {{"simulate", request, "--sample"}, {"simulate", request, "--sample", "--json"}, {"simulate", "--options"}}},
            {"demo", {{"demo", "--json", "--out", (directory_ / "demo").string()}}},
            {"compare",
             {{"compare", request, "--sample", "--strategies", "rolling_lp", "--markets", "day_ahead", "--no-bound"},
              {"compare", request, "--sample", "--strategies", "rolling_lp", "--markets", "day_ahead", "--no-bound", "--json"}}},
            {"dispatch", {{"dispatch", "examples/window.json"}, {"dispatch", "examples/window.json", "--json", "--schedule"}}},
            {"validate", {{"validate", "examples/prices"}, {"validate", "examples/prices", "--json"}}},
            {"options", {{"options"}, {"options", "--json"}, {"options", "--markdown"}}},
            {"serve", {{"serve", "--print-config"}, {"serve", "--port", "0", "--host", "127.0.0.1"}}},
            {"bench", {{"bench", "--help"}}},
            {"scenario",
             {{"scenario", "list"}, {"scenario", "list", "--json"}, {"scenario", "show", "1"}, {"scenario", "show", "1", "--json"}}},
            {"profile",
             {{"profile", "list"},
              {"profile", "list", "--json"},
              {"profile", "show", profile, "--json"},
              {"profile", "show", profile},
              {"profile", "export", profile}}}};
  }

  fs::path directory_;
  std::string profile_;

 private:
  [[noreturn]] void start(const Arguments& arguments, const Streams& streams, const std::string& out, const std::string& err) const {
    const auto lead = [](int stream, int file) {
      if (file < 0 || ::dup2(file, stream) != stream) ::_exit(99);
      if (file > 2) ::close(file);
    };
    if (streams.out == Streams::Out::file) lead(1, ::open(out.c_str(), O_WRONLY | O_APPEND));
    if (streams.out == Streams::Out::full) lead(1, ::open("/dev/full", O_WRONLY));
    if (streams.out == Streams::Out::left) {
      int ends[2];
      if (::pipe(ends) != 0) ::_exit(99);
      ::close(ends[0]);
      lead(1, ends[1]);
    }
    if (streams.err == Streams::Err::file) lead(2, ::open(err.c_str(), O_WRONLY | O_APPEND));
    if (streams.err == Streams::Err::full) lead(2, ::open("/dev/full", O_WRONLY));
    if (streams.out == Streams::Out::closed) ::close(1);
    if (streams.err == Streams::Err::closed) ::close(2);
    if (streams.in_closed) ::close(0);
    std::signal(SIGPIPE, streams.ignore_sigpipe ? SIG_IGN : SIG_DFL);
    ::setenv("BESS_DATA_DIR", (directory_ / "data").c_str(), 1);
    if (::chdir(test::source_dir().c_str()) != 0) ::_exit(99);
    std::vector<std::string> words{BESS_PROGRAM};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    ::execv(BESS_PROGRAM, pointers.data());
    ::_exit(99);
  }
};

std::string text_of(const Arguments& arguments) {
  std::string text;
  for (const std::string& word : arguments) text += " " + word;
  return text;
}

TEST_F(Output, EveryCommandFailsWhereItsOutputCannotBeWritten) {
  ASSERT_EQ(run({"scenario", "create", "--name", "S", "examples/prices"}).exit_code, 0);
  ASSERT_EQ(run({"profile", "import", profile_, "--name", "P", "--type", "pv", "--capacity", "1"}).exit_code, 0);
  const auto runs = runs_of_every_command();

  // The table above covers the program: every command that the help lists.
  std::istringstream help(run({"--help"}).out);
  bool commands = false;
  int seen = 0;
  for (std::string line; std::getline(help, line);) {
    if (commands && line.starts_with("  ") && line.size() > 2 && line[2] != ' ') {
      const std::string name = line.substr(2, line.find(' ', 2) - 2);
      EXPECT_TRUE(runs.contains(name)) << "no run of " << name;
      ++seen;
    }
    commands = commands || line.starts_with("Subcommands");
  }
  EXPECT_EQ(seen, static_cast<int>(runs.size()));

  for (const auto& [command, list] : runs) {
    for (const Arguments& arguments : list) {
      for (const Streams::Out out : {Streams::Out::full, Streams::Out::closed}) {
        const Outcome failed = run(arguments, {.out = out});
        EXPECT_EQ(failed.exit_code, 1) << text_of(arguments);
        EXPECT_THAT(failed.err, HasSubstr("[write_failed]")) << text_of(arguments);
      }
    }
  }
  for (const Arguments& arguments : {Arguments{"--help"}, Arguments{"--version"}, Arguments{"simulate", "--help"}, Arguments{}}) {
    const Outcome failed = run(arguments, {.out = Streams::Out::full});
    EXPECT_EQ(failed.exit_code, 1) << text_of(arguments);
    EXPECT_THAT(failed.err, HasSubstr("[write_failed]")) << text_of(arguments);
  }
}

TEST_F(Output, AReaderThatHasLeftEndsTheProgramQuietly) {
  for (const bool ignored : {false, true}) {
    const Outcome ended = run({"options", "--json"}, {.out = Streams::Out::left, .ignore_sigpipe = ignored});
    EXPECT_EQ(ended.signal, SIGPIPE) << ignored;
    EXPECT_THAT(ended.err, IsEmpty()) << ignored;
  }
}

TEST_F(Output, FilesAreWrittenBeforeAnythingIsPrinted) {
  const std::string out = (directory_ / "results").string();
  const Outcome ended =
      run({"simulate", "examples/battery_10mw_20mwh.json", "--sample", "--json", "--out", out}, {.out = Streams::Out::left});
  EXPECT_EQ(ended.signal, SIGPIPE);
  for (const char* file : {"summary.json", "timeseries.csv", "heatmap.html"}) EXPECT_TRUE(fs::exists(fs::path(out) / file)) << file;
}

TEST_F(Output, ErrorsThatCannotBeToldDoNotHideTheResult) {
  for (const Streams::Err err : {Streams::Err::full, Streams::Err::closed}) {
    EXPECT_EQ(run({"dispatch", "absent.json"}, {.err = err}).exit_code, 3);
    EXPECT_EQ(run({"nonsense"}, {.err = err}).exit_code, 2);
    EXPECT_EQ(run({"options"}, {.out = Streams::Out::full, .err = err}).exit_code, 1);
    const Outcome fine = run({"dispatch", "examples/window.json", "--json"}, {.err = err});
    EXPECT_EQ(fine.exit_code, 0);
    EXPECT_THAT(fine.out, HasSubstr("\"optimal\""));
  }
}

// A store opened while stdout is closed must not become stdout.
TEST_F(Output, AClosedStreamIsNobodysFile) {
  ASSERT_EQ(run({"scenario", "create", "--name", "S", "examples/prices"}).exit_code, 0);
  const Streams closed{.out = Streams::Out::closed, .err = Streams::Err::closed, .in_closed = true};
  EXPECT_EQ(run({"scenario", "list", "--json"}, closed).exit_code, 1);
  EXPECT_EQ(run({"dispatch", "-"}, closed).exit_code, 3);
  const Outcome after = run({"scenario", "show", "1", "--json"});
  EXPECT_EQ(after.exit_code, 0);
  EXPECT_THAT(after.out, HasSubstr("\"S\""));
}

TEST_F(Output, ResultFilesThatCannotBeWritten) {
  ASSERT_EQ(run({"profile", "import", profile_, "--name", "P", "--type", "pv", "--capacity", "1"}).exit_code, 0);
  const std::string listed = run({"profile", "list"}).out;
  const std::string id = listed.substr(0, listed.find(' '));
  for (const char* file : {"/dev/full", "/nowhere/at/all.csv"}) {
    const Outcome failed = run({"profile", "export", id, "--out", file});
    EXPECT_EQ(failed.exit_code, 1) << file;
    EXPECT_THAT(failed.err, HasSubstr("[write_failed]")) << file;
  }
}

TEST_F(Output, AnInfeasibleWindowIsBadInput) {
  const std::string window = (directory_ / "w.json").string();
  std::ofstream(window) << R"({"delta_h": 1, "enabled_markets": ["imbalance"], "battery": {"capacity_mwh": 2, "power_mw": 1},
    "site": {"import_limit_mw": 1, "export_limit_mw": 1}, "frozen_position_mw": {"day_ahead": [5, 5]}, "position_cap_factor": 0,
    "prices": {"day_ahead": [50, 60], "imbalance_take": [55, 65], "imbalance_feed": [45, 55]}})";
  for (const char* solver : {"own", "clp"}) {
    const Outcome text = run({"dispatch", window, "--schedule", "--solver", solver});
    EXPECT_EQ(text.exit_code, 3) << solver;
    EXPECT_THAT(text.err, HasSubstr("[infeasible_window]")) << solver;
    EXPECT_THAT(text.out, testing::Not(HasSubstr("optimum_eur"))) << solver;
    const Outcome json = run({"dispatch", window, "--json", "--solver", solver});
    EXPECT_EQ(json.exit_code, 3) << solver;
    EXPECT_THAT(json.out, HasSubstr("\"optimum_eur\": null")) << solver;
    EXPECT_THAT(json.out, HasSubstr("\"infeasible_window\"")) << solver;
  }
}

}  // namespace
}  // namespace bess
