"""A whole simulation from a case's request and price rule, by the documents' equations: windows one after the other, the battery's life, the
ledger, finance. What it gives has the keys of the program's answer, as far as the cases compare them.
"""

import math
from dataclasses import replace
from datetime import date

import numpy as np

import finance
from battery import HOURS_PER_YEAR, Battery, forecast
from market import Rule, quarters
from strategy import joint, sequential
from window import ENERGY, Window, cheapest

UPDATE_AFTER_HOURS = 168.0
COLUMNS = {
    "day_ahead": ("day_ahead", "day_ahead"),
    "intraday": ("intraday", "intraday"),
    "imbalance": ("imbalance_take", "imbalance_feed"),
}
RESERVES_OF = {"fcr": {"fcr": "fcr_price"}, "afrr": {"afrr_up": "afrr_up_price", "afrr_down": "afrr_down_price"}}
HOURS = {"fcr": 0.25, "afrr": 1}  # of energy, unless the run says otherwise
REVENUE = {"day_ahead": "day_ahead", "intraday": "intraday", "imbalance": "imbalance", "afrr": "afrr_capacity", "fcr": "fcr"}
STRATEGIES = {"rolling_lp": joint, "lp": joint, "sequential_lp": sequential}


class Simulation:
    def __init__(self, request: dict, rule: Rule, delta_h: float):
        self.params, self.run, self.rule, self.dt = request["params"], request["run"], rule, delta_h
        first = date.fromisoformat(self.params["startProject"])
        self.life = self.params.get("projectLifeYears", 25)
        self.years = self.run.get("simulation_years", self.life)
        end = first.replace(year=first.year + self.years)
        step = int(4 * delta_h)
        self.time = quarters(first, end, rule.zone)[::step]
        day = [t.day.toordinal() for t in self.time]
        self.day = np.array(day) - day[0]
        self.days = int(self.day[-1]) + 1
        self.begin = np.searchsorted(self.day, np.arange(self.days + 1))
        self.year = np.array([t.day.year - first.year for t in self.time])
        assert (first.month, first.day) == (1, 1), "cases start with a calendar year"
        self.month = np.array([12 * t.day.year + t.day.month for t in self.time])
        self.hour = np.array([int(t.utc.timestamp()) // 3600 for t in self.time])
        # Local blocks of four hours: a new one where the local clock passes 0, 4, 8, …
        mark = np.array([(t.day.toordinal(), int(t.hour // 4)) for t in self.time])
        self.block = np.concatenate([[0], np.cumsum(np.any(mark[1:] != mark[:-1], axis=1))])
        self.markets = self.run.get("enabled_markets", ["day_ahead"])
        trend = self.run.get("price_trend_percent_per_year", {})
        self.growth = {m: (1 + trend.get(m, 0) / 100) ** self.year for m in (*COLUMNS, *RESERVES_OF)}
        self.buy, self.sell, self.reserve = {}, {}, {}
        for m in ENERGY:
            if m in self.markets:
                take, feed = COLUMNS[m]
                self.buy[m], self.sell[m] = self.growth[m] * self.column(take), self.growth[m] * self.column(feed)
        for m, products in RESERVES_OF.items():
            if m in self.markets:
                self.reserve.update({p: self.growth[m] * self.column(c) for p, c in products.items()})
        self.generation = self.subsidy = None
        if self.params.get("solarCapacity", 0) > 0:
            self.generation = self.params["solarCapacity"] * self.column("solar_share")
            self.subsidy = self.subsidy_rate()
        self.set_fees()

    def column(self, name):
        return np.array([self.rule.value(name, t) for t in self.time])

    def subsidy_rate(self):
        """SDE++ with a given correction amount; EUR/MWh."""
        p = self.params
        base = p.get("solarSdeBaseAmount", 0)
        if base == 0:
            return np.zeros(len(self.time))
        correction = p["solarSdeCorrectionAmount"]
        rate = 1000 * max(0.0, base - max(correction, p.get("solarSdeFloorPrice", 0)))
        assert p.get("solarSdeSelfCharge", False) or self.params["bessPower"] == 0, "what is sold is not linear"
        assert p.get("solarSdeMaxFullLoadHours", 0) == 0, "no cap here"
        price = self.growth["day_ahead"] * self.column("day_ahead")
        paid = np.ones(len(self.time))
        negative = p.get("solarSdeNegativePriceRule", "six_hours")
        if negative == "any":
            paid[price < 0] = 0
        elif negative == "six_hours":
            runs = np.split(np.arange(len(price)), np.flatnonzero(np.diff(price < 0)) + 1)
            for run in runs:
                if price[run[0]] < 0 and len(run) * self.dt >= 6:
                    paid[run] = 0
        return rate * paid

    def set_fees(self):
        p = self.params
        t = self.tariff = finance.tariff(p)
        growth = (1 + t["increase"]) ** self.year
        self.transport = growth * p["gridTransportedEnergy"]
        self.tax = p.get("gridEnergyTax", 0)
        self.export_fee = p.get("gridExportFee", 0)
        self.peak_tariff = None
        if t["most_mw"] is None and t["peak_eur_per_kw_month"] > 0:
            assert self.run["strategy"] == "lp", "rolling windows believe in an expected peak, which no case here works out"
            self.peak_tariff = 1000 * t["peak_eur_per_kw_month"]

    def window(self, battery: Battery, first: int, end: int, last: bool, previous_net):
        s = slice(first, end)
        r = self.run
        low, high = battery.low_mwh, battery.high_mwh
        room = battery.eta * self.dt * min(battery.power_mw, self.params["gridChargingCapacity"])
        rule = r.get("terminal_soc", "rule")
        if rule == "none" or (rule == "rule" and last):
            target = low
        else:
            wanted = (low + high) / 2 if rule == "rule" else min(max(rule / 100 * battery.capacity_mwh, low), high)
            target = min(wanted, battery.energy_mwh + room * (end - first))
        peak = None
        if self.peak_tariff is not None:
            months = len(np.unique(self.month[s]))
            peak = np.full(months, self.peak_tariff * (1 + self.tariff["increase"]) ** self.year[first])
        ramp = self.params.get("bessRampRatePercent", 0) / 100 * battery.installed_mw
        assert ramp == 0 or self.dt == 0.25, "a ramp is per quarter-hour"
        return Window(
            delta_h=self.dt,
            start_mwh=battery.energy_mwh,
            target_mwh=target,
            low_mwh=low,
            high_mwh=high,
            power_mw=battery.power_mw,
            installed_mw=battery.installed_mw,
            efficiency=battery.eta,
            buy={m: x[s] for m, x in self.buy.items()},
            sell={m: x[s] for m, x in self.sell.items()},
            import_mw=self.params["gridChargingCapacity"],
            export_mw=self.params["gridDischargingCapacity"],
            import_fee=(self.transport + self.tax)[s],
            export_fee=self.export_fee,
            wear=r.get("wear_cost_eur_per_mwh", 0),
            reserve={p: x[s] for p, x in self.reserve.items()},
            block=self.block[s],
            most_mw=r.get("max_mw", {}),
            hours={m: r.get(f"{m}_hours", h) for m, h in HOURS.items()},
            fcr_factor=r.get("fcr_power_factor", 1.25),
            generation=None if self.generation is None else self.generation[s],
            generation_market=r.get("generation_market", next(m for m in ENERGY if m in self.markets)) if self.buy else "day_ahead",
            subsidy=None if self.subsidy is None else self.subsidy[s],
            ramp_mw=ramp,
            previous_net_mw=previous_net,
            cycles_per_day=r.get("max_cycles_per_day", 0),
            nominal_mwh=battery.installed_mwh,
            day=self.day[s],
            hour=self.hour[s],
            month=self.month[s],
            peak_tariff=peak,
            netted=r.get("cross_market", "physical") == "netted" or r["strategy"] == "sequential_lp",
            cap_factor=r.get("position_cap_factor", 1),
        )

    def simulate(self):
        battery = Battery(self.params)
        wished = self.run.get("initial_soc_percent", 50) / 100 * battery.capacity_mwh
        battery.energy_mwh = min(max(wished, battery.low_mwh), battery.high_mwh)
        n = len(self.time)
        flow = {k: np.zeros(n) for k in ("g", "v", "d", "u", "efc", "mwh")}
        sold, bought = ({m: np.zeros(n) for m in self.buy} for _ in range(2))
        held = {p: np.zeros(n) for p in self.reserve}
        starts = {}
        replaced = [0] * self.years
        hours = throughput = 0.0
        previous = None
        decide = STRATEGIES[self.run["strategy"]]
        whole_years = self.run["strategy"] == "lp"
        foresight = self.run.get("foresight_days", 3)
        execute = self.run.get("execute_days", foresight)
        augmented = 0
        shared = 0.0
        day = 0

        def year_start(year):
            return int(self.day[np.searchsorted(self.year, year)])

        while day < self.days:
            year = int(self.year[self.begin[day]])
            lot_due = any(augmented < lot["year"] <= year + 1 for lot in battery.lots)
            if hours > 0 and (whole_years or hours >= UPDATE_AFTER_HOURS or lot_due):
                battery.age(throughput, hours / HOURS_PER_YEAR)
                hours = throughput = 0.0
                battery.renew_limits()
                battery.clamp()
                months_left = 12 * (self.life - self.begin[day] * self.dt / HOURS_PER_YEAR)
                if months_left > battery.no_replacement_months and battery.ended():
                    battery.replace()
                    replaced[year] += 1
            while augmented <= year:
                augmented += 1
                for lot in battery.lots:
                    if lot["year"] == augmented:
                        battery.augment(lot["mwh"])
            if whole_years:
                seen = after = year_start(year + 1) if year + 1 < self.years else self.days
            else:
                seen, after = min(self.days, day + foresight), min(self.days, day + execute)
                for lot in battery.lots:
                    if 1 < lot["year"] <= self.years and year_start(lot["year"] - 1) > day:
                        after = min(after, year_start(lot["year"] - 1))
            first, end, executed = self.begin[day], self.begin[seen], self.begin[after] - self.begin[day]
            plan = decide(self.window(battery, first, end, seen == self.days, previous), self.run)
            s = slice(first, first + executed)
            charge = (plan.grid_charge + plan.self_charge)[:executed]
            discharge = plan.discharge[:executed]
            shared = max(shared, float(np.max(np.minimum(charge, discharge))))
            flow["g"][s], flow["v"][s] = plan.grid_charge[:executed], plan.self_charge[:executed]
            flow["d"][s], flow["u"][s] = discharge, plan.curtailed[:executed]
            moved = self.dt * (battery.eta * charge + discharge / battery.eta)
            flow["efc"][s] = moved / (2 * battery.installed_mwh)
            flow["mwh"][s] = plan.energy[1 : executed + 1]
            for m in self.buy:
                sold[m][s], bought[m][s] = plan.sold[m][:executed], plan.bought[m][:executed]
            for p in held:
                held[p][s] = plan.reserve[p][:executed]
            for y in range(self.years):
                at = int(np.searchsorted(self.year, y))
                if first <= at < first + executed:
                    starts[y] = (battery.capacity_mwh, battery.soh)
            battery.energy_mwh = float(plan.energy[executed])
            throughput += float(moved.sum())
            hours += self.dt * executed
            previous = float(discharge[-1] - charge[-1])
            day = after
        battery.age(throughput, hours / HOURS_PER_YEAR)
        battery.renew_limits()
        if self.run.get("direction", "exclusive") == "exclusive":
            assert shared < 1e-6 * battery.installed_mw, f"both directions in one period ({shared} MW): not the exclusive optimum"
        return self.tell(battery, flow, sold, bought, held, starts, replaced)

    def tell(self, battery, flow, sold, bought, held, starts, replaced):
        dt, run = self.dt, self.run
        capture = {m: run.get("capture_percent", {}).get(m, 100) / 100 for m in (*COLUMNS, *RESERVES_OF)}
        generation = self.generation if self.generation is not None else np.zeros(len(self.time))
        auxiliary = self.params.get("bessAuxiliaryPowerMw", 0)
        revenue = {m: np.zeros(len(self.time)) for m in capture}
        for m in self.buy:
            revenue[m] = capture[m] * dt * (sold[m] * self.sell[m] - bought[m] * self.buy[m])
        for market, products in RESERVES_OF.items():
            for p in products:
                if p in held:
                    revenue[market] = revenue[market] + capture[market] * dt * held[p] * self.reserve[p]
        booked = sum(revenue[m] / capture[m] for m in self.buy) if self.buy else 0
        auxiliary_cost = 0.0
        if auxiliary > 0:
            cost = dt * auxiliary * self.growth["day_ahead"] * self.column("day_ahead")
            revenue["day_ahead"] = revenue["day_ahead"] - cost
            auxiliary_cost = float(cost.sum())
        net = flow["d"] - flow["g"] + generation - flow["v"] - flow["u"]
        imported, exported = np.maximum(0, auxiliary - net), np.maximum(0, net - auxiliary)
        subsidy = dt * (self.subsidy * (generation - flow["u"])) if self.subsidy is not None else np.zeros(len(net))
        charge = flow["g"] + flow["v"]
        # At the meter, charging from the grid while generation is sold is self-charging.
        spare = np.maximum(0, generation - flow["v"] - flow["u"])
        behind = np.minimum(flow["g"], spare)
        grid_charge, sold_generation = flow["g"] - behind, spare - behind
        sales_price = self.sell[next(m for m in ENERGY if m in self.markets)] if self.buy else np.zeros(len(net))
        if "generation_market" in run:
            sales_price = self.sell[run["generation_market"]]
        sales = dt * sales_price * sold_generation
        cross = 0.0
        if self.buy:
            wide = Window(**{**self.window_prices(), "delta_h": dt})
            markets, bought_in, sold_in = cheapest(wide)
            at = np.arange(len(net))
            buy = np.array([self.buy[k] for k in markets])[bought_in, at]
            sell = np.array([self.sell[k] for k in markets])[sold_in, at]
            both = np.minimum(grid_charge, flow["d"])
            cross = float(np.sum(booked - dt * (sell * (flow["d"] - both) - buy * (grid_charge - both)) - sales))
        years = []
        for y in range(self.years):
            of = self.year == y
            peaks = [float(imported[of & (self.month == m)].max()) for m in np.unique(self.month[of])]
            bought_mwh = sum(dt * bought[m][of].sum() for m in self.buy)
            bought_eur = sum(dt * (bought[m] * self.buy[m])[of].sum() for m in self.buy)
            self_charged = dt * (charge - grid_charge)[of].sum()
            cost = (dt * charge[of].sum() - self_charged) * bought_eur / bought_mwh if bought_mwh > 0 else 0.0
            if sold_generation[of].sum() > 0:
                cost += self_charged * sales[of].sum() / (dt * sold_generation[of].sum())
            fee = dt * (imported * (self.transport + self.tax) + exported * self.export_fee)[of].sum()
            years.append(
                {
                    "market_revenue": sum(float(revenue[m][of].sum()) for m in revenue),
                    "subsidy": float(subsidy[of].sum()),
                    "tax": self.tax * dt * imported[of].sum(),
                    "transport": fee - self.tax * dt * imported[of].sum(),
                    "charging_cost": cost,
                    "charge": dt * charge[of].sum(),
                    "discharge": dt * flow["d"][of].sum(),
                    "efc": flow["efc"][of].sum(),
                    "capacity": starts[y][0],
                    "replacements": replaced[y],
                    "peaks": peaks,
                }
            )
        cycles = float(flow["efc"].sum())
        beyond = forecast(battery.copy(), self.years + 1, self.life, cycles / self.years)
        valued = finance.evaluate(self.params, years, beyond)
        financial = {f"{name}_revenue_eur": float(revenue[m].sum()) for m, name in REVENUE.items()}
        financial |= {
            "total_revenue_eur": sum(y["market_revenue"] + y["subsidy"] for y in years),
            "solar_subsidy_revenue_eur": float(subsidy.sum()),
            "cross_market_revenue_eur": cross,
            "generation_sales_eur": float(sales.sum()),
            "degradation_cost_eur": run.get("wear_cost_eur_per_mwh", 0) * dt * float((charge + flow["d"]).sum()),
            "auxiliary_cost_eur": auxiliary_cost,
        }
        financial |= valued["financial"]
        operational = {
            "total_charge_mwh": dt * float(charge.sum()),
            "total_discharge_mwh": dt * float(flow["d"].sum()),
            "total_cycles": cycles,
            "final_soh_percent": 100 * battery.soh,
            "final_rte_percent": 100 * battery.rte,
            "replacement_events": sum(replaced),
            "generated_mwh": dt * float(generation.sum()),
            "generation_sold_mwh": dt * float(sold_generation.sum()),
            "self_charge_mwh": dt * float((charge - grid_charge).sum()),
            "curtailed_mwh": dt * float(flow["u"].sum()),
            "imported_mwh": dt * float(imported.sum()),
            "exported_mwh": dt * float(exported.sum()),
            "highest_import_mw": float(imported.max()),
            "clamp_loss_mwh": battery.clamp_loss_mwh,
            "replacement_step_mwh": battery.step_mwh,
        }
        trading = {m: {"sold_mwh": dt * float(sold[m].sum()), "bought_mwh": dt * float(bought[m].sum())} for m in self.buy}
        trading |= {p: {"sold_mw_h": dt * float(level.sum())} for p, level in held.items()}
        zero = {"net_cash_flow_eur": -valued["capex"], "capex_eur": valued["capex"]}
        return {
            "summary": {"financial": financial, "operational": operational, "trading": trading},
            "cash_flow": [zero, *valued["cash_flow"]],
        }

    def window_prices(self):
        """All of the run as one window, for the cheapest market of each period."""
        n = len(self.time)
        nothing = dict.fromkeys(
            ("start_mwh", "target_mwh", "low_mwh", "high_mwh", "power_mw", "installed_mw", "import_mw", "export_mw", "export_fee", "wear"), 0.0
        )
        return {**nothing, "efficiency": 1.0, "buy": self.buy, "sell": self.sell, "import_fee": np.zeros(n), "block": np.zeros(n, int)}
