#include "report/trading.h"

#include <algorithm>

namespace bess::report {

namespace {

constexpr double idle_below = 1e-6;  ///< MWh, MW-hours or cycles of a day

double ratio(double numerator, double denominator) { return denominator > idle_below ? numerator / denominator : undefined; }

struct Activity {
  std::optional<DayMark> busiest;
  std::int64_t idle{0};
};

template <class Volume>
Activity activity_of(std::span<const DayRecord> dates, Volume volume) {
  Activity activity;
  for (const DayRecord& day : dates) {
    const double value = volume(day);
    if (value < idle_below) {
      ++activity.idle;
    } else if (!activity.busiest || value > activity.busiest->value) {
      activity.busiest = DayMark{day.date, value};
    }
  }
  return activity;
}

EnergyTrading energy_trading(const ReportInput& input, const Totals& t, std::span<const DayRecord> dates, std::size_t m) {
  EnergyTrading market;
  market.bought_mwh = t.bought_mwh[m];
  market.sold_mwh = t.sold_mwh[m];
  market.bought_eur = t.bought_eur[m];
  market.sold_eur = t.sold_eur[m];
  market.average_buy_price_eur_per_mwh = ratio(market.bought_eur, market.bought_mwh);
  market.average_sell_price_eur_per_mwh = ratio(market.sold_eur, market.sold_mwh);
  market.captured_spread_eur_per_mwh = market.average_sell_price_eur_per_mwh - market.average_buy_price_eur_per_mwh;
  market.capture_percent = 100.0 * input.simulation.run.capture[m];
  market.revenue_eur = t.revenue.market_eur[m];
  const Activity activity = activity_of(dates, [m](const DayRecord& day) { return day.bought_mwh[m] + day.sold_mwh[m]; });
  market.busiest_day = activity.busiest;
  market.idle_days = activity.idle;
  return market;
}

/// `gross_eur` before capture.
ReserveTrading reserve_trading(const ReportInput& input, std::span<const DayRecord> dates, std::size_t product, Market market,
                               double sold_mw_h, double gross_eur) {
  const double capture = input.simulation.run.capture[static_cast<std::size_t>(market)];
  ReserveTrading reserve;
  reserve.sold_mw_h = sold_mw_h;
  reserve.mean_sold_mw = sold_mw_h / (quarter_h * input.result.quarters);
  reserve.average_price_eur_per_mw_h = ratio(gross_eur, sold_mw_h);
  reserve.capture_percent = 100.0 * capture;
  reserve.revenue_eur = capture * gross_eur;
  const Activity activity = activity_of(dates, [product](const DayRecord& day) { return day.reserve_mw_h[product]; });
  reserve.busiest_day = activity.busiest;
  reserve.idle_days = activity.idle;
  return reserve;
}

}  // namespace

Trading make_trading(const ReportInput& input, const Totals& t) {
  const MarketSet& markets = input.result.markets;
  const std::vector<DayRecord> dates = days_by_date(input.result.days);
  Trading trading;
  for (std::size_t m = 0; m < energy_markets; ++m) {
    if (markets.enabled[m]) trading.energy[m] = energy_trading(input, t, dates, m);
  }
  if (markets.has(Market::fcr)) {
    trading.fcr = reserve_trading(input, dates, 0, Market::fcr, t.reserve_mw_h[0], t.gross.market(Market::fcr));
  }
  if (markets.has(Market::afrr)) {
    trading.afrr_up = reserve_trading(input, dates, 1, Market::afrr, t.reserve_mw_h[1], t.afrr_up_eur);
    trading.afrr_down = reserve_trading(input, dates, 2, Market::afrr, t.reserve_mw_h[2], t.afrr_down_eur);
  }
  trading.busiest_day = activity_of(dates, [](const DayRecord& day) { return day.equivalent_full_cycles; }).busiest;
  trading.idle_days = activity_of(dates, [](const DayRecord& day) {
                        return day.charge_mwh + day.discharge_mwh + day.reserve_mw_h[0] + day.reserve_mw_h[1] + day.reserve_mw_h[2];
                      }).idle;
  return trading;
}

}  // namespace bess::report
