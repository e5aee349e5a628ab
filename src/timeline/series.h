#pragma once
// Series on a regular grid with gaps, resampling and the gap rules. A missing value is NaN, never 0.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "timeline/calendar.h"

namespace bess {

/// values[i] belongs to [start + i·step, start + (i+1)·step).
struct RegularSeries {
  Instant start{};
  std::chrono::seconds step{quarter_hour};
  std::vector<double> values;
};

enum class SeriesKind {
  level,   ///< a price or a power: a finer grid repeats it, a coarser grid takes the mean
  amount,  ///< an energy or a sum of money: a finer grid divides it, a coarser grid adds
};

/// The series on steps of another length, one of which must be a multiple of the other (60, 30, 15, 5 minutes). The coarser grid is
/// aligned to multiples of its step from `series.start`. Missing values are left out of a mean; a sum with a missing term is missing.
[[nodiscard]] RegularSeries resample(const RegularSeries& series, std::chrono::seconds step, SeriesKind kind);

/// A run of missing values between two present ones: indices [first, first + count).
struct Gap {
  std::int64_t first{0};
  std::int64_t count{0};
  friend bool operator==(const Gap&, const Gap&) = default;
};
/// Missing values before the first and after the last present one limit a series' range and are no gaps.
[[nodiscard]] std::vector<Gap> find_gaps(std::span<const double> values);

/// Filling a gap: up to `interpolated_periods` market periods (and no more than `longest`) linearly, each period keeping one value; up
/// to `longest` from the same local time a day, else a week earlier (else later, at the head of the data); longer gaps stay.
struct GapRules {
  int interpolated_periods{4};
  std::chrono::hours longest{24};
  bool interpolate{true};  ///< false (states, flags): short gaps repeat the value before
  /// Missing values before the first and after the last present one, up to `longest`, are gaps too and taken from another day (where
  /// something else says how far the series should reach). Longer ones still limit its range.
  bool ends{false};
};

struct GapCount {
  std::int64_t interpolated{0};  ///< values filled from the neighbours
  std::int64_t borrowed{0};      ///< values filled from another day
  std::int64_t missing{0};       ///< values of longer gaps, still missing
  std::vector<Gap> unfilled;
};

/// Fills gaps in place. `period_end(t)` is the end of the market period that contains t (the step, the hour, the reserve block).
GapCount fill_gaps(RegularSeries& series, const MarketCalendar& calendar, const std::function<Instant(Instant)>& period_end,
                   const GapRules& rules = {});

}  // namespace bess
