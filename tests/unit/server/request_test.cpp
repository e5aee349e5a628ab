// What heads of requests and queries are taken for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "bess/server/request_body.h"
#include "bess/server/router.h"

namespace bess::app {
namespace {

HttpRequest request_with(std::map<std::string, std::string> headers) {
  HttpRequest request;
  request.headers = std::move(headers);
  return request;
}

TEST(RequestBody, EachKindOfBodyHasItsLimit) {
  ServerSettings settings;
  settings.max_body_mb = 2;
  settings.max_upload_mb = 8;
  constexpr std::size_t mib = 1U << 20U;
  const auto limit = [&](const char* path, const char* type) {
    return body_limit(match_route("POST", path).route, request_with({{"content-type", type}}), settings);
  };
  EXPECT_EQ(limit("/simulate", "application/json"), 2 * mib);
  EXPECT_EQ(limit("/scenarios/1/import", "text/csv"), 8 * mib);
  EXPECT_EQ(limit("/profiles", "application/json"), 2 * mib) << "an upload route with a JSON body";
  EXPECT_EQ(limit("/scenarios/1/cache/load", ""), mib);
  EXPECT_EQ(limit("/nowhere", ""), mib);
}

TEST(RequestBody, EachRouteTakesTheTypesItNames) {
  const auto refusal = [&](const char* path, const char* type) -> std::string {
    const auto refused = wrong_media_type(*match_route("POST", path).route, request_with({{"content-type", type}}));
    return refused ? refused->body : "";
  };
  for (const char* type :
       {"multipart/form-data; boundary=x", "text/csv", "application/zip", "application/x-zip-compressed", "application/octet-stream"})
    EXPECT_EQ(refusal("/scenarios/1/import", type), "") << type;
  EXPECT_THAT(refusal("/scenarios/1/import", "application/json"),
              testing::HasSubstr("multipart/form-data or text/csv or application/zip or"));
  EXPECT_EQ(refusal("/profiles/import", "text/csv"), "");
  EXPECT_NE(refusal("/profiles/import", "application/zip"), "") << "one file, not an archive";
  EXPECT_EQ(refusal("/profiles", "application/json"), "");
  EXPECT_NE(refusal("/profiles", "text/csv"), "") << "weather comes in a form";
  EXPECT_NE(refusal("/simulate", "text/csv"), "");
}

TEST(RequestBody, TextThatIsNoneIsRefusedByTheNameOfItsField) {
  HttpRequest request;
  EXPECT_FALSE(not_text(request));
  request.query = {{"table", "pr\xc3\xa9is"}};
  request.parts = {{"file", "a.csv", "text/csv", "\xff"}, {"upload", "b.csv", "text/csv", "\xff"}, {"note", "", "", "text"}};
  EXPECT_FALSE(not_text(request)) << "files may be anything";
  request.query.emplace("\xff", "1");
  request.parts = {{"file", "\xff.csv", "", ""}, {"column", "", "", "\xe9"}, {"mapping", "m.json", "", "{\xff}"}};
  const auto refused = not_text(request);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 400);
  const auto body = service::parse_json(refused->body);
  ASSERT_TRUE(body);
  std::vector<std::string> pointers;
  for (const service::Json& error : body->find("errors")->items()) {
    EXPECT_EQ(error.find("code")->as_string(), "encoding");
    pointers.push_back(error.find("pointer")->as_string());
  }
  EXPECT_THAT(pointers, testing::ElementsAre("/\\xff", "/file", "/column", "/mapping"));
}

struct Flags {
  bool flag{false};
  int number{1};
};
template <class Visitor>
void describe(Flags& f, Visitor&& field) {
  field("flag", f.flag, FieldInfo{.help = ""});
  field("number", f.number, FieldInfo{.min = 0, .max = 9, .help = ""});
}

TEST(Query, FlagsAreReadAsPeopleWriteThem) {
  for (const auto& [text, expected] :
       {std::pair{"true", true}, {"True", true}, {"1", true}, {"ON", true}, {"", true}, {"no", false}, {"False", false}, {"0", false}}) {
    HttpRequest request;
    request.query.emplace("flag", text);
    const auto read = read_query<Flags>(request);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->flag, expected) << text;
  }
  HttpRequest request;
  request.query = {{"flag", "2"}, {"number", "10"}};
  const auto read = read_query<Flags>(request);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.issues().errors().size(), 2U);
}

TEST(Query, UnknownNamesAreWarningsOnceEach) {
  HttpRequest request;
  request.query = {{"flug", "1"}, {"flug", "2"}, {"number", "3"}};
  Issues warnings;
  const auto read = read_query<Flags>(request, &warnings);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->number, 3);
  ASSERT_EQ(warnings.all().size(), 1U);
  EXPECT_EQ(warnings.all()[0].code, "unknown_key");
  EXPECT_EQ(warnings.all()[0].path, "/flug");
  EXPECT_THAT(warnings.all()[0].message, testing::HasSubstr("Did you mean flag?"));
}

}  // namespace
}  // namespace bess::app
