#include "timeline/instant.h"

#include <fmt/format.h>

namespace bess {

namespace {

/// Reads exactly `count` digits at `pos`; −1 when there are not as many.
int digits(std::string_view text, std::size_t pos, std::size_t count) {
  if (pos + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = pos; i < pos + count; ++i) {
    const char c = text[i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<LocalDate> make_date(int year, int month, int day) {
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const LocalDate date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                       std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return date;
}

/// "2024-03-31" or "2024/03/31" (year first), "31-03-2024", "31.03.2024", "31/03/2024" (day first).
std::optional<LocalDate> leading_date(std::string_view text) {
  if (text.size() < 10) return std::nullopt;
  const auto separator = [](char c) { return c == '-' || c == '/' || c == '.'; };
  if (separator(text[4]) && text[7] == text[4]) return make_date(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  if (separator(text[2]) && text[5] == text[2]) return make_date(digits(text, 6, 4), digits(text, 3, 2), digits(text, 0, 2));
  return std::nullopt;
}

/// "Z", "+01", "+0100", "+01:00"; seconds east of UTC.
std::optional<int> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int hours = digits(text, 1, 2);
  int minutes = 0;
  if (text.size() == 5) {
    minutes = digits(text, 3, 2);
  } else if (text.size() == 6 && text[3] == ':') {
    minutes = digits(text, 4, 2);
  } else if (text.size() != 3) {
    return std::nullopt;
  }
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return std::nullopt;
  const int seconds = hours * 3600 + minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

/// "HH:MM" or "HH:MM:SS" (with a fraction that is cut off) at `pos`, which is moved behind it; seconds of the day, −1 when malformed.
int time_of_day(std::string_view text, std::size_t& pos) {
  const int hour = digits(text, pos, 2);
  if (hour < 0 || hour > 23 || pos + 2 >= text.size() || text[pos + 2] != ':') return -1;
  const int minute = digits(text, pos + 3, 2);
  if (minute < 0 || minute > 59) return -1;
  pos += 5;
  int second = 0;
  if (pos < text.size() && text[pos] == ':') {
    second = digits(text, pos + 1, 2);
    if (second < 0 || second > 59) return -1;
    pos += 3;
    if (pos < text.size() && text[pos] == '.') {
      ++pos;
      while (pos < text.size() && text[pos] >= '0' && text[pos] <= '9') ++pos;
    }
  }
  return hour * 3600 + minute * 60 + second;
}

}  // namespace

std::optional<ClockReading> parse_clock(std::string_view text) {
  const std::optional<LocalDate> date = leading_date(text);
  if (!date) return std::nullopt;
  ClockReading reading{.date = *date};
  std::size_t pos = 10;
  if (pos == text.size()) return reading;
  if (text[pos] != 'T' && text[pos] != 't' && text[pos] != ' ') return std::nullopt;
  ++pos;
  reading.second_of_day = time_of_day(text, pos);
  if (reading.second_of_day < 0) return std::nullopt;
  if (pos < text.size() && text[pos] == ' ') ++pos;
  if (pos == text.size()) return reading;
  reading.offset_s = parse_offset(text.substr(pos));
  if (!reading.offset_s) return std::nullopt;
  return reading;
}

std::string format_instant(Instant t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::hh_mm_ss time{t - day};
  return fmt::format("{}T{:02}:{:02}:{:02}Z", format_date(LocalDate{day}), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

std::string format_date(LocalDate d) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()), static_cast<unsigned>(d.day()));
}

std::optional<Instant> parse_instant(std::string_view text) {
  const std::optional<ClockReading> reading = parse_clock(text);
  if (!reading || !reading->offset_s || text[4] != '-') return std::nullopt;
  return Instant{std::chrono::sys_days{reading->date}} + std::chrono::seconds{reading->second_of_day - *reading->offset_s};
}

std::optional<LocalDate> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-') return std::nullopt;
  return leading_date(text);
}

}  // namespace bess
