#include "generation/subsidy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/sum.h"

namespace bess {
namespace {

constexpr double kwh_per_mwh = 1000.0;
constexpr double no_cap = std::numeric_limits<double>::infinity();

double correction_of(const SdeSpec& spec, const SubsidyYearInput& in) {
  if (!spec.correction_by_year.empty()) {
    const auto last = spec.correction_by_year.size() - 1;
    return kwh_per_mwh * spec.correction_by_year[std::min(static_cast<std::size_t>(in.project_year), last)];
  }
  if (spec.correction_amount) return kwh_per_mwh * *spec.correction_amount;
  return market_value_eur_per_mwh(in.day_ahead_eur_per_mwh.subspan(in.lead, in.quarters), in.production_mw.subspan(in.lead, in.quarters));
}

// Quarters of the year that lie within a grant of `years` years; a part of a year counts its first quarters.
std::size_t granted_quarters(double years, int project_year, std::size_t quarters) {
  const double left = std::clamp(years - project_year, 0.0, 1.0);
  return static_cast<std::size_t>(std::llround(left * static_cast<double>(quarters)));
}

}  // namespace

double sde_rate(double base, double correction, double floor) { return std::max(0.0, base - std::max(correction, floor)); }

std::vector<std::uint8_t> negative_runs(std::span<const double> price, std::int32_t quarters) {
  std::vector<std::uint8_t> mask(price.size(), 0);
  const auto needed = static_cast<std::size_t>(std::max(quarters, 1));
  for (std::size_t i = 0; i < price.size();) {
    if (!(price[i] < 0.0)) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < price.size() && price[end] < 0.0) ++end;
    if (end - i >= needed)
      std::fill(mask.begin() + static_cast<std::ptrdiff_t>(i), mask.begin() + static_cast<std::ptrdiff_t>(end), std::uint8_t{1});
    i = end;
  }
  return mask;
}

std::vector<std::uint8_t> suspended(std::span<const double> price, NegativePriceRule rule) {
  if (rule == NegativePriceRule::none) return std::vector<std::uint8_t>(price.size(), 0);
  return negative_runs(price, rule == NegativePriceRule::six_hours ? 24 : 1);
}

double market_value_eur_per_mwh(std::span<const double> price, std::span<const double> production) {
  BESS_ASSERT(price.size() == production.size());
  Sum money;
  Sum energy;
  for (std::size_t q = 0; q < price.size(); ++q) {
    if (std::isnan(price[q]) || !(production[q] > 0.0)) continue;
    money += price[q] * production[q];
    energy += production[q];
  }
  return energy.value() > 0.0 ? money.value() / energy.value() : 0.0;
}

SubsidyYear sde_year(const SdeSpec& spec, const SubsidyYearInput& in) {
  BESS_ASSERT(in.day_ahead_eur_per_mwh.size() == in.production_mw.size() && in.lead + in.quarters <= in.production_mw.size());
  SubsidyYear year;
  year.rate_by_quarter_eur_per_mwh.assign(in.quarters, 0.0);
  const std::size_t granted = granted_quarters(spec.years, in.project_year, in.quarters);
  year.max_subsidised_mwh = spec.max_full_load_hours > 0.0 ? spec.max_full_load_hours * in.capacity_mw : no_cap;
  if (granted == 0 || spec.base_amount <= 0.0) {
    year.max_subsidised_mwh = 0.0;
    return year;
  }
  year.correction_eur_per_mwh = correction_of(spec, in);
  year.rate_eur_per_mwh = sde_rate(kwh_per_mwh * spec.base_amount, year.correction_eur_per_mwh, kwh_per_mwh * spec.floor_price);
  if (granted < in.quarters) year.max_subsidised_mwh *= static_cast<double>(granted) / static_cast<double>(in.quarters);
  const auto mask = suspended(in.day_ahead_eur_per_mwh, spec.negative_price_rule);
  for (std::size_t q = 0; q < granted; ++q) {
    if (mask[in.lead + q] == 0) year.rate_by_quarter_eur_per_mwh[q] = year.rate_eur_per_mwh;
  }
  return year;
}

SubsidyPlan plan_sde(const SdeSpec& spec, const ProjectTimeline& timeline, std::span<const double> day_ahead,
                     std::span<const double> production, double capacity_mw) {
  BESS_ASSERT(day_ahead.size() == static_cast<std::size_t>(timeline.quarters) && production.size() == day_ahead.size());
  constexpr std::size_t context = 24;  // six hours on either side decide whether a run is long enough
  SubsidyPlan plan;
  plan.self_charge = spec.self_charge;
  plan.rate_eur_per_mwh.reserve(day_ahead.size());
  for (int y = 0; y < timeline.years(); ++y) {
    const auto first = static_cast<std::size_t>(timeline.year_first_quarter[static_cast<std::size_t>(y)]);
    const auto end = static_cast<std::size_t>(timeline.year_first_quarter[static_cast<std::size_t>(y) + 1]);
    const std::size_t from = first - std::min(first, context);
    const std::size_t to = std::min(end + context, day_ahead.size());
    SubsidyYear year = sde_year(spec, {.project_year = y,
                                       .lead = first - from,
                                       .quarters = end - first,
                                       .day_ahead_eur_per_mwh = day_ahead.subspan(from, to - from),
                                       .production_mw = production.subspan(from, to - from),
                                       .capacity_mw = capacity_mw});
    const auto& rates = year.rate_by_quarter_eur_per_mwh;
    plan.rate_eur_per_mwh.insert(plan.rate_eur_per_mwh.end(), rates.begin(), rates.end());
    year.rate_by_quarter_eur_per_mwh.clear();
    plan.years.push_back(std::move(year));
  }
  return plan;
}

void open_year(SubsidyAccount& account, const SubsidyYear& year) {
  account.cap_mwh = year.max_subsidised_mwh;
  account.remaining_mwh = year.max_subsidised_mwh;
  account.year_rate_eur_per_mwh = year.rate_eur_per_mwh;
  account.excess_mwh = 0.0;
  account.paid_mwh = 0.0;
  account.paid_eur = 0.0;
}

double book(SubsidyAccount& account, double subsidised_mwh, double rate_eur_per_mwh) {
  if (!(rate_eur_per_mwh > 0.0) || !(subsidised_mwh > 0.0)) return 0.0;
  const double paid = std::min(subsidised_mwh, account.remaining_mwh);
  account.remaining_mwh -= paid;
  account.excess_mwh += subsidised_mwh - paid;
  account.paid_mwh += paid;
  account.paid_eur += paid * rate_eur_per_mwh;
  return paid * rate_eur_per_mwh;
}

double close_year(SubsidyAccount& account, double bank_share) {
  if (bank_share <= 0.0 || !std::isfinite(account.cap_mwh)) return 0.0;
  double eur = 0.0;
  if (account.year_rate_eur_per_mwh > 0.0) {
    const double paid = std::min(account.banked_mwh, account.remaining_mwh);
    account.banked_mwh -= paid;
    account.remaining_mwh -= paid;
    account.paid_mwh += paid;
    eur = paid * account.year_rate_eur_per_mwh;
    account.paid_eur += eur;
  }
  const double room = std::max(0.0, bank_share * account.cap_mwh - account.banked_mwh);
  account.banked_mwh += std::min(account.excess_mwh, room);
  return eur;
}

SubsidyPlan plan_premium(const MarketPremiumSpec& spec, const ProjectTimeline& timeline, std::span<const double> day_ahead,
                         std::span<const double> production) {
  const auto total = static_cast<std::size_t>(timeline.quarters);
  BESS_ASSERT(day_ahead.size() == total && production.size() == total);
  SubsidyPlan plan;
  plan.self_charge = spec.self_charge;
  plan.rate_eur_per_mwh.assign(total, 0.0);
  plan.years.resize(static_cast<std::size_t>(timeline.years()));
  for (auto& year : plan.years) year.max_subsidised_mwh = no_cap;
  const auto mask = spec.negative_hours > 0 ? negative_runs(day_ahead, 4 * spec.negative_hours) : std::vector<std::uint8_t>(total, 0);
  const auto monthly = [&](std::size_t month, std::size_t first, std::size_t end) {
    if (spec.monthly_value.empty())
      return market_value_eur_per_mwh(day_ahead.subspan(first, end - first), production.subspan(first, end - first));
    const std::size_t given = spec.monthly_value.size();
    if (month >= given) month = given < 12 ? given - 1 : given - 12 + (month - given) % 12;
    return kwh_per_mwh * spec.monthly_value[month];
  };
  std::size_t year = 0;
  for (std::size_t first = 0; first < total;) {
    std::size_t end = first;
    while (end < total && timeline.month[end] == timeline.month[first]) ++end;
    const double rate = std::max(0.0, kwh_per_mwh * spec.value - monthly(static_cast<std::size_t>(timeline.month[first]), first, end));
    for (std::size_t q = first; q < end; ++q) {
      while (static_cast<std::int32_t>(q) >= timeline.year_first_quarter[year + 1]) ++year;
      const auto year_first = static_cast<std::size_t>(timeline.year_first_quarter[year]);
      const auto year_end = static_cast<std::size_t>(timeline.year_first_quarter[year + 1]);
      const bool granted = q - year_first < granted_quarters(spec.years, static_cast<int>(year), year_end - year_first);
      if (granted && mask[q] == 0) plan.rate_eur_per_mwh[q] = rate;
    }
    first = end;
  }
  return plan;
}

}  // namespace bess
