#pragma once
// Sheets of Office Open XML workbooks (.xlsx) as tab-separated text, unpacked under the limits of archives.

#include <string>
#include <string_view>

#include "base/error.h"
#include "importers/archive.h"

namespace bess {

/// Is it a ZIP archive with the parts of a workbook?
[[nodiscard]] bool looks_like_workbook(std::string_view bytes);

struct Workbook {
  std::string text;  ///< of the sheet that was read
  std::string note;  ///< says which, where others hold data too
};

/// The first sheet that holds data, hidden ones only where no other does; a line per row of the sheet, blank ones too, so that the rows of
/// problems are the sheet's. Dates become "2024-03-31T01:00:00" (both date systems), numbers their shortest text, formulas their stored
/// value. Codes: unreadable_file (no workbook, damaged, an ODF document, nothing in it), too_large, zip_unsafe.
[[nodiscard]] Expected<Workbook> read_workbook(std::string_view bytes, const std::string& name, const ArchiveLimits& limits = {});

}  // namespace bess
