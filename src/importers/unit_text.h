#pragma once
// Internal to the importers: units as people write them, in headers ("Preis [€/MWh]", "price_ct_per_kwh", "Spotmarktpreis in ct/kWh") and
// in mappings ("GBP/MWh*1.17"), taken apart.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bess {

enum class Dimension : std::uint8_t {
  energy_price,   ///< money per energy
  reserve_price,  ///< money per power, and per time
  power,
  energy,
  share,
  other,  ///< a unit that no column of ours is in (°C, m/s, EUR/tCO2, …)
};

/// What the time in the denominator of a reserve price is.
enum class PricePeriod : std::uint8_t { hour, block, day, unstated };

struct ParsedUnit {
  Dimension dimension{Dimension::other};
  /// To EUR/MWh, EUR/MW (per `period`), MW, MWh or 1; money is in whole units of `currency`.
  double factor{1.0};
  PricePeriod period{PricePeriod::hour};
  std::string currency{};        ///< ISO code of a price, e.g. "EUR", "GBP"; "?" for an unknown one,
                                 ///< "*" where a column of the file names it
  std::optional<double> rate{};  ///< EUR for one of the currency, where the text says it ("GBP/MWh*1.17")
  std::string text{};            ///< as it was written
};

/// A unit by itself; no value for what is none.
[[nodiscard]] std::optional<ParsedUnit> parse_unit(std::string_view text);

/// The unit a header states: in brackets or parentheses, as a word of its own, or as the end of a name in snake case. Of several
/// ("EUR/MWh, EUR/tCO2") the first of `wanted`, else the first. No value where the header states none.
[[nodiscard]] std::optional<ParsedUnit> unit_in_header(std::string_view header, Dimension wanted);

/// The ISO code of a currency written as a code, a sign or a name ("PLN", "£", "zł"); empty for anything else.
[[nodiscard]] std::string currency_code(std::string_view text);

}  // namespace bess
