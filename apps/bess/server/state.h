#pragma once
// What every route works on.

#include <atomic>
#include <string>

#include "bess/server/metrics.h"
#include "bess/server/settings.h"
#include "service/json.h"
#include "service/runs/jobs.h"
#include "store/store.h"

namespace bess::app {

struct ServerState {
  /// `base`: what no setting tells of the store (tests bring a file layer that fails).
  explicit ServerState(ServerSettings given, StoreOptions base = {});

  const ServerSettings settings;
  Store store;
  service::SimulationRunner runner;
  Metrics metrics;
  std::atomic<bool> stopping{false};
  std::atomic<int> event_streams{0};  ///< open now
  int max_event_streams{1000};        ///< set before the server runs

  [[nodiscard]] service::JsonLimits json_limits() const;
};

}  // namespace bess::app
