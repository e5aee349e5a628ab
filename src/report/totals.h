#pragma once
// Sums over settled days. All money in EUR, energy in MWh; sums are compensated, so they do not depend on how days are grouped.

#include <cstdint>
#include <span>
#include <vector>

#include "simulation/simulation.h"

namespace bess::report {

/// The revenue lines of a result (docs/models/report.md). `cross_market_eur` and `generation_sales_eur` are of-which lines: inside the
/// markets, never added.
struct RevenueLines {
  ByMarket<double> market_eur{};
  double solar_subsidy_eur{0}, wind_subsidy_eur{0};
  double cross_market_eur{0};
  double generation_sales_eur{0};
  [[nodiscard]] double market(Market m) const { return market_eur[m]; }
  [[nodiscard]] double markets_eur() const;
  [[nodiscard]] double total_eur() const { return markets_eur() + solar_subsidy_eur + wind_subsidy_eur; }
  /// Every line times `factor` (per MW and year: 1 / (MW · years)).
  [[nodiscard]] RevenueLines scaled(double factor) const;
};

struct Totals {
  RevenueLines revenue;                                                  ///< booked, after capture
  RevenueLines gross;                                                    ///< markets before capture; subsidies and of-which lines as booked
  ByProduct<double> bought_mwh{}, sold_mwh{}, bought_eur{}, sold_eur{};  ///< of energy
  ByProduct<double> reserve_mw_h{}, reserve_eur{};                       ///< of reserves, before capture
  double fee_eur{0}, auxiliary_eur{0}, wear_eur{0};
  double charge_mwh{0}, self_charge_mwh{0}, discharge_mwh{0};
  double generated_mwh{0}, curtailed_mwh{0}, generation_sold_mwh{0};
  double imported_mwh{0}, exported_mwh{0};
  double equivalent_full_cycles{0};
};
[[nodiscard]] Totals totals_of(std::span<const DayRecord> days);

/// Days of one project year (0-based).
[[nodiscard]] std::span<const DayRecord> days_of_year(const SimulationResult& result, std::int32_t project_year);
/// The days cut at the ends of local calendar months, in order.
[[nodiscard]] std::vector<std::span<const DayRecord>> months_of(std::span<const DayRecord> days);

/// The records by date: the two halves of a day that a project year's start cuts become one (its project year is the first half's).
[[nodiscard]] std::vector<DayRecord> days_by_date(std::span<const DayRecord> days);

/// Revenue of all lines of a day.
[[nodiscard]] double day_revenue_eur(const DayRecord& day);
/// The same less the fees on that day's metered energy: what a day is judged by.
[[nodiscard]] double day_net_eur(const DayRecord& day);

}  // namespace bess::report
