#pragma once
// Limits of the connection on the net at the meter, where they can bind.

#include "dispatch/model/battery_rows.h"

namespace bess::dispatch {

struct ConnectionRows {
  int row_export{-1};  // − d + g + v + u [− Σ f R_up] ≥ Q − Gexp
  int row_import{-1};  // d − g − v − u [− Σ f R_dn] ≥ −Gimp − Q

  [[nodiscard]] constexpr bool present() const { return row_export >= 0; }

  constexpr void declare(lp::Pattern& p, const BatteryRows& battery, const GenerationRows& generation) {
    row_export = new_row(p);
    battery.add_net(p, row_export, -1, generation, true);
    row_import = new_row(p);
    battery.add_net(p, row_import, 1, generation, true);
  }

  template <class Stage>
  void fill(Stage& s) const {
    const double q = s.generation_mw;
    s.rhs(row_export, q + s.reserved_up_mw - s.export_limit_mw);
    s.rhs(row_import, s.reserved_down_mw - s.import_limit_mw - q);
    // Where all generation is lost nothing is exported, but upward reserve would have nowhere to go.
    s.activate(row_export, s.all_generation_lost ? s.reserves_are_states : s.export_limit_mw < s.power_mw + q);
    s.activate(row_import, s.import_limit_mw < s.power_mw);
  }
};

}  // namespace bess::dispatch
