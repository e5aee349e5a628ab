#include "importers/long_table.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace bess {

namespace {

constexpr std::size_t most_texts = 24;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view cell_at(std::span<const CsvCell> cells, std::size_t i) { return i < cells.size() ? cells[i].text : std::string_view{}; }

bool is_decimal(std::string_view text) {
  return text.find_first_of(".,") != std::string_view::npos && text.find_first_not_of("0123456789.,+-eE") == std::string_view::npos;
}

/// What is known of one column while the rows pass.
struct Candidate {
  std::set<std::string, std::less<>> texts;
  bool good{true};
};

}  // namespace

namespace {

std::vector<std::string> texts_below(std::string_view text, char separator, std::size_t header_row, const std::vector<RowFilter>& where,
                                     std::size_t cell, std::size_t limit) {
  std::vector<std::string> found;
  CsvReader reader(text, separator);
  while (reader.next()) {
    if (reader.row() <= header_row) continue;
    const std::string_view here = cell_at(reader.cells(), cell);
    if (here.empty() || (!found.empty() && found.back() == here)) continue;
    if (std::find(found.begin(), found.end(), here) != found.end() || !passes(where, reader.cells())) continue;
    found.emplace_back(here);
    if (found.size() == limit) break;
  }
  return found;
}

}  // namespace

std::vector<std::string> distinct_texts(std::string_view text, char separator, std::size_t header_row, std::size_t cell,
                                        std::size_t limit) {
  return texts_below(text, separator, header_row, {}, cell, limit);
}

std::vector<std::string> distinct_texts_of(std::string_view text, const HeaderPlan& plan, std::size_t cell, std::size_t limit) {
  return texts_below(text, plan.separator, plan.last_row, plan.where, cell, limit);
}

bool passes(const std::vector<RowFilter>& where, std::span<const CsvCell> cells) {
  return std::all_of(where.begin(), where.end(), [&](const RowFilter& filter) {
    const std::string_view here = cell_at(cells, filter.cell);
    return std::any_of(filter.accepted.begin(), filter.accepted.end(), [&](const std::string& text) { return same_text(text, here); });
  });
}

const PivotPlan::Target* target_of(const PivotPlan& pivot, std::span<const CsvCell> cells) {
  const std::string_view here = cell_at(cells, pivot.cell);
  const auto found = std::find_if(pivot.targets.begin(), pivot.targets.end(), [&](const auto& t) { return same_text(t.product, here); });
  return found == pivot.targets.end() ? nullptr : &*found;
}

std::optional<Split> find_split(std::string_view text, const HeaderPlan& plan, const std::vector<std::vector<std::size_t>>& groups) {
  std::unordered_map<std::size_t, std::size_t> group_of;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::size_t row : groups[g]) group_of[row] = g;
  }
  std::vector<std::string> names;
  std::vector<Candidate> candidates(plan.cells);
  std::vector<std::vector<std::vector<std::string>>> seen(groups.size(), std::vector<std::vector<std::string>>(plan.cells));
  CsvReader reader(text, plan.separator);
  while (reader.next()) {
    if (reader.row() == plan.row) {
      for (const CsvCell& cell : reader.cells()) names.emplace_back(cell.text);
    }
    const auto group = group_of.find(reader.row());
    if (group == group_of.end()) continue;
    for (std::size_t c = 0; c < plan.cells; ++c) {
      Candidate& candidate = candidates[c];
      if (!candidate.good) continue;
      const std::string_view here = cell_at(reader.cells(), c);
      std::vector<std::string>& in_group = seen[group->second][c];
      const bool again = std::find(in_group.begin(), in_group.end(), here) != in_group.end();
      if (again || here.empty() || is_decimal(here)) {
        candidate.good = false;
        continue;
      }
      in_group.emplace_back(here);
      candidate.texts.emplace(here);
      candidate.good = candidate.texts.size() <= most_texts;
    }
  }
  for (std::size_t c = 0; c < plan.cells && c < names.size(); ++c) {
    const bool data = std::any_of(plan.columns.begin(), plan.columns.end(), [&](const SourceColumn& s) { return s.cell == c; });
    const bool time = c == plan.time_cell || plan.clock_cell == c || plan.end_cell == c || plan.zone_cell == c || plan.period_cell == c;
    if (data || time || !candidates[c].good || candidates[c].texts.size() < 2) continue;
    return Split{names[c], {candidates[c].texts.begin(), candidates[c].texts.end()}};
  }
  return std::nullopt;
}

}  // namespace bess
