#pragma once
// Internal to the importers: lines and cells of a separated-values text, and its numbers.
//
// Accepted: UTF-8 with or without byte order mark, separators "," ";" and tab (found in the header line), LF, CRLF or CR, cells in
// double quotes ("" inside stands for one quote; a cell ends with its line), blank lines, separators at the end of a line.

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace bess {

struct CsvCell {
  std::string_view text{};  ///< without quotes and surrounding blanks
  bool quoted{false};
};

/// The text behind a byte order mark, or the issue (code `encoding`) that says why it is none.
[[nodiscard]] std::optional<Issue> check_encoding(std::string_view& text, std::string_view file);

/// The issue (code `too_large`) of the first line with more than max_csv_columns cells, found before any line is split. A text without
/// line feeds has carriage returns for line ends, if `carriage_returns`.
inline constexpr std::size_t max_csv_columns = 4096;
[[nodiscard]] std::optional<Issue> check_width(std::string_view text, std::string_view file, bool carriage_returns = true);

/// ";" when the line has one outside quotes, else tab, else ",".
[[nodiscard]] char separator_of(std::string_view line);

/// Reads a text line by line. Cells are views into the text or into the reader, valid until it goes.
class CsvReader {
 public:
  CsvReader(std::string_view text, char separator);
  /// Moves to the next line that is not blank; false at the end.
  bool next();
  [[nodiscard]] std::span<const CsvCell> cells() const { return cells_; }
  /// 1-based line of the text.
  [[nodiscard]] std::size_t row() const { return row_; }
  [[nodiscard]] std::string_view line() const { return line_; }

 private:
  bool take_line();
  void split_plain();
  void split_quoted();

  std::string_view text_;
  char separator_;
  char line_end_;
  std::size_t position_{0};
  std::size_t row_{0};
  std::string_view line_;
  std::vector<CsvCell> cells_;
  std::deque<std::string> unescaped_;
};

/// How a file writes numbers.
struct NumberStyle {
  char decimal{'.'};
  char separator{','};
};

/// Collects what the cells of a file say about its decimal mark.
class NumberStyleVote {
 public:
  void add(std::string_view cell);
  [[nodiscard]] NumberStyle decide(char separator) const;

 private:
  std::int64_t point_{0}, comma_{0};              ///< cells that can only be read with this mark
  std::int64_t maybe_point_{0}, maybe_comma_{0};  ///< "1.234", "1,234"
};

enum class NumberStatus : std::uint8_t { number, missing, bad, ambiguous };
struct NumberCell {
  NumberStatus status{NumberStatus::missing};
  double value{0.0};  ///< NaN unless a number
};
/// Empty, "NaN", "n/a", "n/e", "na", "null" and "-" are missing. "1,234" is ambiguous where "," separates cells,
/// and where ";" does in a file of decimal points.
[[nodiscard]] NumberCell read_number(std::string_view cell, NumberStyle style);

/// Lower case without blanks, underscores and a byte order mark: how headers are compared.
[[nodiscard]] std::string normalised_header(std::string_view name);

}  // namespace bess
