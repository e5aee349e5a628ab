#pragma once
// Quantities with the unit in the type, for module boundaries. Hot loops use plain doubles with the unit in the name.
// Conventions (docs/conventions.md): power in MW, energy in MWh, money in nominal EUR, time steps in hours.

#include <chrono>
#include <compare>

namespace bess {

template <class Tag>
struct Quantity {
  double value{};
  friend constexpr auto operator<=>(Quantity, Quantity) = default;
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.value + b.value}; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.value - b.value}; }
  friend constexpr Quantity operator*(Quantity a, double factor) { return {a.value * factor}; }
  friend constexpr Quantity operator*(double factor, Quantity a) { return {a.value * factor}; }
  friend constexpr Quantity operator/(Quantity a, double divisor) { return {a.value / divisor}; }
  friend constexpr double operator/(Quantity a, Quantity b) { return a.value / b.value; }
  friend constexpr Quantity operator-(Quantity a) { return {-a.value}; }
};

using Megawatts = Quantity<struct PowerTag>;
using MegawattHours = Quantity<struct EnergyTag>;
using Euros = Quantity<struct MoneyTag>;
using EurosPerMegawattHour = Quantity<struct EnergyPriceTag>;
using Hours = std::chrono::duration<double, std::ratio<3600>>;

constexpr MegawattHours operator*(Megawatts p, Hours dt) { return {p.value * dt.count()}; }
constexpr Megawatts operator/(MegawattHours e, Hours dt) { return {e.value / dt.count()}; }
constexpr Euros operator*(EurosPerMegawattHour price, MegawattHours e) { return {price.value * e.value}; }

static_assert(Megawatts{10.0} * std::chrono::minutes{15} == MegawattHours{2.5});

}  // namespace bess
