#pragma once
// The chains of a profile, bound to a configuration: output per capacity of one quarter-hour of weather.

#include <functional>

#include "generation/profile.h"

namespace bess {

/// Output per capacity (AC per DC peak for PV) of quarter q; NaN where the weather is missing.
using QuarterModel = std::function<double(const QuarterWeather& weather, std::size_t q)>;

/// The configuration and the weather's variables have been checked. Warnings say what had to be assumed.
[[nodiscard]] QuarterModel make_solar_model(const WeatherSeries& weather, const ProfileConfig& config, Issues& warnings);
[[nodiscard]] QuarterModel make_wind_model(const WeatherSeries& weather, const ProfileConfig& config, Issues& warnings);

}  // namespace bess
