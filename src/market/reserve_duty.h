#pragma once
// What sold reserve demands of the battery (docs/models/battery.md): per MW sold
//   power  ≥ f each way it may be called,
//   energy above the least ≥ h/η for calls up, room below the largest ≥ η h for calls down,
// where f is the power factor and h the hours of full activation that must be sustained.

#include "market/product.h"

namespace bess {

/// Duty per MW of one product.
struct ReserveDuty {
  double hours{0};         ///< full activation that must be sustained
  double power_factor{1};  ///< power kept per MW; other than 1 for symmetric products only
};
using ReserveDuties = ByProduct<ReserveDuty>;
/// FCR for a quarter of an hour each way with a quarter more power, aFRR for an hour.
[[nodiscard]] ReserveDuties usual_reserve_duties();

/// Reserve sold of each product, MW; entries of energy products stay 0.
using ReserveLevel = ByProduct<double>;

struct ReserveNeed {
  double discharge_power_mw{0};
  double charge_power_mw{0};
  double stored_above_minimum_mwh{0};
  double room_below_maximum_mwh{0};
};
[[nodiscard]] ReserveNeed reserve_need(const ReserveDuties& duties, double one_way_efficiency, const ReserveLevel& sold_mw);

/// Power that sold reserve keeps: for more export, for more import.
[[nodiscard]] double reserved_up_mw(const ReserveDuties& duties, const ReserveLevel& sold_mw);
[[nodiscard]] double reserved_down_mw(const ReserveDuties& duties, const ReserveLevel& sold_mw);

}  // namespace bess
