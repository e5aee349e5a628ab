#include "service/data/sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "importers/archive.h"
#include "importers/workbook.h"
#include "market/table.h"
#include "service/json.h"

namespace bess::service {

namespace {

namespace fs = std::filesystem;

void file_error(Issues& issues, std::string code, const std::string& file, std::string message) {
  Issue issue;
  issue.code = std::move(code);
  issue.file = file;
  issue.message = std::move(message);
  issues.add(std::move(issue));
}

std::optional<std::string> read_bytes(const fs::path& path, Issues& issues) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (!error && size > max_source_bytes) {
    file_error(issues, "too_large", path.string(), fmt::format("{} bytes, more than {}", size, max_source_bytes));
    return {};
  }
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (error || !in.is_open() || in.bad()) {
    file_error(issues, "not_found", path.string(), "can't be read");
    return {};
  }
  return bytes;
}

void take_mapping(std::string_view text, const std::string& name, SourceSet& set, Issues& issues) {
  Expected<ImportMapping> mapping = parse_mapping(text, name);
  if (!mapping) return issues.append(mapping.issues());
  set.mapping.merge(*mapping);
}

void take_file(std::string name, std::string bytes, SourceSet& set, Issues& issues) {
  if (!looks_like_zip(bytes) || looks_like_workbook(bytes)) {
    set.files.push_back({std::move(name), std::move(bytes)});
    return;
  }
  Expected<Archive> archive = read_archive(bytes, name);
  if (!archive) return issues.append(archive.issues());
  for (ArchiveMember& member : archive->files) set.files.push_back({std::move(member.name), std::move(member.bytes)});
  if (!archive->mapping_json.empty()) take_mapping(archive->mapping_json, name + "/mapping.json", set, issues);
}

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    std::string extension = entry.path().extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (entry.is_regular_file() && extension == ".csv") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

Expected<SourceSet> read_sources(const std::vector<fs::path>& paths) {
  SourceSet set;
  Issues issues;
  for (const fs::path& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      if (auto bytes = read_bytes(path, issues)) take_file(path.string(), std::move(*bytes), set, issues);
      continue;
    }
    const std::vector<fs::path> inside = files_of(path);
    if (inside.empty()) file_error(issues, "not_found", path.string(), "the folder holds no .csv file");
    for (const fs::path& file : inside) {
      if (auto bytes = read_bytes(file, issues)) take_file(file.string(), std::move(*bytes), set, issues);
    }
    const fs::path mapping = path / "mapping.json";
    if (fs::exists(mapping, error)) {
      if (auto bytes = read_bytes(mapping, issues)) take_mapping(*bytes, mapping.string(), set, issues);
    }
  }
  if (issues.has_errors()) return issues;
  return set;
}

Expected<SourceSet> unpack_upload(std::string name, std::string bytes) {
  SourceSet set;
  Issues issues;
  take_file(std::move(name), std::move(bytes), set, issues);
  if (issues.has_errors()) return issues;
  return set;
}

namespace {

std::string names_of_tables() {
  std::string names;
  for (const TableInfo& table : all_tables()) names.append(names.empty() ? "" : ", ").append(table.name);
  return names;
}

constexpr std::int64_t max_count = 1'000'000'000;

/// {canonical: text} of a mapping.
void read_texts(const Json& value, const std::string& file, const std::string& pointer, std::map<std::string, std::string>& out,
                Issues& issues) {
  if (!value.is_object()) return file_error(issues, "wrong_type", file, fmt::format("{} needs an object", pointer));
  for (const JsonMember& member : value.members()) {
    if (!member.value.is_string()) {
      file_error(issues, "wrong_type", file, fmt::format("{}/{} needs text", pointer, member.key));
    } else {
      out[member.key] = member.value.as_string();
    }
  }
}

/// [{from, minutes}], ascending.
std::vector<ReadResolution> read_resolution(const Json& value, const std::string& file, const std::string& pointer, Issues& issues) {
  std::vector<ReadResolution> stretches;
  const auto fail = [&] {
    file_error(issues, "wrong_type", file, fmt::format("{} needs [{{\"from\": instant, \"minutes\": 1 … 1440}}] in order", pointer));
    return std::vector<ReadResolution>{};
  };
  if (!value.is_array()) return fail();
  for (const Json& one : value.items()) {
    const Json* from = one.is_object() ? one.find("from") : nullptr;
    const Json* held = one.is_object() ? one.find("minutes") : nullptr;
    const auto instant = from != nullptr && from->is_string() ? parse_instant(from->as_string()) : std::nullopt;
    const bool good = instant && held != nullptr && held->is_integer() && held->as_integer() >= 1 && held->as_integer() <= 1440;
    if (!good || (!stretches.empty() && stretches.back().from >= *instant)) return fail();
    stretches.push_back({*instant, static_cast<int>(held->as_integer())});
  }
  return stretches;
}

/// {canonical: {rows, resolution_minutes, interpolated, borrowed, missing, resolution?}} of an exact mapping.
void read_quality(const Json& value, const std::string& file, const std::string& pointer, FileMapping& mapping, Issues& issues) {
  if (!value.is_object()) return file_error(issues, "wrong_type", file, fmt::format("{} needs an object", pointer));
  for (const JsonMember& column : value.members()) {
    const std::string at = child_pointer(pointer, column.key);
    const auto count = [&](std::string_view key) -> std::int64_t {
      const Json* found = column.value.is_object() ? column.value.find(key) : nullptr;
      if (found != nullptr && found->is_integer() && found->as_integer() >= 0 && found->as_integer() <= max_count)
        return found->as_integer();
      file_error(issues, "wrong_type", file, fmt::format("{} needs a count {}", at, key));
      return 0;
    };
    mapping.quality[column.key] = {.rows = count("rows"),
                                   .interpolated = count("interpolated"),
                                   .borrowed = count("borrowed"),
                                   .missing = count("missing"),
                                   .resolution_minutes = static_cast<int>(count("resolution_minutes"))};
    const Json* resolution = column.value.is_object() ? column.value.find("resolution") : nullptr;
    if (resolution != nullptr) mapping.resolution[column.key] = read_resolution(*resolution, file, child_pointer(at, "resolution"), issues);
  }
}

/// A text, or a list of texts.
std::optional<std::vector<std::string>> texts_of(const Json& value) {
  if (value.is_string()) return std::vector<std::string>{value.as_string()};
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> texts;
  for (const Json& one : value.items()) {
    if (!one.is_string()) return std::nullopt;
    texts.push_back(one.as_string());
  }
  return texts.empty() ? std::nullopt : std::optional(texts);
}

/// {header: text or [text, …]}.
void read_where(const Json& value, const std::string& file, const std::string& pointer, FileMapping& mapping, Issues& issues) {
  if (!value.is_object()) return file_error(issues, "wrong_type", file, fmt::format("{} needs an object", pointer));
  for (const JsonMember& member : value.members()) {
    if (auto texts = texts_of(member.value)) {
      mapping.where[member.key] = std::move(*texts);
    } else {
      file_error(issues, "wrong_type", file, fmt::format("{} needs a text, or a list of texts", child_pointer(pointer, member.key)));
    }
  }
}

/// "HH:MM" of a day, in minutes.
std::optional<int> minute_of_day(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto reading = parse_clock("2000-01-01 " + value.as_string());
  return reading && !reading->offset_s && reading->second_of_day % 60 == 0 ? std::optional(reading->second_of_day / 60) : std::nullopt;
}

/// One product: canonical columns, or {"columns": …, "from": "04:00"}.
std::optional<PivotTarget> read_target(const Json& value) {
  PivotTarget target;
  if (auto texts = texts_of(value)) {
    target.columns = std::move(*texts);
    return target;
  }
  if (!value.is_object()) return std::nullopt;
  for (const JsonMember& member : value.members()) {
    if (member.key == "columns") {
      auto texts = texts_of(member.value);
      if (!texts) return std::nullopt;
      target.columns = std::move(*texts);
    } else if (member.key == "from") {
      target.minute = minute_of_day(member.value);
      if (!target.minute) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  return target;
}

/// {"column": header, "values": {product: target}}.
void read_pivot(const Json& value, const std::string& file, const std::string& pointer, FileMapping& mapping, Issues& issues) {
  const Json* column = value.is_object() ? value.find("column") : nullptr;
  const Json* values = value.is_object() ? value.find("values") : nullptr;
  if (column == nullptr || !column->is_string() || values == nullptr || !values->is_object() || values->members().empty() ||
      value.members().size() != 2) {
    return file_error(issues, "wrong_type", file, fmt::format("{} needs {{\"column\": header, \"values\": {{product: column}}}}", pointer));
  }
  Pivot pivot{.column = column->as_string(), .values = {}};
  for (const JsonMember& member : values->members()) {
    if (auto target = read_target(member.value)) {
      pivot.values[member.key] = std::move(*target);
    } else {
      file_error(issues, "wrong_type", file,
                 fmt::format("{} needs a column of ours, a list of them, or {{\"columns\": …, \"from\": \"HH:MM\"}}",
                             child_pointer(child_pointer(pointer, "values"), member.key)));
    }
  }
  mapping.pivot = std::move(pivot);
}

void read_date_order(const Json& value, const std::string& file, const std::string& pointer, FileMapping& mapping, Issues& issues) {
  const std::string text = value.is_string() ? value.as_string() : "";
  if (text == "day_first") {
    mapping.date_order = DateOrder::day_first;
  } else if (text == "month_first") {
    mapping.date_order = DateOrder::month_first;
  } else if (text == "year_first") {
    mapping.date_order = DateOrder::year_first;
  } else {
    file_error(issues, "wrong_type", file, fmt::format("{} needs day_first, month_first or year_first", pointer));
  }
}

FileMapping read_file_mapping(const Json& value, const std::string& file, const std::string& pointer, Issues& issues) {
  FileMapping mapping;
  if (!value.is_object()) {
    file_error(issues, "wrong_type", file, fmt::format("{} needs an object", pointer));
    return mapping;
  }
  for (const JsonMember& member : value.members()) {
    const std::string at = child_pointer(pointer, member.key);
    if (member.key == "columns") {
      read_texts(member.value, file, at, mapping.columns, issues);
    } else if (member.key == "units") {
      read_texts(member.value, file, at, mapping.units, issues);
    } else if (member.key == "rows" && member.value.is_string() && member.value.as_string() == "exact") {
      mapping.exact_rows = true;
    } else if (member.key == "rows") {
      file_error(issues, "wrong_type", file, fmt::format("{} can only be \"exact\"", at));
    } else if (member.key == "quality") {
      read_quality(member.value, file, at, mapping, issues);
    } else if (member.key == "where") {
      read_where(member.value, file, at, mapping, issues);
    } else if (member.key == "pivot") {
      read_pivot(member.value, file, at, mapping, issues);
    } else if (member.key == "date_order") {
      read_date_order(member.value, file, at, mapping, issues);
    } else if (member.key == "preset" && member.value.is_string()) {
      mapping.preset = member.value.as_string();
    } else if (member.key == "time_zone" && member.value.is_string()) {
      mapping.time_zone = member.value.as_string();
    } else if (member.key == "table" && member.value.is_string()) {
      mapping.table = parse_table_kind(member.value.as_string());
      if (!mapping.table) {
        file_error(issues, "wrong_type", file, fmt::format("{}: \"{}\" is none of {}", at, member.value.as_string(), names_of_tables()));
      }
    } else if (member.key == "table" || member.key == "time_zone" || member.key == "preset") {
      file_error(issues, "wrong_type", file, fmt::format("{} needs text", at));
    } else {
      file_error(issues, "unknown_key", file,
                 fmt::format("{}: a mapping has table, columns, time_zone, units, where, pivot, date_order, preset, rows and quality", at));
    }
  }
  return mapping;
}

}  // namespace

Expected<ImportMapping> parse_mapping(std::string_view json_text, const std::string& name) {
  const Expected<Json> json = parse_json(json_text);
  Issues issues;
  if (!json) {
    for (Issue issue : json.issues().all()) {
      issue.file = name;
      issues.add(std::move(issue));
    }
    return issues;
  }
  if (!json->is_object()) {
    file_error(issues, "wrong_type", name, "a mapping is an object by file name");
    return issues;
  }
  ImportMapping mapping;
  for (const JsonMember& member : json->members())
    mapping[member.key] = read_file_mapping(member.value, name, child_pointer("", member.key), issues);
  if (issues.has_errors()) return issues;
  return mapping;
}

Expected<ImportResult> import_sources(const SourceSet& sources, ImportOptions options) {
  ImportMapping mapping = sources.mapping;
  mapping.merge(options.mapping);
  options.mapping = std::move(mapping);
  std::vector<InputFile> files;
  files.reserve(sources.files.size());
  for (const SourceFile& file : sources.files) files.push_back({file.name, file.bytes});
  return import_files(files, options);
}

Expected<LoadedPrices> load_prices(const SourceSet& sources, const ImportOptions& options, const std::string& name) {
  Expected<ImportResult> imported = import_sources(sources, options);
  if (!imported) return imported.issues();
  LoadedPrices loaded;
  loaded.prices = make_price_set(options.country, imported->tables, MarketCalendar::for_country(options.country));
  loaded.prices.name = name;
  loaded.columns = std::move(imported->columns);
  loaded.files = std::move(imported->files);
  loaded.warnings = std::move(imported->warnings);
  return loaded;
}

}  // namespace bess::service
