#include "market/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.h"
#include "market/settlement_price.h"

namespace bess {

namespace {

constexpr double pi = std::numbers::pi;
constexpr double price_floor_eur_per_mwh = -250.0;
constexpr double price_cap_eur_per_mwh = 900.0;
constexpr double installed_at_new_year_mw = 24000.0;
constexpr double installed_per_month_mw = 200.0;

/// A mean-reverting (autoregressive) disturbance with the given standard deviation.
class Drift {
 public:
  Drift(double memory, double deviation) : memory_(memory), shock_(deviation * std::sqrt(1.0 - memory * memory)) {}
  double next(RandomStream& random) { return value_ = memory_ * value_ + shock_ * random.normal(); }

 private:
  double memory_, shock_;
  double value_{0.0};
};

/// The year's quarter-hours with their place in the local calendar.
struct YearGrid {
  MarketCalendar calendar = MarketCalendar::for_country("NL");
  Instant start{};
  std::size_t quarters{0};
  std::vector<int> local_minute;
  std::vector<int> day;      ///< day of the year, 0-based
  std::vector<int> weekday;  ///< per day, 0 = Sunday
  std::vector<int> month;    ///< per day, 0-based

  explicit YearGrid(int year) {
    const LocalDate first{std::chrono::year{year} / 1 / 1};
    start = calendar.day_start(first);
    Instant t = start;
    for (LocalDate date = first; date.year() == first.year(); date = next_day(date)) {
      const Instant end = calendar.day_start(next_day(date));
      for (; t < end; t += quarter_hour) {
        local_minute.push_back(calendar.local_minute(t));
        day.push_back(static_cast<int>(weekday.size()));
      }
      weekday.push_back(static_cast<int>(std::chrono::weekday{std::chrono::sys_days{date}}.c_encoding()));
      month.push_back(static_cast<int>(static_cast<unsigned>(date.month())) - 1);
    }
    quarters = day.size();
  }
  [[nodiscard]] bool weekend(int d) const { return weekday[static_cast<std::size_t>(d)] == 0 || weekday[static_cast<std::size_t>(d)] == 6; }
  /// +1 in mid-January, −1 in mid-July.
  [[nodiscard]] static double winter(int d) { return std::cos(2.0 * pi * (d - 15) / 365.25); }
};

/// Weather that moves both prices and production, per quarter-hour.
struct Conditions {
  std::vector<double> solar_share;  ///< of installed capacity, 0 … 0.75
  std::vector<double> wind_share;   ///< 0 … 1
};

/// Sine of the sun's height over the Netherlands (declination by Cooper 1969), local clock shifted to solar time by its mean.
double sun_height(int day, double utc_hour) {
  constexpr double latitude = 52.1 * pi / 180.0;
  const double declination = 23.45 * pi / 180.0 * std::sin(2.0 * pi * (284 + day + 1) / 365.0);
  const double hour_angle = (utc_hour + 5.3 / 15.0 - 12.0) * pi / 12.0;
  return std::sin(latitude) * std::sin(declination) + std::cos(latitude) * std::cos(declination) * std::cos(hour_angle);
}

Conditions make_conditions(const YearGrid& grid, std::uint64_t seed, std::uint64_t year) {
  RandomStream random(seed, "weather", year);
  Drift cloud_of_day(0.35, 1.0), cloud(0.97, 0.5), wind_front(0.997, 1.0);
  Conditions result;
  double day_cloud = 0.0;
  for (std::size_t q = 0; q < grid.quarters; ++q) {
    const int d = grid.day[q];
    if (q == 0 || d != grid.day[q - 1]) day_cloud = cloud_of_day.next(random);
    const auto since_midnight = (grid.start + static_cast<int>(q) * quarter_hour).time_since_epoch() % std::chrono::hours{24};
    const double height = sun_height(d, static_cast<double>(since_midnight.count()) / 3600.0 + 0.125);
    const double clearness = 1.0 / (1.0 + std::exp(-0.3 - 1.1 * day_cloud - cloud.next(random)));
    result.solar_share.push_back(height <= 0.0 ? 0.0 : 0.84 * std::pow(height, 1.15) * (0.15 + 0.85 * clearness));
    const double front = wind_front.next(random) + 0.45 * YearGrid::winter(d) - 0.55;
    result.wind_share.push_back(1.0 / (1.0 + std::exp(-1.5 * front)));
  }
  return result;
}

/// Demand's daily shape: a morning and a larger evening peak over a low night, flatter at weekends; about −1 … 1.
double demand_shape(double local_hour, bool weekend) {
  const auto bump = [](double h, double centre, double width) { return std::exp(-(h - centre) * (h - centre) / (2.0 * width * width)); };
  const double morning = bump(local_hour, 8.0, 1.8);
  const double evening = bump(local_hour, 19.0, 2.2);
  const double night = bump(local_hour, 3.5, 2.6) + bump(local_hour, 27.5, 2.6);
  return weekend ? 0.25 * morning + 0.75 * evening - 0.55 * night - 0.35 : 0.7 * morning + evening - 0.65 * night;
}

/// What the quarter-hour would cost by itself; the day-ahead price is its hourly mean.
std::vector<double> make_fundamental(const YearGrid& grid, const Conditions& conditions, std::uint64_t seed, std::uint64_t year) {
  RandomStream random(seed, "fundamental", year);
  Drift fuel(0.985, 9.0), hourly(0.95, 5.0);
  std::vector<double> price;
  double fuel_now = 0.0;
  double spike = 0.0;
  for (std::size_t q = 0; q < grid.quarters; ++q) {
    const int d = grid.day[q];
    if (q == 0 || d != grid.day[q - 1]) {
      fuel_now = fuel.next(random);
      spike = conditions.wind_share[q] < 0.3 && random.chance(0.07 + 0.07 * std::max(YearGrid::winter(d), 0.0))
                  ? 60.0 - 90.0 * std::log(1.0 - random.uniform())
                  : 0.0;
    }
    const double hour = grid.local_minute[q] / 60.0 + 0.125;
    const bool weekend = grid.weekend(d);
    const double level = 104.0 + 11.0 * YearGrid::winter(d) + fuel_now - (weekend ? 7.0 : 0.0);
    const double solar = conditions.solar_share[q];
    const double wind = conditions.wind_share[q];
    double value = level + 44.0 * demand_shape(hour, weekend) + hourly.next(random);
    value -= (weekend ? 275.0 : 218.0) * solar + 60.0 * (wind - 0.25) * (0.6 + 0.8 * solar);
    if (value < 8.0) value = 8.0 - (8.0 - value) * 0.66;  // must-run plants and subsidies flatten the fall
    value += spike * std::exp(-(hour - 18.5) * (hour - 18.5) / 3.0);
    price.push_back(std::clamp(value, price_floor_eur_per_mwh, price_cap_eur_per_mwh));
  }
  return price;
}

double round_to(double value, double step) { return std::round(value / step) * step; }

std::vector<double> hourly_mean(const std::vector<double>& quarters) {
  std::vector<double> result(quarters.size());
  for (std::size_t q = 0; q < quarters.size(); q += 4) {
    const double mean = (quarters[q] + quarters[q + 1] + quarters[q + 2] + quarters[q + 3]) / 4.0;
    std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(q), 4, round_to(mean, 0.01));
  }
  return result;
}

std::vector<double> make_intraday(const std::vector<double>& fundamental, std::uint64_t seed, std::uint64_t year) {
  RandomStream random(seed, "intraday", year);
  Drift news(0.985, 13.0), quarter_noise(0.55, 9.0);
  std::vector<double> price;
  for (std::size_t q = 0; q < fundamental.size(); ++q) {
    const double before = fundamental[q == 0 ? 0 : q - 1];
    const double after = fundamental[std::min(q + 1, fundamental.size() - 1)];
    const double ramp = 1.6 * (after - before) * (static_cast<double>(q % 4) - 1.5);  // quarters lead or lag the hourly schedule
    price.push_back(round_to(
        std::clamp(fundamental[q] + std::clamp(ramp, -60.0, 60.0) + news.next(random) + quarter_noise.next(random), -400.0, 1500.0), 0.01));
  }
  return price;
}

struct Imbalance {
  std::vector<double> take, feed, state;
};

RegulationState next_state(RegulationState state, RandomStream& random) {
  if (random.chance(0.62)) return state;  // directions persist over some settlement periods
  const double draw = random.uniform();
  if (draw < 0.05) return RegulationState::none;
  if (draw < 0.42) return RegulationState::up;
  if (draw < 0.83) return RegulationState::down;
  return RegulationState::both;
}

Imbalance make_imbalance(const std::vector<double>& intraday, std::uint64_t seed, std::uint64_t year) {
  RandomStream random(seed, "imbalance", year);
  Imbalance result;
  RegulationState state = RegulationState::down;
  int scarce_periods = 0;  // a scarcity of regulation lasts some settlement periods
  double scarcity = 0.0;
  for (const double mid : intraday) {
    const auto exponential = [&random](double mean) { return -mean * std::log(1.0 - random.uniform()); };
    if (scarce_periods > 0) {
      --scarce_periods;
    } else {
      state = next_state(state, random);
      const bool begins = random.chance(0.014);
      scarce_periods = begins ? random.integer(2, 7) : 0;
      scarcity = begins ? 90.0 + exponential(330.0) : 0.0;
    }
    const ActivationPrices activation{
        .up_eur_per_mwh = std::min(mid + exponential(33.0) + scarcity * random.uniform(0.7, 1.3), 2900.0),
        .down_eur_per_mwh = std::max(mid - exponential(40.0) - 0.7 * scarcity * random.uniform(0.7, 1.3), -1900.0),
        .mid_eur_per_mwh = mid};
    const ImbalancePrices prices = imbalance_prices(state, activation);
    result.take.push_back(round_to(prices.take_eur_per_mwh, 0.01));
    result.feed.push_back(round_to(prices.feed_eur_per_mwh, 0.01));
    result.state.push_back(static_cast<double>(state));
  }
  return result;
}

struct Reserves {
  std::vector<Instant> start;
  std::vector<std::int32_t> duration_s;
  std::vector<double> fcr, afrr_up, afrr_down;
};

Reserves make_reserves(const YearGrid& grid, const Conditions& conditions, std::uint64_t seed, std::uint64_t year) {
  constexpr int block_hours = 4;
  constexpr std::array fcr_shape{1.05, 1.0, 0.95, 1.05, 1.0, 0.95};
  constexpr std::array up_shape{0.75, 1.1, 0.9, 0.85, 1.35, 1.05};
  constexpr std::array down_shape{1.15, 0.9, 1.25, 1.3, 0.75, 0.8};
  RandomStream random(seed, "reserves", year);
  Drift fcr_level(0.96, 0.24), up_level(0.93, 0.32), down_level(0.93, 0.34);
  Reserves result;
  const Instant end = grid.start + static_cast<int>(grid.quarters) * quarter_hour;
  for (Instant t = grid.start; t < end;) {
    const Instant block_end = grid.calendar.block_end(t, block_hours);
    const auto q = static_cast<std::size_t>((t - grid.start) / quarter_hour);
    const auto block = static_cast<std::size_t>(grid.local_minute[q] / 60 / block_hours);
    const double solar = conditions.solar_share[std::min(q + 8, grid.quarters - 1)];
    result.start.push_back(t);
    result.duration_s.push_back(static_cast<std::int32_t>((block_end - t).count()));
    result.fcr.push_back(round_to(std::clamp(16.0 * fcr_shape[block] * std::exp(fcr_level.next(random)), 4.0, 90.0), 0.01));
    result.afrr_up.push_back(round_to(std::clamp(12.0 * up_shape[block] * std::exp(up_level.next(random)), 2.0, 120.0), 0.01));
    result.afrr_down.push_back(
        round_to(std::clamp((9.5 + 9.0 * solar) * down_shape[block] * std::exp(down_level.next(random)), 2.0, 120.0), 0.01));
    t = block_end;
  }
  return result;
}

TableColumn column(const char* name, std::vector<double> values, int resolution_minutes, std::int64_t rows) {
  return {name, std::move(values), {.rows = rows, .resolution_minutes = resolution_minutes}};
}

MarketTable quarter_table(TableKind kind, const YearGrid& grid) {
  MarketTable table{.kind = kind};
  for (std::size_t q = 0; q < grid.quarters; ++q) table.delivery_start.push_back(grid.start + static_cast<int>(q) * quarter_hour);
  table.duration_s.assign(grid.quarters, 900);
  return table;
}

MarketTable installed_table(const YearGrid& grid) {
  MarketTable table{.kind = TableKind::installed_capacity};
  std::vector<double> installed;
  for (std::size_t q = 0; q < grid.quarters; ++q) {
    const int month = grid.month[static_cast<std::size_t>(grid.day[q])];
    if (q > 0 && month == grid.month[static_cast<std::size_t>(grid.day[q - 1])]) continue;
    table.delivery_start.push_back(grid.start + static_cast<int>(q) * quarter_hour);
    installed.push_back(installed_at_new_year_mw + installed_per_month_mw * month);
  }
  const Instant end = grid.start + static_cast<int>(grid.quarters) * quarter_hour;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const Instant next = r + 1 < table.rows() ? table.delivery_start[r + 1] : end;
    table.duration_s.push_back(static_cast<std::int32_t>((next - table.delivery_start[r]).count()));
  }
  const auto rows = static_cast<std::int64_t>(installed.size());
  table.columns.push_back(column("solar_mw", std::move(installed), 0, rows));
  return table;
}

MarketTable solar_table(const YearGrid& grid, const Conditions& conditions) {
  MarketTable table = quarter_table(TableKind::solar, grid);
  std::vector<double> production;
  for (std::size_t q = 0; q < grid.quarters; ++q) {
    const double installed = installed_at_new_year_mw + installed_per_month_mw * grid.month[static_cast<std::size_t>(grid.day[q])];
    production.push_back(round_to(conditions.solar_share[q] * installed, 0.1));
  }
  table.columns.push_back(column("solar_mw", std::move(production), 15, static_cast<std::int64_t>(grid.quarters)));
  return table;
}

}  // namespace

std::vector<MarketTable> make_sample_tables(std::uint64_t seed, int calendar_year) {
  BESS_ASSERT(calendar_year > 1970 && calendar_year < 2199);
  const auto year = static_cast<std::uint64_t>(calendar_year);
  const YearGrid grid(calendar_year);
  const Conditions conditions = make_conditions(grid, seed, year);
  const std::vector<double> fundamental = make_fundamental(grid, conditions, seed, year);
  const std::vector<double> intraday = make_intraday(fundamental, seed, year);
  Imbalance imbalance = make_imbalance(intraday, seed, year);
  Reserves reserves = make_reserves(grid, conditions, seed, year);
  const auto rows = static_cast<std::int64_t>(grid.quarters);
  const auto blocks = static_cast<std::int64_t>(reserves.start.size());

  MarketTable price = quarter_table(TableKind::price, grid);
  price.columns.push_back(column("day_ahead", hourly_mean(fundamental), 60, rows / 4));
  price.columns.push_back(column("intraday", intraday, 15, rows));
  price.columns.push_back(column("imbalance_take", std::move(imbalance.take), 15, rows));
  price.columns.push_back(column("imbalance_feed", std::move(imbalance.feed), 15, rows));
  price.columns.push_back(column("regulation_state", std::move(imbalance.state), 15, rows));
  MarketTable afrr{.kind = TableKind::afrr, .delivery_start = reserves.start, .duration_s = reserves.duration_s, .columns = {}};
  afrr.columns.push_back(column("afrr_up_price", std::move(reserves.afrr_up), 240, blocks));
  afrr.columns.push_back(column("afrr_down_price", std::move(reserves.afrr_down), 240, blocks));
  MarketTable fcr{
      .kind = TableKind::fcr, .delivery_start = std::move(reserves.start), .duration_s = std::move(reserves.duration_s), .columns = {}};
  fcr.columns.push_back(column("fcr_price", std::move(reserves.fcr), 240, blocks));
  return {std::move(price), std::move(afrr), std::move(fcr), solar_table(grid, conditions), installed_table(grid)};
}

PriceSet make_sample_prices(std::uint64_t seed, int calendar_year) {
  PriceSet set = make_price_set("NL", make_sample_tables(seed, calendar_year), MarketCalendar::for_country("NL"));
  set.name = fmt::format("Synthetic Dutch-like prices {} (synthetic, seed {})", calendar_year, seed);
  set.synthetic = true;
  return set;
}

}  // namespace bess
