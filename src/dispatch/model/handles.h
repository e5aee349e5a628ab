#pragma once
// Where something stands in a stage. Each part of the model (battery_rows.h, reserve_rows.h, …) keeps the handles of what it declared in
// the pattern and fills it through them, so that no coefficient depends on the order in which another part added its terms.
//
// A state, a control, a row and an entry row is its index in the pattern; −1: absent.

#include "lp/pattern.h"
#include "market/product.h"

namespace bess::dispatch {

/// A coefficient: its row (entry row, transition) and its place in it. Written per stage where the pattern does not know it.
struct Coefficient {
  int row{-1};
  int term{-1};
  [[nodiscard]] constexpr bool present() const { return row >= 0; }
};

/// Index of something of each product; −1 where absent.
struct ProductIndex : ByProduct<int> {
  constexpr ProductIndex() { values.fill(-1); }
};

/// Adds a row and gives its index.
constexpr int new_row(lp::Pattern& p, lp::RowKind kind = lp::RowKind::at_least) {
  p.add_row(kind);
  return p.rows - 1;
}
constexpr int new_entry_row(lp::Pattern& p) {
  p.add_entry_row();
  return p.entry_rows - 1;
}
/// Adds a term to a row; `known` is +1 or −1, or 0 for a coefficient that is written per stage.
constexpr Coefficient add_term(lp::Pattern& p, int row, lp::Block block, int variable, int known = 0) {
  lp::Row& r = p.row[static_cast<std::size_t>(row)];
  r.add(block, variable, known);
  return {row, r.size - 1};
}
constexpr Coefficient add_entry_term(lp::Pattern& p, int row, int state, int known = 0) {
  lp::Row& r = p.entry_row[static_cast<std::size_t>(row)];
  r.add(lp::Block::state, state, known);
  return {row, r.size - 1};
}
constexpr Coefficient add_transition_term(lp::Pattern& p, int state, lp::Block block, int variable, int known = 0) {
  lp::Row& r = p.transition[static_cast<std::size_t>(state)];
  r.add(block, variable, known);
  return {state, r.size - 1};
}
/// The row control ≥ 0.
constexpr int not_negative(lp::Pattern& p, int control) {
  const int row = new_row(p);
  add_term(p, row, lp::Block::control, control, 1);
  return row;
}

}  // namespace bess::dispatch
