#pragma once
// Energy that weather models accumulate (J/m²) and the mean power it stands for.
//
// Reanalyses hand out sums over one hour (ERA5), sums since 00 UTC (ERA5-Land, old forecasts) or sums over the whole step (ensemble
// means). The spacing of the rows says nothing about it: hourly sums are often downloaded for every third hour only.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "generation/weather.h"

namespace bess {

enum class FluxAccumulation : std::uint8_t { automatic, hourly, step, daily };

/// One accumulated variable on the grid of a series, J/m², each value over a time that ends with its row.
struct AccumulatedFlux {
  std::string name;  ///< of the file, for messages
  std::vector<double> WeatherSeries::* target;
  std::vector<double> joules;
};

/// Do values on the series' grid never fall but at the first step of a UTC day?
[[nodiscard]] bool is_since_midnight(const WeatherSeries& series, const std::vector<double>& joules);

/// Mean powers into the series, whose rows end at their stamps (series.start + (i + 1)·step), and flux_length_s where values stand for
/// less than a row. `how`: automatic takes sums since midnight where the values never fall but at the first step of a UTC day; else sums
/// over an hour, unless they pass what the sun sends in an hour (error ambiguous_accumulation). One answer holds for all variables.
[[nodiscard]] Issues take_accumulated(WeatherSeries& series, std::vector<AccumulatedFlux> fluxes, FluxAccumulation how);

}  // namespace bess
