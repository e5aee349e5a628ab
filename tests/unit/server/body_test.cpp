// Bodies as they arrive: forms, packed bodies, limits, and the gzip of answers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bess/server/answer_head.h"
#include "bess/server/body_reader.h"
#include "bess/server/multipart.h"
#include "bess/server/packing.h"
#include "service/json.h"

namespace bess::app {
namespace {

using testing::HasSubstr;

std::string code_of(const std::optional<HttpResponse>& refused) {
  if (!refused) return "";
  const auto body = service::parse_json(refused->body);
  return std::to_string(refused->status) + " " + std::string(body->find("code")->as_string());
}

struct Read {
  HttpRequest request;
  std::string refusal;
};

/// Reads `body` in parts of `step` bytes.
Read read_body(const std::string& body, std::size_t step, std::map<std::string, std::string> headers, std::size_t limit = 1U << 20U,
               std::size_t lent = 1U << 22U) {
  Read read;
  read.request.headers = std::move(headers);
  ByteBudget budget(lent);
  BudgetShare share(budget);
  BodyReader reader(read.request, share, limit);
  for (std::size_t at = 0; at < body.size(); at += step) {
    if (const auto refused = reader.take(std::string_view(body).substr(at, step))) {
      read.refusal = code_of(refused);
      EXPECT_TRUE(budget.take(lent)) << "what a refused body held is given back";
      return read;
    }
  }
  read.refusal = code_of(reader.finish());
  return read;
}

const std::map<std::string, std::string> form_type{{"content-type", "multipart/form-data; boundary=limit"}};

TEST(Forms, AreTheSameHoweverTheyAreCut) {
  const std::string body =
      "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\" C:\\d.csv\"\r\nContent-Type: "
      "text/csv\r\n\r\n1,2\r\n--limi\r\n--limit\r\n"
      "content-disposition: form-data; name=empty\r\n\r\n\r\n--limit\r\nContent-Disposition: form-data; name=\"u\"; filename=\"x\"; "
      "filename*=UTF-8''%c3%a9.csv\r\n\r\n"
      "--\r\n--limit--\r\nepilogue";
  for (std::size_t step = 1; step <= body.size(); ++step) {
    const Read read = read_body(body, step, form_type);
    ASSERT_EQ(read.refusal, "") << step;
    ASSERT_EQ(read.request.parts.size(), 3U) << step;
    EXPECT_EQ(read.request.parts[0].filename, "a \"b\" C:\\d.csv");
    EXPECT_EQ(read.request.parts[0].content_type, "text/csv");
    EXPECT_EQ(read.request.parts[0].content, "1,2\r\n--limi");
    EXPECT_EQ(read.request.parts[1].name, "empty");
    EXPECT_EQ(read.request.parts[1].content, "");
    EXPECT_EQ(read.request.parts[2].filename, "\xc3\xa9.csv");
    EXPECT_EQ(read.request.parts[2].content, "--");
    EXPECT_EQ(read.request.body, "");
  }
}

TEST(Forms, MalformedOnesAreRefused) {
  const std::string head = "--limit\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
  for (const std::string& body : {std::string("x") + head + "1\r\n--limit--", head + "1", head + "1\r\n--limit", head + "1\r\n--limitx",
                                  std::string("--limit\r\n\r\n1\r\n--limit--"),
                                  std::string("--limit\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--limit--"),
                                  std::string("--limit\r\nContent-Disposition: form-data\r\n\r\n1\r\n--limit--"),
                                  std::string("--limit\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--limit--"),
                                  std::string("--limit\r\n") + std::string(20'000, 'x') + "\r\n\r\n1\r\n--limit--", std::string()})
    for (const std::size_t step : {std::size_t{1}, std::size_t{100'000}})
      EXPECT_EQ(read_body(body, step, form_type).refusal, "400 malformed_multipart") << body.substr(0, 200);
  for (const char* type : {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a",
                           "multipart/form-data; boundary=a; boundary=b"})
    EXPECT_EQ(read_body(head + "1\r\n--limit--", 100, {{"content-type", type}}).refusal, "400 malformed_multipart") << type;
}

TEST(Forms, HaveALimitOnTheirParts) {
  std::string body;
  for (int i = 0; i < 129; ++i) body += "--limit\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
  EXPECT_EQ(read_body(body + "--limit--\r\n", 1000, form_type).refusal, "413 too_large");
}

TEST(Bodies, HaveLimitsOfTheirOwnAndInCommon) {
  EXPECT_EQ(read_body("12345", 2, {}, 5).request.body, "12345");
  EXPECT_EQ(read_body("123456", 2, {}, 5).refusal, "413 too_large");
  EXPECT_EQ(read_body("123456", 2, {}, 100, 5).refusal, "503 too_many_uploads");
  HttpRequest request;
  ByteBudget budget(10);
  BudgetShare share(budget);
  EXPECT_EQ(code_of(BodyReader(request, share, 10).cut_off()), "400 truncated_body");
}

std::string packed(const std::string& text) {
  GzipPacker packer;
  std::string out = packer.pack(std::string_view(text).substr(0, text.size() / 2), false);
  return out + packer.pack(std::string_view(text).substr(text.size() / 2), true);
}

TEST(Packing, BodiesAreUnpackedUnderTheSameLimits) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 7919 % 10'007);
  const std::map<std::string, std::string> gzip{{"content-encoding", "gzip"}};
  const std::string small = packed(text);
  EXPECT_LT(small.size(), text.size() / 2);
  for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, small.size()}) {
    const Read read = read_body(small, step, gzip);
    EXPECT_EQ(read.refusal, "");
    EXPECT_EQ(read.request.body, text);
  }
  EXPECT_EQ(read_body(small + packed("more"), 100, gzip).request.body, text + "more") << "several members are one text";
  EXPECT_EQ(read_body(small.substr(0, small.size() - 1), 100, gzip).refusal, "400 truncated_body");
  EXPECT_EQ(read_body("no gzip", 100, gzip).refusal, "400 truncated_body");
  EXPECT_EQ(read_body(small + "rest", 100, gzip).refusal, "400 truncated_body");
  EXPECT_EQ(read_body(packed(std::string(50'000'000, ' ')), 100, gzip).refusal, "413 too_large");
}

TEST(AnswerHeads, SayHowTheBodyEnds) {
  HttpResponse response{.status = 200};
  response.headers.emplace_back("Location", "/x");
  const std::string fixed = answer_head(response, {.length = 5, .request_id = "id"});
  EXPECT_THAT(fixed, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  for (const char* line :
       {"\r\nContent-Length: 5\r\n", "\r\nLocation: /x\r\n", "\r\nX-Request-Id: id\r\n", "\r\nX-Content-Type-Options: nosniff\r\n"})
    EXPECT_THAT(fixed, HasSubstr(line));
  EXPECT_THAT(fixed, testing::Not(HasSubstr("Connection")));
  EXPECT_THAT(answer_head(response, {}), HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  const std::string old = answer_head(response, {.version = 10, .close = true});
  EXPECT_THAT(old, testing::Not(HasSubstr("Transfer-Encoding")));
  EXPECT_THAT(old, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer_head({.status = 204, .content_type = {}}, {.length = 0}), testing::Not(HasSubstr("Content-Length")));
  EXPECT_EQ(as_chunk("0123456789abcdef"), "10\r\n0123456789abcdef\r\n");
  EXPECT_EQ(as_chunk(""), "0\r\n\r\n");
}

}  // namespace
}  // namespace bess::app
