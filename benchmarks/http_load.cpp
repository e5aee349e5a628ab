// Requests a second and latencies of a running server: http_load PORT CLIENTS SECONDS METHOD PATH [BODY_FILE]. Every client keeps its
// connection and asks again as soon as it is answered. One line of JSON. `http_load.py` compares programs with it.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

class Client {
 public:
  Client(int port, const std::string& request) : port_(port), request_(request) { connect(); }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] int socket() const { return socket_; }
  void ask() {
    begun_ = Clock::now();
    answer_.clear();
    if (::send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request_.size()))
      throw std::runtime_error("the request did not leave");
  }
  /// The answer's status when it is there; 0 when more must come.
  int take() {
    std::array<char, 65536> part;
    const ssize_t count = ::recv(socket_, part.data(), part.size(), 0);
    if (count <= 0) throw std::runtime_error("the connection ended in an answer");
    answer_.append(part.data(), static_cast<std::size_t>(count));
    return whole() ? std::atoi(answer_.c_str() + 9) : 0;
  }
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(Clock::now() - begun_).count(); }
  /// Connects again where the answer said that its connection ends.
  void renew() {
    if (answer_.find("Connection: close\r\n") == std::string::npos && ++asked_ < 999) return;
    ::close(socket_);
    connect();
  }

 private:
  void connect() {
    asked_ = 0;
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("no connection");
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  [[nodiscard]] bool whole() const {
    const auto head = answer_.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const auto at = answer_.find("Content-Length: ");
    if (at == std::string::npos || at > head) return answer_.ends_with("0\r\n\r\n");
    std::size_t length = 0;
    std::from_chars(answer_.data() + at + 16, answer_.data() + head, length);
    return answer_.size() >= head + 4 + length;
  }

  const int port_;
  const std::string& request_;
  int socket_{-1};
  int asked_{0};
  std::string answer_;
  Clock::time_point begun_{};
};

double percentile(const std::vector<double>& ordered, double share) {
  return ordered.empty()
             ? 0.0
             : 1000.0 * ordered[std::min(ordered.size() - 1, static_cast<std::size_t>(share * static_cast<double>(ordered.size())))];
}

void run(int port, int clients, double seconds, const std::string& request) {
  std::vector<std::unique_ptr<Client>> all;
  std::vector<pollfd> sockets;
  for (int i = 0; i < clients; ++i) {
    all.push_back(std::make_unique<Client>(port, request));
    all.back()->ask();
    sockets.push_back({all.back()->socket(), POLLIN, 0});
  }
  std::vector<double> latencies;
  std::map<int, std::size_t> statuses;
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  while (Clock::now() < end) {
    if (::poll(sockets.data(), sockets.size(), 1000) < 0) throw std::runtime_error("poll");
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (sockets[i].revents == 0) continue;
      const int status = all[i]->take();
      if (status == 0) continue;
      latencies.push_back(all[i]->seconds());
      ++statuses[status];
      all[i]->renew();
      sockets[i].fd = all[i]->socket();
      all[i]->ask();
    }
  }
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  std::sort(latencies.begin(), latencies.end());
  std::printf(R"({"requests_per_second": %.1f, "p50_ms": %.3f, "p90_ms": %.3f, "p99_ms": %.3f, "most_ms": %.3f, "statuses": {)",
              static_cast<double>(latencies.size()) / took, percentile(latencies, 0.5), percentile(latencies, 0.9),
              percentile(latencies, 0.99), percentile(latencies, 1.0));
  const char* comma = "";
  for (const auto& [status, count] : statuses) {
    std::printf(R"(%s"%d": %zu)", comma, status, count);
    comma = ", ";
  }
  std::printf("}}\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(stderr, "http_load PORT CLIENTS SECONDS METHOD PATH [BODY_FILE]\n");
    return 2;
  }
  std::string request = std::string(argv[4]) + " " + argv[5] + " HTTP/1.1\r\nHost: localhost\r\n";
  if (argc > 6) {
    std::ifstream in(argv[6], std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(in), {}};
    request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  } else {
    request += "\r\n";
  }
  try {
    run(std::atoi(argv[1]), std::atoi(argv[2]), std::atof(argv[3]), request);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
