#pragma once
// Prices by product over the periods of a window or a run.

#include <vector>

#include "market/product.h"

namespace bess {

/// Prices of one product by period: what a buyer pays and what a seller gets, EUR/MWh. Of a reserve `sell` alone is used: what is paid for
/// it, EUR/MW/h. Empty: the product is not enabled.
struct ProductPrice {
  std::vector<double> buy, sell;
};
/// What is believed of each product at a decision, or what came true, as its maker says.
using ProductPrices = ByProduct<ProductPrice>;

}  // namespace bess
