// The formats of other programs. Each file is written from the format's own description by code that shares nothing with the readers, and
// what is read must be the weather it was made of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "generation/profile.h"
#include "importers/weather_csv.h"
#include "known_formats_support.h"

namespace bess {
namespace {

using namespace std::chrono;
using test::compact;
using test::iso_minutes;
using test::MadeUpWeather;
using test::midnight;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

WeatherRequest at(const MadeUpWeather& w, bool partial = false) {
  return {.latitude = w.latitude, .longitude = w.longitude, .years = {}, .allow_partial = partial, .needs = {}};
}

std::vector<std::string> codes(const Issues& issues) {
  std::vector<std::string> all;
  for (const Issue& issue : issues.all()) all.push_back(issue.code);
  return all;
}
std::vector<std::string> codes(const Expected<ImportedWeather>& weather) { return codes(weather ? weather->warnings : weather.issues()); }
std::string first_message(const Expected<ImportedWeather>& weather) { return weather ? "" : weather.issues().all().front().message; }

/// Rows of radiation are the means of their time, states hold where the series says.
void expect_weather(const ImportedWeather& read, const MadeUpWeather& truth, double flux_tolerance, double wind_factor) {
  const WeatherSeries& w = read.series;
  for (std::size_t row = 50; row + 50 < w.rows; row += 7) {
    const Instant from = w.start + seconds{w.step_s} * static_cast<std::int64_t>(row);
    if (!w.ghi.empty()) {
      ASSERT_NEAR(w.ghi[row], truth.radiation(from, duration_cast<minutes>(seconds{w.step_s})), flux_tolerance) << format_instant(from);
    }
    const Instant instant = from + seconds{w.state_offset_s};
    if (!w.temperature_k.empty()) {
      ASSERT_NEAR(w.temperature_k[row] - 273.15, truth.celsius(instant), 0.06) << format_instant(instant);
    }
    const Instant windy = from + seconds{w.wind_offset_s.value_or(w.state_offset_s)};
    const auto& wind = w.upper_wind.empty() ? w.lower_wind : w.upper_wind;
    if (!wind.empty()) {
      ASSERT_NEAR(wind[row], wind_factor * truth.wind(windy), 0.07) << format_instant(windy);
    }
  }
}

// ---- open-meteo

std::string open_meteo(const MadeUpWeather& w, int year, int hours_, int offset_s, const std::string& end_of_line = "\n") {
  std::string text = "latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation" + end_of_line;
  text += fmt::format("{},{},4.0,{},Somewhere,XX{}{}", w.latitude, w.longitude, offset_s, end_of_line, end_of_line);
  text += "time,temperature_2m (°F),shortwave_radiation (W/m²),wind_speed_10m (km/h),wind_speed_100m (km/h),surface_pressure (hPa)" +
          end_of_line;
  for (int h = 0; h < hours_; ++h) {
    const Instant local = midnight(year) + hours{h};
    const Instant t = local - seconds{offset_s};
    text += fmt::format("{},{:.2f},{:.1f},{:.2f},{:.2f},1013.2{}", iso_minutes(local), w.celsius(t) * 9.0 / 5.0 + 32.0,
                        w.radiation(t - hours{1}, minutes{60}), 3.6 * w.wind(t), 3.6 * 1.4 * w.wind(t), end_of_line);
  }
  return text;
}

TEST(OpenMeteo, UnitsZoneAndHourBeforeTheStampAreTheFilesOwn) {
  const MadeUpWeather w;
  for (const int offset_s : {0, 3600, 19800, -12600}) {
    const auto read = parse_weather_csv(open_meteo(w, 2023, 8760, offset_s), "om.csv", at(w));
    ASSERT_TRUE(read) << first_message(read);
    EXPECT_EQ(read->series.start, midnight(2023) - seconds{offset_s} - hours{1}) << offset_s;
    EXPECT_EQ(read->series.state_offset_s, 3600);
    EXPECT_EQ(read->series.upper_wind_height_m, 100.0);
    EXPECT_NEAR(read->series.pressure_pa[10], 101320.0, 1e-6);
    EXPECT_THAT(codes(read), ElementsAre("preset_used"));
    expect_weather(*read, w, 0.06, 1.4);
  }
}

TEST(OpenMeteo, ByteOrderMarkCrlfAndSeveralTables) {
  const MadeUpWeather w;
  const std::string text = "\xEF\xBB\xBF" + open_meteo(w, 2024, 8784, 0, "\r\n") + "\r\ntime,weather_code (wmo code)\r\n2024-01-01,3\r\n";
  const auto read = parse_weather_csv(text, "om.csv", at(w));
  ASSERT_TRUE(read) << first_message(read);
  EXPECT_EQ(read->series.rows, 8784U);
  expect_weather(*read, w, 0.06, 1.4);
}

TEST(OpenMeteo, MappedColumnsKeepTheUnitOfTheirHeader) {
  const MadeUpWeather w;
  WeatherCsvOptions options;
  options.columns = {{"upper_wind", "wind_speed_100m (km/h)"}, {"temperature", "temperature_2m (°F)"}};
  const std::string text = open_meteo(w, 2023, 8760, 0);
  const auto read = parse_weather_csv(text, "om.csv", at(w), options);
  ASSERT_TRUE(read) << first_message(read);
  EXPECT_TRUE(read->series.pressure_pa.empty()) << "only what is mapped is read";
  expect_weather(*read, w, 0.06, 1.4);
  options.preset = WeatherPreset::none;  // the same of a table that nobody knows
  const auto plain = parse_weather_csv(text.substr(text.find("time,")), "om.csv", at(w), options);
  ASSERT_TRUE(plain) << first_message(plain);
  EXPECT_EQ(plain->series.upper_wind, read->series.upper_wind);
  EXPECT_EQ(plain->series.temperature_k, read->series.temperature_k);
}

TEST(OpenMeteo, StatedUnitWinsAndSaysSo) {
  const MadeUpWeather w;
  WeatherCsvOptions options;
  options.columns = {{"lower_wind", "wind_speed_10m (km/h)"}};
  options.units = {{"lower_wind", "kn"}};
  const auto read = parse_weather_csv(open_meteo(w, 2023, 240, 0), "om.csv", at(w, true), options);
  ASSERT_TRUE(read) << first_message(read);
  EXPECT_THAT(codes(read), Contains("unit_stated"));
  EXPECT_NEAR(read->series.lower_wind[5], 3.6 * w.wind(midnight(2023) + hours{5}) * 1852.0 / 3600.0, 0.01);
}

TEST(OpenMeteo, WindWithoutUnitAndSeveralPlacesAreRefused) {
  const MadeUpWeather w;
  std::string text = open_meteo(w, 2023, 48, 0);
  for (std::size_t unit = 0; (unit = text.find(" (km/h)")) != std::string::npos;) text.erase(unit, 7);
  EXPECT_THAT(codes(parse_weather_csv(text, "om.csv", at(w, true))), ElementsAre("unit_conflict", "unit_conflict"));
  text = open_meteo(w, 2023, 48, 0);
  text.insert(text.find("\n\n") + 1, "48.0,11.0,500.0,0,GMT,GMT\n");
  EXPECT_THAT(codes(parse_weather_csv(text, "om.csv", at(w, true))), ElementsAre("weather_area"));
}

TEST(OpenMeteo, UnixTimeIsUtc) {
  const MadeUpWeather w;
  std::string text =
      fmt::format("latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation\n{},{},4,7200,Europe/Berlin,CEST\n\n",
                  w.latitude, w.longitude);
  text += "time (unixtime),shortwave_radiation (W/m²)\n";
  for (int h = 0; h < 200; ++h) {
    const Instant t = midnight(2023) + hours{h};
    text += fmt::format("{},{:.2f}\n", t.time_since_epoch().count(), w.radiation(t - hours{1}, minutes{60}));
  }
  const auto read = parse_weather_csv(text, "om.csv", at(w, true));
  ASSERT_TRUE(read) << first_message(read);
  expect_weather(*read, w, 0.01, 1.0);
}

// ---- PVGIS hourly

std::string pvgis_hourly(const MadeUpWeather& w, int year, double slope, bool parts, int minute) {
  std::string text = fmt::format("Latitude (decimal degrees):\t{:.3f}\r\nLongitude (decimal degrees):\t{:.3f}\r\nElevation (m):\t3\r\n",
                                 w.latitude, w.longitude);
  text += fmt::format("Radiation database:\tPVGIS-SARAH3\r\n\r\n\r\nSlope: {} deg. \r\nAzimuth: -90 deg. \r\n", slope);
  text += parts ? "\r\ntime,Gb(i),Gd(i),Gr(i),H_sun,T2m,WS10m,Int\r\n" : "\r\ntime,G(i),H_sun,T2m,WS10m,Int\r\n";
  for (Instant t = midnight(year) + minutes{minute}; t < midnight(year + 1); t += hours{1}) {
    const double g = w.radiation(t);
    const std::string flux = parts ? fmt::format("{:.2f},{:.2f},{:.2f}", 0.6 * g, 0.3 * g, 0.1 * g) : fmt::format("{:.2f}", g);
    text += fmt::format("{},{},10.0,{:.2f},{:.2f},0.0\r\n", compact(t, true), flux, w.celsius(t), w.wind(t));
  }
  return text +
         "\r\nG(i): Global irradiance on the inclined plane (W/m2)\r\nT2m: 2-m air temperature (degree Celsius)\r\n\r\n\r\nPVGIS (c) "
         "European Union\r\n";
}

TEST(PvgisHourly, OnTheHorizontalItIsGlobalRadiation) {
  const MadeUpWeather w;
  const auto read = parse_weather_csv(pvgis_hourly(w, 2020, 0.0, false, 10), "p.csv", at(w));
  ASSERT_TRUE(read) << first_message(read);
  EXPECT_EQ(read->series.rows, 8784U);
  EXPECT_EQ(read->series.start, midnight(2020) + minutes{10 - 30}) << "a snapshot at 00:10 stands for the hour around it";
  for (std::size_t row = 0; row < read->series.rows; row += 11) {
    const Instant t = midnight(2020) + minutes{10} + hours{static_cast<int>(row)};
    ASSERT_NEAR(read->series.ghi[row], w.radiation(t), 0.01);
    ASSERT_NEAR(read->series.temperature_k[row], w.celsius(t) + 273.15, 0.01);
  }
}

TEST(PvgisHourly, ATiltedPlaneServesPanelsInThatPlaneOnly) {
  const MadeUpWeather w;
  for (const bool parts : {false, true}) {
    const auto read = parse_weather_csv(pvgis_hourly(w, 2021, 35.0, parts, 11), "p.csv", at(w));
    ASSERT_TRUE(read) << first_message(read);
    EXPECT_TRUE(read->series.ghi.empty());
    EXPECT_EQ(read->series.plane_slope_deg, 35.0);
    EXPECT_EQ(read->series.plane_azimuth_deg, 90.0) << "−90 of PVGIS is east";
    EXPECT_NEAR(read->series.plane[12], w.radiation(midnight(2021) + hours{12} + minutes{11}), 0.03);
    ProfileConfig config{.profile_type = ProfileType::pv, .latitude = w.latitude, .longitude = w.longitude, .capacity_mw = 1.0};
    EXPECT_THAT(codes(make_profile(read->series, config).issues()), Contains("weather_plane"));
    config.pv.azimuth = 90.0;
    const auto profile = make_profile(read->series, config);
    ASSERT_TRUE(profile);
    // CSi at 0.9 inverter: a little under radiation × 0.9 in this mild weather.
    double plane_kwh = 0.0;
    for (const double g : read->series.plane) plane_kwh += g / 1000.0;
    EXPECT_NEAR(production_totals(profile->production).energy_mwh, 0.9 * plane_kwh / 1000.0 * 1000.0, 0.09 * plane_kwh);
  }
}

// ---- EnergyPlus

/// `year_of_month` gives the year that each month's rows carry.
template <class YearOfMonth>
std::string epw(const MadeUpWeather& w, int truth_year, double zone, const YearOfMonth& year_of_month, const std::string& eol = "\n") {
  std::string text = fmt::format("LOCATION,Testville,-,NLD,made up,060000,{:.2f},{:.2f},{:.2f},2.0{}", w.latitude, w.longitude, zone, eol);
  text += "DESIGN CONDITIONS,0" + eol + "TYPICAL/EXTREME PERIODS,0" + eol + "GROUND TEMPERATURES,0" + eol +
          "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0" + eol + "COMMENTS 1,none" + eol + "COMMENTS 2,none" + eol +
          "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31" + eol;
  for (Instant local = midnight(truth_year); local < midnight(truth_year + 1); local += hours{1}) {
    const auto day = floor<days>(local);
    const year_month_day date{day};
    const auto hour = duration_cast<hours>(local - day).count();
    const Instant end = local + hours{1} - seconds{static_cast<int>(zone * 3600.0)};
    const double ghi = w.radiation(end - hours{1}, minutes{60});
    text += fmt::format(
        "{},{},{},{},60,?9?9?9?9E0?9?9?9?9,{:.2f},5.0,80,101300,0,0,300,{:.1f},{:.1f},{:.1f},0,0,0,0,180,{:.2f},5,5,20,1000,9,999999999,10,"
        "0.1,0,88,999.000,999.0,99.0{}",
        year_of_month(static_cast<unsigned>(date.month())), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        hour + 1, w.celsius(end), ghi, 0.4 * ghi, 0.6 * ghi, w.wind(end), eol);
  }
  return text;
}

TEST(Epw, ARealYearInHalfHourAndWesternZones) {
  for (const auto& [longitude, zone] : {std::pair{77.2, 5.5}, std::pair{-123.1, -8.0}, std::pair{85.3, 5.75}}) {
    MadeUpWeather w;
    w.latitude = 28.6;
    w.longitude = longitude;
    const auto read = parse_weather_csv(epw(w, 2020, zone, [](unsigned) { return 2020; }), "a.epw", at(w));
    ASSERT_TRUE(read) << first_message(read);
    EXPECT_EQ(read->series.rows, 8784U);
    EXPECT_EQ(read->series.start, midnight(2020) - seconds{static_cast<int>(zone * 3600.0)});
    EXPECT_EQ(read->series.state_offset_s, 3600);
    EXPECT_DOUBLE_EQ(read->series.relative_humidity[7], 0.8);
    EXPECT_THAT(codes(read), ElementsAre("preset_used"));
    expect_weather(*read, w, 0.06, 1.0);
  }
}

TEST(Epw, ATypicalYearIsMovedToOneYear) {
  MadeUpWeather w;
  const auto years = [](unsigned month) { return month == 2 ? 2008 : month < 6 ? 2011 : 1999; };
  const auto read = parse_weather_csv(epw(w, 2001, 1.0, years, "\r\n"), "a.epw", at(w));
  ASSERT_TRUE(read) << first_message(read);
  EXPECT_EQ(read->series.rows, 8760U);
  EXPECT_EQ(read->series.start, midnight(2001) - hours{1});
  expect_weather(*read, w, 0.06, 1.0);
}

TEST(Epw, NinesAreMissingAndHeaderNamesTheZone) {
  const MadeUpWeather w;
  std::string text = epw(w, 2023, 1.0, [](unsigned) { return 2023; });
  const auto row = text.find("2023,3,5,12,60");
  const auto comma = [&](std::size_t count) {
    std::size_t position = row;
    for (std::size_t i = 0; i < count; ++i) position = text.find(',', position) + 1;
    return position;
  };
  const auto replace = [&](std::size_t cell, const std::string& value) {
    const auto begin = comma(cell);
    text.replace(begin, text.find(',', begin) - begin, value);
  };
  replace(13, "9999");
  replace(6, "99.9");
  const auto read = parse_weather_csv(text, "a.epw", at(w));
  ASSERT_TRUE(read) << first_message(read);
  EXPECT_THAT(codes(read), ElementsAre("preset_used", "gap_filled", "gap_filled"));
  WeatherCsvOptions options;
  options.time_zone = "UTC";
  EXPECT_THAT(codes(parse_weather_csv(text, "a.epw", at(w), options)), ElementsAre("ambiguous_time"));
  EXPECT_THAT(codes(parse_weather_csv("LOCATION,x,y,z,a,b,lat,lon,tz,0\n" + text.substr(text.find('\n') + 1), "a.epw", at(w))),
              ElementsAre("bad_number"));
}

// ---- KNMI

std::string knmi_row(const MadeUpWeather& w, int station, Instant hour_start, bool with_mean_wind) {
  const Instant end = hour_start + hours{1};
  const auto day = floor<days>(hour_start);
  const auto hour = duration_cast<hours>(hour_start - day).count() + 1;
  const double joules_per_cm2 = w.radiation(hour_start, minutes{60}) * 3600.0 / 1e4;
  std::string text = fmt::format("{:5},{},{:5},  210,", station, compact(hour_start, false), hour);
  if (with_mean_wind) text += fmt::format("{:5},", std::lround(10.0 * w.wind(hour_start + minutes{30})));
  return text + fmt::format("{:5},   70,{:5},     ,{:5},    0,{:5},    0,    3,10132,     ,   93\n", std::lround(10.0 * w.wind(end)),
                            std::lround(10.0 * w.celsius(end)), std::lround(10.0 * (w.celsius(end) - 2.0)), std::lround(joules_per_cm2));
}

std::string knmi(const MadeUpWeather& w, int year, bool with_mean_wind, bool second_station) {
  std::string text =
      "# BRON: KONINKLIJK NEDERLANDS METEOROLOGISCH INSTITUUT (KNMI)\n# Opmerking: door stationsverplaatsingen zijn reeksen inhomogeen\n#\n"
      "# STN         LON(east)   LAT(north)  ALT(m)      NAME\n# 260         5.180       52.100      1.900       De Bilt     \n"
      "# 380         5.762       50.906      114.300     Maastricht  \n"
      "# YYYYMMDD  : Datum (YYYY=jaar,MM=maand,DD=dag);\n# Q         : Globale straling (in J/cm2) per uurvak;\n#\n";
  text += with_mean_wind ? "# STN,YYYYMMDD,   HH,   DD,   FH,   FF,   FX,    T,  T10N,   TD,   SQ,    Q,   DR,   RH,    P,   VV,    U\n"
                         : "# STN,YYYYMMDD,   HH,   DD,   FF,   FX,    T,  T10N,   TD,   SQ,    Q,   DR,   RH,    P,   VV,    U\n";
  for (Instant t = midnight(year); t < midnight(year + 1); t += hours{1}) text += knmi_row(w, 260, t, with_mean_wind);
  MadeUpWeather south = w;
  south.latitude = 30.0;
  for (Instant t = midnight(year); second_station && t < midnight(year + 1); t += hours{1}) text += knmi_row(south, 380, t, with_mean_wind);
  return text;
}

TEST(Knmi, TenthsJoulesAndHoursNamedByTheirEnd) {
  const MadeUpWeather w;
  for (const bool mean_wind : {true, false}) {
    const auto read = parse_weather_csv(knmi(w, 2023, mean_wind, false), "uurgeg.txt", at(w));
    ASSERT_TRUE(read) << first_message(read);
    EXPECT_EQ(read->series.rows, 8760U);
    EXPECT_EQ(read->series.start, midnight(2023));
    EXPECT_NEAR(read->series.pressure_pa[3], 101320.0, 1e-6);
    EXPECT_DOUBLE_EQ(read->series.relative_humidity[3], 0.93) << "RH of KNMI is rain; U is the humidity";
    EXPECT_EQ(read->series.wind_offset_s.has_value(), mean_wind);
    EXPECT_THAT(codes(read), ElementsAre("preset_used"));
    expect_weather(*read, w, 1.5, 1.0);  // whole J/cm² are 2.8 W/m² apart
  }
}

TEST(Knmi, BlanksAreMissingAndTheNearestStationIsTaken) {
  const MadeUpWeather w;
  std::string text = knmi(w, 2024, true, true);
  const auto row = text.find("  260,20240302,    7");
  const auto line_end = text.find('\n', row);
  std::string blank = text.substr(row, line_end - row);
  blank = blank.substr(0, blank.find("  210,") + 6) + "     ,     ,     ,     ,     ,     ,     ,     ,     ,     ,     ,     ,     ";
  text.replace(row, line_end - row, blank);
  const auto read = parse_weather_csv(text, "uurgeg.txt", at(w));
  ASSERT_TRUE(read) << first_message(read);
  EXPECT_EQ(read->series.rows, 8784U);
  EXPECT_THAT(codes(read), Contains("weather_place"));
  EXPECT_THAT(codes(read), Contains("gap_filled"));
  WeatherRequest south = at(w);
  south.latitude = 50.9;
  south.longitude = 5.8;
  EXPECT_THAT(parse_weather_csv(text, "uurgeg.txt", south)->warnings.all().front().message, HasSubstr("Maastricht"));
}

TEST(Knmi, DaysAndFilesWithoutPlacesAreRefused) {
  EXPECT_THAT(codes(parse_weather_csv("# STN,YYYYMMDD,   TG,    Q\n  260,20230101,   50,  300\n", "d.txt", at({}))),
              ElementsAre("irregular_resolution"));
  EXPECT_THAT(
      codes(parse_weather_csv("# STN,YYYYMMDD,   HH,    T\n  260,20230101,   1,  300\n  240,20230101,   1,  300\n", "d.txt", at({}))),
      ElementsAre("weather_area"));
}

// ---- ERA5 time series

std::string era5_series(const MadeUpWeather& w, int year, int every_hours, bool two_places) {
  std::string text = "valid_time,u100,v100,t2m,ssrd,latitude,longitude\n";
  for (Instant t = midnight(year); t < midnight(year + 1); t += hours{every_hours}) {
    std::string stamp = iso_minutes(t) + ":00";
    stamp[10] = ' ';
    text += fmt::format("{},{:.4f},{:.4f},{:.3f},{:.1f},{},{}\n", stamp, 0.6 * 1.4 * w.wind(t), -0.8 * 1.4 * w.wind(t),
                        w.celsius(t) + 273.15, 3600.0 * w.radiation(t - hours{1}, minutes{60}), w.latitude, w.longitude);
    if (two_places) text += fmt::format("{},1.0,1.0,280.0,0.0,{},{}\n", stamp, w.latitude - 3.0, w.longitude);
  }
  return text;
}

TEST(Era5Series, HourlySumsKelvinAndComponents) {
  const MadeUpWeather w;
  for (const bool two_places : {false, true}) {
    const auto read = parse_weather_csv(era5_series(w, 2023, 1, two_places), "e.csv", at(w));
    ASSERT_TRUE(read) << first_message(read);
    EXPECT_EQ(read->series.start, midnight(2023) - hours{1});
    expect_weather(*read, w, 0.01, 1.4);
  }
}

TEST(Era5Series, SampledHoursStayHourlySums) {
  const MadeUpWeather w;
  const auto hourly = parse_weather_csv(era5_series(w, 2023, 1, false), "e.csv", at(w));
  ASSERT_TRUE(hourly);
  double all = 0.0;
  for (const double g : hourly->series.ghi) all += g;
  for (const int every : {2, 3, 6}) {
    const auto read = parse_weather_csv(era5_series(w, 2023, every, false), "e.csv", at(w));
    ASSERT_TRUE(read) << first_message(read);
    EXPECT_THAT(codes(read), ElementsAre("preset_used", "sampled_hours"));
    EXPECT_EQ(read->series.step_s, 3600);
    double sum = 0.0;
    for (const double g : read->series.ghi) sum += g;
    EXPECT_NEAR(sum / all, 1.0, every == 6 ? 0.08 : 0.02) << every;
    EXPECT_NEAR(read->series.temperature_k[100], hourly->series.temperature_k[100], every == 6 ? 1.0 : 0.3);
  }
}

// ---- any table

TEST(WeatherUnits, AUnitInTheHeaderIsConvertedOrRefused) {
  const auto read = [](const std::string& header, const std::string& cell, WeatherCsvOptions options = {}) {
    std::string text = "timestamp," + header + "\n";
    for (int h = 0; h < 48; ++h) text += format_instant(midnight(2023) + hours{h}) + "," + cell + "\n";
    return parse_weather_csv(text, "w.csv", at({}, true), options);
  };
  const auto wind = [&](const std::string& header, const std::string& cell) { return read(header, cell)->series.upper_wind.at(3); };
  EXPECT_NEAR(wind("wind_speed_100m (km/h)", "36"), 10.0, 1e-9);
  EXPECT_NEAR(wind("Wind speed 100m [mph]", "10"), 4.4704, 1e-9);
  EXPECT_NEAR(wind("wind_speed_100m (mp/h)", "10"), 4.4704, 1e-9);
  EXPECT_NEAR(wind("wind_speed_100m_kn", "10"), 5.1444, 1e-4);
  EXPECT_NEAR(wind("wind_speed_100m_km_h", "36"), 10.0, 1e-9);
  EXPECT_NEAR(wind("wind_speed_100m, m s-1", "10"), 10.0, 1e-9);
  EXPECT_NEAR(wind("ws100m m/s", "10"), 10.0, 1e-9);
  EXPECT_NEAR(read("temperature (°F)", "50")->series.temperature_k.at(3), 283.15, 1e-9);
  EXPECT_NEAR(read("temp_air [K]", "283.15")->series.temperature_k.at(3), 283.15, 1e-9);
  EXPECT_NEAR(read("ghi (kW/m²)", "0.5")->series.ghi.at(3), 500.0, 1e-9);
  EXPECT_NEAR(read("ghi (J/m²)", "1800000")->series.ghi.at(3), 500.0, 1e-9);
  EXPECT_NEAR(read("ghi [MJ m-2]", "1.8")->series.ghi.at(3), 500.0, 1e-9);
  EXPECT_NEAR(read("ghi (Wh/m2)", "500")->series.ghi.at(3), 500.0, 1e-9);
  EXPECT_NEAR(read("pressure (kPa)", "101.3")->series.pressure_pa.at(3), 101300.0, 1e-9);
  EXPECT_NEAR(read("relative_humidity (%)", "50")->series.relative_humidity.at(3), 0.5, 1e-12);
  EXPECT_THAT(codes(read("wind_speed_100m (furlong/h)", "10")), ElementsAre("unit_conflict"));
  EXPECT_THAT(codes(read("wind_speed_100m (Beaufort)", "5")), ElementsAre("unit_conflict"));
  EXPECT_THAT(codes(read("ghi (m/s)", "5")), ElementsAre("unit_conflict"));
  WeatherCsvOptions stated;
  stated.units = {{"upper_wind", "km/h"}};
  const auto overridden = read("wind_speed_100m (m/s)", "36", stated);
  ASSERT_TRUE(overridden);
  EXPECT_NEAR(overridden->series.upper_wind.at(3), 10.0, 1e-9);
  EXPECT_THAT(codes(overridden), Contains("unit_stated"));
}

TEST(WeatherUnits, ASecondHeaderLineHoldsUnits) {
  const auto read = parse_weather_csv(
      "timestamp;wind_speed_100m;temperature\nUTC;km/h;K\n2023-01-01T00:00Z;36;280\n2023-01-01T01:00Z;18;281\n", "w.csv", at({}, true));
  ASSERT_TRUE(read) << first_message(read);
  EXPECT_NEAR(read->series.upper_wind[0], 10.0, 1e-9);
  EXPECT_NEAR(read->series.temperature_k[1], 281.0, 1e-9);
}

TEST(WeatherUnits, SumsOverLongRowsAreAskedFor) {
  std::string text = "timestamp,ghi (J/m2)\n";
  for (int h = 0; h < 48; h += 3) text += format_instant(midnight(2023) + hours{h}) + ",360000\n";
  EXPECT_THAT(codes(parse_weather_csv(text, "w.csv", at({}, true))), ElementsAre("ambiguous_accumulation"));
  WeatherCsvOptions options;
  options.accumulation = FluxAccumulation::step;
  const auto read = parse_weather_csv(text, "w.csv", at({}, true), options);
  ASSERT_TRUE(read) << first_message(read);
  EXPECT_NEAR(read->series.ghi[2], 360000.0 / 10800.0, 1e-9);
}

TEST(WeatherUnits, ValuesThatCantBeMeantAreRefused) {
  const MadeUpWeather w;
  const auto series = [&](const std::string& header, double factor, double offset, int kind) {
    std::string text = "timestamp," + header + "\n";
    for (int h = 0; h < 8760; ++h) {
      const Instant t = midnight(2023) + hours{h};
      const double value = kind == 0 ? w.radiation(t, minutes{60}) : kind == 1 ? 1.4 * w.wind(t) : w.celsius(t);
      text += fmt::format("{},{:.4f}\n", format_instant(t), factor * value + offset);
    }
    return codes(parse_weather_csv(text, "w.csv", at(w)));
  };
  EXPECT_THAT(series("ghi", 1.0, 0.0, 0), testing::IsEmpty());
  EXPECT_THAT(series("ghi", 0.001, 0.0, 0), ElementsAre("weather_unit"));
  EXPECT_THAT(series("ghi", 0.0036, 0.0, 0), ElementsAre("weather_unit"));  // MJ/m²
  EXPECT_THAT(series("ghi", 0.36, 0.0, 0), ElementsAre("weather_unit"));    // J/cm²
  EXPECT_THAT(series("ghi", 3.6, 0.0, 0), Contains("weather_unit"));        // kJ/m²
  EXPECT_THAT(series("upper_wind", 1.0, 0.0, 1), testing::IsEmpty());
  EXPECT_THAT(series("upper_wind", 3.6, 0.0, 1), ElementsAre("weather_unit"));      // km/h
  EXPECT_THAT(series("upper_wind", 2.23694, 0.0, 1), ElementsAre("weather_unit"));  // mph
  EXPECT_THAT(series("temperature", 1.0, 273.15, 2), Contains("weather_unit"));     // K where °C is usual
  EXPECT_THAT(series("temperature", 1.8, 32.0, 2), ElementsAre("weather_unit"));    // °F
}

TEST(WeatherTime, RadiationByNightIsTold) {
  const MadeUpWeather w;
  std::string text = "timestamp,ghi\n";
  for (int h = 0; h < 8760; ++h)
    text += iso_minutes(midnight(2023) + hours{h}) + fmt::format(",{:.2f}\n", w.radiation(midnight(2023) + hours{h}, minutes{60}));
  EXPECT_THAT(codes(parse_weather_csv(text, "w.csv", at(w))), testing::IsEmpty());
  WeatherCsvOptions options;
  options.time_zone = "+02:00";  // UTC taken for summer time
  EXPECT_THAT(codes(parse_weather_csv(text, "w.csv", at(w), options)), ElementsAre("weather_time"));
}

TEST(WeatherText, CommasInQuotesAndTooManyCells) {
  const auto read = parse_weather_csv("timestamp,ghi,temperature\n2023-01-01T00:00Z,\"10,5\",\"3,2\"\n2023-01-01T01:00Z,\"1,5\",3.5\n",
                                      "w.csv", at({}, true));
  ASSERT_TRUE(read) << first_message(read);
  EXPECT_NEAR(read->series.ghi[0], 10.5, 1e-12);
  EXPECT_NEAR(read->series.temperature_k[0], 276.35, 1e-9);
  EXPECT_THAT(codes(parse_weather_csv("timestamp,ghi\n2023-01-01T00:00Z,10,5\n2023-01-01T01:00Z,11,5\n", "w.csv", at({}, true))),
              ElementsAre("ambiguous_number", "ambiguous_number"));
  EXPECT_THAT(
      codes(parse_weather_csv("timestamp,pressure\n2023-01-01T00:00Z,\"101,300\"\n2023-01-01T01:00Z,\"101,300\"\n", "w.csv", at({}, true))),
      ElementsAre("ambiguous_number", "ambiguous_number"));
}

TEST(WeatherText, WhatIsNoTableIsNamed) {
  for (const std::string text : {"GRIB\x01\x02", "PK\x03\x04zz", "<!DOCTYPE html><html>"})
    EXPECT_THAT(codes(parse_weather_csv(text, "w", at({}))), ElementsAre("unreadable_file"));
  WeatherCsvOptions options;
  options.preset = WeatherPreset::epw;
  EXPECT_THAT(codes(parse_weather_csv("timestamp,ghi\n2023-01-01T00:00Z,1\n", "w", at({}), options)), ElementsAre("preset_mismatch"));
}

TEST(WeatherText, EveryCutOfAKnownFileIsReadOrRefusedWithoutHarm) {
  const MadeUpWeather w;
  const std::vector<std::string> texts{open_meteo(w, 2023, 48, 3600), pvgis_hourly(w, 2023, 35.0, false, 10).substr(0, 2500),
                                       epw(w, 2023, 1.0, [](unsigned) { return 2023; }).substr(0, 3000),
                                       knmi(w, 2023, true, false).substr(0, 2500), era5_series(w, 2023, 3, true).substr(0, 2000)};
  for (const std::string& text : texts) {
    for (std::size_t keep = 0; keep < text.size(); keep += 5)
      (void)parse_weather_csv(std::string_view(text).substr(0, keep), "w", at(w, true));
  }
}

}  // namespace
}  // namespace bess
