// libFuzzer target of market files and production profiles in CSV (importers/market_import.h, importers/profile_csv.h).
//
// Input: a line of option letters (market or profile, country, zone, table, exact rows, duplicates, names and units, capacity), then one
// file; for market files a line "%%" starts another one. Beside crashes and sanitizers:
//   * a refusal has an error, every issue a known code; what is accepted is whole: rows ascending and apart, numbers finite or missing;
//   * a byte order mark and CRLF change neither the answer nor the places of the problems;
//   * what was accepted, written as exact CSV and read again, gives the same rows and values; written as canonical CSV it gives the same
//     value at every instant.

#include <map>
#include <optional>

#include "fuzz_support.h"
#include "importers/csv_export.h"
#include "importers/market_import.h"
#include "importers/profile_csv.h"
#include "market/table.h"

namespace {

using namespace bess;
using namespace bess::fuzz;
using std::chrono::seconds;

constexpr std::string_view countries[] = {"NL", "DE-LU", "GB", "FI", "XX"};
constexpr std::string_view zones[] = {"", "UTC", "local", "+01:00", "Europe/Amsterdam", "UTC+1", "America/New_York", "nowhere"};
constexpr std::size_t most_grid_quarters = 40'000;

struct Naming {
  std::map<std::string, std::string> columns, units;
};
const std::vector<Naming>& namings() {
  static const std::vector<Naming> list{
      {},
      {{{"timestamp", "start"}, {"day_ahead", "a"}}, {}},
      {{{"timestamp", "start"}, {"timestamp_end", "end"}, {"fcr_price", "a"}}, {{"fcr_price", "EUR/MW/block"}}},
      {{{"date", "date"}, {"time", "time"}, {"imbalance_take", "a"}, {"imbalance_feed", "a"}}, {{"imbalance_take", "ct/kWh"}}},
      {{{"afrr_up_price", "a"}, {"afrr_up_ratio", "b"}}, {{"afrr_up_price", "EUR/MW/day"}, {"afrr_up_ratio", "%"}}},
      {{{"solar_mw", "a"}}, {{"solar_mw", "kWh"}}},
      {{}, {{"day_ahead", "EUR/kWh"}, {"output_mw", "MWh"}, {"solar_mw", "GW"}}},
      {{{"output_mw", "a"}}, {{"output_mw", "kW"}}},
      {{}, {{"day_ahead", "GBP/MWh"}, {"output_mw", "m/s"}}},
  };
  return list;
}

std::vector<InputFile> split_files(std::string_view content) {
  static const std::vector<std::string> names{"prices.csv", "folder/more.csv", "installed_capacity.csv", "d.csv"};
  std::vector<InputFile> files;
  constexpr std::string_view border = "%%\n";
  while (files.size() + 1 < names.size() && content.find(border) != std::string_view::npos) {
    const std::size_t end = content.find(border);
    files.push_back({names[files.size()], content.substr(0, end)});
    content.remove_prefix(end + border.size());
  }
  files.push_back({names[files.size()], content});
  return files;
}

void check_table(const MarketTable& table) {
  require(table.rows() > 0 && table.duration_s.size() == table.rows() && !table.columns.empty(), "a table is whole");
  for (std::size_t r = 0; r < table.rows(); ++r) {
    require(table.duration_s[r] > 0, "a row lasts");
    if (r + 1 < table.rows())
      require(table.delivery_start[r] + seconds{table.duration_s[r]} <= table.delivery_start[r + 1], "rows are ascending and apart");
  }
  for (const TableColumn& column : table.columns) {
    require(column.values.size() == table.rows(), "a column has every row");
    for (const double v : column.values) require(!std::isinf(v), "a value is finite or missing:", column.name);
  }
}

bool same_rows(const MarketTable& a, const MarketTable& b) {
  if (a.kind != b.kind || a.delivery_start != b.delivery_start || a.duration_s != b.duration_s || a.columns.size() != b.columns.size())
    return false;
  for (std::size_t c = 0; c < a.columns.size(); ++c) {
    if (a.columns[c].name != b.columns[c].name || !same_numbers(a.columns[c].values, b.columns[c].values)) return false;
  }
  return true;
}

std::size_t quarters_of(const MarketTable& table) {
  return static_cast<std::size_t>((table.delivery_start.back() - table.delivery_start.front()) / quarter_hour) + 1;
}

std::string first_problem(const Issues& issues) {
  for (const Issue& issue : issues.errors()) return issue.code + ": " + issue.message;
  return {};
}

Expected<ImportResult> read_again(const std::string& text, const ImportOptions& options, const FileMapping& mapping) {
  const std::vector<InputFile> files{{"again.csv", text}};
  ImportOptions again;
  again.country = options.country;
  again.every_file = mapping;
  return import_files(files, again);
}

void check_exact_export(const MarketTable& table, const ImportOptions& options) {
  FileMapping mapping;
  mapping.table = table.kind;
  mapping.exact_rows = true;
  for (const TableColumn& column : table.columns) {
    mapping.quality[column.name] = column.quality;
    mapping.resolution[column.name] = column.resolution;
  }
  const std::string text = write_exact_csv(table);
  const auto again = read_again(text, options, mapping);
  require(again.has_value(), "exact CSV is read again:", again ? std::string{} : first_problem(again.issues()) + "\n" + text);
  require(again->tables.size() == 1 && same_rows(table, again->tables[0]), "exact CSV gives the same rows:\n", text);
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    require(again->tables[0].columns[c].quality == table.columns[c].quality, "exact CSV keeps the quality of", table.columns[c].name);
}

/// The value of a column at an instant; none where no row holds.
double value_at(const MarketTable& table, std::size_t column, Instant t) {
  const auto after = std::upper_bound(table.delivery_start.begin(), table.delivery_start.end(), t);
  if (after == table.delivery_start.begin()) return std::nan("");
  const auto r = static_cast<std::size_t>(after - table.delivery_start.begin()) - 1;
  return t < table.delivery_start[r] + seconds{table.duration_s[r]} ? table.columns[column].values[r] : std::nan("");
}

/// Canonical CSV says less than exact CSV (it has no ends), so it may be refused; it must not change a value.
void check_canonical_export(const MarketTable& table, const ImportOptions& options) {
  FileMapping mapping;
  mapping.table = table.kind;
  const std::string text = write_csv(table);
  const auto again = read_again(text, options, mapping);
  if (!again) return check_refusal(again.issues());
  require(again->tables.size() == 1, "canonical CSV gives one table");
  const MarketTable& read = again->tables[0];
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const TableColumn* column = read.find(table.columns[c].name);
    const bool empty = std::all_of(table.columns[c].values.begin(), table.columns[c].values.end(), [](double v) { return std::isnan(v); });
    require(column != nullptr || empty, "canonical CSV keeps the column", table.columns[c].name);
    if (column == nullptr) continue;
    const auto place = static_cast<std::size_t>(column - read.columns.data());
    for (std::size_t r = 0; r < table.rows(); ++r) {
      if (std::isnan(table.columns[c].values[r])) continue;
      require(same_number(table.columns[c].values[r], value_at(read, place, table.delivery_start[r])), "canonical CSV keeps the values of",
              table.columns[c].name + "\n" + text);
    }
  }
}

void check_price_set(const ImportResult& result, const ImportOptions& options) {
  for (const MarketTable& table : result.tables) {
    if (quarters_of(table) > most_grid_quarters) return;
  }
  const Instant first = std::min_element(result.tables.begin(), result.tables.end(), [](const MarketTable& a, const MarketTable& b) {
                          return a.delivery_start.front() < b.delivery_start.front();
                        })->delivery_start.front();
  for (const MarketTable& table : result.tables) {
    if (table.delivery_start.back() - first > quarter_hour * static_cast<std::int64_t>(most_grid_quarters)) return;
  }
  const PriceSet prices = make_price_set(options.country, result.tables, MarketCalendar::for_country(options.country));
  for (const SharedColumn& column : prices.column) {
    if (!column) continue;
    require(column->size() == static_cast<std::size_t>(prices.quarters), "a price column covers the grid");
    for (const double v : *column) require(!std::isinf(v), "a price on the grid is finite or missing");
  }
}

void fuzz_market(std::string_view content, const ImportOptions& options) {
  const std::vector<InputFile> files = split_files(content);
  const Expected<ImportResult> result = import_files(files, options);
  if (result) {
    check_warnings(result->warnings);
    require(!result->tables.empty(), "an answer has a table");
    for (const MarketTable& table : result->tables) {
      check_table(table);
      check_exact_export(table, options);
      if (quarters_of(table) < most_grid_quarters) check_canonical_export(table, options);
    }
    check_price_set(*result, options);
  } else {
    check_refusal(result.issues());
    if (is_foreign(result.issues())) return;
  }
  std::vector<std::string> texts;
  std::vector<InputFile> other;
  texts.reserve(files.size());
  for (const InputFile& file : files) {
    texts.push_back(other_dialect(file.bytes));
    if (texts.back().empty()) return;
    other.push_back({file.name, texts.back()});
  }
  const Expected<ImportResult> same = import_files(other, options);
  require(same.has_value() == result.has_value(), "a byte order mark and CRLF change no answer");
  if (!result) return require(places(result.issues()) == places(same.issues()), "nor its problems:", places(same.issues()));
  require(places(result->warnings) == places(same->warnings), "nor its warnings:", places(same->warnings));
  require(std::equal(result->tables.begin(), result->tables.end(), same->tables.begin(), same->tables.end(), same_rows), "nor its rows");
}

void check_profile_export(const ImportedProfile& profile, const ProfileCsvOptions& options) {
  std::string text = "timestamp,output_mw\n";
  Instant t = profile.production.start;
  for (const double v : profile.production.power_mw) {
    char number[64];
    std::snprintf(number, sizeof number, "%.17g", v);
    text.append(format_instant(t)).append(1, ',').append(number).append(1, '\n');
    t += quarter_hour;
  }
  ProfileCsvOptions again;
  again.country = options.country;
  again.capacity_mw = profile.production.capacity_mw;
  const auto read = import_profile({"again.csv", text}, again);
  require(read.has_value(), "an exported profile is read again:", read ? std::string{} : first_problem(read.issues()));
  require(read->production.start == profile.production.start && same_numbers(read->production.power_mw, profile.production.power_mw),
          "an exported profile is the same");
}

void fuzz_profile(std::string_view content, const ProfileCsvOptions& options) {
  const auto result = import_profile({"p.csv", content}, options);
  if (result) {
    check_warnings(result->warnings);
    const ProductionSeries& production = result->production;
    require(!production.power_mw.empty() && std::isfinite(production.capacity_mw) && production.capacity_mw > 0.0, "a profile is whole");
    for (const double v : production.power_mw)
      require(v >= 0.0 && v <= 1.0500001 * production.capacity_mw, "production lies between 0 and 1.05 times the capacity");
    check_profile_export(*result, options);
  } else {
    check_refusal(result.issues());
    if (is_foreign(result.issues())) return;
  }
  const std::string text = other_dialect(content);
  if (text.empty()) return;
  const auto same = import_profile({"p.csv", text}, options);
  require(same.has_value() == result.has_value(), "a byte order mark and CRLF change no answer");
  require(result ? same_numbers(result->production.power_mw, same->production.power_mw) : places(result.issues()) == places(same.issues()),
          "nor what it says");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const bool profile = input.choose(2) == 1;
  ImportOptions options;
  options.country = countries[input.choose(std::size(countries))];
  FileMapping& mapping = options.every_file;
  mapping.time_zone = zones[input.choose(std::size(zones))];
  if (const std::size_t table = input.choose(table_kinds + 1); table > 0) mapping.table = static_cast<TableKind>(table - 1);
  mapping.exact_rows = input.choose(2) == 1;
  options.duplicates = input.choose(2) == 1 ? Duplicates::last : Duplicates::error;
  const Naming& naming = namings()[input.choose(namings().size())];
  mapping.columns = naming.columns;
  mapping.units = naming.units;
  const std::size_t capacity = input.choose(4);
  if (!profile) {
    fuzz_market(input.content, options);
  } else {
    ProfileCsvOptions of_profile{.country = options.country, .mapping = mapping, .duplicates = options.duplicates};
    if (capacity > 0) of_profile.capacity_mw = capacity == 1 ? 100.0 : capacity == 2 ? 1e-6 : -1.0;
    fuzz_profile(input.content, of_profile);
  }
  return 0;
}
