#include "service/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"

namespace bess::service {
namespace {

std::string code_of(std::string_view text, const JsonLimits& limits = {}) {
  const Expected<Json> json = parse_json(text, limits);
  return json ? "" : json.issues().all().front().code;
}

TEST(Json, KeepsOrderAndNumbers) {
  const Expected<Json> json = parse_json(R"({"b": 1, "a": [0.1, -2e3, true, null, "x\n\"é"], "c": {}})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->dump(), R"({"b":1,"a":[0.1,-2000,true,null,"x\n\"é"],"c":{}})");
  EXPECT_TRUE(json->find("b")->is_integer());
  EXPECT_FALSE(json->find("a")->items()[0].is_integer());
  EXPECT_EQ(json->find("missing"), nullptr);
}

TEST(Json, WritesTheShortestNumberThatReadsBack) {
  for (const double x : {0.1, 1.0 / 3.0, 1e300, 5e-324, -123456.789, 695288.0}) {
    const Expected<Json> back = parse_json(Json(x).dump());
    ASSERT_TRUE(back);
    EXPECT_EQ(back->as_number(), x);
  }
  EXPECT_EQ(Json(-0.0).dump(), "0");
  EXPECT_EQ(Json(std::numeric_limits<double>::quiet_NaN()).dump(), "null");
}

TEST(Json, RefusesWhatIsNoNumber) {
  EXPECT_EQ(code_of(R"({"a": NaN})"), "bad_number");
  EXPECT_EQ(code_of(R"({"a": Infinity})"), "bad_number");
  EXPECT_EQ(code_of(R"({"a": -Infinity})"), "bad_number");
  EXPECT_EQ(code_of(R"({"a": 1e999})"), "bad_number");
}

TEST(Json, RefusesBrokenDocuments) {
  for (const char* text : {"", "{", "[1,]", "{\"a\":1}}", "{'a':1}", "{\"a\" 1}", "nul", "01", "// comment\n1"})
    EXPECT_EQ(code_of(text), "malformed_json") << text;
}

TEST(Json, RefusesBytesThatAreNoTextWhereverTheyStand) {
  using namespace std::string_literals;
  for (const std::string& text :
       {"\"\xff\xfe\""s, "{\xff}"s, "\xff"s, "{\"name\": \xe9}"s, "{\"name\":\"a\"} \xc3"s, "\xff\xfe{\0\"\0}\0"s, "{\"\xff\": 1}"s})
    EXPECT_EQ(code_of(text), "encoding") << text;
  EXPECT_EQ(code_of("{é}"), "malformed_json") << "text, but no JSON";
}

TEST(Json, ItsProblemsAndDocumentsAreAlwaysText) {
  for (const std::string& text : {std::string("{é}"), "[1" + std::string(39, 'x') + "é]"}) {
    const Expected<Json> json = parse_json(text);
    ASSERT_FALSE(json);
    EXPECT_EQ(find_invalid_utf8(json.issues().all().front().message), std::string::npos) << text;
  }
  EXPECT_EQ(Json("a\xff\xc3é").dump(), R"("a\\xff\\xc3é")");
}

TEST(Json, NamesThePlaceOfAProblem) {
  for (const auto& [text, pointer] : {std::pair{"{", ""},
                                      {"{'a':1}", ""},
                                      {R"({"run": {)", "/run"},
                                      {R"({"run": [1, x])", "/run/1"},
                                      {R"({"run": {"a": x}})", "/run/a"},
                                      {R"({"": x})", "/"},
                                      {R"({"run": 1,})", ""}}) {
    const Expected<Json> json = parse_json(text);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.issues().all().front().code, "malformed_json") << text;
    EXPECT_EQ(json.issues().all().front().path, pointer) << text;
  }
}

TEST(Json, RefusesDuplicateKeysAndNamesThem) {
  const Expected<Json> json = parse_json(R"({"run": [{"a/b": 1, "a/b": 2}]})");
  ASSERT_FALSE(json);
  EXPECT_EQ(json.issues().all().front().code, "duplicate_key");
  EXPECT_EQ(json.issues().all().front().path, "/run/0/a~1b");
}

TEST(Json, HoldsItsLimits) {
  EXPECT_EQ(code_of(std::string(100, '[')), "too_large");
  EXPECT_EQ(code_of(std::string(1'000'000, '[')), "too_large");
  EXPECT_EQ(code_of("[1,2,3]", {.max_bytes = 5}), "too_large");
  EXPECT_EQ(code_of(R"({"a":1,"b":2,"c":3})", {.max_members = 2}), "too_large");
  EXPECT_EQ(code_of(std::string(32, '[') + std::string(32, ']')), "");
}

TEST(Json, BigIntegersStayFinite) {
  const Expected<Json> json = parse_json("[9223372036854775807, 18446744073709551615, 123456789012345678901234567890]");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->items()[0].as_integer(), INT64_MAX);
  EXPECT_DOUBLE_EQ(json->items()[1].as_number(), 18446744073709551615.0);
  EXPECT_DOUBLE_EQ(json->items()[2].as_number(), 1.2345678901234568e29);
}

}  // namespace
}  // namespace bess::service
