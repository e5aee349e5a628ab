#pragma once
// The HTTP side of `bess serve`: reads requests under limits, checks who may ask, hands them to their route, sends the answers, logs and
// counts. One thread per open connection, apart from the simulation workers.

#include <memory>

#include "bess/server/log.h"
#include "bess/server/state.h"

namespace bess::app {

class HttpServer {
 public:
  HttpServer(ServerState& state, const Log& log);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Takes the address; the port, or −1 when it is not to be had.
  [[nodiscard]] int bind();
  /// Serves until stop().
  void run();
  /// Refuses new work, lets running simulations end within the grace of the settings, ends streams, then run() returns.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bess::app
