#include "timeline/calendar.h"

#include <date/tz.h>
// ptz.h names hh_mm_ss under two using-directives, which C++20's own hh_mm_ss makes ambiguous: it sees an alias instead.
namespace date {
template <class Duration>
using clock_parts = hh_mm_ss<Duration>;
}
#define hh_mm_ss clock_parts
#include <date/ptz.h>
#undef hh_mm_ss
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/error.h"

namespace bess {

namespace {

using std::chrono::seconds;

constexpr int last_table_year = 2199;
constexpr const char* zone_directory = "/usr/share/zoneinfo/";

/// From `begin` on, local time is UTC plus `offset`.
struct OffsetPeriod {
  Instant begin{};
  seconds offset{};
};

/// The rule that holds after the last listed clock change ("CET-1CEST,M3.5.0,M10.5.0/3"): the last line of a TZif file. The
/// date library reads the listed changes only, which end in 2037 and would leave later summers without summer time.
std::string rule_of_later_years(const std::string& zone) {
  std::ifstream file(zone_directory + zone, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (content.size() < 2 || content.back() != '\n') return {};
  content.pop_back();
  const std::size_t line = content.rfind('\n');
  return line == std::string::npos ? std::string{} : content.substr(line + 1);
}

void add_period(std::vector<OffsetPeriod>& periods, Instant begin, seconds offset) {
  if (periods.empty() || periods.back().offset != offset) periods.push_back({begin, offset});
}

/// All clock changes from 1970 to 2199.
std::vector<OffsetPeriod> read_offsets(const std::string& zone_name) {
  std::vector<OffsetPeriod> periods;
  const date::time_zone* zone = nullptr;
  std::string rule;
  try {
    zone = date::locate_zone(zone_name);
    rule = rule_of_later_years(zone->name());
  } catch (const std::exception& error) {
    throw Exception("time_zone", fmt::format("time zone {} is not in the system's time zone database: {}", zone_name, error.what()));
  }
  const Instant end{std::chrono::sys_days{std::chrono::year{last_table_year + 1} / 1 / 1}};
  Instant t{};
  while (t < end) {
    const date::sys_info info = zone->get_info(t);
    add_period(periods, t, info.offset);
    t = std::min(Instant{info.end.time_since_epoch()}, end);
  }
  if (rule.find(',') == std::string::npos) return periods;
  const Posix::time_zone later{rule};
  t = periods.back().begin;
  while (t < end) {
    const date::sys_info info = later.get_info(t);
    add_period(periods, t, info.offset);
    t = Instant{info.end.time_since_epoch()};
  }
  return periods;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> country_zones{{
    {"NL", "Europe/Amsterdam"},
    {"DE", "Europe/Berlin"},
    {"BE", "Europe/Brussels"},
    {"FR", "Europe/Paris"},
    {"AT", "Europe/Vienna"},
    {"CH", "Europe/Zurich"},
    {"LU", "Europe/Luxembourg"},
    {"DK", "Europe/Copenhagen"},
    {"PL", "Europe/Warsaw"},
    {"CZ", "Europe/Prague"},
    {"SI", "Europe/Ljubljana"},
    {"IT", "Europe/Rome"},
    {"ES", "Europe/Madrid"},
    {"SE", "Europe/Stockholm"},
    {"NO", "Europe/Oslo"},
    {"FI", "Europe/Helsinki"},
    {"GB", "Europe/London"},
}};

}  // namespace

struct MarketCalendar::Impl {
  std::vector<OffsetPeriod> periods;

  [[nodiscard]] std::size_t period_at(Instant t) const {
    const auto after = std::upper_bound(periods.begin(), periods.end(), t, [](Instant x, const OffsetPeriod& p) { return x < p.begin; });
    return after == periods.begin() ? 0 : static_cast<std::size_t>(after - periods.begin()) - 1;
  }
  [[nodiscard]] seconds offset_at(Instant t) const { return periods[period_at(t)].offset; }

  struct LocalMatch {
    std::optional<Instant> first, second;
    Instant next_change{};  ///< where neither exists: the clock change that jumped over the local time
  };
  [[nodiscard]] LocalMatch match(LocalDate day, int minute) const {
    const Instant as_if_utc = Instant{std::chrono::sys_days{day}} + std::chrono::minutes{minute};
    const std::size_t centre = period_at(as_if_utc);
    LocalMatch result;
    for (std::size_t i = centre > 0 ? centre - 1 : 0; i < std::min(centre + 2, periods.size()); ++i) {
      const Instant t = as_if_utc - periods[i].offset;
      if (i > 0 && t < periods[i].begin) {
        if (!result.first) result.next_change = periods[i].begin;
        break;
      }
      if (i + 1 < periods.size() && t >= periods[i + 1].begin) continue;
      (result.first ? result.second : result.first) = t;
    }
    return result;
  }
  /// The local time, or the instant of the clock change that jumped over it.
  [[nodiscard]] Instant at_or_after(LocalDate day, int minute) const {
    const LocalMatch found = match(day, minute);
    return found.first ? *found.first : found.next_change;
  }
};

MarketCalendar::MarketCalendar(std::string_view zone_name) : zone_(zone_name) {
  impl_ = std::make_shared<const Impl>(Impl{read_offsets(zone_)});
}

std::optional<std::string_view> MarketCalendar::zone_of_country(std::string_view country) {
  if (country.size() < 2 || (country.size() > 2 && country[2] != '-' && (country[2] < '0' || country[2] > '9'))) return std::nullopt;
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  for (const auto& [code, zone] : country_zones) {
    if (upper(country[0]) == code[0] && upper(country[1]) == code[1]) return zone;
  }
  return std::nullopt;
}

MarketCalendar MarketCalendar::for_country(std::string_view country) {
  const std::optional<std::string_view> zone = zone_of_country(country);
  if (!zone) throw Exception("time_zone", fmt::format("no market time zone is known for country '{}'", country));
  return MarketCalendar(*zone);
}

Instant MarketCalendar::day_start(LocalDate day) const { return impl_->at_or_after(day, 0); }

LocalDate MarketCalendar::local_date(Instant t) const { return LocalDate{std::chrono::floor<std::chrono::days>(t + impl_->offset_at(t))}; }

int MarketCalendar::local_minute(Instant t) const {
  const Instant local = t + impl_->offset_at(t);
  return static_cast<int>(std::chrono::floor<std::chrono::minutes>(local - std::chrono::floor<std::chrono::days>(local)).count());
}

int MarketCalendar::quarters_in_day(LocalDate day) const {
  return static_cast<int>((day_start(next_day(day)) - day_start(day)) / quarter_hour);
}

std::optional<Instant> MarketCalendar::to_utc(LocalDate day, int minute_of_day, Repeated repeated) const {
  const Impl::LocalMatch found = impl_->match(day, minute_of_day);
  return repeated == Repeated::second && found.second ? found.second : found.first;
}

bool MarketCalendar::is_repeated(LocalDate day, int minute_of_day) const { return impl_->match(day, minute_of_day).second.has_value(); }

Instant MarketCalendar::block_start(Instant t, int hours) const {
  BESS_ASSERT(hours > 0 && 24 % hours == 0);
  const int length = hours * 60;
  return impl_->at_or_after(local_date(t), local_minute(t) / length * length);
}

Instant MarketCalendar::block_end(Instant t, int hours) const {
  BESS_ASSERT(hours > 0 && 24 % hours == 0);
  const int length = hours * 60;
  const int end = (local_minute(t) / length + 1) * length;
  const LocalDate day = local_date(t);
  return end == 24 * 60 ? day_start(next_day(day)) : impl_->at_or_after(day, end);
}

LocalDate next_day(LocalDate day) { return LocalDate{std::chrono::sys_days{day} + std::chrono::days{1}}; }

LocalDate previous_day(LocalDate day) { return LocalDate{std::chrono::sys_days{day} - std::chrono::days{1}}; }

LocalDate add_years(LocalDate day, int years) { return in_year(day, static_cast<int>(day.year()) + years); }

LocalDate in_year(LocalDate day, int year) {
  const LocalDate moved{std::chrono::year{year}, day.month(), day.day()};
  return moved.ok() ? moved : LocalDate{std::chrono::year{year}, day.month(), std::chrono::day{28}};
}

}  // namespace bess
