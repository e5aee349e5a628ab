#pragma once
// One dispatch window as a file (docs/cli.md): battery, site, reserve rules, prices, and how to trade them. The format of the
// reference cases; fees are EUR/MWh, reserve prices EUR/MW/h per block, powers MW, energies MWh, efficiency and SoC fractions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "service/json.h"
#include "service/options/option_slots.h"
#include "simulation/strategy.h"

namespace bess::service {

struct WindowBattery {
  double capacity_mwh{0};
  double power_mw{0};
  double min_soc{0.1};
  double max_soc{0.9};
  double round_trip_efficiency{0.9};
  double availability{1.0};
  std::optional<double> start_mwh;
  std::optional<double> target_mwh;
  double wear_cost_eur_per_mwh{0};
};

struct WindowSite {
  double import_limit_mw{1e6};
  double export_limit_mw{1e6};
  double import_fee{0};
  double export_fee{0};
};

struct WindowReserve {
  double fcr_hours{0.25};
  double afrr_hours{1.0};
  double fcr_power_factor{1.25};
};

/// Of energy products per period, of reserves (`sell`) per block; `buy` of two-price products alone.
struct WindowPrices : ByProduct<ProductPrice> {};

/// Net sold MW per period, of products with one price.
struct WindowFrozen : ByProduct<std::vector<double>> {};

struct WindowRolling {
  int foresight_periods{0};
  int execute_periods{0};
};

struct WindowFile {
  std::string description;
  std::string start_utc;
  double delta_h{0.25};
  std::vector<Product> enabled_markets;
  std::vector<Product> enabled_reserves;
  WindowBattery battery;
  WindowSite site;
  WindowReserve reserve;
  std::vector<std::int32_t> block_of_period;
  WindowPrices prices;
  std::vector<double> generation_mw;
  std::optional<Product> generation_market;
  Strategy strategy{Strategy::rolling_lp};  ///< how one window is decided
  dispatch::CrossMarket cross_market{dispatch::CrossMarket::physical};
  dispatch::Recourse stage1_recourse{dispatch::Recourse::da_price};
  double max_cycles_per_day{0};
  double position_cap_factor{1};
  double reserve_step_mw{0};
  WindowFrozen frozen_position_mw;
  WindowRolling rolling;
};

[[nodiscard]] OptionSlots window_slots(WindowFile& file);

/// A window that was read and checked.
struct ParsedWindow {
  WindowFile file;
  int periods{0};
  Issues issues;  ///< has_errors(): nothing else may be used
};
[[nodiscard]] ParsedWindow parse_window(std::string_view json_text);

struct WindowOptions {
  dispatch::SolverChoice solver{dispatch::SolverChoice::own};
  dispatch::DispatchOptions dispatch{};  ///< direction and search; the rest comes from the file
};

struct WindowAnswer {
  dispatch::DispatchPlan plan;
  double optimum_eur{0};            ///< value of the plan (of what was executed, when rolling)
  std::optional<double> bound_eur;  ///< none when rolling
  double relative_gap{0};
  int windows{1};
};

/// Solves it; several windows when the file asks for rolling. The file must have been parsed without errors.
[[nodiscard]] WindowAnswer solve_window_file(const ParsedWindow& window, const WindowOptions& options);

/// The problem of a file without rolling.
[[nodiscard]] dispatch::WindowProblem window_problem(const ParsedWindow& window);

/// Why a window has no plan: one error infeasible_window; none when there is a plan.
[[nodiscard]] Issues issues_of(const WindowAnswer& answer);

/// Stable keys, null where there is no plan: optimum_eur, bound_eur, relative_gap; status, lps, iterations, fallbacks, periods_touched,
/// relaxed_terminal, windows, and `schedule` when wanted (powers per period, stored energy at the end of each).
[[nodiscard]] Json to_json(const WindowAnswer& answer, bool with_schedule);

}  // namespace bess::service
