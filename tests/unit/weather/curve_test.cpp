#include <gtest/gtest.h>

#include "importers/weather_curve.h"

namespace bess {

TEST(CurveCsv, ReadsPointsInAnyOrderAndUnit) {
  const auto kw = parse_power_curve_csv("wind_speed_m_per_s,power_kw\n3,0\n12,2000\n6,400\n25,2000\n", "own.csv");
  ASSERT_TRUE(kw.has_value());
  EXPECT_EQ(kw->name, "own.csv");
  EXPECT_DOUBLE_EQ(kw->rated_mw(), 2.0);
  EXPECT_DOUBLE_EQ(kw->at(9.0), 1.2);
  const auto comma = parse_power_curve_csv("name;wind_speed;value\r\nx;3,5;0\r\nx;12;1500000\r\n", "w.csv");
  ASSERT_TRUE(comma.has_value());
  EXPECT_DOUBLE_EQ(comma->wind_speed[0], 3.5);
  EXPECT_DOUBLE_EQ(comma->rated_mw(), 1.5);
}

TEST(CurveCsv, AByteOrderMarkIsNoPartOfTheHeader) {
  const auto marked = parse_power_curve_csv("\xEF\xBB\xBFwind_speed_m_per_s,power_kw\n3,0\n12,2000\n", "own.csv");
  ASSERT_TRUE(marked.has_value());
  EXPECT_DOUBLE_EQ(marked->rated_mw(), 2.0);
}

TEST(CurveCsv, BadFilesAreNamed) {
  const auto code = [](const std::string& text) { return parse_power_curve_csv(text, "c.csv").issues().errors().front().code; };
  EXPECT_EQ(code(""), "missing_column");
  EXPECT_EQ(code("\xFF\xFEw"), "encoding");
  EXPECT_EQ(code("wind_speed,power_mw\n1,\xE9\n2,1\n"), "encoding");
  EXPECT_EQ(code("speed,power\n1,2\n"), "missing_column");
  EXPECT_EQ(code("wind_speed,power_mw\n1,x\n2,1\n"), "bad_number");
  EXPECT_EQ(code("wind_speed,power_mw\n1\n2,1\n"), "bad_number");
  EXPECT_EQ(code("wind_speed,power_mw\n1,0\n1,1\n"), "out_of_range");
  EXPECT_EQ(code("wind_speed,power_mw\n1,-4\n2,1\n"), "out_of_range");
  EXPECT_EQ(code("wind_speed,power_mw" + std::string(5000, ',') + "\n1,0\n2,1\n"), "too_large");
}

}  // namespace bess
