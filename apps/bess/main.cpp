// The program: picks a command, runs it, turns whatever happens into an exit code.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "base/version.h"
#include "bess/arguments.h"
#include "bess/command.h"
#include "bess/command_list.h"

namespace {

bess::CancellationToken cancel_token;

/// The first Ctrl-C asks the work to end; a second one ends the process.
void on_signal(int signal) {
  if (cancel_token.cancelled()) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return;
  }
  cancel_token.cancel();
}

/// A standard stream that was closed is opened so that using it fails: the next file opened (a store, say) must not take its number
/// and be written into.
void keep_standard_streams_apart() {
  constexpr std::array<int, 3> flags{O_WRONLY, O_RDONLY, O_WRONLY};  // in: not readable; out: not writable; err: silent
  for (int stream = 0; stream < 3; ++stream) {
    if (fcntl(stream, F_GETFD) == -1 && errno == EBADF && open("/dev/null", flags[static_cast<std::size_t>(stream)]) != stream) _exit(1);
  }
}

int run(const bess::app::CommandRun& command) {
  using namespace bess;
  try {
    return command();
  } catch (const Cancelled&) {
    app::complain("cancelled\n");
  } catch (const Exception& e) {
    app::complain(fmt::format("error [{}] {}\n", e.code(), e.what()));
    if (e.code() == "infeasible_window") return app::bad_input;
  } catch (const std::bad_alloc&) {
    app::complain("error [out_of_memory] not enough memory\n");
  } catch (const std::exception& e) {
    app::complain(fmt::format("error [internal] {}\n", e.what()));
  }
  return app::failed;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace bess::app;
  keep_standard_streams_apart();
  ArgumentParser parser("bess",
                        "BESS Engine: simulates a battery that trades day-ahead, intraday, imbalance, aFRR and FCR.\n"
                        "Powers are MW, energies MWh, prices EUR/MWh, reserve prices EUR/MW/h, times UTC.\n"
                        "Exit codes: 0 done, 1 failed, 2 bad usage, 3 bad input.",
                        std::string(bess::engine_version()));
  parser.root().require_action();

  CommandContext context{&cancel_token};
  std::vector<std::pair<const Arguments*, CommandRun>> commands;
  for (const Command& command : registered_commands()) {
    Arguments& arguments = parser.root().action(command.name, command.help);
    commands.emplace_back(&arguments, command.add(arguments, context));
  }
  const auto say = [](const std::string& text, int code) {
    return run([&] {
      print(text);
      return code;
    });
  };
  if (argc <= 1) return say(parser.help(), bad_usage);  // nothing asked: say what can be
  if (const auto answer = parser.parse(argc, argv)) {
    complain(answer->err);
    return say(answer->out, answer->bad_usage ? bad_usage : done);
  }
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  const auto chosen = std::find_if(commands.begin(), commands.end(), [](const auto& c) { return c.first->given(); });
  return run(chosen->second);
}
