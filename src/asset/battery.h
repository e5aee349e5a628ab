#pragma once
// The battery: specification (never changes in a run), state (a plain value: copy it to restart), step (a pure function).
//
// Stored energy is counted at the cells; charge and discharge power at the AC meter. One-way efficiency η = √RTE.
//   e⁺ = e + Δ (η c − d/η),   e_min ≤ e ≤ e_max
// Equivalent full cycles: EFC = Σ Δ (η c + d/η) / (2 E_nom), E_nom = initial capacity of the installed battery.

#include <cstdint>
#include <vector>

#include "asset/ageing/ageing.h"
#include "timeline/instant.h"

namespace bess {

/// Capacity added in a later project year; it ages from its own start.
struct Augmentation {
  int project_year{0};  ///< 1-based; added at the start of that year
  double capacity_mwh{0};
  double cost_eur{0};
};

struct BatterySpec {
  double nominal_capacity_mwh{0};
  double power_mw{0};
  double min_state_of_charge{0.1};
  double max_state_of_charge{0.9};
  double round_trip_efficiency{0.9};
  double availability{0.98};     ///< scales power
  double ramp_mw_per_period{0};  ///< 0: no limit
  DegradationSpec degradation{};
  std::vector<Augmentation> augmentation{};
  int no_replacement_last_months{12};
};

/// What the dispatch sees: constant between two degradation updates.
struct BatteryLimits {
  double capacity_mwh{0};  ///< present full capacity
  double energy_min_mwh{0};
  double energy_max_mwh{0};
  double power_mw{0};  ///< αP
  double one_way_efficiency{1};
  double round_trip_efficiency{1};
  double state_of_health{1};
  friend bool operator==(const BatteryLimits&, const BatteryLimits&) = default;
};

struct BatteryState {
  double stored_energy_mwh{0};
  std::vector<Tranche> tranches;   ///< first: the original (or replaced) battery
  BatteryLimits limits{};          ///< as of the last degradation update
  double clamp_loss_mwh{0};        ///< energy lost when capacity fell below what was stored, so far
  double replacement_step_mwh{0};  ///< energy gained (+) or lost (−) in replacements, so far
  std::int32_t replacement_events{0};
  friend bool operator==(const BatteryState&, const BatteryState&) = default;
};

/// A new battery, stored energy at `initial_state_of_charge` (0..1 of present capacity), clamped into the window.
[[nodiscard]] BatteryState new_battery(const BatterySpec& spec, double initial_state_of_charge);

/// Average powers over a period, at the AC meter, both ≥ 0.
struct Flow {
  double charge_mw{0};
  double discharge_mw{0};
  friend bool operator==(const Flow&, const Flow&) = default;
};

/// The part of `wanted` that the battery can do in a period of dt_h: power, window and efficiency (docs/models/battery.md). Negative or
/// non-finite wishes count as 0.
[[nodiscard]] Flow feasible_flow(const BatteryLimits& limits, double stored_energy_mwh, Flow wanted, double dt_h);

/// Stored energy after `flow` (no clamping: pass a feasible flow).
[[nodiscard]] double advance(const BatteryLimits& limits, double stored_energy_mwh, Flow flow, double dt_h);

/// EFC of a flow over dt_h on `nominal_capacity_mwh` (0 when that is 0).
[[nodiscard]] double equivalent_full_cycles(const BatteryLimits& limits, double nominal_capacity_mwh, Flow flow, double dt_h);

struct StateOfChargeWindow {
  double low{0}, high{1};
};

/// Limits of a present capacity, the share of it that may be used, a power and an efficiency. A capacity, window or power below
/// least_number (base/number_range.h), as a fade to nothing leaves it, is none.
[[nodiscard]] BatteryLimits make_limits(double capacity_mwh, StateOfChargeWindow window, double power_mw, double round_trip_efficiency);

/// Limits from the tranches: capacity = Σ E_nom·SoH; SoH = capacity / Σ E_nom (1 without capacity); RTE is weighted by present
/// capacity (RTE_0 without capacity).
[[nodiscard]] BatteryLimits limits_of(const BatterySpec& spec, const std::vector<Tranche>& tranches);

/// Ages the tranches by what the battery did since the last call. Throughput is shared by nominal capacity, so every tranche gets the same
/// EFC. Does not touch limits.
void age(const BatterySpec& spec, BatteryState& state, const BatteryUse& use);

/// Σ E_nom of the tranches: what EFC and SoH of the whole battery refer to.
[[nodiscard]] double nominal_capacity_mwh(const std::vector<Tranche>& tranches);

/// True when the first tranche has reached its end of life: EFC ≥ lifetime_cycles (0: off) or SoH ≤ end_of_life_soh (0: off), both
/// with a relative tolerance of 1e-9, so that rounding in a long sum of EFC cannot delay it. A battery of no capacity never does.
[[nodiscard]] bool end_of_life(const BatterySpec& spec, const BatteryState& state);

/// end_of_life, and the project still has more than no_replacement_last_months before it.
[[nodiscard]] bool replacement_due(const BatterySpec& spec, const BatteryState& state, double months_left);

/// Takes the aged capacity and efficiency into the limits and clamps the stored energy into the window (clamped energy is a loss).
void update_limits(const BatterySpec& spec, BatteryState& state);

/// A new battery in place of all tranches: E_nom, RTE_0, counters 0, SoC share of the limits kept (e/E constant; the lower end of
/// the window if there was no capacity); counts the event and the energy step.
void replace(const BatterySpec& spec, BatteryState& state);

/// Adds a tranche (its cost is booked elsewhere) and updates the limits. Energy is unchanged, unless the larger battery's lower
/// end of the window lies above it: then the new cells bring the difference, counted in replacement_step_mwh.
void augment(const BatterySpec& spec, BatteryState& state, double capacity_mwh);

}  // namespace bess
