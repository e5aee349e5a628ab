#include "importers/time_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace bess {

namespace {

using std::chrono::seconds;

/// "+1", "+01", "-0230", "+01:00".
std::optional<seconds> parse_fixed_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::string digits;
  for (const char c : text.substr(1)) {
    if (c == ':' && digits.size() <= 2) continue;
    if (c < '0' || c > '9') return std::nullopt;
    digits.push_back(c);
  }
  if (digits.empty() || digits.size() > 4 || digits.size() == 3) return std::nullopt;
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const int minutes = digits.size() <= 2 ? number * 60 : number / 100 * 60 + number % 100;
  if (minutes > 14 * 60) return std::nullopt;
  return seconds{(text[0] == '-' ? -minutes : minutes) * 60};
}

constexpr LocalDate first_date = std::chrono::year{1990} / 1 / 1;
constexpr LocalDate last_date = std::chrono::year{2199} / 12 / 30;

struct Suffix {
  std::string_view text;
  int offset_s;
};
constexpr std::array suffixes{Suffix{"(CET)", 3600}, Suffix{"(CEST)", 7200}, Suffix{"(UTC)", 0},
                              Suffix{"CEST", 7200},  Suffix{"CET", 3600},    Suffix{"UTC", 0}};

/// How the stamps of a file run through time.
enum class Order { ascending, descending, mixed };

}  // namespace

std::optional<DeclaredZone> DeclaredZone::parse(std::string_view name, const MarketCalendar& local) {
  DeclaredZone zone;
  if (name == "local") {
    zone.calendar_ = local;
    return zone;
  }
  std::string_view offset = name;
  const bool utc = name.starts_with("UTC") || name.starts_with("utc") || name.starts_with("GMT");
  if (utc) offset.remove_prefix(3);
  if (name == "Z" || (utc && offset.empty())) {
    zone.fixed_offset_ = seconds{0};
    return zone;
  }
  zone.fixed_offset_ = parse_fixed_offset(offset);
  if (zone.fixed_offset_) return zone;
  try {
    zone.calendar_ = name == local.zone() ? local : MarketCalendar(name);
  } catch (const Exception&) {
    return std::nullopt;
  }
  return zone;
}

void TimeColumn::problem(const char* code, std::size_t row, std::string message, Issues& issues) const {
  issues.add(
      {.severity = Severity::error, .code = code, .message = std::move(message), .path = {}, .file = file_, .row = row, .column = column_});
}

bool TimeColumn::add(std::string_view text, std::size_t row, Issues& issues) {
  const std::string_view whole = text;
  if (const std::size_t interval = text.find(" - "); interval != std::string_view::npos) text = text.substr(0, interval);
  std::optional<int> named_offset;
  for (const Suffix& suffix : suffixes) {
    if (!text.ends_with(suffix.text)) continue;
    named_offset = suffix.offset_s;
    text.remove_suffix(suffix.text.size());
    break;
  }
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::optional<ClockReading> reading = parse_clock(text);
  if (!reading) {
    problem("ambiguous_time", row,
            fmt::format("'{}' is not a date and time (2024-03-31T01:00:00Z, 2024-03-31 01:00, 31.03.2024 01:00)", whole.substr(0, 60)),
            issues);
    return false;
  }
  if (reading->date < first_date || reading->date > last_date) {
    problem("out_of_range", row, fmt::format("'{}' lies outside the years 1990 to 2199", whole.substr(0, 60)), issues);
    return false;
  }
  if (!reading->offset_s) reading->offset_s = named_offset;
  const Instant clock = Instant{std::chrono::sys_days{reading->date}} + seconds{reading->second_of_day};
  stamps_.push_back({reading->offset_s ? clock - seconds{*reading->offset_s} : clock, reading->offset_s.has_value(), row});
  return true;
}

std::vector<Instant> TimeColumn::resolve(const std::optional<DeclaredZone>& zone, Issues& issues) const {
  std::vector<Instant> instants(stamps_.size());
  std::transform(stamps_.begin(), stamps_.end(), instants.begin(), [](const Stamp& s) { return s.clock; });
  const auto naive = std::find_if(stamps_.begin(), stamps_.end(), [](const Stamp& s) { return !s.zoned; });
  if (naive == stamps_.end()) return instants;
  if (!zone) {
    problem("ambiguous_time", naive->row,
            "the time stamps name no zone: declare one (time_zone: \"UTC\", \"Europe/Amsterdam\", \"+01:00\" …)", issues);
    return instants;
  }
  if (zone->fixed_offset()) {
    for (std::size_t i = 0; i < stamps_.size(); ++i) {
      if (!stamps_[i].zoned) instants[i] = stamps_[i].clock - *zone->fixed_offset();
    }
    return instants;
  }
  resolve_local(*zone->calendar(), instants, issues);
  return instants;
}

void TimeColumn::resolve_local(const MarketCalendar& calendar, std::vector<Instant>& instants, Issues& issues) const {
  const bool descending = stamps_.size() > 1 && stamps_.front().clock > stamps_.back().clock;
  struct Repeat {
    std::map<int, int> seen;  ///< by minute of the day
    std::size_t first_row{0};
  };
  std::map<std::chrono::sys_days, Repeat> repeats;
  std::map<std::chrono::sys_days, std::size_t> skipped;
  Order order = descending ? Order::descending : Order::ascending;
  Instant previous = descending ? Instant::max() : Instant::min();
  for (std::size_t k = 0; k < stamps_.size(); ++k) {
    const std::size_t i = descending ? stamps_.size() - 1 - k : k;
    const Stamp& stamp = stamps_[i];
    if (stamp.zoned) continue;
    const auto day = std::chrono::floor<std::chrono::days>(stamp.clock);
    const int minute = static_cast<int>(std::chrono::floor<std::chrono::minutes>(stamp.clock - day).count());
    const seconds rest = stamp.clock - day - std::chrono::minutes{minute};
    const bool repeated = calendar.is_repeated(LocalDate{day}, minute);
    if (k > 0 && stamp.clock < previous && !repeated) order = Order::mixed;
    previous = stamp.clock;
    Repeated pass = Repeated::first;
    if (repeated) {
      Repeat& repeat = repeats[day];
      if (repeat.seen.empty()) repeat.first_row = stamp.row;
      if (++repeat.seen[minute] > 1) pass = Repeated::second;
    }
    const std::optional<Instant> t = calendar.to_utc(LocalDate{day}, minute, pass);
    if (t) {
      instants[i] = *t + rest;
    } else {
      skipped.try_emplace(day, stamp.row);
    }
  }
  for (const auto& [day, row] : skipped) {
    problem(
        "dst_count", row,
        fmt::format("{} has local times that the clock skips in {}: the day has 23 hours", format_date(LocalDate{day}), calendar.zone()),
        issues);
  }
  for (const auto& [day, repeat] : repeats) {
    const bool twice = std::any_of(repeat.seen.begin(), repeat.seen.end(), [](const auto& entry) { return entry.second > 1; });
    if (!twice) {
      problem("dst_count", repeat.first_row,
              fmt::format("{} has the repeated hour only once: in {} the day has 25 hours", format_date(LocalDate{day}), calendar.zone()),
              issues);
    } else if (order == Order::mixed) {
      problem("ambiguous_time", repeat.first_row,
              fmt::format("the rows are out of order, so they do not tell which hour of {} is which", format_date(LocalDate{day})), issues);
    }
  }
}

}  // namespace bess
