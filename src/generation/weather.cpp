#include "generation/weather.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bess {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::string stamp(const WeatherSeries& weather, std::size_t row) {
  return format_instant(weather.start + std::chrono::seconds{weather.step_s} * static_cast<std::int64_t>(row));
}

double largest(const std::vector<double>& values) {
  double result = -std::numeric_limits<double>::infinity();
  for (const double v : values) result = v > result ? v : result;
  return result;
}

/// What a whole series says about its units.
struct Suspicion {
  const WeatherSeries& weather;
  double sent_top{0};   ///< highest radiation above the atmosphere at the rows' middles, W/m²
  double sent_mean{0};  ///< its mean

  explicit Suspicion(const WeatherSeries& w) : weather(w) {
    if (w.ghi.empty() || w.rows == 0) return;
    const SunPath path(w.latitude_deg, w.longitude_deg);
    const std::size_t stride = w.rows > 20'000 ? 7 : 1;  // of many years a share will do; 7 goes through all hours
    std::size_t count = 0;
    for (std::size_t row = 0; row < w.rows; row += stride, ++count) {
      const Instant t = w.start + std::chrono::seconds{w.step_s} * static_cast<std::int64_t>(row) +
                        std::chrono::seconds{w.flux_length_s == 0 ? w.step_s / 2 : w.step_s - w.flux_length_s / 2};
      const double sent = std::max(0.0, path.at(t).sin_altitude) * extraterrestrial_normal_w_per_m2(day_of_year(t));
      sent_top = std::max(sent_top, sent);
      sent_mean += sent;
    }
    sent_mean /= static_cast<double>(count);
  }
  [[nodiscard]] double days() const { return static_cast<double>(weather.rows) * weather.step_s / 86400.0; }

  [[nodiscard]] std::string of(const WeatherVariable& variable) const {
    const auto& values = weather.*(variable.values);
    const double top = largest(values);
    if (!std::isfinite(top)) return {};
    if (variable.flux) return flux(variable, top, mean_of(values));
    if (variable.name == "temperature") return temperature(top, mean_of(values));
    if (variable.name.ends_with("_wind")) return wind(variable, top, mean_of(values));
    if (variable.name == "pressure" && top < 2000.0)
      return fmt::format("pressure never exceeds {:.1f}: hPa or kPa where Pa is expected", top);
    if (variable.name == "relative_humidity" && top > 1.5)
      return fmt::format("relative humidity reaches {:.0f}: percent where a share is expected", top);
    return {};
  }

 private:
  [[nodiscard]] static double mean_of(const std::vector<double>& values) {
    double sum = 0.0;
    std::size_t count = 0;
    for (const double v : values) {
      if (std::isnan(v)) continue;
      sum += v;
      ++count;
    }
    return count == 0 ? 0.0 : sum / static_cast<double>(count);
  }

  [[nodiscard]] std::string flux(const WeatherVariable& variable, double top, double mean) const {
    if (top > 2500.0) return fmt::format("{} reaches {:.0f}: J/m² where W/m² is expected", variable.name, top);
    if (variable.name != "ghi" || days() < 20.0 || !(top > 0.0)) return {};
    if (top < 0.02 * sent_top)
      return fmt::format("{} never exceeds {:.3f}, where the sun sends up to {:.0f} W/m²: kW/m² or MJ/m² where W/m² is expected",
                         variable.name, top, sent_top);
    if (days() < 180.0) return {};
    if (mean > sent_mean)
      return fmt::format("{} is {:.0f} W/m² in the mean, more than the sun sends ({:.0f}): another unit or another place", variable.name,
                         mean, sent_mean);
    if (mean < 0.18 * sent_mean)
      return fmt::format("{} is {:.1f} W/m² in the mean, where the sun sends {:.0f}: J/cm² or another unit where W/m² is expected",
                         variable.name, mean, sent_mean);
    return {};
  }

  [[nodiscard]] std::string temperature(double top, double mean) const {
    if (top < 150.0) return fmt::format("temperature never exceeds {:.1f}: °C where K is expected", top);
    if (days() >= 20.0 && mean > 273.15 + 42.0)
      return fmt::format("temperature is {:.1f} °C in the mean: °F where °C is expected", mean - 273.15);
    return {};
  }

  /// No place has a year of more than 15 m/s in the mean, none a month of more than 25.
  [[nodiscard]] std::string wind(const WeatherVariable& variable, double top, double mean) const {
    if (top > 75.0) return fmt::format("{} reaches {:.1f} m/s: km/h, knots or 0.1 m/s where m/s is expected", variable.name, top);
    if ((days() >= 180.0 && mean > 15.0) || (days() >= 20.0 && mean > 25.0))
      return fmt::format("{} is {:.1f} m/s in the mean: km/h, mph or knots where m/s is expected", variable.name, mean);
    return {};
  }
};

struct Run {
  std::size_t first;
  std::size_t count;
};

std::vector<Run> missing_runs(const std::vector<double>& values) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < values.size();) {
    if (!std::isnan(values[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < values.size() && std::isnan(values[end])) ++end;
    runs.push_back({i, end - i});
    i = end;
  }
  return runs;
}

void fill_linear(std::vector<double>& values, const Run& run) {
  const bool has_left = run.first > 0;
  const bool has_right = run.first + run.count < values.size();
  const double left = has_left ? values[run.first - 1] : values[run.first + run.count];
  const double right = has_right ? values[run.first + run.count] : left;
  for (std::size_t k = 0; k < run.count; ++k) {
    const double share = static_cast<double>(k + 1) / static_cast<double>(run.count + 1);
    values[run.first + k] = left + share * (right - left);
  }
}

bool fill_from_another_day(std::vector<double>& values, const Run& run, std::size_t rows_per_day) {
  for (std::size_t k = run.first; k < run.first + run.count; ++k) {
    if (k >= rows_per_day && !std::isnan(values[k - rows_per_day])) {
      values[k] = values[k - rows_per_day];
    } else if (k + rows_per_day < values.size() && !std::isnan(values[k + rows_per_day])) {
      values[k] = values[k + rows_per_day];
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

const std::vector<WeatherVariable>& weather_variables() {
  using W = WeatherSeries;
  static const std::vector<WeatherVariable> variables{
      {"ghi", "W/m2", true, -20.0, 1700.0, &W::ghi},
      {"dni", "W/m2", true, -20.0, 1700.0, &W::dni},
      {"dhi", "W/m2", true, -20.0, 1700.0, &W::dhi},
      {"direct_horizontal", "W/m2", true, -20.0, 1700.0, &W::direct_horizontal},
      {"plane", "W/m2", true, -20.0, 1900.0, &W::plane},
      {"temperature", "K", false, 180.0, 340.0, &W::temperature_k},
      {"lower_wind", "m/s", false, 0.0, 100.0, &W::lower_wind},
      {"upper_wind", "m/s", false, 0.0, 120.0, &W::upper_wind},
      {"roughness", "m", false, -0.1, 20.0, &W::roughness_m},
      {"pressure", "Pa", false, 40000.0, 110000.0, &W::pressure_pa},
      {"relative_humidity", "1", false, 0.0, 1.1, &W::relative_humidity},
      {"albedo", "1", false, 0.0, 1.0, &W::albedo},
  };
  return variables;
}

const WeatherVariable* find_weather_variable(std::string_view name) {
  const auto& all = weather_variables();
  const auto it = std::find_if(all.begin(), all.end(), [&](const auto& v) { return v.name == name; });
  return it == all.end() ? nullptr : &*it;
}

Issues check_variables(const WeatherSeries& w, WeatherNeed need) {
  Issues issues;
  if (need == WeatherNeed::solar) {
    const bool direct = !w.dni.empty() || !w.direct_horizontal.empty();
    if (w.ghi.empty() && w.plane.empty() && (w.dhi.empty() || !direct)) {
      issues.error("missing_column", "/weather/ghi", "global radiation is missing (ghi, or dhi with dni or direct_horizontal)");
    }
    if (w.temperature_k.empty()) issues.error("missing_column", "/weather/temperature", "air temperature is missing");
  } else if (w.upper_wind.empty() && w.lower_wind.empty()) {
    issues.error("missing_column", "/weather/upper_wind", "wind speed is missing (upper_wind at about 100 m or lower_wind at 10 m)");
  }
  return issues;
}

Issues check_units(const WeatherSeries& weather) {
  Issues issues;
  const Suspicion suspicions(weather);
  for (const auto& variable : weather_variables()) {
    const auto& values = weather.*(variable.values);
    if (values.empty()) continue;
    const std::string path = fmt::format("/weather/{}", variable.name);
    if (std::string suspicion = suspicions.of(variable); !suspicion.empty()) {
      issues.error("weather_unit", path, std::move(suspicion));
      continue;
    }
    std::size_t outside = 0;
    std::size_t first = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i]) || (values[i] >= variable.min && values[i] <= variable.max)) continue;
      if (outside++ == 0) first = i;
    }
    if (outside > 0) {
      issues.error("out_of_range", path,
                   fmt::format("{} values of {} are outside {} … {} {}, the first, {}, at {}", outside, variable.name, variable.min,
                               variable.max, variable.unit, values[first], stamp(weather, first)));
    }
  }
  return issues;
}

void clip_negative_fluxes(WeatherSeries& weather) {
  for (const auto& variable : weather_variables()) {
    if (!variable.flux) continue;
    for (double& v : weather.*(variable.values)) {
      if (v < 0.0 && v >= variable.min) v = 0.0;
    }
  }
}

Issues fill_weather_gaps(WeatherSeries& weather, std::size_t states_rows) {
  Issues issues;
  const auto rows_per_day = static_cast<std::size_t>(86400 / weather.step_s);
  for (const auto& variable : weather_variables()) {
    auto& values = weather.*(variable.values);
    if (values.empty()) continue;
    const auto runs = missing_runs(values);
    if (runs.empty()) continue;
    if (runs.front().count == values.size()) {
      values.clear();
      continue;
    }
    std::size_t filled = 0;
    for (const auto& run : runs) {
      bool done = false;
      if (variable.flux) {
        done = run.count <= rows_per_day && fill_from_another_day(values, run, rows_per_day);
      } else if (run.count <= states_rows) {
        fill_linear(values, run);
        done = true;
      }
      if (done) {
        filled += run.count;
      } else {
        issues.error("gap", fmt::format("/weather/{}", variable.name),
                     fmt::format("{} has {} missing values from {} to {}", variable.name, run.count, stamp(weather, run.first),
                                 stamp(weather, run.first + run.count - 1)));
      }
    }
    if (filled > 0) {
      issues.warning("gap_filled", fmt::format("/weather/{}", variable.name),
                     fmt::format("{} missing values of {} were filled", filled, variable.name));
    }
  }
  return issues;
}

Issues check_years(const WeatherSeries& weather, const std::optional<YearRange>& years) {
  using namespace std::chrono;
  constexpr days slack{1};
  const auto year_start = [](int y) { return sys_days{year{y} / January / 1}; };
  YearRange wanted;
  if (years) {
    wanted = *years;
  } else {
    wanted.first = static_cast<int>(year_month_day{floor<days>(weather.start + slack)}.year());
    wanted.last = static_cast<int>(year_month_day{floor<days>(weather.end() - slack)}.year());
  }
  const Instant first = year_start(wanted.first);
  const Instant last = year_start(wanted.last + 1);
  if (weather.rows > 0 && wanted.first <= wanted.last && weather.start <= first + slack && weather.end() >= last - slack) return {};
  return one_error("incomplete_year", "/weather/years",
                   fmt::format("whole years {}–{} are needed; the weather covers {} to {}", wanted.first, wanted.last,
                               format_instant(weather.start), format_instant(weather.end())));
}

QuarterSampler::QuarterSampler(const WeatherSeries& weather, bool solar)
    : weather_(weather), solar_(solar), path_(weather.latitude_deg, weather.longitude_deg) {
  constexpr std::int32_t quarter_s = 900;
  BESS_ASSERT(weather.step_s > 0 && (weather.step_s % quarter_s == 0 || quarter_s % weather.step_s == 0));
  if (weather.step_s >= quarter_s) {
    quarters_per_row_ = static_cast<std::size_t>(weather.step_s / quarter_s);
    quarters_ = weather.rows * quarters_per_row_;
    // An interval that doesn't begin on a quarter-hour (satellite scans) is laid on the quarters nearest to it.
    const auto since_epoch = weather.start.time_since_epoch();
    start_ = Instant{std::chrono::floor<std::chrono::minutes>((since_epoch + std::chrono::seconds{quarter_s / 2}) / quarter_s * quarter_s)};
  } else {
    rows_per_quarter_ = static_cast<std::size_t>(quarter_s / weather.step_s);
    start_ = weather.start;
    quarters_ = weather.rows / rows_per_quarter_;
  }
}

void QuarterSampler::sample(std::size_t first, std::size_t count, QuarterWeather& out) const {
  BESS_ASSERT(first % quarters_per_row_ == 0 && count % quarters_per_row_ == 0 && first + count <= quarters_);
  out.start = start_ + static_cast<std::int64_t>(first) * quarter_hour;
  if (solar_) {
    sample_sun(first, count, out);
    sample_fluxes(first, count, out);
  } else {
    out.sun.assign(count, SunPosition{});
    out.toa.assign(count, 0.0);
    out.ghi.assign(count, 0.0);
    out.direct.clear();
    out.plane.clear();
  }
  const std::int32_t wind_offset_s = weather_.wind_offset_s.value_or(weather_.state_offset_s);
  sample_state(weather_.temperature_k, weather_.state_offset_s, first, count, out.temperature_k);
  sample_state(weather_.lower_wind, wind_offset_s, first, count, out.lower_wind);
  sample_state(weather_.upper_wind, wind_offset_s, first, count, out.upper_wind);
  sample_state(weather_.roughness_m, weather_.state_offset_s, first, count, out.roughness_m);
  sample_state(weather_.pressure_pa, weather_.state_offset_s, first, count, out.pressure_pa);
  sample_state(weather_.relative_humidity, weather_.state_offset_s, first, count, out.relative_humidity);
  sample_state(weather_.albedo, weather_.state_offset_s, first, count, out.albedo);
}

void QuarterSampler::sample_sun(std::size_t first, std::size_t count, QuarterWeather& out) const {
  out.sun.resize(count);
  out.toa.resize(count);
  constexpr std::chrono::seconds half_quarter{450};
  int day = -1;
  std::int64_t day_number = std::numeric_limits<std::int64_t>::min();
  double normal = 0.0;
  for (std::size_t q = 0; q < count; ++q) {
    const Instant middle = start_ + static_cast<std::int64_t>(first + q) * quarter_hour + half_quarter;
    const auto number = std::chrono::floor<std::chrono::days>(middle).time_since_epoch().count();
    if (number != day_number) {
      day_number = number;
      day = day_of_year(middle);
      normal = extraterrestrial_normal_w_per_m2(day);
    }
    out.sun[q] = path_.at(middle);
    out.toa[q] = std::max(0.0, out.sun[q].sin_altitude) * normal;
  }
}

namespace {

/// Global and direct horizontal radiation of one row; direct is NaN when the source doesn't split.
struct HorizontalFlux {
  double global;
  double direct;
};

HorizontalFlux horizontal_flux(const WeatherSeries& w, std::size_t row, double mean_sin_altitude) {
  const auto value = [row](const std::vector<double>& v) { return v.empty() ? nan : v[row]; };
  HorizontalFlux flux{value(w.ghi), value(w.direct_horizontal)};
  const double dhi = value(w.dhi);
  if (std::isnan(flux.direct) && !w.dni.empty() && (w.ghi.empty() || w.dhi.empty())) flux.direct = w.dni[row] * mean_sin_altitude;
  if (w.ghi.empty()) flux.global = dhi + flux.direct;  // NaN where there is a plane only
  if (std::isnan(flux.direct) && !w.dhi.empty()) flux.direct = flux.global - dhi;
  flux.direct = std::isnan(flux.direct) ? nan : std::clamp(flux.direct, 0.0, std::max(flux.global, 0.0));
  return flux;
}

}  // namespace

void QuarterSampler::sample_fluxes(std::size_t first, std::size_t count, QuarterWeather& out) const {
  const bool split = !weather_.direct_horizontal.empty() || !weather_.dhi.empty() || !weather_.dni.empty();
  out.ghi.assign(count, 0.0);
  out.direct.assign(split ? count : 0, 0.0);
  const bool plane = !weather_.plane.empty();
  out.plane.assign(plane ? count : 0, 0.0);
  if (rows_per_quarter_ > 1) {
    for (std::size_t q = 0; q < count; ++q) {
      for (std::size_t k = 0; k < rows_per_quarter_; ++k) {
        const auto flux = horizontal_flux(weather_, (first + q) * rows_per_quarter_ + k, std::max(0.0, out.sun[q].sin_altitude));
        out.ghi[q] += flux.global / static_cast<double>(rows_per_quarter_);
        if (split) out.direct[q] += flux.direct / static_cast<double>(rows_per_quarter_);
        if (plane) out.plane[q] += weather_.plane[(first + q) * rows_per_quarter_ + k] / static_cast<double>(rows_per_quarter_);
      }
    }
    return;
  }
  const std::size_t n = quarters_per_row_;
  for (std::size_t q = 0; q < count; q += n) {
    double toa = 0.0;
    double sine = 0.0;
    for (std::size_t k = q; k < q + n; ++k) {
      toa += out.toa[k];
      sine += std::max(0.0, out.sun[k].sin_altitude);
    }
    const auto flux = horizontal_flux(weather_, (first + q) / n, sine / static_cast<double>(n));
    if (toa <= 0.0) {
      // Night. A missing value stays missing, so that nobody takes it for darkness that was measured.
      for (std::size_t k = q; k < q + n; ++k) out.ghi[k] = std::isnan(flux.global) ? nan : 0.0;
      if (plane)
        std::fill_n(out.plane.begin() + static_cast<std::ptrdiff_t>(q), n, std::isnan(weather_.plane[(first + q) / n]) ? nan : 0.0);
      continue;
    }
    const double scale = static_cast<double>(n) / toa;
    for (std::size_t k = q; k < q + n; ++k) {
      out.ghi[k] = flux.global * out.toa[k] * scale;
      if (split) out.direct[k] = flux.direct * out.toa[k] * scale;
      if (plane) out.plane[k] = weather_.plane[(first + q) / n] * out.toa[k] * scale;
    }
  }
}

void QuarterSampler::sample_state(const std::vector<double>& values, std::int32_t offset_s, std::size_t first, std::size_t count,
                                  std::vector<double>& out) const {
  out.clear();
  if (values.empty()) return;
  out.resize(count);
  if (rows_per_quarter_ > 1) {
    for (std::size_t q = 0; q < count; ++q) {
      double sum = 0.0;
      for (std::size_t k = 0; k < rows_per_quarter_; ++k) sum += values[(first + q) * rows_per_quarter_ + k];
      out[q] = sum / static_cast<double>(rows_per_quarter_);
    }
    return;
  }
  const double last = static_cast<double>(values.size() - 1);
  const double lead_s = static_cast<double>((start_ - weather_.start).count()) + 450.0 - offset_s;
  for (std::size_t q = 0; q < count; ++q) {
    const double position = std::clamp((lead_s + 900.0 * static_cast<double>(first + q)) / weather_.step_s, 0.0, last);
    const auto left = static_cast<std::size_t>(position);
    const std::size_t right = std::min(left + 1, values.size() - 1);
    const double share = position - static_cast<double>(left);
    out[q] = share == 0.0 ? values[left] : values[left] + share * (values[right] - values[left]);
  }
}

QuarterWeather to_quarters(const WeatherSeries& weather) {
  const QuarterSampler sampler(weather, true);
  QuarterWeather out;
  sampler.sample(0, sampler.quarters(), out);
  return out;
}

}  // namespace bess
