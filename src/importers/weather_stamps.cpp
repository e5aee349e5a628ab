#include "importers/weather_stamps.h"

#include <algorithm>

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

/// "31.12.2023 23:00", "31/12/2023", "31-12-2023": day first, as in market files. Four digits of the year tell them from ISO.
std::optional<Wall> parse_day_first(std::string_view t) {
  const auto mark = [&](std::size_t at) { return t[at] == '.' || t[at] == '/' || t[at] == '-'; };
  if (t.size() < 16 || !mark(2) || t[5] != t[2] || (t[10] != ' ' && t[10] != 'T') || t[13] != ':') return std::nullopt;
  const int d = digits(t, 0, 2);
  const int m = digits(t, 3, 2);
  const int y = digits(t, 6, 4);
  const int hour = digits(t, 11, 2);
  const int minute = digits(t, 14, 2);
  std::size_t end = 16;
  int second = 0;
  if (t.size() > end && t[end] == ':') {
    second = digits(t, end + 1, 2);
    end += 3;
  }
  if (y < 0 || m < 0 || d < 0 || hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return std::nullopt;
  return Wall{date, hours{hour} + minutes{minute} + seconds{second}, t.substr(std::min(end, t.size()))};
}

std::optional<Wall> parse_wall(std::string_view t) {
  const bool compact = t.size() >= 13 && t[8] == ':';
  const bool iso = t.size() >= 16 && t[4] == '-' && t[7] == '-' && (t[10] == 'T' || t[10] == ' ') && t[13] == ':';
  if (!compact && !iso) return parse_day_first(t);
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
    if (t.size() > end && t[end] == '.') {  // fractions of a second are dropped
      ++end;
      while (t.size() > end && t[end] >= '0' && t[end] <= '9') ++end;
    }
  }
  if (y < 0 || m < 0 || d < 0 || hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  if (hour == 24 && (minute > 0 || second > 0)) return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return std::nullopt;
  return Wall{date, hours{hour} + minutes{minute} + seconds{second}, t.substr(std::min(end, t.size()))};
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

namespace {

/// Seconds (nine or ten digits) or milliseconds (twelve or thirteen) since 1970.
std::optional<Instant> since_epoch(std::string_view text) {
  const std::size_t size = text.size();
  if ((size != 9 && size != 10 && size != 12 && size != 13) || text.find_first_not_of("0123456789") != std::string_view::npos) return {};
  std::int64_t value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return Instant{seconds{size > 10 ? value / 1000 : value}};
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
  if (const auto instant = since_epoch(text)) return {.instant = instant};
  const auto wall = parse_wall(text);
  if (!wall) return {std::nullopt, "bad_number"};
  year_month_day date = wall->date;
  if (to_2001) date = year{2001} / date.month() / date.day();
  if (!date.ok()) return {std::nullopt, "bad_number"};
  const seconds local = sys_days{date}.time_since_epoch() + wall->time;
  if (!wall->rest.empty()) {
    std::string_view rest = wall->rest;
    if (rest.front() == ' ') rest.remove_prefix(1);
    const auto own = parse_offset(rest);
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
