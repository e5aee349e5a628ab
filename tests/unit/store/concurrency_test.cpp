// Many threads on one store: every answer must be one that some order of the requests explains. Built with ThreadSanitizer
// in the tsan preset.
#include <atomic>
#include <thread>

#include "base/random.h"
#include "unit/store/store_fixture.h"

namespace bess::test {
namespace {

class ConcurrencyTest : public StoreTest {};

constexpr std::size_t rows = 96;

/// A price set that comes whole from one import: every value belongs to the seed of the first.
bool is_whole(const PriceSet& prices) {
  if (!prices.has(PriceColumn::day_ahead)) return false;
  const auto day_ahead = prices.values(PriceColumn::day_ahead);
  std::size_t present = 0;
  for (std::size_t q = 0; q < day_ahead.size(); ++q) {
    if (day_ahead[q] != day_ahead[q]) continue;
    const std::size_t row = present++;
    const double seed = day_ahead[q] - 0.1 * static_cast<double>(row);
    if (std::abs(seed - std::round(seed)) > 1e-9) return false;
    if (std::abs(prices.values(PriceColumn::intraday)[q] - (day_ahead[q] - 1000.0)) > 1e-9) return false;
    if (row > 0 && std::abs(day_ahead[q] - day_ahead[q - 1] - 0.1) > 1e-9) return false;
  }
  return present == rows;
}

TEST_F(ConcurrencyTest, ReadersSeeWholeImportsWhileTheCacheIsTooSmall) {
  open(9000);  // room for about one price set
  std::vector<ScenarioId> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(make_scenario());
    import_one(ids.back(), make_price_table(rows, 1.0));
  }
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::atomic<int> reads{0};
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        RandomStream random(1, "reader", t);
        while (!stop) {
          const ScenarioId id = ids[static_cast<std::size_t>(random.integer(0, 2))];
          const auto prices = scenarios().price_set(id);
          if (!prices || !is_whole(*prices)) ++wrong;
          const auto scenario = scenarios().get(id);
          if (!scenario || scenario->record_count != static_cast<std::int64_t>(rows)) ++wrong;
          if (random.chance(0.1)) (void)scenarios().cache_unload(id);
          if (scenarios().cache_stats().memory_mb > 9000 / 1e6 + 1e-12) ++wrong;
          ++reads;
        }
      });
    }
    for (int import = 0; import < 30; ++import) {
      import_one(ids[static_cast<std::size_t>(import % 3)], make_price_table(rows, 2.0 + import));
    }
    stop = true;
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(reads, 0);
}

TEST_F(ConcurrencyTest, RandomMixOfEverything) {
  std::atomic<int> wrong{0};
  std::atomic<int> left{8 * 25};
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        RandomStream random(2, "mix", t);
        while (left.fetch_sub(1) > 0) {
          const auto all = scenarios().list();
          const ScenarioId id = all.empty() ? 0 : all[static_cast<std::size_t>(random.integer(0, static_cast<int>(all.size()) - 1))].id;
          switch (random.integer(0, 6)) {
            case 0:
              if (!scenarios().create({.name = "made"})) ++wrong;
              break;
            case 1:
              (void)scenarios().import_tables(id, std::vector{make_price_table(rows, random.integer(0, 1000))});
              break;
            case 2:
              if (random.chance(0.3)) (void)scenarios().remove(id);
              break;
            case 3:
              (void)scenarios().patch(id, {.name = "patched", .preload = random.chance(0.5)});
              break;
            case 4: {
              const auto made = profiles().create({.name = "p"}, make_series(rows), dutch_calendar());
              if (!made || profiles().series(made->id).value()->power_mw.size() != rows) ++wrong;
              if (made && random.chance(0.5) && !profiles().remove(made->id)) ++wrong;
              break;
            }
            default: {
              const auto prices = scenarios().price_set(id);
              if (prices && prices->quarters > 0 && !is_whole(*prices)) ++wrong;
              break;
            }
          }
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  std::size_t with_data = 0;
  for (const Scenario& scenario : scenarios().list()) {
    const auto table = scenarios().table(scenario.id, TableKind::price).value();
    EXPECT_EQ(static_cast<std::int64_t>(table.rows()), scenario.record_count);
    EXPECT_EQ(scenario.has_price_data, table.rows() > 0);
    with_data += scenario.data_revision.empty() ? 0 : 1;
  }
  const auto files = std::distance(std::filesystem::directory_iterator(db() / "scenario_data"), std::filesystem::directory_iterator());
  EXPECT_EQ(static_cast<std::size_t>(files), with_data);
  const auto profile_files =
      std::distance(std::filesystem::directory_iterator(db() / "profile_data"), std::filesystem::directory_iterator());
  EXPECT_EQ(static_cast<std::size_t>(profile_files), profiles().list().size());
}

}  // namespace
}  // namespace bess::test
