// Small windows whose staged LP is compared, row by row, with files that people have read (golden/). BESS_UPDATE_GOLDEN=1 writes them anew.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/model/model.h"
#include "dispatch/window/problem.h"
#include "lp/pattern.h"
#include "lp/staged_lp.h"
#include "market/product.h"
#include "support/shared_data.h"
#include "unit/dispatch/windows.h"

namespace bess::dispatch {
namespace {

using test::energy_price;
using test::limits;
using test::reserve_duties;
using test::reserve_price;

// ---- an LP as text

struct Name {
  const char* name;
  int (*index)(const Layout&);
};
constexpr std::array state_names{
    Name{"e", [](const Layout& l) { return l.battery.energy; }}, Name{"cyc", [](const Layout& l) { return l.cycles.cycled; }},
    Name{"p_prev", [](const Layout& l) { return l.ramp.before; }}, Name{"peak", [](const Layout& l) { return l.meter.peak; }},
    Name{"q_da", [](const Layout& l) { return l.positions.day_ahead; }}};
constexpr std::array control_names{
    Name{"g", [](const Layout& l) { return l.battery.charge; }},         Name{"d", [](const Layout& l) { return l.battery.discharge; }},
    Name{"v", [](const Layout& l) { return l.generation.self_charge; }}, Name{"u", [](const Layout& l) { return l.generation.curtailed; }},
    Name{"gi", [](const Layout& l) { return l.meter.import_power; }},    Name{"s", [](const Layout& l) { return l.positions.sold; }},
    Name{"b", [](const Layout& l) { return l.positions.bought; }},       Name{"bc", [](const Layout& l) { return l.caps.buy.part; }},
    Name{"sc", [](const Layout& l) { return l.caps.sell.part; }},        Name{"p", [](const Layout& l) { return l.battery.power; }}};
constexpr std::array row_names{Name{"g", [](const Layout& l) { return l.battery.row_charge; }},
                               Name{"d", [](const Layout& l) { return l.battery.row_discharge; }},
                               Name{"v", [](const Layout& l) { return l.generation.row_self_charge; }},
                               Name{"u", [](const Layout& l) { return l.generation.row_curtailed; }},
                               Name{"p", [](const Layout& l) { return l.battery.row_power; }},
                               Name{"power", [](const Layout& l) { return l.reserves.row_one_way; }},
                               Name{"shared", [](const Layout& l) { return l.battery.row_shared; }},
                               Name{"generation", [](const Layout& l) { return l.generation.row_available; }},
                               Name{"discharge_power", [](const Layout& l) { return l.reserves.row_discharge_power; }},
                               Name{"charge_power", [](const Layout& l) { return l.reserves.row_charge_power; }},
                               Name{"export", [](const Layout& l) { return l.connection.row_export; }},
                               Name{"import", [](const Layout& l) { return l.connection.row_import; }},
                               Name{"energy_low", [](const Layout& l) { return l.battery.row_energy_low; }},
                               Name{"energy_high", [](const Layout& l) { return l.battery.row_energy_high; }},
                               Name{"gi", [](const Layout& l) { return l.meter.row_import; }},
                               Name{"gi_net", [](const Layout& l) { return l.meter.row_net; }},
                               Name{"cycles", [](const Layout& l) { return l.cycles.row_budget; }},
                               Name{"ramp_down", [](const Layout& l) { return l.ramp.row_down; }},
                               Name{"ramp_up", [](const Layout& l) { return l.ramp.row_up; }},
                               Name{"peak", [](const Layout& l) { return l.meter.row_peak; }},
                               Name{"bc", [](const Layout& l) { return l.caps.buy.row_low; }},
                               Name{"bc_cap", [](const Layout& l) { return l.caps.buy.row_cap; }},
                               Name{"bc_part", [](const Layout& l) { return l.caps.buy.row_whole; }},
                               Name{"sc", [](const Layout& l) { return l.caps.sell.row_low; }},
                               Name{"sc_cap", [](const Layout& l) { return l.caps.sell.row_cap; }},
                               Name{"sc_part", [](const Layout& l) { return l.caps.sell.row_whole; }},
                               Name{"s", [](const Layout& l) { return l.positions.row_sold; }},
                               Name{"b", [](const Layout& l) { return l.positions.row_bought; }},
                               Name{"s_and_b", [](const Layout& l) { return l.positions.row_imbalance; }},
                               Name{"position_low", [](const Layout& l) { return l.positions.row_low; }},
                               Name{"position_high", [](const Layout& l) { return l.positions.row_high; }},
                               Name{"position", [](const Layout& l) { return l.positions.row_closed; }}};
constexpr std::array entry_names{Name{"energy_low", [](const Layout& l) { return l.reserves.entry_energy_low; }},
                                 Name{"energy_high", [](const Layout& l) { return l.reserves.entry_energy_high; }},
                                 Name{"up_power", [](const Layout& l) { return l.reserves.entry_up_power; }},
                                 Name{"down_power", [](const Layout& l) { return l.reserves.entry_down_power; }},
                                 Name{"power", [](const Layout& l) { return l.reserves.entry_power; }},
                                 Name{"peak_low", [](const Layout& l) { return l.meter.entry_peak_floor; }},
                                 Name{"q_low", [](const Layout& l) { return l.positions.entry_low; }},
                                 Name{"q_high", [](const Layout& l) { return l.positions.entry_high; }}};

class Printer {
 public:
  explicit Printer(const WindowLp& window) : window_(window), lp_(window.lp), at_(window.at) {}

  std::string text() {
    out_ = fmt::format("value = {} - minimum of the costs\n", number(window_.constant_eur));
    for (int k = 0; k < lp_.stages; ++k) stage(k);
    out_ += "\nat the end\n";
    state_costs(lp_.stages);
    for (int i = 0; i < lp_.pattern.states; ++i) {
      const auto s = static_cast<std::size_t>(i);
      if (std::isfinite(lp_.final_low[s])) line("final", fmt::format("{} >= {}", state(i), number(lp_.final_low[s])));
      if (std::isfinite(lp_.final_high[s])) line("final", fmt::format("{} <= {}", state(i), number(lp_.final_high[s])));
    }
    for (int i = 0; i < lp_.pattern.states; ++i) box(lp_.state_low, lp_.state_high, lp_.stages, lp_.pattern.states, i, state(i));
    return out_;
  }

 private:
  static std::string number(double x) { return fmt::format("{:.10g}", x == 0.0 ? 0.0 : x); }
  static std::size_t cell(int k, int width, int i) {
    return static_cast<std::size_t>(k) * static_cast<std::size_t>(width) + static_cast<std::size_t>(i);
  }
  template <class Names>
  [[nodiscard]] std::string find(const Names& names, int index) const {
    for (const Name& n : names) {
      if (n.index(at_) == index) return n.name;
    }
    return {};
  }
  [[nodiscard]] std::string state(int i) const {
    for (const ProductInfo& info : product_table) {
      if (at_.reserves.held[info.id] == i) return fmt::format("R_{}", info.name);
    }
    return find(state_names, i);
  }
  [[nodiscard]] std::string control(int c) const { return find(control_names, c); }
  [[nodiscard]] std::string entry_name(int r) const {
    for (const ProductInfo& info : product_table) {
      if (at_.reserves.entry_not_negative[info.id] == r) return fmt::format("R_{}_low", info.name);
      if (at_.reserves.entry_most[info.id] == r) return fmt::format("R_{}_high", info.name);
    }
    return find(entry_names, r);
  }
  void line(const std::string& head, const std::string& rest) { out_ += fmt::format("  {:<16} {}\n", head, rest); }

  static void add(std::string& sum, double factor, const std::string& variable) {
    if (factor == 0.0) return;
    sum += factor < 0.0 ? (sum.empty() ? "-" : " - ") : (sum.empty() ? "" : " + ");
    if (std::abs(factor) != 1.0) sum += number(std::abs(factor)) + " ";
    sum += variable;
  }
  /// The terms of a row; stored coefficients are read from `stored` in their order.
  [[nodiscard]] std::string terms(const lp::Row& row, const double* stored) const {
    std::string sum;
    for (int i = 0; i < row.size; ++i) {
      const lp::Term& term = row.terms[static_cast<std::size_t>(i)];
      const double factor = term.constant != 0 ? term.constant : *stored++;
      const bool is_control = term.block == lp::Block::control;
      add(sum, factor, is_control ? control(term.index) : state(term.index) + (term.block == lp::Block::next ? "'" : ""));
    }
    return sum.empty() ? "0" : sum;
  }
  void state_costs(int k) {
    std::string costs;
    for (int i = 0; i < lp_.pattern.states; ++i) add(costs, lp_.state_cost[cell(k, lp_.pattern.states, i)], state(i));
    if (!costs.empty()) line("cost of states", costs);
  }
  void box(const std::vector<double>& low, const std::vector<double>& high, int k, int width, int i, const std::string& name) {
    line("box", fmt::format("{} <= {} <= {}", number(low[cell(k, width, i)]), name, number(high[cell(k, width, i)])));
  }

  void stage(int k) {
    const lp::Pattern& p = lp_.pattern;
    out_ += fmt::format("\nperiod {}\n", k);
    state_costs(k);
    std::string costs;
    for (int c = 0; c < p.controls; ++c) add(costs, lp_.control_cost[cell(k, p.controls, c)], control(c));
    line("cost", costs.empty() ? "0" : costs);
    entries(k);
    for (int i = 0; i < p.states; ++i) {
      const double* stored = lp_.transition_coefficient.data() + cell(k, p.stored_in_transitions(), p.transition_offset(i));
      std::string sum = terms(p.transition[static_cast<std::size_t>(i)], stored);
      const double constant = lp_.transition_constant[cell(k, p.states, i)];
      if (constant != 0.0) sum += " + " + number(constant);
      line("moves", state(i) + "' = " + sum);
    }
    for (int r = 0; r < p.rows; ++r) {
      if (lp_.row_active[cell(k, p.rows, r)] == 0) continue;
      const lp::Row& row = p.row[static_cast<std::size_t>(r)];
      const double* stored = lp_.row_coefficient.data() + cell(k, p.stored_in_rows(), p.row_offset(r));
      line(find(row_names, r), fmt::format("{} {} {}", terms(row, stored),
                                           row.kind == lp::RowKind::equal ? "=" : ">=", number(lp_.row_rhs[cell(k, p.rows, r)])));
    }
    for (int c = 0; c < p.controls; ++c) {
      const double fixed = lp_.control_fixed[cell(k, p.controls, c)];
      if (!std::isnan(fixed))
        line("fixed", fmt::format("{} = {}", control(c), number(fixed)));
      else
        box(lp_.control_low, lp_.control_high, k, p.controls, c, control(c));
    }
    for (int i = 0; i < p.states; ++i) box(lp_.state_low, lp_.state_high, k, p.states, i, state(i));
  }

  void entries(int k) {
    const lp::Pattern& p = lp_.pattern;
    for (int i = 0; i < p.states; ++i) {
      switch (lp_.entry[cell(k, p.states, i)]) {
        case lp::Entry::inherit:
          break;
        case lp::Entry::free:
          line("enters", state(i) + " free");
          break;
        case lp::Entry::fixed:
          line("enters", fmt::format("{} = {}", state(i), number(lp_.entry_value[cell(k, p.states, i)])));
          break;
      }
    }
    if (!lp_.has_entry(k)) return;
    for (int r = 0; r < p.entry_rows; ++r) {
      if (lp_.entry_row_active[cell(k, p.entry_rows, r)] == 0) continue;
      const double* stored = lp_.entry_row_coefficient.data() + cell(k, p.stored_in_entry_rows(), p.entry_row_offset(r));
      line("entry " + entry_name(r), fmt::format("{} >= {}", terms(p.entry_row[static_cast<std::size_t>(r)], stored),
                                                 number(lp_.entry_row_rhs[cell(k, p.entry_rows, r)])));
    }
  }

  const WindowLp& window_;
  const lp::StagedLp& lp_;
  const Layout& at_;
  std::string out_;
};

// ---- the windows

/// 2 MW / 4 MWh, stored between 0.4 and 3.6, one way 0.9, half full, ends at least half full; hours.
WindowProblem battery_alone(int periods) {
  WindowProblem w;
  w.periods = periods;
  w.dt_h = 1.0;
  w.battery = limits(4, 2, 0.1, 0.9, 0.81);
  w.nominal_capacity_mwh = 4;
  w.installed_power_mw = 2;
  w.start_mwh = w.target_mwh = 2;
  w.connection = {.import_limit_mw = 100, .export_limit_mw = 100};
  return w;
}

WindowProblem day_ahead() {
  WindowProblem w = battery_alone(3);
  w.prices[Product::day_ahead] = energy_price({20, 50, 80});
  w.wear_cost_eur_per_mwh = 3;
  return w;
}

WindowProblem reserves() {
  WindowProblem w = battery_alone(4);
  w.prices[Product::day_ahead] = energy_price({20, 50, 80, 40});
  w.prices[Product::afrr_up] = reserve_price({5, 5, 8, 8});
  w.prices[Product::afrr_down] = reserve_price({3, 3, 2, 2});
  w.prices[Product::fcr] = reserve_price({12, 12, 10, 10});
  w.reserve_duties = reserve_duties(0.5, 1.0, 1.25);
  w.block = {0, 0, 1, 1};
  w.connection.export_limit_mw = 1.5;
  w.max_mw[Product::afrr_up] = 0.7;
  return w;
}

WindowProblem solar_and_fees() {
  WindowProblem w = battery_alone(2);
  w.prices[Product::day_ahead] = energy_price({30, 70});
  w.generation.available_mw = {3, 1};
  w.generation.price_eur_per_mwh = {30, 70};
  w.generation.subsidy_eur_per_mwh = {25, 25};
  w.connection.export_limit_mw = 2.5;
  w.import_fee_eur_per_mwh = 4;
  w.export_fee_eur_per_mwh = 1;
  return w;
}

WindowProblem budget_ramp_peak() {
  WindowProblem w = battery_alone(4);
  w.prices[Product::intraday] = energy_price({20, 50, 80, 40});
  w.max_cycles_per_day = 1.5;
  w.day = {0, 0, 1, 1};
  w.cycles_used_today = 0.25;
  w.ramp_mw_per_period = 0.5;
  w.ramp_from_previous = true;
  w.previous_net_mw = -1;
  w.peak_tariff_eur_per_mw = 3000;
  w.month = {0, 0, 0, 1};
  w.peak_so_far_mw = {0.75};
  w.month_peak_share = {0.1, 0.5};
  return w;
}

WindowProblem netted() {
  WindowProblem w = battery_alone(4);
  w.dt_h = 0.25;
  w.cross_market = CrossMarket::netted;
  w.position_cap_factor = 0.5;
  w.prices[Product::day_ahead] = energy_price({40, 40, 60, 60});
  w.prices[Product::intraday] = energy_price({35, 45, 70, 50});
  w.prices[Product::imbalance] = {{90, 48, 75, 52}, {30, 42, 65, -10}};
  w.day_ahead_product = {0, 0, 1, 1};
  return w;
}

WindowProblem around_a_position() {
  WindowProblem w = battery_alone(2);
  w.prices[Product::imbalance] = {{90, 48}, {30, 42}};
  w.frozen_position_mw = {-1, 1.5};
  return w;
}

WindowProblem capped_imbalance() {
  WindowProblem w = battery_alone(2);
  w.prices[Product::day_ahead] = energy_price({40, 60});
  w.prices[Product::imbalance] = {{10, 65}, {8, 95}};
  w.max_mw[Product::imbalance] = 0.5;
  return w;
}

struct GoldenWindow {
  const char* name;
  WindowProblem (*window)();
  std::vector<Allowed> direction;  ///< by period; empty: open
};

class GoldenLp : public testing::TestWithParam<GoldenWindow> {};

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

TEST_P(GoldenLp, IsTheOneThatWasRead) {
  const GoldenWindow& golden = GetParam();
  LpChoice choice;
  if (!golden.direction.empty()) choice.direction = &golden.direction;
  WindowLp window;
  build_lp(golden.window(), choice, window);
  const std::string text = Printer(window).text();
  const std::filesystem::path file =
      bess::test::source_dir() / "tests" / "unit" / "dispatch" / "golden" / (std::string(golden.name) + ".txt");
  if (std::getenv("BESS_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(file, std::ios::binary) << text;
    GTEST_SKIP() << "written: " << file;
  }
  const std::optional<std::string> read = read_file(file);
  ASSERT_TRUE(read) << file;
  EXPECT_EQ(text, *read);
}

INSTANTIATE_TEST_SUITE_P(Windows, GoldenLp,
                         testing::Values(GoldenWindow{"day_ahead", &day_ahead, {}}, GoldenWindow{"reserves", &reserves, {}},
                                         GoldenWindow{"solar_and_fees", &solar_and_fees, {}},
                                         GoldenWindow{"budget_ramp_peak", &budget_ramp_peak, {}}, GoldenWindow{"netted", &netted, {}},
                                         GoldenWindow{"around_a_position", &around_a_position, {}},
                                         GoldenWindow{"capped_imbalance", &capped_imbalance, {}},
                                         GoldenWindow{"one_way",
                                                      [] {
                                                        WindowProblem w = reserves();
                                                        w.connection.export_limit_mw = 100;
                                                        return w;
                                                      },
                                                      {Allowed::charge, Allowed::charge, Allowed::discharge, Allowed::charge}}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace bess::dispatch
