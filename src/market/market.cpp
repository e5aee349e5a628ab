#include "market/market.h"

#include <algorithm>

namespace bess {

namespace {
constexpr std::array<std::string_view, 5> names{"day_ahead", "intraday", "imbalance", "afrr", "fcr"};
}

std::string_view to_string(Market market) { return names[static_cast<std::size_t>(market)]; }

std::optional<Market> parse_market(std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return all_markets[static_cast<std::size_t>(found - names.begin())];
}

}  // namespace bess
