#include "market/reserve_duty.h"

namespace bess {

ReserveDuties usual_reserve_duties() {
  ReserveDuties duties;
  duties[Product::fcr] = {.hours = 0.25, .power_factor = 1.25};
  duties[Product::afrr_up] = duties[Product::afrr_down] = {.hours = 1.0};
  return duties;
}

double reserved_up_mw(const ReserveDuties& duties, const ReserveLevel& sold_mw) {
  double mw = 0.0;
  for (const Product p : reserve_products) {
    if (holds_up(info_of(p).kind)) mw += duties[p].power_factor * sold_mw[p];
  }
  return mw;
}

double reserved_down_mw(const ReserveDuties& duties, const ReserveLevel& sold_mw) {
  double mw = 0.0;
  for (const Product p : reserve_products) {
    if (holds_down(info_of(p).kind)) mw += duties[p].power_factor * sold_mw[p];
  }
  return mw;
}

ReserveNeed reserve_need(const ReserveDuties& duties, double one_way_efficiency, const ReserveLevel& sold_mw) {
  double up_mwh = 0.0;
  double down_mwh = 0.0;
  for (const Product p : reserve_products) {
    const double mwh = duties[p].hours * sold_mw[p];
    if (holds_up(info_of(p).kind)) up_mwh += mwh;
    if (holds_down(info_of(p).kind)) down_mwh += mwh;
  }
  return {.discharge_power_mw = reserved_up_mw(duties, sold_mw),
          .charge_power_mw = reserved_down_mw(duties, sold_mw),
          .stored_above_minimum_mwh = up_mwh / one_way_efficiency,
          .room_below_maximum_mwh = down_mwh * one_way_efficiency};
}

}  // namespace bess
