#pragma once
// Usual exports, recognised by their headers. A preset is a row of data in table.cpp; what it says becomes a mapping, as a user could
// write it. Patterns are matched with normalised headers (lower case, without blanks and underscores); "*" stands for any text, "{area}"
// for a name of the scenario's country.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "importers/csv_header.h"
#include "importers/header_names.h"

namespace bess {

struct PresetColumn {
  std::string_view canonical;
  std::vector<std::string_view> headers;  ///< patterns, the one to prefer first
  std::string_view unit{};                ///< where the header does not state it
};

struct PresetFilter {
  std::string_view header;
  std::vector<std::string_view> accepted;
};

struct Preset {
  std::string_view name;
  std::string_view title;
  std::string_view example;                              ///< a header of such a file
  std::vector<std::vector<std::string_view>> signature;  ///< each group: one of its patterns is in the header
  std::vector<std::string_view> timestamp{};             ///< one column of stamps …
  std::vector<std::string_view> date{};                  ///< … or a date, with the clock, zone or number of the quarter-hour beside it
  std::vector<std::string_view> time{};
  std::vector<std::string_view> zone_column{};
  std::vector<std::string_view> period{};
  std::string_view zone{};  ///< of stamps without offset, where the header does not say it
  DateOrder date_order{DateOrder::find};
  std::vector<PresetColumn> columns;
  std::vector<PresetFilter> where{};  ///< for columns that are there
  std::string_view area_column{};     ///< a column whose cells name areas: those of the scenario's country are read
  std::string_view area_header{};     ///< a header that names the only area of the file
  std::string_view product_column{};  ///< products of four hours: NEG_00_04, POS_04_08, NEGPOS_08_12
  std::string_view note{};            ///< said as a warning: what the column taken stands in for
};

[[nodiscard]] std::span<const Preset> all_presets();
[[nodiscard]] const Preset* find_preset(std::string_view name);
/// For messages: the names of all, with commas.
[[nodiscard]] std::string preset_names();

struct PresetMatch {
  const Preset* preset{nullptr};
  FileMapping mapping{};
};

/// The distinct texts below a header's cell.
using CellTexts = std::function<std::vector<std::string>(std::size_t cell)>;

/// The preset whose signature the names have and that brings a column of `wanted`, as a mapping for this header. Issues: missing_column
/// where the areas of the file leave a choice to the user; warnings other_area, stand_in.
[[nodiscard]] std::optional<PresetMatch> match_preset(const HeaderNames& names, const std::string& file, std::size_t row,
                                                      const FileMapping& own, const std::vector<WantedColumn>& wanted,
                                                      std::string_view country, const CellTexts& texts, Issues& issues);

/// Names under which sources know a country's bidding zone, normalised as headers are: "nl", "netherlands", "niederlande" …
[[nodiscard]] std::vector<std::string_view> area_names(std::string_view country);

}  // namespace bess
