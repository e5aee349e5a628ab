#include "importers/weather_import.h"

#include <algorithm>

namespace bess {
namespace {

void cut_to_years(WeatherSeries& weather, const YearRange& years) {
  using namespace std::chrono;
  constexpr days margin{1};
  const seconds step{weather.step_s};
  const Instant from = sys_days{year{years.first} / January / 1} - margin;
  const Instant to = sys_days{year{years.last + 1} / January / 1} + margin;
  const auto rows = static_cast<std::int64_t>(weather.rows);
  const std::int64_t first = from <= weather.start ? 0 : std::min(rows, (from - weather.start) / step);
  const std::int64_t last = to >= weather.end() ? rows : std::max(first, (to - weather.start) / step);
  for (const auto& variable : weather_variables()) {
    auto& values = weather.*(variable.values);
    if (values.empty()) continue;
    values.erase(values.begin() + last, values.end());
    values.erase(values.begin(), values.begin() + first);
  }
  weather.start += first * step;
  weather.rows = static_cast<std::size_t>(last - first);
}

/// Profiles are kept on the market calendar.
const char* time_problem(const WeatherSeries& weather) {
  using namespace std::chrono;
  if (weather.start < sys_days{year{1970} / January / 1}) return "weather before 1970 lies outside the market calendar: choose later years";
  if (weather.end() > sys_days{year{2200} / January / 1})
    return "weather after 2199 lies outside the market calendar: choose earlier years";
  return nullptr;
}

}  // namespace

Expected<ImportedWeather> finish_weather(WeatherSeries series, const WeatherRequest& request, Issues issues) {
  if (issues.has_errors()) return issues;
  const Issues years = check_years(series, request.years);
  if (request.years) cut_to_years(series, *request.years);
  if (!request.allow_partial || series.rows == 0) issues.append(years);
  if (series.rows == 0) return issues;
  if (const char* problem = time_problem(series)) issues.error("out_of_range", "/weather/years", problem);
  clip_negative_fluxes(series);
  issues.append(check_units(series));
  issues.append(fill_weather_gaps(series));
  if (!issues.has_errors()) {
    issues.append(spread_sampled_hours(series));
    issues.append(check_sun(series));
  }
  for (const WeatherNeed need : request.needs) issues.append(check_variables(series, need));
  if (issues.has_errors()) return issues;
  return ImportedWeather{std::move(series), std::move(issues)};
}

}  // namespace bess
