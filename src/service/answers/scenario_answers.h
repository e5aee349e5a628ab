#pragma once
// Answers about price scenarios, imports and caches, described once (base/answer.h).

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/answer.h"
#include "base/issue_fields.h"
#include "importers/market_import.h"
#include "market/quality_fields.h"
#include "market/statistics.h"
#include "market/table.h"
#include "store/cache.h"
#include "store/scenario_manager.h"

namespace bess {

[[nodiscard]] inline std::span<const std::string_view> table_kind_names() {
  static const auto names = [] {
    std::array<std::string_view, table_kinds> all;
    for (std::size_t k = 0; k < table_kinds; ++k) all[k] = to_string(static_cast<TableKind>(k));
    return all;
  }();
  return names;
}
[[nodiscard]] inline OneOf table_name(TableKind kind) { return {to_string(kind), table_kind_names()}; }

/// Every column that a table can have, each name once.
[[nodiscard]] inline std::span<const TableColumnInfo> all_table_columns() {
  static const auto columns = [] {
    std::vector<TableColumnInfo> all;
    for (std::size_t k = 0; k < table_kinds; ++k) {
      for (const TableColumnInfo& info : columns_of(static_cast<TableKind>(k))) {
        if (std::ranges::find(all, info.name, &TableColumnInfo::name) == all.end()) all.push_back(info);
      }
    }
    return all;
  }();
  return columns;
}
[[nodiscard]] inline OneOf table_column_name(std::string_view name) {
  static const auto names = [] {
    std::vector<std::string_view> all;
    for (const TableColumnInfo& info : all_table_columns()) all.push_back(info.name);
    return all;
  }();
  return {name, names};
}

constexpr AnswerRecord answer_record(const Scenario& /*record*/) { return {"Scenario", "A country and its market data"}; }
template <class Visitor>
void describe(const Scenario& s, Visitor&& field) {
  field("id", s.id, "", "never given twice");
  field("name", s.name, "", "what people call it");
  field("country", s.country, "", "bidding zone whose local days are market days");
  field("description", s.description, "", "where the prices come from");
  field("preload", s.preload, "", "loaded into the cache when the server starts");
  field("has_price_data", s.has_price_data, "", "day-ahead, intraday or imbalance prices");
  field("has_solar_data", s.has_solar_data, "", "solar production");
  field("has_afrr_data", s.has_afrr_data, "", "aFRR capacity prices");
  field("has_fcr_data", s.has_fcr_data, "", "FCR prices");
  field("record_count", s.record_count, "1", "rows over all tables");
  field("synthetic", s.synthetic, "", "the prices are made up");
  field("data_revision", TextOrNull{s.data_revision}, "", "changes with every import; null before the first");
}

template <class Visitor>
void describe(const StoredColumn& c, Visitor&& field) {
  field("name", table_column_name(c.name), "", "canonical name");
  describe(c.quality, field);
}
constexpr AnswerRecord answer_record(const StoredColumn& /*record*/) { return {"StoredColumn", "A column of a table and its quality"}; }

constexpr AnswerRecord answer_record(const StoredTable& /*record*/) { return {"StoredTable", "What a scenario holds of one table"}; }
template <class Visitor>
void describe(const StoredTable& t, Visitor&& field) {
  field("table", table_name(t.kind), "", "its kind");
  field("rows", t.rows, "1", "stored rows");
  field("from", t.first, "", "delivery start of the first row");
  field("to", t.end, "", "end of the last row");
  field("columns", t.columns, "", "those with data");
}

constexpr AnswerRecord answer_record(const ImportedColumn& /*record*/) { return {"ImportedColumn", "A column that was read"}; }
template <class Visitor>
void describe(const ImportedColumn& c, Visitor&& field) {
  field("table", table_name(c.table), "", "where it belongs");
  field("column", table_column_name(c.name), "", "canonical name");
  field("file", c.file, "", "where it stood");
  field("header", c.header, "", "its name in the file");
  field("from", c.from, "", "start of the first row with a value");
  field("to", c.to, "", "end of the last one");
  describe(c.quality, field);
}

constexpr AnswerRecord answer_record(const FileReading& /*record*/) { return {"FileReading", "How a file was understood"}; }
template <class Visitor>
void describe(const FileReading& f, Visitor&& field) {
  field("file", f.file, "", "its name");
  field("preset", TextOrNull{f.preset}, "", "the usual export it was recognised as");
  field("title", TextOrNull{f.title}, "", "what that export is");
  field("not_used", f.not_used, "", "headers of columns that were not read");
  field("rows_left_out", f.rows_left_out, "1", "rows of other series or products");
}

template <class Visitor>
void describe(const ImportResult& r, Visitor&& field) {
  field("imported", r.columns, "", "columns that were read");
  field("files", r.files, "", "how each file was understood");
  field("rows_read", r.rows_read, "1", "data rows of all files");
  field("duplicates_dropped", r.duplicates_dropped, "1", "rows whose time stamp came again");
  field("warnings", r.warnings.warnings(), "", "of the request and the files");
}

constexpr AnswerRecord answer_record(const CacheEntryInfo& /*record*/) { return {"CacheEntry", "One of the entities that are cached"}; }
template <class Visitor>
void describe(const CacheEntryInfo& e, Visitor&& field) {
  field("id", e.id, "", "of the scenario or profile");
  field("memory_mb", e.memory_mb, "MB", "held by it");
  field("preload", e.preload, "", "loaded when the server starts");
}

constexpr AnswerRecord answer_record(const CacheStats& /*record*/) { return {"CacheStats", "What is cached"}; }
template <class Visitor>
void describe(const CacheStats& c, Visitor&& field) {
  field("cached_count", c.cached_count, "1", "entries");
  field("memory_mb", c.memory_mb, "MB", "held by them");
  field("limit_mb", c.limit_mb, "MB", "of scenarios and profiles together");
  field("hits", c.hits, "1", "look-ups that found their data");
  field("misses", c.misses, "1", "look-ups that had to load");
  field("entries", c.entries, "", "by id");
}

}  // namespace bess

namespace bess::service {

/// An answer with the warnings of the request that made or changed what it shows, where there are any.
template <class Record>
struct WithWarnings {
  Record record{};
  std::vector<Issue> warnings{};
};
template <class Record, class Visitor>
void describe(const WithWarnings<Record>& w, Visitor&& field) {
  describe(w.record, field);
  field("warnings", if_present(!w.warnings.empty(), w.warnings), "", "of the request, where there are any");
}
constexpr AnswerRecord answer_record(const WithWarnings<Scenario>& /*record*/) {
  return {"ChangedScenario", "A scenario as the request made or changed it"};
}

struct ScenarioList {
  std::vector<Scenario> scenarios;
};
constexpr AnswerRecord answer_record(const ScenarioList& /*record*/) { return {"ScenarioList", "All scenarios"}; }
template <class Visitor>
void describe(const ScenarioList& l, Visitor&& field) {
  field("scenarios", l.scenarios, "", "by id");
}

struct ScenarioDetail {
  Scenario scenario;
  std::vector<StoredTable> tables;
};
constexpr AnswerRecord answer_record(const ScenarioDetail& /*record*/) { return {"ScenarioDetail", "A scenario and its tables"}; }
template <class Visitor>
void describe(const ScenarioDetail& d, Visitor&& field) {
  describe(d.scenario, field);
  field("tables", d.tables, "", "what it holds");
}

/// What is stored now, and what the import read. Borrowed.
struct ImportAnswer {
  Scenario scenario;
  std::vector<StoredTable> tables;
  ImportResult read;
};
constexpr AnswerRecord answer_record(const ImportAnswer& /*record*/) { return {"ImportOutcome", "What an import brought"}; }
template <class Visitor>
void describe(const ImportAnswer& a, Visitor&& field) {
  field("scenario", a.scenario, "", "as it is now");
  field("tables", a.tables, "", "everything it holds now");
  describe(a.read, field);
}

/// Columns of a table by name. `table` is borrowed; null: every name that any table has.
struct TableColumns {
  const MarketTable* table{nullptr};
};
template <class Visitor>
void describe(const TableColumns& c, Visitor&& field) {
  const auto stamps = c.table == nullptr ? std::vector<Instant>{} : c.table->delivery_start;
  const auto seconds = c.table == nullptr ? std::vector<std::int32_t>{} : c.table->duration_s;
  field("delivery_start", stamps, "", "start of each row, UTC");
  field("duration_s", seconds, "s", "how long its values hold");
  for (const TableColumnInfo& info : all_table_columns()) {
    const TableColumn* column = c.table == nullptr ? nullptr : c.table->find(info.name);
    field(info.name, if_present(column != nullptr, column == nullptr ? NumbersOrNull{} : NumbersOrNull{column->values}), info.unit,
          "where the table has it; null in a row without");
  }
}

struct TableData {
  const MarketTable* table{nullptr};
};
constexpr AnswerRecord answer_record(const TableData& /*record*/) { return {"TableData", "Rows of a table, an array a column"}; }
template <class Visitor>
void describe(const TableData& d, Visitor&& field) {
  field("table", table_name(d.table == nullptr ? TableKind::price : d.table->kind), "", "its kind");
  field("rows", d.table == nullptr ? std::size_t{0} : d.table->rows(), "1", "rows asked for");
  field("columns", TableColumns{d.table}, "", "by name");
}

/// How a price column is distributed and, of an energy price, what its spread would have earned.
struct ColumnFacts {
  ColumnStatistics values;
  std::optional<Instant> from, to;
  std::optional<TopBottomSpread> spread;
};
constexpr AnswerRecord answer_record(const ColumnFacts& /*record*/) {
  return {"ColumnStatistics", "How a column is distributed, in its own unit; of energy prices what their spread would have earned"};
}
template <class Visitor>
void describe(const ColumnFacts& c, Visitor&& field) {
  const ColumnStatistics& s = c.values;
  const auto known = [&s](double value) { return s.quarters > 0 ? std::optional(value) : std::nullopt; };
  field("from", c.from, "", "start of the first value");
  field("to", c.to, "", "end of the last value");
  field("quarters", s.quarters, "1", "quarter-hours with a value");
  field("missing", s.missing, "1", "quarter-hours without one between the first and the last");
  field("mean", known(s.mean), "", "of all values");
  field("min", known(s.min), "", "the lowest");
  field("max", known(s.max), "", "the highest");
  field("standard_deviation", known(s.standard_deviation), "", "of all values");
  field("p05", known(s.p05), "", "5th percentile");
  field("p25", known(s.p25), "", "25th percentile");
  field("p50", known(s.p50), "", "median");
  field("p75", known(s.p75), "", "75th percentile");
  field("p95", known(s.p95), "", "95th percentile");
  field("negative_hours", known(s.negative_hours), "h", "below zero");
  const TopBottomSpread spread = c.spread.value_or(TopBottomSpread{});
  const auto mean = [&c](double value) { return if_present(c.spread.has_value(), NumberOrNull{value}); };
  field("tb1_eur_per_mw_day", mean(spread.tb1_eur_per_mw_day), "EUR/MW/day",
        "mean over complete local days of the dearest hour less the cheapest; null where no day is complete");
  field("tb2_eur_per_mw_day", mean(spread.tb2_eur_per_mw_day), "EUR/MW/day", "the same of two hours");
  field("tb4_eur_per_mw_day", mean(spread.tb4_eur_per_mw_day), "EUR/MW/day", "the same of four hours");
  field("days", if_present(c.spread.has_value(), spread.days), "days", "complete days");
  field("days_left_out", if_present(c.spread.has_value(), spread.left_out), "days", "days with a missing value");
}

/// By the names of columns, those that are there.
struct StatisticsByColumn {
  std::array<std::optional<ColumnFacts>, price_columns> columns{};
};
template <class Visitor>
void describe(const StatisticsByColumn& s, Visitor&& field) {
  for (std::size_t c = 0; c < price_columns; ++c)
    field(price_column_names()[c], if_present(s.columns[c].has_value(), s.columns[c].value_or(ColumnFacts{})), "",
          "where the scenario has it");
}

struct ScenarioStatistics {
  ScenarioId id{0};
  std::string country;
  StatisticsByColumn columns;
};
constexpr AnswerRecord answer_record(const ScenarioStatistics& /*record*/) {
  return {"ScenarioStatistics", "Statistics of a scenario's columns"};
}
template <class Visitor>
void describe(const ScenarioStatistics& s, Visitor&& field) {
  field("id", s.id, "", "of the scenario");
  field("country", s.country, "", "bidding zone whose local days are taken");
  field("columns", s.columns, "", "by name");
}

}  // namespace bess::service
