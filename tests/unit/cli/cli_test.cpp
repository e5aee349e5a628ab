// The program as its users meet it: run as a process, judged by exit code and what it prints.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "support/shared_data.h"

namespace bess {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

struct Outcome {
  int exit_code{-1};
  std::string out;
};

class Cli : public testing::Test {
 protected:
  Cli() : directory_(fs::temp_directory_path() / ("bess_cli_" + std::to_string(::getpid()))) { fs::create_directories(directory_); }
  ~Cli() override { fs::remove_all(directory_); }

  /// Runs in the project's root with a store of its own; stderr goes along with stdout when wanted.
  Outcome run(const std::string& arguments, bool with_errors = false) const {
    const std::string command = "cd '" + test::source_dir().string() + "' && BESS_DATA_DIR='" + (directory_ / "data").string() +
                                "' '" BESS_PROGRAM "' " + arguments + (with_errors ? " 2>&1" : " 2>/dev/null");
    Outcome outcome;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return outcome;
    std::array<char, 4096> buffer{};
    for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) outcome.out.append(buffer.data(), n);
    outcome.exit_code = WEXITSTATUS(::pclose(pipe));
    return outcome;
  }

  [[nodiscard]] std::string path(const std::string& name) const { return (directory_ / name).string(); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
    return std::string("'").append(path(name)).append("'");
  }

  fs::path directory_;
};

json request(const char* file) {
  std::ifstream in(test::source_dir() / "examples" / file);
  return json::parse(in);
}

TEST_F(Cli, HelpNamesEveryCommandAndItsUnits) {
  const Outcome help = run("--help");
  EXPECT_EQ(help.exit_code, 0);
  for (const char* command : {"demo", "simulate", "compare", "dispatch", "validate", "options", "scenario", "profile"}) {
    EXPECT_THAT(help.out, HasSubstr(command));
    const Outcome own = run(std::string(command) + " --help");
    EXPECT_EQ(own.exit_code, 0) << command;
    EXPECT_GT(own.out.size(), 200U) << command;
  }
  EXPECT_THAT(run("options").out, HasSubstr("[MWh]"));
}

TEST_F(Cli, BadUsageIsTwo) {
  for (const char* arguments : {"", "nonsense", "dispatch", "simulate", "dispatch examples/window.json --solver highs",
                                "simulate x.json --sample --prices y.csv", "scenario"}) {
    EXPECT_EQ(run(arguments).exit_code, 2) << arguments;
  }
}

TEST_F(Cli, DispatchPrintsTheOptimum) {
  const Outcome text = run("dispatch examples/window.json");
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.out, HasSubstr("81.00"));
  for (const char* solver : {"own", "clp"}) {
    const Outcome answer = run(std::string("dispatch examples/window.json --json --schedule --solver ") + solver);
    EXPECT_EQ(answer.exit_code, 0);
    const json j = json::parse(answer.out);
    EXPECT_NEAR(j.at("optimum_eur"), 81.0, 1e-4);
    EXPECT_NEAR(j.at("bound_eur"), 81.0, 1e-4);
    EXPECT_EQ(j.at("solver"), solver);
    EXPECT_EQ(j.at("status"), "optimal");
    EXPECT_GE(j.at("time_seconds").get<double>(), 0.0);
    EXPECT_EQ(j.at("schedule").at("discharge_mw").size(), 4U);
  }
}

TEST_F(Cli, DispatchListsAllProblemsOfAWindow) {
  const std::string file =
      write("w.json", R"({"battery": {"capacity_mwh": 1, "power_mw": -1, "min_soc": 2}, "enabled_markets": ["spot"], "prices": {}})");
  const Outcome answer = run("dispatch --json " + file);
  EXPECT_EQ(answer.exit_code, 3);
  const json j = json::parse(answer.out);
  EXPECT_EQ(j.at("errors").size(), 3U);
  EXPECT_EQ(run("dispatch " + path("absent.json")).exit_code, 3);
}

TEST_F(Cli, SimulateAnswersInThePublishedForm) {
  json r = request("battery_10mw_20mwh.json");
  r["run"]["enabled_markets"] = {"day_ahead"};
  r["run"]["yearly_summary"] = true;
  const Outcome answer = run("simulate --sample --json --timeseries columns --heatmap " + write("r.json", r.dump()));
  ASSERT_EQ(answer.exit_code, 0);
  const json j = json::parse(answer.out);
  EXPECT_EQ(j.at("status"), "success");
  for (const char* part : {"financial", "operational", "trading", "highlights"}) EXPECT_TRUE(j.at("summary").at(part).is_object()) << part;
  for (const char* key :
       {"total_revenue_eur", "net_revenue_eur", "npv_eur", "roi_percent", "irr_percent", "total_capex_eur", "total_opex_eur",
        "day_ahead_revenue_eur", "afrr_capacity_revenue_eur", "solar_subsidy_revenue_eur", "intraday_revenue_eur", "imbalance_revenue_eur",
        "fcr_revenue_eur", "wind_subsidy_revenue_eur", "grid_cost_eur", "degradation_cost_eur"}) {
    EXPECT_TRUE(j.at("summary").at("financial").contains(key)) << key;
  }
  for (const char* key : {"total_charge_mwh", "total_discharge_mwh", "total_cycles", "final_soh_percent", "capacity_utilization_percent",
                          "average_rte_percent", "replacement_events"}) {
    EXPECT_TRUE(j.at("summary").at("operational").contains(key)) << key;
  }
  EXPECT_EQ(j.at("timeseries").at("delivery_start").size(), 35136U);
  EXPECT_EQ(j.at("timeseries").at("charge_mw").size(), 35136U);
  EXPECT_EQ(j.at("yearly_summaries").size(), 1U);
  EXPECT_EQ(j.at("cash_flow").size(), 16U);
  EXPECT_THAT(j.at("heatmap_html").get<std::string>(), HasSubstr("<html"));
  EXPECT_TRUE(j.at("warnings").is_array());
  EXPECT_EQ(j.at("provenance").at("input_hash").get<std::string>().size(), 16U);

  // Revenue lines add up, and the series gives the same cycles and revenue as the summary.
  const json& f = j.at("summary").at("financial");
  EXPECT_NEAR(f.at("total_revenue_eur"), f.at("day_ahead_revenue_eur").get<double>(), 1e-6 * f.at("total_revenue_eur").get<double>());
  double revenue = 0.0;
  for (const json& x : j.at("timeseries").at("day_ahead_revenue_eur")) revenue += x.get<double>();
  EXPECT_NEAR(revenue, f.at("day_ahead_revenue_eur").get<double>(), 1.0);
}

TEST_F(Cli, WhatIsNotAskedForIsNull) {
  json r = request("battery_10mw_20mwh.json");
  r["run"]["enabled_markets"] = {"day_ahead"};
  const Outcome answer = run("simulate --sample --json " + write("r.json", r.dump()));
  ASSERT_EQ(answer.exit_code, 0);
  const json j = json::parse(answer.out);
  for (const char* key : {"timeseries", "yearly_summaries", "heatmap_html", "comparison"}) EXPECT_TRUE(j.at(key).is_null()) << key;
}

TEST_F(Cli, TheSameInputGivesTheSameBytes) {
  const std::string arguments = "simulate examples/day_ahead_fcr.json --prices examples/prices --json";
  auto without_time = [](std::string text) { return text.substr(0, text.find("\"simulation_time_seconds\"")); };
  const Outcome one = run(arguments + " --workers 1");
  const Outcome two = run(arguments + " --workers 2");
  ASSERT_EQ(one.exit_code, 0);
  EXPECT_EQ(without_time(one.out), without_time(two.out));
}

TEST_F(Cli, SimulateWritesItsFiles) {
  const Outcome answer = run("simulate examples/day_ahead_fcr.json --prices examples/prices --out '" + path("out") + "'");
  ASSERT_EQ(answer.exit_code, 0);
  for (const char* file : {"summary.json", "timeseries.csv", "heatmap.html"})
    EXPECT_GT(fs::file_size(directory_ / "out" / file), 10'000U) << file;
  EXPECT_THAT(answer.out, HasSubstr("Day-ahead"));
}

TEST_F(Cli, ARequestWithFaultsListsThemAll) {
  json r = request("battery_10mw_20mwh.json");
  r["params"]["bessRoundTripEfficiency"] = 0.88;
  r["params"]["bessMinimumSOC"] = 95;
  r["run"]["strategy"] = "magic";
  r["run"]["enabled_markets"] = {"day_ahead", "spot"};
  const Outcome answer = run("simulate --sample --json " + write("r.json", r.dump()));
  EXPECT_EQ(answer.exit_code, 3);
  std::vector<std::string> codes;
  const json parsed = json::parse(answer.out);
  for (const json& issue : parsed.at("errors")) codes.push_back(issue.at("code"));
  EXPECT_THAT(codes, testing::UnorderedElementsAre("rte_percent_expected", "soc_window", "unknown_strategy", "unknown_market"));
}

TEST_F(Cli, MissingDataIsNamed) {
  const Outcome answer = run("simulate examples/battery_10mw_20mwh.json --prices examples/prices --json");
  EXPECT_EQ(answer.exit_code, 3);
  const json parsed = json::parse(answer.out);
  for (const json& issue : parsed.at("errors")) EXPECT_EQ(issue.at("code"), "market_data_missing");
  EXPECT_EQ(run("simulate examples/day_ahead_fcr.json").exit_code, 3);
  EXPECT_EQ(run("simulate examples/day_ahead_fcr.json --scenario 77").exit_code, 3);
}

TEST_F(Cli, CompareShowsEveryStrategy) {
  json r = request("battery_10mw_20mwh.json");
  r["run"]["enabled_markets"] = {"day_ahead"};
  const Outcome answer =
      run("compare --sample --json --strategies lp,rolling_lp --markets day_ahead,day_ahead+fcr " + write("r.json", r.dump()));
  ASSERT_EQ(answer.exit_code, 0);
  const json rows = json::parse(answer.out).at("rows");
  ASSERT_EQ(rows.size(), 4U);
  for (const json& row : rows) {
    EXPECT_GT(row.at("total_revenue_eur").get<double>(), 0.0);
    EXPECT_GT(row.at("capture_of_bound_percent").get<double>(), 50.0);
    EXPECT_LT(row.at("capture_of_bound_percent").get<double>(), 100.1);
  }
  EXPECT_EQ(run("compare --sample --strategies lp,magic " + write("r.json", r.dump())).exit_code, 3);
}

TEST_F(Cli, ValidateListsFiveFaults) {
  const Outcome answer = run("validate examples/faulty_prices.csv --json");
  EXPECT_EQ(answer.exit_code, 3);
  const json parsed = json::parse(answer.out);
  EXPECT_EQ(parsed.at("errors").size() + parsed.at("warnings").size(), 5U) << answer.out;
  for (const json& issue : parsed.at("errors")) {
    EXPECT_FALSE(issue.at("file").get<std::string>().empty());
    EXPECT_GT(issue.at("row").get<int>(), 1);
  }
}

TEST_F(Cli, ValidateReadsAnExportWithItsMapping) {
  const Outcome answer =
      run("validate examples/exchange_export.csv --column day_ahead='Prijs (EUR/MWh)' --column timestamp=Tijd --time-zone Europe/Amsterdam "
          "--json");
  EXPECT_EQ(answer.exit_code, 0) << answer.out;
  const json parsed = json::parse(answer.out);
  EXPECT_EQ(parsed.at("columns").size(), 1U);
  EXPECT_EQ(run("validate examples/prices examples/battery_10mw_20mwh.json").exit_code, 0);
}

TEST_F(Cli, ValidateTakesEachFileByItself) {
  const std::string prices = "'" + write("a.csv", "timestamp,day_ahead\n2024-01-01T00:00:00Z,1\n2024-01-01T01:00:00Z,2\n") + "' ";
  const std::string same = "'" + write("b.csv", "timestamp,day_ahead\n2024-01-01T00:00:00Z,1\n2024-01-01T01:00:00Z,2\n") + "' ";
  const std::string bad = "'" + write("c.csv", "timestamp,day_ahead\n2024-01-01T00:00:00Z,x\n2024-01-01T01:00:00Z,2\n") + "' ";
  EXPECT_EQ(run("validate " + prices + same).exit_code, 3) << "one import cannot bring a column twice";
  EXPECT_EQ(run("validate --each " + prices + same).exit_code, 0);
  const Outcome answer = run("validate --each --json " + prices + bad + same + "examples/battery_10mw_20mwh.json");
  EXPECT_EQ(answer.exit_code, 3);
  const json parsed = json::parse(answer.out);
  std::vector<std::string> status;
  for (const json& file : parsed.at("files")) status.push_back(file.at("status"));
  EXPECT_EQ(status, (std::vector<std::string>{"success", "error", "success", "success"}));
  EXPECT_EQ(parsed.at("errors").size(), 1U);
  EXPECT_EQ(parsed.at("columns").size(), 2U);
}

TEST_F(Cli, ScenariosLiveInTheStore) {
  const Outcome created = run("scenario create --name 'Sample 2024' examples/prices --json");
  ASSERT_EQ(created.exit_code, 0) << created.out;
  const std::string id = std::to_string(json::parse(created.out).at("id").get<int>());
  EXPECT_THAT(run("scenario list").out, HasSubstr("Sample 2024"));
  const Outcome stored = run("simulate examples/day_ahead_fcr.json --json --scenario " + id);
  const Outcome direct = run("simulate examples/day_ahead_fcr.json --json --prices examples/prices");
  ASSERT_EQ(stored.exit_code, 0);
  EXPECT_EQ(json::parse(stored.out).at("summary").at("financial"), json::parse(direct.out).at("summary").at("financial"));
  EXPECT_EQ(run("scenario export " + id + " --out '" + path("export") + "'").exit_code, 0);
  EXPECT_EQ(run("validate '" + path("export") + "'").exit_code, 0);
  EXPECT_EQ(run("scenario show " + id).exit_code, 0);
  EXPECT_EQ(run("scenario delete " + id).exit_code, 0);
  EXPECT_EQ(run("scenario show " + id).exit_code, 3);
  EXPECT_EQ(run("scenario import " + id + " examples/faulty_prices.csv").exit_code, 3);
}

TEST_F(Cli, ProfilesLiveInTheStore) {
  std::ostringstream csv;
  csv << "timestamp,output_mw\n" << std::setfill('0');
  for (int h = 0; h < 48; ++h) {
    csv << "2024-06-" << std::setw(2) << 1 + h / 24 << 'T' << std::setw(2) << h % 24 << ":00:00Z," << (h % 24 == 12 ? "8" : "1.5") << '\n';
  }
  const Outcome made = run("profile import " + write("park.csv", csv.str()) + " --name Park --capacity 10 --json");
  ASSERT_EQ(made.exit_code, 0) << made.out;
  const std::string id = json::parse(made.out).at("id");
  EXPECT_THAT(run("profile list").out, HasSubstr(id));
  EXPECT_THAT(run("profile show " + id).out, HasSubstr("2024-06"));
  EXPECT_THAT(run("profile export " + id).out, HasSubstr("timestamp,output_mw\n2024-06-01T00:00:00Z,1.5\n"));
  EXPECT_EQ(run("profile delete " + id).exit_code, 0);
  EXPECT_EQ(run("profile show " + id).exit_code, 3);
}

/// Two days of hourly sun and wind, no year.
std::string weather_csv(const std::string& header = "timestamp,ghi_w_per_m2,temp_air_c,wind_speed_100m_m_per_s") {
  std::ostringstream csv;
  csv << header << '\n' << std::setfill('0');
  for (int h = 0; h < 48; ++h) {
    csv << "2024-06-" << std::setw(2) << 1 + h / 24 << 'T' << std::setw(2) << h % 24 << ":00:00Z,"
        << std::max(0, 600 - 20 * (h % 24 - 12) * (h % 24 - 12)) << ",15,8.5\n";
  }
  return csv.str();
}

const char* const park = "--name Park --type pv --latitude 52.3 --longitude 4.8 --capacity 10 --allow-partial ";

TEST_F(Cli, ProfilesAreGeneratedFromWeather) {
  const std::string weather = write("weather.csv", weather_csv());
  const Outcome made = run(std::string("profile generate --json --set slope=20 --weather ") + weather + " " + park);
  ASSERT_EQ(made.exit_code, 0) << made.out;
  const json profile = json::parse(made.out);
  EXPECT_EQ(profile.at("quarters"), 192);
  EXPECT_EQ(profile.at("config").at("slope"), 20);
  ASSERT_EQ(profile.at("months").size(), 1U);
  const json& june = profile.at("months")[0];
  EXPECT_EQ(june.at("month"), "2024-06");
  const double energy = profile.at("energy_mwh");
  EXPECT_GT(energy, 10.0);
  EXPECT_NEAR(june.at("energy_mwh"), energy, 1e-9);
  EXPECT_NEAR(june.at("full_load_hours"), energy / 10.0, 1e-9);
  EXPECT_NEAR(profile.at("capacity_factor"), energy / 10.0 / 48.0, 1e-9);
  const std::string id = profile.at("id");
  EXPECT_THAT(run("profile list").out, HasSubstr(id));
  EXPECT_THAT(run("profile show " + id).out, HasSubstr("2024-06"));

  // The farm from a file, a flag on top of it, the weather as a folder; text for people, no bar in a pipe.
  const std::string farm = write("farm.json", R"({"name": "Hill", "profile_type": "wind", "latitude": 52.3, "longitude": 4.8,
    "capacity_mw": 3, "turbine_type": "iea_onshore_3_4mw_130", "hub_height": 100, "allow_partial": true})");
  fs::create_directories(directory_ / "weather");
  fs::copy_file(directory_ / "weather.csv", directory_ / "weather" / "june.csv");
  const Outcome hill = run("profile generate " + farm + " --capacity 6 --weather '" + path("weather") + "'", true);
  ASSERT_EQ(hill.exit_code, 0) << hill.out;
  for (const char* part : {"Hill", "6.000 MW", "2024-06", "total", "h a year"}) EXPECT_THAT(hill.out, HasSubstr(part));
  EXPECT_THAT(hill.out, testing::Not(HasSubstr("\r")));
  EXPECT_EQ(json::parse(run("profile list --json").out).size(), 2U);

  // Without --weather, the configuration names a file in the data directory.
  fs::create_directories(directory_ / "data" / "weather");
  fs::copy_file(directory_ / "weather.csv", directory_ / "data" / "weather" / "june.csv");
  EXPECT_EQ(run("profile generate " + farm + " --set weather_file=june.csv").exit_code, 0);
  EXPECT_EQ(run("profile generate " + farm + " --set weather_file=../weather/june.csv").exit_code, 3);
  EXPECT_EQ(json::parse(run("profile list --json").out).size(), 3U);
}

TEST_F(Cli, BadWeatherStoresNoProfile) {
  const std::string weather = write("weather.csv", weather_csv());
  const std::string no_sun = write("no_sun.csv", weather_csv("timestamp,source_year,temp_air_c,wind_speed_100m_m_per_s"));
  std::string other_sun = weather_csv();
  other_sun.replace(other_sun.find(",600,"), 5, ",601,");
  const std::string another = write("another.csv", other_sun);
  const std::string bare = "--name Park --type pv --latitude 52.3 --longitude 4.8 --capacity 10 ";
  std::vector<std::pair<std::string, std::string>> rows{
      {park + ("--weather " + no_sun), "missing_column"},
      {bare + "--weather " + weather, "incomplete_year"},
      {park + ("--set latitude=95 --weather " + weather), "out_of_range"},
      {"--type pv --latitude 52.3 --longitude 4.8 --capacity 10 --allow-partial --weather " + weather, "required"},
      {park + ("--weather '" + path("absent.csv") + "'"), "not_found"},
      {park + ("--weather " + weather + " " + another), "duplicate_timestamp"},
      {park + ("--set slope=steep --weather " + weather), "wrong_type"},
      {park, "required"},
      {write("broken.json", "{") + " --weather " + weather, "malformed_json"},
      {write("list.json", "[]") + " --weather " + weather, "wrong_type"}};
  const fs::path grid = test::shared("data/era5_berlin_2017.nc");
  if (fs::exists(grid)) rows.emplace_back(park + ("--weather '" + grid.string() + "'"), "weather_area");
  for (const auto& [arguments, code] : rows) {
    SCOPED_TRACE(arguments);
    const Outcome refused = run("profile generate --json " + arguments);
    EXPECT_EQ(refused.exit_code, 3);
    const json answer = json::parse(refused.out, nullptr, false);
    ASSERT_TRUE(answer.is_object()) << refused.out;
    EXPECT_EQ(answer.at("errors").at(0).at("code"), code) << refused.out;
    EXPECT_EQ(json::parse(run("profile list --json").out).size(), 0U);
  }
}

TEST_F(Cli, TheSolarExampleComparesWithAndWithoutBattery) {
  const Outcome answer = run("simulate examples/solar_park.json --sample --json");
  ASSERT_EQ(answer.exit_code, 0);
  const json j = json::parse(answer.out);
  EXPECT_GT(j.at("comparison").at("battery_adds").at("net_revenue_eur").get<double>(), 0.0);
  EXPECT_LT(j.at("comparison").at("battery_adds").at("curtailed_mwh").get<double>(), 0.0);
  EXPECT_GT(j.at("summary").at("financial").at("solar_subsidy_revenue_eur").get<double>(), 0.0);
}

TEST_F(Cli, DemoTellsWhatItIs) {
  const Outcome demo = run("demo --out '" + path("demo") + "'");
  ASSERT_EQ(demo.exit_code, 0);
  EXPECT_THAT(demo.out, HasSubstr("Synthetic"));
  EXPECT_THAT(demo.out, HasSubstr("Upper bound"));
  EXPECT_THAT(demo.out, testing::Not(HasSubstr("\x1b[")));
  EXPECT_TRUE(fs::exists(directory_ / "demo" / "heatmap.html"));
}

}  // namespace
}  // namespace bess
