// The search goes where its table says, the table leads from every step to an end, and the docs show it as it is.

#include "dispatch/search/search_step.h"

#include <gtest/gtest.h>

#include <exception>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "support/shared_data.h"

namespace bess::dispatch {
namespace {

constexpr std::array all_steps{Step::relaxation, Step::joint_rounds, Step::rounding, Step::known_directions, Step::careful_rounding};

}  // namespace

TEST(SearchSteps, LeadOnceFromEachOutcomeAndForwardOnly) {
  std::set<std::pair<Step, Outcome>> seen;
  for (const Transition& t : transitions) {
    EXPECT_TRUE(seen.emplace(t.from, t.outcome).second) << name_of(t.from) << ", " << name_of(t.outcome) << " leads to two steps";
    EXPECT_EQ(step_after(t.from, t.outcome), t.to);
    EXPECT_LT(t.from, t.to) << "a search that went back might never end";
  }
}

TEST(SearchSteps, ReachEveryStepFromTheRelaxation) {
  std::set<Step> reached{Step::relaxation};
  for (const Transition& t : transitions) {  // in the order of the steps
    if (reached.contains(t.from)) reached.insert(t.to);
  }
  for (const Step step : all_steps) {
    EXPECT_TRUE(reached.contains(step)) << name_of(step);
    EXPECT_EQ(step_after(step, Outcome::asks_lp), step);
    EXPECT_EQ(step_after(step, Outcome::plan_found), Step::done);
  }
}

TEST(SearchSteps, RefuseAnOutcomeThatLeadsNowhere) {
  EXPECT_THROW(static_cast<void>(step_after(Step::joint_rounds, Outcome::without_lp)), std::exception);
}

TEST(SearchSteps, StandInTheDocsAsTheyAre) {
  std::ifstream page(test::source_dir() / "docs/models/exclusive_direction.md");
  std::stringstream text;
  text << page.rdbuf();
  EXPECT_NE(text.str().find(transition_table()), std::string::npos) << "the page should hold this table:\n" << transition_table();
}

}  // namespace bess::dispatch
