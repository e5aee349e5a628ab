#pragma once
// What is bought and sold of energy products, by period.

#include <cstddef>
#include <vector>

#include "market/product.h"

namespace bess {

/// Of one energy product, both ≥ 0, MW (net position = sold − bought).
struct Position {
  std::vector<double> bought_mw, sold_mw;
};
/// Of every energy product.
using Positions = ByProduct<Position>;
/// Zeros for every energy product.
[[nodiscard]] Positions no_positions(std::size_t periods);
/// Periods [first, first + count); a product without positions keeps none.
[[nodiscard]] Positions part_of(const Positions& positions, std::size_t first, std::size_t count);
void append(Positions& all, const Positions& more);

}  // namespace bess
