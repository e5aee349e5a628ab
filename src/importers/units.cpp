#include "importers/units.h"

namespace bess {

Dimension dimension_of(std::string_view canonical) {
  if (canonical == "EUR/MWh") return Dimension::energy_price;
  if (canonical == "EUR/MW/h") return Dimension::reserve_price;
  if (canonical == "MW") return Dimension::power;
  return canonical == "1" ? Dimension::share : Dimension::other;
}

std::optional<UnitConversion> find_conversion(const ParsedUnit& unit, std::string_view canonical) {
  const Dimension wanted = dimension_of(canonical);
  UnitConversion conversion{.factor = unit.factor};
  if (!unit.currency.empty()) {
    const bool euro = unit.currency == "EUR";
    if (euro ? unit.rate.has_value() : !unit.rate.has_value()) return std::nullopt;
    if (unit.rate) conversion.factor *= *unit.rate;
  }
  if (wanted == Dimension::power && unit.dimension == Dimension::energy) {
    conversion.per_period = true;
    return conversion;
  }
  if (unit.dimension != wanted || wanted == Dimension::other) return std::nullopt;
  if (wanted == Dimension::reserve_price) {
    conversion.per_block = unit.period == PricePeriod::block;
    conversion.per_day = unit.period == PricePeriod::day;
    conversion.period_unstated = unit.period == PricePeriod::unstated;
  }
  return conversion;
}

std::optional<UnitConversion> find_conversion(std::string_view unit, std::string_view canonical) {
  const auto parsed = parse_unit(unit);
  return parsed ? find_conversion(*parsed, canonical) : std::nullopt;
}

std::string known_units(std::string_view canonical) {
  switch (dimension_of(canonical)) {
    case Dimension::energy_price:
      return "EUR/MWh, EUR/kWh, ct/kWh, and another currency with its rate in EUR, as in GBP/MWh*1.17";
    case Dimension::reserve_price:
      return "EUR/MW/h, EUR/kW/h, EUR/MW/block, EUR/kW/block, EUR/MW/day, and another currency with its rate in EUR, as in GBP/MW/h*1.17";
    case Dimension::power:
      return "MW, kW, W, GW, and MWh, kWh, GWh per row";
    case Dimension::share:
      return "1, %";
    case Dimension::energy:
    case Dimension::other:
      break;
  }
  return std::string(canonical);
}

}  // namespace bess
