#pragma once
// What `bess serve` can be told: by flags, environment variables, a JSON file; in that order of precedence. Declared once.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/option.h"
#include "service/json.h"
#include "service/options/option_slots.h"

namespace bess::app {

enum class LogLevel : std::uint8_t { debug, info, warning, error, off };
enum class LogFormat : std::uint8_t { text, json };

struct ServerSettings {
  std::string host{"127.0.0.1"};
  int port{8000};
  std::string data_dir;
  std::string api_key;
  int workers{0};
  int http_threads{96};
  double max_body_mb{64};
  double max_upload_mb{256};
  double max_simulation_seconds{600};
  int max_json_depth{32};
  std::int64_t max_import_rows{5'000'000};
  int max_queued_jobs{32};
  int max_kept_jobs{16};
  double max_kept_mb{1000};
  double cache_limit_mb{1000};
  double busy_timeout_seconds{5};
  double header_timeout_seconds{10};
  double body_timeout_seconds{60};
  double write_timeout_seconds{10};
  double shutdown_grace_seconds{10};
  LogLevel log_level{LogLevel::info};
  LogFormat log_format{LogFormat::json};
  std::string docs_assets;
};

template <class Visitor>
void describe(ServerSettings& s, Visitor&& field) {
  field("host", s.host, FieldInfo{.help = "address to listen on; anything but a loopback address needs an API key"});
  field("port", s.port, FieldInfo{.min = 0, .max = 65535, .help = "TCP port; 0 takes a free one and prints it"});
  field("data_dir", s.data_dir, FieldInfo{.help = "directory of the store; default $XDG_DATA_HOME/bess, else ~/.local/share/bess"});
  field("api_key", s.api_key, FieldInfo{.help = "every request but /health must carry it as X-API-Key; empty: none is asked for"});
  field("workers", s.workers,
        FieldInfo{.min = 0, .max = 1024, .help = "simulations at the same time, and threads of parallel years; 0: one per core"});
  field("http_threads", s.http_threads, FieldInfo{.min = 64, .max = 4096, .help = "requests that are worked on at the same time"});
  field("max_body_mb", s.max_body_mb, FieldInfo{.unit = "MiB", .min = 0.001, .max = 4096, .help = "largest JSON body"});
  field("max_upload_mb", s.max_upload_mb, FieldInfo{.unit = "MiB", .min = 0.001, .max = 65536, .help = "largest upload"});
  field("max_simulation_seconds", s.max_simulation_seconds,
        FieldInfo{.unit = "s", .min = 0.001, .max = 86400, .help = "wall time of one simulation"});
  field("max_json_depth", s.max_json_depth, FieldInfo{.min = 4, .max = 512, .help = "nesting of a JSON body"});
  field("max_import_rows", s.max_import_rows, FieldInfo{.min = 1, .max = 1e9, .help = "rows of one import"});
  field("max_queued_jobs", s.max_queued_jobs, FieldInfo{.min = 0, .max = 10'000, .help = "jobs that wait for a worker; more are refused"});
  field("max_kept_jobs", s.max_kept_jobs, FieldInfo{.min = 0, .max = 10'000, .help = "finished jobs whose result is kept"});
  field("max_kept_mb", s.max_kept_mb,
        FieldInfo{.unit = "MB", .min = 0, .max = 1e6, .help = "series of finished jobs together; the newest is kept however long it is"});
  field("cache_limit_mb", s.cache_limit_mb, FieldInfo{.unit = "MB", .min = 0, .max = 1e6, .help = "scenarios and profiles together"});
  field("busy_timeout_seconds", s.busy_timeout_seconds,
        FieldInfo{.unit = "s", .min = 0, .max = 3600, .help = "how long a writer waits for another process"});
  field("header_timeout_seconds", s.header_timeout_seconds,
        FieldInfo{.unit = "s", .min = 0.1, .max = 3600, .help = "in which a request's headers must have arrived"});
  field("body_timeout_seconds", s.body_timeout_seconds,
        FieldInfo{.unit = "s", .min = 0.1, .max = 3600, .help = "in which a request's body must have arrived"});
  field(
      "write_timeout_seconds", s.write_timeout_seconds,
      FieldInfo{
          .unit = "s", .min = 0.1, .max = 3600, .help = "how long a client may take no more of its answer, or less than 16 KiB a second"});
  field("shutdown_grace_seconds", s.shutdown_grace_seconds,
        FieldInfo{.unit = "s", .min = 0, .max = 3600, .help = "running simulations may finish for this long when the server stops"});
  field("log_level", s.log_level,
        FieldInfo{.help = "least important message that is logged",
                  .choices = {{"debug", ""}, {"info", ""}, {"warning", ""}, {"error", ""}, {"off", ""}}});
  field("log_format", s.log_format,
        FieldInfo{.help = "of the log on standard error", .choices = {{"text", "for people"}, {"json", "one object a line"}}});
  field("docs_assets", s.docs_assets,
        FieldInfo{.help = "folder with the files of swagger-ui-dist; default: found beside the program or in the source tree"});
}

/// The name of a setting in the environment: BESS_MAX_BODY_MB; SIMULATION_WORKERS for workers.
[[nodiscard]] std::string environment_name(const std::string& setting);
/// --max-body-mb.
[[nodiscard]] std::string flag_name(const std::string& setting);

/// `defaults`, then the JSON text of a file (empty: none), then the environment, then `flags` ({setting, text}). All problems at once.
[[nodiscard]] Expected<ServerSettings> load_settings(ServerSettings defaults, const std::string& file_text,
                                                     const std::vector<std::pair<std::string, std::string>>& flags);
/// As JSON, without the key itself.
[[nodiscard]] std::string print_settings(ServerSettings settings);

/// One text into one slot as JSON would have it: numbers and flags (true, 1, yes, on and their opposites, in any case) are read, anything
/// else is text.
[[nodiscard]] service::Json text_value(const service::OptionSlot& slot, const std::string& text);

/// 127.0.0.0/8, ::1 or localhost, in any case.
[[nodiscard]] bool is_loopback(const std::string& host);

}  // namespace bess::app
