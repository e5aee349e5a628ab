#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/sum.h"
#include "base/utf8.h"

namespace bess {

TEST(Sum, KeepsSmallTermsBesideLargeOnes) {
  Sum sum;
  sum += 1e16;
  for (int i = 0; i < 10; ++i) sum += 1.0;
  sum += -1e16;
  EXPECT_EQ(sum.value(), 10.0);
}

TEST(RandomStream, IsAFunctionOfSeedPurposeAndIndex) {
  RandomStream a(1, "x", 2);
  RandomStream b(1, "x", 2);
  RandomStream c(1, "x", 3);
  RandomStream d(1, "y", 2);
  const auto first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
  EXPECT_NE(first, d.next());
}

TEST(Hash, ChangesWithEveryInput) {
  Hash a;
  a.add("abc");
  Hash b;
  b.add("ab");
  b.add("c");
  EXPECT_NE(a.hex(), b.hex());
  EXPECT_EQ(a.hex().size(), 16U);
}

TEST(ParallelFor, FillsEverySlotWhateverTheWorkerCount) {
  for (const std::size_t workers : {1U, 2U, 5U}) {
    std::vector<int> slots(1000, 0);
    parallel_for(slots.size(), workers, [&](std::size_t i) { slots[i] = static_cast<int>(i) + 1; });
    for (std::size_t i = 0; i < slots.size(); ++i) ASSERT_EQ(slots[i], static_cast<int>(i) + 1);
  }
}

TEST(ParallelFor, RethrowsTheFirstFailureByIndex) {
  try {
    parallel_for(100, 2, [](std::size_t i) {
      if (i == 40 || i == 60) throw std::runtime_error(std::to_string(i));
    });
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "40");
  }
}

TEST(Issues, KnowErrorsFromWarnings) {
  Issues issues;
  issues.warning("unknown_key", "/params/x", "ignored");
  EXPECT_FALSE(issues.has_errors());
  issues.error("required", "/params/title", "missing");
  EXPECT_TRUE(issues.has_errors());
  EXPECT_EQ(issues.errors().size(), 1U);
  EXPECT_EQ(issues.warnings().front().path, "/params/x");
}

TEST(Utf8, KnowsTextFromOtherBytes) {
  for (const std::string_view text : {"", "abc", "é", "€ 5", "\xf0\x9f\x94\x8b", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"})
    EXPECT_EQ(find_invalid_utf8(text), std::string_view::npos) << text;
  for (const auto& [text, at] : {std::pair{"\xff", 0U},
                                 {"ab\xe9", 2U},
                                 {"a\xc3", 1U},
                                 {"\x80", 0U},
                                 {"\xc0\xaf", 0U},
                                 {"\xe0\x9f\xbf", 0U},
                                 {"\xed\xa0\x80", 0U},
                                 {"\xf0\x8f\xbf\xbf", 0U},
                                 {"\xf4\x90\x80\x80", 0U},
                                 {"é\xe2\x82", 2U}})
    EXPECT_EQ(find_invalid_utf8(text), at) << escape_invalid_utf8(text);
}

TEST(Utf8, CountsCharactersAndShowsStrayBytes) {
  EXPECT_EQ(count_code_points("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x8b"), 4U);
  EXPECT_EQ(escape_invalid_utf8("é\xff\xfe x\xe2\x82"), "é\\xff\\xfe x\\xe2\\x82");
}

TEST(Assert, StopsOnABrokenInvariant) { EXPECT_THROW(BESS_ASSERT(1 == 2), std::logic_error); }

}  // namespace bess
