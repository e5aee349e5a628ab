#include "service/data/scenarios.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "importers/archive.h"
#include "importers/csv_export.h"
#include "market/statistics.h"
#include "service/answers/answer_json.h"
#include "service/answers/scenario_answers.h"
#include "service/data/export_writers.h"
#include "service/options/option_json.h"
#include "store/store.h"

namespace bess::service {

std::vector<Choice> table_choices() {
  std::vector<Choice> choices;
  for (const TableInfo& table : all_tables()) choices.push_back({table.name, ""});
  return choices;
}

Json to_json(const Scenario& scenario) { return answer_json(scenario); }
Json to_json(const std::vector<StoredTable>& tables) { return answer_json(tables); }
Json to_json(const CacheStats& stats) { return answer_json(stats); }
Json to_json(const FileReading& reading) { return answer_json(reading); }

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
  const Json added = answer_json(read);
  for (const JsonMember& member : added.members()) json.append(member.key, member.value);
}

std::string table_json(const MarketTable& table) {
  std::string text;
  write_answer(TableData{&table}, [&text](std::string_view part) {
    text += part;
    return true;
  });
  return text;
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

Json list_scenarios(Store& store) { return answer_json(ScenarioList{store.scenarios().list()}); }

Expected<Json> show_scenario(Store& store, ScenarioId id) {
  const Expected<Scenario> scenario = store.scenarios().get(id);
  if (!scenario) return scenario.issues();
  const auto tables = store.scenarios().tables(id);
  if (!tables) return tables.issues();
  return answer_json(ScenarioDetail{*scenario, *tables});
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
  Expected<ImportResult> read = import_sources(sources, options);
  if (!read) return read.issues();
  Expected<ImportOutcome> stored = store.scenarios().import_tables(id, read->tables, how.mode);
  if (!stored) return stored.issues();
  if (const std::string text = noted(scenario->description, import_note(*read)); text != scenario->description) {
    const Expected<Scenario> changed = store.scenarios().patch(id, {.description = text});
    if (!changed) return changed.issues();
    stored->scenario = *changed;
  }
  return answer_json(ImportAnswer{std::move(stored->scenario), std::move(stored->tables), std::move(*read)});
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
    Json one = answer_json(column.quality);
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

ColumnFacts facts_of(const PriceSet& prices, PriceColumn column, const MarketCalendar& calendar) {
  ColumnFacts facts{.values = column_statistics(prices.values(column)), .from = {}, .to = {}, .spread = {}};
  if (facts.values.first >= 0) {
    facts.from = prices.start + facts.values.first * quarter_hour;
    facts.to = prices.start + (facts.values.last + 1) * quarter_hour;
  }
  if (is_energy_price(column)) facts.spread = top_bottom_spread(prices, column, calendar);
  return facts;
}

}  // namespace

Expected<Json> scenario_statistics(Store& store, ScenarioId id) {
  const Expected<Scenario> scenario = store.scenarios().get(id);
  if (!scenario) return scenario.issues();
  const Expected<PriceSet> prices = store.scenarios().price_set(id);
  if (!prices) return prices.issues();
  const MarketCalendar calendar = MarketCalendar::for_country(scenario->country);
  ScenarioStatistics statistics{.id = id, .country = scenario->country, .columns = {}};
  for (std::size_t c = 0; c < price_columns; ++c) {
    const auto column = static_cast<PriceColumn>(c);
    if (prices->has(column)) statistics.columns.columns[c] = facts_of(*prices, column, calendar);
  }
  return answer_json(statistics);
}

}  // namespace bess::service
