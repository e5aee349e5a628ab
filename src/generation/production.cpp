#include "generation/production.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/number_range.h"
#include "base/sum.h"

namespace bess {
namespace {

constexpr double output_limit = 1.05;  // of the capacity

// Counts what is wrong with a profile while it is read, so that each kind of problem is told once.
class OutputCheck {
 public:
  explicit OutputCheck(const ProjectTimeline& timeline) : timeline_(timeline) {}

  double operator()(double power_mw, double capacity_mw, std::size_t quarter) {
    if (std::isnan(power_mw)) return count(missing_, quarter);
    if (power_mw < 0.0) return count(negative_, quarter);
    if (power_mw > output_limit * capacity_mw) return count(excessive_, quarter);
    return power_mw;
  }

  void report(Issues& issues, std::string_view missing_code) const {
    if (missing_.count > 0) issues.error(std::string(missing_code), "/profile", text(missing_, "have no production"));
    if (excessive_.count > 0) issues.error("out_of_range", "/profile", text(excessive_, "produce more than 1.05 times the capacity"));
    if (negative_.count > 0) issues.warning("negative_production", "/profile", text(negative_, "had negative production, taken as 0"));
  }

 private:
  struct Finding {
    std::size_t count{0};
    std::size_t first{0};
  };
  static double count(Finding& finding, std::size_t quarter) {
    if (finding.count++ == 0) finding.first = quarter;
    return 0.0;
  }
  [[nodiscard]] std::string text(const Finding& finding, std::string_view what) const {
    return fmt::format("{} quarter-hours {}, the first at {}", finding.count, what,
                       format_instant(timeline_.instant(static_cast<std::int32_t>(finding.first))));
  }
  const ProjectTimeline& timeline_;
  Finding missing_, negative_, excessive_;
};

bool check_capacity(double capacity_mw, Issues& issues) {
  if (std::isfinite(capacity_mw) && capacity_mw >= 0.0) return true;
  issues.error("out_of_range", "/profile/capacity_mw", "the capacity must be a number ≥ 0");
  return false;
}

}  // namespace

std::vector<MonthlyStatistic> monthly_statistics(const ProductionSeries& production, const MarketCalendar& calendar) {
  using namespace std::chrono;
  std::vector<MonthlyStatistic> months;
  Sum energy;
  const auto finish = [&] {
    auto& month = months.back();
    month.energy_mwh = energy.value();
    const double capacity = production.capacity_mw;
    month.full_load_hours = capacity > 0.0 ? month.energy_mwh / capacity : 0.0;
    month.capacity_factor = month.quarters > 0 ? month.full_load_hours / (month.quarters * quarter_h) : 0.0;
    energy = {};
  };
  Instant month_end = production.start;
  Instant t = production.start;
  for (std::size_t q = 0; q < production.power_mw.size(); ++q, t += quarter_hour) {
    if (t >= month_end) {
      if (!months.empty()) finish();
      const LocalDate date = calendar.local_date(t);
      const year_month month = date.year() / date.month();
      month_end = calendar.day_start((month + std::chrono::months{1}) / day{1});
      months.push_back({.year = static_cast<int>(date.year()), .month = static_cast<unsigned>(date.month())});
    }
    energy += production.power_mw[q] * quarter_h;
    ++months.back().quarters;
  }
  if (!months.empty()) finish();
  return months;
}

ProductionTotals production_totals(const ProductionSeries& production) {
  ProductionTotals totals;
  totals.energy_mwh = sum_of(production.power_mw) * quarter_h;
  const double hours = static_cast<double>(production.power_mw.size()) * quarter_h;
  if (production.capacity_mw > 0.0 && hours > 0.0) totals.capacity_factor = totals.energy_mwh / (production.capacity_mw * hours);
  totals.full_load_hours_per_year = totals.capacity_factor * 8766.0;
  return totals;
}

Expected<ProductionSeries> whole_local_years(const ProductionSeries& production, const MarketCalendar& calendar) {
  using namespace std::chrono;
  constexpr hours slack{24};
  constexpr std::int64_t day_quarters = 96;
  const auto count = static_cast<std::int64_t>(production.power_mw.size());
  const Instant end = production.start + count * quarter_hour;
  const auto new_year = [&](int y) { return calendar.day_start(year{y} / January / 1); };

  int first = static_cast<int>(calendar.local_date(production.start).year());
  while (new_year(first) < production.start - slack) ++first;
  int last = static_cast<int>(calendar.local_date(end).year());
  while (new_year(last + 1) > end + slack) --last;
  if (last < first || count < 2 * day_quarters) {
    return one_error("incomplete_year", "/profile",
                     fmt::format("the profile covers {} to {}, which holds no whole calendar year ({}; run.allow_partial takes less)",
                                 format_instant(production.start), format_instant(end), calendar.zone()));
  }
  ProductionSeries whole{.start = new_year(first),
                         .power_mw = {},
                         .capacity_mw = production.capacity_mw,
                         .degradation_per_year = production.degradation_per_year};
  const std::int64_t lead = (whole.start - production.start) / quarter_hour;
  const std::int64_t length = (new_year(last + 1) - whole.start) / quarter_hour;
  whole.power_mw.reserve(static_cast<std::size_t>(length));
  for (std::int64_t q = 0; q < length; ++q) {
    std::int64_t from = lead + q;
    if (from < 0) from += day_quarters;
    if (from >= count) from -= day_quarters;
    whole.power_mw.push_back(production.power_mw[static_cast<std::size_t>(from)]);
  }
  return whole;
}

std::vector<double> align_production(const ProductionSeries& production, const ProjectTimeline& timeline, const MarketCalendar& calendar,
                                     const ProductionUse& use, Issues& issues) {
  if (!check_capacity(use.capacity_mw, issues)) return {};
  if (!(production.capacity_mw >= least_number)) {
    issues.error("out_of_range", "/profile/capacity_mw", "a profile without capacity cannot be scaled");
    return {};
  }
  const auto line_of = [&](const ProductionSeries& series, bool partial) {
    TimelineRequest request;
    request.start = timeline.start;
    request.years = timeline.years();
    request.data_start = series.start;
    request.data_quarters = static_cast<std::int32_t>(series.power_mw.size());
    request.allow_partial = partial;
    return build_timeline(calendar, request);
  };
  // A project that starts within a year takes each day's own data, as its prices do; whole years are needed where that leaves days open.
  const LocalDate start = calendar.local_date(timeline.start);
  const bool within_year = start.month() != std::chrono::January || start.day() != std::chrono::day{1};
  auto aligned = within_year ? line_of(production, false) : Expected<ProjectTimeline>(Issues{});
  const bool by_day = within_year && aligned.has_value();
  const auto whole = by_day ? Expected<ProductionSeries>(Issues{}) : whole_local_years(production, calendar);
  if (!by_day && !whole && !use.allow_partial) {
    issues.append(whole.issues());
    return {};
  }
  const ProductionSeries& data = whole ? *whole : production;
  const bool partial = !by_day && !whole;
  if (!by_day) aligned = line_of(data, partial);
  if (!aligned) {
    issues.append(aligned.issues());
    return {};
  }
  BESS_ASSERT(aligned->quarters == timeline.quarters);
  if (const std::int64_t beyond = partial ? days_beyond_data(*aligned) : 0; beyond > 0)
    issues.warning("assumed", "/profile",
                   fmt::format("{} days of the project lie beyond the profile and repeat its first or last day", beyond));

  OutputCheck checked(timeline);
  const double scale = use.capacity_mw / production.capacity_mw;
  std::vector<double> power(static_cast<std::size_t>(timeline.quarters));
  for (int year = 0; year < timeline.years(); ++year) {
    const double kept = std::pow(1.0 - production.degradation_per_year, year);
    const auto from = static_cast<std::size_t>(timeline.year_first_quarter[static_cast<std::size_t>(year)]);
    const auto to = static_cast<std::size_t>(timeline.year_first_quarter[static_cast<std::size_t>(year) + 1]);
    for (std::size_t q = from; q < to; ++q) {
      const double source = data.power_mw[static_cast<std::size_t>(aligned->source[q])];
      power[q] = kept * scale * checked(source, production.capacity_mw, q);
    }
  }
  const bool failed_before = issues.has_errors();
  checked.report(issues, "gap");
  if (!failed_before && issues.has_errors()) return {};
  return power;
}

std::vector<double> production_from_scenario(std::span<const double> country_mw, std::span<const double> installed_mw,
                                             const ProjectTimeline& timeline, double capacity_mw, Issues& issues) {
  if (!check_capacity(capacity_mw, issues)) return {};
  if (installed_mw.empty()) {
    issues.error("market_data_missing", "/scenario/installed_capacity", "the solar table needs an installed_capacity table beside it");
    return {};
  }
  BESS_ASSERT(country_mw.size() == installed_mw.size());
  // The installed capacity is a step function: the last value known at each quarter, before the first the first.
  std::vector<double> installed(installed_mw.begin(), installed_mw.end());
  const auto known = std::find_if(installed.begin(), installed.end(), [](double v) { return !std::isnan(v); });
  if (known == installed.end() || std::any_of(known, installed.end(), [](double v) { return v <= 0.0; })) {
    issues.error("out_of_range", "/scenario/installed_capacity", "the installed capacity must be known and above 0 MW");
    return {};
  }
  double held = *known;
  for (double& v : installed) {
    if (std::isnan(v)) v = held;
    held = v;
  }
  OutputCheck checked(timeline);
  std::vector<double> power(static_cast<std::size_t>(timeline.quarters));
  for (std::size_t q = 0; q < power.size(); ++q) {
    const auto s = static_cast<std::size_t>(timeline.source[q]);
    BESS_ASSERT(s < installed.size());
    power[q] = capacity_mw * checked(country_mw[s] / installed[s], 1.0, q);
  }
  const bool failed_before = issues.has_errors();
  checked.report(issues, "market_data_missing");
  if (!failed_before && issues.has_errors()) return {};
  return power;
}

}  // namespace bess
