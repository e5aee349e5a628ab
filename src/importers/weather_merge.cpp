#include "importers/weather_merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bess {

Expected<WeatherSeries> merge_weather(const std::vector<WeatherSeries>& parts, const std::vector<std::string>& names) {
  constexpr std::int64_t max_rows = 20'000'000;
  constexpr double same_place_deg = 0.05;
  BESS_ASSERT(!parts.empty() && parts.size() == names.size());
  WeatherSeries merged = parts.front();
  Issues issues;
  const auto error = [&](std::size_t part, const char* code, std::string message) {
    issues.add({Severity::error, code, std::move(message), {}, names[part], 0, {}});
  };
  const std::chrono::seconds step{merged.step_s};
  Instant first = merged.start;
  Instant last = merged.end();
  for (std::size_t p = 1; p < parts.size(); ++p) {
    const WeatherSeries& part = parts[p];
    if (part.step_s != merged.step_s || (part.start - merged.start) % step != std::chrono::seconds{0} ||
        part.state_offset_s != merged.state_offset_s || part.wind_offset_s != merged.wind_offset_s) {
      error(p, "irregular_resolution",
            fmt::format("its rows of {} s do not lie on those of {} ({} s)", part.step_s, names.front(), merged.step_s));
      continue;
    }
    if (std::abs(part.latitude_deg - merged.latitude_deg) > same_place_deg ||
        std::abs(part.longitude_deg - merged.longitude_deg) > same_place_deg) {
      error(p, "weather_area",
            fmt::format("it is of {:.3f} N {:.3f} E, {} of {:.3f} N {:.3f} E", part.latitude_deg, part.longitude_deg, names.front(),
                        merged.latitude_deg, merged.longitude_deg));
    }
    first = std::min(first, part.start);
    last = std::max(last, part.end());
  }
  if ((last - first) / step > max_rows) error(0, "too_large", "the files span too long a time for their step");
  if (issues.has_errors()) return issues;
  merged.start = first;
  merged.rows = static_cast<std::size_t>((last - first) / step);
  for (const auto& variable : weather_variables()) {
    std::vector<double> values;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const auto& part = parts[p].*(variable.values);
      if (part.empty()) continue;
      if (values.empty()) values.assign(merged.rows, std::numeric_limits<double>::quiet_NaN());
      const auto offset = static_cast<std::size_t>((parts[p].start - first) / step);
      for (std::size_t row = 0; row < part.size(); ++row) {
        double& cell = values[offset + row];
        const double tolerance = 1e-3 * std::max(1.0, std::abs(cell));
        if (!std::isnan(cell) && !std::isnan(part[row]) && std::abs(cell - part[row]) > tolerance) {
          error(p, "duplicate_timestamp",
                fmt::format("{} has another value than an earlier file at {}", variable.name,
                            format_instant(parts[p].start + step * static_cast<std::int64_t>(row))));
          break;
        }
        if (std::isnan(cell)) cell = part[row];
      }
    }
    merged.*(variable.values) = std::move(values);
  }
  if (issues.has_errors()) return issues;
  return merged;
}

}  // namespace bess
