#pragma once
// Internal to the importers: the names of a header line.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "importers/csv_reader.h"

namespace bess {

class HeaderNames {
 public:
  HeaderNames(std::span<const CsvCell> cells, const std::string& file, std::size_t row);
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] const std::string& operator[](std::size_t i) const { return names_[i]; }
  [[nodiscard]] const std::string& normalised(std::size_t i) const { return normalised_[i]; }
  /// The cell of a name: exactly, else without regard to case, blanks and underscores, else the only one that has it before a unit or note
  /// in brackets ("day_ahead [ct/kWh]").
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  [[nodiscard]] std::optional<std::size_t> find_any(std::span<const std::string_view> candidates) const;
  /// The first cell whose normalised name fits a pattern ("*" stands for any text), from cell `from` on.
  [[nodiscard]] std::optional<std::size_t> find_pattern(std::string_view pattern, std::size_t from = 0) const;
  /// Reports a name that stands over two cells.
  void check_unique(std::size_t cell, Issues& issues) const;
  [[nodiscard]] std::string list() const;

 private:
  const std::string& file_;
  std::size_t row_;
  std::vector<std::string> names_;
  std::vector<std::string> normalised_;
  std::vector<std::string> bare_;  ///< normalised, without brackets at the end
};

/// Does a text fit a pattern whose "*" stand for any text?
[[nodiscard]] bool fits_pattern(std::string_view text, std::string_view pattern);

}  // namespace bess
