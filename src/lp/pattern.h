#pragma once
// The shape of one stage of a staged LP: which variables meet in which row. A pattern is a literal type, so that the same
// constexpr function describes a shape to the model builder at run time and to a specialised kernel at compile time.
//
// Symbols: x = state entering the stage (after its entry, see staged_lp.h), u = controls, x⁺ = state leaving the stage.

#include <array>
#include <cstddef>
#include <cstdint>

namespace bess::lp {

/// Room for more than any window has today; add_state, add_control, add_row and Row::add check it in every build.
inline constexpr int max_states = 12;
inline constexpr int max_controls = 14;
inline constexpr int max_rows = 48;
inline constexpr int max_terms = 14;

/// Reports a pattern that does not fit. Not constexpr: such a pattern made at compile time is a compile error.
[[noreturn]] void pattern_too_large(const char* what);

enum class Block : std::uint8_t { next, control, state };  ///< x⁺, u, x

/// One variable in a row. `constant` is the coefficient when it is +1 or −1 in every stage; 0 means that the coefficient
/// is stored per stage.
struct Term {
  Block block{Block::state};
  std::uint8_t index{0};
  std::int8_t constant{0};
  friend constexpr bool operator==(const Term&, const Term&) = default;
};

enum class RowKind : std::uint8_t { at_least, equal };

/// A row (or a transition): a sum of terms. Each variable appears at most once in a row.
struct Row {
  std::array<Term, max_terms> terms{};
  std::uint8_t size{0};
  RowKind kind{RowKind::at_least};
  constexpr void add(Block block, int index, int constant = 0) {
    if (size >= max_terms) pattern_too_large("terms in a row");
    terms[size] = Term{block, static_cast<std::uint8_t>(index), static_cast<std::int8_t>(constant)};
    ++size;
  }
  /// How many coefficients a stage stores for this row.
  [[nodiscard]] constexpr int stored() const {
    int n = 0;
    for (int i = 0; i < size; ++i) n += terms[static_cast<std::size_t>(i)].constant == 0 ? 1 : 0;
    return n;
  }
  friend constexpr bool operator==(const Row&, const Row&) = default;
};

/// The shape of a stage. Rows may touch x⁺, u and x; entry rows touch x only; a transition gives one component of x⁺ from
/// x and u (its constant part is stored per stage).
struct Pattern {
  int states{0};
  int controls{0};
  int rows{0};
  int entry_rows{0};
  std::array<Row, max_states> transition{};
  std::array<Row, max_rows> row{};
  std::array<Row, max_rows> entry_row{};

  /// Adds a state (a control) and gives its index.
  constexpr int add_state() {
    if (states >= max_states) pattern_too_large("states");
    return states++;
  }
  constexpr int add_control() {
    if (controls >= max_controls) pattern_too_large("controls");
    return controls++;
  }
  constexpr Row& add_row(RowKind kind = RowKind::at_least) {
    if (rows >= max_rows) pattern_too_large("rows");
    Row& added = row[static_cast<std::size_t>(rows++)];
    added.kind = kind;
    return added;
  }
  constexpr Row& add_entry_row() {
    if (entry_rows >= max_rows) pattern_too_large("entry rows");
    return entry_row[static_cast<std::size_t>(entry_rows++)];
  }

  [[nodiscard]] constexpr int stored_in_transitions() const { return stored(transition, states); }
  [[nodiscard]] constexpr int stored_in_rows() const { return stored(row, rows); }
  [[nodiscard]] constexpr int stored_in_entry_rows() const { return stored(entry_row, entry_rows); }
  /// Position of the first stored coefficient of row r among those of its stage.
  [[nodiscard]] constexpr int row_offset(int r) const { return stored(row, r); }
  [[nodiscard]] constexpr int entry_row_offset(int r) const { return stored(entry_row, r); }
  [[nodiscard]] constexpr int transition_offset(int i) const { return stored(transition, i); }
  friend constexpr bool operator==(const Pattern&, const Pattern&) = default;

 private:
  template <std::size_t N>
  [[nodiscard]] static constexpr int stored(const std::array<Row, N>& list, int count) {
    int n = 0;
    for (int i = 0; i < count; ++i) n += list[static_cast<std::size_t>(i)].stored();
    return n;
  }
};

}  // namespace bess::lp
