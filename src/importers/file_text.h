#pragma once
// Internal to the importers: the text of a market or profile file, whatever it comes in.

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "importers/market_import.h"

namespace bess {

/// A view into the file's bytes, or text of its own where a workbook was turned into one.
class FileText {
 public:
  explicit FileText(std::string_view view) : view_(view) {}
  explicit FileText(std::string own) : own_(std::move(own)) {}
  [[nodiscard]] std::string_view text() const { return own_ ? std::string_view(*own_) : view_; }

 private:
  std::string_view view_;
  std::optional<std::string> own_;
};

/// UTF-8 text as it is; the sheet of an .xlsx workbook as tab-separated text whose lines are the sheet's rows. Issues: encoding,
/// unreadable_file (another format: the message names it and says what to do), too_large, zip_unsafe.
[[nodiscard]] std::optional<FileText> file_text(const InputFile& file, Issues& issues);

}  // namespace bess
