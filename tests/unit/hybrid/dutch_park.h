#pragma once
// A 20 MWp park with a 5 MW / 10 MWh battery behind a 12 MW connection on real Dutch prices and production of 2024, as
// docs/validation.md describes it; and the parts of its answer that the tests read.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "service/data/sources.h"
#include "service/runs/simulate.h"
#include "support/shared_data.h"

namespace bess::test {

inline constexpr double park_mwp = 20.0;
inline constexpr double connection_mw = 12.0;
inline constexpr double installed_mw = 27250.6;  ///< gives the production of 2024 the yield of a typical year, 907.6 kWh/kWp

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The country's production; its missing first hour, local midnight, is dark.
inline std::string solar_csv() {
  std::istringstream in(text_of(shared("data/nl_solar_wind_production_2024_2025.csv")));
  std::string line;
  std::getline(in, line);
  std::string out = "timestamp,solar_mw\n2023-12-31T23:00:00Z,0\n";
  while (std::getline(in, line)) {
    if (line >= "2024-12-31T23") break;
    out += line.substr(0, line.find(',', line.find(',') + 1)) + '\n';
  }
  return out;
}

/// Day-ahead, NL FCR, German aFRR, production and what was installed, as one price set.
inline Expected<service::LoadedPrices> dutch_prices() {
  service::SourceSet sources;
  for (const char* name : {"nl_day_ahead_2024_2025.csv", "fcr_capacity_2024.csv", "de_fcr_afrr_capacity_2024.csv"})
    sources.files.push_back({name, text_of(shared(std::string("data/") + name))});
  sources.files.push_back({"nl_2024_solar.csv", solar_csv()});
  sources.files.push_back({"nl_2024_installed.csv", "timestamp,solar_mw\n2023-12-31T23:00:00Z," + std::to_string(installed_mw) + "\n"});
  ImportOptions options;
  auto mapping = service::parse_mapping(text_of(source_dir() / "docs/validation/mapping.json"), "mapping.json");
  if (!mapping) return mapping.issues();
  options.mapping = *mapping;
  return service::load_prices(sources, options, "NL 2024");
}

/// The request of examples/validation with changes, {"params": {…}, "run": {…}} member by member, prepared on those prices.
inline std::shared_ptr<service::PreparedSimulation> prepare_park(const std::string& changes) {
  auto loaded = dutch_prices();
  if (!loaded) {
    ADD_FAILURE() << loaded.issues().all().front().message;
    return nullptr;
  }
  auto document = service::parse_json(text_of(source_dir() / "examples/validation/nl_2024_hybrid.json"));
  auto wanted = service::parse_json(changes);
  if (!document || !wanted) {
    ADD_FAILURE() << "the request is no JSON";
    return nullptr;
  }
  service::Json request = *document;
  for (const service::JsonMember& part : wanted->members()) {
    service::Json section = *request.find(part.key);
    for (const service::JsonMember& change : part.value.members()) section.set(change.key, change.value);
    request.set(part.key, std::move(section));
  }
  service::ParsedRequest parsed = service::read_request(request);
  EXPECT_FALSE(parsed.issues.has_errors());
  auto prepared = service::prepare_simulation(
      parsed.request, {.prices = std::move(loaded->prices), .solar = {}, .wind = {}, .warnings = {}}, {.workers = 1, .keep_series = true});
  if (!prepared) {
    ADD_FAILURE() << prepared.issues().all().front().message;
    return nullptr;
  }
  return std::make_shared<service::PreparedSimulation>(std::move(*prepared));
}

}  // namespace bess::test
