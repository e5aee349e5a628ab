// The program: picks a command, runs it, turns whatever happens into an exit code.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <vector>

#include "base/version.h"
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

int run(const bess::app::CommandRun& command) {
  using namespace bess;
  try {
    return command();
  } catch (const Cancelled&) {
    fmt::print(stderr, "cancelled\n");
  } catch (const Exception& e) {
    fmt::print(stderr, "error [{}] {}\n", e.code(), e.what());
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "error [out_of_memory] not enough memory\n");
  } catch (const std::exception& e) {
    fmt::print(stderr, "error [internal] {}\n", e.what());
  }
  return app::failed;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace bess::app;
  CLI::App app{
      "BESS Engine: simulates a battery that trades day-ahead, intraday, imbalance, aFRR and FCR.\n"
      "Powers are MW, energies MWh, prices EUR/MWh, reserve prices EUR/MW/h, times UTC.\n"
      "Exit codes: 0 done, 1 failed, 2 bad usage, 3 bad input."};
  app.name("bess");
  app.set_version_flag("--version", std::string(bess::engine_version()));
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);

  CommandContext context{&cancel_token};
  std::vector<std::pair<CLI::App*, CommandRun>> commands;
  for (const Command& command : registered_commands()) {
    CLI::App* sub = app.add_subcommand(command.name, command.help);
    commands.emplace_back(sub, command.add(*sub, context));
  }
  if (argc <= 1) {  // nothing asked: say what can be
    fmt::print("{}", app.help());
    return bad_usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? done : bad_usage;
  }
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  const auto chosen = std::find_if(commands.begin(), commands.end(), [](const auto& c) { return c.first->parsed(); });
  return run(chosen->second);
}
