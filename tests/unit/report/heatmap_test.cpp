#include "report/heatmap.h"

#include <gmock/gmock.h>

#include "made_up_run.h"

namespace bess::report {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string page_of(const MadeUpRun& run) { return heatmap_html(make_summary(run.input()), run.result); }

std::string between(const std::string& text, std::string_view open, std::string_view close) {
  const std::size_t from = text.find(open);
  if (from == std::string::npos) return {};
  return text.substr(from + open.size(), text.find(close, from) - from - open.size());
}

TEST(EscapeHtml, LeavesNoMarkup) {
  EXPECT_EQ(escape_html("<b a=\"1\" c='2'>&</b>"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;&lt;/b&gt;");
  EXPECT_EQ(escape_html(std::string_view("a\0b\x1b\n", 5)), "a b  ");
  EXPECT_EQ(escape_html("Zoutelande – Süd"), "Zoutelande – Süd");
}

TEST(Heatmap, TextFromUsersStaysText) {
  const std::string evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&";
  MadeUpRun run = busy_run(2024y / 1 / 1, 1);
  run.title = evil;
  run.simulation.prices.name = evil;
  run.simulation.prices.country = evil;
  Summary s = make_summary(run.input());
  s.description = evil;
  const std::string page = heatmap_html(s, run.result);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  // Two scripts of our own and no third end of a script.
  std::size_t ends = 0;
  for (std::size_t at = page.find("</script"); at != std::string::npos; at = page.find("</script", at + 1)) ++ends;
  EXPECT_EQ(ends, 2U);
  EXPECT_THAT(between(page, "id=\"data\">", "</script>"), Not(HasSubstr("alert")));
}

TEST(Heatmap, StandsAlone) {
  const std::string page = page_of(busy_run(2024y / 1 / 1, 1));
  EXPECT_THAT(page, testing::StartsWith("<!DOCTYPE html>"));
  for (const char* asset : {"http://", "https://", "src=", "@import", "url(", "<link"}) EXPECT_THAT(page, Not(HasSubstr(asset))) << asset;
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(Heatmap, SaysTheUpperBoundAndWhatIsSynthetic) {
  const std::string page = page_of(busy_run(2024y / 1 / 1, 1));
  EXPECT_THAT(page, HasSubstr("Upper bound: the imbalance price was known in advance"));
  EXPECT_THAT(page, HasSubstr("Synthetic prices"));
  EXPECT_THAT(page, HasSubstr(R"({"label":"Imbalance","unit":"EUR","scale":1,"selectable":true,"bound":true,)"));
  EXPECT_THAT(page_of(empty_run(2024y / 1 / 1, 1)), Not(HasSubstr("pper bound:")));
}

TEST(Heatmap, HoldsEveryDayAndMonth) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1);
  day_of(run, 2024y / 1 / 2).revenue_eur[Market::day_ahead] = 12.6;
  day_of(run, 2024y / 1 / 3).revenue_eur[Market::day_ahead] = -7.0;
  day_of(run, 2024y / 1 / 3).equivalent_full_cycles = 1.257;
  const std::string data = between(page_of(run), "id=\"data\">", "</script>");
  EXPECT_THAT(data, testing::StartsWith(R"({"first":"2024-01-01","power":2)"));
  EXPECT_THAT(data, HasSubstr(R"({"label":"Day-ahead","unit":"EUR","scale":1,"selectable":true,"bound":false,"days":[0,13,-7,0,)"));
  EXPECT_THAT(data, HasSubstr(R"("months":[560,0,0,0,0,0,0,0,0,0,0,0]})"));  // hundredths: 5.6, not 13 − 7
  EXPECT_THAT(data, HasSubstr(R"("unit":"cycles","scale":100,"selectable":true,"bound":false,"days":[0,0,126,0,)"));
  const std::string days = between(data, R"("days":[)", "]");
  EXPECT_EQ(std::count(days.begin(), days.end(), ','), 365);
}

TEST(Heatmap, HasATextAlternative) {
  MadeUpRun run = empty_run(2024y / 7 / 1, 1);
  day_of(run, 2024y / 7 / 2).revenue_eur[Market::day_ahead] = 1500.0;
  const std::string table = between(page_of(run), "<tbody>", "</tbody>");
  EXPECT_THAT(table, HasSubstr("<th scope=\"row\">2024</th><td></td><td></td><td></td><td></td><td></td><td></td><td>1,500</td>"));
  EXPECT_THAT(table, HasSubstr("<th scope=\"row\">2025</th><td>0</td>"));
}

TEST(Heatmap, StaysSmall) {
  EXPECT_LT(page_of(busy_run(2024y / 1 / 1, 25)).size(), 1'000'000U);
  EXPECT_LT(page_of(busy_run(2024y / 1 / 1, 50)).size(), 2'000'000U);
}

}  // namespace
}  // namespace bess::report
