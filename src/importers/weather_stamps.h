#pragma once
// Time stamps of weather files: ISO 8601 with or without offset ("2024-03-31T01:00:00Z", "2024-03-31 01:00"), day first
// ("31.03.2024 01:00"), "20240331:0100", or seconds or milliseconds since 1970. 24:00 is the end of the day.

#include <chrono>
#include <optional>
#include <string_view>

#include "timeline/calendar.h"

namespace bess {

/// Reads stamps in order of the file; a local hour that occurs twice is resolved by order of appearance. Not thread-safe.
class StampReader {
 public:
  /// "UTC", "+01:00" or an IANA name, for stamps without their own offset.
  explicit StampReader(std::string_view time_zone);
  [[nodiscard]] bool valid() const { return valid_; }

  struct Result {
    std::optional<Instant> instant{};
    std::string_view code{"ambiguous_time"};  ///< why there is none
  };
  /// `to_2001` moves the stamp to the year 2001 (typical years; 29 February is refused there).
  [[nodiscard]] Result read(std::string_view text, bool to_2001);

 private:
  bool valid_{true};
  std::chrono::seconds offset_{0};
  std::optional<MarketCalendar> calendar_;
  std::chrono::seconds last_local_{std::chrono::seconds::min()};
  bool second_pass_{false};
};

}  // namespace bess
