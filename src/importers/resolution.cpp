#include "importers/resolution.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "importers/csv_header.h"

namespace bess {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array allowed_steps{seconds{minutes{5}}, seconds{minutes{15}}, seconds{minutes{30}}, seconds{minutes{60}}};
constexpr std::size_t longest_even_run = 6;  ///< so many equal longer steps in a row are another resolution, not gaps

/// The most common distance between neighbours; the shorter of two equally common ones.
seconds common_step(std::span<const Instant> start) {
  std::map<seconds, std::size_t> count;
  for (std::size_t i = 1; i < start.size(); ++i) ++count[start[i] - start[i - 1]];
  const auto best = std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return best == count.end() ? seconds{0} : best->first;
}

class Measure {
 public:
  Measure(const RowTimes& times, Rhythm rhythm, const MarketCalendar& calendar, const std::string& file, Issues& issues)
      : times_(times), rhythm_(rhythm), calendar_(calendar), file_(file), issues_(issues) {
    lengths_.duration_s.resize(times.start.size());
  }

  std::optional<RowLengths> run(std::optional<Instant> switch_at) {
    if (rhythm_ == Rhythm::steps) {
      hold_until_next();
      return std::move(lengths_);
    }
    std::size_t split = times_.start.size();
    if (switch_at)
      split = static_cast<std::size_t>(std::lower_bound(times_.start.begin(), times_.start.end(), *switch_at) - times_.start.begin());
    const bool legal = split > 1 && split + 1 < times_.start.size() && common_step(times_.start.subspan(0, split)) == minutes{60} &&
                       common_step(times_.start.subspan(split)) == minutes{15};
    if (!legal) split = times_.start.size();
    if (!part(0, split) || (split < times_.start.size() && !part(split, times_.start.size()))) return std::nullopt;
    return std::move(lengths_);
  }

 private:
  bool fail(std::size_t i, std::string message) {
    issues_.add(file_issue(Severity::error, "irregular_resolution", file_, times_.row[i], {}, std::move(message)));
    return false;
  }

  void finest(std::int64_t minutes_) {
    if (lengths_.finest_minutes == 0 || minutes_ < lengths_.finest_minutes) lengths_.finest_minutes = static_cast<int>(minutes_);
  }

  void hold_until_next() {
    const std::size_t n = times_.start.size();
    for (std::size_t i = 0; i < n; ++i) {
      const auto until = i + 1 < n ? times_.start[i + 1] - times_.start[i] : seconds{900};
      lengths_.duration_s[i] = static_cast<std::int32_t>(std::min<std::int64_t>(until.count(), std::numeric_limits<std::int32_t>::max()));
    }
    lengths_.parts.push_back({0, n, seconds{0}, 0});
  }

  bool part(std::size_t first, std::size_t last) {
    seconds step = common_step(times_.start.subspan(first, last - first));
    if (last - first == 1) {
      step = rhythm_ == Rhythm::reserve ? hours{4} : minutes{15};
      issues_.add(file_issue(Severity::warning, "assumed", file_, times_.row[first], {},
                             fmt::format("a single row tells no resolution; it was taken to hold {} minutes", step / minutes{1})));
    }
    if (rhythm_ == Rhythm::reserve && step >= hours{3}) return blocks(first, last, step >= hours{20} ? 24 : 4);
    if (std::find(allowed_steps.begin(), allowed_steps.end(), step) == allowed_steps.end()) {
      return fail(first,
                  fmt::format("the rows are mostly {} minutes apart; 5, 15, 30 and 60 minutes are understood{}",
                              static_cast<double>(step.count()) / 60.0, rhythm_ == Rhythm::reserve ? ", and blocks of 4 or 24 hours" : ""));
    }
    return steps(first, last, step);
  }

  bool steps(std::size_t first, std::size_t last, seconds step) {
    bool good = true;
    std::size_t even_run = 0;
    for (std::size_t i = first; i < last; ++i) {
      lengths_.duration_s[i] = static_cast<std::int32_t>(step.count());
      if (times_.start[i].time_since_epoch() % step != seconds{0}) {
        good = fail(i, fmt::format("{} is not a multiple of the file's {} minutes", format_instant(times_.start[i]), step / minutes{1}));
        continue;
      }
      if (i == first) continue;
      const seconds distance = times_.start[i] - times_.start[i - 1];
      const bool repeats = distance > step && i >= first + 2 && distance == times_.start[i - 1] - times_.start[i - 2];
      even_run = repeats ? even_run + 1 : 0;
      if (even_run == longest_even_run) {
        good = fail(i, fmt::format("rows {} minutes apart among rows {} minutes apart: one file, one resolution (hours may become "
                                   "quarter-hours on 2025-10-01)",
                                   distance / minutes{1}, step / minutes{1}));
      }
    }
    finest(step / minutes{1});
    lengths_.parts.push_back({first, last, step, 0});
    return good;
  }

  bool blocks(std::size_t first, std::size_t last, int block_hours) {
    bool good = true;
    for (std::size_t i = first; i < last; ++i) {
      const Instant start = times_.start[i];
      const Instant end = times_.end.empty() ? calendar_.block_end(start, block_hours) : times_.end[i];
      lengths_.duration_s[i] = static_cast<std::int32_t>((end - start).count());
      if (times_.end.empty() && calendar_.block_start(start, block_hours) != start) {
        good = fail(i, fmt::format("{} does not start a block of {} hours in {}; give the blocks' ends (timestamp_end)",
                                   format_instant(start), block_hours, calendar_.zone()));
      } else if (!times_.end.empty() && i + 1 < last && end > times_.start[i + 1]) {
        good = fail(i, fmt::format("the block that starts at {} ends after the next one starts", format_instant(start)));
      } else if ((end - start) > hours{25}) {
        good = fail(i, fmt::format("the block that starts at {} is longer than a day", format_instant(start)));
      }
    }
    finest(block_hours * 60);
    lengths_.parts.push_back({first, last, seconds{0}, block_hours});
    return good;
  }

  const RowTimes& times_;
  Rhythm rhythm_;
  const MarketCalendar& calendar_;
  const std::string& file_;
  Issues& issues_;
  RowLengths lengths_;
};

}  // namespace

std::optional<RowLengths> exact_lengths(const RowTimes& times, bool any_length, const std::string& file, Issues& issues) {
  BESS_ASSERT(!times.start.empty());
  const auto fail = [&](const char* code, std::size_t row, std::string message) {
    issues.add(file_issue(Severity::error, code, file, row, "timestamp_end", std::move(message)));
  };
  if (times.end.empty()) {
    fail("missing_column", 0, "exact rows need their ends (timestamp_end)");
    return std::nullopt;
  }
  RowLengths lengths;
  bool good = true;
  for (std::size_t i = 0; i < times.start.size(); ++i) {
    const seconds held = times.end[i] - times.start[i];
    lengths.duration_s.push_back(static_cast<std::int32_t>(std::min<std::int64_t>(held.count(), std::numeric_limits<std::int32_t>::max())));
    if (i + 1 < times.start.size() && times.end[i] > times.start[i + 1]) {
      fail("irregular_resolution", times.row[i],
           fmt::format("the row that starts at {} ends after the next one starts", format_instant(times.start[i])));
      good = false;
    } else if (held > hours{25} && !any_length) {
      fail("irregular_resolution", times.row[i],
           fmt::format("the row that starts at {} is longer than a day", format_instant(times.start[i])));
      good = false;
    }
  }
  if (!good) return std::nullopt;
  const std::int32_t shortest = *std::min_element(lengths.duration_s.begin(), lengths.duration_s.end());
  lengths.finest_minutes = any_length ? 0 : std::max(1, shortest / 60);
  return lengths;
}

std::optional<RowLengths> row_lengths(const RowTimes& times, Rhythm rhythm, std::optional<Instant> switch_at,
                                      const MarketCalendar& calendar, const std::string& file, Issues& issues) {
  BESS_ASSERT(!times.start.empty());
  return Measure(times, rhythm, calendar, file, issues).run(switch_at);
}

}  // namespace bess
