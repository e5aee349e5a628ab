#pragma once
// What every weather reader takes and gives. A reader hands over a whole series or nothing: every problem of every file at once.
//
// Codes: not_found (no such file), unreadable_file (broken or truncated), encoding, missing_column (a variable is missing),
// weather_unit (another unit than declared or expected), weather_area (the place lies outside the grid), incomplete_year, gap,
// irregular_resolution, duplicate_timestamp, ambiguous_time, bad_number, out_of_range, too_large.
// Warnings: gap_filled, unsorted.

#include <cstddef>
#include <optional>

#include "base/error.h"
#include "generation/weather.h"

namespace bess {

struct WeatherRequest {
  double latitude{0};
  double longitude{0};
  std::optional<YearRange> years{};  ///< absent: everything there is, which must be whole years
  bool allow_partial{false};         ///< true: years need not be whole
  std::vector<WeatherNeed> needs{};  ///< what the profile will need; empty: nothing is required
};

struct ImportedWeather {
  WeatherSeries series;
  Issues warnings;
};

/// Does a grid have so many rows beside so few stamps that it would be nothing but a gap? One wild stamp must not make a series of
/// millennia.
[[nodiscard]] constexpr bool is_sparse_grid(std::size_t rows, std::size_t stamps) {
  constexpr std::size_t always_allowed = 200'000;
  return rows > always_allowed && rows / 4 > stamps;
}

/// The last steps of every reader: small negative fluxes to 0, units, gaps, needed variables, years (the series is cut to them, with a
/// day on either side for local time). `issues` holds what the reader has found so far.
[[nodiscard]] Expected<ImportedWeather> finish_weather(WeatherSeries series, const WeatherRequest& request, Issues issues);

}  // namespace bess
