#pragma once
// Market days are local days: 96 quarters, 92 or 100 when the clock changes. All conversions go through one tz database
// (the system's, read once per calendar; clock changes of 1970 … 2199, after the listed ones by the zone's own rule). A const
// MarketCalendar may be shared by threads.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "timeline/instant.h"

namespace bess {

/// Which of the two instants a repeated local time (autumn clock change) means.
enum class Repeated { first, second };

class MarketCalendar {
 public:
  /// IANA zone name ("Europe/Amsterdam"); throws bess::Exception("time_zone") when unknown or the tz database is missing.
  explicit MarketCalendar(std::string_view zone_name);
  /// "NL" → Europe/Amsterdam, "DE" → Europe/Berlin, … (case-insensitive); no country we know: Europe/Amsterdam is not assumed, it throws.
  [[nodiscard]] static MarketCalendar for_country(std::string_view country);

  /// The zone `for_country` takes ("NL", "DE-LU", "DK1" …); no value for a country we do not know.
  [[nodiscard]] static std::optional<std::string_view> zone_of_country(std::string_view country);

  [[nodiscard]] const std::string& zone() const { return zone_; }
  /// Instant of local midnight at the start of the day.
  [[nodiscard]] Instant day_start(LocalDate day) const;
  [[nodiscard]] LocalDate local_date(Instant t) const;
  /// Wall-clock minutes since local midnight (0 … 1439).
  [[nodiscard]] int local_minute(Instant t) const;
  [[nodiscard]] int quarters_in_day(LocalDate day) const;
  /// UTC of a local wall-clock time; no value when the time does not exist (spring gap). `repeated` chooses in autumn.
  [[nodiscard]] std::optional<Instant> to_utc(LocalDate day, int minute_of_day, Repeated repeated = Repeated::first) const;
  /// True when the local time occurs twice.
  [[nodiscard]] bool is_repeated(LocalDate day, int minute_of_day) const;
  /// Blocks follow the local clock, so a repeated hour lies inside one block and a skipped one shortens it.
  /// Start of the local block of `hours` (24 must be a multiple of it) that contains t, e.g. 00, 04, 08 … for 4 hours.
  [[nodiscard]] Instant block_start(Instant t, int hours) const;
  /// End of that block: 3, 4 or 5 real hours after its start for 4-hour blocks.
  [[nodiscard]] Instant block_end(Instant t, int hours) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
  std::string zone_;
};

/// The next local calendar day.
[[nodiscard]] LocalDate next_day(LocalDate day);
[[nodiscard]] LocalDate previous_day(LocalDate day);
/// The same month and day in another year; 29 February becomes the 28th where it does not exist.
[[nodiscard]] LocalDate in_year(LocalDate day, int year);
/// The same calendar day `years` later; 29 February becomes the 28th where it does not exist.
[[nodiscard]] LocalDate add_years(LocalDate day, int years);

}  // namespace bess
