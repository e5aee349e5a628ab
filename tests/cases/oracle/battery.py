"""The battery over its life (docs/models/battery.md)."""

import math

HOURS_PER_YEAR = 8760.0
LITTLE = 1e-9


class Battery:
    def __init__(self, params: dict):
        p = params
        self.nominal_mwh = p["bessCapacity"]
        self.low, self.high = p["bessMinimumSOC"] / 100, p["bessMaximumSOC"] / 100
        self.installed_mw = p["bessPower"]
        self.power_mw = self.installed_mw * p.get("bessAvailability", 98) / 100
        self.round_trip = p["bessRoundTripEfficiency"] / 100
        self.fade_per_year = p.get("bessDegradationPerYear", 0.01)
        self.fade_per_cycle = p.get("bessDegradationPerCycle", 0.003) / 100
        self.efficiency_fade = p.get("bessRTEDegradationPerCycle", 0) / 100
        self.most_cycles = p.get("bessLifetimeCycles", 8000)
        self.least_soh = p.get("bessEolSoh", 0)
        self.no_replacement_months = p.get("bessNoReplacementLastMonths", 12)
        self.lots = p.get("bessAugmentation", [])
        self.tranches = [[self.nominal_mwh, 0.0, 0.0]]  # nominal MWh, cycles, years
        self.renew_limits()
        self.energy_mwh = 0.0
        self.clamp_loss_mwh = self.step_mwh = 0.0
        self.replacements = 0

    def copy(self):
        twin = object.__new__(Battery)
        twin.__dict__.update(self.__dict__)
        twin.tranches = [list(t) for t in self.tranches]
        return twin

    def soh_of(self, tranche):
        return max(0.0, 1 - self.fade_per_cycle * tranche[1] - self.fade_per_year * tranche[2])

    @property
    def installed_mwh(self):
        return sum(t[0] for t in self.tranches)

    def renew_limits(self):
        present = [t[0] * self.soh_of(t) for t in self.tranches]
        efficiency = [max(min(0.5, self.round_trip), self.round_trip - self.efficiency_fade * t[1]) for t in self.tranches]
        self.capacity_mwh = sum(present)
        self.rte = sum(a * b for a, b in zip(present, efficiency)) / self.capacity_mwh
        self.eta = math.sqrt(self.rte)
        self.soh = self.capacity_mwh / self.installed_mwh
        self.low_mwh, self.high_mwh = self.capacity_mwh * self.low, self.capacity_mwh * self.high

    def clamp(self):
        inside = min(max(self.energy_mwh, self.low_mwh), self.high_mwh)
        self.clamp_loss_mwh += self.energy_mwh - inside
        self.energy_mwh = inside

    def age(self, throughput_mwh, years):
        cycles = throughput_mwh / (2 * self.installed_mwh)
        for tranche in self.tranches:
            tranche[1] += cycles
            tranche[2] += years

    def ended(self):
        first = self.tranches[0]
        cycled = self.most_cycles > 0 and first[1] >= self.most_cycles * (1 - LITTLE)
        return cycled or (self.least_soh > 0 and self.soh_of(first) <= self.least_soh * (1 + LITTLE))

    def replace(self):
        share, before = self.energy_mwh / self.capacity_mwh, self.energy_mwh
        self.tranches = [[self.nominal_mwh, 0.0, 0.0]]
        self.renew_limits()
        self.energy_mwh = share * self.capacity_mwh
        self.step_mwh += self.energy_mwh - before
        self.replacements += 1

    def augment(self, mwh):
        self.tranches.append([mwh, 0.0, 0.0])
        self.renew_limits()
        missing = max(0.0, self.low_mwh - self.energy_mwh)
        self.energy_mwh += missing
        self.step_mwh += missing
        self.clamp()

    def years_left(self, cycles_per_year):
        """Until end of life at so many cycles a year."""
        first = self.tranches[0]
        years = math.inf
        if self.most_cycles > 0 and cycles_per_year > 0:
            years = max(0.0, self.most_cycles - first[1]) / cycles_per_year
        fade = self.fade_per_cycle * cycles_per_year + self.fade_per_year
        if self.least_soh > 0 and fade > 0:
            years = min(years, max(0.0, self.soh_of(first) - self.least_soh) / fade)
        return years


def forecast(battery: Battery, first_year: int, life: int, cycles_per_year: float):
    """(capacity at the year's start, replacements) of the project years first_year … life."""
    years = []
    for year in range(first_year, life + 1):
        for lot in battery.lots:
            if lot["year"] == year:
                battery.augment(lot["mwh"])
        battery.renew_limits()
        battery.clamp()
        capacity, soh, gone, replaced = battery.capacity_mwh, battery.soh, 0.0, 0
        while gone < 1:
            step = battery.years_left(cycles_per_year)
            months_left = 12 * (life - (year - 1) - gone - step)
            if step >= 1 - gone or months_left <= battery.no_replacement_months:
                battery.age(2 * battery.installed_mwh * cycles_per_year * (1 - gone), 1 - gone)
                battery.renew_limits()
                break
            battery.age(2 * battery.installed_mwh * cycles_per_year * step, step)
            gone += step
            battery.replace()
            replaced += 1
        years.append((capacity, soh, replaced))
    return years
