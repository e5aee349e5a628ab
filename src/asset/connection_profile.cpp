#include "asset/connection_profile.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/error.h"

namespace bess {

namespace {

constexpr std::size_t hours_a_day = 24;
constexpr std::size_t quarters_a_day = 96;

/// Place of each quarter on the clock of its local day, 0 … 95.
std::vector<std::uint8_t> clock_places(const ProjectTimeline& timeline, const MarketCalendar& calendar) {
  std::vector<std::uint8_t> place(static_cast<std::size_t>(timeline.quarters));
  for (const ProjectDay& day : timeline.days) {
    for (std::int32_t k = 0; k < day.quarters; ++k) {
      const bool plain = day.quarters == static_cast<std::int32_t>(quarters_a_day);
      const int at = plain ? k : calendar.local_minute(timeline.instant(day.first_quarter + k)) / 15;
      place[static_cast<std::size_t>(day.first_quarter + k)] = static_cast<std::uint8_t>(at);
    }
  }
  return place;
}

bool is_weekend(LocalDate date) {
  const std::chrono::weekday day{std::chrono::sys_days{date}};
  return day == std::chrono::Saturday || day == std::chrono::Sunday;
}

bool on_day(const CapacityWindow& w, LocalDate date) {
  const auto month = static_cast<std::int32_t>(static_cast<unsigned>(date.month()));
  if (!w.months.empty() && std::find(w.months.begin(), w.months.end(), month) == w.months.end()) return false;
  return w.days == DayKind::all || (w.days == DayKind::weekends) == is_weekend(date);
}

bool at_hour(const CapacityWindow& w, std::uint8_t place) {
  const double hour = static_cast<double>(place) / 4.0;
  if (w.from_hour <= w.to_hour) return w.from_hour <= hour && hour < w.to_hour;
  return w.from_hour <= hour || hour < w.to_hour;
}

/// Laid over the factors so far: the smaller one holds.
class Overlay {
 public:
  Overlay(const ProjectTimeline& timeline, const MarketCalendar& calendar, std::vector<double>& factor)
      : timeline_(timeline), place_(clock_places(timeline, calendar)), factor_(factor) {}

  void by_hour(const std::vector<double>& values) {
    BESS_ASSERT(values.size() == hours_a_day || values.size() == 12 * hours_a_day);
    for_each_quarter([&](const ProjectDay& day, std::size_t q) {
      const std::size_t month = values.size() == hours_a_day ? 0 : static_cast<unsigned>(day.date.month()) - 1;
      lower(q, values[hours_a_day * month + place_[q] / 4]);
    });
  }

  void window(const CapacityWindow& w) {
    for (const ProjectDay& day : timeline_.days) {
      if (!on_day(w, day.date)) continue;
      for (std::int32_t q = day.first_quarter; q < day.first_quarter + day.quarters; ++q) {
        const Instant at = timeline_.instant(q);
        if ((w.from && at < *w.from) || (w.to && at >= *w.to) || !at_hour(w, place_[static_cast<std::size_t>(q)])) continue;
        lower(static_cast<std::size_t>(q), w.factor);
      }
    }
  }

  void series(const std::vector<double>& values) {
    const int given = whole_years(timeline_, values.size());
    BESS_ASSERT(given >= 1);
    const std::int32_t given_quarters = timeline_.year_first_quarter[static_cast<std::size_t>(given)];
    for (std::int32_t q = 0; q < given_quarters; ++q) lower(static_cast<std::size_t>(q), values[static_cast<std::size_t>(q)]);
    if (given == timeline_.years()) return;
    const auto source = source_of_clock(given - 1);
    for (auto day = timeline_.days.begin() + timeline_.year_first_day[static_cast<std::size_t>(given)]; day != timeline_.days.end();
         ++day) {
      for (std::int32_t q = day->first_quarter; q < day->first_quarter + day->quarters; ++q) {
        const auto at = static_cast<std::size_t>(q);
        lower(at, values[static_cast<std::size_t>(same_day(source, day->date)[place_[at]])]);
      }
    }
  }

 private:
  template <class Use>
  void for_each_quarter(const Use& use) {
    for (const ProjectDay& day : timeline_.days) {
      for (std::int32_t q = day.first_quarter; q < day.first_quarter + day.quarters; ++q) use(day, static_cast<std::size_t>(q));
    }
  }
  void lower(std::size_t q, double value) { factor_[q] = std::min(factor_[q], value); }

  static unsigned month_day(LocalDate date) { return 100 * static_cast<unsigned>(date.month()) + static_cast<unsigned>(date.day()); }

  /// Project quarter of every place on the clock of a day.
  using ClockDay = std::array<std::int32_t, quarters_a_day>;

  /// Of every calendar day of a project year. A year that begins within a day has that day's two parts at its ends.
  [[nodiscard]] std::map<unsigned, ClockDay> source_of_clock(int year) const {
    std::map<unsigned, ClockDay> source;
    const auto first = timeline_.days.begin() + timeline_.year_first_day[static_cast<std::size_t>(year)];
    const auto last = timeline_.days.begin() + timeline_.year_first_day[static_cast<std::size_t>(year) + 1];
    for (auto day = first; day != last; ++day) {
      const auto [entry, fresh] = source.try_emplace(month_day(day->date));
      if (fresh) entry->second.fill(-1);
      for (std::int32_t q = day->first_quarter + day->quarters; q-- > day->first_quarter;)
        entry->second[place_[static_cast<std::size_t>(q)]] = q;
    }
    for (int pass = 0; pass < 2; ++pass) {  // what the clock skipped, or lies outside a day that is cut: the day before
      const ClockDay* before = &source.rbegin()->second;
      for (auto& [date, places] : source) {
        for (std::size_t p = 0; p < quarters_a_day; ++p) {
          if (places[p] < 0) places[p] = (*before)[p];
        }
        before = &places;
      }
    }
    return source;
  }

  /// That day, else the one before it in the calendar.
  static const ClockDay& same_day(const std::map<unsigned, ClockDay>& source, LocalDate date) {
    auto after = source.upper_bound(month_day(date));
    return after == source.begin() ? source.rbegin()->second : std::prev(after)->second;
  }

  const ProjectTimeline& timeline_;
  std::vector<std::uint8_t> place_;
  std::vector<double>& factor_;
};

}  // namespace

int whole_years(const ProjectTimeline& timeline, std::size_t values) {
  const auto& starts = timeline.year_first_quarter;
  const auto covered = std::upper_bound(starts.begin(), starts.end(), values,
                                        [](std::size_t count, std::int32_t start) { return count < static_cast<std::size_t>(start); });
  return static_cast<int>(covered - starts.begin()) - 1;
}

std::vector<double> capacity_factors(const CapacityProfile& profile, const ProjectTimeline& timeline, const MarketCalendar& calendar) {
  if (profile.by_hour.empty() && profile.series.empty() && profile.windows.empty()) return {};
  std::vector<double> factor(static_cast<std::size_t>(timeline.quarters), 1.0);
  Overlay overlay(timeline, calendar, factor);
  if (!profile.by_hour.empty()) overlay.by_hour(profile.by_hour);
  if (!profile.series.empty()) overlay.series(profile.series);
  for (const CapacityWindow& window : profile.windows) overlay.window(window);
  if (std::all_of(factor.begin(), factor.end(), [](double x) { return x == 1.0; })) return {};
  return factor;
}

}  // namespace bess
