#pragma once
// Walking the terms of a row: the one place that knows how constant and stored coefficients interleave.

#include "lp/pattern.h"

namespace bess::lp {

/// Calls visit(term, coefficient) for each term; `stored` points at the row's first stored coefficient. Returns the
/// position after its last one.
template <class Visit>
const double* for_each_term(const Row& row, const double* stored, Visit&& visit) {
  for (std::size_t t = 0; t < row.size; ++t) {
    const Term& term = row.terms[t];
    visit(term, term.constant != 0 ? static_cast<double>(term.constant) : *stored++);
  }
  return stored;
}

}  // namespace bess::lp
