#include "importers/market_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "importers/csv_rows.h"
#include "importers/file_text.h"
#include "importers/plausibility.h"
#include "importers/resolution.h"
#include "market/rules.h"
#include "timeline/series.h"

namespace bess {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double absurd_price = 100000.0;
constexpr hours longest_gap = GapRules{}.longest;

bool is_reserve(const std::string& name) {
  for (const TableInfo& table : all_tables()) {
    for (const TableColumnInfo& info : table.columns) {
      if (info.name == name && is_reserve_price(info.column)) return true;
    }
  }
  return false;
}
bool is_price(const std::string& unit) { return unit.starts_with("EUR"); }

/// What a column that is no price may hold; nothing to say of the others.
bool has_meaning(const std::string& name, double value) {
  if (name == "regulation_state") return value == -1.0 || value == 0.0 || value == 1.0 || value == 2.0;
  if (name == "afrr_up_ratio" || name == "afrr_down_ratio") return value >= 0.0 && value <= 1.0;
  return true;
}
double hours_of(seconds duration) { return static_cast<double>(duration.count()) / 3600.0; }

Rhythm rhythm_of(const HeaderPlan& plan) {
  const auto all = [&](auto&& test) { return std::all_of(plan.columns.begin(), plan.columns.end(), test); };
  if (all([](const SourceColumn& c) { return c.wanted.table == TableKind::installed_capacity; })) return Rhythm::steps;
  if (std::any_of(plan.columns.begin(), plan.columns.end(), [](const SourceColumn& c) { return is_reserve(c.wanted.name); }))
    return Rhythm::reserve;
  return Rhythm::regular;
}

class MarketFile {
 public:
  MarketFile(const InputFile& file, const ImportOptions& options, const MarketCalendar& calendar, Issues& issues)
      : file_(file), mapping_(mapping_for(options, file.name)), options_(options), calendar_(calendar), issues_(issues) {}

  std::optional<FileContent> read() {
    const auto content = file_text(file_, issues_);
    if (!content) return std::nullopt;
    const std::string_view text = content->text();
    auto plan = plan_header(text, file_.name, mapping_, market_columns(mapping_, file_.name), options_.country, issues_);
    if (!plan) return std::nullopt;
    reading_ = plan->reading;
    auto rows = read_rows(text, file_.name, *plan, {options_.duplicates, options_.max_rows}, calendar_, issues_);
    if (!rows) return std::nullopt;
    rows_ = std::move(*rows);
    reading_.rows_left_out = rows_.left_out;
    if (rows_.failed || rows_.start.empty()) {
      find_absurd_prices(*plan);
      if (!rows_.start.empty()) find_more_in_refused(*plan);
      return named(*plan);
    }
    const RowTimes times{rows_.start, rows_.end, rows_.row};
    const Rhythm rhythm = rhythm_of(*plan);
    const auto lengths = mapping_.exact_rows ? exact_lengths(times, rhythm == Rhythm::steps, file_.name, issues_)
                                             : row_lengths(times, rhythm, quarter_switch(), calendar_, file_.name, issues_);
    if (!lengths) return named(*plan);
    lengths_ = *lengths;
    axis_ = std::make_shared<const RowAxis>(RowAxis{rows_.start, lengths_.duration_s});
    return columns(*plan);
  }

 private:
  void error(const char* code, std::size_t row, const std::string& column, std::string message) {
    issues_.add(file_issue(Severity::error, code, file_.name, row, column, std::move(message)));
    failed_ = true;
  }
  void warn(const char* code, std::size_t row, const std::string& column, std::string message) {
    issues_.add(file_issue(Severity::warning, code, file_.name, row, column, std::move(message)));
  }

  /// In a file that is refused anyway, so that all its problems are listed: what needs no row lengths.
  void find_absurd_prices(const HeaderPlan& plan) {
    for (std::size_t c = 0; c < plan.columns.size(); ++c) {
      const SourceColumn& source = plan.columns[c];
      if (!is_price(source.wanted.unit) || !source.conversion.is_identity()) continue;
      for (std::size_t r = 0; r < rows_.values[c].size(); ++r) check_absurd(rows_.values[c][r], rows_.row[r], source);
    }
  }

  /// The same for what rows say together: long gaps, and their rhythm where no row is missing for its bad stamp. Rows of one instant
  /// count once.
  void find_more_in_refused(const HeaderPlan& plan) {
    if (mapping_.exact_rows) return;
    std::vector<std::size_t> kept;
    for (std::size_t r = 0; r < rows_.start.size(); ++r) {
      if (kept.empty() || rows_.start[kept.back()] != rows_.start[r]) kept.push_back(r);
    }
    const auto pick = [&](const auto& all) {
      std::remove_cvref_t<decltype(all)> some;
      for (const std::size_t r : kept) {
        if (!all.empty()) some.push_back(all[r]);
      }
      return some;
    };
    const std::vector<Instant> start = pick(rows_.start);
    const std::vector<Instant> end = pick(rows_.end);
    row_of_ = pick(rows_.row);
    const Rhythm rhythm = rhythm_of(plan);
    if (start.size() < 2 || rhythm == Rhythm::steps) return;
    Issues quiet;
    const bool whole = static_cast<std::int64_t>(rows_.start.size()) == rows_.rows_read;
    const auto lengths = row_lengths({start, end, row_of_}, rhythm, quarter_switch(), calendar_, file_.name, whole ? issues_ : quiet);
    if (!lengths) return;
    const auto axis = std::make_shared<const RowAxis>(RowAxis{start, lengths->duration_s});
    for (std::size_t c = 0; c < plan.columns.size(); ++c) {
      FileColumn column;
      column.about.header = plan.columns[c].header;
      column.axis = axis;
      column.values = pick(rows_.values[c]);
      (void)report_long_gaps(column);
    }
  }

  bool check_absurd(double value, std::size_t row, const SourceColumn& source) {
    if (!(std::abs(value) > absurd_price)) return false;
    error("price_absurd", row, source.header, fmt::format("{} {} is beyond ±100,000", value, source.wanted.unit));
    return true;
  }

  [[nodiscard]] std::optional<Instant> quarter_switch() const {
    const auto date = first_date_of(options_.country, RuleField::day_ahead_resolution_minutes, 15);
    return date ? std::optional(calendar_.day_start(*date)) : std::nullopt;
  }

  std::optional<FileContent> columns(const HeaderPlan& plan) {
    FileContent content{.columns = {}, .rows_read = rows_.rows_read, .duplicates_dropped = rows_.duplicates_dropped, .reading = reading_};
    for (std::size_t c = 0; c < plan.columns.size(); ++c) {
      FileColumn column = make_column(plan.columns[c], std::move(rows_.values[c]));
      if (column.about.quality.rows > 0) content.columns.push_back(std::move(column));
    }
    return content;
  }

  [[nodiscard]] ImportedColumn about(const SourceColumn& source) const {
    return {.table = source.wanted.table,
            .name = source.wanted.name,
            .file = file_.name,
            .header = source.header,
            .quality = {},
            .from = {},
            .to = {}};
  }

  static std::int64_t count_values(const std::vector<double>& values) {
    return std::count_if(values.begin(), values.end(), [](double v) { return !std::isnan(v); });
  }

  /// The columns of a refused file that hold anything, good or bad.
  [[nodiscard]] FileContent named(const HeaderPlan& plan) const {
    FileContent content{.columns = {}, .rows_read = rows_.rows_read, .duplicates_dropped = rows_.duplicates_dropped, .reading = reading_};
    for (std::size_t c = 0; c < plan.columns.size(); ++c) {
      const std::string& header = plan.columns[c].header;
      const bool blamed = std::any_of(issues_.all().begin(), issues_.all().end(), [&](const Issue& i) { return i.column == header; });
      if (blamed || count_values(rows_.values[c]) > 0)
        content.columns.push_back({.about = about(plan.columns[c]), .axis = {}, .values = {}});
    }
    return content;
  }

  FileColumn make_column(const SourceColumn& source, std::vector<double> values) {
    FileColumn column{.about = about(source),
                      .axis = axis_,
                      .values = std::move(values),
                      .resolution = {},
                      .covers_from = axis_->start.front(),
                      .covers_to = axis_->start.back() + seconds{axis_->duration_s.back()}};
    column.about.quality.rows = count_values(column.values);
    if (column.about.quality.rows == 0) {
      warn("assumed", 0, source.header, "the column has no values and was taken as absent");
      return column;
    }
    std::vector<RegularPart> parts = lengths_.parts;
    column.about.quality.resolution_minutes = lengths_.finest_minutes;
    row_of_ = rows_.row;
    if (!mapping_.exact_rows) coarsen(column, parts);
    if (!check_rhythm(source, parts)) return column;
    for (const RegularPart& part : parts) {
      const std::int64_t held = part.block_hours > 0 ? std::int64_t{part.block_hours} * 60 : part.step / minutes{1};
      if (held > 0) column.resolution.push_back({column.axis->start[part.first], static_cast<int>(held)});
    }
    convert(column, source);
    check_values(column, source);
    if (auto issue = implausible(column.about.name, source, column.values, column.axis->duration_s, file_.name))
      issues_.add(std::move(*issue));
    if (mapping_.exact_rows) {
      if (const auto known = mapping_.quality.find(source.wanted.name); known != mapping_.quality.end())
        column.about.quality = known->second;
      if (const auto known = mapping_.resolution.find(source.wanted.name); known != mapping_.resolution.end())
        column.resolution = known->second;
    } else if (source.wanted.table != TableKind::installed_capacity) {
      check_gaps(column);
    }
    set_range(column);
    return column;
  }

  /// Blocks by the local clock are for reserves: a price of energy has no such product.
  bool check_rhythm(const SourceColumn& source, const std::vector<RegularPart>& parts) {
    const bool blocks = std::any_of(parts.begin(), parts.end(), [](const RegularPart& part) { return part.block_hours > 0; });
    const bool energy = source.wanted.table == TableKind::price || source.wanted.table == TableKind::solar;
    if (!blocks || !energy) return true;
    error("irregular_resolution", row_of_.front(), source.header,
          "the rows are blocks of hours, as reserve has them; this column needs 5, 15, 30 or 60 minutes");
    return false;
  }

  /// A column that has values at every hour (half-hour, block) of a finer file only holds them for that long.
  void coarsen(FileColumn& column, std::vector<RegularPart>& parts) {
    if (parts.size() != 1 || parts[0].block_hours != 0 || parts[0].step == seconds{0} || column.about.quality.rows < 2) return;
    std::vector<Instant> starts;
    std::vector<double> values;
    std::vector<std::size_t> rows;
    for (std::size_t r = 0; r < column.values.size(); ++r) {
      if (std::isnan(column.values[r])) continue;
      starts.push_back(axis_->start[r]);
      values.push_back(column.values[r]);
      rows.push_back(rows_.row[r]);
    }
    seconds closest = seconds::max();
    for (std::size_t i = 1; i < starts.size(); ++i) closest = std::min(closest, seconds{starts[i] - starts[i - 1]});
    if (closest <= parts[0].step) return;
    const bool reserve = is_reserve(column.about.name);
    Issues quiet;
    const auto lengths =
        row_lengths({starts, {}, rows}, reserve ? Rhythm::reserve : Rhythm::regular, std::nullopt, calendar_, file_.name, quiet);
    if (!lengths) return;
    column.about.quality.resolution_minutes = lengths->finest_minutes;
    column.values = std::move(values);
    column.axis = std::make_shared<const RowAxis>(RowAxis{std::move(starts), lengths->duration_s});
    row_of_ = std::move(rows);
    parts = lengths->parts;
  }

  void convert(FileColumn& column, const SourceColumn& source) {
    const UnitConversion unit = source.conversion;
    if (unit.is_identity() || (unit.period_unstated && !per_block_for_sure(column, source))) return;
    for (std::size_t r = 0; r < column.values.size(); ++r) {
      const Instant start = column.axis->start[r];
      const seconds held{column.axis->duration_s[r]};
      double length_h = 1.0;
      if (unit.per_period) length_h = hours_of(held);
      if (unit.per_block || unit.period_unstated)
        length_h = held >= hours{3} ? hours_of(held) : hours_of(calendar_.block_end(start, 4) - calendar_.block_start(start, 4));
      if (unit.per_day) length_h = hours_of(calendar_.block_end(start, 24) - calendar_.block_start(start, 24));
      column.values[r] = column.values[r] * unit.factor / length_h;
    }
  }

  /// EUR/MW without a time is the price of a block where the rows are blocks; elsewhere it is asked for.
  bool per_block_for_sure(const FileColumn& column, const SourceColumn& source) {
    const auto& held = column.axis->duration_s;
    const bool blocks = std::all_of(held.begin(), held.end(), [](std::int32_t s) { return seconds{s} >= hours{3}; });
    if (blocks) {
      warn("assumed", 0, source.header,
           fmt::format("{} names no time: read as EUR/MW for each block, and divided by its length", source.unit));
      return true;
    }
    error("unit_conflict", 0, source.header,
          fmt::format("{} names no time and the rows are no blocks: state --unit {}=EUR/MW/h or --unit {}=EUR/MW/block", source.unit,
                      column.about.name, column.about.name));
    return false;
  }

  void check_values(const FileColumn& column, const SourceColumn& source) {
    const bool price = is_price(source.wanted.unit);
    std::int64_t outside = 0;
    std::size_t first_row = 0;
    for (std::size_t r = 0; r < column.values.size(); ++r) {
      const double value = column.values[r];
      if (std::isnan(value) || (price && check_absurd(value, row_of_[r], source))) continue;
      const bool fine = price ? !outside_limits(column.about.name, value, column.axis->start[r]) : has_meaning(column.about.name, value);
      if (!fine && outside++ == 0) first_row = row_of_[r];
    }
    if (outside == 0) return;
    if (price) {
      warn("price_outside_limits", first_row, source.header,
           fmt::format("{} prices lie outside the market's limits of their date; they were kept", outside));
    } else {
      warn("value_outside_range", first_row, source.header,
           fmt::format("{} values are none of {}; they were kept", outside,
                       column.about.name == "regulation_state" ? "-1, 0, 1 and 2" : "the shares 0 to 1"));
    }
  }

  /// The limits of a market, with the dates between which they hold, looked up once per day of data.
  [[nodiscard]] bool outside_limits(const std::string& name, double value, Instant t) {
    const bool day_ahead = name == "day_ahead";
    if (!day_ahead && name != "intraday") return false;
    if (std::abs(value) < 500.0) return false;
    const LocalDate date = calendar_.local_date(t);
    const auto low = market_rule(options_.country,
                                 day_ahead ? RuleField::day_ahead_price_min_eur_per_mwh : RuleField::intraday_price_min_eur_per_mwh, date);
    const auto high = market_rule(options_.country,
                                  day_ahead ? RuleField::day_ahead_price_max_eur_per_mwh : RuleField::intraday_price_max_eur_per_mwh, date);
    return (low && value < *low) || (high && value > *high);
  }

  /// Applies the gap rules to a copy, as the column's use will, counts what they fill, and reports what they do not.
  void check_gaps(FileColumn& column) {
    if (report_long_gaps(column)) return;
    ColumnQuality& quality = column.about.quality;
    const RowAxis& axis = *column.axis;
    const MarketTable table{
        column.about.table, axis.start, axis.duration_s, {{column.about.name, column.values, quality, column.resolution}}};
    const auto infos = columns_of(column.about.table);
    const auto info = std::find_if(infos.begin(), infos.end(), [&](const TableColumnInfo& i) { return i.name == column.about.name; });
    BESS_ASSERT(info != infos.end());
    const ColumnGaps gaps = gaps_of(table, table.columns.front(), info->column, calendar_);
    quality.interpolated = gaps.count.interpolated;
    quality.borrowed = gaps.count.borrowed;
    for (const Gap& gap : gaps.count.unfilled) {
      const Instant from = gaps.grid_start + gap.first * quarter_hour;
      const auto after = std::lower_bound(axis.start.begin(), axis.start.end(), from) - axis.start.begin();
      error("gap", row_of_[static_cast<std::size_t>(std::max<std::ptrdiff_t>(after - 1, 0))], column.about.header,
            fmt::format("no values from {} on, and no other day to take them from", format_instant(from)));
    }
    if (quality.interpolated + quality.borrowed > 0) {
      warn("gap_filled", 0, column.about.header,
           fmt::format("{} quarter-hours are missing: {} are interpolated, {} taken from the same time of another day",
                       quality.interpolated + quality.borrowed, quality.interpolated, quality.borrowed));
    }
  }

  /// Gaps that are too long, found on the rows themselves: a wild time stamp must not make a series of millennia.
  bool report_long_gaps(const FileColumn& column) {
    const RowAxis& axis = *column.axis;
    bool any = false;
    std::optional<std::size_t> before;
    for (std::size_t r = 0; r < axis.start.size(); ++r) {
      if (std::isnan(column.values[r])) continue;
      if (before) {
        const Instant from = axis.start[*before] + seconds{axis.duration_s[*before]};
        if (axis.start[r] - from > longest_gap) {
          any = true;
          error("gap", row_of_[*before], column.about.header,
                fmt::format("no values from {} to {}: {} hours is more than the gap rules fill", format_instant(from),
                            format_instant(axis.start[r]), hours_of(axis.start[r] - from)));
        }
      }
      before = r;
    }
    return any;
  }

  static void set_range(FileColumn& column) {
    const auto present = [](double v) { return !std::isnan(v); };
    const auto first = std::find_if(column.values.begin(), column.values.end(), present) - column.values.begin();
    const auto last = column.values.rend() - std::find_if(column.values.rbegin(), column.values.rend(), present) - 1;
    column.about.from = column.axis->start[static_cast<std::size_t>(first)];
    column.about.to = column.axis->start[static_cast<std::size_t>(last)] + seconds{column.axis->duration_s[static_cast<std::size_t>(last)]};
  }

  const InputFile& file_;
  const FileMapping& mapping_;
  const ImportOptions& options_;
  const MarketCalendar& calendar_;
  Issues& issues_;
  RowSet rows_;
  FileReading reading_;
  RowLengths lengths_;
  std::shared_ptr<const RowAxis> axis_;
  std::vector<std::size_t> row_of_;  ///< line of each row of the column at hand
  bool failed_{false};
};

}  // namespace

std::optional<FileContent> read_market_file(const InputFile& file, const ImportOptions& options, const MarketCalendar& calendar,
                                            Issues& issues) {
  return MarketFile(file, options, calendar, issues).read();
}

}  // namespace bess
