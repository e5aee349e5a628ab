#pragma once
// How a command joins the program: one file in commands/ with one registration, no list to edit.
//
//   int run_hello(...);
//   const CommandRegistration hello{{.order = 90, .name = "hello", .add = [](Arguments& arguments, CommandContext& context) { … return run;
//   }}};
//
// `add` declares options on the subcommand and returns what to run once they are parsed. Exit codes: 0 done, 1 failed, 2 bad usage,
// 3 bad input. Results go to stdout; progress, warnings and errors to stderr.

#include <functional>
#include <string>

#include "base/error.h"
#include "base/progress.h"
#include "bess/arguments.h"
#include "service/json.h"

namespace bess::app {

enum ExitCode : int { done = 0, failed = 1, bad_usage = 2, bad_input = 3 };

/// What every command gets. `cancel` is set by Ctrl-C.
struct CommandContext {
  CancellationToken* cancel{nullptr};
};

using CommandRun = std::function<int()>;

struct Command {
  int order{100};  ///< place in the list of commands
  std::string name;
  std::string help;
  std::function<CommandRun(Arguments& arguments, CommandContext& context)> add;
};

/// Made at namespace scope in the command's own file.
class CommandRegistration {
 public:
  explicit CommandRegistration(Command command);
};

/// Prints errors and warnings to stderr, one line each: "error [out_of_range] /params/bessPower: …".
void print_issues(const Issues& issues);
/// With `json`, {"errors": […], "warnings": […]} to stdout as well; returns bad_input.
int fail_with(const Issues& issues, bool json);

/// The file's bytes; an issue not_found when it can't be read.
[[nodiscard]] Expected<std::string> read_file(const std::string& path);
/// Writes a file beside its place and swaps it in when it is whole; throws bess::Exception("write_failed") and leaves what was there.
/// `write` returns false to give up.
void write_file(const std::string& path, const std::function<bool(std::ostream&)>& write);
void write_file(const std::string& path, std::string_view content);

/// Writes to stdout, at once; throws bess::Exception("write_failed") when it can't. A reader that has left ends the program as SIGPIPE
/// does, so files are written before anything is printed.
void print(std::string_view text);
/// Writes to stderr; a failure there is nobody's to tell.
void complain(std::string_view text);

}  // namespace bess::app
