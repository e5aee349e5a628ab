#pragma once
// ZIP archives of CSV files in memory; unpacked under limits that are counted while inflating and never taken from a header.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace bess {

struct ArchiveLimits {
  std::uint64_t unpacked_bytes{200ULL * 1024 * 1024};
  std::uint64_t ratio{100};  ///< unpacked to packed, of a member and of the whole, once more than a megabyte came out
  std::uint64_t entries{100};
  bool weather{false};  ///< members .nc, .json, .epw and .txt are read too
};

struct ArchiveMember {
  std::string name;  ///< as in the archive, with its folders
  std::string bytes;
};

struct Archive {
  std::vector<ArchiveMember> files;  ///< .csv members (and those of ArchiveLimits::weather) in the archive's order
  std::string mapping_json{};        ///< content of a member mapping.json; empty when there is none
};

/// Does the content begin like a ZIP archive?
[[nodiscard]] bool looks_like_zip(std::string_view bytes);

/// Members other than .csv and mapping.json are refused (folders and the notes macOS adds are passed over), as are nested archives,
/// links, encryption, absolute names and names with "..". All refused members are listed. Codes: zip_unsafe, too_large.
[[nodiscard]] Expected<Archive> read_archive(std::string_view bytes, const std::string& name, const ArchiveLimits& limits = {});

/// A ZIP archive of the members, deflated, in their order and without times: the same members give the same bytes. An Exception
/// `write_failed` when there is no memory for it.
[[nodiscard]] std::string write_archive(std::span<const ArchiveMember> members);

}  // namespace bess
