#include "service/answers/answer_docs.h"

#include <fmt/format.h>

#include <string_view>

#include "service/answers/answer_schema.h"
#include "service/answers/profile_answers.h"
#include "service/answers/scenario_answers.h"
#include "service/answers/server_answers.h"
#include "service/answers/simulation_answer.h"
#include "service/data/profiles.h"
#include "service/options/option_docs.h"

namespace bess::service {

namespace {

template <class... Records>
void add(SchemaBook& book) {
  (static_cast<void>(schema_of(book, Records{})), ...);
}

std::string type_text(const Json& schema);

std::string joined(const Json& list, std::string_view separator, std::string (*text)(const Json&)) {
  std::string out;
  for (const Json& item : list.items()) out += fmt::format("{}{}", out.empty() ? "" : separator, text(item));
  return out;
}

std::string name_text(const Json& name) {
  return name.is_null() ? "null" : fmt::format("`{}`", name.as_string().empty() ? "\"\"" : name.as_string());
}

std::string type_text(const Json& schema) {
  if (const Json* reference = schema.find("$ref")) {
    const std::string name = reference->as_string().substr(reference->as_string().rfind('/') + 1);
    std::string anchor;
    for (const char c : name) anchor += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return fmt::format("[{}](#{})", name, anchor);
  }
  if (const Json* any = schema.find("oneOf")) return joined(*any, " or ", type_text);
  if (const Json* names = schema.find("enum")) return joined(*names, ", ", name_text);
  const Json* type = schema.find("type");
  if (const Json* items = schema.find("items")) {
    const std::string of = type_text(*items);
    return fmt::format("list of {}{}", items->find("enum") != nullptr || items->find("oneOf") != nullptr ? fmt::format("({})", of) : of,
                       type->is_array() ? " or null" : "");
  }
  const Json* format = schema.find("format");
  std::string text = type->is_string() ? type->as_string() : joined(*type, " or ", [](const Json& t) { return t.as_string(); });
  if (format != nullptr) text += fmt::format(" ({})", format->as_string());
  return text;
}

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

bool is_required(const Json& schema, std::string_view name) {
  const Json* required = schema.find("required");
  if (required == nullptr) return false;
  for (const Json& one : required->items()) {
    if (one.as_string() == name) return true;
  }
  return false;
}

/// The help without the unit behind it, which has a column of its own.
std::string meaning(const Json& property) {
  const Json* text = property.find("description");
  if (text == nullptr) return "";
  std::string help = text->as_string();
  if (const Json* unit = property.find("x-unit")) {
    const std::string end = fmt::format(" [{}]", unit->as_string());
    if (help.ends_with(end)) help.resize(help.size() - end.size());
  }
  return help;
}

void add_rows(const Json& schema, const std::string& prefix, std::string& out) {
  for (const JsonMember& property : schema.find("properties")->members()) {
    const Json* unit = property.value.find("x-unit");
    const Json* inner = property.value.find("properties");
    out += fmt::format("| `{}{}`{} | {} | {} | {} |\n", prefix, property.key, is_required(schema, property.key) ? "" : " (not always)",
                       cell(inner != nullptr ? "object" : type_text(property.value)), unit == nullptr ? "" : unit->as_string(),
                       cell(meaning(property.value)));
    if (inner != nullptr) add_rows(property.value, fmt::format("{}{}.", prefix, property.key), out);
  }
}

}  // namespace

Json answer_schemas() {
  SchemaBook book;
  add<SimulationResponse, WithWarnings<JobAnswer>, JobAnswer, JobList, WithWarnings<Scenario>, ScenarioList, ScenarioDetail, ImportAnswer,
      TableData, ScenarioStatistics, WithWarnings<Profile>, ProfileList, ProfileDetail, WithWarnings<ProfileDetail>,
      WithWarnings<ImportedProfileAnswer>, ProfileData, ProfileStatistics, CacheStats, CacheChange, Health, Version, Problem>(book);
  return book.all();
}

std::string answers_page() {
  std::string out =
      "# Answers\n\n"
      "Made from the descriptions of the answers' records by `bess options --answers`; a test holds this page to them.\n\n"
      "Every object that the API answers with, and every member it can have; `bess simulate --json` answers with SimulationResponse. "
      "Members\n"
      "marked (not always) are left out where they do not apply, all others are always there. Times are UTC. `GET /openapi.json` says "
      "which\n"
      "request gives which object.\n";
  const Json schemas = answer_schemas();
  for (const JsonMember& schema : schemas.members()) {
    if (schema.value.find("properties") == nullptr) continue;
    out += fmt::format("\n## {}\n\n", schema.key);
    const bool options = schema.value.find("x-options") != nullptr;  // documented as what is sent
    if (const Json* help = schema.value.find("description")) out += help->as_string() + (options ? ".\n" : ".\n\n");
    if (options) continue;
    out += "| Member | Type | Unit | Meaning |\n| --- | --- | --- | --- |\n";
    add_rows(schema.value, "", out);
  }
  return out;
}

// ---- the configuration of a profile: options that come back as they were sent

void emit(AnswerSink& sink, ProfileConfiguration config) {
  const Expected<Json> json = parse_json(config.stored);
  sink.value(json ? *json : Json());
}

Json schema_of(SchemaBook& book, ProfileConfiguration /*config*/) {
  return or_null_schema(book.named("ProfileConfig", [] {
    ProfileGenerationOptions generation;
    const Json options = json_schema(generation_slots(generation), "ProfileConfig");
    Json properties = Json::object();
    for (const JsonMember& option : options.find("properties")->members()) properties.append(option.key, or_null_schema(option.value));
    Json schema = typed_schema("object");
    schema.append("description", "What was sent to generate the profile (NewProfile), with members that mean nothing as well");
    schema.append("properties", std::move(properties));
    schema.append("x-options", true);
    return schema;
  }));
}

}  // namespace bess::service
