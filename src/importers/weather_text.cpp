#include "importers/weather_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bess {

TextLines::TextLines(std::string_view text)
    : rest_(text), end_(text.find('\n') == std::string_view::npos && text.find('\r') != std::string_view::npos ? '\r' : '\n') {}

bool TextLines::next(std::string_view& line) {
  if (rest_.empty()) return false;
  const auto end = rest_.find(end_);
  line = rest_.substr(0, end);
  rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  ++number_;
  return true;
}

void split_cells(std::string_view line, char separator, std::vector<std::string_view>& cells) {
  cells.clear();
  while (true) {
    auto at = line.find(separator);
    const auto open = line.find_first_not_of(' ');
    if (open != std::string_view::npos && line[open] == '"' && at != std::string_view::npos) {  // the cell ends behind its second quote
      const auto close = line.find('"', open + 1);
      if (close != std::string_view::npos) at = line.find(separator, close + 1);
    }
    std::string_view cell = line.substr(0, at);
    while (!cell.empty() && (cell.front() == ' ' || cell.front() == '"')) cell.remove_prefix(1);
    while (!cell.empty() && (cell.back() == ' ' || cell.back() == '"')) cell.remove_suffix(1);
    cells.push_back(cell);
    if (at == std::string_view::npos) return;
    line.remove_prefix(at + 1);
  }
}

std::optional<double> parse_cell(std::string_view cell, bool decimal_comma) {
  char buffer[64];
  if (decimal_comma && cell.find(',') != std::string_view::npos) {
    if (cell.size() >= sizeof buffer) return std::nullopt;
    std::transform(cell.begin(), cell.end(), buffer, [](char c) { return c == ',' ? '.' : c; });
    cell = {buffer, cell.size()};
  }
  if (!cell.empty() && cell.front() == '+') cell.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc{} || end != cell.data() + cell.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace bess
