#pragma once
// The grid connection and what reserves need of the battery.

namespace bess {

struct ConnectionSpec {
  double import_limit_mw{0};  ///< Gimp, for the whole site
  double export_limit_mw{0};  ///< Gexp
};

/// Reserve rules that vary by country and grid code (docs/models/battery.md).
struct ReserveRules {
  double fcr_hours{0.25};         ///< T: full activation that must be sustained each way
  double afrr_hours{1.0};         ///< h
  double fcr_power_factor{1.25};  ///< f: power kept per MW of FCR
};

/// What sold reserve demands of stored energy and power (docs/models/battery.md).
struct ReserveNeed {
  double discharge_power_mw{0};
  double charge_power_mw{0};
  double stored_above_minimum_mwh{0};
  double room_below_maximum_mwh{0};
};
[[nodiscard]] ReserveNeed reserve_need(const ReserveRules& rules, double one_way_efficiency, double fcr_mw, double afrr_up_mw,
                                       double afrr_down_mw);

/// Largest FCR (whole or fractional MW) a battery alone can sell (docs/models/battery.md).
[[nodiscard]] double largest_fcr_mw(const ReserveRules& rules, double one_way_efficiency, double power_mw, double window_mwh);

}  // namespace bess
