#pragma once
// Internal to the importers: a ZIP archive in memory, as libzip reads it. What may be in it is decided by those who read.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct zip;

namespace bess {

/// What an archive says of a member; nothing of it is to be trusted.
struct ZipMember {
  std::string name;
  std::optional<std::uint64_t> packed_bytes{};
  bool encrypted{false};
  std::optional<std::uint32_t> unix_mode{};  ///< where it was packed on Unix
};

class ZipReader {
 public:
  /// The bytes stay the caller's and have to outlive the reader.
  explicit ZipReader(std::string_view bytes);
  [[nodiscard]] bool is_open() const { return archive_ != nullptr; }
  [[nodiscard]] const std::string& open_problem() const { return open_problem_; }  ///< why it is not open

  [[nodiscard]] std::uint64_t size() const;
  /// No value: the entry cannot be read.
  [[nodiscard]] std::optional<ZipMember> member(std::uint64_t index) const;
  /// The member of this name, upper and lower case alike.
  [[nodiscard]] std::optional<std::uint64_t> find(const std::string& name) const;

  enum class Outcome : std::uint8_t { whole, stopped, not_readable, damaged };
  /// Inflates a member part by part; `take` returns false to stop.
  Outcome read(std::uint64_t index, const std::function<bool(std::string_view)>& take) const;
  [[nodiscard]] std::string problem() const;  ///< the library's words for what failed last

 private:
  struct Close {
    void operator()(zip* archive) const;
  };
  std::unique_ptr<zip, Close> archive_;
  std::string open_problem_;
};

}  // namespace bess
