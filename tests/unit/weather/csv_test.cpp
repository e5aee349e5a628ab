#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "importers/weather_csv.h"

namespace bess {
namespace {

using testing::Contains;
using testing::ElementsAre;

WeatherRequest anywhere() {
  WeatherRequest request;
  request.latitude = 52.3;
  request.longitude = 4.8;
  request.allow_partial = true;
  return request;
}

std::vector<std::string> codes(const Expected<ImportedWeather>& result) {
  std::vector<std::string> all;
  if (result.has_value()) return all;
  for (const auto& issue : result.issues().errors()) all.push_back(issue.code);
  return all;
}

// A day of hourly rows; `cells` makes what follows the stamp.
template <class Cells>
std::string hours_of(std::string_view header, int count, Cells&& cells) {
  std::string text = std::string(header) + "\n";
  const Instant start = *parse_instant("2023-06-01T00:00:00Z");
  for (int h = 0; h < count; ++h) text += format_instant(start + std::chrono::hours{h}) + cells(h) + "\n";
  return text;
}

}  // namespace

TEST(WeatherCsv, KnownHeadersBringTheirUnits) {
  const auto text = hours_of("timestamp_utc,ghi_w_per_m2,temp_air_c,wind_speed_80m_m_per_s,pressure_hPa,relative_humidity_pct,comment", 24,
                             [](int h) { return fmt::format(",{},{},7.5,1013,50,x", h * 10, 10 + h); });
  const auto weather = parse_weather_csv(text, "w.csv", anywhere());
  ASSERT_TRUE(weather.has_value()) << weather.issues().all().front().message;
  const auto& w = weather->series;
  EXPECT_EQ(w.rows, 24U);
  EXPECT_EQ(w.step_s, 3600);
  EXPECT_EQ(w.start, *parse_instant("2023-06-01T00:00:00Z"));
  EXPECT_EQ(w.state_offset_s, 1800);
  EXPECT_EQ(w.ghi[12], 120.0);
  EXPECT_DOUBLE_EQ(w.temperature_k[3], 286.15);
  EXPECT_EQ(w.upper_wind_height_m, 80.0);
  EXPECT_EQ(w.upper_wind[0], 7.5);
  EXPECT_DOUBLE_EQ(w.pressure_pa[0], 101300.0);
  EXPECT_DOUBLE_EQ(w.relative_humidity[0], 0.5);
}

TEST(WeatherCsv, SemicolonWithDecimalCommaAndMappedColumns) {
  const auto text = hours_of("when;sun;warmth", 24, [](int h) { return fmt::format(";0,{};290,5", h % 10); });
  WeatherCsvOptions options;
  options.columns = {{"timestamp", "when"}, {"ghi", "Sun"}, {"temperature", "warmth"}};
  options.units = {{"ghi", "kW/m2"}, {"temperature", "K"}};
  const auto weather = parse_weather_csv(text, "w.csv", anywhere(), options);
  ASSERT_TRUE(weather.has_value()) << weather.issues().all().front().message;
  EXPECT_DOUBLE_EQ(weather->series.ghi[7], 700.0);
  EXPECT_DOUBLE_EQ(weather->series.temperature_k[0], 290.5);
}

TEST(WeatherCsv, StampsMayNameTheEndOfTheInterval) {
  const auto text = hours_of("timestamp,ghi,temp_air", 24, [](int h) { return fmt::format(",{},10", h); });
  WeatherCsvOptions options;
  options.stamp = WeatherStamp::interval_end;
  options.instantaneous_states = true;
  const auto weather = parse_weather_csv(text, "w.csv", anywhere(), options);
  ASSERT_TRUE(weather.has_value());
  EXPECT_EQ(weather->series.start, *parse_instant("2023-05-31T23:00:00Z"));
  EXPECT_EQ(weather->series.state_offset_s, 3600);
}

TEST(WeatherCsv, LocalTimeWithItsRepeatedHour) {
  std::string text = "time,ghi,temp_air\n";
  for (const char* stamp : {"2023-10-29 01:00", "2023-10-29 02:00", "2023-10-29 02:00", "2023-10-29 03:00"})
    text += std::string(stamp) + ",0,10\n";
  WeatherCsvOptions options;
  options.time_zone = "Europe/Amsterdam";
  const auto weather = parse_weather_csv(text, "w.csv", anywhere(), options);
  ASSERT_TRUE(weather.has_value()) << weather.issues().all().front().message;
  EXPECT_EQ(weather->series.rows, 4U);
  EXPECT_EQ(weather->series.start, *parse_instant("2023-10-28T23:00:00Z"));
  options.time_zone = "+02:00";
  EXPECT_TRUE(
      parse_weather_csv("time,ghi,temp_air\n2023-06-01 00:00,0,10\n2023-06-01 01:00,0,10\n", "w.csv", anywhere(), options).has_value());
  options.time_zone = "Mars/Olympus";
  EXPECT_THAT(codes(parse_weather_csv(text, "w.csv", anywhere(), options)), ElementsAre("ambiguous_time"));
}

TEST(WeatherCsv, NonexistentLocalHourIsRefused) {
  WeatherCsvOptions options;
  options.time_zone = "Europe/Amsterdam";
  const auto weather =
      parse_weather_csv("time,ghi\n2023-03-26 01:00,0\n2023-03-26 02:00,0\n2023-03-26 03:00,0\n", "w.csv", anywhere(), options);
  ASSERT_FALSE(weather.has_value());
  EXPECT_EQ(weather.issues().errors().front().code, "ambiguous_time");
  EXPECT_EQ(weather.issues().errors().front().row, 3U);
}

TEST(WeatherCsv, PvgisTypicalYearAsDownloaded) {
  std::string text =
      "Latitude (decimal degrees): 45.000\r\nLongitude (decimal degrees): 8.000\r\nElevation (m): 250.0\r\nIrradiance Time Offset (h): "
      "0.1761\r\n"
      "\r\nmonth,year\r\n1,2018\r\n2,2011\r\ntime(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP\r\n";
  const Instant start = *parse_instant("2018-01-01T00:00:00Z");
  for (int h = 0; h < 59 * 24; ++h) {
    std::string stamp = format_instant(start + std::chrono::hours{h});
    if (stamp.substr(5, 2) == "02") stamp.replace(0, 4, "2011");  // each month from its own year
    text += fmt::format("{}{}{}:{}00,10.0,80.0,{},0.0,{},300.0,2.0,180.0,99000.0\r\n", stamp.substr(0, 4), stamp.substr(5, 2),
                        stamp.substr(8, 2), stamp.substr(11, 2), h % 24, h % 24);
  }
  text += "\r\nT2m: 2-m air temperature (degree Celsius)\r\nRH: relative humidity (%)\r\n";
  const auto weather = parse_weather_csv(text, "tmy.csv", anywhere());
  ASSERT_TRUE(weather.has_value()) << weather.issues().all().front().message;
  const auto& w = weather->series;
  EXPECT_EQ(w.rows, 59U * 24U);
  EXPECT_EQ(w.latitude_deg, 45.0);
  EXPECT_EQ(w.longitude_deg, 8.0);
  // snapshots 634 s after the hour stand for the hour around them; states hold at the hour
  EXPECT_EQ(w.start, *parse_instant("2001-01-01T00:00:00Z") + std::chrono::seconds{634 - 1800});
  EXPECT_EQ(w.state_offset_s, 1800 - 634);
  EXPECT_DOUBLE_EQ(w.relative_humidity[0], 0.8);
}

TEST(WeatherCsv, MissingRowsAreGapsAndShortOnesAreFilled) {
  auto text = hours_of("timestamp,ghi,temp_air", 72, [](int h) { return fmt::format(",{},{}", h % 24, h % 48); });
  const auto line = text.find("2023-06-02T05:00:00Z");
  text.erase(line, text.find('\n', line) + 1 - line);
  const auto weather = parse_weather_csv(text, "w.csv", anywhere());
  ASSERT_TRUE(weather.has_value());
  EXPECT_DOUBLE_EQ(weather->series.temperature_k[29], 29.0 + 273.15);
  EXPECT_EQ(weather->series.ghi[29], 5.0);
  EXPECT_EQ(weather->warnings.warnings().size(), 3U);
  EXPECT_EQ(weather->warnings.warnings().front().code, "gap_filled");
  EXPECT_EQ(weather->warnings.warnings().back().code, "weather_time") << "this sun shines by night";
}

TEST(WeatherCsv, LongGapsAreErrorsNeverZeros) {
  const auto text = hours_of("timestamp,ghi,temp_air", 72,
                             [](int h) { return h >= 30 && h < 60 ? std::string(",,") : fmt::format(",{},{}", h, h % 24); });
  const auto weather = parse_weather_csv(text, "w.csv", anywhere());
  ASSERT_FALSE(weather.has_value());
  EXPECT_THAT(codes(weather), ElementsAre("gap", "gap"));
}

TEST(WeatherCsv, WrongUnitsAreRefused) {
  const auto kelvin = hours_of("timestamp,ghi,temp_air_c", 24, [](int) { return std::string(",100,283.15"); });
  EXPECT_THAT(codes(parse_weather_csv(kelvin, "w.csv", anywhere())), ElementsAre("out_of_range"));
  const auto celsius = hours_of("timestamp,ghi,temperature_k", 24, [](int) { return std::string(",100,10"); });
  EXPECT_THAT(codes(parse_weather_csv(celsius, "w.csv", anywhere())), ElementsAre("weather_unit"));
  const auto kilowatt =
      hours_of("timestamp,ghi_w_per_m2,temp_air_c", 24 * 30, [](int h) { return fmt::format(",{},10", h % 24 == 12 ? 0.8 : 0.0); });
  EXPECT_THAT(codes(parse_weather_csv(kilowatt, "w.csv", anywhere())), ElementsAre("weather_unit"));
  const auto joules = hours_of("timestamp,ghi_w_per_m2,temp_air_c", 24, [](int) { return std::string(",1440000,10"); });
  EXPECT_THAT(codes(parse_weather_csv(joules, "w.csv", anywhere())), ElementsAre("weather_unit"));
  WeatherCsvOptions options;
  options.units = {{"ghi", "furlongs"}};
  EXPECT_THAT(codes(parse_weather_csv(joules, "w.csv", anywhere(), options)), ElementsAre("weather_unit"));
}

TEST(WeatherCsv, MissingVariablesForTheNeedAreNamed) {
  auto request = anywhere();
  request.needs = {WeatherNeed::solar, WeatherNeed::wind};
  const auto text = hours_of("timestamp,pressure_pa", 24, [](int) { return std::string(",101300"); });
  EXPECT_THAT(codes(parse_weather_csv(text, "w.csv", request)), ElementsAre("missing_column", "missing_column", "missing_column"));
}

TEST(WeatherCsv, PartialYear) {
  auto request = anywhere();
  request.allow_partial = false;
  const auto text = hours_of("timestamp,ghi,temp_air", 24, [](int) { return std::string(",100,10"); });
  EXPECT_THAT(codes(parse_weather_csv(text, "w.csv", request)), ElementsAre("incomplete_year"));
}

TEST(WeatherCsv, BadCellsNameRowAndColumn) {
  auto text = hours_of("timestamp,ghi,temp_air", 24, [](int h) { return h == 3 ? std::string(",1O0,10") : std::string(",100,10"); });
  text += "yesterday,1,2\n";
  const auto weather = parse_weather_csv(text, "w.csv", anywhere());
  ASSERT_FALSE(weather.has_value());
  ASSERT_EQ(weather.issues().errors().size(), 2U);
  const Issue first = weather.issues().errors().front();
  EXPECT_EQ(first.code, "bad_number");
  EXPECT_EQ(first.file, "w.csv");
  EXPECT_EQ(first.row, 5U);
  EXPECT_EQ(first.column, "ghi");
  EXPECT_EQ(weather.issues().errors()[1].row, 26U);
}

TEST(WeatherCsv, GridProblems) {
  EXPECT_THAT(codes(parse_weather_csv("timestamp,ghi\n2023-01-01T00:00Z,1\n2023-01-01T00:07Z,1\n", "w.csv", anywhere())),
              ElementsAre("irregular_resolution"));
  EXPECT_THAT(
      codes(parse_weather_csv("timestamp,ghi\n2023-01-01T00:00Z,1\n2023-01-01T01:00Z,1\n2023-01-01T01:00Z,2\n", "w.csv", anywhere())),
      ElementsAre("duplicate_timestamp"));
  EXPECT_TRUE(
      parse_weather_csv("timestamp,ghi\n2023-01-01T00:00Z,1\n2023-01-01T01:00Z,1\n2023-01-01T01:00Z,1\n", "w.csv", anywhere()).has_value());
  const auto unsorted = parse_weather_csv("timestamp,ghi\n2023-01-01T01:00Z,2\n2023-01-01T00:00Z,1\n", "w.csv", anywhere());
  ASSERT_TRUE(unsorted.has_value());
  EXPECT_EQ(unsorted->warnings.warnings().front().code, "unsorted");
  EXPECT_EQ(unsorted->series.ghi, (std::vector<double>{1.0, 2.0}));
  EXPECT_THAT(
      codes(parse_weather_csv("timestamp,ghi\n1800-01-01T00:00Z,1\n1800-01-01T00:15Z,1\n2400-01-01T00:00Z,1\n", "w.csv", anywhere())),
      ElementsAre("too_large"));
}

TEST(WeatherCsv, OneWildStampMakesNoSeriesOfMillennia) {
  const std::string text = hours_of("timestamp,ghi_w_per_m2", 5, [](int) { return ",100"; }) + "3618-01-01T05:00:00Z,0\n";
  EXPECT_THAT(codes(parse_weather_csv(text, "w.csv", anywhere())), ElementsAre("too_large"));
}

TEST(WeatherCsv, APreambleSaysWhatCanBe) {
  const auto with_preamble = [](std::string_view line) {
    return std::string(line) + "\n\ntime(UTC),G(h)\n20100101:0000,1\n20100101:0100,2\n";
  };
  for (const char* good : {"Irradiance Time Offset (h): 0.1667", "Latitude (decimal degrees): -52.1", "Longitude (decimal degrees): 355"}) {
    EXPECT_THAT(codes(parse_weather_csv(with_preamble(good), "w.csv", anywhere())), ElementsAre());
  }
  for (const char* bad : {"Irradiance Time Offset (h): 1e300", "Latitude (decimal degrees): 91", "Longitude (decimal degrees): -1e9"}) {
    EXPECT_THAT(codes(parse_weather_csv(with_preamble(bad), "w.csv", anywhere())), ElementsAre("out_of_range"));
  }
}

TEST(WeatherCsv, NotAWeatherFile) {
  EXPECT_THAT(codes(parse_weather_csv("", "w.csv", anywhere())), ElementsAre("missing_column"));
  EXPECT_THAT(codes(parse_weather_csv("a,b\n1,2\n", "w.csv", anywhere())), ElementsAre("missing_column"));
  EXPECT_THAT(codes(parse_weather_csv("timestamp,price\n2023-01-01T00:00Z,2\n", "w.csv", anywhere())), ElementsAre("missing_column"));
  EXPECT_THAT(codes(parse_weather_csv("timestamp,ghi\n", "w.csv", anywhere())), ElementsAre("incomplete_year"));
  EXPECT_THAT(codes(parse_weather_csv(std::string_view("\xFF\xFEt\0i\0", 6), "w.csv", anywhere())), ElementsAre("encoding"));
  EXPECT_THAT(codes(parse_weather_csv("timestamp,ghi,GHI\n2023-01-01T00:00Z,1,1\n", "w.csv", anywhere())), ElementsAre("duplicate_column"));
  EXPECT_THAT(codes(read_weather_csv("/no/such/file.csv", anywhere())), ElementsAre("not_found"));
  WeatherCsvOptions options;
  options.columns = {{"ghi", "sun"}, {"wetness", "x"}};
  EXPECT_THAT(codes(parse_weather_csv("timestamp,ghi\n2023-01-01T00:00Z,1\n", "w.csv", anywhere(), options)),
              ElementsAre("missing_column", "missing_column"));
}

TEST(WeatherCsv, ByteOrderMarkCrlfAndQuotes) {
  const auto weather = parse_weather_csv(
      "\xEF\xBB\xBF\"Timestamp\",\"GHI\"\r\n\"2023-01-01T00:00:00Z\",\"1.5\"\r\n\"2023-01-01T01:00:00Z\",\"n/"
      "a\"\r\n2023-01-01T02:00:00+00:00,+3\r\n",
      "w.csv", anywhere());
  ASSERT_FALSE(weather.has_value());  // the missing flux has no other day to be taken from
  EXPECT_THAT(codes(weather), ElementsAre("gap"));
}

TEST(WeatherCsv, EveryCutOfAFileIsReadOrRefusedWithoutHarm) {
  const auto text = hours_of("timestamp,ghi,temp_air", 30, [](int h) { return fmt::format(",{},{}", h, h - 5); });
  for (std::size_t keep = 0; keep < text.size(); keep += 7)
    (void)parse_weather_csv(std::string_view(text).substr(0, keep), "w.csv", anywhere());
}

TEST(WeatherCsv, MoreThan4096ColumnsAreTooLarge) {
  std::string header = "timestamp,ghi";
  for (int i = 0; i < 5000; ++i) header += ",x";
  EXPECT_THAT(codes(parse_weather_csv(header + "\n2023-06-01T00:00:00Z,1\n", "w.csv", anywhere())), ElementsAre("too_large"));
  EXPECT_THAT(codes(parse_weather_csv("Place: " + std::string(5000, ';') + "\n", "w.csv", anywhere())), ElementsAre("too_large"));
}

}  // namespace bess
