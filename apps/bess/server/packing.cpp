#include "bess/server/packing.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <new>
#include <stdexcept>

namespace bess::app {

namespace {

constexpr std::size_t part_bytes = 64U << 10U;
constexpr int window_bits = 15;
constexpr int gzip_or_zlib = 32;
constexpr int gzip_only = 16;
constexpr int memory_level = 8;
/// The series of a year packs to 1.05 times the size of level 6 in half its time.
constexpr int level = 4;

void must(int result) {
  if (result == Z_MEM_ERROR) throw std::bad_alloc();
  if (result != Z_OK) throw std::runtime_error("zlib can't be set up");
}

/// zlib counts in 32 bits and takes its input as not const.
std::size_t give(z_stream& stream, std::string_view bytes) {
  const std::size_t size = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max() / 2);
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(size);
  return size;
}

}  // namespace

struct Unpacker::Stream {
  z_stream zlib{};
  std::array<char, part_bytes> out{};
};

Unpacker::Unpacker() : stream_(std::make_unique<Stream>()) { must(inflateInit2(&stream_->zlib, window_bits + gzip_or_zlib)); }
Unpacker::~Unpacker() { inflateEnd(&stream_->zlib); }

bool Unpacker::unpack(std::string_view packed, const std::function<bool(std::string_view)>& take) {
  z_stream& zlib = stream_->zlib;
  while (!packed.empty()) {
    // Several gzip members behind each other are one text.
    if (complete_) {
      if (inflateReset(&zlib) != Z_OK) return false;
      complete_ = false;
    }
    const std::size_t given = give(zlib, packed);
    int result = Z_OK;
    do {
      zlib.next_out = reinterpret_cast<Bytef*>(stream_->out.data());
      zlib.avail_out = static_cast<uInt>(part_bytes);
      result = inflate(&zlib, Z_NO_FLUSH);
      if (result == Z_MEM_ERROR) throw std::bad_alloc();
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return false;
      const std::size_t made = part_bytes - zlib.avail_out;
      if (made > 0 && !take({stream_->out.data(), made})) return true;
    } while (result == Z_OK && (zlib.avail_in > 0 || zlib.avail_out == 0));
    complete_ = result == Z_STREAM_END;
    packed.remove_prefix(given - zlib.avail_in);
    if (!complete_ && zlib.avail_in > 0) return false;
  }
  return true;
}

struct GzipPacker::Stream {
  z_stream zlib{};
  std::array<char, part_bytes> out{};
};

GzipPacker::GzipPacker() : stream_(std::make_unique<Stream>()) {
  must(deflateInit2(&stream_->zlib, level, Z_DEFLATED, window_bits + gzip_only, memory_level, Z_DEFAULT_STRATEGY));
}
GzipPacker::~GzipPacker() { deflateEnd(&stream_->zlib); }

std::string GzipPacker::pack(std::string_view text, bool last) {
  z_stream& zlib = stream_->zlib;
  std::string packed;
  do {
    const std::size_t given = give(zlib, text);
    text.remove_prefix(given);
    const int flush = last && text.empty() ? Z_FINISH : Z_NO_FLUSH;
    do {
      zlib.next_out = reinterpret_cast<Bytef*>(stream_->out.data());
      zlib.avail_out = static_cast<uInt>(part_bytes);
      deflate(&zlib, flush);
      packed.append(stream_->out.data(), part_bytes - zlib.avail_out);
    } while (zlib.avail_out == 0);
  } while (!text.empty());
  return packed;
}

}  // namespace bess::app
