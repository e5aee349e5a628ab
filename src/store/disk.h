#pragma once
// Durable steps on files that are not SQLite's, and the translation of system errors into stable codes.

#include <filesystem>
#include <string_view>

namespace bess {

/// disk_full (ENOSPC, EDQUOT), store_read_only (EACCES, EPERM, EROFS), store_io (anything else).
[[noreturn]] void throw_system_error(int error_number, std::string_view what, const std::filesystem::path& file);
/// Makes the directory and its parents; no error when it exists.
void make_directory(const std::filesystem::path& directory);
/// Puts created, renamed and removed names of the directory on disk.
void sync_directory(const std::filesystem::path& directory);
void rename_file(const std::filesystem::path& from, const std::filesystem::path& to);
/// No error when there is no such file.
void remove_file(const std::filesystem::path& file);

}  // namespace bess
