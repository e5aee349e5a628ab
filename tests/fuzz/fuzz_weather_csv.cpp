// libFuzzer target of weather and power curves in CSV (importers/weather_csv.h, importers/weather_curve.h).
//
// Input: a line of option letters (weather or curve, zone, stamp, names and units, years, needs, flags), then the file. Beside crashes and
// sanitizers: a refusal has an error, every issue a known code; an accepted series is whole and finite; an accepted curve is one that
// check_curve passes; a byte order mark and CRLF change nothing.

#include <array>

#include "fuzz_support.h"
#include "importers/weather_csv.h"
#include "importers/weather_curve.h"

namespace {

using namespace bess;
using namespace bess::fuzz;

constexpr std::string_view zones[] = {"UTC", "+01:00", "Europe/Amsterdam", "America/New_York", "nowhere"};

struct Naming {
  std::map<std::string, std::string> columns, units;
};
const std::vector<Naming>& namings() {
  static const std::vector<Naming> list{
      {},
      {{{"timestamp", "when"}, {"ghi", "a"}}, {}},
      {{{"ghi", "a"}, {"temperature", "b"}}, {{"ghi", "kW/m2"}, {"temperature", "K"}}},
      {{{"upper_wind", "a"}, {"pressure", "b"}}, {{"pressure", "hPa"}}},
      {{{"albedo", "a"}, {"relative_humidity", "b"}}, {{"albedo", "%"}, {"relative_humidity", "1"}}},
      {{{"snow", "a"}}, {{"ghi", "lux"}}},
  };
  return list;
}

void check_series(const WeatherSeries& weather) {
  require(weather.rows > 0 && weather.step_s > 0, "a series is whole");
  require(std::isfinite(weather.latitude_deg) && std::isfinite(weather.longitude_deg), "a place is finite");
  require(std::isfinite(weather.lower_wind_height_m) && std::isfinite(weather.upper_wind_height_m), "a height is finite");
  for (const WeatherVariable& variable : weather_variables()) {
    const auto& values = weather.*(variable.values);
    require(values.empty() || values.size() == weather.rows, "a variable has every row:", variable.name);
    for (const double v : values) require(std::isfinite(v), "an accepted series has no hole:", variable.name);
  }
}

bool same_series(const WeatherSeries& a, const WeatherSeries& b) {
  bool same = a.start == b.start && a.step_s == b.step_s && a.rows == b.rows && a.state_offset_s == b.state_offset_s;
  for (const WeatherVariable& variable : weather_variables()) same = same && same_numbers(a.*(variable.values), b.*(variable.values));
  return same;
}

void fuzz_weather(Input& input) {
  WeatherCsvOptions options;
  options.time_zone = zones[input.choose(std::size(zones))];
  options.stamp = static_cast<WeatherStamp>(input.choose(3));
  const Naming& naming = namings()[input.choose(namings().size())];
  options.columns = naming.columns;
  options.units = naming.units;
  WeatherRequest request{.latitude = 52.6, .longitude = 13.1};
  if (const std::size_t years = input.choose(3); years > 0) request.years = YearRange{2023, years == 1 ? 2023 : 2024};
  request.allow_partial = input.choose(2) == 0;
  const std::size_t needs = input.choose(4);
  if ((needs & 1U) != 0) request.needs.push_back(WeatherNeed::solar);
  if ((needs & 2U) != 0) request.needs.push_back(WeatherNeed::wind);
  options.instantaneous_states = input.choose(2) == 1;
  options.typical_year = input.choose(2) == 1;
  const auto result = parse_weather_csv(input.content, "w.csv", request, options);
  if (result) {
    check_warnings(result->warnings);
    check_series(result->series);
  } else {
    check_refusal(result.issues());
  }
  const std::string text = other_dialect(input.content);
  if (text.empty()) return;
  const auto same = parse_weather_csv(text, "w.csv", request, options);
  require(same.has_value() == result.has_value(), "a byte order mark and CRLF change no answer");
  require(result ? same_series(result->series, same->series) : places(result.issues()) == places(same.issues()), "nor what it says");
}

void fuzz_curve(std::string_view content) {
  const auto result = parse_power_curve_csv(content, "curve.csv");
  if (result) {
    require(!check_curve(*result, "/curve").has_errors(), "an accepted curve is a good one");
    require(std::isfinite(result->rated_mw()) && result->rated_mw() > 0.0, "a curve has a rated power");
    for (const double speed : {0.0, 3.0, 12.5, 25.0, 1e9}) {
      const double power = result->at(speed);
      require(power >= 0.0 && power <= result->rated_mw(), "power lies between 0 and the rated power");
    }
  } else {
    check_refusal(result.issues());
  }
  const std::string text = other_dialect(content);
  if (text.empty()) return;
  const auto same = parse_power_curve_csv(text, "curve.csv");
  require(same.has_value() == result.has_value(), "a byte order mark and CRLF change no answer");
  require(result ? same_numbers(result->power_mw, same->power_mw) && same_numbers(result->wind_speed, same->wind_speed)
                 : places(result.issues()) == places(same.issues()),
          "nor what it says");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  if (input.choose(2) == 1) {
    fuzz_curve(input.content);
  } else {
    fuzz_weather(input);
  }
  return 0;
}
