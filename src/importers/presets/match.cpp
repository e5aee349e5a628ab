#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "importers/presets/preset.h"

namespace bess {

namespace {

std::string with_area(std::string_view pattern, std::string_view area) {
  std::string text(pattern);
  const std::size_t at = text.find("{area}");
  if (at != std::string::npos) text.replace(at, 6, area);
  return text;
}

/// "BZN|DE-LU" → "de-lu".
std::string area_of_cell(std::string_view text) {
  const std::size_t bar = text.rfind('|');
  return normalised_header(bar == std::string_view::npos ? text : text.substr(bar + 1));
}

class Matcher {
 public:
  Matcher(const HeaderNames& names, const std::string& file, std::size_t row, const FileMapping& own, std::string_view country,
          const CellTexts& texts, Issues& issues)
      : names_(names), file_(file), row_(row), own_(own), country_(country), areas_(area_names(country)), texts_(texts), issues_(issues) {}

  [[nodiscard]] bool has_signature(const Preset& preset) const {
    return std::all_of(preset.signature.begin(), preset.signature.end(), [&](const auto& group) { return first_of(group).has_value(); });
  }

  FileMapping mapping(const Preset& preset, const std::vector<WantedColumn>& wanted) {
    FileMapping m;
    m.time_zone = preset.zone;
    m.date_order = preset.date_order;
    take(m, "timestamp", preset.timestamp);
    take(m, "date", preset.date);
    take(m, "time", preset.time);
    take(m, "zone", preset.zone_column);
    take(m, "period", preset.period);
    for (const PresetColumn& column : preset.columns) {
      const bool asked = std::any_of(wanted.begin(), wanted.end(), [&](const WantedColumn& w) { return w.name == column.canonical; });
      if (asked) add_column(m, column);
    }
    for (const PresetFilter& filter : preset.where) {
      const auto cell = names_.find_pattern(filter.header);
      if (cell) m.where[names_[*cell]] = {filter.accepted.begin(), filter.accepted.end()};
    }
    if (!preset.area_column.empty()) choose_area(m, preset.area_column);
    if (!preset.area_header.empty()) check_area_header(preset.area_header);
    if (!preset.product_column.empty()) m.pivot = products(preset.product_column);
    if (!preset.note.empty() && own_data_.empty())
      issues_.add(file_issue(Severity::warning, "stand_in", file_, row_, {}, std::string(preset.note)));
    return m;
  }

  void set_own_data(std::vector<std::string> own_data) { own_data_ = std::move(own_data); }

 private:
  [[nodiscard]] std::optional<std::size_t> first_of(const std::vector<std::string_view>& patterns) const {
    for (const std::string_view pattern : patterns) {
      if (const auto cell = names_.find_pattern(pattern)) return cell;
    }
    return std::nullopt;
  }

  void take(FileMapping& m, const char* special, const std::vector<std::string_view>& patterns) const {
    if (const auto cell = first_of(patterns)) m.columns[special] = names_[*cell];
  }

  void warn_area(std::string what) { issues_.add(file_issue(Severity::warning, "other_area", file_, row_, {}, std::move(what))); }

  void add_column(FileMapping& m, const PresetColumn& column) {
    std::vector<std::size_t> others;  // areas that are not the scenario's
    for (const std::string_view pattern : column.headers) {
      if (pattern.find("{area}") == std::string_view::npos) {
        if (!others.empty()) break;
        if (const auto cell = names_.find_pattern(pattern)) return set(m, column, *cell);
        continue;
      }
      for (const std::string_view area : areas_) {
        if (const auto cell = names_.find_pattern(with_area(pattern, area))) return set(m, column, *cell);
      }
      const std::string any = with_area(pattern, "*");
      for (auto cell = names_.find_pattern(any); cell; cell = names_.find_pattern(any, *cell + 1)) others.push_back(*cell);
    }
    if (others.empty() || !own_data_.empty()) return;
    // A total beside the areas is the price of none of them where there is only one of them.
    if (others.size() == 1) {
      set(m, column, others.front());
      const std::string& header = names_[others.front()];
      if (warned_header_ != header)
        warn_area(fmt::format("the only prices are those of \"{}\"; the scenario's country is {}", header, country_));
      warned_header_ = header;
      return;
    }
    std::vector<std::string> list;
    for (const std::size_t cell : others) list.push_back(names_[cell]);
    issues_.add(file_issue(Severity::error, "missing_column", file_, row_, std::string(column.canonical),
                           fmt::format("no column for {}; say which is {}: {}", country_, column.canonical, fmt::join(list, ", "))));
  }

  void set(FileMapping& m, const PresetColumn& column, std::size_t cell) const {
    m.columns[std::string(column.canonical)] = names_[cell];
    if (!column.unit.empty()) m.units[std::string(column.canonical)] = column.unit;
  }

  [[nodiscard]] bool is_ours(std::string_view text) const {
    const std::string area = area_of_cell(text);
    return std::any_of(areas_.begin(), areas_.end(), [&](std::string_view name) { return normalised_header(name) == area; });
  }

  void choose_area(FileMapping& m, std::string_view pattern) {
    const auto cell = names_.find_pattern(pattern);
    if (!cell) return;
    const std::string& header = names_[*cell];
    const bool told = std::any_of(own_.where.begin(), own_.where.end(),
                                  [&](const auto& entry) { return normalised_header(entry.first) == normalised_header(header); });
    if (told) return;
    const std::vector<std::string> found = texts_(*cell);
    std::vector<std::string> accepted;
    std::copy_if(found.begin(), found.end(), std::back_inserter(accepted), [&](const std::string& text) { return is_ours(text); });
    if (!accepted.empty()) {
      m.where[header] = accepted;
    } else if (found.size() == 1) {
      warn_area(fmt::format("the only area is \"{}\"; the scenario's country is {}", found.front(), country_));
    } else if (found.size() > 1) {
      issues_.add(file_issue(Severity::error, "missing_column", file_, row_, header,
                             fmt::format("none of the areas is {}; choose one with \"where\": {{\"{}\": …}} in a mapping: {}", country_,
                                         header, fmt::join(found, ", "))));
    }
  }

  void check_area_header(std::string_view pattern) {
    const auto cell = names_.find_pattern(pattern);
    if (!cell || is_ours(names_[*cell])) return;
    warn_area(fmt::format("the file is of \"{}\"; the scenario's country is {}", names_[*cell], country_));
  }

  [[nodiscard]] std::optional<Pivot> products(std::string_view pattern) const {
    const auto cell = names_.find_pattern(pattern);
    if (!cell) return std::nullopt;
    Pivot pivot{.column = names_[*cell], .values = {}};
    const auto add = [&](const char* direction, int from, int to, std::vector<std::string> columns) {
      pivot.values[fmt::format("{}_{:02}_{:02}", direction, from, to)] = {.columns = std::move(columns), .minute = from * 60};
    };
    for (int from = 0; from < 24; from += 4) {
      add("NEGPOS", from, from + 4, {"fcr_price"});
      add("POS", from, from + 4, {"afrr_up_price"});
      add("NEG", from, from + 4, {"afrr_down_price"});
    }
    add("NEGPOS", 0, 24, {"fcr_price"});
    add("POS", 0, 24, {"afrr_up_price"});
    add("NEG", 0, 24, {"afrr_down_price"});
    return pivot;
  }

  const HeaderNames& names_;
  const std::string& file_;
  std::size_t row_;
  const FileMapping& own_;
  std::string_view country_;
  std::vector<std::string_view> areas_;
  const CellTexts& texts_;
  Issues& issues_;
  std::vector<std::string> own_data_;
  std::string warned_header_;
};

constexpr std::array<std::string_view, 7> special{"timestamp", "timestamp_end", "delivery_end", "date", "time", "zone", "period"};

}  // namespace

std::optional<PresetMatch> match_preset(const HeaderNames& names, const std::string& file, std::size_t row, const FileMapping& own,
                                        const std::vector<WantedColumn>& wanted, std::string_view country, const CellTexts& texts,
                                        Issues& issues) {
  if (own.preset == "none") return std::nullopt;
  Matcher matcher(names, file, row, own, country, texts, issues);
  std::vector<std::string> own_data;
  for (const auto& [canonical, header] : own.columns) {
    if (std::find(special.begin(), special.end(), canonical) == special.end()) own_data.push_back(canonical);
  }
  matcher.set_own_data(own_data);
  for (const Preset& preset : all_presets()) {
    if (!own.preset.empty() && own.preset != preset.name) continue;
    const bool useful = std::any_of(preset.columns.begin(), preset.columns.end(), [&](const PresetColumn& c) {
      return std::any_of(wanted.begin(), wanted.end(), [&](const WantedColumn& w) { return w.name == c.canonical; });
    });
    if (!useful || !matcher.has_signature(preset)) continue;
    return PresetMatch{&preset, matcher.mapping(preset, wanted)};
  }
  return std::nullopt;
}

}  // namespace bess
