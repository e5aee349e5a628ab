#include "store/disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "base/error.h"

namespace bess {

namespace {

std::string code_of(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return "disk_full";
    case EACCES:
    case EPERM:
    case EROFS:
      return "store_read_only";
    default:
      return "store_io";
  }
}

}  // namespace

void throw_system_error(int error_number, std::string_view what, const std::filesystem::path& file) {
  throw Exception(code_of(error_number), fmt::format("{}: {}: {}", what, file.string(), std::generic_category().message(error_number)));
}

void make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (!error && std::filesystem::is_directory(directory, error)) return;
  // The first part of the path that is there but is no directory is the reason, where there is one.
  std::filesystem::path part;
  for (const auto& name : directory) {
    part /= name;
    std::error_code unknown;
    if (part.filename().empty() || std::filesystem::is_directory(part, unknown)) continue;
    const std::string what = "cannot make the directory " + directory.string() + ": " + part.string();
    if (std::filesystem::is_symlink(part, unknown)) {
      throw Exception("store_io",
                      what + " is a link to " + std::filesystem::read_symlink(part, unknown).string() + ", where there is no directory");
    }
    if (std::filesystem::exists(part, unknown)) throw Exception("store_io", what + " is no directory");
  }
  throw_system_error(error.value(), "cannot make the directory", directory);
}

void sync_directory(const std::filesystem::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw_system_error(errno, "cannot open the directory", directory);
  const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (failed != 0) throw_system_error(failed, "cannot sync the directory", directory);
}

void rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) throw_system_error(errno, "cannot rename", from);
}

void remove_file(const std::filesystem::path& file) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) throw_system_error(errno, "cannot remove", file);
}

}  // namespace bess
