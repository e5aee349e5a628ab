#include "importers/archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/utf8.h"
#include "importers/csv_header.h"
#include "importers/zip_reader.h"

namespace bess {

namespace {

constexpr std::uint64_t ratio_free_bytes = 1024 * 1024;
constexpr unsigned unix_type_mask = 0170000;
constexpr unsigned unix_link = 0120000;
constexpr std::array<std::string_view, 8> archive_endings{".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz"};

constexpr std::array<std::string_view, 4> weather_endings{".nc", ".json", ".epw", ".txt"};

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

std::string_view base_name(std::string_view name) {
  const std::size_t slash = name.find_last_of('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

bool is_left_over(std::string_view name) {
  return name.starts_with("__MACOSX/") || base_name(name).starts_with("._") || base_name(name) == ".DS_Store";
}

/// Why a name is refused; empty when it is not.
std::string name_problem(std::string_view name, bool weather) {
  if (name.empty()) return "a member without a name";
  if (name.front() == '/' || name.find('\\') != std::string_view::npos || (name.size() > 1 && name[1] == ':')) return "an absolute name";
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") return "a name that leads out of the archive";
    begin = end + 1;
  }
  const std::string low = lower_case(name);
  if (std::any_of(archive_endings.begin(), archive_endings.end(), [&](std::string_view e) { return low.ends_with(e); }))
    return "an archive inside the archive";
  if (weather && std::any_of(weather_endings.begin(), weather_endings.end(), [&](std::string_view e) { return low.ends_with(e); }))
    return {};
  if (!low.ends_with(".csv") && base_name(low) != "mapping.json") return "a member that is neither .csv nor mapping.json";
  return {};
}

class ArchiveReader {
 public:
  ArchiveReader(std::string_view bytes, const std::string& name, const ArchiveLimits& limits)
      : bytes_(bytes), name_(name), limits_(limits), archive_(bytes) {}

  Expected<Archive> read() {
    if (!archive_.is_open()) {
      refuse("zip_unsafe", {}, fmt::format("the archive cannot be read: {}", archive_.open_problem()));
      return std::move(issues_);
    }
    const std::uint64_t count = archive_.size();
    if (count > limits_.entries) {
      refuse("too_large", {}, fmt::format("{} members; at most {} are allowed", count, limits_.entries));
      return std::move(issues_);
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!member(i)) break;
    }
    if (issues_.has_errors()) return std::move(issues_);
    if (result_.files.empty()) refuse("zip_unsafe", {}, "the archive holds no .csv file");
    if (issues_.has_errors()) return std::move(issues_);
    return std::move(result_);
  }

 private:
  void refuse(const char* code, std::string_view member, std::string message) {
    const std::string file = member.empty() ? name_ : fmt::format("{}/{}", name_, member);
    issues_.add(file_issue(Severity::error, code, file, 0, {}, std::move(message)));
  }

  /// One member; false when reading has to stop.
  bool member(std::uint64_t index) {
    const std::optional<ZipMember> described = archive_.member(index);
    if (!described) {
      refuse("zip_unsafe", {}, fmt::format("member {} cannot be read", index + 1));
      return true;
    }
    const std::string& name = described->name;
    if (find_invalid_utf8(name) != std::string::npos) {  // marked as UTF-8, and is not
      refuse("zip_unsafe", {}, fmt::format("the name of member {} is damaged", index + 1));
      return true;
    }
    std::string problem = name.ends_with('/')  ? name_problem(name + "folder.csv", limits_.weather)
                          : is_left_over(name) ? std::string{}
                                               : name_problem(name, limits_.weather);
    if (problem.empty() && described->unix_mode && (*described->unix_mode & unix_type_mask) == unix_link) problem = "a link";
    if (problem.empty() && described->encrypted) problem = "an encrypted member";
    if (problem.empty() && !names_.insert(lower_case(name)).second) problem = "two members of one name";
    if (!problem.empty()) {
      refuse("zip_unsafe", name, problem);
      return true;
    }
    if (name.ends_with('/') || is_left_over(name)) return true;
    const std::uint64_t packed = std::min<std::uint64_t>(described->packed_bytes.value_or(bytes_.size()), bytes_.size());
    return inflate(index, name, packed);
  }

  bool inflate(std::uint64_t index, const std::string& name, std::uint64_t packed) {
    std::string content;
    const ZipReader::Outcome outcome = archive_.read(index, [&](std::string_view part) {
      unpacked_ += part.size();
      content.append(part);
      if (unpacked_ > limits_.unpacked_bytes) {
        refuse("too_large", name, fmt::format("the archive unpacks to more than {} bytes", limits_.unpacked_bytes));
        return false;
      }
      if (beyond_ratio(content.size(), packed) || beyond_ratio(unpacked_, bytes_.size())) {
        refuse("zip_unsafe", name, fmt::format("the archive unpacks to more than {} times its size", limits_.ratio));
        return false;
      }
      return true;
    });
    if (outcome == ZipReader::Outcome::stopped) return false;
    if (outcome != ZipReader::Outcome::whole) {
      refuse("zip_unsafe", name,
             outcome == ZipReader::Outcome::damaged ? std::string("the member is damaged")
                                                    : fmt::format("the member cannot be read: {}", archive_.problem()));
      return true;
    }
    if (lower_case(base_name(name)) == "mapping.json") {
      result_.mapping_json = std::move(content);
    } else {
      result_.files.push_back({name, std::move(content)});
    }
    return true;
  }

  [[nodiscard]] bool beyond_ratio(std::uint64_t unpacked, std::uint64_t packed) const {
    return unpacked > ratio_free_bytes && unpacked / limits_.ratio > packed;
  }

  std::string_view bytes_;
  const std::string& name_;
  const ArchiveLimits& limits_;
  ZipReader archive_;
  std::set<std::string> names_;
  std::uint64_t unpacked_{0};
  Issues issues_;
  Archive result_;
};

}  // namespace

bool looks_like_zip(std::string_view bytes) { return bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06"); }

Expected<Archive> read_archive(std::string_view bytes, const std::string& name, const ArchiveLimits& limits) {
  return ArchiveReader(bytes, name, limits).read();
}

}  // namespace bess
