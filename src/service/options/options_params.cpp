// Description of `params`.

#include "service/options/options.h"

namespace bess::service {

template <class Visitor>
void describe(AugmentationOptions& a, Visitor&& field) {
  field("year", a.year,
        {.stage = Stage::dispatch,
         .unit = "project year",
         .min = 1,
         .max = 50,
         .required = true,
         .help = "added at the start of this project year",
         .example = "10"});
  field("mwh", a.mwh,
        {.stage = Stage::dispatch,
         .unit = "MWh",
         .min = 0,
         .max = 1e6,
         .required = true,
         .help = "capacity added; it ages from its own start",
         .example = "2"});
  field("cost", a.cost_eur,
        {.stage = Stage::finance, .unit = "EUR", .min = 0, .max = 1e12, .help = "paid in that year, not inflated", .example = "300000"});
}

template <class Visitor>
void describe(CapacityOptions& c, Visitor&& field) {
  field("ByHour", c.by_hour,
        {.stage = Stage::dispatch,
         .unit = "1",
         .min = 0,
         .max = 1,
         .help = "share of the capacity that may be used, by hour of the local day: 24 numbers, or 288, January's 24 first",
         .example = "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1]",
         .default_text = "always all of it"});
  field("Series", c.series,
        {.stage = Stage::dispatch,
         .unit = "1",
         .min = 0,
         .max = 1,
         .help = "share of the capacity by quarter-hour from startProject, at least the first project year; later years repeat the last "
                 "whole one by month, day and local time",
         .default_text = "always all of it"});
}

template <class Visitor>
void describe(CapacityWindowOptions& w, Visitor&& field) {
  field("from", w.from,
        {.stage = Stage::dispatch,
         .min = 0,
         .max = 40,
         .help = "first moment, YYYY-MM-DD (local midnight) or ISO 8601, local time where it has no offset",
         .example = "\"2024-11-01\"",
         .default_text = "the project's start"});
  field("to", w.to,
        {.stage = Stage::dispatch,
         .min = 0,
         .max = 40,
         .help = "end, not included",
         .example = "\"2025-03-01\"",
         .default_text = "the project's end"});
  field(
      "months", w.months,
      {.stage = Stage::dispatch, .min = 1, .max = 12, .help = "local calendar months", .example = "[11, 12, 1, 2]", .default_text = "all"});
  field("days", w.days,
        {.stage = Stage::dispatch,
         .help = "local days of the week",
         .choices = {{"all", ""}, {"weekdays", "Monday to Friday"}, {"weekends", "Saturday and Sunday"}}});
  field("fromHour", w.from_hour,
        {.stage = Stage::dispatch,
         .unit = "h",
         .min = 0,
         .max = 24,
         .help = "first hour of the local clock; 16.5 is half past four",
         .example = "16"});
  field("toHour", w.to_hour,
        {.stage = Stage::dispatch,
         .unit = "h",
         .min = 0,
         .max = 24,
         .help = "end, not included; below fromHour: over midnight",
         .example = "20"});
  field("charging", w.charging,
        {.stage = Stage::dispatch,
         .unit = "1",
         .min = 0,
         .max = 1,
         .help = "share of gridChargingCapacity that may be used then",
         .example = "0",
         .default_text = "all of it"});
  field("discharging", w.discharging,
        {.stage = Stage::dispatch,
         .unit = "1",
         .min = 0,
         .max = 1,
         .help = "share of gridDischargingCapacity that may be used then",
         .default_text = "all of it"});
}

namespace {

std::vector<Choice> ageing_choices() {
  std::vector<Choice> choices;
  for (const AgeingLaw& law : ageing_laws()) choices.push_back({law.name, law.help});
  return choices;
}

template <class Visitor>
void describe_battery(ProjectOptions& p, Visitor&& field) {
  field("bessCapacity", p.capacity_mwh,
        {.stage = Stage::dispatch,
         .unit = "MWh",
         .min = 0,
         .max = 1e6,
         .required = true,
         .help = "nominal capacity; 0: a site without battery",
         .example = "20"});
  field("bessPower", p.power_mw,
        {.stage = Stage::dispatch,
         .unit = "MW",
         .min = 0,
         .max = 1e6,
         .required = true,
         .help = "power each way at the AC meter; 0: a site without battery",
         .example = "10"});
  field("bessMaximumSOC", p.max_soc_percent,
        {.stage = Stage::dispatch,
         .unit = "%",
         .min = 0,
         .max = 100,
         .required = true,
         .help = "upper end of the energy window, of present capacity",
         .example = "90",
         .range_code = "soc_window"});
  field("bessMinimumSOC", p.min_soc_percent,
        {.stage = Stage::dispatch,
         .unit = "%",
         .min = 0,
         .max = 100,
         .required = true,
         .help = "lower end of the energy window, of present capacity",
         .example = "10",
         .range_code = "soc_window"});
  field("bessRoundTripEfficiency", p.round_trip_efficiency_percent,
        {.stage = Stage::dispatch,
         .unit = "%",
         .min = 0,
         .max = 100,
         .exclusive_min = true,
         .required = true,
         .help = "AC to AC, in percent; one way is the square root",
         .example = "90"});
  field("bessAvailability", p.availability_percent,
        {.stage = Stage::dispatch, .unit = "%", .min = 0, .max = 100, .help = "scales the power"});
  field("bessAgeing", p.ageing, {.stage = Stage::dispatch, .help = "how the cells age", .choices = ageing_choices()});
  field(
      "bessLifetimeCycles", p.lifetime_cycles,
      {.stage = Stage::dispatch, .unit = "cycles", .min = 0, .max = 1e6, .help = "equivalent full cycles until replacement; 0: no limit"});
  field("bessDegradationPerYear", p.degradation_per_year,
        {.stage = Stage::dispatch,
         .unit = "1/year",
         .min = 0,
         .max = 1,
         .help = "calendar fade of capacity, a fraction: 0.01 is 1 % a year"});
  field("bessDegradationPerCycle", p.degradation_per_cycle_percent,
        {.stage = Stage::dispatch,
         .unit = "%",
         .min = 0,
         .max = 100,
         .help = "fade of capacity per equivalent full cycle, in percent: 0.003 is 0.00003 of the capacity"});
  field("bessRTEDegradationPerCycle", p.rte_degradation_per_cycle_percent,
        {.stage = Stage::dispatch,
         .unit = "%",
         .min = 0,
         .max = 100,
         .help = "fade of the round-trip efficiency per equivalent full cycle, in percentage points"});
  field("bessRampRatePercent", p.ramp_rate_percent,
        {.stage = Stage::dispatch,
         .unit = "%",
         .min = 0,
         .max = 100,
         .help = "largest change of net power per quarter-hour, of power; 0: no limit"});
  field("bessEolSoh", p.eol_soh,
        {.stage = Stage::dispatch,
         .unit = "1",
         .min = 0,
         .max = 1,
         .help = "state of health at which the battery is replaced, a fraction (typical 0.6 to 0.7); 0: off"});
  field("bessNoReplacementLastMonths", p.no_replacement_last_months,
        {.stage = Stage::dispatch, .unit = "months", .min = 0, .max = 600, .help = "no replacement this close to the project's end"});
  field("bessAugmentation", p.augmentation, {.help = "capacity added later", .example = R"([{"year": 10, "mwh": 2, "cost": 300000}])"});
  field("bessAuxiliaryPowerMw", p.auxiliary_power_mw,
        {.stage = Stage::dispatch,
         .unit = "MW",
         .min = 0,
         .max = 1e4,
         .help = "constant own consumption, bought at the day-ahead price (in the ledger only)"});
}

template <class Visitor>
void describe_grid(ProjectOptions& p, Visitor&& field) {
  field("gridChargingCapacity", p.grid_charging_capacity_mw,
        {.stage = Stage::dispatch,
         .unit = "MW",
         .min = 0,
         .max = 1e6,
         .required = true,
         .help = "largest import of the whole site",
         .example = "10"});
  field("gridDischargingCapacity", p.grid_discharging_capacity_mw,
        {.stage = Stage::dispatch,
         .unit = "MW",
         .min = 0,
         .max = 1e6,
         .required = true,
         .help = "largest export of the whole site",
         .example = "10"});
  field("gridChargingCapacity", p.grid_charging, {.merge_names = true});
  field("gridDischargingCapacity", p.grid_discharging, {.merge_names = true});
  field("gridCapacityWindows", p.grid_capacity_windows,
        {.help = "times in which the connection gives less, reserves included; where several statements meet, the smallest share holds",
         .example = R"([{"months": [11, 12, 1, 2], "days": "weekdays", "fromHour": 16, "toHour": 20, "charging": 0}])"});
  field("gridTarif", p.grid_tarif,
        {.stage = Stage::dispatch,
         .min = 0,
         .max = 100,
         .required = true,
         .help = "tariff level; MS-D and HS fill the two kW prices the request leaves out, other names add nothing (warning)",
         .example = "\"MS-D\""});
  field("gridStandingChargeTransport", p.grid_standing_charge_eur_per_year,
        {.stage = Stage::finance, .unit = "EUR/year", .min = 0, .max = 1e12, .required = true, .help = "fixed charges", .example = "441"});
  field("gridTransportedEnergy", p.grid_transported_energy_eur_per_mwh,
        {.stage = Stage::dispatch,
         .unit = "EUR/MWh",
         .min = 0,
         .max = 1e4,
         .required = true,
         .help = "on the metered net import",
         .example = "0"});
  field("gridContractedTransportPower", p.grid_contracted_power_mw,
        {.stage = Stage::finance,
         .unit = "MW",
         .min = 0,
         .max = 1e6,
         .help = "billing base of the contracted power",
         .default_text = "not charged"});
  field("gridMaxTransportedPower", p.grid_max_transported_power_mw,
        {.stage = Stage::dispatch,
         .unit = "MW",
         .min = 0,
         .max = 1e6,
         .help = "billing base of the monthly peak",
         .default_text = "the measured peak of each month"});
  field("gridContractedTariff", p.grid_contracted_tariff_eur_per_kw_year,
        {.stage = Stage::finance,
         .unit = "EUR/kW/year",
         .min = 0,
         .max = 1e4,
         .help = "price of contracted power",
         .example = "30",
         .default_text = "of the tariff level, else 0"});
  field("gridPeakTariff", p.grid_peak_tariff_eur_per_kw_month,
        {.stage = Stage::dispatch,
         .unit = "EUR/kW/month",
         .min = 0,
         .max = 1e4,
         .help = "price of each month's highest import",
         .example = "3.5",
         .default_text = "of the tariff level, else 0"});
  field("gridYearlyTariffIncrease", p.grid_yearly_tariff_increase,
        {.stage = Stage::dispatch, .unit = "1/year", .min = -0.5, .max = 1, .help = "growth of grid charges, a fraction"});
  field("gridEnergyTax", p.grid_energy_tax_eur_per_mwh,
        {.stage = Stage::dispatch,
         .unit = "EUR/MWh",
         .min = 0,
         .max = 1e4,
         .help = "on the metered net import; storage behind a large connection pays none"});
  field("gridExportFee", p.grid_export_fee_eur_per_mwh,
        {.stage = Stage::dispatch, .unit = "EUR/MWh", .min = 0, .max = 1e4, .help = "on the metered net export"});
}

template <class Visitor>
void describe_economics(ProjectOptions& p, Visitor&& field) {
  field("economicsInflation", p.inflation,
        {.stage = Stage::finance, .unit = "1/year", .min = -0.5, .max = 1, .help = "growth of operating and replacement cost, a fraction"});
  field("economicsDiscountRate", p.discount_rate,
        {.stage = Stage::finance, .unit = "1/year", .min = -0.5, .max = 1, .help = "nominal, a fraction"});
  field("economicsMidYear", p.mid_year, {.stage = Stage::finance, .help = "true: flows fall in the middle of the year instead of its end"});
  field("economicsCapexEur", p.capex_eur,
        {.stage = Stage::finance, .unit = "EUR", .min = 0, .max = 1e12, .help = "initial investment", .example = "6000000"});
  field(
      "economicsOpexEurPerYear", p.opex_eur_per_year,
      {.stage = Stage::finance, .unit = "EUR/year", .min = 0, .max = 1e12, .help = "operating cost, money of year 1", .example = "120000"});
  field("economicsReplacementCostEur", p.replacement_cost_eur,
        {.stage = Stage::finance, .unit = "EUR", .min = 0, .max = 1e12, .help = "cost of a replacement, money of year 1"});
  field("economicsReplacementCostDecline", p.replacement_cost_decline,
        {.stage = Stage::finance, .unit = "1/year", .min = 0, .max = 1, .help = "yearly decline of the replacement cost, a fraction"});
  field("economicsOptimiserFeePercent", p.optimiser_fee_percent,
        {.stage = Stage::finance, .unit = "%", .min = 0, .max = 100, .help = "of the market revenue"});
}

}  // namespace

template <class Visitor>
void describe(ProjectOptions& p, Visitor&& field) {
  field("title", p.title,
        {.stage = Stage::text,
         .min = 0,
         .max = 1000,
         .required = true,
         .help = "name of the project",
         .example = "\"Harbour 10 MW / 20 MWh\""});
  field("description", p.description,
        {.stage = Stage::text, .min = 0, .max = 100'000, .required = true, .help = "for people", .example = "\"two-hour battery\""});
  field("startProject", p.start_project,
        {.stage = Stage::dispatch,
         .required = true,
         .help = "YYYY-MM-DD (local midnight of the scenario's country) or ISO 8601 with offset",
         .example = "\"2024-01-01\"",
         .format = "date-time"});
  field("projectLifeYears", p.project_life_years,
        {.stage = Stage::dispatch, .unit = "years", .min = 1, .max = 50, .help = "years of the cash flow"});
  describe_battery(p, field);
  describe_grid(p, field);
  describe_economics(p, field);
  field("solarCapacity", p.solar_capacity_mw,
        {.stage = Stage::dispatch,
         .unit = "MW",
         .min = 0,
         .max = 1e6,
         .help = "solar park behind the connection (DC peak); its series is run.profile_id, else the scenario's solar table"});
  field("windCapacity", p.wind_capacity_mw,
        {.stage = Stage::dispatch,
         .unit = "MW",
         .min = 0,
         .max = 1e6,
         .help = "wind farm behind the connection; its series is run.wind_profile_id"});
  field("solarSde", p.solar_sde, {.merge_names = true});
  field("windSde", p.wind_sde, {.merge_names = true});
  field("solarPremium", p.solar_premium, {.merge_names = true});
  field("windPremium", p.wind_premium, {.merge_names = true});
}

OptionSlots project_slots(ProjectOptions& options) { return slots_of(options); }

}  // namespace bess::service
