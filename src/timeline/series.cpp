#include "timeline/series.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace bess {

namespace {

constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();

RegularSeries refine(const RegularSeries& series, std::chrono::seconds step, SeriesKind kind) {
  const auto parts = static_cast<std::size_t>(series.step / step);
  RegularSeries result{series.start, step, {}};
  result.values.reserve(series.values.size() * parts);
  for (const double value : series.values) {
    result.values.insert(result.values.end(), parts, kind == SeriesKind::level ? value : value / static_cast<double>(parts));
  }
  return result;
}

RegularSeries coarsen(const RegularSeries& series, std::chrono::seconds step, SeriesKind kind) {
  const auto parts = static_cast<std::size_t>(step / series.step);
  RegularSeries result{series.start, step, {}};
  result.values.reserve(series.values.size() / parts + 1);
  for (std::size_t first = 0; first < series.values.size(); first += parts) {
    const std::size_t last = std::min(first + parts, series.values.size());
    double sum = 0.0;
    std::size_t present = 0;
    for (std::size_t i = first; i < last; ++i) {
      if (std::isnan(series.values[i])) continue;
      sum += series.values[i];
      ++present;
    }
    if (kind == SeriesKind::level) {
      result.values.push_back(present > 0 ? sum / static_cast<double>(present) : missing_value);
    } else {
      result.values.push_back(present == parts ? sum : missing_value);
    }
  }
  return result;
}

Instant instant_at(const RegularSeries& series, std::int64_t index) { return series.start + index * series.step; }

/// The ends of the market periods of a gap, as indices; the last is the gap's end.
std::vector<std::int64_t> periods_of(const RegularSeries& series, const Gap& gap, const std::function<Instant(Instant)>& period_end) {
  std::vector<std::int64_t> ends;
  const std::int64_t end = gap.first + gap.count;
  for (std::int64_t i = gap.first; i < end;) {
    const std::int64_t next = (period_end(instant_at(series, i)) - series.start) / series.step;
    i = std::clamp(next, i + 1, end);
    ends.push_back(i);
  }
  return ends;
}

void interpolate(RegularSeries& series, const Gap& gap, const std::vector<std::int64_t>& ends, bool linear) {
  const double before = series.values[static_cast<std::size_t>(gap.first - 1)];
  const double after = series.values[static_cast<std::size_t>(gap.first + gap.count)];
  std::int64_t i = gap.first;
  for (std::size_t k = 0; k < ends.size(); ++k) {
    const double weight = static_cast<double>(k + 1) / static_cast<double>(ends.size() + 1);
    const double value = linear ? before + (after - before) * weight : before;
    for (; i < ends[k]; ++i) series.values[static_cast<std::size_t>(i)] = value;
  }
}

/// The value at the same local time a day or a week earlier, else later, in the series as it was before filling.
double borrowed_value(const RegularSeries& series, std::span<const double> original, const MarketCalendar& calendar, std::int64_t index) {
  const Instant t = instant_at(series, index);
  const std::chrono::sys_days day{calendar.local_date(t)};
  const int minute = calendar.local_minute(t);
  for (const int days : {-1, -7, 1, 7}) {
    const std::optional<Instant> other = calendar.to_utc(LocalDate{day + std::chrono::days{days}}, minute);
    if (!other || *other < series.start) continue;
    const auto i = static_cast<std::size_t>((*other - series.start) / series.step);
    if (i < original.size() && !std::isnan(original[i])) return original[i];
  }
  return missing_value;
}

/// What is missing before the first and after the last present value; nothing where no value is present.
std::array<Gap, 2> ends_of(std::span<const double> values) {
  const auto present = [](double v) { return !std::isnan(v); };
  const auto head = std::find_if(values.begin(), values.end(), present) - values.begin();
  const auto tail = std::find_if(values.rbegin(), values.rend(), present) - values.rbegin();
  const std::int64_t size = std::ssize(values);
  if (head == size) return {};
  return {Gap{0, head}, Gap{size - tail, tail}};
}

}  // namespace

RegularSeries resample(const RegularSeries& series, std::chrono::seconds step, SeriesKind kind) {
  BESS_ASSERT(step.count() > 0 && (series.step % step == std::chrono::seconds{0} || step % series.step == std::chrono::seconds{0}));
  if (step == series.step) return series;
  return step < series.step ? refine(series, step, kind) : coarsen(series, step, kind);
}

std::vector<Gap> find_gaps(std::span<const double> values) {
  std::vector<Gap> gaps;
  std::int64_t last_present = -1;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(values.size()); ++i) {
    if (std::isnan(values[static_cast<std::size_t>(i)])) continue;
    if (last_present >= 0 && i - last_present > 1) gaps.push_back({last_present + 1, i - last_present - 1});
    last_present = i;
  }
  return gaps;
}

GapCount fill_gaps(RegularSeries& series, const MarketCalendar& calendar, const std::function<Instant(Instant)>& period_end,
                   const GapRules& rules) {
  GapCount count;
  std::vector<Gap> gaps = find_gaps(series.values);
  const std::size_t inner = gaps.size();
  if (rules.ends) {
    for (const Gap& end : ends_of(series.values)) {
      if (end.count > 0 && end.count * series.step <= rules.longest) gaps.push_back(end);
    }
  }
  if (gaps.empty()) return count;
  const std::vector<double> original = series.values;
  for (std::size_t g = 0; g < gaps.size(); ++g) {
    const Gap& gap = gaps[g];
    if (gap.count * series.step > rules.longest) {
      count.missing += gap.count;
      count.unfilled.push_back(gap);
      continue;
    }
    const std::vector<std::int64_t> ends = periods_of(series, gap, period_end);
    if (g < inner && ends.size() <= static_cast<std::size_t>(rules.interpolated_periods)) {
      interpolate(series, gap, ends, rules.interpolate);
      count.interpolated += gap.count;
      continue;
    }
    std::int64_t unfilled = 0;
    for (std::int64_t i = gap.first; i < gap.first + gap.count; ++i) {
      const double value = borrowed_value(series, original, calendar, i);
      series.values[static_cast<std::size_t>(i)] = value;
      ++(std::isnan(value) ? unfilled : count.borrowed);
    }
    count.missing += unfilled;
    if (unfilled > 0) count.unfilled.push_back(gap);
  }
  return count;
}

}  // namespace bess
