#pragma once
// An option is declared once: name, unit, range, default, help. Validation, --help, OpenAPI and the docs read that.
//
// A record describes its fields through one function found by argument-dependent lookup:
//
//   template <class Visitor> void describe(SolverOptions& o, Visitor&& field) {
//     field("gap_tolerance", o.gap_tolerance, {.unit = "1", .min = 1e-12, .max = 1e-3, .help = "relative duality gap"});
//   }
//
// The default of an option is the value its record is constructed with. A field of type std::optional<T> may be absent.
// Enumerations are described by `choices`: pairs of the name in JSON and the help of that choice, in the order of the enum.

#include <limits>
#include <string_view>
#include <vector>

namespace bess {

struct Choice {
  std::string_view name;
  std::string_view help;
};

struct FieldInfo {
  std::string_view unit{};  ///< "MW", "EUR/MWh", "1" for a pure number, "" for text
  double min{-std::numeric_limits<double>::infinity()};
  double max{std::numeric_limits<double>::infinity()};
  bool exclusive_min{false};  ///< the minimum itself is not allowed
  bool required{false};
  std::string_view help{};
  std::string_view example{};            ///< as it would be written in JSON
  std::string_view range_code{"out_of_range"};  ///< the stable code of a value outside the range
  std::vector<Choice> choices{};         ///< for enumerations, in the order of their values
};

}  // namespace bess
