#include "importers/file_text.h"

#include <array>

#include "importers/archive.h"
#include "importers/csv_header.h"
#include "importers/workbook.h"

namespace bess {

namespace {

struct Format {
  std::string_view begins;
  const char* advice;
};

constexpr std::array formats{
    Format{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Excel workbook (.xls): save it as CSV or .xlsx"},
    Format{"\x1F\x8B", "compressed with gzip: unpack it first"},
    Format{"PAR1", "a Parquet file: save it as CSV"},
    Format{"%PDF", "a PDF document: the data are needed as CSV or .xlsx"},
    Format{"\x89HDF", "a NetCDF or HDF5 file: market data and profiles are read from CSV or .xlsx"},
    Format{"CDF\x01", "a NetCDF file: market data and profiles are read from CSV or .xlsx"},
    Format{"7z\xBC\xAF", "a 7z archive: unpack it first"},
    Format{"Rar!", "a RAR archive: unpack it first"},
    Format{"SQLite format 3", "a SQLite database: export the table as CSV"},
};

std::string_view without_blanks(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

bool begins_like(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

const char* foreign_format(std::string_view bytes) {
  for (const Format& format : formats) {
    if (bytes.starts_with(format.begins)) return format.advice;
  }
  const std::string_view text = without_blanks(bytes.substr(0, 1024));
  if (begins_like(text, "<!doctype html") || begins_like(text, "<html")) return "a web page, not the data: download the file itself";
  if (begins_like(text, "<?xml")) return "an XML document: market data and profiles are read from CSV or .xlsx";
  return nullptr;
}

}  // namespace

std::optional<FileText> file_text(const InputFile& file, Issues& issues) {
  if (const char* advice = foreign_format(file.bytes)) {
    issues.add(file_issue(Severity::error, "unreadable_file", file.name, 0, {}, std::string("the file is ") + advice));
    return std::nullopt;
  }
  if (looks_like_zip(file.bytes)) {
    Expected<Workbook> sheet = read_workbook(file.bytes, file.name);
    if (sheet && !sheet->note.empty()) issues.add(file_issue(Severity::warning, "assumed", file.name, 0, {}, sheet->note));
    if (sheet) return FileText(std::move(sheet->text));
    issues.append(sheet.issues());
    return std::nullopt;
  }
  std::string_view text = file.bytes;
  if (auto issue = check_encoding(text, file.name)) {
    issues.add(std::move(*issue));
    return std::nullopt;
  }
  return FileText(text);
}

}  // namespace bess
