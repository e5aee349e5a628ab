#pragma once
// A request from its head to the end of its answer, and what all of them share.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "bess/server/answer_head.h"
#include "bess/server/body_reader.h"
#include "bess/server/byte_budget.h"
#include "bess/server/connections.h"
#include "bess/server/http.h"
#include "bess/server/log.h"
#include "bess/server/request_desk.h"
#include "bess/server/request_head.h"
#include "bess/server/state.h"
#include "bess/server/work_queue.h"

namespace bess::app {

/// What all connections share.
struct ServerHub {
  ServerHub(ServerState& given, const Log& log);

  ServerState& state;
  const RequestDesk desk;
  ByteBudget bodies, answers;
  Connections connections;
  WorkQueue work;
  std::atomic<bool> closing{false};
  std::atomic<bool> full{false};  ///< new connections wait until others end
  std::atomic<int> busy{0};       ///< exchanges in flight
  std::atomic<int> reading{0};    ///< threads that move bytes and read the store just now
  std::function<void()> connection_ended{};
};

struct Exchange {
  using Clock = std::chrono::steady_clock;

  explicit Exchange(ServerHub& common);
  ~Exchange() { end(); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// It is in flight no longer.
  void end();
  /// Has the route answer, on a thread that may wait, and packs the answer where that is worth it (`far`: the client is on another
  /// machine).
  [[nodiscard]] HttpResponse work(bool far);
  /// How the answer goes out: `last`: its connection takes no further request.
  void shape_answer(const HttpResponse& response, bool last);
  [[nodiscard]] bool wants_body() const { return head.method != "HEAD"; }
  /// Counts and logs it.
  void log(bool whole) const;

  ServerHub& hub;
  RequestHead head;
  HttpRequest request;
  Admission admission;
  BudgetShare bodies, answers;
  std::optional<BodyReader> body;
  const Clock::time_point start{Clock::now()};
  Clock::time_point last_part{start};  ///< of the body
  AnswerShape shape{};
  bool unread{false};  ///< some of the body is left on the connection
  int status{0};
  HttpEvents events{};

 private:
  std::atomic<bool> ended_{false};
};
using ExchangePointer = std::shared_ptr<Exchange>;

}  // namespace bess::app
