#include "service/scenarios.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "importers/archive.h"
#include "importers/csv_export.h"
#include "market/statistics.h"
#include "service/export_writers.h"
#include "service/option_json.h"
#include "store/store.h"

namespace bess::service {

std::vector<Choice> table_choices() {
  std::vector<Choice> choices;
  for (const TableInfo& table : all_tables()) choices.push_back({table.name, ""});
  return choices;
}

Json to_json(const Scenario& s) {
  Json json = Json::object();
  json.append("id", s.id);
  json.append("name", s.name);
  json.append("country", s.country);
  json.append("description", s.description);
  json.append("preload", s.preload);
  json.append("has_price_data", s.has_price_data);
  json.append("has_solar_data", s.has_solar_data);
  json.append("has_afrr_data", s.has_afrr_data);
  json.append("has_fcr_data", s.has_fcr_data);
  json.append("record_count", s.record_count);
  json.append("synthetic", s.synthetic);
  json.append("data_revision", s.data_revision.empty() ? Json() : Json(s.data_revision));
  return json;
}

namespace {

void append_quality(Json& json, const ColumnQuality& quality) {
  json.append("rows", quality.rows);
  json.append("resolution_minutes", quality.resolution_minutes);
  json.append("interpolated", quality.interpolated);
  json.append("borrowed", quality.borrowed);
  json.append("missing", quality.missing);
}

Json to_json(const ImportedColumn& column) {
  Json json = Json::object();
  json.append("table", to_string(column.table));
  json.append("column", column.name);
  json.append("file", column.file);
  json.append("header", column.header);
  json.append("from", format_instant(column.from));
  json.append("to", format_instant(column.to));
  append_quality(json, column.quality);
  return json;
}

}  // namespace

Json to_json(const std::vector<StoredTable>& tables) {
  Json list = Json::array();
  for (const StoredTable& table : tables) {
    Json json = Json::object();
    json.append("table", to_string(table.kind));
    json.append("rows", table.rows);
    json.append("from", format_instant(table.first));
    json.append("to", format_instant(table.end));
    Json columns = Json::array();
    for (const StoredColumn& column : table.columns) {
      Json one = Json::object();
      one.append("name", column.name);
      append_quality(one, column.quality);
      columns.push(std::move(one));
    }
    json.append("columns", std::move(columns));
    list.push(std::move(json));
  }
  return list;
}

Json to_json(const CacheStats& stats) {
  Json json = Json::object();
  json.append("cached_count", static_cast<std::int64_t>(stats.cached_count));
  json.append("memory_mb", stats.memory_mb);
  json.append("limit_mb", stats.limit_mb);
  json.append("hits", static_cast<std::int64_t>(stats.hits));
  json.append("misses", static_cast<std::int64_t>(stats.misses));
  Json entries = Json::array();
  for (const CacheEntryInfo& entry : stats.entries) {
    Json one = Json::object();
    one.append("id", entry.id);
    one.append("memory_mb", entry.memory_mb);
    one.append("preload", entry.preload);
    entries.push(std::move(one));
  }
  json.append("entries", std::move(entries));
  return json;
}

Json to_json(const FileReading& reading) {
  Json json = Json::object();
  json.append("file", reading.file);
  json.append("preset", reading.preset.empty() ? Json() : Json(reading.preset));
  json.append("title", reading.title.empty() ? Json() : Json(reading.title));
  Json not_used = Json::array();
  for (const std::string& header : reading.not_used) not_used.push(header);
  json.append("not_used", std::move(not_used));
  json.append("rows_left_out", reading.rows_left_out);
  return json;
}

std::string import_note(const ImportResult& read) {
  std::string note;
  for (const Issue& issue : read.warnings.warnings()) {
    if (issue.code != "currency_converted" && issue.code != "stand_in") continue;
    note += fmt::format("{}{}: {}.", note.empty() ? "" : " ", issue.file, issue.message);
  }
  return note;
}

std::string noted(const std::string& description, const std::string& note) {
  if (note.empty() || description.find(note) != std::string::npos) return description;
  std::string text = description + (description.empty() ? "" : "\n") + note;
  return text.size() > static_cast<std::size_t>(max_description_length) ? description : text;
}

void append_import(Json& json, const ImportResult& read) {
  Json imported = Json::array();
  for (const ImportedColumn& column : read.columns) imported.push(to_json(column));
  json.append("imported", std::move(imported));
  Json files = Json::array();
  for (const FileReading& reading : read.files) files.push(to_json(reading));
  json.append("files", std::move(files));
  json.append("rows_read", read.rows_read);
  json.append("duplicates_dropped", read.duplicates_dropped);
  json.append("warnings", to_json(read.warnings.warnings()));
}

std::string table_json(const MarketTable& table) {
  std::string text = fmt::format("{{\"table\":\"{}\",\"rows\":{},\"columns\":{{\"delivery_start\":[", to_string(table.kind), table.rows());
  const auto list = [&](const auto& values, const auto& append_one) {
    for (std::size_t r = 0; r < values.size(); ++r) {
      if (r > 0) text += ',';
      append_one(values[r]);
    }
    text += ']';
  };
  list(table.delivery_start, [&](Instant at) { fmt::format_to(std::back_inserter(text), "\"{}\"", format_instant(at)); });
  text += ",\"duration_s\":[";
  list(table.duration_s, [&](auto seconds) { fmt::format_to(std::back_inserter(text), "{}", seconds); });
  for (const TableColumn& column : table.columns) {
    text += ',';
    append_json_string(text, column.name);
    text += ":[";
    list(column.values, [&](double value) { append_json_number(text, value); });
  }
  return text += "}}\n";
}

void check_entity(const std::optional<std::string>& name, const std::optional<std::string>& country, Issues& issues) {
  const auto fresh = [&](std::string_view pointer) {
    return std::none_of(issues.all().begin(), issues.all().end(),
                        [&](const Issue& issue) { return issue.severity == Severity::error && issue.path == pointer; });
  };
  if (name && name->find_first_not_of(" \t\r\n") == std::string::npos && fresh("/name"))
    issues.error("required", "/name", "a name is needed");
  if (country && !MarketCalendar::zone_of_country(*country) && fresh("/country"))
    issues.error("out_of_range", "/country", fmt::format("\"{}\" is not a country whose market calendar is known", *country));
}

Expected<JsonAnswer> create_scenario(Store& store, const Json& body) {
  ScenarioOptions options;
  Issues issues;
  read_record(body, options, "", issues);
  check_entity(options.name, options.country, issues);
  if (issues.has_errors()) return issues;
  const Expected<Scenario> made = store.scenarios().create({.name = options.name,
                                                            .country = options.country,
                                                            .description = options.description,
                                                            .preload = options.preload,
                                                            .synthetic = options.synthetic});
  if (!made) return made.issues();
  return JsonAnswer{to_json(*made), std::move(issues)};
}

Expected<JsonAnswer> change_scenario(Store& store, ScenarioId id, const Json& body) {
  if (const auto known = store.scenarios().get(id); !known) return known.issues();
  ScenarioChanges changes;
  Issues issues;
  read_record(body, changes, "", issues);
  check_entity(changes.name, changes.country, issues);
  if (issues.has_errors()) return issues;
  const Expected<Scenario> changed = store.scenarios().patch(id, {.name = changes.name,
                                                                  .country = changes.country,
                                                                  .description = changes.description,
                                                                  .preload = changes.preload,
                                                                  .synthetic = changes.synthetic});
  if (!changed) return changed.issues();
  return JsonAnswer{to_json(*changed), std::move(issues)};
}

Json list_scenarios(Store& store) {
  Json list = Json::array();
  for (const Scenario& scenario : store.scenarios().list()) list.push(to_json(scenario));
  Json json = Json::object();
  json.append("scenarios", std::move(list));
  return json;
}

Expected<Json> show_scenario(Store& store, ScenarioId id) {
  const Expected<Scenario> scenario = store.scenarios().get(id);
  if (!scenario) return scenario.issues();
  const auto tables = store.scenarios().tables(id);
  if (!tables) return tables.issues();
  Json json = to_json(*scenario);
  json.append("tables", to_json(*tables));
  return json;
}

Expected<Json> import_scenario(Store& store, ScenarioId id, const SourceSet& sources, const ScenarioImportOptions& how,
                               const ImportMapping& mapping, std::size_t max_rows) {
  const Expected<Scenario> scenario = store.scenarios().get(id);
  if (!scenario) return scenario.issues();
  ImportOptions options;
  options.country = scenario->country;
  options.mapping = mapping;
  options.every_file.table = how.table;
  options.every_file.time_zone = how.time_zone;
  options.every_file.preset = how.preset;
  options.duplicates = how.duplicates;
  options.max_rows = max_rows;
  const Expected<ImportResult> read = import_sources(sources, options);
  if (!read) return read.issues();
  Expected<ImportOutcome> stored = store.scenarios().import_tables(id, read->tables, how.mode);
  if (!stored) return stored.issues();
  if (const std::string text = noted(scenario->description, import_note(*read)); text != scenario->description) {
    const Expected<Scenario> changed = store.scenarios().patch(id, {.description = text});
    if (!changed) return changed.issues();
    stored->scenario = *changed;
  }

  Json json = Json::object();
  json.append("scenario", to_json(stored->scenario));
  json.append("tables", to_json(stored->tables));
  append_import(json, *read);
  return json;
}

std::optional<Instant> read_instant(const std::string& text, const std::string& country, const std::string& pointer, Issues& issues) {
  if (const auto date = parse_date(text)) return MarketCalendar::for_country(country).day_start(*date);
  // A "+" that was not escaped in a query arrives as a blank.
  std::string repaired = text;
  if (const auto blank = repaired.rfind(' '); blank != std::string::npos && blank > 10 && repaired.find('+') == std::string::npos)
    repaired[blank] = '+';
  if (auto instant = parse_instant(text)) return instant;
  if (auto instant = parse_instant(repaired)) return instant;
  issues.error("out_of_range", pointer, "neither a date (2024-03-31) nor an instant with offset (2024-03-31T00:00:00Z)");
  return {};
}

Expected<TimeRange> read_range(const std::string& from, const std::string& to, const std::string& country) {
  TimeRange range;
  Issues issues;
  if (!from.empty()) range.from = read_instant(from, country, "/from", issues);
  if (!to.empty()) range.to = read_instant(to, country, "/to", issues);
  if (range.from && range.to && *range.from > *range.to) issues.error("out_of_range", "/to", "the end lies before the start");
  if (issues.has_errors()) return issues;
  return range;
}

Expected<MarketTable> scenario_table(Store& store, ScenarioId id, const ScenarioDataOptions& what) {
  const Expected<Scenario> scenario = store.scenarios().get(id);
  if (!scenario) return scenario.issues();
  const Expected<TimeRange> range = read_range(what.from, what.to, scenario->country);
  if (!range) return range.issues();
  return store.scenarios().table(id, what.table, *range);
}

namespace {

/// How a file of an export is to be read: its rows as they stand, its columns' qualities as they are.
Json exact_mapping(const MarketTable& table) {
  Json quality = Json::object();
  for (const TableColumn& column : table.columns) {
    Json one = Json::object();
    append_quality(one, column.quality);
    if (column.resolution.size() > 1) {
      Json stretches = Json::array();
      for (const ReadResolution& stretch : column.resolution) {
        Json entry = Json::object();
        entry.append("from", format_instant(stretch.from));
        entry.append("minutes", stretch.minutes);
        stretches.push(std::move(entry));
      }
      one.append("resolution", std::move(stretches));
    }
    quality.append(column.name, std::move(one));
  }
  Json json = Json::object();
  json.append("table", to_string(table.kind));
  json.append("rows", "exact");
  json.append("quality", std::move(quality));
  return json;
}

}  // namespace

std::string scenario_archive(const std::vector<MarketTable>& tables) {
  std::vector<ArchiveMember> members;
  Json mapping = Json::object();
  for (const MarketTable& table : tables) {
    const std::string name = std::string(to_string(table.kind)) + ".csv";
    members.push_back({name, write_exact_csv(table)});
    mapping.append(name, exact_mapping(table));
  }
  members.push_back({"mapping.json", mapping.dump(2) + "\n"});
  return write_archive(members);
}

Expected<std::string> export_scenario(Store& store, ScenarioId id, const ArchiveExport& format) {
  const Expected<std::vector<MarketTable>> tables = store.scenarios().all_tables(id);
  if (!tables) return tables.issues();
  if (tables->empty()) return one_error("market_data_missing", "/scenario_id", fmt::format("scenario {} holds no data yet", id));
  return format.write(*tables);
}

namespace {

bool is_energy_price(PriceColumn column) {
  return column == PriceColumn::day_ahead || column == PriceColumn::intraday || column == PriceColumn::imbalance_take ||
         column == PriceColumn::imbalance_feed;
}

Json column_json(const PriceSet& prices, PriceColumn column, const MarketCalendar& calendar) {
  const ColumnStatistics s = column_statistics(prices.values(column));
  const auto instant = [&](std::int32_t quarter) -> Json {
    if (s.first < 0) return {};
    return format_instant(prices.start + quarter * std::chrono::seconds{900});
  };
  Json json = Json::object();
  json.append("from", instant(s.first));
  json.append("to", instant(s.last + 1));
  json.append("quarters", s.quarters);
  json.append("missing", s.missing);
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, double>>{{"mean", s.mean},
                                                                                         {"min", s.min},
                                                                                         {"max", s.max},
                                                                                         {"standard_deviation", s.standard_deviation},
                                                                                         {"p05", s.p05},
                                                                                         {"p25", s.p25},
                                                                                         {"p50", s.p50},
                                                                                         {"p75", s.p75},
                                                                                         {"p95", s.p95},
                                                                                         {"negative_hours", s.negative_hours}})
    json.append(name, s.quarters > 0 ? Json(value) : Json());
  if (!is_energy_price(column)) return json;
  if (const auto spread = top_bottom_spread(prices, column, calendar)) {
    json.append("tb1_eur_per_mw_day", spread->tb1_eur_per_mw_day);
    json.append("tb2_eur_per_mw_day", spread->tb2_eur_per_mw_day);
    json.append("tb4_eur_per_mw_day", spread->tb4_eur_per_mw_day);
    json.append("days", spread->days);
    json.append("days_left_out", spread->left_out);
  }
  return json;
}

}  // namespace

Expected<Json> scenario_statistics(Store& store, ScenarioId id) {
  const Expected<Scenario> scenario = store.scenarios().get(id);
  if (!scenario) return scenario.issues();
  const Expected<PriceSet> prices = store.scenarios().price_set(id);
  if (!prices) return prices.issues();
  const MarketCalendar calendar = MarketCalendar::for_country(scenario->country);
  Json columns = Json::object();
  for (std::size_t c = 0; c < price_columns; ++c) {
    const auto column = static_cast<PriceColumn>(c);
    if (prices->has(column)) columns.append(std::string(to_string(column)), column_json(*prices, column, calendar));
  }
  Json json = Json::object();
  json.append("id", id);
  json.append("country", scenario->country);
  json.append("columns", std::move(columns));
  return json;
}

}  // namespace bess::service
