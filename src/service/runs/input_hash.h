#pragma once
// What decides the numbers of a simulation, as one hash: equal hashes, equal figures (of one version of the engine).

#include <string>

#include "service/options/option_slots.h"
#include "service/options/options.h"

namespace bess::service {

struct PreparedSimulation;

/// One line "pointer value" per option of these slots whose stage is dispatch or finance. Every option must state its stage (a bug
/// otherwise).
[[nodiscard]] std::string deciding_options(const OptionSlots& slots, const std::string& pointer);

/// 16 hexadecimal digits over the dispatch and finance options, with what the absent ones mean; the production and the limits of the
/// connection by quarter-hour; the time line; and every price column that is read: those of the markets that are traded, and the day-ahead
/// price, at which own consumption is bought, subsidies are reckoned and the market is described whether it is traded or not. Text options,
/// names of scenarios and profiles, threads and kept series are no part of it. Equal inputs give equal hashes on every machine of one
/// byte order.
[[nodiscard]] std::string input_hash(const SimulationRequest& request, const PreparedSimulation& prepared);

}  // namespace bess::service
