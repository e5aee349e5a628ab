#pragma once
// Projects for the simulation tests: a battery on sample prices, and a small reader of the real price files.

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "market/sample.h"
#include "simulation/simulation.h"
#include "support/shared_data.h"

namespace bess::test {

inline MarketSet markets_of(std::initializer_list<Market> list) {
  MarketSet set;
  for (const Market m : list) set.add(m);
  return set;
}

inline std::shared_ptr<const ProjectTimeline> timeline_of(const PriceSet& prices, LocalDate start, int years) {
  const MarketCalendar calendar = MarketCalendar::for_country(prices.country);
  TimelineRequest request;
  request.start = calendar.day_start(start);
  request.years = years;
  request.data_start = prices.start;
  request.data_quarters = prices.quarters;
  auto timeline = build_timeline(calendar, request);
  EXPECT_TRUE(timeline.has_value());
  return std::make_shared<const ProjectTimeline>(std::move(timeline).value());
}

/// 10 MW / 20 MWh, 10–90 %, RTE 90 %, no ageing, unlimited connection, one year.
inline SimulationInput plain_project(PriceSet prices, LocalDate start, int years, MarketSet markets) {
  SimulationInput input;
  input.site.battery.nominal_capacity_mwh = 20.0;
  input.site.battery.power_mw = 10.0;
  input.site.battery.availability = 1.0;
  input.site.battery.degradation.fade_per_cycle = 0.0;
  input.site.battery.degradation.fade_per_year = 0.0;
  input.site.connection = {100.0, 100.0};
  input.run.years = years;
  input.run.markets = markets;
  input.prices = std::move(prices);
  input.timeline = timeline_of(input.prices, start, years);
  return input;
}

/// Values of one column of a file of ../shared/data, in file order; empty cells are NaN.
inline std::vector<double> read_column(const std::string& file, std::size_t column) {
  std::ifstream in(shared("data/" + file));
  std::vector<double> values;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    std::string cell;
    for (std::size_t c = 0; c <= column; ++c) std::getline(cells, cell, ',');
    values.push_back(cell.empty() ? std::numeric_limits<double>::quiet_NaN() : std::stod(cell));
  }
  return values;
}

inline SharedColumn held(const std::vector<double>& values, int quarters_each, std::size_t count) {
  auto column = std::make_shared<std::vector<double>>();
  for (const double v : values) column->insert(column->end(), static_cast<std::size_t>(quarters_each), v);
  column->resize(count, std::numeric_limits<double>::quiet_NaN());
  return column;
}

/// Real Dutch prices of a year: hourly day-ahead from the file's hour `skip` on, and quarter-hour imbalance.
inline PriceSet dutch_year(const char* start, std::int32_t quarters, const char* day_ahead_file, std::ptrdiff_t skip,
                           const char* imbalance_file) {
  PriceSet prices;
  prices.country = "NL";
  prices.start = *parse_instant(start);
  prices.quarters = quarters;
  const auto n = static_cast<std::size_t>(quarters);
  std::vector<double> day_ahead = read_column(day_ahead_file, 1);
  day_ahead.erase(day_ahead.begin(), day_ahead.begin() + skip);
  day_ahead.resize(n / 4);
  prices.column[static_cast<std::size_t>(PriceColumn::day_ahead)] = held(day_ahead, 4, n);
  prices.column[static_cast<std::size_t>(PriceColumn::imbalance_feed)] = held(read_column(imbalance_file, 1), 1, n);
  prices.column[static_cast<std::size_t>(PriceColumn::imbalance_take)] = held(read_column(imbalance_file, 2), 1, n);
  return prices;
}
inline PriceSet dutch_2024() { return dutch_year("2023-12-31T23:00:00Z", 35136, "nl_day_ahead_2024_2025.csv", 0, "nl_imbalance_2024.csv"); }
inline PriceSet dutch_2021() {
  return dutch_year("2020-12-31T23:00:00Z", 35040, "nl_day_ahead_2019_2022.csv", std::ptrdiff_t{24} * (365 + 366), "nl_imbalance_2021.csv");
}

/// Values of 4-hour local blocks of 2024 over their quarter-hours: 3 hours on 31 March, 5 on 27 October.
inline SharedColumn held_blocks(const std::vector<double>& blocks, bool per_block, std::size_t count) {
  constexpr std::size_t short_block = std::size_t{90} * 6;
  constexpr std::size_t long_block = std::size_t{300} * 6;
  auto column = std::make_shared<std::vector<double>>();
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const std::size_t hours = b == short_block ? 3 : b == long_block ? 5 : 4;
    column->insert(column->end(), 4 * hours, per_block ? blocks[b] / static_cast<double>(hours) : blocks[b]);
  }
  EXPECT_EQ(column->size(), count);
  return column;
}

/// The same with all five markets: Dutch FCR and, standing in for Dutch series, German ID3 (hourly) and mean aFRR prices.
inline PriceSet dutch_2024_five() {
  PriceSet prices = dutch_2024();
  const auto n = static_cast<std::size_t>(prices.quarters);
  std::vector<double> intraday = read_column("de_id3_hourly_2023_2024.csv", 1);
  intraday.erase(intraday.begin(), intraday.begin() + 8760);
  prices.column[static_cast<std::size_t>(PriceColumn::intraday)] = held(intraday, 4, n);
  prices.column[static_cast<std::size_t>(PriceColumn::fcr)] = held_blocks(read_column("fcr_capacity_2024.csv", 3), true, n);
  prices.column[static_cast<std::size_t>(PriceColumn::afrr_up)] = held_blocks(read_column("de_fcr_afrr_capacity_2024.csv", 5), false, n);
  prices.column[static_cast<std::size_t>(PriceColumn::afrr_down)] = held_blocks(read_column("de_fcr_afrr_capacity_2024.csv", 8), false, n);
  return prices;
}

/// The first `days` of a project, so that a run takes milliseconds.
inline SimulationInput cut_to(SimulationInput input, int days) {
  auto cut = std::make_shared<ProjectTimeline>(*input.timeline);
  cut->days.resize(static_cast<std::size_t>(days));
  cut->quarters = cut->days.back().first_quarter + cut->days.back().quarters;
  cut->year_first_day = {0, days};
  cut->year_first_quarter = {0, cut->quarters};
  input.timeline = cut;
  return input;
}

inline double total_revenue(const SimulationResult& r) {
  double sum = 0.0;
  for (const DayRecord& d : r.days) {
    for (const double eur : d.revenue_eur.values) sum += eur;
  }
  return sum;
}

}  // namespace bess::test
