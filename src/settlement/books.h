#pragma once
// What settlement writes: days, subsidised energy by year, and quarter-hour columns.

#include <cstdint>
#include <vector>

#include "market/product_prices.h"
#include "timeline/calendar.h"

namespace bess {

/// Money and energy of one local market day, settled. EUR and MWh.
struct DayRecord {
  LocalDate date{};
  std::int32_t project_year{0};
  ByMarket<double> revenue_eur{};                                        ///< net of capture
  ByMarket<double> gross_revenue_eur{};                                  ///< before capture
  ByProduct<double> bought_mwh{}, sold_mwh{}, bought_eur{}, sold_eur{};  ///< of energy: gross, at realised prices
  ByProduct<double> reserve_mw_h{};                                      ///< of reserves: MW times hours sold
  ByProduct<double> reserve_eur{};                                       ///< of reserves: before capture
  double cross_market_eur{0};                                            ///< of which line
  double generation_sales_eur{0};                                        ///< of which line
  double solar_subsidy_eur{0}, wind_subsidy_eur{0};
  double fee_eur{0};                                           ///< import and export fees on the metered net flow (part of grid cost)
  double auxiliary_eur{0};                                     ///< cost of auxiliary power, booked in day-ahead revenue (negative there)
  double wear_eur{0};                                          ///< memo, never cash
  double charge_mwh{0}, self_charge_mwh{0}, discharge_mwh{0};  ///< AC; charge includes self charge
  double generated_mwh{0}, curtailed_mwh{0}, generation_sold_mwh{0};
  double imported_mwh{0}, exported_mwh{0};  ///< metered net
  double highest_import_mw{0};
  double equivalent_full_cycles{0};
  double delivery_shortfall_mwh{0};  ///< sold or bought by the plan and not delivered or taken by the replay
  double replay_drift_mwh{0};        ///< worst difference between plan and replay
};

/// Of one project year and generator: production whose subsidy was paid, and what would have been but for the cap.
struct SubsidisedEnergy {
  double paid_mwh{0};
  double beyond_cap_mwh{0};
};

/// Quarter-hour columns of docs/models/report.md, one entry per executed quarter. Empty unless kept; NaN-free. What is charged while
/// generation is sold counts as self-charged, whatever market the plan traded it in.
struct SeriesColumns {
  std::vector<double> charge_mw, discharge_mw, grid_charge_mw, self_charge_mw, generation_mw, curtailed_mw, net_export_mw;
  std::vector<double> stored_energy_mwh, state_of_health, round_trip_efficiency;
  ByProduct<std::vector<double>> reserve_mw;   ///< of every reserve, enabled or not
  ByProduct<std::vector<double>> position_mw;  ///< of energy, net sold
  ByMarket<std::vector<double>> revenue_eur;
  ProductPrices price;  ///< realised, trend included; `buy` of two-price products alone
};

struct Books {
  std::vector<DayRecord> days;
  std::vector<SubsidisedEnergy> solar_subsidised, wind_subsidised;  ///< by project year
  SeriesColumns series;
};

}  // namespace bess
