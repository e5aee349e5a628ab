#pragma once
// From a settled simulation to what finance asks: numbers per project year (docs/models/report.md, "Into finance").

#include "report/report_input.h"

namespace bess::report {

/// Simulated years and the forecast of health beyond them. Grid cost of a year: fixed charges by the tariff, on the highest import of
/// each local calendar month (a month that a project year cuts counts by its share of days), and the energy fees of the ledger, of which
/// tax·imported energy is tax. Charging cost: grid-charged energy at the year's average purchase price, self-charged energy at the
/// year's average price of sold generation. Augmentation costs come from the battery's list unless the economics have their own.
[[nodiscard]] finance::FinanceInput make_finance_input(const ReportInput& input);

/// Billed peaks of one project year (0-based), in MW, one per calendar month it touches.
[[nodiscard]] std::vector<double> monthly_peaks_mw(const SimulationResult& result, std::int32_t project_year);

}  // namespace bess::report
