#pragma once
// Instants are UTC, at the start of the interval they name. Local dates exist only beside a MarketCalendar.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bess {

using Instant = std::chrono::sys_seconds;
using LocalDate = std::chrono::year_month_day;

inline constexpr std::chrono::minutes quarter_hour{15};
inline constexpr double quarter_h = 0.25;

/// "2024-03-31T01:00:00Z".
[[nodiscard]] std::string format_instant(Instant t);
/// "2024-03-31".
[[nodiscard]] std::string format_date(LocalDate d);
/// An ISO 8601 instant with an explicit offset or Z ("2024-03-31T01:00Z", "2024-03-31 01:00:00+01:00"); no value otherwise.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);
/// "2024-03-31"; no value when malformed or no such day.
[[nodiscard]] std::optional<LocalDate> parse_date(std::string_view text);

/// What a clock showed: a date, a time of day and, where the text gives one, the offset from UTC.
struct ClockReading {
  LocalDate date{};
  int second_of_day{0};
  std::optional<int> offset_s{};  ///< seconds east of UTC; none: local time of an unstated zone
};
/// Dates year first ("2024-03-31", "2024/03/31") or day first ("31-03-2024", "31.03.2024", "31/03/2024"), alone or followed by
/// "T" or a blank, "HH:MM[:SS[.fff]]" and optionally "Z" or "±HH[[:]MM]"; no value otherwise. Fractions of a second are dropped.
[[nodiscard]] std::optional<ClockReading> parse_clock(std::string_view text);

}  // namespace bess
