#include "importers/header_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "importers/csv_header.h"

namespace bess {

HeaderNames::HeaderNames(std::span<const CsvCell> cells, const std::string& file, std::size_t row) : file_(file), row_(row) {
  for (const CsvCell& cell : cells) {
    names_.emplace_back(cell.text);
    normalised_.push_back(normalised_header(cell.text));
    const std::string& name = normalised_.back();
    const std::size_t open = name.empty() || (name.back() != ']' && name.back() != ')') ? std::string::npos : name.find_first_of("[(");
    bare_.push_back(name.substr(0, open));
  }
}

std::optional<std::size_t> HeaderNames::find(std::string_view name) const {
  const auto exact = std::find(names_.begin(), names_.end(), name);
  if (exact != names_.end()) return exact - names_.begin();
  const auto loose = std::find(normalised_.begin(), normalised_.end(), normalised_header(name));
  if (loose != normalised_.end()) return loose - normalised_.begin();
  const std::string wanted = normalised_header(name);
  const auto bare = std::find(bare_.begin(), bare_.end(), wanted);
  if (bare != bare_.end() && !wanted.empty() && std::count(bare, bare_.end(), wanted) == 1) return bare - bare_.begin();
  return std::nullopt;
}

std::optional<std::size_t> HeaderNames::find_any(std::span<const std::string_view> candidates) const {
  for (const std::string_view candidate : candidates) {
    if (const auto found = find(candidate)) return found;
  }
  return std::nullopt;
}

std::optional<std::size_t> HeaderNames::find_pattern(std::string_view pattern, std::size_t from) const {
  for (std::size_t i = from; i < normalised_.size(); ++i) {
    if (fits_pattern(normalised_[i], pattern)) return i;
  }
  return std::nullopt;
}

void HeaderNames::check_unique(std::size_t cell, Issues& issues) const {
  const auto same = std::count(normalised_.begin(), normalised_.end(), normalised_[cell]);
  if (same > 1)
    issues.add(file_issue(Severity::error, "duplicate_column", file_, row_, names_[cell],
                          fmt::format("the header has '{}' {} times", names_[cell], same)));
}

std::string HeaderNames::list() const {
  constexpr std::size_t most = 20;
  const std::size_t told = std::min(names_.size(), most);
  std::string text = fmt::format("{}", fmt::join(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(told), ", "));
  if (told < names_.size()) text += fmt::format(" and {} more", names_.size() - told);
  return text;
}

bool fits_pattern(std::string_view text, std::string_view pattern) {
  // Greedy with one point to return to: linear but for the last "*".
  std::size_t t = 0, p = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++t;
      ++p;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace bess
