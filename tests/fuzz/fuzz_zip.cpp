// libFuzzer target of ZIP archives (importers/archive.h). Beside crashes and sanitizers: a refusal has an error, every issue a known code;
// an accepted archive has safe names, each once, and keeps to its limits; its members written to a new archive come back as they were.

#include <set>

#include "fuzz_support.h"
#include "importers/archive.h"

namespace {

using namespace bess;
using namespace bess::fuzz;

/// Below a megabyte the ratio of packed to unpacked is not judged, so that every archive written here may be read again.
constexpr ArchiveLimits limits{.unpacked_bytes = 512 * 1024, .ratio = 100, .entries = 20};

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

void check_archive(const Archive& archive) {
  require(!archive.files.empty() && archive.files.size() <= limits.entries, "an archive has members, and no more than allowed");
  std::size_t bytes = archive.mapping_json.size();
  std::set<std::string> names;
  for (const ArchiveMember& member : archive.files) {
    bytes += member.bytes.size();
    const std::string name = lower_case(member.name);
    require(name.ends_with(".csv"), "a member is CSV:", name);
    require(name.front() != '/' && name.find('\\') == std::string::npos && ("/" + name).find("/../") == std::string::npos,
            "a name stays inside:", name);
    require(name.find('\0') == std::string::npos, "a name ends where it ends:", name);
    require(names.insert(name).second, "a name occurs once:", name);
  }
  require(bytes <= limits.unpacked_bytes, "an archive keeps to its limit");
}

void check_written_again(const Archive& archive) {
  for (const ArchiveMember& member : archive.files) {
    // The writer takes UTF-8 names only: names in other bytes are told in it when an archive is read.
    require(find_invalid_utf8(member.name) == std::string_view::npos, "a name is UTF-8:", member.name);
  }
  std::vector<ArchiveMember> members = archive.files;
  if (!archive.mapping_json.empty()) members.push_back({"mapping.json", archive.mapping_json});
  const std::string bytes = write_archive(members);
  require(bytes == write_archive(members), "the same members give the same bytes");
  const auto again = read_archive(bytes, "again.zip", limits);
  require(again.has_value(), "a written archive is read:", again ? std::string{} : again.issues().all().front().message);
  require(again->mapping_json == archive.mapping_json && again->files.size() == archive.files.size(), "it has the same members");
  for (std::size_t i = 0; i < archive.files.size(); ++i) {
    require(again->files[i].name == archive.files[i].name && again->files[i].bytes == archive.files[i].bytes,
            "a member comes back as it was:", archive.files[i].name);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto result = read_archive(bytes, "a.zip", limits);
  if (!result) {
    check_refusal(result.issues());
    return 0;
  }
  check_archive(*result);
  check_written_again(*result);
  return 0;
}
