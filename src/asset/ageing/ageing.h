#pragma once
// How cells age: the interface that an ageing law fills, and what it is told.
//
// A law is one file beside this one and one row in laws.h. The battery keeps the counters of every tranche (cycles, age) and asks the law
// for state of health and efficiency; a law whose fade does not follow from the counters keeps numbers of its own in the tranche.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace bess {

struct AgeingLaw;

/// The law of a battery that names none: linear.
[[nodiscard]] const AgeingLaw& default_ageing_law();

/// Ageing parameters, as fractions. A law reads those that mean something to it.
struct DegradationSpec {
  double fade_per_cycle{0.00003};
  double fade_per_year{0.01};
  double efficiency_fade_per_cycle{0.0};  ///< of the round-trip efficiency (a fraction), per EFC
  double lifetime_cycles{8000};
  double end_of_life_soh{0.0};                  ///< 0: off
  const AgeingLaw* law{&default_ageing_law()};  ///< never null; lives as long as the program
};

/// One installed lot of cells. A plain value: a copy of it goes on ageing as the original would.
struct Tranche {
  double nominal_capacity_mwh{0};
  double equivalent_full_cycles{0};
  double age_years{0};
  std::vector<double> law_state{};  ///< numbers that the law alone reads and writes
  friend bool operator==(const Tranche&, const Tranche&) = default;
};

/// What a battery did between two degradation updates, as the replay hands it over (asset/ageing/use_meter.h gathers it).
struct BatteryUse {
  double throughput_mwh{0};      ///< Σ Δ (η c + d/η) at the cells
  double years{0};               ///< of calendar time: hours / 8760
  double state_of_charge{0};     ///< mean over the time, of present capacity, 0..1
  double depth_of_discharge{0};  ///< of a half cycle, of present capacity, 0..1: mean weighed by the energy moved
};

/// The same of one tranche. Every tranche of a battery lives through the same.
struct CellUse {
  double equivalent_full_cycles{0};
  double years{0};
  double state_of_charge{0};
  double depth_of_discharge{0};
};

/// A use that goes on alike for years.
struct YearlyUse {
  double equivalent_full_cycles{0};  ///< a year, of the nominal capacity installed
  double state_of_charge{0};
  double depth_of_discharge{0};
};

/// What a law computes. All but `state_of_health` may be left out (null).
struct AgeingFunctions {
  /// Present full capacity / nominal capacity, 0..1.
  double (*state_of_health)(const DegradationSpec& spec, const Tranche& tranche){};
  /// Of a tranche that had `initial` when new. Null: max(0.5, initial − δ_r·EFC), and never above `initial`.
  double (*round_trip_efficiency)(const DegradationSpec& spec, double initial, const Tranche& tranche){};
  /// Takes a use into law_state; the tranche's counters hold it already. Null: the counters are all there is.
  void (*step)(const DegradationSpec& spec, Tranche& tranche, const CellUse& use){};
  /// Numbers in law_state of new cells, all 0.
  std::size_t state_size{0};
  /// Years of a use that goes on alike until the state of health reaches `target`; 0 if it has; no value if never. Null: searched by ageing
  /// a copy, within a hundred years; the state of health must not rise then.
  std::optional<double> (*years_until_soh)(const DegradationSpec& spec, const Tranche& tranche, const YearlyUse& use, double target){};
  /// The longest step of a forecast. 0: the end does not depend on how the time is cut.
  double forecast_step_years{0};
};

/// A row of the table of laws (laws.h).
struct AgeingLaw {
  std::string_view name;  ///< in requests
  std::string_view help;
  const AgeingFunctions* functions{nullptr};
};

/// New cells of that capacity.
[[nodiscard]] Tranche new_tranche(const DegradationSpec& spec, double nominal_capacity_mwh);

/// Counts a use and lets the law take its step.
void age_tranche(const DegradationSpec& spec, Tranche& tranche, const CellUse& use);

/// By the tranche's law.
[[nodiscard]] double state_of_health(const DegradationSpec& spec, const Tranche& tranche);
[[nodiscard]] double faded_round_trip_efficiency(const DegradationSpec& spec, double initial, const Tranche& tranche);

}  // namespace bess
