#include "importers/plausibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace bess {

namespace {

constexpr std::size_t least_values = 24;
constexpr double low_energy_price = 1.0;      ///< EUR/MWh; no market's median
constexpr double high_energy_price = 2000.0;  ///< nor this
constexpr double high_reserve_price = 60.0;   ///< EUR/MW/h in rows that are blocks of 4 hours: more likely per block
constexpr double low_reserve_price = 0.02;    ///< EUR/MW/h
constexpr double largest_park_mw = 5000.0;
constexpr double largest_country_mw = 500'000.0;

/// Median of the absolute values that are there, of some thousands spread over the whole; NaN for too few.
double typical(std::span<const double> values) {
  constexpr std::size_t enough = 5000;
  const std::size_t step = std::max<std::size_t>(1, values.size() / enough) | 1U;  // odd: never the same hour of each day
  std::vector<double> sizes;
  for (std::size_t i = 0; i < values.size(); i += step) {
    if (!std::isnan(values[i]) && values[i] != 0.0) sizes.push_back(std::abs(values[i]));
  }
  if (sizes.size() < least_values) return std::nan("");
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  return *middle;
}

double highest(std::span<const double> values) {
  double top = 0.0;
  for (const double v : values) {
    if (v > top) top = v;
  }
  return top;
}

std::string doubt_of_price(const std::string& name, double median) {
  if (median < low_energy_price) {
    return fmt::format("half of the prices lie below {:.3g} EUR/MWh: are they in ct/kWh or EUR/kWh? State it: --unit {}=ct/kWh", median,
                       name);
  }
  if (median > high_energy_price)
    return fmt::format("half of the prices lie above {:.4g} EUR/MWh: are they in another unit or currency? State it with --unit", median);
  return {};
}

std::string doubt_of_reserve(const std::string& name, double median, bool blocks) {
  if (blocks && median > high_reserve_price) {
    return fmt::format("half of the prices lie above {:.4g} EUR/MW/h: are they for a whole block? State it: --unit {}=EUR/MW/block", median,
                       name);
  }
  if (median < low_reserve_price)
    return fmt::format("half of the prices lie below {:.3g} EUR/MW/h: are they per kW? State it: --unit {}=EUR/kW/h", median, name);
  return {};
}

}  // namespace

std::optional<Issue> implausible(const std::string& name, const SourceColumn& source, std::span<const double> values,
                                 std::span<const std::int32_t> duration_s, const std::string& file) {
  if (!source.unit_assumed) return std::nullopt;
  std::string doubt;
  switch (dimension_of(source.wanted.unit)) {
    case Dimension::energy_price:
      doubt = doubt_of_price(name, typical(values));
      break;
    case Dimension::reserve_price: {
      const bool blocks = !duration_s.empty() && duration_s.front() >= 3 * 3600;
      doubt = doubt_of_reserve(name, typical(values), blocks);
      break;
    }
    case Dimension::power: {
      const double limit = name == "output_mw" ? largest_park_mw : largest_country_mw;
      const double top = highest(values);
      if (top > limit) doubt = fmt::format("{:.6g} MW at most: is it kW or kWh? State it: --unit {}=kW", top, name);
      break;
    }
    case Dimension::share:
    case Dimension::energy:
    case Dimension::other:
      break;
  }
  if (doubt.empty()) return std::nullopt;
  return file_issue(Severity::warning, "unit_suspicious", file, 0, source.header, std::move(doubt));
}

}  // namespace bess
