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
constexpr std::array suffixes{Suffix{"(CET)", 3600}, Suffix{"(CEST)", 7200}, Suffix{"(UTC)", 0},   Suffix{"CEST", 7200},
                              Suffix{"CET", 3600},   Suffix{"UTC", 0},       Suffix{"MESZ", 7200}, Suffix{"MEZ", 3600}};

Issue time_issue(const char* code, const std::string& file, const std::string& column, std::size_t row, std::string message) {
  return {.severity = Severity::error, .code = code, .message = std::move(message), .path = {}, .file = file, .row = row, .column = column};
}

/// "45292.0416666667": days since 1900, of 1990 to 2100.
bool is_day_number(std::string_view text) {
  const std::size_t mark = text.find_first_of(".,");
  const std::string_view days = text.substr(0, mark);
  const bool digits = text.find_first_not_of("0123456789.,") == std::string_view::npos;
  return digits && days.size() == 5 && days >= "32874" && days <= "73050";
}

bool in_range(Instant t) {
  return t >= Instant{std::chrono::sys_days{first_date}} && t < Instant{std::chrono::sys_days{last_date} + std::chrono::days{1}};
}

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
  issues.add(time_issue(code, file_, column_, row, std::move(message)));
}

bool TimeColumn::add(std::string_view text, std::size_t row, Issues& issues, std::optional<int> period) {
  // Most stamps of most files: year first, with an offset or none, and nothing around them.
  if (text.size() >= 10 && text.size() <= 25 && text[4] == '-' && !period && !odd_) {
    const std::optional<ClockReading> reading = parse_clock(text);
    if (reading && reading->date >= first_date && reading->date <= last_date) {
      const Instant clock = Instant{std::chrono::sys_days{reading->date}} + seconds{reading->second_of_day};
      stamps_.push_back(
          {.clock = reading->offset_s ? clock - seconds{*reading->offset_s} : clock, .zoned = reading->offset_s.has_value(), .row = row});
      return true;
    }
  }
  return add_any(text, row, issues, period);
}

bool TimeColumn::add_any(std::string_view text, std::size_t row, Issues& issues, std::optional<int> period) {
  const std::string_view whole = text;
  std::string_view interval_end;
  if (const std::size_t interval = text.find(" - "); interval != std::string_view::npos) {
    interval_end = text.substr(interval + 3);
    text = text.substr(0, interval);
  }
  std::optional<int> named_offset;
  for (const Suffix& suffix : suffixes) {
    if (!text.ends_with(suffix.text)) continue;
    named_offset = suffix.offset_s;
    text.remove_suffix(suffix.text.size());
    break;
  }
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  Stamp stamp{.row = row};
  const auto out_of_range = [&] {
    problem("out_of_range", row, fmt::format("'{}' lies outside the years 1990 to 2199", whole.substr(0, 60)), issues);
    return false;
  };
  if (period) {
    if (*period < 1 || *period > 100) {
      problem("ambiguous_time", row, fmt::format("{} is no number of a quarter-hour (1 to 92, 96 or 100)", *period), issues);
      return false;
    }
    stamp.period = static_cast<std::int16_t>(*period);
  }
  const bool year_first = text.size() >= 10 && (text[4] == '-' || text[4] == '/');
  ClockReading reading;
  bool strict = false;
  if (year_first) {
    if (const auto read = parse_clock(text)) {
      reading = *read;
      strict = true;
    }
  }
  std::optional<LooseStamp> loose = strict ? std::nullopt : parse_loose(text);
  if (!strict && !loose) {
    problem("ambiguous_time", row,
            fmt::format("'{}' is {}", whole.substr(0, 60),
                        is_day_number(text) ? "a spreadsheet's number of a day: give the column a format of date and time there"
                                            : "not a date and time (2024-03-31T01:00:00Z, 2024-03-31 01:00, 31.03.2024 01:00)"),
            issues);
    return false;
  }
  if (loose && !loose->instant && !date_of(*loose, DateOrder::day_first) && !date_of(*loose, DateOrder::month_first) &&
      !(loose->short_year && date_of(*loose, DateOrder::year_first))) {
    problem("ambiguous_time", row, fmt::format("'{}': there is no such day", whole.substr(0, 60)), issues);
    return false;
  }
  const bool odd = loose && (loose->short_year || loose->instant);
  if (!stamps_.empty() && odd != odd_) {
    problem("ambiguous_time", row, fmt::format("'{}' is written otherwise than the stamps above", whole.substr(0, 60)), issues);
    return false;
  }
  odd_ = odd;
  if (loose && loose->instant) {
    if (!in_range(*loose->instant)) return out_of_range();
    stamp.clock = *loose->instant;
    stamp.zoned = true;
  } else if (loose) {
    const int year = loose->order == DateOrder::year_first ? loose->first : loose->third;
    if (!loose->short_year && (year < 1990 || year > 2199)) return out_of_range();
    if (!loose->offset_s) loose->offset_s = named_offset;
    vote_.add(*loose);
    if (loose->order == DateOrder::find && !interval_end.empty()) {  // the end of a day's last interval tells which number is the day
      if (const auto end = parse_loose(interval_end.substr(0, interval_end.find(" (")))) vote_.add(*end);
    }
    stamp.loose = static_cast<std::int32_t>(loose_.size());
    stamp.zoned = loose->offset_s.has_value() && !period;
    loose_.push_back(*loose);
  } else {
    if (reading.date < first_date || reading.date > last_date) return out_of_range();
    if (!reading.offset_s) reading.offset_s = named_offset;
    const Instant clock = Instant{std::chrono::sys_days{reading.date}} + seconds{period ? 0 : reading.second_of_day};
    stamp.zoned = reading.offset_s.has_value() && !period;
    stamp.clock = stamp.zoned ? clock - seconds{*reading.offset_s} : clock;
  }
  stamps_.push_back(stamp);
  return true;
}

void TimeColumn::set_minute_of_day(int minute) {
  Stamp& stamp = stamps_.back();
  if (stamp.loose >= 0) {
    loose_[static_cast<std::size_t>(stamp.loose)].second_of_day = minute * 60;
  } else {
    stamp.clock = std::chrono::floor<std::chrono::days>(stamp.clock) + std::chrono::minutes{minute};
  }
}

void TimeColumn::settle_dates(DateOrder stated, char separator, Issues& issues) {
  if (loose_.empty()) return;
  const DateOrderVote::Decision decision = vote_.decide(stated, separator);
  if (!decision.order) {
    const auto first = std::find_if(stamps_.begin(), stamps_.end(), [](const Stamp& s) { return s.loose >= 0; });
    problem("ambiguous_time", first->row, decision.problem, issues);
    return;
  }
  bool midnight = false;
  std::size_t row_of_24 = 0;
  for (Stamp& stamp : stamps_) {
    if (stamp.loose < 0) continue;
    const LooseStamp& loose = loose_[static_cast<std::size_t>(stamp.loose)];
    const auto date = date_of(loose, *decision.order);
    if (!date) {
      problem("ambiguous_time", stamp.row,
              fmt::format("{}{}{}{}{}: there is no such day, read as the file's other dates are", loose.first, loose.separator,
                          loose.second, loose.separator, loose.third),
              issues);
      continue;
    }
    stamp.clock = Instant{std::chrono::sys_days{*date}} + seconds{stamp.period > 0 ? 0 : loose.second_of_day};
    if (!in_range(stamp.clock)) problem("out_of_range", stamp.row, "the date lies outside the years 1990 to 2199", issues);
    if (stamp.zoned) stamp.clock -= seconds{*loose.offset_s};
    midnight = midnight || loose.second_of_day == 0;
    if (loose.second_of_day == 86400 && row_of_24 == 0) row_of_24 = stamp.row;
  }
  if (row_of_24 == 0 || midnight) return;
  Issue issue = time_issue("assumed", file_, column_, row_of_24,
                           "the stamps run to 24:00 and none is 00:00: they may name the ends of the periods; they were read as starts");
  issue.severity = Severity::warning;
  issues.add(std::move(issue));
}

std::vector<Instant> TimeColumn::resolve(const std::optional<DeclaredZone>& zone, const std::function<bool(std::size_t)>& is_empty,
                                         std::vector<std::size_t>& no_hours, Issues& issues) const {
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
      if (!stamps_[i].zoned) instants[i] = stamps_[i].clock - *zone->fixed_offset() + quarter_hour * std::max(0, stamps_[i].period - 1);
    }
    return instants;
  }
  resolve_local(*zone->calendar(), is_empty, instants, no_hours, issues);
  return instants;
}

void TimeColumn::resolve_local(const MarketCalendar& calendar, const std::function<bool(std::size_t)>& is_empty,
                               std::vector<Instant>& instants, std::vector<std::size_t>& no_hours, Issues& issues) const {
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
    if (stamp.period > 0) {
      const LocalDate date{std::chrono::floor<std::chrono::days>(stamp.clock)};
      if (stamp.period > calendar.quarters_in_day(date)) {
        problem("dst_count", stamp.row,
                fmt::format("{} has {} quarter-hours in {}; this one is numbered {}", format_date(date), calendar.quarters_in_day(date),
                            calendar.zone(), stamp.period),
                issues);
      }
      instants[i] = calendar.day_start(date) + (stamp.period - 1) * quarter_hour;
      continue;
    }
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
    } else if (is_empty(i)) {
      no_hours.push_back(i);
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
