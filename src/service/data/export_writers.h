#pragma once
// The writers behind the rows of exports.cpp that are made of JSON or for the store; docs/formats.md tells the formats.

#include "service/data/exports.h"

namespace bess::service {

/// {table, rows, columns: {delivery_start: […], duration_s: […], day_ahead: […], …}}: long tables are never held as a tree.
[[nodiscard]] std::string table_json(const MarketTable& table);

/// One CSV file per table and a mapping.json, which together import again to the same rows and qualities.
[[nodiscard]] std::string scenario_archive(const std::vector<MarketTable>& tables);

/// {id, start, step_s, capacity_mw, power_mw: […]}.
[[nodiscard]] std::string profile_json(const std::string& id, const ProductionSeries& series);
/// timestamp,output_mw: the file that imports again.
[[nodiscard]] std::string profile_csv(const std::string& id, const ProductionSeries& series);

/// One JSON value, in parts of about 64 kB: an array of objects, or an object of arrays.
bool series_objects(const SimulationResult& result, const TextSink& sink);
bool series_columns(const SimulationResult& result, const TextSink& sink);
/// report/timeseries.h.
bool series_csv(const SimulationResult& result, const TextSink& sink);

}  // namespace bess::service
