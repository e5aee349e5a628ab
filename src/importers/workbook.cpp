#include "importers/workbook.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <vector>

#include "importers/csv_header.h"
#include "importers/zip_reader.h"

namespace bess {

namespace {

constexpr std::size_t most_columns = 4096;
constexpr std::size_t most_rows = 1'048'576;  ///< of a sheet, by the format
constexpr std::size_t most_sheets = 256;
constexpr std::uint64_t ratio_free_bytes = 4 * 1024 * 1024;  ///< sheets of even numbers pack well
constexpr int days_to_1970 = 25569;                          ///< from 1899-12-30
constexpr int days_to_1904 = 1462;                           ///< between the two date systems

/// Why reading stops, from whatever depth; caught in read_workbook and nowhere else.
class Refused : public Exception {
 public:
  using Exception::Exception;
};

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& one : node.children()) {
    if (local_name(one.name()) == name) return one;
  }
  return {};
}

pugi::xml_attribute attribute(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_attribute& one : node.attributes()) {
    if (local_name(one.name()) == name) return one;
  }
  return {};
}

/// The elements of a name, one at a time, each parsed by itself: a large part is never held as a tree.
void for_each_element(std::string_view xml, std::string_view name, const std::function<void(const pugi::xml_node&)>& visit) {
  std::size_t at = 0;
  while (true) {
    // "<row", "<x:row"
    const std::size_t open = xml.find('<', at);
    if (open == std::string_view::npos) return;
    std::size_t end_of_name = open + 1;
    while (end_of_name < xml.size() && std::string_view(" \t\r\n/>").find(xml[end_of_name]) == std::string_view::npos) ++end_of_name;
    const std::string_view tag = xml.substr(open + 1, end_of_name - open - 1);
    if (local_name(tag) != name) {
      at = end_of_name;
      continue;
    }
    const std::size_t close = xml.find('>', end_of_name);
    if (close == std::string_view::npos) throw Refused("unreadable_file", "the workbook is damaged: an element without an end");
    std::size_t end = close + 1;
    if (xml[close - 1] != '/') {
      const std::string closing = fmt::format("</{}>", tag);
      const std::size_t found = xml.find(closing, close);
      if (found == std::string_view::npos) throw Refused("unreadable_file", "the workbook is damaged: an element without an end");
      end = found + closing.size();
    }
    pugi::xml_document document;
    const std::string_view element = xml.substr(open, end - open);
    if (!document.load_buffer(element.data(), element.size(), pugi::parse_default | pugi::parse_ws_pcdata_single, pugi::encoding_utf8))
      throw Refused("unreadable_file", "the workbook is damaged: its XML cannot be read");
    visit(document.first_child());
    at = end;
  }
}

/// All texts below a node but phonetic ones, joined.
void join_texts(const pugi::xml_node& node, std::string& text) {
  for (const pugi::xml_node& one : node.children()) {
    const std::string_view name = local_name(one.name());
    if (name == "t") {
      text += one.text().get();
    } else if (name != "rPh") {
      join_texts(one, text);
    }
  }
}

enum class Look : std::uint8_t { number, date, date_time, time };

/// What a number format shows.
Look look_of(std::string_view code) {
  bool date = false, clock = false, month_or_minute = false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i] >= 'A' && code[i] <= 'Z' ? static_cast<char>(code[i] - 'A' + 'a') : code[i];
    if (c == '"') {
      const std::size_t end = code.find('"', i + 1);
      i = end == std::string_view::npos ? code.size() : end;
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (c == '[') {
      const std::size_t end = std::min(code.find(']', i), code.size());
      const std::string_view inside = code.substr(i + 1, end - i - 1);
      if (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos) clock = true;  // "[h]:mm"
      i = end;
    } else if (c == ';') {
      break;
    } else if (c == 'y' || c == 'd' || c == 'j' || c == 't') {
      date = date || c != 't';
    } else if (c == 'h' || c == 's') {
      clock = true;
    } else if (c == 'm') {
      month_or_minute = true;
    } else if (c == 'g' || c == 'e' || c == '0' || c == '#' || c == '?' || c == '%') {
      if (c == 'g') return Look::number;  // "General"
      if (c != 'e' && !date && !clock && !month_or_minute) return Look::number;
    }
  }
  if (date) return clock ? Look::date_time : Look::date;
  if (clock) return Look::time;
  return month_or_minute ? Look::date : Look::number;
}

Look built_in_look(int id) {
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58)) return Look::date;
  if (id == 22) return Look::date_time;
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) return Look::time;
  return Look::number;
}

/// The shortest text of a number that no reader takes for one with thousands marks.
std::string number_text(double value) {
  std::string text = fmt::format("{}", value);
  const std::size_t point = text.find('.');
  if (point != std::string::npos && text.size() - point == 4 && text.find('e') == std::string::npos) text += '0';
  return text;
}

std::string serial_text(double serial, Look look, bool from_1904) {
  if (from_1904) serial += days_to_1904;
  if (!(serial >= 0.0) || serial > 200'000.0) return number_text(serial);
  const auto seconds = static_cast<std::int64_t>(std::llround(serial * 86400.0));
  const std::int64_t day = seconds / 86400, rest = seconds % 86400;
  std::string clock = fmt::format("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
  if (look == Look::time && seconds < 86400 + (from_1904 ? days_to_1904 * 86400LL : 0)) return clock;
  const std::string date = format_date(LocalDate{std::chrono::sys_days{std::chrono::days{day - days_to_1970}}});
  return look == Look::date && rest == 0 ? date : date + "T" + clock;
}

std::string csv_quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
  }
  return result += '"';
}

/// "AB12" → 27; no value for no letters.
std::optional<std::size_t> column_of(std::string_view reference) {
  std::size_t column = 0, letters = 0;
  while (letters < reference.size() && letters < 4 && reference[letters] >= 'A' && reference[letters] <= 'Z')
    column = column * 26 + static_cast<std::size_t>(reference[letters++] - 'A') + 1;
  return letters == 0 ? std::nullopt : std::optional(column - 1);
}

struct Sheet {
  std::string name;
  std::string part;
  bool hidden{false};
  std::string text{};
  std::size_t rows{0};          ///< with two cells or more
  std::size_t numeric_rows{0};  ///< of them with a number or date
};

class WorkbookReader {
 public:
  WorkbookReader(std::string_view bytes, const ArchiveLimits& limits) : bytes_(bytes), limits_(limits), archive_(bytes) {
    if (!archive_.is_open()) throw Refused("unreadable_file", "the workbook is damaged: it is no whole ZIP archive");
  }

  std::string read(std::string& note) {
    if (archive_.find("mimetype") && !archive_.find("xl/workbook.xml"))
      throw Refused("unreadable_file", "the file is an OpenDocument spreadsheet: save it as CSV or .xlsx");
    if (archive_.find("xl/workbook.bin"))
      throw Refused("unreadable_file", "the file is a binary workbook (.xlsb): save it as CSV or .xlsx");
    if (!archive_.find("xl/workbook.xml")) throw Refused("unreadable_file", "the file is a ZIP archive, not a workbook: unpack it first");
    std::vector<Sheet> sheets = list_sheets();
    read_styles();
    read_shared_strings();
    for (Sheet& sheet : sheets) read_sheet(sheet);
    const Sheet* best = nullptr;
    const auto rank = [](const Sheet& s) {
      return (s.numeric_rows > 1 ? 4 : s.rows > 1 ? 2 : s.text.empty() ? 0 : 1) * 2 + (s.hidden ? 0 : 1);
    };
    std::vector<std::string> others;
    for (const Sheet& sheet : sheets) {
      if (best == nullptr || rank(sheet) > rank(*best)) best = &sheet;
    }
    if (best == nullptr || best->text.empty()) throw Refused("missing_column", "the workbook's sheets hold no data");
    for (const Sheet& sheet : sheets) {
      if (&sheet != best && sheet.numeric_rows > 1) others.push_back(sheet.name);
    }
    if (!others.empty()) note = fmt::format("the sheet \"{}\" was read; the workbook has others: {}", best->name, fmt::join(others, ", "));
    return best->text;
  }

 private:
  std::string part(const std::string& name) {
    const auto index = archive_.find(name);
    if (!index) return {};
    const std::optional<ZipMember> member = archive_.member(*index);
    if (member && member->encrypted) throw Refused("zip_unsafe", "the workbook is encrypted");
    std::string content;
    const ZipReader::Outcome outcome = archive_.read(*index, [&](std::string_view bytes) {
      unpacked_ += bytes.size();
      content.append(bytes);
      if (unpacked_ > limits_.unpacked_bytes)
        throw Refused("too_large", fmt::format("the workbook unpacks to more than {} bytes", limits_.unpacked_bytes));
      if (unpacked_ > ratio_free_bytes && unpacked_ / limits_.ratio > bytes_.size())
        throw Refused("zip_unsafe", fmt::format("the workbook unpacks to more than {} times its size", limits_.ratio));
      return true;
    });
    if (outcome != ZipReader::Outcome::whole)
      throw Refused("unreadable_file", fmt::format("the workbook is damaged: {} cannot be read", name));
    return content;
  }

  std::vector<Sheet> list_sheets() {
    const std::string book = part("xl/workbook.xml"), relations = part("xl/_rels/workbook.xml.rels");
    pugi::xml_document document;
    if (!document.load_buffer(book.data(), book.size()))
      throw Refused("unreadable_file", "the workbook is damaged: its XML cannot be read");
    const pugi::xml_node root = document.document_element();
    const std::string_view epoch = attribute(child(root, "workbookPr"), "date1904").value();
    from_1904_ = epoch == "1" || epoch == "true";
    pugi::xml_document targets;
    if (!relations.empty() && !targets.load_buffer(relations.data(), relations.size()))
      throw Refused("unreadable_file", "the workbook is damaged: its XML cannot be read");
    std::vector<Sheet> sheets;
    for (const pugi::xml_node& one : child(root, "sheets").children()) {
      // The relation's attribute is r:id; sheetId is another.
      std::string id;
      for (const pugi::xml_attribute& a : one.attributes()) {
        if (local_name(a.name()) == "id" && std::string_view(a.name()) != "sheetId") id = a.value();
      }
      const std::string_view state = attribute(one, "state").value();
      for (const pugi::xml_node& relation : targets.document_element().children()) {
        if (attribute(relation, "Id").value() != id) continue;
        std::string target = attribute(relation, "Target").value();
        if (target.starts_with('/')) {
          target.erase(0, 1);
        } else {
          target.insert(0, "xl/");
        }
        if (target.find("worksheets/") != std::string::npos)
          sheets.push_back({attribute(one, "name").value(), std::move(target), state == "hidden" || state == "veryHidden"});
      }
      if (sheets.size() == most_sheets) break;
    }
    if (sheets.empty()) sheets.push_back({"sheet1", "xl/worksheets/sheet1.xml"});
    return sheets;
  }

  void read_styles() {
    const std::string styles = part("xl/styles.xml");
    if (styles.empty()) return;
    pugi::xml_document document;
    if (!document.load_buffer(styles.data(), styles.size()))
      throw Refused("unreadable_file", "the workbook is damaged: its XML cannot be read");
    const pugi::xml_node root = document.document_element();
    std::vector<std::pair<int, Look>> formats;
    for (const pugi::xml_node& one : child(root, "numFmts").children())
      formats.emplace_back(attribute(one, "numFmtId").as_int(-1), look_of(attribute(one, "formatCode").value()));
    for (const pugi::xml_node& one : child(root, "cellXfs").children()) {
      const int id = attribute(one, "numFmtId").as_int(0);
      const auto own = std::find_if(formats.begin(), formats.end(), [&](const auto& f) { return f.first == id; });
      looks_.push_back(own == formats.end() ? built_in_look(id) : own->second);
    }
  }

  void read_shared_strings() {
    const std::string strings = part("xl/sharedStrings.xml");
    for_each_element(strings, "si", [&](const pugi::xml_node& one) { join_texts(one, shared_.emplace_back()); });
  }

  /// A cell as text of the table; `numeric` is set for numbers and dates.
  std::string cell_text(const pugi::xml_node& cell, bool& numeric) const {
    const std::string_view type = attribute(cell, "t").value();
    const std::string_view value = child(cell, "v").text().get();
    if (type == "s") {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), index);
      if (error != std::errc{} || index >= shared_.size()) throw Refused("unreadable_file", "the workbook is damaged: a text is missing");
      return shared_[index].empty() ? std::string{} : csv_quoted(shared_[index]);
    }
    if (type == "inlineStr") {
      std::string text;
      join_texts(child(cell, "is"), text);
      return text.empty() ? text : csv_quoted(text);
    }
    if (value.empty()) return {};
    if (type == "e") return value == "#N/A" ? "n/a" : csv_quoted(value);
    if (type == "b") return std::string(value);
    double number = 0.0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (type == "str" || type == "d" || error != std::errc{} || end != value.data() + value.size() || !std::isfinite(number))
      return csv_quoted(value);
    numeric = true;
    const int style = attribute(cell, "s").as_int(0);
    const Look look =
        style >= 0 && static_cast<std::size_t>(style) < looks_.size() ? looks_[static_cast<std::size_t>(style)] : Look::number;
    return look == Look::number ? number_text(number) : serial_text(number, look, from_1904_);
  }

  void read_sheet(Sheet& sheet) {
    const std::string xml = part(sheet.part);
    std::size_t line = 0;
    for_each_element(xml, "row", [&](const pugi::xml_node& row) {
      const std::size_t number = attribute(row, "r").as_ullong(line + 1);
      if (number <= line || number > most_rows) throw Refused("unreadable_file", "the workbook is damaged: its rows are out of order");
      std::string text;
      std::size_t at = 0, tabs = 0, filled = 0;
      bool numeric = false;
      for (const pugi::xml_node& cell : row.children()) {
        if (local_name(cell.name()) != "c") continue;
        const std::string content = cell_text(cell, numeric);
        const std::size_t column = column_of(attribute(cell, "r").value()).value_or(at);
        if (content.empty()) {
          at = column + 1;
          continue;
        }
        if (column < at) throw Refused("unreadable_file", "the workbook is damaged: its cells are out of order");
        if (column >= most_columns) throw Refused("too_large", fmt::format("the sheet has more than {} columns", most_columns));
        if (column > tabs) text.append(column - tabs, '\t');
        tabs = std::max(tabs, column);
        text += content;
        at = column + 1;
        ++filled;
      }
      if (filled == 0) return;
      sheet.text.append(number - line - (sheet.text.empty() ? 1 : 0), '\n');
      line = number;
      sheet.text += text;
      written_ += text.size() + 1;
      if (written_ > limits_.unpacked_bytes)
        throw Refused("too_large", fmt::format("the sheet is more than {} bytes of text", limits_.unpacked_bytes));
      if (filled > 1) ++sheet.rows;
      if (filled > 1 && numeric) ++sheet.numeric_rows;
    });
    if (!sheet.text.empty()) sheet.text += '\n';
  }

  std::string_view bytes_;
  const ArchiveLimits& limits_;
  ZipReader archive_;
  std::uint64_t unpacked_{0};
  std::uint64_t written_{0};
  bool from_1904_{false};
  std::vector<Look> looks_;
  std::vector<std::string> shared_;
};

}  // namespace

bool looks_like_workbook(std::string_view bytes) {
  if (!looks_like_zip(bytes)) return false;
  const ZipReader archive(bytes);
  if (!archive.is_open()) return false;
  for (const char* part : {"xl/workbook.xml", "xl/workbook.bin", "mimetype"}) {
    if (archive.find(part)) return true;
  }
  return false;
}

Expected<Workbook> read_workbook(std::string_view bytes, const std::string& name, const ArchiveLimits& limits) {
  const auto refused = [&](const std::string& code, std::string message) {
    Issues issues;
    issues.add(file_issue(Severity::error, code, name, 0, {}, std::move(message)));
    return issues;
  };
  try {
    Workbook workbook;
    workbook.text = WorkbookReader(bytes, limits).read(workbook.note);
    return workbook;
  } catch (const Refused& why) {
    return refused(why.code(), why.what());
  }
}

}  // namespace bess
