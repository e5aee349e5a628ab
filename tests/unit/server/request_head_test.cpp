// Heads of requests: what is read from them, and what is refused because two readers could read it in two ways.

#include "bess/server/request_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "bess/server/access.h"
#include "service/json.h"

namespace bess::app {
namespace {

using testing::HasSubstr;
using State = HeadScan::State;

std::string head_with(const std::string& fields, const std::string& line = "POST /simulate HTTP/1.1",
                      const std::string& host = "Host: localhost\r\n") {
  return line + "\r\n" + host + fields + "\r\n";
}

/// 0: it was read.
int status_of(const std::string& bytes) {
  RequestHead head;
  HttpRequest request;
  auto refused = read_head(bytes, head);
  if (!refused) refused = read_request(head, request);
  if (!refused) return 0;
  EXPECT_EQ(refused->content_type, "application/problem+json");
  return refused->status;
}

RequestHead read(const std::string& bytes) {
  RequestHead head;
  EXPECT_FALSE(read_head(bytes, head)) << bytes;
  return head;
}

TEST(HeadScan, FindsTheEndWhereverTheBytesAreCut) {
  const std::string bytes = head_with("A: b\r\n");
  std::size_t seen = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(scan_head(std::string_view(bytes).substr(0, size), seen).state, State::more) << size;
    seen = size;
  }
  const HeadScan scan = scan_head(bytes + "rest", seen);
  EXPECT_EQ(scan.state, State::complete);
  EXPECT_EQ(scan.size, bytes.size());
}

TEST(HeadScan, WaitsForNothingThatCanNotBecomeAHead) {
  for (const char* text : {"GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nHost: a\n\n", "\x16\x03\x01", " GET", "\n", "\"", "\r\r\n"})
    EXPECT_EQ(scan_head(text, 0).state, State::bad) << text;
}

TEST(RequestHeads, FieldsAreTrimmedAndNamedInLowerCase) {
  const RequestHead head = read(head_with("X-One: \t a b \t\r\nx-ONE:\r\nConnection: Keep-Alive, CLOSE\r\nContent-Length: 007\r\n"));
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/simulate");
  EXPECT_THAT(head.fields, testing::Contains(std::pair<std::string, std::string>("x-one", "a b")));
  EXPECT_FALSE(head.keep_alive);
  EXPECT_EQ(head.framing, BodyFraming::length);
  EXPECT_EQ(head.length, 7U);
  HttpRequest request;
  EXPECT_FALSE(read_request(head, request));
  EXPECT_EQ(request.header("x-one"), "a b, ");
}

TEST(RequestHeads, WhatCouldBeReadInTwoWaysIsRefused) {
  const std::string nul(1, '\0');
  for (const std::string& fields : {std::string("Content-Length : 5\r\n"),
                                    std::string("Transfer-Encoding : chunked\r\n"),
                                    std::string("Content-Length\t: 5\r\n"),
                                    std::string("A: b\r\n folded\r\n"),
                                    std::string(" A: b\r\n"),
                                    std::string("A b: c\r\n"),
                                    std::string(": c\r\n"),
                                    std::string("no colon\r\n"),
                                    "A: b" + nul + "c\r\n",
                                    "A" + nul + ": c\r\n",
                                    std::string("A: b\rc\r\n"),
                                    std::string("A\x80: b\r\n"),
                                    std::string("A: b\x7f\r\n"),
                                    std::string("Content-Length: -5\r\n"),
                                    std::string("Content-Length: +5\r\n"),
                                    std::string("Content-Length: 0x10\r\n"),
                                    std::string("Content-Length: 5,5\r\n"),
                                    std::string("Content-Length: 5 5\r\n"),
                                    std::string("Content-Length: \r\n"),
                                    std::string("Content-Length: 5\r\nContent-Length: 5\r\n"),
                                    std::string("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
                                    std::string("Transfer-Encoding: identity\r\n"),
                                    std::string("Transfer-Encoding: xchunked\r\n"),
                                    std::string("Transfer-Encoding: chunked, identity\r\n"),
                                    std::string("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
                                    std::string("Transfer-Encoding: chunked, chunked\r\n"),
                                    std::string("Transfer-Encoding: chunked,\r\n"),
                                    std::string("Transfer-Encoding: \"chunked\"\r\n"),
                                    std::string("Transfer-Encoding: chunked;q=1\r\n"),
                                    std::string("Transfer-Encoding:\r\n"),
                                    std::string("Host: localhost\r\n"),
                                    std::string("HOST: other\r\n"),
                                    std::string("Origin: a\r\nOrigin: b\r\n"),
                                    std::string("X-API-Key: a\r\nx-api-key: b\r\n"),
                                    std::string("Content-Type: a/b\r\nContent-Type: c/d\r\n")})
    EXPECT_EQ(status_of(head_with(fields)), 400) << fields;
  EXPECT_EQ(status_of(head_with("Transfer-Encoding: gzip, chunked\r\n")), 501);
  EXPECT_EQ(status_of(head_with("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0")), 400);
}

TEST(RequestHeads, FirstLines) {
  for (const char* line :
       {"GET / HTTP/1.1", "GET /a?b=c%20d HTTP/1.1", "OPTIONS * HTTP/1.1", "GET http://localhost/a HTTP/1.1", "get / HTTP/1.1"})
    EXPECT_EQ(status_of(head_with("", line)), 0) << line;
  for (const char* line : {"GET", "GET /", "GET  / HTTP/1.1", "GET /a b HTTP/1.1", "GET /\tb HTTP/1.1", "G(T / HTTP/1.1", "GET / HTTP/1.1 ",
                           "GET / http/1.1", "GET / HTTP/11", "GET / HTTP/1.", "GET * HTTP/1.1", "GET a HTTP/1.1", "GET ftp://a/b HTTP/1.1",
                           "GET http:///b HTTP/1.1", "GET http://a:b@c/ HTTP/1.1", "CONNECT localhost:80 HTTP/1.1"})
    EXPECT_EQ(status_of(head_with("", line)), 400) << line;
  EXPECT_EQ(status_of(head_with("", "GET / HTTP/2.0")), 505);
}

TEST(RequestHeads, AHostIsNeededOnce) {
  EXPECT_EQ(status_of(head_with("", "GET / HTTP/1.1", "")), 400);
  EXPECT_EQ(status_of(head_with("", "GET / HTTP/1.0", "")), 0);
  for (const char* host : {"", "127.0.0.1:evil.com", "a:", "a:-1", "a:65536", "a:123456", "a b", "a/b", "a@b", "[::1", "[]", "[::1]x",
                           "[::1]:x", "a:80:80", "::1"}) {
    EXPECT_FALSE(is_authority(host)) << host;
    EXPECT_EQ(status_of(head_with("", "GET / HTTP/1.1", std::string("Host: ") + host + "\r\n")), 400) << host;
    EXPECT_EQ(status_of(head_with("", "GET / HTTP/1.0", std::string("Host: ") + host + "\r\n")), 400) << host;
  }
  for (const char* host : {"localhost", "LOCALHOST:8000", "127.0.0.1:65535", "[::1]", "[::1]:8000", "a-b.c_d"})
    EXPECT_TRUE(is_authority(host)) << host;
}

TEST(RequestHeads, LengthsBeyondAllNumbersAreVeryLong) {
  EXPECT_EQ(read(head_with("Content-Length: 99999999999999999999\r\n")).length, std::numeric_limits<std::size_t>::max());
}

TEST(RequestHeads, PersistenceFollowsTheVersion) {
  EXPECT_TRUE(read(head_with("")).keep_alive);
  EXPECT_FALSE(read(head_with("", "GET / HTTP/1.0")).keep_alive);
  EXPECT_TRUE(read(head_with("Connection: keep-alive\r\n", "GET / HTTP/1.0")).keep_alive);
  EXPECT_TRUE(read(head_with("Expect: 100-Continue\r\n")).expects_continue);
  EXPECT_FALSE(read(head_with("Expect: 100-continue\r\n", "POST / HTTP/1.0")).expects_continue);
}

TEST(RequestHeads, PathsAndQueriesAreDecoded) {
  HttpRequest request;
  EXPECT_FALSE(read_request(read(head_with("", "GET /a%2fb%zz%?c+d=e%26f+g&flag&=x&&c%20d=2 HTTP/1.1")), request));
  EXPECT_EQ(request.path, "/a/b%zz%");
  EXPECT_THAT(request.query,
              testing::UnorderedElementsAre(testing::Pair("c d", "e&f g"), testing::Pair("c d", "2"), testing::Pair("flag", "")));
  HttpRequest absolute;
  EXPECT_FALSE(read_request(read(head_with("", "GET HTTP://evil.example:80?a=b HTTP/1.1")), absolute));
  EXPECT_EQ(absolute.path, "/");
  EXPECT_EQ(absolute.header("host"), "evil.example:80") << "the target's host counts";
  EXPECT_EQ(absolute.query.count("a"), 1U);
}

TEST(RequestHeads, OnlyPlainRequestIdsAreTaken) {
  HttpRequest given, made;
  EXPECT_FALSE(read_request(read(head_with("X-Request-Id: a-1_b.c\r\n")), given));
  EXPECT_FALSE(read_request(read(head_with("X-Request-Id: a b\r\n")), made));
  EXPECT_EQ(given.request_id, "a-1_b.c");
  EXPECT_EQ(made.request_id.size(), 16U);
}

TEST(Access, HostsAndOriginsAreTheSameInAnyCase) {
  const auto status = [](const char* host, const char* origin) {
    HttpRequest request;
    request.path = "/scenarios";
    request.headers = {{"host", host}};
    if (*origin != '\0') request.headers["origin"] = origin;
    const auto refused = refuse_access(ServerSettings{}, request);
    return refused ? refused->status : 0;
  };
  for (const char* host : {"localhost", "LOCALHOST:8000", "LocalHost", "127.0.0.1:1", "127.1.2.3", "[::1]:8000"})
    EXPECT_EQ(status(host, ""), 0) << host;
  for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "128.0.0.1", "[::2]"})
    EXPECT_EQ(status(host, ""), 421) << host;
  EXPECT_EQ(status("LOCALHOST:8000", "http://localhost:8000"), 0);
  EXPECT_EQ(status("localhost:8000", "http://localhost:8001"), 403);
  EXPECT_EQ(status("localhost:8000", "null"), 403);
}

}  // namespace
}  // namespace bess::app
