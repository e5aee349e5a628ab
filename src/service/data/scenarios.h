#pragma once
// Use cases of price scenarios, in JSON: what the API and the command line share. Records are declared once, so that reading, the API's
// schema and help come from one place. Pure functions over a Store; safe for threads as the Store is.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/option.h"
#include "importers/market_import.h"
#include "market/table.h"
#include "service/data/exports.h"
#include "service/data/sources.h"
#include "service/json.h"
#include "service/options/option_slots.h"
#include "store/cache.h"
#include "store/scenario_manager.h"

namespace bess {
class Store;
}

namespace bess::service {

inline constexpr double max_name_length = 200;
inline constexpr double max_description_length = 10'000;

/// Body of POST /scenarios.
struct ScenarioOptions {
  std::string name;
  std::string country{"NL"};
  std::string description;
  bool preload{false};
  bool synthetic{false};
};

template <class Visitor>
void describe(ScenarioOptions& o, Visitor&& field) {
  field("name", o.name,
        FieldInfo{.max = max_name_length, .required = true, .help = "what people call it", .example = "\"Netherlands 2024\""});
  field("country", o.country, FieldInfo{.max = 10, .help = "bidding zone whose local days are market days: NL, DE-LU, BE, …"});
  field("description", o.description, FieldInfo{.max = max_description_length, .help = "where the prices come from"});
  field("preload", o.preload, FieldInfo{.help = "load into the cache when the server starts"});
  field("synthetic", o.synthetic, FieldInfo{.help = "the prices are made up; said wherever results are shown"});
}

/// Body of PATCH /scenarios/{id}: what is given is changed.
struct ScenarioChanges {
  std::optional<std::string> name, country, description;
  std::optional<bool> preload, synthetic;
};

template <class Visitor>
void describe(ScenarioChanges& o, Visitor&& field) {
  field("name", o.name, FieldInfo{.max = max_name_length, .help = "new name"});
  field("country", o.country, FieldInfo{.max = 10, .help = "new bidding zone"});
  field("description", o.description, FieldInfo{.max = max_description_length, .help = "new description"});
  field("preload", o.preload, FieldInfo{.help = "load into the cache when the server starts"});
  field("synthetic", o.synthetic, FieldInfo{.help = "the prices are made up"});
}

/// The kinds of tables, for options that name one.
[[nodiscard]] std::vector<Choice> table_choices();

/// How an import is to be done (query of POST /scenarios/{id}/import).
struct ScenarioImportOptions {
  std::optional<TableKind> table;
  ImportMode mode{ImportMode::merge};
  Duplicates duplicates{Duplicates::error};
  std::string time_zone;
  std::string preset;
};

template <class Visitor>
void describe(ScenarioImportOptions& o, Visitor&& field) {
  field("table", o.table,
        FieldInfo{.help = "table of files without a mapping of their own; else found from the header", .choices = table_choices()});
  field("mode", o.mode,
        FieldInfo{.help = "what happens to stored rows",
                  .choices = {{"merge", "each column replaces what is stored over its own range"},
                              {"replace", "the tables that are brought are emptied first"}}});
  field("duplicate", o.duplicates,
        FieldInfo{.help = "rows with one time stamp and different values",
                  .choices = {{"error", "refused"}, {"last", "the last one counts"}}});
  field("time_zone", o.time_zone,
        FieldInfo{.max = 64, .help = "of stamps without offset: UTC, +01:00, local, or a name such as Europe/Amsterdam"});
  field("preset", o.preset,
        FieldInfo{.max = 40,
                  .help = "the export that files without a mapping of their own are; none: not to be recognised",
                  .default_text = "recognised by the header (docs/formats.md)"});
}

/// Query of GET /scenarios/{id}/data.
struct ScenarioDataOptions {
  TableKind table{TableKind::price};
  std::string from, to;
  TableFormat format{};
};

template <class Visitor>
void describe(ScenarioDataOptions& o, Visitor&& field) {
  field("table", o.table, FieldInfo{.help = "which table", .choices = table_choices()});
  field("from", o.from, FieldInfo{.max = 40, .help = "first delivery start: an instant with offset, or a date (its local midnight)"});
  field("to", o.to, FieldInfo{.max = 40, .help = "end, not included"});
  field("format", o.format, FieldInfo{.help = "how", .choices = choices_of(table_exports())});
}

/// Query of GET /scenarios/{id}/export.
struct ScenarioExportOptions {
  ArchiveFormat format{};
};

template <class Visitor>
void describe(ScenarioExportOptions& o, Visitor&& field) {
  field("format", o.format, FieldInfo{.help = "how", .choices = choices_of(archive_exports())});
}

[[nodiscard]] Json to_json(const Scenario& scenario);
[[nodiscard]] Json to_json(const std::vector<StoredTable>& tables);
[[nodiscard]] Json to_json(const CacheStats& stats);

/// What an import read: {imported: [{table, column, file, header, rows, resolution_minutes, from, to, interpolated, borrowed, missing}],
/// files: [{file, preset, title, not_used, rows_left_out}], rows_read, duplicates_dropped, warnings}, added to an object.
void append_import(Json& json, const ImportResult& read);
[[nodiscard]] Json to_json(const FileReading& reading);
/// What of an import should stay with the scenario, for its description: rates of currencies and stand-ins. Empty where there is nothing.
[[nodiscard]] std::string import_note(const ImportResult& read);
/// The description with the note behind it, once, if there is room.
[[nodiscard]] std::string noted(const std::string& description, const std::string& note);

/// A use case's answer in JSON with what should be said beside it.
struct JsonAnswer {
  Json json;
  Issues warnings;
};

/// Codes of read_slots and of ScenarioManager::create.
[[nodiscard]] Expected<JsonAnswer> create_scenario(Store& store, const Json& body);
[[nodiscard]] Expected<JsonAnswer> change_scenario(Store& store, ScenarioId id, const Json& body);
/// {scenarios: […]}.
[[nodiscard]] Json list_scenarios(Store& store);
/// The scenario with its tables.
[[nodiscard]] Expected<Json> show_scenario(Store& store, ScenarioId id);

/// Reads the files and stores them, all or nothing. {scenario, tables} and what append_import adds.
[[nodiscard]] Expected<Json> import_scenario(Store& store, ScenarioId id, const SourceSet& sources, const ScenarioImportOptions& how,
                                             const ImportMapping& mapping, std::size_t max_rows);

/// The rows asked for. Codes: not_found, out_of_range (/from, /to).
[[nodiscard]] Expected<MarketTable> scenario_table(Store& store, ScenarioId id, const ScenarioDataOptions& what);
/// Everything the scenario holds in one file of that format. Codes: not_found, market_data_missing (the scenario is empty).
[[nodiscard]] Expected<std::string> export_scenario(Store& store, ScenarioId id, const ArchiveExport& format);
/// {id, country, columns: {day_ahead: {mean, min, …, negative_hours, tb1…}}}.
[[nodiscard]] Expected<Json> scenario_statistics(Store& store, ScenarioId id);

/// What the store would refuse of a name and a country, beside what was found already; a place that has an error gets no second one.
void check_entity(const std::optional<std::string>& name, const std::optional<std::string>& country, Issues& issues);

/// An instant with offset, or a date: local midnight of `country`. Code out_of_range at `pointer`.
[[nodiscard]] std::optional<Instant> read_instant(const std::string& text, const std::string& country, const std::string& pointer,
                                                  Issues& issues);
/// Both ends; empty texts are open.
[[nodiscard]] Expected<TimeRange> read_range(const std::string& from, const std::string& to, const std::string& country);

}  // namespace bess::service
