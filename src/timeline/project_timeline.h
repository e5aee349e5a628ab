#pragma once
// The common time line of a run: every quarter-hour of the project, which market day, block, hour, month and project year
// it belongs to, and which quarter of the source data gives its prices.
//
// Rules: project year y is [start + (y−1) years, start + y years) in local time. Data years are complete local calendar
// years; the run begins with the start year's data if present, else with the first, then takes them in order, cyclically. A project that
// does not start on 1 January takes the data of every day itself where they exist, and needs no complete calendar year: twelve months do.
// Same month, day and local time of day; a local quarter absent in the source takes the same quarter a day earlier;
// 29 February without counterpart takes the 28th.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "timeline/calendar.h"

namespace bess {

/// One local market day of the project. When the project starts after midnight its years do too: the day that a year's start
/// cuts in two then appears twice, as the last day of one year and the first of the next, each with its own quarters.
struct ProjectDay {
  LocalDate date{};
  std::int32_t first_quarter{0};  ///< index on the project's grid
  std::int32_t quarters{0};       ///< 92, 96 or 100 (fewer on a day that is cut)
  std::int32_t year{0};           ///< project year, 0-based
};

/// Project days that take the data of another year: one run of days whose data days follow one another.
struct RepeatedDays {
  LocalDate first{}, last{};            ///< of the project
  LocalDate data_first{}, data_last{};  ///< the days whose data they take
  std::int32_t days{0};
};

/// Immutable after build; may be shared by threads. All indices are quarter-hours from `start`.
struct ProjectTimeline {
  Instant start{};
  std::int32_t quarters{0};
  std::vector<ProjectDay> days;
  std::vector<std::int32_t> year_first_day;      ///< years + 1 entries, into days
  std::vector<std::int32_t> year_first_quarter;  ///< years + 1 entries
  std::vector<std::int32_t> source;              ///< per quarter: index of the source quarter
  std::vector<std::int32_t> block;               ///< per quarter: running number of its 4-hour local block
  std::vector<std::int32_t> hour;                ///< per quarter: running number of its (UTC-aligned) hour
  std::vector<std::int32_t> month;               ///< per quarter: running number of its local calendar month, 0 at the start
  std::vector<LocalDate> month_start;            ///< first local day of each running month
  bool years_repeated{false};                    ///< data years were used more than once, or another year stands in
  std::vector<RepeatedDays> repeated;            ///< in the order of the project
  std::vector<int> data_year_of_project_year;    ///< the calendar year whose data project year y starts with
  [[nodiscard]] Instant instant(std::int32_t quarter) const { return start + quarter * quarter_hour; }
  [[nodiscard]] int years() const { return static_cast<int>(year_first_day.size()) - 1; }
};

struct TimelineRequest {
  Instant start{};  ///< floored to the quarter-hour
  int years{1};
  Instant data_start{};              ///< first quarter of the source grid
  std::int32_t data_quarters{0};     ///< length of the source grid
  std::int32_t usable_first{0};      ///< only [usable_first, usable_first + usable_quarters) of the grid counts as data …
  std::int32_t usable_quarters{-1};  ///< … up to the grid's end if −1 (market/price_set.h: usable_range)
  bool repeat_years{true};           ///< false: a project quarter without data of its own year is an error (incomplete_year)
  bool allow_partial{false};  ///< true: incomplete data years are used too; days before or after the data take the data's first or last day
};

/// Days of the project beyond the data, which with allow_partial repeat the data's first or last day (29 February is none of them).
[[nodiscard]] std::int64_t days_beyond_data(const ProjectTimeline& timeline);

/// "2025-05-07 to 2026-04-30 (359 days) take the data of 2024-05-07 to 2025-04-30; …", the first few runs; empty where nothing repeats.
[[nodiscard]] std::string describe_repeated(const ProjectTimeline& timeline);

/// Codes: incomplete_year (no complete local calendar year in the data and not allow_partial, or repeats not allowed).
[[nodiscard]] Expected<ProjectTimeline> build_timeline(const MarketCalendar& calendar, const TimelineRequest& request);

}  // namespace bess
