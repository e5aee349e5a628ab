#include "finance/valuation.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "base/sum.h"

namespace bess::finance {

namespace {

constexpr double lowest_rate = -0.99;  // excluded
constexpr double highest_rate = 10.0;  // included
constexpr int scan_points = 2000;
constexpr double rate_tolerance = 1e-12;

/// A number with the sign of the present value at `rate`, scaled so that it cannot overflow.
using Sign = std::function<double(double rate)>;

double bisect(const Sign& f, double low, double high) {
  const bool rising = f(low) < 0.0;
  for (int i = 0; i < 200 && high - low > 0.1 * rate_tolerance; ++i) {
    const double middle = 0.5 * (low + high);
    const double value = f(middle);
    if (value == 0.0) return middle;
    ((value < 0.0) == rising ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

std::vector<double> roots_of(const Sign& f) {
  const double start = std::log1p(lowest_rate);
  const double step = (std::log1p(highest_rate) - start) / scan_points;
  std::vector<double> roots;
  double last_rate = 0.0;
  double last_value = 0.0;  // 0: the point before was a root, or there was none
  for (int i = 1; i <= scan_points; ++i) {
    const double rate = i == scan_points ? highest_rate : std::expm1(start + i * step);
    const double value = f(rate);
    if (value == 0.0) {
      roots.push_back(rate);
    } else if (last_value != 0.0 && std::signbit(last_value) != std::signbit(value)) {
      roots.push_back(bisect(f, last_rate, rate));
    }
    last_rate = rate;
    last_value = value;
  }
  return roots;
}

template <class Amounts>
RateOfReturn rate_of_return(const Amounts& amounts, const Sign& f, double discount_rate) {
  RateOfReturn result;
  const bool pays = std::ranges::any_of(amounts, [](double x) { return x < 0.0; });
  const bool earns = std::ranges::any_of(amounts, [](double x) { return x > 0.0; });
  if (pays && earns) result.roots = roots_of(f);
  if (result.roots.empty()) {
    result.reason = NoRateReason::no_sign_change;
    return result;
  }
  result.rate = *std::ranges::min_element(result.roots, {}, [discount_rate](double root) { return std::abs(root - discount_rate); });
  return result;
}

/// CF_0 + (1+x)^s Σ_{y≥1} CF_y (1+x)^−y with s = 0 or 1/2, times (1+x)^N for x < 0.
double present_value_sign(std::span<const double> cash_flow_eur, double rate, Timing timing) {
  const double growth = 1.0 + rate;
  const double shift = timing == Timing::mid_year ? std::sqrt(growth) : 1.0;
  double later = 0.0;
  if (rate >= 0.0) {
    for (std::size_t y = cash_flow_eur.size(); y-- > 1;) later = (later + cash_flow_eur[y]) / growth;
    return cash_flow_eur.front() + shift * later;
  }
  double first = cash_flow_eur.front();
  for (std::size_t y = 1; y < cash_flow_eur.size(); ++y) {
    later = later * growth + cash_flow_eur[y];
    first *= growth;
  }
  return first + shift * later;
}

}  // namespace

double time_of_year(int year, Timing timing) {
  if (year == 0) return 0.0;
  return timing == Timing::mid_year ? year - 0.5 : year;
}

double discount_factor(double rate, int year, Timing timing) {
  BESS_ASSERT(rate > -1.0);
  return std::pow(1.0 + rate, -time_of_year(year, timing));
}

double net_present_value(std::span<const double> cash_flow_eur, double rate, Timing timing) {
  Sum sum;
  for (std::size_t y = 0; y < cash_flow_eur.size(); ++y) sum += cash_flow_eur[y] * discount_factor(rate, static_cast<int>(y), timing);
  return sum.value();
}

std::string_view reason_code(NoRateReason reason) {
  switch (reason) {
    case NoRateReason::none:
      return "";
    case NoRateReason::no_capex:
      return "no_capex";
    case NoRateReason::no_sign_change:
      return "no_sign_change";
  }
  return "";
}

RateOfReturn internal_rate_of_return(std::span<const double> cash_flow_eur, double discount_rate, Timing timing) {
  return rate_of_return(cash_flow_eur, [&](double rate) { return present_value_sign(cash_flow_eur, rate, timing); }, discount_rate);
}

RateOfReturn dated_rate_of_return(std::span<const DatedCashFlow> flows, double discount_rate) {
  std::vector<double> amounts;
  std::vector<double> times;  // years from the first flow
  for (const DatedCashFlow& flow : flows) {
    amounts.push_back(flow.amount_eur);
    times.push_back(static_cast<double>((flow.date - flows.front().date).count()) / 365.0);
  }
  const double last = times.empty() ? 0.0 : *std::ranges::max_element(times);
  const auto sign = [&](double rate) {
    const double origin = rate < 0.0 ? last : 0.0;
    Sum sum;
    for (std::size_t i = 0; i < times.size(); ++i) sum += amounts[i] * std::pow(1.0 + rate, origin - times[i]);
    return sum.value();
  };
  return rate_of_return(amounts, sign, discount_rate);
}

std::optional<double> payback_years(std::span<const double> cash_flow_eur) {
  Sum running;
  for (std::size_t y = 0; y < cash_flow_eur.size(); ++y) {
    const double before = running.value();
    running += cash_flow_eur[y];
    if (running.value() < 0.0) continue;
    if (y == 0) return 0.0;
    return static_cast<double>(y) - 1.0 - before / cash_flow_eur[y];
  }
  return std::nullopt;
}

double capital_recovery_factor(double rate, int years) { return 1.0 / annuity_factor(rate, years); }

double annuity_factor(double rate, int years) {
  if (rate == 0.0) return years;
  return -std::expm1(-years * std::log1p(rate)) / rate;
}

double inflated(double amount_eur, double inflation, int year) { return amount_eur * std::pow(1.0 + inflation, year - 1); }

double real_rate(double nominal_rate, double inflation) { return (1.0 + nominal_rate) / (1.0 + inflation) - 1.0; }

}  // namespace bess::finance
