#pragma once
// Repeatable random numbers: a stream is a function of (seed, purpose, index), so results do not depend on thread count
// or on the order of calls elsewhere. Generator: SplitMix64 (Steele, Lea, Flood 2014).

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace bess {

class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t index = 0) : state_(seed) {
    for (const char c : purpose) state_ = mix(state_ ^ static_cast<unsigned char>(c));
    state_ = mix(state_ ^ index);
  }
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    return mix(state_);
  }
  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform integer in [low, high].
  int integer(int low, int high) { return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1)); }
  bool chance(double probability) { return uniform() < probability; }
  /// Standard normal (Box and Muller 1958).
  double normal() {
    const double u = 1.0 - uniform();
    const double v = uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  std::uint64_t state_;
};

}  // namespace bess
