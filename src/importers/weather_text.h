#pragma once
// Lines, cells and numbers of weather files.

#include <optional>
#include <string_view>
#include <vector>

namespace bess {

/// Hands out lines with their 1-based number, without line ends (LF, CRLF, or CR alone). The text must outlive it.
class TextLines {
 public:
  explicit TextLines(std::string_view text);
  bool next(std::string_view& line);
  [[nodiscard]] std::size_t number() const { return number_; }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
  char end_;
  std::size_t number_{0};
};

/// Splits a line into cells, without the blanks and quotes around them; a separator in quotes does not end a cell.
void split_cells(std::string_view line, char separator, std::vector<std::string_view>& cells);

/// A finite number, nothing before or after it; a decimal comma counts where `decimal_comma` says so.
[[nodiscard]] std::optional<double> parse_cell(std::string_view cell, bool decimal_comma);

}  // namespace bess
