#pragma once
// Present value, internal rate of return and payback of a series of yearly cash flows (docs/models/finance.md).
//
// A series is indexed by year: entry 0 is paid at the start of the project, entry y at the end of year y, or in its middle
// (t = y − 1/2) with Timing::mid_year. Inflows are positive. Rates are fractions per year. All functions are pure.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace bess::finance {

enum class Timing : std::uint8_t { year_end, mid_year };

/// Time of the flow of `year` in years after the start: 0, then y or y − 1/2.
[[nodiscard]] double time_of_year(int year, Timing timing);

/// (1 + rate)^−t of the flow of `year`.
[[nodiscard]] double discount_factor(double rate, int year, Timing timing);

/// Σ CF_y (1 + rate)^−t_y; rate > −1.
[[nodiscard]] double net_present_value(std::span<const double> cash_flow_eur, double rate, Timing timing = Timing::year_end);

/// Why there is no internal rate of return.
enum class NoRateReason : std::uint8_t { none, no_capex, no_sign_change };
/// The stable code: "", "no_capex", "no_sign_change".
[[nodiscard]] std::string_view reason_code(NoRateReason reason);

/// Result of a search for the rates at which the present value is zero.
struct RateOfReturn {
  std::optional<double> rate;  ///< the root nearest the discount rate
  NoRateReason reason{NoRateReason::none};
  std::vector<double> roots;  ///< all found, ascending; more than one: warn `multiple_irr`
  [[nodiscard]] bool multiple() const { return roots.size() > 1; }
};

/// Internal rate of return: every sign change of the present value on (−0.99, 10], from 2,000 points evenly spaced in ln(1 + x), each
/// bracket bisected to 1e-12. No root in the range: no rate, reason no_sign_change. Powers are evaluated by Horner's scheme on whichever
/// of 1/(1+x) and (1+x) is below 1, so nothing overflows.
[[nodiscard]] RateOfReturn internal_rate_of_return(std::span<const double> cash_flow_eur, double discount_rate,
                                                   Timing timing = Timing::year_end);

struct DatedCashFlow {
  std::chrono::sys_days date{};
  double amount_eur{0};
};
/// The same on dated flows, time in actual days / 365 from the first date given.
[[nodiscard]] RateOfReturn dated_rate_of_return(std::span<const DatedCashFlow> flows, double discount_rate);

/// First time (years) at which the running sum is ≥ 0, linear within the year it turns; no value if it never is. Discounted payback is
/// the payback of discounted flows.
[[nodiscard]] std::optional<double> payback_years(std::span<const double> cash_flow_eur);

/// r / (1 − (1 + r)^−n): the yearly payment that repays 1 in n years (1/n at r = 0).
[[nodiscard]] double capital_recovery_factor(double rate, int years);
/// Its reciprocal: the present value of 1 a year for n years.
[[nodiscard]] double annuity_factor(double rate, int years);
/// Amount in money of `year` for one stated in money of year 1: amount (1 + inflation)^(year − 1).
[[nodiscard]] double inflated(double amount_eur, double inflation, int year);
/// (1 + nominal) / (1 + inflation) − 1.
[[nodiscard]] double real_rate(double nominal_rate, double inflation);

}  // namespace bess::finance
