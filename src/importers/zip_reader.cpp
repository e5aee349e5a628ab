#include "importers/zip_reader.h"

#include <zip.h>

#include <algorithm>
#include <array>

namespace bess {

namespace {
struct CloseMember {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using MemberHandle = std::unique_ptr<zip_file_t, CloseMember>;
}  // namespace

void ZipReader::Close::operator()(zip* archive) const { zip_discard(archive); }

ZipReader::ZipReader(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  archive_.reset(source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error));
  if (archive_ == nullptr) {
    open_problem_ = zip_error_strerror(&error);
    if (source != nullptr) zip_source_free(source);
  }
  zip_error_fini(&error);
}

std::uint64_t ZipReader::size() const {
  return static_cast<std::uint64_t>(std::max<zip_int64_t>(zip_get_num_entries(archive_.get(), 0), 0));
}

std::optional<ZipMember> ZipReader::member(std::uint64_t index) const {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(archive_.get(), index, ZIP_FL_ENC_GUESS, &stat) != 0 || (stat.valid & ZIP_STAT_NAME) == 0) return std::nullopt;
  ZipMember member{.name = stat.name};
  if ((stat.valid & ZIP_STAT_COMP_SIZE) != 0) member.packed_bytes = stat.comp_size;
  member.encrypted = (stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE;
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  constexpr unsigned mode_bits = 16;  // the upper half of the attributes
  if (zip_file_get_external_attributes(archive_.get(), index, 0, &system, &attributes) == 0 && system == ZIP_OPSYS_UNIX)
    member.unix_mode = attributes >> mode_bits;
  return member;
}

std::optional<std::uint64_t> ZipReader::find(const std::string& name) const {
  const zip_int64_t index = zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_NOCASE);
  return index < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(index));
}

ZipReader::Outcome ZipReader::read(std::uint64_t index, const std::function<bool(std::string_view)>& take) const {
  const MemberHandle file{zip_fopen_index(archive_.get(), index, 0)};
  if (!file) return Outcome::not_readable;
  constexpr std::size_t part_bytes = 65536;
  std::array<char, part_bytes> buffer{};
  while (true) {
    const zip_int64_t count = zip_fread(file.get(), buffer.data(), buffer.size());
    if (count < 0) return Outcome::damaged;
    if (count == 0) return Outcome::whole;
    if (!take({buffer.data(), static_cast<std::size_t>(count)})) return Outcome::stopped;
  }
}

std::string ZipReader::problem() const { return zip_strerror(archive_.get()); }

}  // namespace bess
