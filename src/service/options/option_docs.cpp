#include "service/options/option_docs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "service/options/option_json.h"
#include "service/options/options.h"
#include "service/runs/window_file.h"

namespace bess::service {

namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

bool is_record(const OptionSlot& slot) { return std::holds_alternative<RecordSlot>(slot.target); }

/// Fields below a slot: of a record, or of a record in a list.
void with_fields(const OptionSlot& slot, const std::function<void(const OptionSlots&)>& use) {
  if (const auto* record = std::get_if<RecordSlot>(&slot.target)) use(record->fields());
  if (const auto* list = std::get_if<RecordListSlot>(&slot.target)) list->prototype([&use](const OptionSlots& fields) { use(fields); });
}

std::string default_text(const OptionSlot& slot) {
  if (slot.info.required) return "required";
  if (!slot.info.default_text.empty()) return std::string(slot.info.default_text);
  if (is_record(slot)) return "";
  const Json value = write_slot(slot);
  if (value.is_null()) return std::holds_alternative<RecordListSlot>(slot.target) ? "[]" : "none";
  return value.is_string() ? (value.as_string().empty() ? "\"\"" : value.as_string()) : value.dump();
}

std::string unit_text(const OptionSlot& slot) { return slot.info.unit == "1" ? "" : std::string(slot.info.unit); }

bool is_text(const OptionSlot& slot) { return std::holds_alternative<ScalarSlot<std::string>>(slot.target); }

std::string range_text(const OptionSlot& slot) {
  const FieldInfo& info = slot.info;
  if (is_text(slot)) return "";
  std::string text;
  if (std::isfinite(info.min) && std::isfinite(info.max)) {
    text = fmt::format("{}{} – {}", info.exclusive_min ? "> " : "", info.min, info.max);
  } else if (std::isfinite(info.min)) {
    text = fmt::format("{} {}", info.exclusive_min ? ">" : "≥", info.min);
  } else if (std::isfinite(info.max)) {
    text = fmt::format("≤ {}", info.max);
  }
  std::vector<std::string> names;
  for (const Choice& choice : info.choices) names.emplace_back(choice.name);
  if (names.empty()) return text;
  return text.empty() ? fmt::format("{}", fmt::join(names, ", ")) : fmt::format("{}, or {}", text, fmt::join(names, ", "));
}

std::string choices_help(const FieldInfo& info) {
  std::vector<std::string> parts;
  for (const Choice& choice : info.choices) {
    if (!choice.help.empty()) parts.push_back(fmt::format("{}: {}", choice.name, choice.help));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

void help_lines(const OptionSlots& slots, int indent, std::string& out) {
  for (const OptionSlot& slot : slots) {
    std::string facts = default_text(slot);
    if (const std::string unit = unit_text(slot); !unit.empty()) facts += fmt::format("{}[{}]", facts.empty() ? "" : " ", unit);
    out += fmt::format("{:{}}{:<{}} {:<28} {}\n", "", indent, slot.name, std::max(1, 34 - indent), facts, slot.info.help);
    const std::string range = range_text(slot);
    if (!range.empty()) out += fmt::format("{:{}}{}\n", "", 64, range);
    with_fields(slot, [&](const OptionSlots& fields) { help_lines(fields, indent + 2, out); });
  }
}

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string_view stage_text(Stage stage) {
  static constexpr std::array<std::string_view, 5> names{"", "dispatch", "finance", "data", "text"};
  return names[static_cast<std::size_t>(stage)];
}

void markdown_rows(const OptionSlots& slots, const std::string& prefix, bool stages, std::string& out) {
  for (const OptionSlot& slot : slots) {
    std::string help(slot.info.help);
    if (const std::string choices = choices_help(slot.info); !choices.empty())
      help += fmt::format("{}{}", help.empty() ? "" : ". ", choices);
    if (!slot.info.example.empty()) help += fmt::format(" Example: `{}`", slot.info.example);
    const std::string standard = default_text(slot);
    const bool words = slot.info.required || !slot.info.default_text.empty() || standard.empty();
    out += fmt::format("| `{}{}` | {} | {} | {} | {}{} |\n", prefix, slot.name, cell(unit_text(slot)),
                       words ? cell(standard) : fmt::format("`{}`", cell(standard)), cell(range_text(slot)),
                       stages ? fmt::format("{} | ", stage_text(slot.info.stage)) : "", cell(help));
    const bool list = std::holds_alternative<RecordListSlot>(slot.target);
    with_fields(slot, [&](const OptionSlots& fields) {
      markdown_rows(fields, fmt::format("{}{}{}", prefix, slot.name, list ? "[]." : "."), stages, out);
    });
  }
}

Json choice_names(const FieldInfo& info) {
  Json names = Json::array();
  for (const Choice& choice : info.choices) names.push(choice.name);
  return names;
}

Json object_schema(const OptionSlots& slots);

void add_range(const FieldInfo& info, Json& schema) {
  if (std::isfinite(info.min)) schema.set(info.exclusive_min ? "exclusiveMinimum" : "minimum", info.min);
  if (std::isfinite(info.max)) schema.set("maximum", info.max);
}

Json typed(const char* type) {
  Json schema = Json::object();
  schema.set("type", type);
  return schema;
}

Json ranged(const char* type, const FieldInfo& info) {
  Json schema = typed(type);
  add_range(info, schema);
  return schema;
}

Json choice_schema(const FieldInfo& info) {
  Json schema = typed("string");
  schema.set("enum", choice_names(info));
  return schema;
}

Json list_schema(Json items) {
  Json schema = typed("array");
  schema.set("items", std::move(items));
  return schema;
}

Json type_schema(const OptionSlot& slot) {
  const FieldInfo& info = slot.info;
  return std::visit(Overload{
                        [&](const ScalarSlot<double>&) { return ranged("number", info); },
                        [&](const ScalarSlot<int>&) { return ranged("integer", info); },
                        [&](const ScalarSlot<std::int64_t>&) { return ranged("integer", info); },
                        [](const ScalarSlot<bool>&) { return typed("boolean"); },
                        [&](const ScalarSlot<std::string>&) {
                          Json schema = typed("string");
                          if (std::isfinite(info.max)) schema.set("maxLength", static_cast<std::int64_t>(info.max));
                          return schema;
                        },
                        [&](const ChoiceSlot&) { return choice_schema(info); },
                        [&](const ChoiceListSlot&) { return list_schema(choice_schema(info)); },
                        [&](const NumberListSlot<double>&) { return list_schema(ranged("number", info)); },
                        [&](const NumberListSlot<std::int32_t>&) { return list_schema(ranged("integer", info)); },
                        [&](const NumberOrChoiceSlot&) {
                          Json any = Json::array();
                          any.push(ranged("number", info));
                          any.push(choice_schema(info));
                          Json schema = Json::object();
                          schema.set("oneOf", std::move(any));
                          return schema;
                        },
                        [](const RecordSlot& s) { return object_schema(s.fields()); },
                        [](const RecordListSlot& s) {
                          Json schema;
                          s.prototype([&schema](const OptionSlots& fields) { schema = list_schema(object_schema(fields)); });
                          return schema;
                        },
                    },
                    slot.target);
}

Json slot_schema(const OptionSlot& slot) {
  Json schema = type_schema(slot);
  std::string text(slot.info.help);
  if (const std::string choices = choices_help(slot.info); !choices.empty()) text += fmt::format("{}{}", text.empty() ? "" : ". ", choices);
  if (!slot.info.default_text.empty()) text += fmt::format("{}Default: {}", text.empty() ? "" : ". ", slot.info.default_text);
  if (!text.empty()) schema.set("description", text);
  if (!slot.info.format.empty() && slot.info.format != "date-time") schema.set("format", slot.info.format);
  if (!slot.info.required && !is_record(slot)) {
    const Json value = write_slot(slot);
    if (!value.is_null()) schema.set("default", value);
  }
  if (!slot.info.example.empty()) {
    if (const Expected<Json> example = parse_json(slot.info.example)) {
      Json examples = Json::array();
      examples.push(*example);
      schema.set("examples", std::move(examples));
    }
  }
  if (const std::string unit = unit_text(slot); !unit.empty()) schema.set("x-unit", unit);
  if (slot.info.stage != Stage::unstated) schema.set("x-stage", stage_text(slot.info.stage));
  return schema;
}

Json object_schema(const OptionSlots& slots) {
  Json schema = typed("object");
  Json properties = Json::object();
  Json required = Json::array();
  for (const OptionSlot& slot : slots) {
    properties.set(slot.name, slot_schema(slot));
    if (slot.info.required) required.push(slot.name);
  }
  schema.set("properties", std::move(properties));
  if (!required.items().empty()) schema.set("required", std::move(required));
  return schema;
}

}  // namespace

std::string help_text(const OptionSlots& slots) {
  std::string out;
  help_lines(slots, 2, out);
  return out;
}

std::string markdown_table(const OptionSlots& slots) {
  const bool stages = std::ranges::any_of(slots, [](const OptionSlot& slot) { return slot.info.stage != Stage::unstated; });
  std::string out = fmt::format("| Option | Unit | Default | Range | {}Meaning |\n| --- | --- | --- | --- | {}--- |\n",
                                stages ? "Stage | " : "", stages ? "--- | " : "");
  markdown_rows(slots, "", stages, out);
  return out;
}

Json json_schema(const OptionSlots& slots, std::string_view title) {
  Json schema = object_schema(slots);
  schema.set("title", title);
  return schema;
}

std::string request_help() {
  SimulationRequest request;
  return "params (the project)\n" + help_text(project_slots(request.params)) + "\nrun (what to simulate)\n" +
         help_text(run_slots(request.run));
}

std::string options_page() {
  SimulationRequest request;
  WindowFile window;
  return "# Options\n\n"
         "Made from the option records of the program by `bess options --markdown`; a test holds this page to them.\n\n"
         "A request of `bess simulate` and `POST /simulate` is `{\"params\": {…}, \"run\": {…}}`. Unknown keys are warnings, everything "
         "else that\n"
         "does not fit is an error; all problems are reported at once, each with its code (errors.md) and a JSON pointer.\n\n"
         "A power or energy (MW, MWh) is 0 or at least 1e-9; smaller ones are `out_of_range`. Any other number nearer to 0 than 1e-9 of "
         "its unit,\nand such numbers in lists, are read as 0.\n\n"
         "The stage says what an option decides: dispatch the simulation and so every figure, finance only what a finished simulation is\n"
         "worth, data names data whose values count, text changes no figure. input_hash in an answer follows the first two, and the "
         "data.\n\n"
         "## params: the project\n\n" +
         markdown_table(project_slots(request.params)) + "\n## run: what to simulate\n\n" + markdown_table(run_slots(request.run)) +
         "\n## Window files of `bess dispatch`\n\nFractions instead of percent, any length of period (cli.md).\n\n" +
         markdown_table(window_slots(window));
}

Json request_schema() {
  SimulationRequest request;
  Json properties = Json::object();
  properties.set("params", json_schema(project_slots(request.params), "params"));
  properties.set("run", json_schema(run_slots(request.run), "run"));
  Json required = Json::array();
  required.push("params");
  required.push("run");
  Json schema = Json::object();
  schema.set("title", "SimulationRequest");
  schema.set("type", "object");
  schema.set("properties", std::move(properties));
  schema.set("required", std::move(required));
  return schema;
}

}  // namespace bess::service
