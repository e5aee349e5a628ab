// Answers described once: JSON as a tree and as text, the schema, the page.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue_fields.h"
#include "service/answers/answer_docs.h"
#include "service/answers/answer_json.h"
#include "service/answers/answer_schema.h"
#include "support/shared_data.h"

namespace bess::service {

namespace {

using namespace std::chrono_literals;
constexpr std::array<std::string_view, 2> colours{"red", "blue"};

struct Inner {
  std::int64_t count{3};
};
constexpr AnswerRecord answer_record(const Inner& /*record*/) { return {"Inner", "a thing"}; }
template <class Visitor>
void describe(const Inner& i, Visitor&& field) {
  field("count", i.count, "1", "how many");
}

/// A field of every kind.
struct Outer {
  double price{std::numeric_limits<double>::quiet_NaN()};
  bool there{true};
  std::optional<double> rate;
  std::optional<Inner> inner;
  std::vector<Inner> list{{1}, {2}};
  std::vector<double> column{1.5, std::numeric_limits<double>::quiet_NaN()};
  bool extra{false};
};
template <class Visitor>
void describe(const Outer& o, Visitor&& field) {
  field("b", NumberOrNull{o.price}, "EUR", "paid");
  field("a", o.there, "", "");
  field("text", std::string_view("say \"x\""), "", "");
  field("none", TextOrNull{}, "", "");
  field("colour", OneOf{colours[1], colours}, "", "");
  field("day", 2024y / 2 / 29, "", "");
  field("month", 2024y / 2, "", "");
  field("at", Instant{}, "", "");
  field("rate", o.rate, "%", "");
  field("inner", o.inner, "", "");
  field("list", o.list, "", "");
  field("column", NumbersOrNull{o.column}, "", "");
  field("extra", if_present(o.extra, std::int64_t{7}), "", "");
}

constexpr std::string_view outer_text =
    R"({"b":null,"a":true,"text":"say \"x\"","none":null,"colour":"blue","day":"2024-02-29","month":"2024-02",)"
    R"("at":"1970-01-01T00:00:00Z","rate":null,"inner":null,"list":[{"count":1},{"count":2}],"column":[1.5,null]})";

std::string text_of(const Outer& outer) {
  std::string text;
  EXPECT_TRUE(write_answer(outer, [&text](std::string_view part) {
    text += part;
    return true;
  }));
  return text;
}

TEST(AnswerJson, ATreeAndTheTextAreTheSame) {
  Outer outer;
  EXPECT_EQ(answer_json(outer).dump(), outer_text);
  EXPECT_EQ(text_of(outer), fmt::format("{}\n", outer_text));
  outer.extra = true;
  outer.inner = Inner{};
  outer.rate = 0.5;
  EXPECT_EQ(answer_json(outer).dump() + "\n", text_of(outer));
  EXPECT_EQ(answer_json(outer).find("extra")->as_integer(), 7);
  EXPECT_EQ(answer_json(outer).find("inner")->dump(), R"({"count":3})");
}

TEST(AnswerJson, LongTextComesInPartsAndStopsWhenNobodyListens) {
  Outer outer;
  outer.column.assign(100'000, 0.25);
  std::vector<std::size_t> parts;
  std::string text;
  EXPECT_TRUE(write_answer(outer, [&](std::string_view part) {
    parts.push_back(part.size());
    text += part;
    return true;
  }));
  EXPECT_GT(parts.size(), 4U);  // 500 kB in parts of 64 kB
  for (const std::size_t bytes : parts) EXPECT_LT(bytes, 70'000U);
  EXPECT_EQ(text, answer_json(outer).dump() + "\n");
  int calls = 0;
  EXPECT_FALSE(write_answer(outer, [&calls](std::string_view) { return ++calls < 2; }));
  EXPECT_EQ(calls, 2);
}

TEST(AnswerJson, AnIssueOfADocumentAndOneOfAFile) {
  Issue issue{.code = "soc_clamped", .message = "clamped", .path = "/run/x", .file = {}, .column = {}};
  EXPECT_EQ(to_json(issue).dump(), R"({"code":"soc_clamped","message":"clamped","pointer":"/run/x"})");
  issue.path.clear();
  issue.file = "prices.csv";
  EXPECT_EQ(to_json(issue).dump(), R"({"code":"soc_clamped","message":"clamped","file":"prices.csv","row":null,"column":null})");
  issue.row = 7;
  issue.column = "price";
  EXPECT_EQ(to_json(issue).dump(), R"({"code":"soc_clamped","message":"clamped","file":"prices.csv","row":7,"column":"price"})");
}

TEST(AnswerSchema, SaysWhatTheDescriptionSays) {
  SchemaBook book;
  const Json schema = schema_of(book, Outer{});
  EXPECT_EQ(book.all().dump(), R"({"Inner":{"type":"object","description":"a thing","required":["count"],)"
                               R"("properties":{"count":{"type":"integer","description":"how many"}}}})");
  const Json& properties = *schema.find("properties");
  const auto of = [&properties](std::string_view name) { return properties.find(name)->dump(); };
  EXPECT_EQ(of("b"), R"({"type":["number","null"],"description":"paid [EUR]","x-unit":"EUR"})");
  EXPECT_EQ(of("a"), R"({"type":"boolean"})");
  EXPECT_EQ(of("text"), R"({"type":"string"})");
  EXPECT_EQ(of("none"), R"({"type":["string","null"]})");
  EXPECT_EQ(of("colour"), R"({"type":"string","enum":["red","blue"]})");
  EXPECT_EQ(of("day"), R"({"type":"string","format":"date"})");
  EXPECT_EQ(of("month"), R"({"type":"string","pattern":"^[0-9]{4}-[0-9]{2}$"})");
  EXPECT_EQ(of("at"), R"({"type":"string","format":"date-time"})");
  EXPECT_EQ(of("rate"), R"({"type":["number","null"],"description":"[%]","x-unit":"%"})");
  EXPECT_EQ(of("inner"), R"({"oneOf":[{"$ref":"#/components/schemas/Inner"},{"type":"null"}]})");
  EXPECT_EQ(of("list"), R"({"type":"array","items":{"$ref":"#/components/schemas/Inner"}})");
  EXPECT_EQ(of("column"), R"({"type":"array","items":{"type":["number","null"]}})");
  const std::string required = schema.find("required")->dump();
  EXPECT_EQ(required.find("extra"), std::string::npos) << required;
  EXPECT_EQ(schema.find("required")->items().size(), properties.members().size() - 1);
}

/// The schema at a path of members, through references, lists and "or null".
const Json* at(const Json& all, const Json* schema, std::string_view path) {
  while (schema != nullptr) {
    if (const Json* reference = schema->find("$ref")) {
      const std::string& text = reference->as_string();
      schema = all.find(text.substr(text.rfind('/') + 1));
    } else if (const Json* any = schema->find("oneOf")) {
      schema = &any->items().front();
    } else if (const Json* items = schema->find("items"); items != nullptr && !path.empty()) {
      schema = items;
    } else if (path.empty()) {
      return schema;
    } else {
      const std::size_t slash = path.find('/');
      const Json* properties = schema->find("properties");
      schema = properties == nullptr ? nullptr : properties->find(path.substr(0, slash));
      path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    }
  }
  return nullptr;
}

TEST(AnswerSchemas, KnowEveryFigureOfASimulation) {
  const Json all = answer_schemas();
  const Json* response = all.find("SimulationResponse");
  for (const std::string path :
       {"summary/financial/total_revenue_eur", "summary/financial/gross/fcr_revenue_eur", "summary/financial/npv_eur",
        "summary/financial/irr_reason", "summary/financial/afrr_capacity_revenue_eur", "summary/financial/fcr_revenue_eur_per_mw_year",
        "summary/operational/average_rte_percent", "summary/trading/day_ahead/captured_spread_eur_per_mwh", "summary/trading/fcr/sold_mw_h",
        "summary/highlights/best_day/date", "summary/highlights/months/net_eur", "summary/prices/tb1_eur_per_mw_day",
        "yearly_summaries/soh_end_percent", "cash_flow/net_cash_flow_eur", "provenance/input_hash", "provenance/data_quality/missing",
        "notices/code", "comparison/battery_adds/net_revenue_eur", "warnings/code"}) {
    EXPECT_NE(at(all, response, path), nullptr) << path;
  }
  EXPECT_EQ(at(all, response, "summary/financial/npv_eur")->find("type")->dump(), R"("number")");
  EXPECT_EQ(at(all, response, "summary/financial/irr_percent")->find("type")->dump(), R"(["number","null"])");
  EXPECT_EQ(at(all, response, "provenance/solver")->find("enum")->dump(), R"(["own","clp"])");
  const Json* row = all.find("TimeseriesRow");
  EXPECT_EQ(row->find("properties")->find("fcr_price_eur_per_mw_h")->find("x-unit")->as_string(), "EUR/MW/h");
  EXPECT_THAT(row->find("required")->dump(), testing::HasSubstr("charge_mw"));
  EXPECT_THAT(row->find("required")->dump(), testing::Not(testing::HasSubstr("day_ahead")));
}

/// Every schema says what it is, down to the last member, and members have a meaning.
void check_typed(const Json& schema, const std::string& where, std::set<std::string>& references) {
  EXPECT_EQ(schema.find("additionalProperties"), nullptr) << where;
  if (const Json* reference = schema.find("$ref")) {
    const std::string& text = reference->as_string();
    references.insert(text.substr(text.rfind('/') + 1));
    return;
  }
  if (const Json* any = schema.find("oneOf")) {
    for (const Json& one : any->items()) check_typed(one, where, references);
    return;
  }
  const Json* type = schema.find("type");
  ASSERT_NE(type, nullptr) << where;
  if (type->dump().find("array") != std::string::npos) check_typed(*schema.find("items"), where + "[]", references);
  if (type->dump().find("object") == std::string::npos) return;
  ASSERT_NE(schema.find("properties"), nullptr) << where;
  for (const JsonMember& property : schema.find("properties")->members()) {
    const std::string name = where + "/" + property.key;
    EXPECT_TRUE(schema.find("x-options") != nullptr || property.value.find("description") != nullptr) << name;
    check_typed(property.value, name, references);
  }
}

TEST(AnswerSchemas, AreTypedDownToTheLastMember) {
  const Json all = answer_schemas();
  std::set<std::string> references;
  for (const JsonMember& schema : all.members()) check_typed(schema.value, schema.key, references);
  for (const std::string& name : references) EXPECT_NE(all.find(name), nullptr) << name;
}

TEST(AnswerDocs, ThePageIsUpToDate) {
  std::ifstream in(test::source_dir() / "docs" / "answers.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(page, answers_page()) << "write it again: bess options --answers > docs/answers.md";
}

}  // namespace
}  // namespace bess::service
