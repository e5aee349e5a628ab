#include "importers/weather_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bess {

namespace {

constexpr std::array formats{
    WeatherFormat{WeatherPreset::pvgis_tmy, "pvgis_tmy", pvgis_tmy_layout},
    WeatherFormat{WeatherPreset::pvgis_hourly, "pvgis_hourly", pvgis_hourly_layout},
    WeatherFormat{WeatherPreset::open_meteo, "open_meteo", open_meteo_layout},
    WeatherFormat{WeatherPreset::epw, "epw", epw_layout},
    WeatherFormat{WeatherPreset::knmi, "knmi", knmi_layout},
    WeatherFormat{WeatherPreset::era5_timeseries, "era5_timeseries", era5_timeseries_layout},
};

/// The name of a variable in requests for what a file calls it.
std::string_view requested_name(std::string_view quantity) {
  if (quantity == "u100" || quantity == "v100") return "upper_wind";
  if (quantity == "u10" || quantity == "v10") return "lower_wind";
  return quantity == "dew_point" ? "relative_humidity" : quantity;
}

}  // namespace

std::span<const WeatherFormat> weather_formats() { return formats; }

std::string_view to_string(WeatherPreset preset) {
  for (const WeatherFormat& format : formats) {
    if (format.preset == preset) return format.name;
  }
  return preset == WeatherPreset::none ? "none" : "auto";
}

bool maps_data(const WeatherCsvOptions& options) {
  return std::any_of(options.columns.begin(), options.columns.end(), [](const auto& entry) { return entry.first != "timestamp"; });
}

std::optional<LayoutColumn> layout_column(const WeatherHead& head, std::string quantity, std::string_view header, std::size_t cell,
                                          std::string_view own_unit, std::size_t row) {
  const std::string variable(requested_name(quantity));
  const std::string name(header);
  const HeaderUnit written = split_header_unit(header);
  const auto written_conversion = written.unit.empty() ? std::nullopt : weather_unit_conversion(variable, written.unit);
  const bool means_unit = written.bracketed || written.unit.size() > 1 || written_conversion;
  const auto stated = head.options.units.find(variable);
  std::string unit(own_unit);
  if (stated != head.options.units.end()) {
    unit = stated->second;
  } else if (means_unit && !written.unit.empty()) {
    unit = written.unit;
  } else if (unit.empty()) {
    unit = usual_weather_unit(variable);
  }
  const auto conversion = weather_unit_conversion(variable, unit);
  if (!conversion) {
    const bool from_header = stated == head.options.units.end() && unit == written.unit;
    head.error(from_header ? "unit_conflict" : "weather_unit",
               from_header
                   ? fmt::format("the header names the unit \"{}\", which is none of {} (understood: {}); state the column's unit if it "
                                 "is another",
                                 unit, variable, known_weather_units(variable))
                   : fmt::format("\"{}\" is not a unit of {} (understood: {})", unit, variable, known_weather_units(variable)),
               row, name);
    return std::nullopt;
  }
  if (stated != head.options.units.end() && means_unit && !written.unit.empty() &&
      (!written_conversion || *written_conversion != *conversion)) {
    head.issues.add({Severity::warning,
                     "unit_stated",
                     fmt::format("the header says {}; read in {} as stated", written.unit, unit),
                     {},
                     head.file,
                     row,
                     name});
  }
  return LayoutColumn{.quantity = std::move(quantity), .header = name, .cell = cell, .conversion = *conversion};
}

bool add_mapped_columns(const WeatherHead& head, std::span<const std::string_view> header, std::size_t row, WeatherLayout& layout) {
  const std::size_t errors = head.issues.errors().size();
  std::vector<std::string> names;
  for (const auto cell : header) names.push_back(normal_header(cell));
  for (const auto& [variable, wanted] : head.options.columns) {
    if (variable == "timestamp") continue;
    if (find_weather_variable(variable) == nullptr) {
      head.error("missing_column", fmt::format("\"{}\" is no weather variable", variable), row, wanted);
      continue;
    }
    auto at = std::find(names.begin(), names.end(), normal_header(wanted));
    if (at == names.end()) {  // without its unit
      at = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
        return split_header_unit(header[static_cast<std::size_t>(&name - names.data())]).name == normal_header(wanted);
      });
    }
    if (at == names.end()) {
      head.error("missing_column", fmt::format("the column \"{}\" mapped to {} is not in the header", wanted, variable), row, wanted);
      continue;
    }
    const auto cell = static_cast<std::size_t>(at - names.begin());
    auto known = known_weather_column(*at);
    if (!known) known = known_weather_column(split_header_unit(header[cell]).name);
    const bool same = known && known->variable == variable;
    if (same && known->height_m > 0.0) (variable == "lower_wind" ? layout.lower_height_m : layout.upper_height_m) = known->height_m;
    if (auto column = layout_column(head, variable, header[cell], cell, same ? known->unit : "", row))
      layout.columns.push_back(std::move(*column));
  }
  return head.issues.errors().size() == errors;
}

}  // namespace bess
