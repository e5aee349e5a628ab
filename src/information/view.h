#pragma once
// What is believed when. Decisions see prices through a view and in no other way; money is booked at realised prices.
//
// Thread-safety: views are immutable and may be shared by threads.

#include <cstdint>

#include "market/price_set.h"
#include "market/product_prices.h"
#include "timeline/project_timeline.h"

namespace bess {

/// Prices on the project's own quarters, with the growth of each market. Borrows everything.
struct PriceSource {
  const PriceSet& prices;
  const ProjectTimeline& timeline;
  MarketSet markets;                  ///< whose products have prices; others stay empty
  ByMarket<double> trend_per_year{};  ///< fraction, compounding from project year 2
};

/// Factor of a market's prices in a project year (0-based).
[[nodiscard]] double trend_factor(const PriceSource& source, Market market, int project_year);

/// One column over project quarters [first, first + count), with the market's trend.
[[nodiscard]] std::vector<double> column_prices(const PriceSource& source, PriceColumn column, Market market, std::int32_t first,
                                                std::int32_t count);

/// What came true in project quarters [first, first + count).
[[nodiscard]] ProductPrices realised_prices(const PriceSource& source, std::int32_t first, std::int32_t count);

class InformationView {
 public:
  InformationView() = default;
  virtual ~InformationView() = default;
  InformationView(const InformationView&) = delete;
  InformationView& operator=(const InformationView&) = delete;

  /// What is believed at the start of project quarter `at` of the prices of quarters [first, first + count). A peak that is expected from
  /// the past asks for quarters before `at`.
  [[nodiscard]] virtual ProductPrices prices(std::int32_t at, std::int32_t first, std::int32_t count) const = 0;
};

/// Perfect foresight of whatever is asked for: windows ask for nothing beyond their end.
class RealisedView final : public InformationView {
 public:
  explicit RealisedView(const PriceSource& source) : source_(source) {}
  [[nodiscard]] ProductPrices prices(std::int32_t at, std::int32_t first, std::int32_t count) const override;

 private:
  PriceSource source_;
};

}  // namespace bess
