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

EnergyTrading energy_trading(const ReportInput& input, const Totals& t, std::span<const DayRecord> dates, Product p) {
  EnergyTrading market;
  market.bought_mwh = t.bought_mwh[p];
  market.sold_mwh = t.sold_mwh[p];
  market.bought_eur = t.bought_eur[p];
  market.sold_eur = t.sold_eur[p];
  market.average_buy_price_eur_per_mwh = ratio(market.bought_eur, market.bought_mwh);
  market.average_sell_price_eur_per_mwh = ratio(market.sold_eur, market.sold_mwh);
  market.captured_spread_eur_per_mwh = market.average_sell_price_eur_per_mwh - market.average_buy_price_eur_per_mwh;
  market.capture_percent = 100.0 * input.simulation.run.capture[info_of(p).market];
  market.revenue_eur = t.revenue.market_eur[info_of(p).market];
  const Activity activity = activity_of(dates, [p](const DayRecord& day) { return day.bought_mwh[p] + day.sold_mwh[p]; });
  market.busiest_day = activity.busiest;
  market.idle_days = activity.idle;
  return market;
}

ReserveTrading reserve_trading(const ReportInput& input, const Totals& t, std::span<const DayRecord> dates, Product product) {
  const double capture = input.simulation.run.capture[info_of(product).market];
  const double sold_mw_h = t.reserve_mw_h[product];
  const double gross_eur = t.reserve_eur[product];
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
  for (const Product p : energy_products) {
    if (markets.has(info_of(p).market)) trading.energy[p] = energy_trading(input, t, dates, p);
  }
  for (const Product p : reserve_products) {
    if (markets.has(info_of(p).market)) trading.reserve[p] = reserve_trading(input, t, dates, p);
  }
  trading.busiest_day = activity_of(dates, [](const DayRecord& day) { return day.equivalent_full_cycles; }).busiest;
  trading.idle_days = activity_of(dates, [](const DayRecord& day) {
                        double moved = day.charge_mwh + day.discharge_mwh;
                        for (const Product p : reserve_products) moved += day.reserve_mw_h[p];
                        return moved;
                      }).idle;
  return trading;
}

}  // namespace bess::report
