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
// A field may be a record itself, a list of records, or a list of choices. service/options/option_slots.h is the visitor that turns
// any record into a list of typed slots; readers, writers, help texts and schemas work on those.

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace bess {

struct Choice {
  std::string_view name;
  std::string_view help;
  int value{-1};  ///< of the enumeration, where the choices do not count from 0; −1: they do
};

/// What an option of a simulation request decides. input_hash (service/runs/input_hash.h) is made of the options of the first two stages.
enum class Stage : std::uint8_t {
  unstated,  ///< of records that are no part of a request; a test refuses it in one
  dispatch,  ///< the simulated schedule or its settlement, and so everything
  finance,   ///< what a finished simulation is worth, and nothing before it
  data,      ///< names data whose values count, whatever they are called
  text,      ///< what is told, in which words and beside what: no figure that is told anyway changes
};

struct FieldInfo {
  Stage stage{Stage::unstated};
  std::string_view unit{};  ///< "MW", "EUR/MWh", "1" for a pure number, "" for text
  double min{-std::numeric_limits<double>::infinity()};
  double max{std::numeric_limits<double>::infinity()};
  bool exclusive_min{false};  ///< the minimum itself is not allowed
  bool required{false};
  std::string_view help{};
  std::string_view example{};                   ///< as it would be written in JSON
  std::string_view range_code{"out_of_range"};  ///< the stable code of a value outside the range
  std::vector<Choice> choices{};                ///< for enumerations, in the order of their values
  std::string_view choice_code{"wrong_type"};   ///< the stable code of a value that is no choice
  std::string_view format{};                    ///< of text, as in JSON Schema: "date-time", "uuid"
  std::string_view default_text{};              ///< what an absent optional means, for people: "project_life_years"
  std::string_view unknown_key_code{};          ///< of a record: an unknown key is this error; empty: the warning unknown_key
  bool merge_names{false};                      ///< of a record: its fields stand in the parent, named field name + their own name
};

}  // namespace bess
