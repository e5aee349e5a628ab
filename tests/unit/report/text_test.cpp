#include "report/text.h"

#include <gmock/gmock.h>

#include <limits>
#include <sstream>

#include "made_up_run.h"

namespace bess::report {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

void expect_narrow(const std::string& text) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) EXPECT_LE(display_width(line), 100U) << line;
}

TEST(Grouped, PutsThousandsApart) {
  EXPECT_EQ(grouped(0.0, 0), "0");
  EXPECT_EQ(grouped(999.0, 0), "999");
  EXPECT_EQ(grouped(1000.0, 0), "1,000");
  EXPECT_EQ(grouped(-1234567.891, 2), "-1,234,567.89");
  EXPECT_EQ(grouped(123456.0, 1), "123,456.0");
  EXPECT_EQ(grouped(-0.004, 2), "0.00");
  EXPECT_EQ(grouped(std::numeric_limits<double>::quiet_NaN(), 2), "–");
  EXPECT_EQ(grouped(std::numeric_limits<double>::infinity(), 2, false), "-");
}

TEST(SummaryText, FitsAHundredColumns) {
  for (const int years : {1, 3, 25}) {
    MadeUpRun run = busy_run(2024y / 1 / 1, years);
    run.title = std::string(300, 'x');
    run.economics.life_years = 30;
    for (DayRecord& day : run.result.days) {
      for (double& eur : day.revenue_eur.values) eur *= 1000.0;
    }
    const Summary s = make_summary(run.input());
    expect_narrow(summary_text(s, {.unicode = true, .yearly_table = true, .cash_flow_table = true}));
    expect_narrow(summary_text(s, {.unicode = false, .yearly_table = true, .cash_flow_table = true}));
  }
}

TEST(SummaryText, AsciiIsAscii) {
  MadeUpRun run = busy_run(2024y / 1 / 1, 1);
  run.title = "Zoutelande – Süd\x1b[31m";
  const std::string text = summary_text(make_summary(run.input()), {.unicode = false, .yearly_table = true, .cash_flow_table = true});
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7F)) << static_cast<int>(c);
  EXPECT_THAT(text, HasSubstr("Zoutelande ? S?d"));
}

TEST(SummaryText, ATitleCannotCommandTheTerminal) {
  MadeUpRun run = busy_run(2024y / 1 / 1, 1);
  run.title = "a\x1b[2J\nb";
  EXPECT_THAT(summary_text(make_summary(run.input())), Not(HasSubstr("\x1b")));
}

TEST(SummaryText, SharesOfTheTotal) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1);
  run.result.days[0].revenue_eur[Market::day_ahead] = 7500.0;
  run.result.days[0].revenue_eur[Market::fcr] = 2500.0;
  run.result.days[0].gross_revenue_eur = run.result.days[0].revenue_eur;
  const std::string text = summary_text(make_summary(run.input()));
  EXPECT_THAT(text, HasSubstr("Day-ahead   7,500   75.0 %        3,750"));
  EXPECT_THAT(text, HasSubstr("FCR         2,500   25.0 %        1,250"));
  EXPECT_THAT(text, HasSubstr("Total      10,000  100.0 %        5,000"));
}

TEST(SummaryText, SaysTheUpperBoundAndWhatIsSynthetic) {
  const std::string text = summary_text(make_summary(busy_run(2024y / 1 / 1, 1).input()));
  EXPECT_THAT(text, HasSubstr("! Upper bound"));
  EXPECT_THAT(text, HasSubstr("! Synthetic prices"));
  EXPECT_THAT(text, HasSubstr("Total (upper bound)"));
  const std::string plain = summary_text(make_summary(empty_run(2024y / 1 / 1, 1).input()));
  EXPECT_THAT(plain, Not(HasSubstr("upper bound")));
  EXPECT_THAT(plain, Not(HasSubstr("ynthetic")));
}

TEST(SummaryText, MarksYearsThatWereNotSimulated) {
  MadeUpRun run = busy_run(2024y / 1 / 1, 1);
  run.economics.life_years = 3;
  const std::string text = summary_text(make_summary(run.input()), {.cash_flow_table = true});
  EXPECT_THAT(text, HasSubstr("    2*  "));
  EXPECT_THAT(text, HasSubstr("* not simulated"));
}

}  // namespace
}  // namespace bess::report
