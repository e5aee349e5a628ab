#pragma once
// Internal to the store: the checksum that stored columns and rows carry. Its values are on disk, so it never changes.
//
//   state <- (state xor word) * odd constant;  state <- state xor (state >> 32)
//
// Each step is a bijection of the state for a given word and of the word for a given state. So two sequences that differ in one word
// never have the same checksum, the order of words counts, and other differences go unseen once in 2^64. It finds accidents, not forgers.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bess {

class Checksum {
 public:
  void add(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x9E3779B97F4A7C15ULL;
    state_ ^= state_ >> 32U;
  }
  void add(std::int64_t number) { add(static_cast<std::uint64_t>(number)); }
  /// Every NaN is one value (it is stored as NULL), and so are 0 and −0.
  void add(double number) { add(std::isnan(number) ? no_number : std::bit_cast<std::uint64_t>(number == 0.0 ? 0.0 : number)); }
  void add(std::span<const double> numbers) {
    for (const double number : numbers) add(number);
  }
  /// Its length, then its bytes eight at a time.
  void add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    for (std::size_t at = 0; at < text.size(); at += sizeof(std::uint64_t)) {
      const std::string_view part = text.substr(at, sizeof(std::uint64_t));
      std::uint64_t word = 0;
      for (std::size_t i = 0; i < part.size(); ++i) word |= std::uint64_t{static_cast<unsigned char>(part[i])} << (8 * i);
      add(word);
    }
  }
  /// As SQLite's integers have it.
  [[nodiscard]] std::int64_t value() const { return static_cast<std::int64_t>(state_); }

 private:
  static constexpr std::uint64_t no_number = 0x7FF8000000000000ULL;
  std::uint64_t state_{0x243F6A8885A308D3ULL};
};

}  // namespace bess
