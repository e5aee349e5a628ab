#include "store/entity_files.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/error.h"
#include "base/hash.h"
#include "store/disk.h"
#include "store/uuid.h"

namespace bess {

namespace {

constexpr std::string_view live_suffix = ".db";
constexpr std::string_view staged_suffix = ".new";

/// Whether a file name's key is one that we give, in the form that we give it.
bool is_key(EntityKind kind, const std::string& key) {
  if (kind == EntityKind::profile) return parse_uuid(key) == key;
  std::int64_t id = 0;
  const auto parsed = std::from_chars(key.data(), key.data() + key.size(), id);
  return parsed.ec == std::errc{} && id > 0 && std::to_string(id) == key;
}

bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
}

}  // namespace

EntityFiles::EntityFiles(const StoreContext& context, EntityKind kind, std::filesystem::path directory, std::string prefix)
    : context_(context), kind_(kind), directory_(std::move(directory)), prefix_(std::move(prefix)) {
  make_directory(directory_);
}

std::filesystem::path EntityFiles::live(const std::string& key) const {
  if (!is_plain(key)) throw Exception("corrupt_store", "the metadata name an impossible id: " + key);
  return directory_ / (prefix_ + key + std::string(live_suffix));
}

bool EntityFiles::exists(const std::string& key) const {
  std::error_code unreadable;
  return is_plain(key) && std::filesystem::exists(live(key), unreadable);
}

std::filesystem::path EntityFiles::staged(const std::string& key, const std::string& revision) const {
  if (!is_plain(revision)) throw Exception("corrupt_store", "the metadata name an impossible revision: " + revision);
  return live(key).string() + "." + revision + std::string(staged_suffix);
}

std::uint64_t EntityFiles::lock_byte(const std::string& key) const {
  // Two entities on one byte would only wait for each other. Byte 0 is the opening lock's.
  Hash hash;
  hash.add(static_cast<std::uint64_t>(kind_));
  hash.add(std::string_view(key));
  return (hash.value() >> 2U) + 1;
}

FileLock EntityFiles::lock(const std::string& key) const { return context_.lock(lock_byte(key), prefix_ + key); }

std::optional<FileLock> EntityFiles::try_lock(const std::string& key) const {
  return FileLock::try_acquire(context_.lock_file, lock_byte(key));
}

std::optional<EntityFiles::Name> EntityFiles::parse(const std::string& file_name) const {
  const std::string_view name(file_name);
  if (!name.starts_with(prefix_)) return std::nullopt;
  const std::string_view rest = name.substr(prefix_.size());
  const std::size_t dot = rest.find('.');
  if (dot == std::string_view::npos || !rest.substr(dot).starts_with(live_suffix)) return std::nullopt;
  Name result{std::string(rest.substr(0, dot)), {}};
  if (!is_key(kind_, result.key)) return std::nullopt;
  std::string_view tail = rest.substr(dot + live_suffix.size());
  if (tail.empty()) return result;
  if (!tail.starts_with('.') || !tail.ends_with(staged_suffix) || tail.size() <= 1 + staged_suffix.size()) return std::nullopt;
  result.revision = tail.substr(1, tail.size() - 1 - staged_suffix.size());
  return parse_uuid(result.revision) == result.revision ? std::optional(result) : std::nullopt;
}

std::map<std::string, int> EntityFiles::scan() const {
  std::map<std::string, int> result;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    if (const auto name = parse(entry.path().filename().string())) result[name->key] += name->revision.empty() ? 0 : 1;
  }
  if (error) throw_system_error(error.value(), "cannot list the directory", directory_);
  return result;
}

std::vector<std::filesystem::path> EntityFiles::staged_files(const std::string& key) const {
  std::vector<std::filesystem::path> result;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    const auto name = parse(entry.path().filename().string());
    if (name && name->key == key && !name->revision.empty()) result.push_back(entry.path());
  }
  if (error) throw_system_error(error.value(), "cannot list the directory", directory_);
  return result;
}

void EntityFiles::settle(const std::string& key, const std::string& revision) const {
  const auto wanted = revision.empty() ? std::filesystem::path{} : staged(key, revision);
  bool changed = false;
  for (const auto& file : staged_files(key)) {
    if (file == wanted) {
      context_.step("rename");
      rename_file(file, live(key));
    } else {
      context_.step("remove");
      remove_file(file);
    }
    changed = true;
  }
  if (changed) sync_directory(directory_);
}

void EntityFiles::make_durable() const {
  context_.step("sync directory");
  sync_directory(directory_);
}

void EntityFiles::publish(const std::string& key, const std::string& revision) const noexcept {
  try {
    context_.step("rename");
    rename_file(staged(key, revision), live(key));
    context_.step("sync directory");
    sync_directory(directory_);
  } catch (const std::exception&) {  // committed and readable under the staged name
  }
}

void EntityFiles::discard(const std::string& key, const std::string& revision) const noexcept {
  try {
    remove_file(staged(key, revision));
  } catch (const std::exception&) {  // swept at the next start
  }
}

void EntityFiles::remove_all(const std::string& key) const noexcept {
  try {
    context_.step("remove");
    for (const auto& file : staged_files(key)) remove_file(file);
    remove_file(live(key));
    sync_directory(directory_);
  } catch (const std::exception&) {  // swept at the next start
  }
}

}  // namespace bess
