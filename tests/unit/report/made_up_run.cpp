#include "made_up_run.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.h"

namespace bess::report {

using namespace std::chrono_literals;

namespace {

constexpr double pi = std::numbers::pi;

void fill_years(MadeUpRun& run) {
  for (YearRecord& year : run.result.year) {
    year.round_trip_efficiency_start = year.round_trip_efficiency_end = year.round_trip_efficiency_last = 0.81;
    year.capacity_start_mwh = year.capacity_last_mwh = run.simulation.site.battery.nominal_capacity_mwh;
  }
}

void fill_busy_day(DayRecord& day, std::int64_t index, RandomStream& random) {
  const double season = std::cos(2.0 * pi * static_cast<double>(index) / 365.25);
  const auto noise = [&] { return random.normal(); };
  day.revenue_eur = {900.0 + 250.0 * season + 350.0 * noise(), 260.0 + 160.0 * noise(), 700.0 + 900.0 * noise(), 420.0 + 60.0 * noise(),
                     330.0 - 100.0 * season + 50.0 * noise()};
  if (random.chance(0.02)) day.revenue_eur[Market::imbalance] += 9000.0 * random.uniform();
  day.gross_revenue_eur = day.revenue_eur;
  day.fee_eur = 40.0 + 10.0 * random.uniform();
  day.charge_mwh = 30.0 + 5.0 * noise();
  day.discharge_mwh = 0.88 * day.charge_mwh;
  day.equivalent_full_cycles = (0.9487 * day.charge_mwh + day.discharge_mwh / 0.9487) / 40.0;
  for (const auto& [product, share] : {std::pair{Product::day_ahead, 0.5}, {Product::intraday, 0.3}, {Product::imbalance, 0.2}}) {
    day.bought_mwh[product] = share * day.charge_mwh;
    day.sold_mwh[product] = share * day.discharge_mwh;
  }
  for (const Product p : energy_products) {
    day.bought_eur[p] = 35.0 * day.bought_mwh[p];
    day.sold_eur[p] = day.bought_eur[p] + day.revenue_eur[info_of(p).market];
  }
  day.reserve_mw_h[Product::fcr] = 48.0;
  day.reserve_mw_h[Product::afrr_up] = day.reserve_mw_h[Product::afrr_down] = 60.0;
  day.reserve_eur[Product::fcr] = day.revenue_eur[Market::fcr];
  day.reserve_eur[Product::afrr_up] = day.reserve_eur[Product::afrr_down] = 0.5 * day.revenue_eur[Market::afrr];
  day.imported_mwh = day.charge_mwh;
  day.exported_mwh = day.discharge_mwh;
  day.highest_import_mw = 9.8;
}

}  // namespace

MadeUpRun empty_run(LocalDate start, int years, const std::function<double(std::int32_t)>& price) {
  const MarketCalendar calendar("Europe/Amsterdam");
  MadeUpRun run;
  PriceSet& prices = run.simulation.prices;
  prices.name = "made up";
  prices.start = calendar.day_start(2023y / 1 / 1);
  prices.quarters = static_cast<std::int32_t>((calendar.day_start(2026y / 1 / 1) - prices.start) / quarter_hour);
  auto column = std::make_shared<std::vector<double>>(static_cast<std::size_t>(prices.quarters), 50.0);
  if (price) {
    for (std::int32_t q = 0; q < prices.quarters; ++q) (*column)[static_cast<std::size_t>(q)] = price(q);
  }
  prices.column[static_cast<std::size_t>(PriceColumn::day_ahead)] = column;
  prices.quality[static_cast<std::size_t>(PriceColumn::day_ahead)] = {.rows = 26'304, .interpolated = 3, .resolution_minutes = 60};

  TimelineRequest request;
  request.start = calendar.day_start(start);
  request.years = years;
  request.data_start = prices.start;
  request.data_quarters = prices.quarters;
  run.simulation.timeline = std::make_shared<const ProjectTimeline>(build_timeline(calendar, request).value());

  BatterySpec& battery = run.simulation.site.battery;
  battery.power_mw = 2.0;
  battery.nominal_capacity_mwh = 4.0;
  battery.round_trip_efficiency = 0.81;
  run.simulation.run.years = years;
  run.simulation.run.markets.add(Market::day_ahead);
  run.simulation.run.markets.add(Market::fcr);
  run.economics.life_years = years;

  SimulationResult& result = run.result;
  result.timeline = run.simulation.timeline;
  result.markets = run.simulation.run.markets;
  result.years = years;
  result.quarters = result.timeline->quarters;
  for (const ProjectDay& day : result.timeline->days) {
    DayRecord record;
    record.date = day.date;
    record.project_year = day.year;
    result.days.push_back(record);
  }
  result.year.resize(static_cast<std::size_t>(years));
  fill_years(run);
  result.final_state = new_battery(battery, 0.5);
  return run;
}

DayRecord& day_of(MadeUpRun& run, LocalDate date) { return *std::ranges::find(run.result.days, date, &DayRecord::date); }

MadeUpRun busy_run(LocalDate start, int years) {
  MadeUpRun run = empty_run(start, years, [](std::int32_t q) { return 70.0 + 40.0 * std::sin(2.0 * pi * q / 96.0); });
  run.title = "Busy battery";
  run.simulation.prices.synthetic = true;
  run.simulation.site.battery.power_mw = 10.0;
  run.simulation.site.battery.nominal_capacity_mwh = 20.0;
  for (const Market m : all_markets) run.simulation.run.markets.add(m);
  run.result.markets = run.simulation.run.markets;
  run.economics.economics.capex_eur = 6e6;
  run.economics.economics.opex_eur_per_year = 120'000.0;
  RandomStream random(7, "busy");
  std::int64_t index = 0;
  for (DayRecord& day : run.result.days) fill_busy_day(day, index++, random);
  fill_years(run);
  for (const DayRecord& day : run.result.days) {
    YearRecord& year = run.result.year[static_cast<std::size_t>(day.project_year)];
    year.equivalent_full_cycles += day.equivalent_full_cycles;
    year.state_of_health_end = 1.0 - 3e-5 * year.equivalent_full_cycles - 0.01;
    year.bound_eur = 1.3e6;
    year.bound_basis_eur = 1.1e6;
  }
  run.result.provenance.windows = 122 * years;
  run.result.provenance.lps = 850 * years;
  run.result.provenance.worst_direction_gap = 8e-4;
  run.result.provenance.total_direction_gap_eur = 100.0;
  run.result.provenance.total_bound_eur = 1e6;
  return run;
}

void add_series(MadeUpRun& run) {
  SeriesColumns& s = run.result.series;
  const auto n = static_cast<std::size_t>(run.result.quarters);
  for (auto* column : {&s.charge_mw, &s.discharge_mw, &s.grid_charge_mw, &s.self_charge_mw, &s.generation_mw, &s.curtailed_mw,
                       &s.net_export_mw, &s.stored_energy_mwh, &s.state_of_health, &s.round_trip_efficiency, &s.reserve_mw[Product::fcr],
                       &s.reserve_mw[Product::afrr_up], &s.reserve_mw[Product::afrr_down]}) {
    column->assign(n, 0.0);
  }
  for (std::size_t q = 0; q < n; ++q) s.charge_mw[q] = static_cast<double>(q);
  const auto of = [&](Market market, std::initializer_list<std::vector<double>*> columns) {
    if (!run.result.markets.has(market)) return;
    for (auto* column : columns) column->assign(n, 0.0);
  };
  for (const Market market : all_markets) of(market, {&s.revenue_eur[market]});
  of(Market::day_ahead, {&s.position_mw[Product::day_ahead], &s.price[Product::day_ahead].sell});
  of(Market::intraday, {&s.position_mw[Product::intraday], &s.price[Product::intraday].sell});
  of(Market::imbalance, {&s.position_mw[Product::imbalance], &s.price[Product::imbalance].buy, &s.price[Product::imbalance].sell});
  of(Market::afrr, {&s.price[Product::afrr_up].sell, &s.price[Product::afrr_down].sell});
  of(Market::fcr, {&s.price[Product::fcr].sell});
}

}  // namespace bess::report
