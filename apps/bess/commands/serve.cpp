// bess serve: the REST API.

#include <fmt/format.h>
#include <malloc.h>

#include <chrono>
#include <map>
#include <memory>
#include <new>
#include <thread>

#include "base/version.h"
#include "bess/command.h"
#include "bess/data_arguments.h"
#include "bess/server/http_server.h"
#include "bess/server/log.h"
#include "bess/server/settings.h"
#include "bess/server/state.h"
#include "service/options/option_json.h"

namespace bess::app {

namespace {

using service::Json;

/// What a large upload needed goes back to the system when it is done with. By itself the allocator raises its thresholds to the largest
/// block it has seen, and then keeps as much for every thread.
void give_memory_back() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
#endif
}

struct ServeArguments {
  std::string config;
  bool print_config{false};
  std::map<std::string, std::string> flags;  ///< by setting
};

/// Loads what is marked for it. What cannot be loaded is told, and keeps neither the rest nor the server from working.
void preload_store(Store& store, const CancellationToken& cancel, const Log& log) {
  const auto tell = [&log](const std::string& code, const std::string& pointer, const std::string& message) {
    Json fields = Json::object();
    fields.append("code", code);
    fields.append("pointer", pointer);
    fields.append("message", message);
    log.write(LogLevel::warning, "preload", fields);
  };
  try {
    const Issues issues = store.preload(&cancel);
    for (const Issue& issue : issues.all()) tell(issue.code, issue.path, issue.message);
  } catch (const Cancelled&) {  // the server is stopping
  } catch (const Exception& failure) {
    tell(failure.code(), "", failure.what());
  } catch (const std::bad_alloc&) {
    tell("out_of_memory", "", "not enough memory");
  } catch (const std::exception& failure) {
    tell("internal", "", failure.what());
  }
}

int run_serve(const ServeArguments& a, const CommandContext& context) {
  std::vector<std::pair<std::string, std::string>> flags;
  for (const auto& [name, text] : a.flags) {
    if (!text.empty()) flags.emplace_back(name, text);
  }
  ServerSettings defaults;
  defaults.data_dir = StoreArguments{}.directory();
  std::string file_text;
  if (!a.config.empty()) {
    const Expected<std::string> text = read_file(a.config);
    if (!text) return fail_with(text.issues(), false);
    file_text = *text;
  }
  const Expected<ServerSettings> settings = load_settings(std::move(defaults), file_text, flags);
  if (!settings) {
    print_issues(settings.issues());
    return bad_input;
  }
  if (a.print_config) {
    print(print_settings(*settings));
    return done;
  }
  give_memory_back();
  const Log log(settings->log_level, settings->log_format);
  ServerState state(*settings);
  HttpServer server(state, log);
  const int port = server.bind();
  if (port <= 0) throw Exception("address_in_use", fmt::format("{} port {} is not to be had", settings->host, settings->port));
  print(fmt::format("BESS Engine {} on http://{}:{}/ (documentation: /docs). Data in {}\n", engine_version(),
                    settings->host.find(':') == std::string::npos ? settings->host : "[" + settings->host + "]", port, settings->data_dir));
  CancellationToken stop_preload;
  std::jthread preload([&] { preload_store(state.store, stop_preload, log); });
  std::jthread stopper([&](const std::stop_token& stop) {
    while (!stop.stop_requested() && !context.cancel->cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds{20});
    log.write(LogLevel::info, "stopping", Json::object());
    stop_preload.cancel();
    server.stop();
  });
  server.run();
  stopper.request_stop();
  stopper.join();
  log.write(LogLevel::info, "stopped", Json::object());
  return done;
}

CommandRun add_serve(Arguments& arguments, CommandContext& context) {
  auto a = std::make_shared<ServeArguments>();
  arguments.option("--config", a->config, "JSON file with settings");
  arguments.flag("--print-config", a->print_config, "print the settings as they would be used, and end");
  ServerSettings shown;
  for (const service::OptionSlot& slot : service::slots_of(shown)) {
    std::string help(slot.info.help);
    const Json value = service::write_slot(slot);
    if (slot.name != "api_key" && !(value.is_string() && value.as_string().empty())) help += " [" + value.dump() + "]";
    if (!slot.info.unit.empty()) help += fmt::format(" ({})", slot.info.unit);
    help += "; environment: " + environment_name(slot.name);
    arguments.option(flag_name(slot.name), a->flags[slot.name], help).value_name("");
  }
  arguments.footer("Flags win over the environment, the environment over --config. See docs/operation.md.");
  return [a, &context] { return run_serve(*a, context); };
}

const CommandRegistration registration{{.order = 60, .name = "serve", .help = "REST API with Swagger UI at /docs", .add = add_serve}};

}  // namespace

}  // namespace bess::app
