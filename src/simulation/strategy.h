#pragma once
// The strategies: how a run's decisions are cut and made. A row each; everything that asks which strategy it is asks its row.

#include <array>
#include <cstdint>
#include <string_view>

#include "dispatch/dispatch.h"

namespace bess {

enum class Strategy : std::uint8_t { rolling_lp, lp, sequential_lp };

/// How far a window reaches, and when the battery is aged.
enum class WindowSpan : std::uint8_t {
  rolling,  ///< foresight_days seen, execute_days executed; the battery ages about weekly
  year,     ///< a whole project year at once; the battery is held all year
};

struct StrategyInfo {
  Strategy id{};
  std::string_view name;
  std::string_view help;
  dispatch::DispatchPlan (*decide)(const dispatch::WindowProblem&, const dispatch::DispatchOptions&, dispatch::Backend&){};
  WindowSpan span{WindowSpan::rolling};
  bool netted{false};            ///< positions of its own, whatever cross_market says
  std::string_view window_name;  ///< in window files, which know one window alone; empty: that would be another row's plan
  std::string_view window_help;
};

inline constexpr std::array strategy_table{
    StrategyInfo{Strategy::rolling_lp, "rolling_lp", "one plan per window over all markets, the first days executed, repeated",
                 &dispatch::solve_window, WindowSpan::rolling, false, "joint", "all markets at once"},
    StrategyInfo{Strategy::lp, "lp", "one plan per simulated year: perfect foresight, the benchmark", &dispatch::solve_window,
                 WindowSpan::year, false, "", ""},
    StrategyInfo{Strategy::sequential_lp, "sequential_lp", "rolling windows, one market stage after the other", &dispatch::solve_sequential,
                 WindowSpan::rolling, true, "sequential", "reserves, then day-ahead, intraday, imbalance"},
};
[[nodiscard]] constexpr const StrategyInfo& info_of(Strategy s) { return strategy_table[static_cast<std::size_t>(s)]; }
[[nodiscard]] constexpr std::string_view to_string(Strategy s) { return info_of(s).name; }

static_assert(
    [] {
      for (std::size_t i = 0; i < strategy_table.size(); ++i) {
        if (static_cast<std::size_t>(strategy_table[i].id) != i) return false;
      }
      return true;
    }(),
    "rows stand in the order of the enumerators");

}  // namespace bess
