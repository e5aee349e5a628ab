#include "service/answers/answer_schema.h"

#include <fmt/format.h>

#include <utility>

namespace bess::service {

Json typed_schema(std::string_view type, std::string_view format) {
  Json schema = Json::object();
  schema.append("type", type);
  if (!format.empty()) schema.append("format", format);
  return schema;
}

Json list_schema(Json items) {
  Json schema = typed_schema("array");
  schema.append("items", std::move(items));
  return schema;
}

Json names_schema(std::span<const std::string_view> names) {
  Json list = Json::array();
  for (const std::string_view name : names) list.push(name);
  Json schema = typed_schema("string");
  schema.append("enum", std::move(list));
  return schema;
}

Json reference_schema(std::string_view name) {
  Json schema = Json::object();
  schema.append("$ref", fmt::format("#/components/schemas/{}", name));
  return schema;
}

Json one_of_schema(std::vector<Json> schemas) {
  Json schema = Json::object();
  schema.append("oneOf", Json(std::move(schemas)));
  return schema;
}

Json or_null_schema(Json schema) {
  const Json* type = schema.find("type");
  if (type == nullptr) return one_of_schema({std::move(schema), typed_schema("null")});
  Json types = Json::array();
  types.push(*type);
  types.push("null");
  schema.set("type", std::move(types));
  if (const Json* names = schema.find("enum")) {
    Json with_null = *names;
    with_null.items().emplace_back();  // null
    schema.set("enum", std::move(with_null));
  }
  return schema;
}

Json schema_of(SchemaBook& /*book*/, std::chrono::year_month /*month*/) {
  Json schema = typed_schema("string");
  schema.append("pattern", "^[0-9]{4}-[0-9]{2}$");
  return schema;
}

void PropertyList::add(std::string_view name, Json schema, std::string_view unit, std::string_view help, bool always) {
  const bool has_unit = !unit.empty() && unit != "1";
  std::string text(help);
  if (has_unit) text += fmt::format("{}[{}]", text.empty() ? "" : " ", unit);
  if (!text.empty()) schema.append("description", text);
  if (has_unit) schema.append("x-unit", unit);
  properties_.append(std::string(name), std::move(schema));
  if (always) required_.push(name);
}

Json PropertyList::object(std::string_view help) && {
  Json schema = typed_schema("object");
  if (!help.empty()) schema.append("description", help);
  if (!required_.items().empty()) schema.append("required", std::move(required_));
  schema.append("properties", std::move(properties_));
  return schema;
}

}  // namespace bess::service
