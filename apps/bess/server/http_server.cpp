#include "bess/server/http_server.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bess/server/answer_head.h"
#include "bess/server/exchange.h"
#include "bess/server/problem.h"
#include "bess/server/request_head.h"
#include "bess/server/send_patience.h"
#include "bess/server/stream_sink.h"

namespace bess::app {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Strand = asio::strand<asio::io_context::executor_type>;
using Socket = asio::basic_stream_socket<tcp, Strand>;
using Acceptor = asio::basic_socket_acceptor<tcp, Strand>;

constexpr int listen_backlog = 4096;
/// The system would else take up to some megabytes of an answer from us that nobody reads.
constexpr int send_buffer_bytes = 256 << 10;
constexpr std::size_t head_part = 4U << 10U;
constexpr std::size_t body_part = 64U << 10U;
constexpr std::size_t large_answer = 64U << 10U;
constexpr std::size_t kept_buffer = 16U << 10U;
constexpr int parts_at_once = 16;  ///< that a connection moves before others get their turn
constexpr int max_requests = 1000;
constexpr std::size_t accept_slack = 8;           ///< connections beyond the limit while others are closing
constexpr std::chrono::seconds idle_time{5};      ///< between two requests, and before the first
constexpr std::chrono::seconds longest_pause{5};  ///< between two parts of a body
constexpr std::chrono::seconds drain_time{10};    ///< for the rest of a body that is not read
constexpr std::chrono::milliseconds linger{500};  ///< until a client has closed its side
constexpr std::chrono::milliseconds look_after_every{50};
constexpr int looks_per_tick = 2;

constexpr int idle_io_threads = 2;  ///< threads that move bytes and never read the store

/// How many threads move bytes.
int io_threads() { return static_cast<int>(std::clamp(2 * std::thread::hardware_concurrency(), 4U, 16U)); }

/// Takes one of a number of places while it lives.
class ReadingThread {
 public:
  ReadingThread(std::atomic<int>& reading, int most) : may_read(reading.fetch_add(1) < most), reading_(reading) {}
  ~ReadingThread() { reading_.fetch_sub(1); }
  ReadingThread(const ReadingThread&) = delete;
  ReadingThread& operator=(const ReadingThread&) = delete;
  const bool may_read;

 private:
  std::atomic<int>& reading_;
};

std::chrono::nanoseconds nanoseconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
}

/// One connection. All of it runs on the strand of its socket, but for what is said to run on a thread for routes.
class Session final : public OpenConnection, public std::enable_shared_from_this<Session> {
 public:
  Session(ServerHub& hub, Socket socket)
      : hub_(hub),
        socket_(std::move(socket)),
        descriptor_(socket_.native_handle()),
        patience_(nanoseconds(hub.state.settings.write_timeout_seconds)) {
    error_code error;
    (void)socket_.non_blocking(true, error);
    const tcp::endpoint client = socket_.remote_endpoint(error);
    asio::ip::address address = client.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    far_ = !error && !address.is_loopback();
    hub_.connections.add(*this);
  }
  ~Session() override {
    hub_.connections.remove(*this);
    error_code error;
    (void)socket_.close(error);
    hub_.connection_ended();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start() {
    on_strand([](Session& self) { self.become_idle(); });
  }

  // OpenConnection: called with the list of connections locked, hence never directly.
  void expire() override {
    on_strand([](Session& self) { self.deadline_over(); });
  }
  void give_way() override {
    on_strand([](Session& self) { self.make_room(); });
  }
  void abort() override {
    on_strand([](Session& self) { self.stop_now(); });
  }
  void tick() override {
    on_strand([](Session& self) { self.next_event(); });
  }

 private:
  enum class Phase : std::uint8_t { idle, head, body, answering, draining, closed };

  template <class Action>
  void on_strand(Action action) {
    // A connection that is being destroyed has no owner any longer, and nothing to do.
    if (auto self = weak_from_this().lock()) asio::post(socket_.get_executor(), [self = std::move(self), action] { action(*self); });
  }

  // Reading.

  void become_idle() {
    if (hub_.closing) return close();
    phase_ = Phase::idle;
    if (buffer_.capacity() > kept_buffer) buffer_.shrink_to_fit();
    deadline.set(Clock::now() + idle_time);
    hub_.connections.set_idle(*this, true);
    want_bytes();
    if (hub_.full) hub_.connections.oldest_gives_way();
  }

  /// An idle connection ends for one that waits, unless its next request has come already.
  void make_room() {
    error_code error;
    if (phase_ == Phase::idle && socket_.available(error) == 0) close();
  }

  /// on_bytes() when there are some.
  void want_bytes() {
    if (waits_for_bytes_ || phase_ == Phase::closed) return;
    waits_for_bytes_ = true;
    socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& error) {
      self->waits_for_bytes_ = false;
      if (!error) self->on_bytes();
    });
  }

  /// Bytes off the connection into the buffer. False: none now; the client may be gone.
  bool receive(std::size_t most, bool& gone) {
    error_code error;
    const std::size_t count = socket_.read_some(buffer_.prepare(most), error);
    gone = error && error != asio::error::would_block && error != asio::error::interrupted;
    buffer_.commit(count);
    return !error;
  }
  [[nodiscard]] std::string_view bytes() const { return {static_cast<const char*>(buffer_.cdata().data()), buffer_.size()}; }

  void on_bytes() {
    bool gone = false;
    switch (phase_) {
      case Phase::idle:
      case Phase::head:
        if (receive(head_part, gone)) return read_head_bytes();
        return gone ? close() : want_bytes();
      case Phase::body:
        return receive_body();
      case Phase::draining:
        return drain_bytes();
      case Phase::answering:
      case Phase::closed:
        return;
    }
  }

  void head_begins() {
    if (phase_ == Phase::head) return;
    if (phase_ == Phase::idle) hub_.connections.set_idle(*this, false);
    phase_ = Phase::head;
    has_asked = true;
    seen_ = 0;
    patience_.renew();
    const auto now = Clock::now();
    const auto usual = now + nanoseconds(hub_.state.settings.header_timeout_seconds);
    deadline.set(usual, std::min<Clock::time_point>(usual, now + hurry));
  }

  void read_head_bytes() {
    head_begins();
    // An empty line before a request is left from a careless client's last body.
    if (seen_ == 0 && bytes().starts_with("\r\n")) buffer_.consume(2);
    const HeadScan scan = scan_head(bytes(), seen_);
    seen_ = buffer_.size();
    if (scan.state == HeadScan::State::bad) return refuse_head(problem(400, "bad_request", "what came is no request"));
    if (scan.state == HeadScan::State::complete ? scan.size > max_head_bytes : seen_ > max_head_bytes)
      return refuse_head(problem(431, "too_large", fmt::format("the headers are larger than {} KiB", max_head_bytes >> 10U)));
    if (scan.state == HeadScan::State::complete) return begin_request(scan.size);
    want_bytes();
  }

  /// An answer to what never became a request. What follows it is none either.
  void refuse_head(HttpResponse refusal) {
    phase_ = Phase::answering;
    hub_.state.metrics.count_request("other", "(unreadable)", refusal.status, 0.0);
    std::string head = answer_head(refusal, {.length = refusal.body.size(), .close = true});
    send(std::move(head), std::move(refusal.body), [](Session& self, bool whole) { whole ? self.drain(drain_time) : self.close(); });
  }

  void begin_request(std::size_t head_size) {
    const auto exchange = std::make_shared<Exchange>(hub_);
    const std::string_view head_bytes = bytes().substr(0, head_size);
    auto refused = read_head(head_bytes, exchange->head);
    if (!refused) refused = read_request(exchange->head, exchange->request);
    if (!refused && !parser_agrees(exchange->head, head_bytes)) refused = problem(400, "bad_request", "the request can't be read");
    if (refused) return refuse_head(std::move(*refused));
    buffer_.consume(head_size);
    exchange_ = exchange;
    phase_ = Phase::answering;
    deadline.clear();
    ++requests_;
    exchange->unread = exchange->head.has_body();
    if (auto answer = hub_.desk.admit(exchange->head, exchange->request, exchange->admission)) return respond(std::move(*answer));
    if (!exchange->unread) return dispatch();
    if (exchange->head.expects_continue) invite_body();
    exchange->body.emplace(exchange->request, exchange->bodies, exchange->admission.body_limit);
    phase_ = Phase::body;
    body_deadline();
    read_body();
  }

  /// The library's parser, which takes chunks apart later, must see the same request.
  bool parser_agrees(const RequestHead& head, std::string_view head_bytes) {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(2 * max_head_bytes));
    parser_->body_limit(std::numeric_limits<std::uint64_t>::max());  // ours is smaller, and no limit at all reads as 0 in Boost 1.74
    error_code error;
    const std::size_t used = parser_->put(asio::buffer(head_bytes.data(), head_bytes.size()), error);
    if (error || used != head_bytes.size() || !parser_->is_header_done())
      return head.framing == BodyFraming::length && head.length == SIZE_MAX;
    const auto length = parser_->content_length();
    return parser_->chunked() == (head.framing == BodyFraming::chunked) &&
           (head.framing == BodyFraming::length ? length && *length == head.length
                                                : head.framing == BodyFraming::chunked || !head.has_body());
  }

  void invite_body() {
    constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
    error_code error;  // a client that is not told sends its body after a while anyway
    socket_.write_some(asio::buffer(line.data(), line.size()), error);
  }

  void body_deadline() {
    const Exchange& exchange = *exchange_;
    const auto usual = std::min<Clock::time_point>(exchange.start + nanoseconds(hub_.state.settings.body_timeout_seconds),
                                                   exchange.last_part + longest_pause);
    const auto hurried = std::min<Clock::time_point>(exchange.start + hurry + time_of(exchange.body->size()), exchange.last_part + hurry);
    deadline.set(usual, std::min(usual, hurried));
  }

  void receive_body() {
    for (int part = 0; part < parts_at_once; ++part) {
      bool gone = false;
      if (!receive(body_part, gone)) {
        if (gone) return respond(exchange_->body->cut_off());
        return want_bytes();
      }
      exchange_->last_part = Clock::now();
      body_deadline();
      if (!take_body()) return;
    }
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (self->phase_ == Phase::body && !self->waits_for_bytes_) self->receive_body();
    });
  }

  void read_body() {
    if (take_body()) want_bytes();
  }

  /// What the buffer holds of the body. False: the request has gone on, to its route or to a refusal.
  bool take_body() {
    Exchange& exchange = *exchange_;
    auto& body = parser_->get().body();
    try {
      while (!parser_->is_done()) {
        if (buffer_.size() == 0) return true;
        std::array<char, body_part> plain;
        body.data = plain.data();
        body.size = plain.size();
        body.more = true;
        error_code error;
        const std::size_t used = parser_->put(buffer_.cdata(), error);
        buffer_.consume(used);
        const std::size_t count = plain.size() - body.size;
        if (count > 0) {
          if (auto refused = exchange.body->take({plain.data(), count})) return respond(std::move(*refused)), false;
        }
        if (error == http::error::need_buffer) continue;
        if (error && error != http::error::need_more) return respond(exchange.body->cut_off()), false;
        // A line between chunks that does not end.
        if (used == 0 && buffer_.size() > max_head_bytes) return respond(exchange.body->cut_off()), false;
        if (used == 0 || error) return true;
      }
      exchange.unread = false;
      if (auto refused = exchange.body->finish()) return respond(std::move(*refused)), false;
    } catch (...) {
      return respond(hub_.desk.failure(exchange.request.request_id)), false;
    }
    dispatch();
    return false;
  }

  // Answering.

  void dispatch() {
    phase_ = Phase::answering;
    deadline.clear();
    exchange_->body.reset();
    const Route& route = *exchange_->admission.match.route;
    if (route.instant) return respond(hub_.desk.answer(route, exchange_->request));
    const TaskKind kind = route.method == "GET" ? TaskKind::read : TaskKind::wait;
    if (kind == TaskKind::read && read_at_once()) return;
    const bool taken = hub_.work.enqueue(kind, [self = shared_from_this(), exchange = exchange_, kind] { self->work(exchange, kind); });
    if (!taken) respond(problem(503, "stopping", "the server is stopping"));
  }

  /// A read on this very thread, which saves two hand-overs, unless so many threads read that none would be left to move bytes while the
  /// store keeps them waiting. False: it is for the threads for routes.
  bool read_at_once() {
    const ReadingThread reading(hub_.reading, io_threads() - idle_io_threads);
    if (!reading.may_read) return false;
    const ExchangePointer exchange = exchange_;
    std::shared_ptr<HttpResponse> response;
    try {
      response = std::make_shared<HttpResponse>(exchange->work(far_));
    } catch (...) {
      respond(hub_.desk.failure(exchange->request.request_id));
      return true;
    }
    if (!response->stream || !exchange->wants_body()) {
      respond(std::move(*response));
    } else if (!hub_.work.enqueue(TaskKind::wait, [self = shared_from_this(), exchange, response] { self->stream(exchange, *response); })) {
      respond(problem(503, "stopping", "the server is stopping"));
    }
    return true;
  }

  /// On a thread for routes. What fails here for want of memory leaves the connection without an owner, which ends it.
  void work(const ExchangePointer& exchange, TaskKind kind) {
    try {
      work_on(exchange, kind);
    } catch (...) {
      (void)hub_.desk.failure(exchange->request.request_id);
    }
  }

  void work_on(const ExchangePointer& exchange, TaskKind kind) {
    const auto response = std::make_shared<HttpResponse>(exchange->work(far_));
    if (!response->stream || !exchange->wants_body()) {
      asio::post(socket_.get_executor(), [self = shared_from_this(), response] { self->respond(std::move(*response)); });
      return;
    }
    const auto stream = [self = shared_from_this(), exchange, response] { self->stream(exchange, *response); };
    if (kind == TaskKind::wait || !hub_.work.enqueue(TaskKind::wait, stream)) stream();
  }

  /// The answer goes out from here; what is not read of the request makes it the last of the connection.
  void respond(HttpResponse response) {
    phase_ = Phase::answering;
    deadline.clear();
    Exchange& exchange = *exchange_;
    exchange.body.reset();
    if (response.body.size() > large_answer && !exchange.answers.take(response.body.size())) {
      response = problem(503, "too_many_answers", "the memory for answers is in use; try again");
      exchange.shape.packed = false;
    }
    exchange.shape_answer(response, is_last());
    std::string head = answer_head(response, exchange.shape);
    if (response.events && exchange.wants_body()) {
      exchange.events = std::move(response.events);
      return send(std::move(head), {}, [](Session& self, bool whole) {
        if (!whole) return self.answer_ended(false);
        self.listener_ = self.shared_from_this();  // nothing else holds it between two events
        self.ticks = true;
        self.next_event();
      });
    }
    send(std::move(head), exchange.wants_body() ? std::move(response.body) : std::string(),
         [](Session& self, bool whole) { self.answer_ended(whole); });
  }

  [[nodiscard]] bool is_last() const { return requests_ >= max_requests || hub_.closing; }

  void next_event() {
    if (!ticks || out_) return;
    Exchange& exchange = *exchange_;
    if (hub_.closing || client_is_gone()) return events_end(false);
    std::string text;
    bool more = false;
    try {
      more = exchange.events(text);
    } catch (...) {
      (void)hub_.desk.failure(exchange.request.request_id);
      return events_end(false);
    }
    if (text.empty() && more) return;
    const bool chunked = is_chunked(exchange.shape);
    std::string part = chunked && !text.empty() ? as_chunk(text) : text;
    if (chunked && !more) part += as_chunk({});
    send(std::move(part), {}, [more](Session& self, bool whole) {
      if (!whole || !more) self.events_end(whole);
    });
  }

  void events_end(bool whole) {
    ticks = false;
    const auto self = std::move(listener_);
    answer_ended(whole);
  }

  void answer_ended(bool whole) {
    const ExchangePointer exchange = std::move(exchange_);
    exchange_ = nullptr;
    exchange->end();
    exchange->log(whole);
    if (!whole) {
      // HTTP/1.0 tells the end of a text by that of its connection: only a reset shows that it is cut off.
      error_code error;
      if (exchange->head.version < 11) (void)socket_.set_option(asio::socket_base::linger(true, 0), error);
      return close();
    }
    if (exchange->shape.close) return drain(exchange->unread ? std::chrono::milliseconds(drain_time) : linger);
    if (buffer_.size() == 0) return become_idle();
    // The next request is there already. Others first.
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (self->phase_ == Phase::answering && !self->exchange_) self->read_head_bytes();
    });
  }

  // Sending.

  using Sent = std::function<void(Session&, bool whole)>;
  struct Outgoing {
    std::string head, body;
    std::size_t sent{0};
    Sent done;
    Clock::time_point waits_since{};
  };

  /// `done` is called once, on the strand.
  void send(std::string head, std::string body, Sent done) {
    out_.emplace(Outgoing{.head = std::move(head), .body = std::move(body), .done = std::move(done)});
    send_more();
  }

  void send_more() {
    for (int part = 0; out_; ++part) {
      Outgoing& out = *out_;
      const std::size_t head_left = out.head.size() - std::min(out.sent, out.head.size());
      const std::size_t body_sent = out.sent - std::min(out.sent, out.head.size());
      if (head_left == 0 && body_sent == out.body.size()) return sent(true);
      if (part == parts_at_once) {
        asio::post(socket_.get_executor(), [self = shared_from_this()] {
          if (!self->waits_for_room_) self->send_more();
        });
        return;
      }
      const std::array<asio::const_buffer, 2> left{
          asio::buffer(out.head.data() + out.head.size() - head_left, head_left),
          asio::buffer(out.body.data() + body_sent, std::min(out.body.size() - body_sent, std::size_t{1} << 20U))};
      error_code error;
      const std::size_t count = socket_.write_some(left, error);
      out.sent += count;
      patience_.sent(count);
      if (error == asio::error::would_block) return want_room();
      if (error && error != asio::error::interrupted) return sent(false);
    }
  }

  void want_room() {
    if (hub_.closing) return break_off();
    const auto now = Clock::now();
    out_->waits_since = now;
    deadline.set(now + patience_.left(), now + std::min<std::chrono::nanoseconds>(patience_.left(), hurry));
    if (std::exchange(waits_for_room_, true)) return;
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& error) {
      self->waits_for_room_ = false;
      if (!self->out_) return;
      self->deadline.clear();
      self->patience_.waited(Clock::now() - self->out_->waits_since);
      error ? self->sent(false) : self->send_more();
    });
  }

  void sent(bool whole) {
    deadline.clear();
    const Sent done = std::move(out_->done);
    out_.reset();
    done(*this, whole);
  }

  // Streams: a thread writes, this side sends.

  [[nodiscard]] bool client_is_gone() const {
    pollfd one{descriptor_, POLLRDHUP, 0};
    return ::poll(&one, 1, 0) > 0 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
  }

  /// On a thread for routes, until the client has got the answer.
  void stream(const ExchangePointer& exchange, HttpResponse& response) {
    bool whole = false;
    exchange->shape_answer(response, is_last());
    holds_thread = true;
    try {
      StreamSink sink(
          exchange->shape, [this](std::string bytes, StreamSink::Sent done) { send_from_outside(std::move(bytes), std::move(done)); },
          [this] { return !hub_.closing && !client_is_gone(); });
      whole = sink.put(answer_head(response, exchange->shape)) && response.stream(sink) && sink.finish();
    } catch (...) {
      (void)hub_.desk.failure(exchange->request.request_id);
    }
    response.stream = nullptr;
    holds_thread = false;
    asio::post(socket_.get_executor(), [self = shared_from_this(), whole] { self->answer_ended(whole); });
  }

  void send_from_outside(std::string bytes, StreamSink::Sent done) {
    asio::post(socket_.get_executor(), [self = shared_from_this(), bytes = std::move(bytes), done = std::move(done)]() mutable {
      self->send(std::move(bytes), {}, [done = std::move(done)](Session&, bool whole) { done(whole); });
    });
  }

  // Ending.

  void deadline_over() {
    const bool hurry_now = hub_.full || (holds_thread && hub_.work.crowded());
    if (!deadline.over(Clock::now(), hurry_now)) return;
    deadline.clear();
    switch (phase_) {
      case Phase::head:
        return refuse_head(problem(408, "slow_request",
                                   fmt::format("the headers did not arrive within {:g} s", hub_.state.settings.header_timeout_seconds)));
      case Phase::body:
        return respond(problem(408, "slow_request", "the body did not arrive in time"));
      case Phase::answering:
        return break_off();
      case Phase::idle:
      case Phase::draining:
        return close();
      case Phase::closed:
        return;
    }
  }

  /// The client does not take its answer.
  void break_off() {
    // The descriptor stays ours until the thread of a stream has let go of it.
    error_code error;
    (void)socket_.shutdown(tcp::socket::shutdown_both, error);
    if (out_) sent(false);
  }

  void stop_now() {
    if (phase_ == Phase::answering && exchange_) {
      if (out_) return break_off();
      if (ticks) return events_end(false);
      return;  // the answer comes from a thread
    }
    exchange_ = nullptr;
    close();
  }

  /// Ends sending and throws away what still comes, for a while, so that the client gets to read its answer.
  void drain(std::chrono::milliseconds at_most) {
    phase_ = Phase::draining;
    error_code error;
    (void)socket_.shutdown(tcp::socket::shutdown_send, error);
    buffer_.clear();
    const auto now = Clock::now();
    deadline.set(now + at_most, now + std::min(at_most, linger));
    drain_bytes();
  }

  void drain_bytes() {
    for (int part = 0; part < parts_at_once; ++part) {
      bool gone = false;
      const bool came = receive(body_part, gone);
      buffer_.clear();
      if (gone) return close();
      if (!came) return want_bytes();
    }
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (self->phase_ == Phase::draining && !self->waits_for_bytes_) self->drain_bytes();
    });
  }

  void close() {
    if (phase_ == Phase::idle) hub_.connections.set_idle(*this, false);
    phase_ = Phase::closed;
    deadline.clear();
    error_code error;
    (void)socket_.close(error);
  }

  ServerHub& hub_;
  Socket socket_;
  const int descriptor_;
  bool far_{false};  ///< on another machine, where packing an answer saves time
  Phase phase_{Phase::answering};
  boost::beast::flat_buffer buffer_;
  std::size_t seen_{0};
  bool waits_for_bytes_{false}, waits_for_room_{false};
  int requests_{0};
  std::optional<http::request_parser<http::buffer_body>> parser_;
  ExchangePointer exchange_;
  std::shared_ptr<Session> listener_;  ///< itself, while its client listens to events
  std::optional<Outgoing> out_;
  SendPatience patience_;
};

}  // namespace

class HttpServer::Impl {
 public:
  Impl(ServerState& state, const Log& log) : hub_(state, log), log_(log) {
    hub_.connection_ended = [this] {
      if (hub_.full) asio::post(acceptor_.get_executor(), [this] { accept_next(); });
    };
    state.max_event_streams = static_cast<int>(std::max<std::size_t>(hub_.connections.limit() / 2, 1));
  }

  ~Impl() {
    hub_.connection_ended = [] {};
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  int bind() {
    const ServerSettings& settings = hub_.state.settings;
    std::string host = settings.host;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    error_code error;
    tcp::resolver resolver(io_);
    const auto found = resolver.resolve(host, std::to_string(settings.port), tcp::resolver::passive, error);
    if (error) return -1;
    for (const auto& one : found) {
      if (listen(one.endpoint())) return acceptor_.local_endpoint().port();
    }
    return -1;
  }

  void run() {
    asio::post(acceptor_.get_executor(), [this] { accept_next(); });
    look_after();
    std::vector<std::jthread> threads;
    const int count = io_threads();
    for (int i = 1; i < count; ++i) threads.emplace_back([this] { move_bytes(); });
    move_bytes();
  }

  void stop() {
    ServerState& state = hub_.state;
    state.stopping = true;
    const auto start = Clock::now();
    const auto grace = std::chrono::milliseconds{static_cast<std::int64_t>(state.settings.shutdown_grace_seconds * 1000)};
    state.runner.stop(grace);
    while (hub_.busy > 0 && Clock::now() - start < grace + std::chrono::seconds{1})
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    hub_.closing = true;
    asio::post(acceptor_.get_executor(), [this] {
      error_code error;
      (void)acceptor_.close(error);
    });
    hub_.connections.abort_all();
    hub_.work.shutdown();  // needs the threads of io_, which send what the last tasks write
    for (const auto end = Clock::now() + linger; hub_.busy > 0 && Clock::now() < end;)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    io_.stop();
  }

 private:
  /// What fails for want of memory ends its own connection, nothing else.
  void move_bytes() {
    for (;;) {
      try {
        io_.run();
        return;
      } catch (const std::exception& e) {
        service::Json fields = service::Json::object();
        fields.append("what", e.what());
        log_.write(LogLevel::error, "failure", fields);
      }
    }
  }

  bool listen(const tcp::endpoint& endpoint) {
    error_code error;
    (void)acceptor_.close(error);
    (void)acceptor_.open(endpoint.protocol(), error);
    if (error) return false;
    (void)acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    // Accepted connections inherit these.
    (void)acceptor_.set_option(asio::socket_base::send_buffer_size(send_buffer_bytes), error);
    (void)acceptor_.set_option(tcp::no_delay(true), error);
    (void)acceptor_.bind(endpoint, error);
    if (error) return false;
    (void)acceptor_.listen(listen_backlog, error);
    return !error;
  }

  /// On the acceptor's strand. New connections wait in the system's queue while there are too many, and the longest idle ones end.
  void accept_next() {
    if (accepting_ || hub_.closing || !acceptor_.is_open()) return;
    const std::size_t open = hub_.connections.count();
    const std::size_t limit = hub_.connections.limit();
    if (open >= limit) hub_.connections.oldest_gives_way();
    hub_.full = open >= limit + accept_slack;
    if (hub_.full) return;
    accepting_ = true;
    acceptor_.async_accept(asio::make_strand(io_), [this](const error_code& error, Socket socket) {
      accepting_ = false;
      if (!error) {
        std::make_shared<Session>(hub_, std::move(socket))->start();
      } else if (error != asio::error::connection_aborted && error != asio::error::operation_aborted) {
        // No descriptor, or no memory for one: somebody makes room, or look_after() tries again.
        hub_.connections.oldest_gives_way();
        hub_.full = true;
        return;
      }
      accept_next();
    });
  }

  void look_after() {
    timer_.expires_after(look_after_every);
    timer_.async_wait([this](const error_code& error) {
      if (error) return;
      if (hub_.full) asio::post(acceptor_.get_executor(), [this] { accept_next(); });
      ++looks_;
      hub_.connections.look_after(hub_.full, hub_.work.crowded(), looks_ % looks_per_tick == 0);
      look_after();
    });
  }

  ServerHub hub_;
  const Log& log_;
  asio::io_context io_;
  Acceptor acceptor_{asio::make_strand(io_)};
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Strand> timer_{asio::make_strand(io_)};
  bool accepting_{false};
  int looks_{0};
};

HttpServer::HttpServer(ServerState& state, const Log& log) : impl_(std::make_unique<Impl>(state, log)) {}
HttpServer::~HttpServer() = default;
int HttpServer::bind() { return impl_->bind(); }
void HttpServer::run() { impl_->run(); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace bess::app
