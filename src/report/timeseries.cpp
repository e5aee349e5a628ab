#include "report/timeseries.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <ostream>
#include <utility>

#include "base/number_range.h"

namespace bess::report {

namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20U;
constexpr std::size_t number_bytes = 40;
constexpr int ratio_decimals = 9;
constexpr std::array<double, 16> powers{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
constexpr int most_decimals = static_cast<int>(powers.size()) - 1;

char* put(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

char* put_digits(char* at, std::uint64_t value, int digits) {
  for (int i = digits; i-- > 0; value /= 10) at[i] = static_cast<char>('0' + value % 10);
  return at + digits;
}

/// "2024-03-31T01:00:00Z"
class StampWriter {
 public:
  char* write(char* at, Instant t) {
    const auto day = std::chrono::floor<std::chrono::days>(t);
    if (day != day_) {
      day_ = day;
      date_ = format_date(LocalDate(day));
    }
    const auto second = static_cast<unsigned>((t - day).count());
    at = put(at, date_);
    *at++ = 'T';
    at = put_digits(at, second / 3600, 2);
    *at++ = ':';
    at = put_digits(at, second / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, second % 60, 2);
    *at++ = 'Z';
    return at;
  }

 private:
  std::chrono::sys_days day_{std::chrono::sys_days::min()};
  std::string date_;
};

/// What a battery moves, holds and earns is rounded to 1e-9 MW, MWh and EUR; of one below 1 kW to a millionth of its power.
int decimals_for(const SimulationResult& result) {
  constexpr double kilowatt_mw = 1e-3;
  constexpr int decimals = 9;
  const double power_mw = result.final_state.limits.power_mw;
  if (!(power_mw > 0.0) || power_mw >= kilowatt_mw) return decimals;
  return std::min(most_decimals, decimals + static_cast<int>(std::ceil(std::log10(kilowatt_mw / std::max(power_mw, least_number)) - 1e-6)));
}

/// Prices and positions of a market's products, then its revenue.
void add_market_columns(std::vector<TimeseriesColumn>& columns, const SeriesColumns& s, const MarketSet& markets, int decimals) {
  constexpr int price_decimals = 6;
  for (const Market market : all_markets) {
    if (!markets.has(market)) continue;
    for (const ProductInfo& info : product_table) {
      if (info.market != market) continue;
      const bool energy = is_energy(info.kind);
      const std::string_view suffix = energy ? "eur_per_mwh" : "eur_per_mw_h";
      const auto price = [&](PriceColumn column, std::span<const double> values, std::string help) {
        columns.push_back({fmt::format("{}_price_{}", to_string(column), suffix), values, energy ? "EUR/MWh" : "EUR/MW/h", std::move(help),
                           price_decimals, true});
      };
      if (info.kind == ProductKind::two_price) price(info.buy, s.price[info.id].buy, fmt::format("{}: price of a buyer", info.label));
      price(info.sell, s.price[info.id].sell,
            fmt::format("{}: price{}", info.label, info.kind == ProductKind::two_price ? " of a seller" : ""));
      if (energy) {
        columns.push_back({fmt::format("{}_position_mw", info.name), s.position_mw[info.id], "MW",
                           fmt::format("{}: sold; negative: bought", info.label), decimals, true});
      }
    }
    columns.push_back({fmt::format("{}_revenue_eur", to_string(market)), s.revenue_eur[market], "EUR",
                       fmt::format("{}: booked, after capture_percent", info_of(market).label), decimals, true});
  }
}

std::vector<TimeseriesColumn> columns_of(const SeriesColumns& s, const MarketSet& markets, int decimals) {
  std::vector<TimeseriesColumn> columns{
      {"charge_mw", s.charge_mw, "MW", "into the battery, AC", decimals},
      {"discharge_mw", s.discharge_mw, "MW", "out of the battery, AC", decimals},
      {"grid_charge_mw", s.grid_charge_mw, "MW", "of the charge: from the grid", decimals},
      {"self_charge_mw", s.self_charge_mw, "MW", "of the charge: from own generation", decimals},
      {"generation_mw", s.generation_mw, "MW", "own generation available", decimals},
      {"curtailed_mw", s.curtailed_mw, "MW", "own generation not taken", decimals},
      {"net_export_mw", s.net_export_mw, "MW", "of the site at its meter; negative: import", decimals},
      {"stored_energy_mwh", s.stored_energy_mwh, "MWh", "at the end of the quarter-hour", decimals},
      {"state_of_health", s.state_of_health, "1", "at its start", ratio_decimals},
      {"round_trip_efficiency", s.round_trip_efficiency, "1", "of the cells at its start", ratio_decimals}};
  for (const bool symmetric : {true, false}) {  // FCR comes first
    for (const Product p : reserve_products) {
      if ((info_of(p).kind == ProductKind::reserve_symmetric) == symmetric) {
        columns.push_back(
            {fmt::format("{}_mw", info_of(p).name), s.reserve_mw[p], "MW", fmt::format("{}: sold", info_of(p).label), decimals});
      }
    }
  }
  add_market_columns(columns, s, markets, decimals);
  return columns;
}

}  // namespace

char* write_number(char* first, double value, int decimals) {
  if (!std::isfinite(value)) return first;
  const double scale = powers[static_cast<std::size_t>(decimals)];
  const double scaled = std::round(std::abs(value) * scale);
  if (!(scaled < 9e15)) return std::to_chars(first, first + number_bytes, value).ptr;  // beyond exact integers: shortest
  auto digits = static_cast<std::uint64_t>(scaled);
  if (digits == 0) {
    *first = '0';
    return first + 1;
  }
  if (value < 0.0) *first++ = '-';
  int places = decimals;
  while (places > 0 && digits % 10 == 0) {
    digits /= 10;
    --places;
  }
  std::uint64_t one = 1;
  for (int i = 0; i < places; ++i) one *= 10;
  first = std::to_chars(first, first + number_bytes, digits / one).ptr;
  if (places == 0) return first;
  *first++ = '.';
  return put_digits(first, digits % one, places);
}

std::vector<TimeseriesColumn> timeseries_columns(const SimulationResult& result) {
  const SeriesColumns& s = result.series;
  if (s.charge_mw.empty()) return {};
  std::vector<TimeseriesColumn> columns = columns_of(s, result.markets, decimals_for(result));
  for (const TimeseriesColumn& column : columns) BESS_ASSERT(column.values.size() == s.charge_mw.size());
  return columns;
}

std::vector<TimeseriesColumn> timeseries_fields() {
  MarketSet all;
  for (const Market market : all_markets) all.add(market);
  return columns_of({}, all, 0);
}

Instant delivery_start(const SimulationResult& result, std::int32_t quarter) { return result.timeline->instant(quarter); }

void write_timeseries_csv(std::ostream& out, const SimulationResult& result) {
  const std::vector<TimeseriesColumn> columns = timeseries_columns(result);
  out << "delivery_start";
  for (const TimeseriesColumn& column : columns) out << ',' << column.name;
  out << '\n';
  if (columns.empty()) return;
  const std::size_t row_bytes = (columns.size() + 1) * (number_bytes + 1);
  std::vector<char> buffer(buffer_bytes + row_bytes);
  StampWriter stamp;
  char* at = buffer.data();
  const std::size_t rows = columns.front().values.size();
  for (std::size_t q = 0; q < rows; ++q) {
    at = stamp.write(at, delivery_start(result, static_cast<std::int32_t>(q)));
    for (const TimeseriesColumn& column : columns) {
      *at++ = ',';
      at = write_number(at, column.values[q], column.decimals);
    }
    *at++ = '\n';
    if (at - buffer.data() >= static_cast<std::ptrdiff_t>(buffer_bytes)) {
      out.write(buffer.data(), at - buffer.data());
      at = buffer.data();
    }
  }
  out.write(buffer.data(), at - buffer.data());
}

}  // namespace bess::report
