#include "importers/netcdf_classic.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <vector>

namespace bess {
namespace {

struct Malformed {};

// Sizes of a senseless header must not wrap around to small ones.
std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b) throw Malformed{};
  return a * b;
}
std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  if (a > std::numeric_limits<std::uint64_t>::max() - b) throw Malformed{};
  return a + b;
}

// Big-endian header fields; counts and sizes are 64-bit in CDF-5, offsets from CDF-2 on.
class Header {
 public:
  Header(std::istream& stream, int version) : stream_(stream), version_(version) {}

  std::uint64_t unsigned_field(int bytes) {
    std::array<unsigned char, 8> raw{};
    if (!stream_.read(reinterpret_cast<char*>(raw.data()), bytes)) throw Malformed{};
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) value = value << 8U | raw[static_cast<std::size_t>(i)];
    return value;
  }
  std::uint64_t tag() { return unsigned_field(4); }
  std::uint64_t count() { return unsigned_field(version_ == 5 ? 8 : 4); }
  std::uint64_t list_length() {
    tag();
    const std::uint64_t length = count();
    if (length > 1'000'000) throw Malformed{};
    return length;
  }
  std::uint64_t offset() { return unsigned_field(version_ == 1 ? 4 : 8); }
  void skip(std::uint64_t bytes) {
    if (bytes > 1U << 30U) throw Malformed{};
    stream_.seekg(static_cast<std::streamoff>((bytes + 3) / 4 * 4), std::ios::cur);
    if (!stream_) throw Malformed{};
  }
  void skip_name() { skip(count()); }
  std::uint64_t type_size() {
    static constexpr std::array<std::uint64_t, 12> sizes{0, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8};
    const std::uint64_t type = unsigned_field(4);
    if (type == 0 || type >= sizes.size()) throw Malformed{};
    return sizes[type];
  }
  void skip_attributes() {
    for (std::uint64_t n = list_length(); n > 0; --n) {
      skip_name();
      const std::uint64_t size = type_size();
      skip(product(count(), size));
    }
  }

 private:
  std::istream& stream_;
  int version_;
};

std::uint64_t needed_length(Header& header) {
  // All bits set would mean "as many as the file holds"; the library takes them for the number itself, and so does this.
  const std::uint64_t records = header.count();
  std::vector<std::uint64_t> dimensions;
  for (std::uint64_t n = header.list_length(); n > 0; --n) {
    header.skip_name();
    dimensions.push_back(header.count());
  }
  header.skip_attributes();

  std::uint64_t needed = 0;
  std::uint64_t record_size = 0;
  std::uint64_t record_variables = 0;
  struct RecordVariable {
    std::uint64_t begin;
    std::uint64_t size;
  };
  std::vector<RecordVariable> in_records;
  for (std::uint64_t n = header.list_length(); n > 0; --n) {
    header.skip_name();
    const std::uint64_t rank = header.count();
    std::uint64_t elements = 1;
    bool is_record = false;
    for (std::uint64_t d = 0; d < rank; ++d) {
      const std::uint64_t id = header.count();
      if (id >= dimensions.size()) throw Malformed{};
      if (dimensions[id] == 0 && d == 0) {
        is_record = true;
      } else {
        elements = product(elements, dimensions[id]);
      }
    }
    header.skip_attributes();
    const std::uint64_t size = product(elements, header.type_size());
    header.count();  // vsize: padded, and limited to 32 bits; computed above instead
    const std::uint64_t begin = header.offset();
    if (!is_record) {
      needed = std::max(needed, sum(begin, size));
    } else {
      ++record_variables;
      record_size = sum(record_size, product(sum(size, 3) / 4, 4));
      in_records.push_back({begin, size});
    }
  }
  if (records == 0) return needed;
  if (record_variables == 1) record_size = in_records.front().size;  // a single record variable isn't padded
  for (const auto& variable : in_records)
    needed = std::max(needed, sum(variable.begin, sum(product(records - 1, record_size), variable.size)));
  return needed;
}

}  // namespace

ClassicState check_classic_length(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::array<char, 4> magic{};
  if (!stream.read(magic.data(), 4) || magic[0] != 'C' || magic[1] != 'D' || magic[2] != 'F') return ClassicState::not_classic;
  const int version = static_cast<unsigned char>(magic[3]);
  if (version != 1 && version != 2 && version != 5) return ClassicState::not_classic;
  try {
    Header header(stream, version);
    const std::uint64_t needed = needed_length(header);
    std::error_code failed;
    const auto size = std::filesystem::file_size(file, failed);
    return !failed && size >= needed ? ClassicState::complete : ClassicState::truncated;
  } catch (const Malformed&) {
    return ClassicState::truncated;
  }
}

}  // namespace bess
