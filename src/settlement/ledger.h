#pragma once
// The settlement ledger: books executed quarters at realised prices. It knows what was delivered, what positions were taken and what the
// contract says, and nothing of how that was decided: a second opinion on every plan's money
// (docs/decisions/0004-decision-and-settlement.md).

#include <cstdint>
#include <vector>

#include "asset/battery.h"
#include "generation/site_generation.h"
#include "market/positions.h"
#include "market/product_prices.h"
#include "settlement/books.h"
#include "timeline/project_timeline.h"

namespace bess {

/// What the books follow. Everything is borrowed and must outlive the ledger; fees are per project year.
struct SettlementTerms {
  const ProjectTimeline& timeline;
  const GenerationInput& generation;
  const std::vector<double>& import_fee_eur_per_mwh;
  const std::vector<double>& export_fee_eur_per_mwh;
  MarketSet markets;
  ByMarket<double> capture{for_all_markets(1.0)};
  double auxiliary_power_mw{0};
  double wear_cost_eur_per_mwh{0};
  bool keep_series{false};
};

/// What happened in consecutive executed quarters (vectors of `count` entries, stored energy one more).
struct Execution {
  std::int32_t first{0};
  std::int32_t count{0};
  std::vector<double> grid_charge_mw, self_charge_mw, discharge_mw, curtailed_mw;  ///< as replayed
  std::vector<double> stored_energy_mwh;                                           ///< at the start of each quarter, then at the end
  ByProduct<std::vector<double>> reserve_mw;
  Positions positions;   ///< as sold and bought; what was not delivered of them is no longer in
  ProductPrices prices;  ///< realised
  /// Where the plan bought what it charges and sold what it discharges: the routing that cross-market gains are compared with.
  std::vector<Product> bought_as, sold_as;
  Product generation_sold_as{Product::day_ahead};
  std::vector<double> day_ahead_reference;  ///< day-ahead price whether enabled or not; empty: no data (for auxiliary power)
  std::vector<double> shortfall_mwh;        ///< of the positions, not delivered; empty: none
  BatteryLimits limits;
  double nominal_capacity_mwh{0};  ///< of the cells installed at that time, for EFC
  double worst_drift_mwh{0};
};

/// What the books carry from quarter to quarter.
struct LedgerState {
  double month_peak_mw{0};        ///< highest metered import of the current month so far
  std::int32_t month{-1};         ///< running month that month_peak_mw belongs to …
  std::int32_t month_year{-1};    ///< … and its project year: a month cut by one is billed in two parts
  std::int32_t subsidy_year{-1};  ///< project year of the two sums below
  double solar_subsidised_mwh{0}, wind_subsidised_mwh{0};

  [[nodiscard]] double month_peak_mw_at(std::int32_t in_month, std::int32_t in_year) const {
    return in_month == month && in_year == month_year ? month_peak_mw : 0.0;
  }
};

/// Books executions into days and, when kept, series. One Ledger serves consecutive quarters on one thread; several may write disjoint
/// ranges of the same books.
class Ledger {
 public:
  Ledger(const SettlementTerms& terms, Books& books) : terms_(terms), books_(books) {}

  /// `state` carries the month's import peak and the subsidised energy of the year forward.
  void book(const Execution& done, LedgerState& state);

 private:
  struct Period;
  void book_period(const Execution& done, std::size_t t, DayRecord& day, LedgerState& state);
  void book_generation(const Period& period, DayRecord& day, LedgerState& state);
  void keep(const Execution& done, const Period& period);

  SettlementTerms terms_;
  Books& books_;
};

/// Sizes days, years and (when asked) series of the first `years` project years, so that ledgers can write their ranges.
void open_books(const SettlementTerms& terms, int years, Books& books);

/// When all years are booked: production beyond a year's cap that was banked is paid, at a later year's rate, where that year's cap
/// leaves room; it falls on the year's last day. No plan sees it.
void pay_banked_subsidy(const SettlementTerms& terms, Books& books);

}  // namespace bess
