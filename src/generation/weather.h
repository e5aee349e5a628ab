#pragma once
// Weather on a regular grid, and its way to quarter-hours.
//
// Two kinds of values live side by side:
//   fluxes  (radiation) are MEANS over the row's interval [start + i·step, start + (i+1)·step), W/m²;
//   states  (temperature, wind, pressure, …) HOLD AT the instant start + i·step + state_offset.
// Importers bring every source to this form: ERA5 stamps the end of a flux's hour and the instant of a state, so its series
// start one hour before the first stamp and have state_offset = step; files of hourly means have state_offset = step/2.
// A missing value is NaN; a missing variable is an empty vector. Plain data; const objects may be shared by threads.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "generation/sun.h"
#include "timeline/instant.h"

namespace bess {

struct WeatherSeries {
  double latitude_deg{0};
  double longitude_deg{0};
  Instant start{};
  std::int32_t step_s{3600};  ///< a divisor or a multiple of 900 s, at most 3 h
  std::int32_t state_offset_s{0};
  std::optional<std::int32_t> wind_offset_s{};  ///< the same of the winds, where they hold at another instant than the other states
  std::int32_t flux_length_s{0};                ///< 0: fluxes are means over their rows; else over the last so many seconds of them
  double lower_wind_height_m{10};
  double upper_wind_height_m{100};
  std::size_t rows{0};
  // Fluxes, W/m²
  std::vector<double> ghi;                ///< global horizontal
  std::vector<double> dni;                ///< direct normal
  std::vector<double> dhi;                ///< diffuse horizontal
  std::vector<double> direct_horizontal;  ///< direct on the horizontal
  std::vector<double> plane;              ///< global on the plane of plane_slope_deg and plane_azimuth_deg
  double plane_slope_deg{0};
  double plane_azimuth_deg{180};  ///< clockwise from north
  // States
  std::vector<double> temperature_k;  ///< at 2 m
  std::vector<double> lower_wind;     ///< m/s at lower_wind_height_m
  std::vector<double> upper_wind;     ///< m/s at upper_wind_height_m
  std::vector<double> roughness_m;
  std::vector<double> pressure_pa;        ///< at the surface
  std::vector<double> relative_humidity;  ///< 0..1
  std::vector<double> albedo;             ///< 0..1
  [[nodiscard]] Instant end() const { return start + std::chrono::seconds{step_s} * static_cast<std::int64_t>(rows); }
};

/// One variable of a WeatherSeries: its stable name, unit, and the range outside which a value can't be meant.
struct WeatherVariable {
  std::string_view name;  ///< as in column mappings: ghi, dni, dhi, direct_horizontal, temperature, …
  std::string_view unit;
  bool flux;
  double min;
  double max;
  std::vector<double> WeatherSeries::* values;
};
inline constexpr std::size_t weather_variable_count = 12;
[[nodiscard]] const std::vector<WeatherVariable>& weather_variables();
[[nodiscard]] const WeatherVariable* find_weather_variable(std::string_view name);

/// What a profile needs of its weather.
enum class WeatherNeed : std::uint8_t { solar, wind };
/// Variables that are absent altogether: one missing_column issue per need that no present variable can serve.
[[nodiscard]] Issues check_variables(const WeatherSeries& weather, WeatherNeed need);

/// Values that can't be meant in their unit: temperature in °C for K, radiation in kW, MJ or J for W (against what the sun sends to the
/// place), wind in km/h for m/s, negative wind.
/// Codes weather_unit (a whole column looks like another unit), out_of_range (single values). Reports each variable once.
[[nodiscard]] Issues check_units(const WeatherSeries& weather);

/// Small negative fluxes (packing noise, down to −20 W/m²) become 0, in place.
void clip_negative_fluxes(WeatherSeries& weather);

/// Fills runs of at most `states_rows` missing states linearly and runs of at most a day of missing fluxes from the same hour a
/// day earlier (a day later at the head). Longer runs: error gap, naming variable and range. Filled values are counted in one
/// gap_filled warning per variable. Variables that have no value at all are dropped.
[[nodiscard]] Issues fill_weather_gaps(WeatherSeries& weather, std::size_t states_rows = 4);

/// Radiation that falls while the sun is down, more than 0.3 % of all: warning weather_time (stamps in another zone, or of another end of
/// their interval, than was taken).
[[nodiscard]] Issues check_sun(const WeatherSeries& weather);

/// A series whose fluxes stand for the last hour of longer rows (flux_length_s), in hours: between the hours that are known the share of
/// clear-sky radiation (Haurwitz) is linear in time, and so are the states. Warning sampled_hours.
[[nodiscard]] Issues spread_sampled_hours(WeatherSeries& weather);

/// Calendar years (UTC) asked of a weather source.
struct YearRange {
  int first{0};
  int last{0};
};
/// True when the series covers [1 January first, 1 January last + 1) but for at most a day at each end; else incomplete_year
/// with what is there. Without a range the series must consist of whole years.
[[nodiscard]] Issues check_years(const WeatherSeries& weather, const std::optional<YearRange>& years);

/// Weather of a stretch of quarter-hours, with the sun at the middle of each.
struct QuarterWeather {
  Instant start{};
  std::vector<SunPosition> sun;
  std::vector<double> toa;     ///< W/m² on the horizontal above the atmosphere, ≥ 0
  std::vector<double> ghi;     ///< W/m²
  std::vector<double> direct;  ///< on the horizontal, W/m²; empty when the source doesn't split
  std::vector<double> plane;   ///< on the plane of the source, W/m²; empty when it has none
  std::vector<double> temperature_k, lower_wind, upper_wind, roughness_m, pressure_pa, relative_humidity, albedo;  ///< empty when absent
  [[nodiscard]] std::size_t size() const { return sun.size(); }
};

/// Turns rows into quarters. Coarser rows: global and direct radiation keep the row's clearness G/TOA, i.e. they follow the radiation
/// above the atmosphere and are scaled so that the quarters average to the row (0 where the sun is down at every quarter's middle);
/// states are linear between their instants and flat beyond the ends. Finer rows are averaged.
class QuarterSampler {
 public:
  /// The series must outlive the sampler. `solar` = false leaves sun and radiation out (all zero).
  QuarterSampler(const WeatherSeries& weather, bool solar);
  /// Start and number of whole quarter-hours the series covers.
  [[nodiscard]] Instant start() const { return start_; }
  [[nodiscard]] std::size_t quarters() const { return quarters_; }
  /// Quarters [first, first + count); both are rounded to whole rows by the caller's choice of first (a multiple of the quarter-hours of a
  /// row).
  void sample(std::size_t first, std::size_t count, QuarterWeather& out) const;

 private:
  void sample_sun(std::size_t first, std::size_t count, QuarterWeather& out) const;
  void sample_fluxes(std::size_t first, std::size_t count, QuarterWeather& out) const;
  void sample_state(const std::vector<double>& values, std::int32_t offset_s, std::size_t first, std::size_t count,
                    std::vector<double>& out) const;

  const WeatherSeries& weather_;
  bool solar_;
  SunPath path_;
  Instant start_{};
  std::size_t quarters_{0};
  std::size_t quarters_per_row_{1};
  std::size_t rows_per_quarter_{1};
};

/// The whole series at once.
[[nodiscard]] QuarterWeather to_quarters(const WeatherSeries& weather);

}  // namespace bess
