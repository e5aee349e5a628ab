#include <fmt/format.h>
#include <zip.h>

#include <memory>

#include "base/error.h"
#include "importers/archive.h"

namespace bess {

namespace {

constexpr zip_uint32_t deflate_level = 6;  ///< the library's own default, 9, takes several times as long for one part in a hundred
constexpr zip_uint16_t first_dos_date = (1U << 5U) | 1U;  ///< 1980-01-01, where the format's calendar begins

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
struct DiscardArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};

[[noreturn]] void fail(const char* text) { throw Exception("write_failed", fmt::format("the archive cannot be written: {}", text)); }

void add_member(zip_t* archive, const ArchiveMember& member) {
  zip_source_t* content = zip_source_buffer(archive, member.bytes.data(), member.bytes.size(), 0);
  const zip_int64_t index = content == nullptr ? -1 : zip_file_add(archive, member.name.c_str(), content, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(content);
    fail(zip_strerror(archive));
  }
  const auto at = static_cast<zip_uint64_t>(index);
  if (zip_file_set_dostime(archive, at, 0, first_dos_date, 0) != 0 ||
      zip_set_file_compression(archive, at, ZIP_CM_DEFLATE, deflate_level) != 0)
    fail(zip_strerror(archive));
}

std::string bytes_of(zip_source_t* source) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(source, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0 || zip_source_open(source) != 0)
    fail(zip_error_strerror(zip_source_error(source)));
  std::string bytes(stat.size, '\0');
  const zip_int64_t count = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (count < 0 || static_cast<zip_uint64_t>(count) != stat.size) fail("it cannot be read back");
  return bytes;
}

}  // namespace

std::string write_archive(std::span<const ArchiveMember> members) {
  zip_error_t error;
  zip_error_init(&error);
  const std::unique_ptr<zip_source_t, FreeSource> target{zip_source_buffer_create(nullptr, 0, 0, &error)};
  if (target) zip_source_keep(target.get());  // the archive drops one reference when it is closed
  std::unique_ptr<zip_t, DiscardArchive> archive{target ? zip_open_from_source(target.get(), ZIP_TRUNCATE, &error) : nullptr};
  if (!archive) {
    const std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    if (target) zip_source_free(target.get());
    fail(text.c_str());
  }
  for (const ArchiveMember& member : members) add_member(archive.get(), member);
  zip_t* const whole = archive.release();  // closing it frees it, unless that fails
  if (zip_close(whole) != 0) {
    archive.reset(whole);
    fail(zip_strerror(whole));
  }
  return bytes_of(target.get());
}

}  // namespace bess
