#pragma once
// Shortcuts for tests of the importers.

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "importers/market_import.h"
#include "support/shared_data.h"

namespace bess::test {

inline Instant at(const char* text) { return parse_instant(text).value(); }

inline Expected<ImportResult> import_text(const std::string& text, const ImportOptions& options = {},
                                          const std::string& name = "prices.csv") {
  const std::vector<InputFile> files{{name, text}};
  return import_files(files, options);
}

inline ImportOptions with_zone(const char* zone) {
  ImportOptions options;
  options.every_file.time_zone = zone;
  return options;
}

/// Codes of errors (or of warnings) in order.
inline std::vector<std::string> codes(const std::vector<Issue>& issues) {
  std::vector<std::string> result;
  for (const Issue& issue : issues) result.push_back(issue.code);
  return result;
}
inline std::vector<std::string> error_codes(const Expected<ImportResult>& result) {
  return result ? std::vector<std::string>{} : codes(result.issues().errors());
}
inline std::vector<std::string> warning_codes(const Expected<ImportResult>& result) {
  return codes(result ? result->warnings.warnings() : result.issues().warnings());
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// `count` rows "stamp,value" from `start` on, `step_minutes` apart, value = row number.
inline std::string rows(const char* start, int step_minutes, int count, int first_value = 0) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += format_instant(at(start) + std::chrono::minutes{i * step_minutes}) + "," + std::to_string(first_value + i) + "\n";
  }
  return text;
}

}  // namespace bess::test
