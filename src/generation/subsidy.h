#pragma once
// Subsidies on generation: the Dutch SDE++ and the German market premium.
//
//   SDE++   EUR/MWh = max(0, base − max(correction, floor)), on at most full-load hours × capacity a year
//   premium EUR/MWh = max(0, value − monthly market value), no cap
// The correction amount of a project year is given, or is the profile-weighted mean of the day-ahead price of that year.
// Negative prices suspend payment (NegativePriceRule). Amounts are entered in EUR/kWh, as they are published; an amount above
// 1 is taken for EUR/MWh and refused. Everything computed is in EUR/MWh and MWh. Arrays are quarter-hours in order of time.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/option.h"
#include "timeline/calendar.h"
#include "timeline/project_timeline.h"

namespace bess {

/// none: paid always. six_hours: nothing during ≥ 6 consecutive hours of negative day-ahead price (24 quarters < 0; may cross
/// midnight; a price of 0 ends the run). any: nothing in any quarter with a negative price.
enum class NegativePriceRule : std::uint8_t { none, six_hours, any };

struct SdeSpec {
  double base_amount{0};                      ///< EUR/kWh; 0: no grant
  double floor_price{0};                      ///< EUR/kWh, the base energy price
  std::optional<double> correction_amount{};  ///< EUR/kWh for every year; absent: see correction_by_year, else computed
  std::vector<double> correction_by_year{};   ///< EUR/kWh by project year, the last one repeats
  double max_full_load_hours{0};              ///< per year; 0: no cap
  double years{15};                           ///< from the project's start; a part of a year counts its first quarters
  NegativePriceRule negative_price_rule{NegativePriceRule::six_hours};
  bool self_charge{false};  ///< true: subsidised energy is generation − curtailment at the production meter; false: what is sold
  double bank_share{0};     ///< share of the yearly cap that production beyond it may carry to later years (0: none)
};

template <class Visitor>
void describe(SdeSpec& s, Visitor&& field) {
  field("BaseAmount", s.base_amount,
        FieldInfo{.stage = Stage::dispatch,
                  .unit = "EUR/kWh",
                  .min = 0,
                  .max = 1,
                  .help = "base amount of the grant, as published; 0 = no subsidy"});
  field("FloorPrice", s.floor_price,
        FieldInfo{.stage = Stage::dispatch,
                  .unit = "EUR/kWh",
                  .min = 0,
                  .max = 1,
                  .help = "base energy price, the floor of the correction amount"});
  field("CorrectionAmount", s.correction_amount,
        FieldInfo{.stage = Stage::dispatch,
                  .unit = "EUR/kWh",
                  .min = 0,
                  .max = 1,
                  .help = "of every year; absent: the profile-weighted day-ahead price of the year"});
  field("CorrectionByYear", s.correction_by_year,
        FieldInfo{.stage = Stage::dispatch,
                  .unit = "EUR/kWh",
                  .min = 0,
                  .max = 1,
                  .help = "published correction amounts by project year, the last one repeats; goes before CorrectionAmount",
                  .example = "[0.0451, 0.0387]"});
  field("MaxFullLoadHours", s.max_full_load_hours,
        FieldInfo{.stage = Stage::dispatch, .unit = "h", .min = 0, .max = 8784, .help = "subsidised full-load hours a year; 0 = no cap"});
  field("Years", s.years,
        FieldInfo{.stage = Stage::dispatch, .unit = "y", .min = 0, .max = 50, .help = "duration of the grant from the project's start"});
  field("NegativePriceRule", s.negative_price_rule,
        FieldInfo{.stage = Stage::dispatch,
                  .help = "when negative day-ahead prices suspend the subsidy",
                  .choices = {{"none", "never"}, {"six_hours", "in runs of at least six hours"}, {"any", "always"}}});
  field("SelfCharge", s.self_charge,
        FieldInfo{.stage = Stage::dispatch,
                  .help = "true: paid on what is generated, also when it charges the battery; false: on what is sold"});
  field("BankShare", s.bank_share,
        FieldInfo{.stage = Stage::dispatch,
                  .unit = "1",
                  .min = 0,
                  .max = 1,
                  .help = "share of the yearly cap that excess production may carry forward"});
}

/// Ranges, all at once: out_of_range with path "<pointer>/BaseAmount", ….
[[nodiscard]] Issues check_sde(const SdeSpec& spec, std::string_view pointer);

/// max(0, base − max(correction, floor)), in the unit of its arguments.
[[nodiscard]] double sde_rate(double base, double correction, double floor);
/// (base − floor) × full-load hours × MW × years; amounts in EUR/kWh. EUR.
[[nodiscard]] double sde_maximum_grant_eur(const SdeSpec& spec, double capacity_mw);

/// 1 where at least `quarters` consecutive prices (that one included) are below 0, else 0. Missing prices (NaN) end a run.
[[nodiscard]] std::vector<std::uint8_t> negative_runs(std::span<const double> price_eur_per_mwh, std::int32_t quarters);
[[nodiscard]] std::vector<std::uint8_t> suspended(std::span<const double> price_eur_per_mwh, NegativePriceRule rule);

/// Σ price·production / Σ production; 0 without production.
[[nodiscard]] double market_value_eur_per_mwh(std::span<const double> price_eur_per_mwh, std::span<const double> production_mw);

/// One project year of a subsidy, ready for dispatch and ledger.
struct SubsidyYear {
  double rate_eur_per_mwh{0};                         ///< before suspension and end
  double correction_eur_per_mwh{0};                   ///< that it was computed with
  double max_subsidised_mwh{0};                       ///< infinity: no cap
  std::vector<double> rate_by_quarter_eur_per_mwh{};  ///< 0 where suspended or after the grant
};

/// A year of prices and production. The spans may begin before and end after the year, so that runs of negative prices across
/// its ends are seen: the year is [lead, lead + quarters) of them.
struct SubsidyYearInput {
  int project_year{0};  ///< 0-based
  std::size_t lead{0};
  std::size_t quarters{0};
  std::span<const double> day_ahead_eur_per_mwh{};
  std::span<const double> production_mw{};  ///< same length; what would be generated (for the market value)
  double capacity_mw{0};
};
[[nodiscard]] SubsidyYear sde_year(const SdeSpec& spec, const SubsidyYearInput& input);

struct SubsidyPlan {
  std::vector<double> rate_eur_per_mwh{};  ///< per project quarter
  std::vector<SubsidyYear> years{};        ///< rate_by_quarter left empty
  bool self_charge{false};
};
/// The whole project at once; spans have one value per project quarter.
[[nodiscard]] SubsidyPlan plan_sde(const SdeSpec& spec, const ProjectTimeline& timeline, std::span<const double> day_ahead_eur_per_mwh,
                                   std::span<const double> production_mw, double capacity_mw);

/// Pays subsidised production in order of time until the year's cap is used up. A plain value: copy it to restart.
struct SubsidyAccount {
  double remaining_mwh{0};  ///< of this year's cap
  double excess_mwh{0};     ///< produced at a rate above 0 beyond the cap, this year
  double banked_mwh{0};     ///< carried from earlier years
  double paid_mwh{0};       ///< this year
  double paid_eur{0};       ///< this year
  double cap_mwh{0};
  double year_rate_eur_per_mwh{0};
};
/// Starts a project year; call close_year on the old one first.
void open_year(SubsidyAccount& account, const SubsidyYear& year);
/// Books one period's subsidised energy at its rate; returns EUR. Energy at rate 0 uses no cap.
double book(SubsidyAccount& account, double subsidised_mwh, double rate_eur_per_mwh);
/// Pays banked energy into what the cap left over (at the year's rate), then banks this year's excess up to bank_share × cap. Returns EUR.
double close_year(SubsidyAccount& account, double bank_share);

/// All of it for one year: the EUR of a year's subsidised production, with the account carried from year to year.
[[nodiscard]] double pay_year(SubsidyAccount& account, const SubsidyYear& year, double bank_share, std::span<const double> subsidised_mw);

/// The power that earns the subsidy: generation − curtailment, less what charges the battery itself (as the meter sees it, charging from
/// the grid while generation is sold included) unless that counts too.
[[nodiscard]] constexpr double subsidised_mw(bool self_charge, double generation_mw, double self_charge_mw, double curtailed_mw) {
  const double fed = generation_mw - curtailed_mw - (self_charge ? 0.0 : self_charge_mw);
  return fed > 0.0 ? fed : 0.0;
}

/// German market premium (EEG direct marketing).
struct MarketPremiumSpec {
  double value{0};                      ///< EUR/kWh, the value to be applied ("anzulegender Wert")
  std::vector<double> monthly_value{};  ///< EUR/kWh by running project month, the last twelve repeat; empty: computed
  int negative_hours{
      4};  ///< no premium in runs of at least so many negative hours; 0: always paid; by start: 4 (2021), 3 (2024), 2 (2026), 1 (2027)
  double years{20};
  bool self_charge{false};  ///< as in SdeSpec
};

template <class Visitor>
void describe(MarketPremiumSpec& s, Visitor&& field) {
  field("Value", s.value,
        FieldInfo{.stage = Stage::dispatch,
                  .unit = "EUR/kWh",
                  .min = 0,
                  .max = 1,
                  .help = "German market premium: the value to be applied; 0 = no premium"});
  field("MonthlyValue", s.monthly_value,
        FieldInfo{.stage = Stage::dispatch,
                  .unit = "EUR/kWh",
                  .min = -1,
                  .max = 1,
                  .help = "published market values by month of the project, the last twelve repeat; absent: the profile-weighted day-ahead "
                          "price of the month",
                  .example = "[0.0692, 0.0587]"});
  field("NegativeHours", s.negative_hours,
        FieldInfo{.stage = Stage::dispatch,
                  .unit = "h",
                  .min = 0,
                  .max = 24,
                  .help = "no premium in runs of at least so many hours of negative day-ahead prices, by start: 4 (2021), 3 (2024), 2 "
                          "(2026), 1 (2027); 0 = always paid"});
  field("Years", s.years,
        FieldInfo{.stage = Stage::dispatch, .unit = "y", .min = 0, .max = 50, .help = "duration of the premium from the project's start"});
  field("SelfCharge", s.self_charge,
        FieldInfo{.stage = Stage::dispatch,
                  .help = "true: paid on what is generated, also when it charges the battery; false: on what is sold"});
}
/// Ranges, all at once: out_of_range with path "<pointer>/Value", ….
[[nodiscard]] Issues check_premium(const MarketPremiumSpec& spec, std::string_view pointer);
/// Rates per project quarter; months are the timeline's local months, values profile-weighted over the month of its project year.
[[nodiscard]] SubsidyPlan plan_premium(const MarketPremiumSpec& spec, const ProjectTimeline& timeline,
                                       std::span<const double> day_ahead_eur_per_mwh, std::span<const double> production_mw);

}  // namespace bess
