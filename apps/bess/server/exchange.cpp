#include "bess/server/exchange.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bess/server/packing.h"

namespace bess::app {

namespace {

constexpr double bytes_per_mib = 1024.0 * 1024.0;
constexpr std::size_t lent_anyway = 64U << 20U;
constexpr int threads_for_reads = 16;
constexpr std::size_t least_packed = 1U << 10U;

std::size_t lent_bytes(const ServerSettings& settings) {
  return static_cast<std::size_t>(2 * settings.max_upload_mb * bytes_per_mib) + lent_anyway;
}

/// Whether packing an answer of that type is worth the time.
bool packs_well(std::string_view type) {
  return type.starts_with("text/") ? type != "text/event-stream"
                                   : type.starts_with("application/json") || type.starts_with("application/problem+json");
}

bool accepts_gzip(const HttpRequest& request) {
  const std::string accepted = request.header("accept-encoding");
  const auto at = accepted.find("gzip");
  return at != std::string::npos && accepted.compare(at + 4, 4, ";q=0") != 0;
}

}  // namespace

ServerHub::ServerHub(ServerState& given, const Log& log)
    : state(given),
      desk(given, log),
      bodies(lent_bytes(given.settings)),
      answers(lent_bytes(given.settings)),
      connections(connection_limit()),
      work(static_cast<std::size_t>(given.settings.http_threads),
           static_cast<std::size_t>(std::max(1, given.settings.http_threads - threads_for_reads))) {}

Exchange::Exchange(ServerHub& common) : hub(common), bodies(common.bodies), answers(common.answers) {
  ++hub.busy;
  hub.state.metrics.request_started();
}

void Exchange::end() {
  if (ended_.exchange(true)) return;
  hub.state.metrics.request_ended();
  --hub.busy;
}

HttpResponse Exchange::work(bool far) {
  HttpResponse response = hub.desk.answer(*admission.match.route, request);
  std::string().swap(request.body);
  std::vector<FormPart>().swap(request.parts);
  bodies.give_back();
  shape.may_be_packed = far && packs_well(response.content_type);
  shape.packed = shape.may_be_packed && wants_body() && accepts_gzip(request) && (response.stream || response.body.size() >= least_packed);
  if (shape.packed && !response.stream) response.body = GzipPacker().pack(response.body, true);
  return response;
}

void Exchange::shape_answer(const HttpResponse& response, bool last) {
  status = response.status;
  shape.version = head.version;
  shape.request_id = request.request_id;
  const bool endless = response.stream || response.events;
  shape.length = endless ? std::nullopt : std::optional(response.body.size());
  shape.close = last || unread || !head.keep_alive || (endless && shape.version < 11);
}

void Exchange::log(bool whole) const {
  hub.desk.log({.method = head.method,
                .pattern = admission.pattern(),
                .path = request.path,
                .request_id = request.request_id,
                .status = status,
                .seconds = std::chrono::duration<double>(Clock::now() - start).count(),
                .whole = whole});
}

}  // namespace bess::app
