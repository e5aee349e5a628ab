#include "service/data/weather_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "service/json.h"

namespace bess::service {

namespace {

/// The value at a path of keys; null when a part is absent.
const Json* at(const Json& json, std::initializer_list<std::string_view> keys) {
  const Json* here = &json;
  for (const std::string_view key : keys) {
    if (here == nullptr || !here->is_object()) return nullptr;
    here = here->find(key);
  }
  return here;
}

void append_cell(std::string& out, const Json& value) {
  if (value.is_number()) {
    append_json_number(out, value.as_number());
  } else if (value.is_string()) {
    out += value.as_string();
  }
}

/// Rows of objects with the same keys as a table.
bool append_rows(std::string& out, const Json::Array& rows) {
  if (rows.empty() || !rows.front().is_object()) return false;
  std::vector<std::string> keys;
  for (const JsonMember& member : rows.front().members()) keys.push_back(member.key);
  for (std::size_t k = 0; k < keys.size(); ++k) out += (k > 0 ? "," : "") + keys[k];
  out += "\n";
  for (const Json& row : rows) {
    if (!row.is_object()) return false;
    for (std::size_t k = 0; k < keys.size(); ++k) {
      if (k > 0) out += ',';
      if (const Json* value = row.find(keys[k])) append_cell(out, *value);
    }
    out += '\n';
  }
  return true;
}

void append_line(std::string& out, std::string_view name, const Json* value) {
  if (value == nullptr || !value->is_number()) return;
  fmt::format_to(std::back_inserter(out), "{}: {}\n", name, value->as_number());
}

/// {inputs: {location, mounting_system: {fixed: {slope: {value}, azimuth: {value}}}, pv_module: {peak_power}}, outputs: {hourly |
/// tmy_hourly}}.
bool append_pvgis(std::string& out, const Json& json) {
  append_line(out, "Latitude (decimal degrees)", at(json, {"inputs", "location", "latitude"}));
  append_line(out, "Longitude (decimal degrees)", at(json, {"inputs", "location", "longitude"}));
  append_line(out, "Irradiance Time Offset (h)", at(json, {"inputs", "location", "irradiance_time_offset"}));
  append_line(out, "Slope", at(json, {"inputs", "mounting_system", "fixed", "slope", "value"}));
  append_line(out, "Azimuth", at(json, {"inputs", "mounting_system", "fixed", "azimuth", "value"}));
  append_line(out, "Nominal power of the PV system (kWp)", at(json, {"inputs", "pv_module", "peak_power"}));
  for (const char* table : {"tmy_hourly", "hourly"}) {
    const Json* rows = at(json, {"outputs", table});
    if (rows != nullptr && rows->is_array()) return append_rows(out, rows->items());
  }
  return false;
}

/// {latitude, longitude, utc_offset_seconds, hourly_units: {}, hourly: {time: [], …}}, or minutely_15.
bool append_open_meteo(std::string& out, const Json& json) {
  out += "latitude,longitude,utc_offset_seconds\n";
  for (const char* key : {"latitude", "longitude", "utc_offset_seconds"}) {
    if (out.back() != '\n') out += ',';
    const Json* value = json.find(key);
    if (value == nullptr || !value->is_number()) return false;
    append_cell(out, *value);
  }
  out += "\n\n";
  for (const std::string table : {"hourly", "minutely_15"}) {
    const Json* columns = json.find(table);
    const Json* units = json.find(table + "_units");
    const Json* time = columns == nullptr ? nullptr : columns->find("time");
    if (time == nullptr || !time->is_array()) continue;
    std::vector<const Json::Array*> values{&time->items()};
    out += "time";
    for (const JsonMember& column : columns->members()) {
      if (column.key == "time") continue;
      if (!column.value.is_array() || column.value.items().size() != time->items().size()) return false;
      const Json* unit = units == nullptr ? nullptr : units->find(column.key);
      out += "," + column.key;
      if (unit != nullptr && unit->is_string() && !unit->as_string().empty()) out += " (" + unit->as_string() + ")";
      values.push_back(&column.value.items());
    }
    out += '\n';
    for (std::size_t row = 0; row < time->items().size(); ++row) {
      for (std::size_t c = 0; c < values.size(); ++c) {
        if (c > 0) out += ',';
        append_cell(out, (*values[c])[row]);
      }
      out += '\n';
    }
    return true;
  }
  return false;
}

}  // namespace

bool looks_like_json(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

Expected<std::string> csv_of_weather_json(std::string_view text, const std::string& file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const Expected<Json> json = parse_json(text);
  if (!json) {
    Issues issues;
    for (Issue issue : json.issues().all()) {
      issue.file = file;
      issues.add(std::move(issue));
    }
    return issues;
  }
  std::string csv;
  if (at(*json, {"outputs"}) != nullptr && at(*json, {"inputs"}) != nullptr) {
    if (append_pvgis(csv, *json)) return csv;
  } else if (json->find("utc_offset_seconds") != nullptr && append_open_meteo(csv, *json)) {
    return csv;
  }
  Issues issues;
  issues.add(
      {Severity::error,
       "wrong_type",
       "JSON that is no hourly answer of PVGIS (outputs.hourly, outputs.tmy_hourly) and none of open-meteo (hourly.time): save it as CSV",
       {},
       file,
       0,
       {}});
  return issues;
}

}  // namespace bess::service
