// libFuzzer target of JSON: the reader, simulation requests, dispatch windows, mappings and the bodies of the API (service/json.h,
// service/options/options.h, service/runs/window_file.h, service/data/sources.h, service/data/scenarios.h, service/data/profiles.h).
//
// Input: a line with one letter (what to read the document as), then the document. Beside crashes and sanitizers: a refusal has an error,
// every issue a known code and a place; problems can be told in JSON; a value written and read again is the same text, a request or
// window that was accepted, written and read again, is accepted and the same.

#include <cmath>

#include "fuzz_support.h"
#include "service/data/profiles.h"
#include "service/data/scenarios.h"
#include "service/data/sources.h"
#include "service/json.h"
#include "service/options/option_json.h"
#include "service/options/options.h"
#include "service/runs/window_file.h"

namespace {

using namespace bess;
using namespace bess::fuzz;
using namespace bess::service;

void check_told(const Issues& issues) {
  check_issues(issues);
  require(parse_json(to_json(issues.all()).dump()).has_value(), "problems are told in JSON");
}

void check_numbers(const Json& json) {
  if (json.is_number()) require(std::isfinite(json.as_number()), "a number is finite");
  if (json.is_array()) {
    for (const Json& item : json.items()) check_numbers(item);
  }
  if (json.is_object()) {
    for (const JsonMember& member : json.members()) check_numbers(member.value);
  }
}

std::optional<Json> read_document(std::string_view text) {
  Expected<Json> json = parse_json(text);
  if (!json) {
    check_told(json.issues());
    require(json.issues().has_errors(), "a refusal has an error");
    return {};
  }
  check_numbers(*json);
  const std::string dumped = json->dump();
  for (const int indent : {0, 2}) {
    const auto again = parse_json(json->dump(indent));
    require(again.has_value() && again->dump() == dumped, "a document that was written reads the same:", dumped);
  }
  return std::move(*json);
}

void fuzz_request(std::string_view text) {
  const ParsedRequest parsed = parse_request(text);
  check_told(parsed.issues);
  if (parsed.issues.has_errors()) return;
  const std::string written = to_json(parsed.request).dump();
  const ParsedRequest again = parse_request(written);
  require(!again.issues.has_errors(), "a request that was written is accepted:", to_json(again.issues.errors()).dump() + "\n" + written);
  require(to_json(again.request).dump() == written, "a request that was written reads the same:", written);
  const ProjectOptions& p = parsed.request.params;
  const BatterySpec battery = battery_spec(p);
  require(std::isfinite(p.capacity_mwh) && std::isfinite(p.power_mw), "a battery's size is finite");
  require(simulation_years(parsed.request) >= 1 && simulation_years(parsed.request) <= p.project_life_years, "years lie in the project");
  Issues issues;
  (void)grid_cost_spec(p, issues);
  (void)run_spec(parsed.request, market_set(parsed.request.run));
  (void)battery;
  check_issues(issues);
}

void fuzz_window(std::string_view text) {
  ParsedWindow parsed = parse_window(text);
  check_told(parsed.issues);
  if (parsed.issues.has_errors()) return;
  require(parsed.periods > 0, "a window has periods");
  const std::string written = write_slots(window_slots(parsed.file)).dump();
  ParsedWindow again = parse_window(written);
  require(!again.issues.has_errors(), "a window that was written is accepted:", to_json(again.issues.errors()).dump() + "\n" + written);
  require(write_slots(window_slots(again.file)).dump() == written, "a window that was written reads the same:", written);
  if (parsed.periods <= 2000) (void)window_problem(parsed);
}

void fuzz_mapping(std::string_view text) {
  static constexpr std::string_view prices =
      "start,end,a,b\n2024-01-01 00:00,2024-01-01 04:00,1,2\n2024-01-01 04:00,2024-01-01 08:00,3,4\n";
  const Expected<ImportMapping> mapping = parse_mapping(text, "mapping.json");
  if (!mapping) {
    check_told(mapping.issues());
    require(mapping.issues().has_errors(), "a refusal has an error");
    return;
  }
  ImportOptions options;
  options.mapping = *mapping;
  const std::vector<InputFile> files{{"a.csv", prices}};
  const auto imported = import_files(files, options);
  check_told(imported ? imported->warnings : imported.issues());
}

template <class Record>
void fuzz_record(const Json& json) {
  Record record;
  Issues issues;
  read_record(json, record, "", issues);
  check_told(issues);
  if (issues.has_errors()) return;
  const Json written = write_record(record);
  Record again;
  Issues problems;
  read_record(written, again, "", problems);
  require(!problems.has_errors(), "a record that was written is accepted:", written.dump());
  require(write_record(again).dump() == written.dump(), "a record that was written reads the same:", written.dump());
}

void fuzz_profile(const Json& json) {
  ProfileGenerationOptions options;
  Issues issues;
  read_slots(json, generation_slots(options), "", issues);
  check_told(issues);
  if (issues.has_errors()) return;
  const Json written = write_slots(generation_slots(options));
  ProfileGenerationOptions again;
  Issues problems;
  read_slots(written, generation_slots(again), "", problems);
  require(!problems.has_errors(), "a profile that was written is accepted:", to_json(problems.errors()).dump() + "\n" + written.dump());
  require(write_slots(generation_slots(again)).dump() == written.dump(), "a profile that was written reads the same:", written.dump());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::size_t kind = input.choose(6);
  const auto json = read_document(input.content);
  switch (kind) {
    case 0:
      fuzz_request(input.content);
      break;
    case 1:
      fuzz_window(input.content);
      break;
    case 2:
      fuzz_mapping(input.content);
      break;
    case 3:
      if (json) fuzz_profile(*json);
      break;
    case 4:
      if (json) fuzz_record<ScenarioOptions>(*json);
      if (json) fuzz_record<ScenarioImportOptions>(*json);
      break;
    default:
      if (json) fuzz_record<ProfileImportOptions>(*json);
      if (json) fuzz_record<ScenarioChanges>(*json);
  }
  return 0;
}
