#pragma once
// Internal to the importers: time stamps that can be read in more than one way. What a single stamp leaves open (which of two numbers is
// the day) is decided once for a file, from all of its rows.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "timeline/instant.h"

namespace bess {

enum class DateOrder : std::uint8_t { find, day_first, month_first, year_first };

/// A stamp taken apart. `first`, `second` and `third` are the three numbers of its date as they stand; `order` says which is which where
/// the stamp alone tells.
struct LooseStamp {
  int first{0}, second{0}, third{0};
  char separator{'-'};
  bool short_year{false};
  bool meridiem{false};  ///< with AM or PM
  DateOrder order{DateOrder::find};
  std::int32_t second_of_day{0};  ///< up to 24:00, the end of the day
  std::optional<int> offset_s{};
  std::optional<Instant> instant{};  ///< seconds or milliseconds since 1970: the numbers of the date mean nothing
};

/// Stamps beyond ISO dates: "1-1-2024 00:00", "31.12.24 24:00", "12/31/2024 1:00 PM", "Jan 1, 2024 12:00 AM", "20240101:0010",
/// "202401010010", "1704067200", "1704067200000". No value for anything else.
[[nodiscard]] std::optional<LooseStamp> parse_loose(std::string_view text);

/// Collects what the stamps of a file say about the order of their dates.
class DateOrderVote {
 public:
  void add(const LooseStamp& stamp);
  struct Decision {
    std::optional<DateOrder> order{};
    std::string problem{};  ///< why there is none
  };
  /// `separator` of the file's cells: ";" stands for a European file.
  [[nodiscard]] Decision decide(DateOrder stated, char separator) const;

 private:
  [[nodiscard]] bool possible(DateOrder order) const;
  std::vector<LooseStamp> dates_;  ///< of the stamps that leave it open, each date once in a row
  bool meridiem_{false};
};

/// The date of a stamp in an order; no value when there is no such day.
[[nodiscard]] std::optional<LocalDate> date_of(const LooseStamp& stamp, DateOrder order);

}  // namespace bess
