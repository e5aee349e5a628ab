#include "bess/server/settings.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "base/parallel.h"
#include "service/options/option_json.h"

namespace bess::app {

using service::Json;
using service::OptionSlot;

std::string environment_name(const std::string& setting) {
  if (setting == "workers") return "SIMULATION_WORKERS";
  std::string name = "BESS_" + setting;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

std::string flag_name(const std::string& setting) {
  std::string name = "--" + setting;
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

namespace {

template <class... Slots>
bool holds_any(const OptionSlot& slot) {
  return (std::holds_alternative<Slots>(slot.target) || ...);
}

void read_texts(const std::vector<std::pair<std::string, std::string>>& texts, ServerSettings& settings,
                std::string (*called)(const std::string&), Issues& issues) {
  const service::OptionSlots slots = service::slots_of(settings);
  for (const auto& [name, text] : texts) {
    const auto slot = std::find_if(slots.begin(), slots.end(), [&](const OptionSlot& s) { return s.name == name; });
    if (slot != slots.end()) service::read_slot(text_value(*slot, text), *slot, called(name), issues);
  }
}

}  // namespace

Json text_value(const OptionSlot& slot, const std::string& text) {
  using service::ScalarSlot;
  if (holds_any<ScalarSlot<bool>>(slot)) {
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const std::string_view word : {"true", "1", "yes", "on"}) {
      if (lower == word) return true;
    }
    for (const std::string_view word : {"false", "0", "no", "off"}) {
      if (lower == word) return false;
    }
    return text;
  }
  if (holds_any<ScalarSlot<double>, ScalarSlot<int>, ScalarSlot<std::int64_t>>(slot)) {
    if (const Expected<Json> number = service::parse_json(text); number && number->is_number()) return *number;
  }
  return text;
}

Expected<ServerSettings> load_settings(ServerSettings settings, const std::string& file_text,
                                       const std::vector<std::pair<std::string, std::string>>& flags) {
  Issues issues;
  if (!file_text.empty()) {
    const Expected<Json> json = service::parse_json(file_text);
    if (!json) return json.issues();
    Issues found;
    service::read_record(*json, settings, "", found);
    for (Issue issue : found.all()) {
      issue.severity = Severity::error;  // a setting that is ignored would mislead
      issues.add(std::move(issue));
    }
  }
  std::vector<std::pair<std::string, std::string>> environment;
  for (const OptionSlot& slot : service::slots_of(settings)) {
    if (const char* text = std::getenv(environment_name(slot.name).c_str()); text != nullptr && *text != '\0')
      environment.emplace_back(slot.name, text);
  }
  read_texts(environment, settings, environment_name, issues);
  read_texts(flags, settings, flag_name, issues);
  if (!is_loopback(settings.host) && settings.api_key.empty())
    issues.error("required", "BESS_API_KEY", fmt::format("listening on {} opens the server to others: set an API key", settings.host));
  if (settings.workers == 0) settings.workers = static_cast<int>(std::min<std::size_t>(hardware_workers(), 1024));
  if (issues.has_errors()) return issues;
  return settings;
}

std::string print_settings(ServerSettings settings) {
  if (!settings.api_key.empty()) settings.api_key = "(set)";
  return service::write_record(settings).dump(2) + "\n";
}

bool is_loopback(const std::string& host) {
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) return ntohl(address.s_addr) >> 24U == 127U;
  std::string lower = host;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower == "localhost" || lower == "::1" || lower == "[::1]";
}

}  // namespace bess::app
