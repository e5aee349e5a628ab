#pragma once
// Internal to the importers: units a file may use, and what makes them canonical (EUR/MWh, EUR/MW/h, MW, 1).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "importers/unit_text.h"

namespace bess {

/// canonical = value × factor, divided by the real length of the row's period in hours when `per_period`, of its local reserve block
/// when `per_block`, of its local day when `per_day`.
struct UnitConversion {
  double factor{1.0};
  bool per_period{false};
  bool per_block{false};
  bool per_day{false};
  bool period_unstated{false};  ///< EUR/MW without a time: per block where the rows are blocks, refused where they are not
  [[nodiscard]] bool is_identity() const { return factor == 1.0 && !per_period && !per_block && !per_day && !period_unstated; }
};

/// From `unit` to the canonical unit; blanks and case do not count. A price in another currency has one only with a rate
/// ("GBP/MWh*1.17"). No value for a unit that does not fit.
[[nodiscard]] std::optional<UnitConversion> find_conversion(std::string_view unit, std::string_view canonical);
[[nodiscard]] std::optional<UnitConversion> find_conversion(const ParsedUnit& unit, std::string_view canonical);

/// What a canonical unit measures.
[[nodiscard]] Dimension dimension_of(std::string_view canonical);

/// The units understood in the place of a canonical one, for messages.
[[nodiscard]] std::string known_units(std::string_view canonical);

}  // namespace bess
