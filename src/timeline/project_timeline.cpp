#include "timeline/project_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

namespace bess {

namespace {

using std::chrono::minutes;

constexpr int minutes_per_day = 24 * 60;

std::int32_t quarters_between(Instant from, Instant to) { return static_cast<std::int32_t>((to - from) / quarter_hour); }

int calendar_year(LocalDate date) { return static_cast<int>(date.year()); }

/// Part of a local day in which the clock runs evenly: `quarters` quarter-hours from `first` on, which shows `local_minute`.
struct ClockRun {
  Instant first{};
  int local_minute{};
  int quarters{};
  Repeated pass{Repeated::first};  ///< second: the clock shows these times for the second time
};

/// A local day as one run, or two where the clock changes.
std::vector<ClockRun> clock_runs(const MarketCalendar& calendar, Instant from, Instant to) {
  const int count = quarters_between(from, to);
  const int first_minute = calendar.local_minute(from);
  const int last_minute = calendar.local_minute(to - quarter_hour);
  if (last_minute - first_minute == (count - 1) * 15) return {{from, first_minute, count, Repeated::first}};
  int low = 0;  // the last quarter before the change lies in [low, high)
  int high = count - 1;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (calendar.local_minute(from + middle * quarter_hour) == first_minute + middle * 15 ? low : high) = middle;
  }
  const Instant change = from + (low + 1) * quarter_hour;
  const int minute_after = calendar.local_minute(change);
  const bool back = minute_after < first_minute + (low + 1) * 15;
  return {{from, first_minute, low + 1, Repeated::first},
          {change, minute_after, count - low - 1, back ? Repeated::second : Repeated::first}};
}

/// Which data year stands in for each calendar year of the project, and where the quarters of its days lie.
class SourceYears {
 public:
  SourceYears(const MarketCalendar& calendar, const TimelineRequest& request) : calendar_(calendar), request_(request) {
    const Instant first = request.data_start + request.usable_first * quarter_hour;
    const std::int32_t count = request.usable_quarters < 0 ? request.data_quarters - request.usable_first : request.usable_quarters;
    begin_ = first;
    end_ = first + count * quarter_hour;
    if (count <= 0) return;
    first_day_ = calendar.local_date(begin_);
    if (calendar.day_start(first_day_) < begin_) first_day_ = next_day(first_day_);
    last_day_ = calendar.local_date(end_ - quarter_hour);
    if (calendar.day_start(next_day(last_day_)) > end_) last_day_ = previous_day(last_day_);
    if (first_day_ > last_day_) return;
    for (int year = calendar_year(first_day_); year <= calendar_year(last_day_); ++year) {
      if (request.allow_partial || complete(year)) years_.push_back(year);
    }
  }

  [[nodiscard]] bool empty() const { return first_day_ > last_day_ || (years_.empty() && !by_day_); }

  /// Is there a complete day of data?
  [[nodiscard]] bool holds(LocalDate date) const { return date >= first_day_ && date <= last_day_; }

  /// A project that starts within a year: each day takes its own data where they exist.
  void take_day_by_day() { by_day_ = true; }

  /// The data day of a project's day; no value where no year has it. `year` is the calendar year that year_for gives.
  [[nodiscard]] std::optional<LocalDate> day_for(LocalDate date, int start_year) const {
    if (!by_day_) return in_year(date, year_for(calendar_year(date), start_year));
    if (holds(date)) return date;
    const LocalDate usual = in_year(date, year_for(calendar_year(date), start_year));
    if (holds(usual)) return usual;
    // Years that hold the day, taken in turn from the first project year on.
    std::vector<LocalDate> candidates;
    for (int year = calendar_year(first_day_); year <= calendar_year(last_day_); ++year) {
      if (const LocalDate day = in_year(date, year); holds(day)) candidates.push_back(day);
    }
    if (candidates.empty()) return request_.allow_partial ? std::optional(usual) : std::nullopt;
    const int turn = std::max(0, calendar_year(date) - calendar_year(candidates.front()));
    return candidates[static_cast<std::size_t>(turn) % candidates.size()];
  }

  /// What is missing of every calendar year that the data touch, and what can be done about it.
  [[nodiscard]] std::string missing_days() const {
    std::string text;
    for (int year = calendar_year(first_day_); year <= calendar_year(last_day_); ++year) {
      const LocalDate begin{std::chrono::year{year}, std::chrono::January, std::chrono::day{1}};
      const LocalDate end = previous_day(add_years(begin, 1));
      if (first_day_ > begin)
        text += fmt::format("{}{} to {}", text.empty() ? "" : ", ", format_date(begin), format_date(previous_day(first_day_)));
      if (last_day_ < end) text += fmt::format("{}{} to {}", text.empty() ? "" : ", ", format_date(next_day(last_day_)), format_date(end));
    }
    return text;
  }

  /// The first day of the data from which a whole year is there; no value where they are shorter.
  [[nodiscard]] std::optional<LocalDate> first_whole_year() const {
    if (first_day_ > last_day_ || previous_day(add_years(first_day_, 1)) > last_day_) return std::nullopt;
    return first_day_;
  }

  /// The data year of a calendar year of a project that begins in `start_year`.
  [[nodiscard]] int year_for(int year, int start_year) const {
    if (years_.empty()) return year;
    const auto found = std::find(years_.begin(), years_.end(), start_year);
    const std::size_t first = found == years_.end() ? 0 : static_cast<std::size_t>(found - years_.begin());
    return years_[(first + static_cast<std::size_t>(year - start_year)) % years_.size()];
  }

  [[nodiscard]] std::string range() const {
    return first_day_ > last_day_ || begin_ == end_ ? "nothing" : fmt::format("{} to {}", format_date(first_day_), format_date(last_day_));
  }

  /// Source quarters of the project day [from, to) whose data stand on the local day `date`, one after the other.
  void append_day(Instant from, Instant to, LocalDate date, std::vector<std::int32_t>& source) const {
    const LocalDate day = std::clamp(date, first_day_, last_day_);
    const Instant data_from = calendar_.day_start(day);
    const int data_count = quarters_between(data_from, calendar_.day_start(next_day(day)));
    const std::vector<ClockRun> runs = clock_runs(calendar_, from, to);
    if (runs.size() == 1 && data_count == 96) {
      const std::int32_t first = index(data_from) + runs[0].local_minute / 15;
      for (int q = 0; q < runs[0].quarters; ++q) source.push_back(first + q);
      return;
    }
    for (const ClockRun& run : runs) {
      for (int q = 0; q < run.quarters; ++q) source.push_back(quarter_of(day, run.local_minute + q * 15, run.pass));
    }
  }

 private:
  [[nodiscard]] bool complete(int year) const {
    const LocalDate first{std::chrono::year{year}, std::chrono::January, std::chrono::day{1}};
    return first >= first_day_ && previous_day(add_years(first, 1)) <= last_day_;
  }
  [[nodiscard]] std::int32_t index(Instant t) const { return quarters_between(request_.data_start, t); }

  /// A local quarter that the clock skips takes the same quarter a day earlier (a day later before the first day of the data).
  [[nodiscard]] std::int32_t quarter_of(LocalDate day, int local_minute, Repeated pass) const {
    for (const LocalDate candidate : {day, day > first_day_ ? previous_day(day) : next_day(day)}) {
      const std::optional<Instant> t = calendar_.to_utc(candidate, local_minute, pass);
      if (t && *t >= begin_ && *t < end_) return index(*t);
    }
    return index(calendar_.day_start(day)) + std::min(local_minute / 15, 91);
  }

  const MarketCalendar& calendar_;
  const TimelineRequest& request_;
  Instant begin_{}, end_{};
  LocalDate first_day_{std::chrono::year{1} / 1 / 1}, last_day_{std::chrono::year{0} / 1 / 1};
  std::vector<int> years_;
  bool by_day_{false};
};

/// The instant `years` after the start: the same local date and time of day.
Instant project_year_start(const MarketCalendar& calendar, Instant start, int years) {
  if (years == 0) return start;
  const LocalDate day = add_years(calendar.local_date(start), years);
  const int minute = calendar.local_minute(start);
  if (const auto t = calendar.to_utc(day, minute)) return *t;
  return calendar.to_utc(day, minute + 60).value_or(calendar.day_start(next_day(day)));
}

class Builder {
 public:
  Builder(const MarketCalendar& calendar, const TimelineRequest& request, const SourceYears& sources)
      : calendar_(calendar),
        request_(request),
        sources_(sources),
        start_(std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<900>>>(request.start)) {}

  ProjectTimeline build() {
    line_.start = start_;
    const Instant end = project_year_start(calendar_, start_, request_.years);
    const auto count = static_cast<std::size_t>(quarters_between(start_, end));
    for (auto* column : {&line_.source, &line_.block, &line_.hour, &line_.month}) column->reserve(count);
    start_year_ = calendar_year(calendar_.local_date(start_));
    for (int y = 0; y < request_.years; ++y) add_year(y);
    line_.year_first_day.push_back(static_cast<std::int32_t>(line_.days.size()));
    line_.year_first_quarter.push_back(line_.quarters);
    return std::move(line_);
  }

  /// Calendar years whose data are another year's.
  [[nodiscard]] const std::set<int>& replaced_years() const { return replaced_; }

  /// Days of the project that no year of the data has.
  [[nodiscard]] const std::vector<LocalDate>& days_without_data() const { return without_data_; }

 private:
  void add_year(int y) {
    const Instant from = project_year_start(calendar_, start_, y);
    const Instant to = project_year_start(calendar_, start_, y + 1);
    line_.year_first_day.push_back(static_cast<std::int32_t>(line_.days.size()));
    line_.year_first_quarter.push_back(line_.quarters);
    const LocalDate first = calendar_.local_date(from);
    line_.data_year_of_project_year.push_back(calendar_year(sources_.day_for(first, start_year_).value_or(first)));
    Instant t = from;
    for (LocalDate date = first; t < to; date = next_day(date)) {
      const Instant day_end = std::min(calendar_.day_start(next_day(date)), to);
      add_day(date, t, day_end, y);
      t = day_end;
    }
  }

  void add_day(LocalDate date, Instant from, Instant to, int project_year) {
    const std::int32_t count = quarters_between(from, to);
    line_.days.push_back({date, line_.quarters, count, project_year});
    add_month(date, count);
    const std::optional<LocalDate> found = sources_.day_for(date, start_year_);
    if (!found) without_data_.push_back(date);
    const LocalDate data_day = found.value_or(date);
    if (calendar_year(data_day) != calendar_year(date)) {
      replaced_.insert(calendar_year(date));
      line_.years_repeated = true;
      note_repeated(date, data_day);
    }
    sources_.append_day(from, to, data_day, line_.source);
    add_blocks_and_hours(from, count);
    line_.quarters += count;
  }

  void note_repeated(LocalDate date, LocalDate data_day) {
    std::vector<RepeatedDays>& runs = line_.repeated;
    const auto shift = calendar_year(date) - calendar_year(data_day);
    if (!runs.empty() && (runs.back().last == previous_day(date) || runs.back().last == date) &&
        calendar_year(runs.back().last) - calendar_year(runs.back().data_last) == shift) {
      runs.back().days += runs.back().last == date ? 0 : 1;
      runs.back().last = date;
      runs.back().data_last = data_day;
      return;
    }
    runs.push_back({date, date, data_day, data_day, 1});
  }

  void add_month(LocalDate date, std::int32_t count) {
    if (line_.month_start.empty() || date.month() != line_.month_start.back().month() || date.year() != line_.month_start.back().year()) {
      line_.month_start.push_back(date);
    }
    line_.month.insert(line_.month.end(), static_cast<std::size_t>(count), static_cast<std::int32_t>(line_.month_start.size()) - 1);
  }

  void add_blocks_and_hours(Instant from, std::int32_t count) {
    constexpr int block_hours = 4;
    for (std::int32_t q = 0; q < count; ++q) {
      const Instant t = from + q * quarter_hour;
      if (t >= block_end_) {
        ++block_;
        block_end_ = calendar_.block_end(t, block_hours);
      }
      line_.block.push_back(block_);
      line_.hour.push_back(static_cast<std::int32_t>(std::chrono::floor<std::chrono::hours>(t).time_since_epoch().count() - first_hour()));
    }
  }

  [[nodiscard]] std::int64_t first_hour() const { return std::chrono::floor<std::chrono::hours>(start_).time_since_epoch().count(); }

  const MarketCalendar& calendar_;
  const TimelineRequest& request_;
  const SourceYears& sources_;
  Instant start_;
  int start_year_{0};
  std::int32_t block_{-1};
  Instant block_end_{Instant::min()};
  std::set<int> replaced_;
  std::vector<LocalDate> without_data_;
  ProjectTimeline line_;
};

}  // namespace

std::int64_t days_beyond_data(const ProjectTimeline& timeline) {
  const std::vector<ProjectDay>& days = timeline.days;
  const auto source = [&](std::size_t d) { return timeline.source[static_cast<std::size_t>(days[d].first_quarter)]; };
  std::int64_t beyond = 0;
  for (std::size_t d = 1; d < days.size(); ++d) {
    const bool leap_day = days[d].date.month() == std::chrono::February && days[d].date.day() == std::chrono::day{29};
    if (!leap_day && source(d) == source(d - 1)) ++beyond;
  }
  return beyond;
}

std::string describe_repeated(const ProjectTimeline& timeline) {
  constexpr std::size_t told_runs = 3;
  std::string text;
  std::int64_t more_days = 0;
  for (std::size_t i = 0; i < timeline.repeated.size(); ++i) {
    const RepeatedDays& run = timeline.repeated[i];
    if (i >= told_runs) {
      more_days += run.days;
      continue;
    }
    if (!text.empty()) text += "; ";
    text += fmt::format("{} to {} ({} days) take the data of {} to {}", format_date(run.first), format_date(run.last), run.days,
                        format_date(run.data_first), format_date(run.data_last));
  }
  if (more_days > 0) text += fmt::format("; and {} more days", more_days);
  return text;
}

Expected<ProjectTimeline> build_timeline(const MarketCalendar& calendar, const TimelineRequest& request) {
  BESS_ASSERT(request.years > 0);
  SourceYears sources(calendar, request);
  const LocalDate start = calendar.local_date(request.start);
  if (start.month() != std::chrono::January || start.day() != std::chrono::day{1}) sources.take_day_by_day();
  if (sources.empty()) {
    std::string message =
        fmt::format("the data hold no complete calendar year in {} time (they cover {}", calendar.zone(), sources.range());
    const std::string missing = sources.missing_days();
    message += missing.empty() ? ")" : fmt::format("; missing: {})", missing);
    message += ": import what is missing";
    if (const auto first = sources.first_whole_year())
      message += fmt::format(", start the project on {} (twelve months are there from then on)", format_date(*first));
    message += ", or allow less (allow_partial: days without data repeat the nearest)";
    return one_error("incomplete_year", "", std::move(message));
  }
  Builder builder(calendar, request, sources);
  ProjectTimeline line = builder.build();
  if (const std::vector<LocalDate>& days = builder.days_without_data(); !days.empty()) {
    return one_error(
        "incomplete_year", "",
        fmt::format("{} days of the project, {} first, have data in no year (they cover {}): import what is missing, or allow less "
                    "(allow_partial: days without data repeat the nearest)",
                    days.size(), format_date(days.front()), sources.range()));
  }
  if (request.repeat_years || !line.years_repeated) return line;
  Issues issues;
  for (const int year : builder.replaced_years()) {
    issues.error(
        "incomplete_year", "",
        fmt::format("the data do not hold all of {} that the project needs, and years may not be repeated (the data cover {}): import "
                    "what is missing, shorten the run (simulation_years), or let years repeat (repeat_years)",
                    year, sources.range()));
  }
  return issues;
}

}  // namespace bess
