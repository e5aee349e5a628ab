#include "report/text_table.h"

#include <algorithm>

#include "base/error.h"
#include "report/text.h"

namespace bess::report {

namespace {
constexpr std::size_t gap = 2;
}

void TextTable::row(std::vector<std::string> cells) {
  BESS_ASSERT(cells.size() == align_.size());
  rows_.push_back(std::move(cells));
}

void TextTable::rule() { rows_.emplace_back(); }

std::string TextTable::str(bool unicode) const {
  std::vector<std::size_t> width(align_.size());
  for (const std::vector<std::string>& cells : rows_) {
    for (std::size_t c = 0; c < cells.size(); ++c) width[c] = std::max(width[c], display_width(cells[c]));
  }
  std::size_t total = gap * (width.size() - 1);
  for (const std::size_t w : width) total += w;
  std::string text;
  for (const std::vector<std::string>& cells : rows_) {
    std::string line(gap, ' ');
    if (cells.empty()) {
      for (std::size_t i = 0; i < total; ++i) line += unicode ? "─" : "-";
    }
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const std::string padding(width[c] - display_width(cells[c]), ' ');
      line += align_[c] == Align::left ? cells[c] + padding : padding + cells[c];
      if (c + 1 < cells.size()) line.append(gap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace bess::report
