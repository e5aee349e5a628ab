#include "market/positions.h"

namespace bess {

namespace {

std::vector<double> part(const std::vector<double>& all, std::size_t first, std::size_t count) {
  if (all.empty()) return {};
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

Positions no_positions(std::size_t periods) {
  Positions none;
  for (const Product p : energy_products) none[p] = {std::vector<double>(periods, 0.0), std::vector<double>(periods, 0.0)};
  return none;
}

Positions part_of(const Positions& positions, std::size_t first, std::size_t count) {
  Positions some;
  for (const Product p : energy_products) some[p] = {part(positions[p].bought_mw, first, count), part(positions[p].sold_mw, first, count)};
  return some;
}

void append(Positions& all, const Positions& more) {
  for (const Product p : energy_products) {
    all[p].bought_mw.insert(all[p].bought_mw.end(), more[p].bought_mw.begin(), more[p].bought_mw.end());
    all[p].sold_mw.insert(all[p].sold_mw.end(), more[p].sold_mw.begin(), more[p].sold_mw.end());
  }
}

}  // namespace bess
