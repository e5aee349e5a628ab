#include "bess/server/http_server.h"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "bess/server/access.h"
#include "bess/server/byte_budget.h"
#include "bess/server/connection.h"
#include "bess/server/problem.h"
#include "bess/server/request_body.h"
#include "bess/server/router.h"
#include "bess/server/thread_queue.h"

namespace bess::app {

namespace {

using Clock = std::chrono::steady_clock;
using service::Json;

constexpr double bytes_per_mib = 1024.0 * 1024.0;
constexpr std::size_t max_parts = 128;
constexpr int listen_backlog = 1024;
constexpr std::size_t max_waiting = 512;
constexpr auto drain_time = std::chrono::seconds{10};
constexpr std::size_t large_answer = 64U << 10U;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// What the library reads from and writes to.
class ConnectionStream final : public httplib::Stream {
 public:
  explicit ConnectionStream(Connection& connection) : connection_(connection) {}
  bool is_readable() const override { return connection_.readable(); }
  bool is_writable() const override { return connection_.writable(); }
  ssize_t read(char* to, std::size_t size) override { return connection_.read(to, size); }
  ssize_t write(const char* from, std::size_t size) override { return connection_.write(from, size); }
  void get_remote_ip_and_port(std::string& ip, int& port) const override { connection_.address(true, ip, port); }
  void get_local_ip_and_port(std::string& ip, int& port) const override { connection_.address(false, ip, port); }
  socket_t socket() const override { return connection_.socket(); }

 private:
  Connection& connection_;
};

/// The library's server on connections of our own, whose patience is limited (docs/decisions/0013), with a longer queue of waiting ones.
class Listener : public httplib::Server {
 public:
  void lengthen_queue() { ::listen(svr_sock_, listen_backlog); }
  void set_threads(std::size_t threads, ConnectionLimits limits) {
    limits_ = std::move(limits);
    limits_.crowded = [this] { return crowded(); };
    new_task_queue = [this, threads] { return new Tasks(threads, waiting_); };
  }
  /// Whether connections wait for a thread.
  [[nodiscard]] bool crowded() const { return waiting_ > 0; }
  [[nodiscard]] const ConnectionLimits& limits() const { return limits_; }
  /// Why the request that this thread is reading has not arrived.
  [[nodiscard]] static ReadFault read_fault() { return current_ != nullptr ? current_->fault() : ReadFault::none; }

 private:
  /// Connections wait here for a thread; those beyond the limit are closed at once.
  class Tasks final : public httplib::TaskQueue {
   public:
    Tasks(std::size_t threads, std::atomic<std::size_t>& waiting)
        : queue_(threads, max_waiting, [&waiting](std::size_t count) { waiting = count; }) {}
    void enqueue(std::function<void()> task) override {
      if (queue_.enqueue(task)) return;
      refusing_ = true;
      task();
      refusing_ = false;
    }
    void shutdown() override { queue_.shutdown(); }

   private:
    ThreadQueue queue_;
  };

  bool process_and_close_socket(socket_t socket) override {
    Connection connection(socket, limits_);
    if (refusing_) return false;
    ConnectionStream stream(connection);
    current_ = &connection;
    const auto stopping = [this] { return svr_sock_ == INVALID_SOCKET; };
    bool good = true;
    for (std::size_t left = keep_alive_max_count_; good && left > 0; --left) {
      if (!connection.wait_for_request(std::chrono::seconds{keep_alive_timeout_sec_}, stopping)) break;
      connection.head_begins();
      bool closed = false;
      good = process_request(stream, left == 1, closed, [&](httplib::Request&) { connection.head_ends(); }) && !closed;
      // What follows a head that could not be read is no request.
      if (!connection.has_head()) good = false;
    }
    if (!connection.has_head() && !stopping()) connection.drain();
    current_ = nullptr;
    return good;
  }

  ConnectionLimits limits_;
  std::atomic<std::size_t> waiting_{0};
  static thread_local const Connection* current_;
  static thread_local bool refusing_;
};
thread_local const Connection* Listener::current_ = nullptr;
thread_local bool Listener::refusing_ = false;

std::string make_request_id() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return fmt::format("{:016x}", generator());
}

bool is_request_id(const std::string& text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; });
}

HttpRequest convert(const httplib::Request& from) {
  HttpRequest to;
  to.method = from.method == "HEAD" ? "GET" : from.method;
  to.path = from.path;
  to.query.insert(from.params.begin(), from.params.end());
  for (const auto& [name, value] : from.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    to.headers[lower] = value;
  }
  const std::string given = to.header("x-request-id");
  to.request_id = is_request_id(given) ? given : make_request_id();
  return to;
}

/// Sends a route's stream through the library's sink.
class SinkAdapter final : public HttpSink {
 public:
  SinkAdapter(httplib::DataSink& sink, const std::atomic<bool>& closing) : sink_(sink), closing_(closing) {}
  bool write(std::string_view text) override { return text.empty() || (!closing_ && sink_.write(text.data(), text.size())); }
  bool alive() override { return !closing_ && sink_.is_writable(); }

 private:
  httplib::DataSink& sink_;
  const std::atomic<bool>& closing_;
};

/// Reads a body in parts under limits of size, time and common memory.
class BodyReader {
 public:
  BodyReader(const ServerSettings& settings, const Listener& listener, BudgetShare& budget, std::size_t limit, HttpRequest& request)
      : settings_(settings), listener_(listener), budget_(budget), limit_(limit), request_(request) {}

  /// The refusal, if any. `complete` tells whether the whole body was taken off the connection.
  std::optional<HttpResponse> read(const httplib::ContentReader& reader, bool& complete) {
    HttpRequest& request = request_;
    if (declared_length(request) > limit_) refuse(body_too_large(limit_));
    const bool form = request.media_type() == "multipart/form-data";
    if (form) {
      complete = reader(
          [&](const httplib::MultipartFormData& part) {
            if (request.parts.size() >= max_parts) return refuse(problem(413, "too_large", fmt::format("more than {} parts", max_parts)));
            if (!discarding()) request.parts.push_back({part.name, part.filename, part.content_type, {}});
            return in_time();
          },
          [&](const char* data, std::size_t size) {
            return take(size) && (discarding() || (request.parts.back().content.append(data, size), true));
          });
    } else {
      complete = reader(
          [&](const char* data, std::size_t size) { return take(size) && (discarding() || (request.body.append(data, size), true)); });
    }
    if (refusal_) return std::move(refusal_);
    if (complete) return {};
    if (Listener::read_fault() == ReadFault::slow) return problem(408, "slow_request", "the body did not arrive in time");
    return form ? problem(400, "malformed_multipart", "the form is cut off or malformed")
                : problem(400, "truncated_body", "the body is cut off");
  }

 private:
  [[nodiscard]] bool discarding() const { return refusal_.has_value(); }
  bool refuse(HttpResponse answer) {
    if (!refusal_) {
      refusal_ = std::move(answer);
      // What has come of it makes room for others at once.
      std::string().swap(request_.body);
      request_.parts.clear();
      budget_.give_back();
    }
    return in_time();
  }
  /// After a refusal the rest is read and thrown away for a while, so that the client gets to read the answer.
  bool in_time() {
    const std::chrono::duration<double> limit = discarding() ? drain_time : patience();
    if (Clock::now() - start_ < limit) return true;
    if (!refusal_) refusal_ = problem(408, "slow_request", fmt::format("the body did not arrive within {:g} s", limit.count()));
    return false;
  }
  /// While others wait for a thread a body must come at a fair speed.
  [[nodiscard]] std::chrono::duration<double> patience() const {
    const std::chrono::duration<double> usual(settings_.body_timeout_seconds);
    if (!listener_.crowded()) return usual;
    const ConnectionLimits& limits = listener_.limits();
    const double earned = static_cast<double>(total_) / static_cast<double>(limits.bytes_per_second);
    return std::min(usual, std::chrono::duration<double>(limits.hurry) + std::chrono::duration<double>(earned));
  }
  bool take(std::size_t size) {
    if (!in_time()) return false;
    if (discarding()) return true;
    total_ += size;
    if (total_ > limit_) return refuse(body_too_large(limit_));
    if (!budget_.take(size)) return refuse(problem(503, "too_many_uploads", "the memory for uploads is in use; try again"));
    return true;
  }

  const ServerSettings& settings_;
  const Listener& listener_;
  BudgetShare& budget_;
  std::size_t limit_;
  HttpRequest& request_;
  std::size_t total_{0};
  Clock::time_point start_{Clock::now()};
  std::optional<HttpResponse> refusal_;
};

}  // namespace

class HttpServer::Impl {
 public:
  Impl(ServerState& state, const Log& log)
      : state_(state), log_(log), bodies_(lent_bytes(state.settings)), answers_(lent_bytes(state.settings)) {
    const ServerSettings& settings = state.settings;
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(1000);
    server_.set_keep_alive_timeout(5);
    const auto milliseconds = [](double seconds) { return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)}; };
    server_.set_threads(static_cast<std::size_t>(settings.http_threads),
                        {.write = milliseconds(settings.write_timeout_seconds), .head = milliseconds(settings.header_timeout_seconds)});
    server_.set_payload_max_length(std::numeric_limits<std::size_t>::max());
    server_.set_expect_100_continue_handler([this](const httplib::Request& request, httplib::Response& response) {
      const HttpRequest asked = convert(request);
      const RouteMatch match = match_route(asked.method, asked.path);
      const std::size_t limit = body_limit(match.route, asked, state_.settings);
      if (declared_length(asked) <= limit) return 100;
      begin();
      send(body_too_large(limit), asked, request.method, pattern_of(match), Clock::now(), true, response);
      return 413;
    });
    add_handlers();
  }

  int bind() {
    const ServerSettings& settings = state_.settings;
    const int port = settings.port == 0 ? server_.bind_to_any_port(settings.host)
                                        : (server_.bind_to_port(settings.host, settings.port) ? settings.port : -1);
    if (port > 0) server_.lengthen_queue();
    return port;
  }

  void run() { server_.listen_after_bind(); }

  void stop() {
    state_.stopping = true;
    const auto start = Clock::now();
    const auto grace = std::chrono::milliseconds{static_cast<std::int64_t>(state_.settings.shutdown_grace_seconds * 1000)};
    state_.runner.stop(grace);
    while (busy_ > 0 && Clock::now() - start < grace + std::chrono::seconds{1}) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    closing_ = true;
    server_.stop();
  }

 private:
  static std::size_t lent_bytes(const ServerSettings& settings) {
    return static_cast<std::size_t>(2 * settings.max_upload_mb * bytes_per_mib) + (64U << 20U);
  }
  void begin() {
    state_.metrics.request_started();
    ++busy_;
  }
  static std::string_view pattern_of(const RouteMatch& match) { return match.route != nullptr ? match.route->pattern : "(none)"; }

  void add_handlers() {
    // Requests without a body never reach the library's own routing; those with one need its content reader.
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      const bool may_have_body =
          request.method == "POST" || request.method == "PATCH" || request.method == "PUT" || request.method == "DELETE";
      if (may_have_body && (request.has_header("Content-Length") || request.has_header("Transfer-Encoding")))
        return httplib::Server::HandlerResponse::Unhandled;
      serve(request, response, nullptr);
      return httplib::Server::HandlerResponse::Handled;
    });
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response, const httplib::ContentReader& reader) {
      serve(request, response, &reader);
    };
    const std::string any = R"([\s\S]*)";
    server_.Post(any, with_body).Patch(any, with_body).Put(any, with_body).Delete(any, with_body);
    server_.set_error_handler(httplib::Server::HandlerWithResponse([this](const httplib::Request&, httplib::Response& response) {
      if (response.has_header("X-Request-Id")) return httplib::Server::HandlerResponse::Unhandled;
      const HttpResponse answer = unreadable(response.status);
      const int status = response.status = answer.status;
      response.set_content(answer.body, answer.content_type);
      response.set_header("Connection", "close");
      state_.metrics.count_request("other", "(unreadable)", status, 0.0);
      return httplib::Server::HandlerResponse::Handled;
    }));
  }

  /// What a client is told whose request never became one.
  [[nodiscard]] HttpResponse unreadable(int status) const {
    if (Listener::read_fault() == ReadFault::slow)
      return problem(408, "slow_request", fmt::format("the headers did not arrive within {:g} s", state_.settings.header_timeout_seconds));
    if (Listener::read_fault() == ReadFault::too_large)
      return problem(431, "too_large", fmt::format("the headers are larger than {} KiB", ConnectionLimits{}.head_bytes >> 10U));
    return problem(status, status == 413 ? "too_large" : "bad_request", "the request can't be read");
  }

  void serve(const httplib::Request& from, httplib::Response& to, const httplib::ContentReader* reader) {
    // The library would cut a Range out of any answer.
    auto& changed = const_cast<httplib::Request&>(from);
    changed.ranges.clear();
    limit_packing(changed);
    const auto start = Clock::now();
    begin();
    HttpRequest request = convert(from);
    RouteMatch match;
    HttpResponse response;
    bool unread = has_body(request);
    try {
      match = match_route(request.method, request.path);
      auto refused = bad_length(request, from.get_header_value_count("Content-Length"));
      if (refused) unread = true;
      response = refused ? std::move(*refused) : answer(request, match, reader, unread);
    } catch (const std::exception& e) {
      Json fields = Json::object();
      fields.append("request_id", request.request_id);
      fields.append("what", e.what());
      log_.write(LogLevel::error, "failure", fields);
      response = problem(std::current_exception());
    }
    send(std::move(response), request, from.method, pattern_of(match), start, unread, to);
  }

  /// The library packs what a client accepts as small as it can: brotli takes half a minute for the series of a year, which a browser
  /// would always get. Loopback needs no packing; others get gzip.
  static void limit_packing(httplib::Request& request) {
    const bool gzip = !is_loopback(request.remote_addr) && request.get_header_value("Accept-Encoding").find("gzip") != std::string::npos;
    request.headers.erase("Accept-Encoding");
    if (gzip) request.headers.emplace("Accept-Encoding", "gzip");
  }

  HttpResponse answer(HttpRequest& request, RouteMatch& match, const httplib::ContentReader* reader, bool& unread) {
    if (auto refused = refuse_access(state_.settings, request)) return std::move(*refused);
    if (match.allowed.empty()) return problem(404, "not_found", "no such address; /docs shows all");
    if (match.route == nullptr) return wrong_method(request, match);
    if (state_.stopping && request.path != "/health") return problem(503, "stopping", "the server is stopping");
    BudgetShare budget(bodies_);
    request.path_values = std::move(match.values);
    if (match.route->body != BodyKind::none) {
      if (auto refused = wrong_media_type(*match.route, request)) return std::move(*refused);
    }
    if (unread && reader != nullptr) {
      if (auto refused = read_body(*match.route, request, *reader, budget, unread)) return std::move(*refused);
    }
    if (auto refused = not_text(request)) return std::move(*refused);
    return match.route->handler(state_, request);
  }

  static HttpResponse wrong_method(const HttpRequest& request, const RouteMatch& match) {
    std::string allow = "OPTIONS";
    for (const std::string_view method : match.allowed) allow.append(", ").append(method == "GET" ? "GET, HEAD" : method);
    HttpResponse response = request.method == "OPTIONS" ? HttpResponse{.status = 204, .content_type = {}}
                                                        : problem(405, "method_not_allowed", "allowed here: " + allow);
    response.headers.emplace_back("Allow", allow);
    return response;
  }

  std::optional<HttpResponse> read_body(const Route& route, HttpRequest& request, const httplib::ContentReader& reader, BudgetShare& budget,
                                        bool& unread) {
    bool complete = false;
    auto refused =
        BodyReader(state_.settings, server_, budget, body_limit(&route, request, state_.settings), request).read(reader, complete);
    unread = !complete;
    return refused;
  }

  void send(HttpResponse from, const HttpRequest& request, const std::string& method, std::string_view route, Clock::time_point start,
            bool close, httplib::Response& to) {
    const auto lent = std::make_shared<BudgetShare>(answers_);
    if (from.body.size() > large_answer && !lent->take(from.body.size()))
      from = problem(503, "too_many_answers", "the memory for answers is in use; try again");
    to.status = from.status;
    for (auto& [name, value] : from.headers) to.set_header(name, value);
    to.set_header("X-Request-Id", request.request_id);
    to.set_header("X-Content-Type-Options", "nosniff");
    const auto ended = [this, method, route, path = request.path, id = request.request_id, status = from.status, start](bool whole) {
      --busy_;
      state_.metrics.request_ended();
      const double seconds = seconds_since(start);
      state_.metrics.count_request(method, route, status, seconds);
      Json fields = Json::object();
      fields.append("request_id", id);
      fields.append("method", method);
      fields.append("path", path);
      fields.append("status", status);
      fields.append("ms", std::round(seconds * 1e5) / 100);
      if (!whole) fields.append("broken_off", true);
      log_.write(status >= 500 ? LogLevel::warning : LogLevel::info, "request", fields);
    };
    if (from.stream && method != "HEAD") {
      const auto state = std::make_shared<std::pair<HttpStream, bool>>(std::move(from.stream), false);
      to.set_chunked_content_provider(
          from.content_type,
          [this, state](std::size_t, httplib::DataSink& sink) {
            SinkAdapter adapter(sink, closing_);
            state->second = state->first(adapter);
            if (state->second) sink.done();
            return state->second;
          },
          [state, ended](bool) {
            state->first = nullptr;
            ended(state->second);
          });
      return;
    }
    if (from.body.size() > large_answer && method != "HEAD" && !close) {
      const auto body = std::make_shared<std::string>(std::move(from.body));
      to.set_content_provider(
          body->size(), from.content_type,
          [body](std::size_t offset, std::size_t length, httplib::DataSink& sink) { return sink.write(body->data() + offset, length); },
          [body, lent, ended](bool whole) {
            std::string().swap(*body);
            lent->give_back();
            ended(whole);
          });
      return;
    }
    if (close && !from.body.empty()) {
      // What is left of the body would be taken for the next request: the connection ends with this answer.
      to.set_header("Connection", "close");
      const auto body = std::make_shared<const std::string>(std::move(from.body));
      to.set_content_provider(body->size(), from.content_type, [body](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        sink.write(body->data() + offset, length);
        return false;
      });
    } else if (!from.content_type.empty()) {
      to.set_content(from.body, from.content_type);
    }
    ended(true);
  }

  ServerState& state_;
  const Log& log_;
  Listener server_;
  ByteBudget bodies_, answers_;
  std::atomic<bool> closing_{false};
  std::atomic<int> busy_{0};
};

HttpServer::HttpServer(ServerState& state, const Log& log) : impl_(std::make_unique<Impl>(state, log)) {}
HttpServer::~HttpServer() = default;
int HttpServer::bind() { return impl_->bind(); }
void HttpServer::run() { impl_->run(); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace bess::app
