#include "importers/weather_stamps.h"

#include "base/error.h"

namespace bess {
namespace {

using namespace std::chrono;

// Reads exactly `count` digits; −1 when they aren't digits.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

struct Wall {
  year_month_day date;
  seconds time;
  std::string_view rest;  ///< what follows: offset or nothing
};

std::optional<Wall> parse_wall(std::string_view t) {
  const bool compact = t.size() >= 13 && t[8] == ':';
  const bool iso = t.size() >= 16 && t[4] == '-' && t[7] == '-' && (t[10] == 'T' || t[10] == ' ') && t[13] == ':';
  if (!compact && !iso) return std::nullopt;
  const int y = digits(t, 0, 4);
  const int m = digits(t, iso ? 5 : 4, 2);
  const int d = digits(t, iso ? 8 : 6, 2);
  const int hour = digits(t, iso ? 11 : 9, 2);
  const int minute = digits(t, iso ? 14 : 11, 2);
  std::size_t end = iso ? 16 : 13;
  int second = 0;
  if (iso && t.size() > end && t[end] == ':') {
    second = digits(t, end + 1, 2);
    end += 3;
  }
  if (y < 0 || m < 0 || d < 0 || hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return std::nullopt;
  return Wall{date, hours{hour} + minutes{minute} + seconds{second}, t.substr(end)};
}

std::optional<seconds> parse_offset(std::string_view text) {
  if (text == "Z" || text == "UTC") return seconds{0};
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hour = digits(text, 1, 2);
  const int minute = digits(text, 4, 2);
  if (hour < 0 || minute < 0 || hour > 14 || minute > 59) return std::nullopt;
  const seconds offset = hours{hour} + minutes{minute};
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

StampReader::StampReader(std::string_view time_zone) {
  if (const auto offset = parse_offset(time_zone)) {
    offset_ = *offset;
    return;
  }
  try {
    calendar_.emplace(time_zone);
  } catch (const Exception&) {
    valid_ = false;
  }
}

StampReader::Result StampReader::read(std::string_view text, bool to_2001) {
  const auto wall = parse_wall(text);
  if (!wall) return {std::nullopt, "bad_number"};
  year_month_day date = wall->date;
  if (to_2001) date = year{2001} / date.month() / date.day();
  if (!date.ok()) return {std::nullopt, "bad_number"};
  const seconds local = sys_days{date}.time_since_epoch() + wall->time;
  if (!wall->rest.empty()) {
    const auto own = parse_offset(wall->rest);
    if (!own) return {std::nullopt, "bad_number"};
    return {Instant{local - *own}};
  }
  if (!calendar_) return {Instant{local - offset_}};
  const sys_days day = floor<days>(sys_seconds{local});
  const int minute = static_cast<int>(floor<minutes>(local - day.time_since_epoch()).count());
  const LocalDate local_date{day};
  // In the hour that occurs twice the clock going back (a stamp not after the last) begins the second pass.
  if (calendar_->is_repeated(local_date, minute)) {
    if (local <= last_local_) second_pass_ = true;
  } else {
    second_pass_ = false;
  }
  last_local_ = local;
  const auto instant = calendar_->to_utc(local_date, minute, second_pass_ ? Repeated::second : Repeated::first);
  if (!instant) return {};
  return {*instant + (local - floor<minutes>(local))};
}

}  // namespace bess
