#include "support/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace bess::test {

namespace {

constexpr std::size_t part_bytes = 64U << 10U;

std::optional<std::string> unchunk(std::string_view text) {
  std::string out;
  for (;;) {
    const auto end = text.find("\r\n");
    std::size_t size = 0;
    if (end == std::string_view::npos || std::from_chars(text.data(), text.data() + end, size, 16).ec != std::errc{}) return {};
    text.remove_prefix(end + 2);
    if (size == 0) return out;
    if (text.size() < size + 2) return {};
    out.append(text.substr(0, size));
    text.remove_prefix(size + 2);
  }
}

}  // namespace

HttpConnection::HttpConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << "port " << port << ", errno " << errno;
}

HttpConnection::~HttpConnection() { ::close(socket_); }

bool HttpConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void HttpConnection::end_sending() { ::shutdown(socket_, SHUT_WR); }

std::string HttpConnection::read_some(std::size_t most, std::chrono::milliseconds at_most) {
  pollfd one{socket_, POLLIN, 0};
  if (::poll(&one, 1, static_cast<int>(at_most.count())) <= 0) return {};
  std::string bytes(most, ' ');
  const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

std::string HttpConnection::read_all(std::chrono::milliseconds at_most) {
  std::string all;
  for (std::string part = read_some(part_bytes, at_most); !part.empty(); part = read_some(part_bytes, at_most)) all += part;
  return all;
}

std::optional<HttpAnswer> parse_answer(std::string_view bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos || !bytes.starts_with("HTTP/1.1 ")) return {};
  HttpAnswer answer;
  std::from_chars(bytes.data() + 9, bytes.data() + 12, answer.status);
  std::string_view head = bytes.substr(0, end);
  while (true) {
    const auto line_end = head.find("\r\n");
    if (line_end == std::string_view::npos) break;
    head.remove_prefix(line_end + 2);
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) return {};
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    answer.headers[name] = line.substr(colon + 2);
  }
  const std::string_view body = bytes.substr(end + 4);
  if (answer.headers.contains("transfer-encoding")) {
    auto whole = unchunk(body);
    if (!whole) return {};
    answer.body = std::move(*whole);
    return answer;
  }
  if (const auto length = answer.headers.find("content-length");
      length != answer.headers.end() && std::to_string(body.size()) != length->second)
    return {};
  answer.body = body;
  return answer;
}

std::optional<HttpAnswer> ask(int port, std::string_view method, std::string_view path, std::string_view body,
                              std::string_view content_type) {
  HttpConnection connection(port);
  std::string request(method);
  request.append(" ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
  if (!content_type.empty()) request.append("Content-Type: ").append(content_type).append("\r\n");
  if (!body.empty()) request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  request.append("\r\n").append(body);
  connection.send(request);
  return parse_answer(connection.read_all(std::chrono::seconds{60}));
}

}  // namespace bess::test
