#pragma once
// Internal to the importers: the time stamps of a file, turned into instants.
//
// Stamps with an offset stand for themselves. Others need a declared zone. In a zone with clock changes a local time that occurs
// twice is resolved by order of appearance, and one that does not exist is an error; both are judged per local day.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
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
  /// One row's stamp: "2024-01-01 00:00", also the first of an interval "… - …", also with "(CET)" or "(CEST)" behind it. A stamp that is
  /// none becomes an issue. Returns whether it was understood.
  bool add(std::string_view text, std::size_t row, Issues& issues);
  /// The instants of the stamps that were understood, in the order they came. On an issue the result is not usable.
  [[nodiscard]] std::vector<Instant> resolve(const std::optional<DeclaredZone>& zone, Issues& issues) const;
  [[nodiscard]] std::size_t size() const { return stamps_.size(); }
  [[nodiscard]] std::size_t row(std::size_t index) const { return stamps_[index].row; }

 private:
  struct Stamp {
    Instant clock{};  ///< what the clock shows, as if it were UTC; the instant itself when `zoned`
    bool zoned{false};
    std::size_t row{0};
  };
  void resolve_local(const MarketCalendar& calendar, std::vector<Instant>& instants, Issues& issues) const;
  void problem(const char* code, std::size_t row, std::string message, Issues& issues) const;

  std::string file_;
  std::string column_;
  std::vector<Stamp> stamps_;
};

}  // namespace bess
