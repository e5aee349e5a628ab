// Jobs on their workers: who is let in, who is turned away, what ends a run.
#include "service/runs/jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>
#include <vector>

#include "market/sample.h"
#include "support/shared_data.h"

namespace bess::service {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The example battery over so many years of the synthetic prices, a tenth of a second or less each.
std::shared_ptr<const PreparedSimulation> prepared(int years, bool keep_series = false) {
  static const PriceSet prices = make_sample_prices(1, 2024);
  std::ifstream in(test::source_dir() / "examples/battery_10mw_20mwh.json");
  Json request = *parse_json(std::string{std::istreambuf_iterator<char>(in), {}});
  request.set("run", *parse_json(R"({"enabled_markets": ["day_ahead"], "strategy": "rolling_lp", "simulation_years": )" +
                                 std::to_string(years) + "}"));
  const ParsedRequest parsed = read_request(request);
  SimulationSources sources;
  sources.prices = prices;
  Expected<PreparedSimulation> result = prepare_simulation(parsed.request, std::move(sources), {.workers = 1, .keep_series = keep_series});
  EXPECT_TRUE(result);
  return std::make_shared<const PreparedSimulation>(std::move(*result));
}

RunnerOptions one_worker() { return {.workers = 1, .max_queued = 1, .max_kept = 2, .max_seconds = 600}; }

TEST(Jobs, AWorkerIsFreeAsSoonAsItsAnswerIsThere) {
  SimulationRunner runner(one_worker());
  const auto short_run = prepared(1);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(runner.has_free_worker()) << i;
    const auto job = runner.start(short_run);
    ASSERT_NE(job, nullptr) << i;
    while (!job->status().finished()) std::this_thread::yield();
    ASSERT_NE(job->answer(), nullptr);
  }
  runner.stop(milliseconds{0});
  const RunnerCounts counts = runner.counts();
  EXPECT_EQ(counts.succeeded, 20U);
  EXPECT_GT(counts.windows, 20U * 100U);
  EXPECT_EQ(counts.running + counts.queued, 0U);
}

TEST(Jobs, BeyondWorkersAndQueueTheyAreTurnedAway) {
  SimulationRunner runner(one_worker());
  const auto long_run = prepared(15);
  const auto running = runner.enqueue(long_run);
  ASSERT_NE(running, nullptr);
  while (running->status().state == JobState::queued) std::this_thread::yield();
  EXPECT_FALSE(runner.has_free_worker());
  EXPECT_EQ(runner.start(long_run), nullptr);
  const auto waiting = runner.enqueue(long_run);
  ASSERT_NE(waiting, nullptr);
  EXPECT_EQ(runner.enqueue(long_run), nullptr);
  // A cancelled one makes room.
  waiting->cancel();
  EXPECT_EQ(waiting->status().state, JobState::cancelled);
  EXPECT_NE(runner.enqueue(long_run), nullptr);
  EXPECT_EQ(runner.counts().cancelled, 1U);
  running->cancel();
  ASSERT_TRUE(running->wait_finished(seconds{20}));
  EXPECT_EQ(running->status().state, JobState::cancelled);
}

TEST(Jobs, LongSeriesPushOutOldOnesButNeverTheNewest) {
  RunnerOptions options = one_worker();
  options.max_kept = 10;
  options.max_kept_bytes = 10'000'000;  // a year takes seven million
  SimulationRunner runner(options);
  const auto run = [&](bool keep_series) {
    const auto job = runner.enqueue(prepared(1, keep_series));
    EXPECT_TRUE(job->wait_finished(seconds{60}));
    return job->id();
  };
  const auto known = [&] {  // a job has its answer a moment before old ones leave
    while (runner.counts().succeeded < runner.jobs().size()) std::this_thread::yield();
    std::this_thread::sleep_for(milliseconds{50});
    std::vector<std::string> ids;
    for (const auto& job : runner.jobs()) ids.push_back(job->id());
    return ids;
  };
  const std::string small = run(false), first = run(true);
  EXPECT_THAT(known(), testing::ElementsAre(small, first));
  const std::string second = run(true);
  EXPECT_THAT(known(), testing::ElementsAre(second)) << "the oldest leave first, until the rest fits";
  const std::string third = run(true);
  EXPECT_THAT(known(), testing::ElementsAre(third));
}

TEST(Jobs, ARunOverTheLimitFailsAndTheNextOneWorks) {
  RunnerOptions options = one_worker();
  options.max_seconds = 0.15;
  SimulationRunner runner(options);
  const auto late = runner.start(prepared(15));
  ASSERT_NE(late, nullptr);
  ASSERT_TRUE(late->wait_finished(seconds{20}));
  EXPECT_EQ(late->status().state, JobState::failed);
  EXPECT_EQ(late->status().failure_code, "time_limit");
  EXPECT_EQ(late->answer(), nullptr);
  EXPECT_TRUE(runner.has_free_worker());
}

TEST(Jobs, OnlyTheNewestResultsAreKept) {
  SimulationRunner runner(one_worker());
  const auto short_run = prepared(1);
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    const auto job = runner.enqueue(short_run);
    ASSERT_NE(job, nullptr);
    ids.push_back(job->id());
    ASSERT_TRUE(job->wait_finished(seconds{20}));
  }
  runner.stop(seconds{1});
  EXPECT_EQ(runner.find(ids[0]), nullptr);
  EXPECT_EQ(runner.find(ids[1]), nullptr);
  EXPECT_NE(runner.find(ids[2]), nullptr);
  EXPECT_NE(runner.find(ids[3]), nullptr);
  EXPECT_TRUE(runner.forget(ids[3]));
  EXPECT_FALSE(runner.forget(ids[3]));
  EXPECT_EQ(runner.jobs().size(), 1U);
}

TEST(Jobs, StoppingCancelsWhatOutlivesTheGrace) {
  SimulationRunner runner(one_worker());
  const auto running = runner.enqueue(prepared(15));
  const auto waiting = runner.enqueue(prepared(15));
  ASSERT_NE(running, nullptr);
  ASSERT_NE(waiting, nullptr);
  runner.stop(milliseconds{20});
  EXPECT_EQ(running->status().state, JobState::cancelled);
  EXPECT_EQ(waiting->status().state, JobState::cancelled);
  EXPECT_EQ(runner.start(prepared(1)), nullptr);
  EXPECT_EQ(runner.enqueue(prepared(1)), nullptr);
}

}  // namespace
}  // namespace bess::service
