#include <gmock/gmock.h>

#include <limits>
#include <set>

#include "made_up_run.h"
#include "report/node.h"
#include "report/summary_tree.h"

namespace bess::report {
namespace {

using namespace std::chrono_literals;

TEST(Node, NumbersThatAreNotFiniteAreNull) {
  EXPECT_TRUE(Node::number(std::numeric_limits<double>::quiet_NaN()).is_null());
  EXPECT_TRUE(Node::number(std::numeric_limits<double>::infinity()).is_null());
  EXPECT_TRUE(Node::number(-std::numeric_limits<double>::infinity()).is_null());
  EXPECT_DOUBLE_EQ(Node::number(1.5).as_number().value(), 1.5);
}

TEST(Node, KeepsTheOrderOfKeys) {
  Node object = Node::object();
  object.set("b", Node::integer(1));
  object.set("a", Node::text("x"));
  const auto& members = std::get<Node::Object>(object.value());
  EXPECT_EQ(members[0].key, "b");
  EXPECT_EQ(members[1].key, "a");
  EXPECT_EQ(object.find("c"), nullptr);
  EXPECT_EQ(object.at("b/c"), nullptr);
}

std::vector<std::string> keys(const Node& object) {
  std::vector<std::string> names;
  for (const Node::Member& member : std::get<Node::Object>(object.value())) names.push_back(member.key);
  return names;
}

TEST(SummaryTree, HasEveryKeyOfTheResponse) {
  const Node tree = summary_tree(make_summary(busy_run(2024y / 1 / 1, 1).input()));
  for (const std::string path : {"financial/total_revenue_eur",
                                 "financial/net_revenue_eur",
                                 "financial/npv_eur",
                                 "financial/roi_percent",
                                 "financial/irr_percent",
                                 "financial/total_capex_eur",
                                 "financial/total_opex_eur",
                                 "financial/day_ahead_revenue_eur",
                                 "financial/intraday_revenue_eur",
                                 "financial/imbalance_revenue_eur",
                                 "financial/afrr_capacity_revenue_eur",
                                 "financial/fcr_revenue_eur",
                                 "financial/solar_subsidy_revenue_eur",
                                 "financial/wind_subsidy_revenue_eur",
                                 "financial/cross_market_revenue_eur",
                                 "financial/generation_sales_eur",
                                 "financial/grid_cost_eur",
                                 "financial/degradation_cost_eur",
                                 "financial/payback_years",
                                 "financial/simple_payback_years",
                                 "financial/total_revenue_eur_per_mw_year",
                                 "financial/fcr_revenue_eur_per_mw_year",
                                 "operational/total_charge_mwh",
                                 "operational/total_discharge_mwh",
                                 "operational/total_cycles",
                                 "operational/final_soh_percent",
                                 "operational/capacity_utilization_percent",
                                 "operational/average_rte_percent",
                                 "operational/replacement_events",
                                 "trading/day_ahead/captured_spread_eur_per_mwh",
                                 "trading/fcr/sold_mw_h",
                                 "highlights/best_day/date",
                                 "highlights/months",
                                 "prices/tb1_eur_per_mw_day",
                                 "prices/tb2_eur_per_mw_day",
                                 "prices/tb4_eur_per_mw_day",
                                 "prices/day_ahead_share_of_tb_percent",
                                 "provenance/engine_version",
                                 "provenance/solver",
                                 "provenance/worst_gap",
                                 "provenance/input_hash",
                                 "provenance/data_quality",
                                 "cash_flow",
                                 "notices"}) {
    EXPECT_NE(tree.at(path), nullptr) << path;
  }
}

/// Every record of an array has the same keys, so a reader can make a table of it.
TEST(SummaryTree, RecordsOfAnArrayShareTheirKeys) {
  MadeUpRun run = busy_run(2023y / 1 / 1, 2);
  run.economics.life_years = 5;
  const Summary s = make_summary(run.input());
  const Node tree = summary_tree(s);
  const Node years = yearly_tree(s);
  EXPECT_EQ(std::get<Node::Array>(years.value()).size(), 2U);
  EXPECT_EQ(std::get<Node::Array>(tree.find("cash_flow")->value()).size(), 6U);
  EXPECT_EQ(std::get<Node::Array>(tree.at("highlights/months")->value()).size(), 24U);
  for (const Node* list : {&years, tree.find("cash_flow"), tree.at("highlights/months"), tree.at("provenance/data_quality")}) {
    std::set<std::vector<std::string>> shapes;
    for (const Node& record : std::get<Node::Array>(list->value())) shapes.insert(keys(record));
    EXPECT_EQ(shapes.size(), 1U);
  }
}

TEST(SummaryTree, WarningsCarryCodePointerAndMessage) {
  Issues issues;
  issues.warning("soc_clamped", "/run/initial_soc_percent", "clamped");
  Issue row;
  row.code = "take_below_feed";
  row.file = "prices.csv";
  row.row = 7;
  issues.add(row);
  const Node tree = warnings_tree(issues.all());
  const auto& list = std::get<Node::Array>(tree.value());
  EXPECT_EQ(keys(list[0]), (std::vector<std::string>{"code", "pointer", "message"}));
  EXPECT_EQ(std::get<std::string>(list[0].find("pointer")->value()), "/run/initial_soc_percent");
  EXPECT_DOUBLE_EQ(list[1].find("row")->as_number().value(), 7.0);
}

}  // namespace
}  // namespace bess::report
