#pragma once
// gzip and deflate: bodies of requests are unpacked as they arrive, answers packed as they leave.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace bess::app {

/// Unpacks gzip or zlib ("deflate") data that arrives in parts.
class Unpacker {
 public:
  Unpacker();
  ~Unpacker();
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  /// Gives what comes out to `take`, in parts of bounded size, until it says false. False: `packed` is damaged.
  [[nodiscard]] bool unpack(std::string_view packed, const std::function<bool(std::string_view)>& take);
  /// Whether the data ended where it should.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  bool complete_{false};
};

/// Packs into one gzip stream.
class GzipPacker {
 public:
  GzipPacker();
  ~GzipPacker();
  GzipPacker(const GzipPacker&) = delete;
  GzipPacker& operator=(const GzipPacker&) = delete;

  /// What can be sent of it so far; `last`: that was all.
  [[nodiscard]] std::string pack(std::string_view text, bool last);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace bess::app
