#include "store/checksum.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <vector>

#include "base/random.h"

namespace bess::test {
namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

std::int64_t checksum_of(const std::vector<double>& values) {
  Checksum checksum;
  checksum.add(values);
  return checksum.value();
}

/// Computed by another program from the definition: stored files depend on it.
TEST(ChecksumTest, NeverChanges) {
  Checksum checksum;
  checksum.add(std::int64_t{1704067200});
  checksum.add(std::int64_t{-5});
  checksum.add(91.71);
  checksum.add(no_number);
  checksum.add(-0.0);
  checksum.add(std::string_view("day_ahead"));
  EXPECT_EQ(static_cast<std::uint64_t>(checksum.value()), 0x3F1252A43FF8E13EULL);
}

TEST(ChecksumTest, SeesEveryChangedBitOfAWord) {
  std::vector<double> values{1.5, -3.25, no_number, 0.0, 7e5};
  const std::int64_t whole = checksum_of(values);
  std::set<std::int64_t> seen{whole};
  for (double& value : values) {
    if (value != value) continue;
    const double kept = value;
    for (int bit = 0; bit < 63; ++bit) {  // the sign of a zero is not told apart
      const std::uint64_t changed = std::bit_cast<std::uint64_t>(kept) ^ (std::uint64_t{1} << bit);
      value = std::bit_cast<double>(changed);
      if (value != value) continue;
      EXPECT_TRUE(seen.insert(checksum_of(values)).second) << kept << " bit " << bit;
    }
    value = kept;
  }
}

TEST(ChecksumTest, OrderAndLengthCount) {
  RandomStream random(3, "checksum");
  std::vector<double> values(500);
  for (double& value : values) value = random.uniform();
  const std::int64_t whole = checksum_of(values);
  for (std::size_t i = 1; i < values.size(); ++i) {
    std::swap(values[i - 1], values[i]);
    EXPECT_NE(checksum_of(values), whole);
    std::swap(values[i - 1], values[i]);
  }
  EXPECT_NE(checksum_of({values.begin(), values.end() - 1}), whole);
  EXPECT_NE(checksum_of({0.0}), checksum_of({}));
  Checksum one;
  one.add(std::string_view("ab"));
  one.add(std::string_view("c"));
  Checksum other;
  other.add(std::string_view("a"));
  other.add(std::string_view("bc"));
  EXPECT_NE(one.value(), other.value());
}

}  // namespace
}  // namespace bess::test
