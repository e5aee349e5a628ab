// Mappings of long tables in JSON, and what of an import stays with the scenario.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/data/scenarios.h"
#include "service/data/sources.h"

namespace bess::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> codes(const Issues& issues) {
  std::vector<std::string> found;
  for (const Issue& issue : issues.all()) found.push_back(issue.code);
  return found;
}

TEST(Mappings, FiltersProductsDatesAndPresets) {
  const auto mapping = parse_mapping(R"({"a.csv": {"where": {"Sequence": "Sequence 1", "Area": ["NL", "DE"]}, "date_order": "month_first",
    "preset": "none", "pivot": {"column": "PRODUCT", "values": {"POS": "afrr_up_price", "ALL": ["afrr_up_price", "afrr_down_price"],
    "NEG_04_08": {"columns": "afrr_down_price", "from": "04:00"}, "BLOCK": {"from": "08:30"}}}}})",
                                     "mapping.json");
  ASSERT_TRUE(mapping);
  const FileMapping& file = mapping->at("a.csv");
  EXPECT_THAT(file.where.at("Sequence"), ElementsAre("Sequence 1"));
  EXPECT_THAT(file.where.at("Area"), ElementsAre("NL", "DE"));
  EXPECT_EQ(file.date_order, DateOrder::month_first);
  EXPECT_EQ(file.preset, "none");
  ASSERT_TRUE(file.pivot);
  EXPECT_EQ(file.pivot->column, "PRODUCT");
  EXPECT_THAT(file.pivot->values.at("POS").columns, ElementsAre("afrr_up_price"));
  EXPECT_FALSE(file.pivot->values.at("POS").minute);
  EXPECT_EQ(file.pivot->values.at("ALL").columns.size(), 2U);
  EXPECT_EQ(file.pivot->values.at("NEG_04_08").minute, 240);
  EXPECT_EQ(file.pivot->values.at("BLOCK").minute, 510);
}

TEST(Mappings, ThatAreNoneAreRefused) {
  for (const char* bad :
       {R"({"a": {"where": "x"}})", R"({"a": {"where": {"x": 1}}})", R"({"a": {"where": {"x": []}}})", R"({"a": {"pivot": {}}})",
        R"({"a": {"pivot": {"column": "x", "values": {}}}})", R"({"a": {"pivot": {"column": "x", "values": {"y": 1}}}})",
        R"({"a": {"pivot": {"column": "x", "values": {"y": {"from": "4"}}}}})",
        R"({"a": {"pivot": {"column": "x", "values": {"y": {"to": "04:00"}}}}})", R"({"a": {"date_order": "dmy"}})",
        R"({"a": {"preset": 1}})"}) {
    const auto mapping = parse_mapping(bad, "m.json");
    ASSERT_FALSE(mapping) << bad;
    EXPECT_THAT(codes(mapping.issues()), ElementsAre("wrong_type")) << bad;
  }
}

TEST(Imports, RatesAndStandInsStayWithTheScenario) {
  ImportResult read;
  read.warnings.add({.severity = Severity::warning, .code = "unsorted", .message = "sorted", .path = {}, .file = "a.csv", .column = {}});
  EXPECT_EQ(import_note(read), "");
  read.warnings.add(
      {.severity = Severity::warning, .code = "currency_converted", .message = "at 1.17", .path = {}, .file = "a.csv", .column = {}});
  const std::string note = import_note(read);
  EXPECT_EQ(note, "a.csv: at 1.17.");
  EXPECT_EQ(noted("", note), note);
  EXPECT_EQ(noted("Prices of 2024", note), "Prices of 2024\n" + note);
  EXPECT_EQ(noted("Prices of 2024\n" + note, note), "Prices of 2024\n" + note);
  const std::string full(10'000, 'x');
  EXPECT_EQ(noted(full, note), full);
}

}  // namespace
}  // namespace bess::service
