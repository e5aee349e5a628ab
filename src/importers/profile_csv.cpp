#include "importers/profile_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/number_range.h"
#include "importers/csv_header.h"
#include "importers/csv_rows.h"
#include "importers/file_text.h"
#include "importers/plausibility.h"
#include "importers/profile_pvgis.h"
#include "importers/resolution.h"
#include "timeline/series.h"

namespace bess {

namespace {

using std::chrono::seconds;

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double capacity_margin = 1.05;

class ProfileFile {
 public:
  ProfileFile(const InputFile& file, const ProfileCsvOptions& options, const MarketCalendar& calendar)
      : file_(file), options_(options), calendar_(calendar) {}

  Expected<ImportedProfile> read() {
    if (!read_columns()) return limited();
    clip_negative();
    check_capacity();
    check_long_gaps();
    if (issues_.has_errors()) return limited();
    RegularSeries series = on_steps();
    fill(series);
    if (issues_.has_errors()) return limited();
    ImportedProfile result;
    series = resample(series, quarter_hour, SeriesKind::level);
    result.production.start = series.start;
    result.production.power_mw = std::move(series.values);
    result.production.capacity_mw = capacity_mw_;
    result.quality = quality_;
    result.warnings = limited();
    result.reading = reading_;
    return result;
  }

 private:
  void error(const char* code, std::size_t row, std::string message) {
    issues_.add(file_issue(Severity::error, code, file_.name, row, header_, std::move(message)));
  }
  void warn(const char* code, std::size_t row, std::string message) {
    issues_.add(file_issue(Severity::warning, code, file_.name, row, header_, std::move(message)));
  }

  [[nodiscard]] Issues limited() const {
    if (issues_.all().size() <= options_.max_issues) return issues_;
    Issues result;
    for (const Issue& issue : issues_.errors()) {
      if (result.all().size() < options_.max_issues) result.add(issue);
    }
    for (const Issue& issue : issues_.warnings()) {
      if (result.all().size() < options_.max_issues) result.add(issue);
    }
    return result;
  }

  bool read_columns() {
    const auto content = file_text(file_, issues_);
    if (!content) return false;
    const std::string_view text = content->text();
    if (options_.preset != ProfilePreset::none) {
      if (auto pvgis = read_pvgis_production(text, file_.name, options_, issues_)) return take_pvgis(std::move(*pvgis));
      if (issues_.has_errors()) return false;
      if (options_.preset == ProfilePreset::pvgis_hourly) {
        error("preset_mismatch", 1, "the file does not begin as an hourly file of PVGIS does (time,P,G(i),H_sun,T2m,WS10m,Int)");
        return false;
      }
    }
    FileMapping mapping = options_.mapping;
    if (options_.preset == ProfilePreset::none) mapping.preset = "none";
    const auto plan = plan_header(text, file_.name, mapping, {{TableKind::solar, "output_mw", "MW"}}, options_.country, issues_);
    if (!plan) return false;
    reading_ = plan->reading;
    const SourceColumn& source = plan->columns[0];
    header_ = source.header;
    auto rows = read_rows(text, file_.name, *plan, {options_.duplicates, options_.max_rows}, calendar_, issues_);
    if (!rows || rows->failed || rows->start.empty()) return false;
    rows_ = std::move(*rows);
    to_full_steps();
    const auto lengths = row_lengths({rows_.start, {}, rows_.row}, Rhythm::regular, std::nullopt, calendar_, file_.name, issues_);
    if (!lengths) return false;
    step_ = seconds{lengths->duration_s.front()};
    quality_.resolution_minutes = lengths->finest_minutes;
    const double factor = source.conversion.factor / (source.conversion.per_period ? static_cast<double>(step_.count()) / 3600.0 : 1.0);
    for (double& v : rows_.values[0]) v *= factor;
    quality_.rows = std::count_if(rows_.values[0].begin(), rows_.values[0].end(), [](double v) { return !std::isnan(v); });
    if (quality_.rows == 0) error("gap", 0, "the column has no values");
    if (auto issue = implausible("output_mw", source, rows_.values[0], {}, file_.name)) issues_.add(std::move(*issue));
    return quality_.rows > 0;
  }

  /// Hourly rows that all stand at one minute past the hour (PVGIS: the satellite's passage) are the values of that hour.
  void to_full_steps() {
    constexpr seconds hour{3600};
    if (rows_.start.size() < 2) return;
    const auto past = [&](Instant t) { return t - std::chrono::floor<std::chrono::hours>(t); };
    const seconds offset = past(rows_.start.front());
    if (offset == seconds{0} || offset % seconds{900} == seconds{0}) return;
    for (std::size_t r = 0; r < rows_.start.size(); ++r) {
      if (past(rows_.start[r]) != offset || (r > 0 && rows_.start[r] - rows_.start[r - 1] < hour)) return;
    }
    for (Instant& start : rows_.start) start -= offset;
    warn("assumed", 0,
         fmt::format("every row stands at {} minutes past the hour; each was taken as the mean of its hour",
                     offset / std::chrono::minutes{1}));
  }

  bool take_pvgis(PvgisProduction found) {
    header_ = found.header;
    reading_ = {.file = file_.name, .preset = "pvgis_hourly", .title = "PVGIS hourly"};
    rows_ = std::move(found.rows);
    step_ = found.step;
    if (!options_.capacity_mw) stated_capacity_mw_ = found.capacity_mw;
    quality_.resolution_minutes = static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(step_).count());
    quality_.rows = std::count_if(rows_.values[0].begin(), rows_.values[0].end(), [](double v) { return !std::isnan(v); });
    if (quality_.rows == 0) error("gap", 0, "the column has no values");
    return quality_.rows > 0;
  }

  void clip_negative() {
    std::int64_t count = 0;
    std::size_t first = 0;
    for (std::size_t r = 0; r < rows_.row.size(); ++r) {
      double& value = rows_.values[0][r];
      if (!(value < 0.0)) continue;
      if (count++ == 0) first = rows_.row[r];
      value = 0.0;
    }
    if (count > 0) warn("negative_production", first, fmt::format("{} negative values were set to 0", count));
  }

  void check_capacity() {
    double highest = 0.0;
    for (const double v : rows_.values[0]) {
      if (v > highest) highest = v;
    }
    const std::optional<double> stated = options_.capacity_mw ? options_.capacity_mw : stated_capacity_mw_;
    if (!stated) {
      capacity_mw_ = highest;
      if (highest > largest_size) {
        error("out_of_range", 0, fmt::format("the highest output, {} MW, is more than {} MW", highest, largest_size));
      } else if (highest >= least_number) {
        warn("assumed", 0, fmt::format("no capacity was given; the highest output, {} MW, was taken for it", highest));
      } else {
        error("out_of_range", 0, "no capacity was given and there is no output above 0");
      }
      return;
    }
    capacity_mw_ = *stated;
    if (std::isnan(capacity_mw_) || capacity_mw_ < least_number || capacity_mw_ > largest_size) {
      error("out_of_range", 0, fmt::format("a capacity of {} MW does not lie in {} to {} MW", capacity_mw_, least_number, largest_size));
      return;
    }
    for (std::size_t r = 0; r < rows_.row.size(); ++r) {
      const double v = rows_.values[0][r];
      if (v > capacity_margin * capacity_mw_)
        error("out_of_range", rows_.row[r],
              fmt::format("{} MW is more than {} times the capacity of {} MW", v, capacity_margin, capacity_mw_));
    }
  }

  void check_long_gaps() {
    std::optional<std::size_t> before;
    for (std::size_t r = 0; r < rows_.row.size(); ++r) {
      if (std::isnan(rows_.values[0][r])) continue;
      if (before && rows_.start[r] - rows_.start[*before] - step_ > GapRules{}.longest) {
        error("gap", rows_.row[*before],
              fmt::format("no values from {} to {}", format_instant(rows_.start[*before] + step_), format_instant(rows_.start[r])));
      }
      before = r;
    }
  }

  /// The rows on the file's own step, from the first to the last one with a value.
  RegularSeries on_steps() {
    const std::vector<double>& values = rows_.values[0];
    const auto present = [](double v) { return !std::isnan(v); };
    const auto first = static_cast<std::size_t>(std::find_if(values.begin(), values.end(), present) - values.begin());
    const auto last = static_cast<std::size_t>(values.rend() - std::find_if(values.rbegin(), values.rend(), present)) - 1;
    const Instant start = std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<900>>>(rows_.start[first]);
    RegularSeries series{start, step_, std::vector<double>(static_cast<std::size_t>((rows_.start[last] - start) / step_) + 1, none)};
    for (std::size_t r = first; r <= last; ++r) series.values[static_cast<std::size_t>((rows_.start[r] - start) / step_)] = values[r];
    return series;
  }

  void fill(RegularSeries& series) {
    const GapCount count = fill_gaps(series, calendar_, [&](Instant t) { return t + step_; });
    const double quarters = static_cast<double>(step_.count()) / 900.0;
    const auto in_quarters = [&](std::int64_t n) { return static_cast<std::int64_t>(std::ceil(static_cast<double>(n) * quarters)); };
    quality_.interpolated = in_quarters(count.interpolated);
    quality_.borrowed = in_quarters(count.borrowed);
    for (const Gap& gap : count.unfilled) {
      const Instant from = series.start + gap.first * step_;
      const auto before = std::lower_bound(rows_.start.begin(), rows_.start.end(), from) - rows_.start.begin() - 1;
      error("gap", rows_.row[static_cast<std::size_t>(std::max<std::ptrdiff_t>(before, 0))],
            fmt::format("no values from {} on, and no other day to take them from", format_instant(from)));
    }
    if (quality_.interpolated + quality_.borrowed > 0 && count.unfilled.empty()) {
      warn("gap_filled", 0,
           fmt::format("{} quarter-hours were interpolated, {} taken from the same time of another day", quality_.interpolated,
                       quality_.borrowed));
    }
  }

  const InputFile& file_;
  const ProfileCsvOptions& options_;
  const MarketCalendar& calendar_;
  Issues issues_;
  std::string header_{"output_mw"};
  FileReading reading_;
  RowSet rows_;
  seconds step_{900};
  double capacity_mw_{0.0};
  std::optional<double> stated_capacity_mw_{};  ///< by the file
  ColumnQuality quality_;
};

}  // namespace

ProfilePreset profile_preset(std::string_view name) {
  return name == "none" ? ProfilePreset::none : name == "pvgis_hourly" ? ProfilePreset::pvgis_hourly : ProfilePreset::automatic;
}

Expected<ImportedProfile> import_profile(const InputFile& file, const ProfileCsvOptions& options) {
  const auto zone = MarketCalendar::zone_of_country(options.country);
  if (!zone) return one_error("time_zone", "", fmt::format("no market time zone is known for country '{}'", options.country));
  const MarketCalendar calendar{*zone};
  return ProfileFile(file, options, calendar).read();
}

}  // namespace bess
