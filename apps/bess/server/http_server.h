#pragma once
// The HTTP side of `bess serve`: takes connections, reads requests under limits, has routes answer them, sends the answers. A few threads
// move bytes for all connections and never wait for one; routes work on threads of their own, apart from the simulation workers
// (docs/decisions/0017).

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
