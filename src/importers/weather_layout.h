#pragma once
// Internal to the importers: how one text of weather is laid out. Each format known by name finds its own layout in the first lines of a
// file (one .cpp per format); what is read then, and how it is placed in time, is the same for all (weather_csv.cpp).

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "importers/weather_accumulation.h"
#include "importers/weather_columns.h"
#include "importers/weather_csv.h"
#include "importers/weather_stamps.h"

namespace bess {

/// One column that is read. `quantity` is a name of weather_variables, or a part that is put together afterwards: u100, v100, u10, v10
/// (components of the wind), dew_point, plane_beam, plane_sky, plane_ground.
struct LayoutColumn {
  std::string quantity;
  std::string header;
  std::size_t cell{0};
  WeatherUnitConversion conversion{};
  double missing_from{std::numeric_limits<double>::infinity()};  ///< numbers from here on stand for "missing"
};

/// Seconds from a row's stamp to the middle of what its values stand for.
struct Placement {
  std::int32_t flux_s{0};
  std::int32_t state_s{0};
  std::optional<std::int32_t> wind_s{};  ///< where winds are placed unlike the other states
};

struct WeatherLayout {
  std::string preset{};       ///< name of the format; empty: a plain table
  std::string description{};  ///< what the format says about itself, for the notice
  std::size_t first_row{0};   ///< the first line of data, 1-based
  char separator{','};
  std::size_t cells{0};  ///< of the header; 0: rows may have any number
  std::vector<std::size_t> stamp_cells{};
  /// The stamp of a row's cells. Empty: the text of the first stamp cell is read.
  std::function<StampReader::Result(std::span<const std::string_view> cells, StampReader& reader)> stamp{};
  /// Is the row one of those that are read? Empty: all are.
  std::function<bool(std::span<const std::string_view> cells)> takes{};
  std::vector<LayoutColumn> columns{};
  std::string time_zone{"UTC"};
  std::function<Placement(std::int32_t step_s)> place{};
  bool typical_year{false};
  bool ends_at_blank{false};                           ///< a legend or another table follows a blank line
  bool ends_at_text{false};                            ///< a legend follows: rows end where no digit begins a line
  FluxAccumulation sums{FluxAccumulation::automatic};  ///< what sums over longer rows stand for
  std::optional<double> latitude{}, longitude{};
  std::optional<double> lower_height_m{}, upper_height_m{};
  std::optional<double> plane_slope_deg{}, plane_azimuth_deg{};  ///< of a column `plane`
  std::vector<Issue> notes{};                                    ///< warnings
};

/// What a format's finder sees: the first lines of a file.
struct WeatherHead {
  std::string_view text;                ///< the whole file
  std::vector<std::string_view> lines;  ///< lines[i] is line i + 1 of the file, without its end
  const WeatherRequest& request;
  const WeatherCsvOptions& options;
  const std::string& file;
  Issues& issues;
  void error(std::string code, std::string message, std::size_t row, std::string column = {}) const {
    issues.add({Severity::error, std::move(code), std::move(message), {}, file, row, std::move(column)});
  }
};

/// A layout when the file is of the format. The file may be of the format and yet unusable: then `issues` says why.
using LayoutFinder = std::optional<WeatherLayout> (*)(const WeatherHead& head);
struct WeatherFormat {
  WeatherPreset preset;
  std::string_view name;
  LayoutFinder find;
};
[[nodiscard]] std::span<const WeatherFormat> weather_formats();

[[nodiscard]] std::optional<WeatherLayout> open_meteo_layout(const WeatherHead& head);
[[nodiscard]] std::optional<WeatherLayout> pvgis_tmy_layout(const WeatherHead& head);
[[nodiscard]] std::optional<WeatherLayout> pvgis_hourly_layout(const WeatherHead& head);
[[nodiscard]] std::optional<WeatherLayout> epw_layout(const WeatherHead& head);
[[nodiscard]] std::optional<WeatherLayout> knmi_layout(const WeatherHead& head);
[[nodiscard]] std::optional<WeatherLayout> era5_timeseries_layout(const WeatherHead& head);

/// The column of a quantity under a header: the unit that the request states, else the header's, else `own_unit`. A header that names
/// another unit than the stated one is a warning (unit_stated), one that can't be the quantity's an error (unit_conflict).
[[nodiscard]] std::optional<LayoutColumn> layout_column(const WeatherHead& head, std::string quantity, std::string_view header,
                                                        std::size_t cell, std::string_view own_unit, std::size_t row);

/// Adds what the request maps by name; false after an issue. With a mapping of data columns a preset reads no other ones.
[[nodiscard]] bool add_mapped_columns(const WeatherHead& head, std::span<const std::string_view> header, std::size_t row,
                                      WeatherLayout& layout);
[[nodiscard]] bool maps_data(const WeatherCsvOptions& options);

}  // namespace bess
