#include "importers/units.h"

#include <array>

#include "importers/csv_reader.h"

namespace bess {

namespace {

struct KnownUnit {
  std::string_view canonical;
  std::string_view unit;
  UnitConversion conversion;
};

constexpr std::array known{
    KnownUnit{"EUR/MWh", "EUR/MWh", {}},
    KnownUnit{"EUR/MWh", "EUR/kWh", {.factor = 1000.0}},
    KnownUnit{"EUR/MWh", "ct/kWh", {.factor = 10.0}},
    KnownUnit{"EUR/MW/h", "EUR/MW/h", {}},
    KnownUnit{"EUR/MW/h", "EUR/kW/h", {.factor = 1000.0}},
    KnownUnit{"EUR/MW/h", "EUR/MW/block", {.per_block = true}},
    KnownUnit{"EUR/MW/h", "EUR/kW/block", {.factor = 1000.0, .per_block = true}},
    KnownUnit{"EUR/MW/h", "EUR/MW/day", {.per_day = true}},
    KnownUnit{"MW", "MW", {}},
    KnownUnit{"MW", "kW", {.factor = 0.001}},
    KnownUnit{"MW", "W", {.factor = 0.000001}},
    KnownUnit{"MW", "GW", {.factor = 1000.0}},
    KnownUnit{"MW", "MWh", {.per_period = true}},
    KnownUnit{"MW", "kWh", {.factor = 0.001, .per_period = true}},
    KnownUnit{"MW", "GWh", {.factor = 1000.0, .per_period = true}},
    KnownUnit{"1", "1", {}},
    KnownUnit{"1", "%", {.factor = 0.01}},
};

}  // namespace

std::optional<UnitConversion> find_conversion(std::string_view unit, std::string_view canonical) {
  const std::string wanted = normalised_header(unit);
  for (const KnownUnit& k : known) {
    if (k.canonical == canonical && normalised_header(k.unit) == wanted) return k.conversion;
  }
  return std::nullopt;
}

std::string known_units(std::string_view canonical) {
  std::string list;
  for (const KnownUnit& k : known) {
    if (k.canonical != canonical) continue;
    if (!list.empty()) list += ", ";
    list += k.unit;
  }
  return list;
}

}  // namespace bess
