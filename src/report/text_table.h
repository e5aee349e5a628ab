#pragma once
// Aligned columns of UTF-8 text.

#include <string>
#include <vector>

namespace bess::report {

enum class Align { left, right };

class TextTable {
 public:
  explicit TextTable(std::vector<Align> columns) : align_(std::move(columns)) {}
  void row(std::vector<std::string> cells);
  /// A line across the table.
  void rule();
  /// Lines of the table, each indented by two blanks and ended by a newline. `unicode` chooses the line's character.
  [[nodiscard]] std::string str(bool unicode) const;

 private:
  std::vector<Align> align_;
  std::vector<std::vector<std::string>> rows_;  ///< empty: a rule
};

}  // namespace bess::report
