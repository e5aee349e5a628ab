#pragma once
// A made-up year of Dutch-like prices for demonstrations and tests: synthetic, and said to be so wherever it is shown.
// docs/models/markets.md tells how it is made and what it is calibrated to.

#include <cstdint>
#include <vector>

#include "market/price_set.h"
#include "market/table.h"

namespace bess {

/// One local calendar year of every table: hourly day-ahead, quarter-hourly intraday and imbalance with the regulation state,
/// FCR and aFRR capacity per 4-hour block, quarter-hourly solar production and its installed capacity. The same (seed, year)
/// gives the same values; two years of one seed differ. Years 1971 … 2198.
[[nodiscard]] std::vector<MarketTable> make_sample_tables(std::uint64_t seed, int calendar_year);

/// The same year as a price set: country NL, `synthetic` set, the name says "synthetic".
[[nodiscard]] PriceSet make_sample_prices(std::uint64_t seed, int calendar_year);

}  // namespace bess
