#pragma once
// Internal to the importers: the time stamps of a file, turned into instants.
//
// Stamps with an offset stand for themselves. Others need a declared zone. In a zone with clock changes a local time that occurs
// twice is resolved by order of appearance, and one that does not exist is an error; both are judged per local day.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "importers/date_order.h"
#include "timeline/calendar.h"

namespace bess {

/// A zone as users write it: "UTC", "+01:00", "UTC+1", "local" (the market's own) or an IANA name.
class DeclaredZone {
 public:
  /// No value when there is no such zone.
  [[nodiscard]] static std::optional<DeclaredZone> parse(std::string_view name, const MarketCalendar& local);
  [[nodiscard]] const std::optional<std::chrono::seconds>& fixed_offset() const { return fixed_offset_; }
  [[nodiscard]] const std::optional<MarketCalendar>& calendar() const { return calendar_; }

 private:
  std::optional<std::chrono::seconds> fixed_offset_;
  std::optional<MarketCalendar> calendar_;
};

class TimeColumn {
 public:
  TimeColumn(std::string file, std::string column) : file_(std::move(file)), column_(std::move(column)) {}
  /// One row's stamp: "2024-01-01 00:00", also the first of an interval "… - …", also with "(CET)" or "(CEST)" behind it. `period`: the
  /// number of a quarter-hour of the stamp's local day, which then counts instead of the time of day. A stamp that is none becomes an
  /// issue. Returns whether it was understood. What dates can be read two ways is left to settle_dates.
  bool add(std::string_view text, std::size_t row, Issues& issues, std::optional<int> period = {});
  /// Replaces the time of day of the stamp added last.
  void set_minute_of_day(int minute);
  /// Decides the order of day and month for all stamps (importers/date_order.h). Issues: ambiguous_time, out_of_range; warning assumed
  /// where stamps run to 24:00.
  void settle_dates(DateOrder stated, char separator, Issues& issues);
  /// The instants of the stamps that were understood, in the order they came. On an issue the result is not usable. A stamp that the clock
  /// skips is an error unless `is_empty` says that its row has no value: then it is no hour, and its index goes to `no_hours`.
  [[nodiscard]] std::vector<Instant> resolve(const std::optional<DeclaredZone>& zone, const std::function<bool(std::size_t)>& is_empty,
                                             std::vector<std::size_t>& no_hours, Issues& issues) const;
  [[nodiscard]] std::size_t size() const { return stamps_.size(); }
  [[nodiscard]] std::size_t row(std::size_t index) const { return stamps_[index].row; }

 private:
  struct Stamp {
    Instant clock{};  ///< what the clock shows, as if it were UTC; the instant itself when `zoned`
    bool zoned{false};
    std::int16_t period{0};  ///< number of the quarter-hour of the day; 0: none
    std::int32_t loose{-1};  ///< index in `loose_` while the date is not settled
    std::size_t row{0};
  };
  bool add_any(std::string_view text, std::size_t row, Issues& issues, std::optional<int> period);
  void resolve_local(const MarketCalendar& calendar, const std::function<bool(std::size_t)>& is_empty, std::vector<Instant>& instants,
                     std::vector<std::size_t>& no_hours, Issues& issues) const;
  void problem(const char* code, std::size_t row, std::string message, Issues& issues) const;

  std::string file_;
  std::string column_;
  std::vector<Stamp> stamps_;
  std::vector<LooseStamp> loose_;
  DateOrderVote vote_;
  bool odd_{false};  ///< two-digit years, or seconds since 1970: such stamps never mix with others
};

}  // namespace bess
