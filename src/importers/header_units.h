#pragma once
// Internal to the importers: the units of a file's columns, from the mapping, the header, or a line of units below it.

#include <string>

#include "importers/csv_header.h"
#include "importers/header_names.h"

namespace bess {

struct UnitSources {
  const std::string& file;
  const FileMapping& own;      ///< what the user says: it wins, and says so
  const FileMapping& mapping;  ///< with what a preset knows
  const HeaderNames& names;
  const HeaderNames* below{nullptr};  ///< a line of units
  std::vector<std::string> column{};  ///< the texts of a column of units
};

/// Sets unit, conversion and currencies of the plan's columns. Issues: wrong_type (a stated unit that is none), unit_conflict; warnings
/// unit_overridden, currency_converted.
void plan_units(const UnitSources& sources, HeaderPlan& plan, Issues& issues);

/// The zone a time column's name tells: "UTC", "+01:00" ("GMT+1"), "Europe/Brussels" ("CET/CEST") …; empty where it tells none.
[[nodiscard]] std::string zone_in_header(std::string_view header);

}  // namespace bess
