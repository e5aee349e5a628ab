"""The decision of one window as a linear program, written from docs/models/dispatch.md in the document's own symbols.

Energy, power and prices per period; e[t] is the energy stored at the end of period t. Nothing here follows the program's form: no stages, no
eliminated variables, positions and metered flows are variables of their own.
"""

from dataclasses import dataclass, field

import numpy as np

from model import INF, Model

ENERGY = ("day_ahead", "intraday", "imbalance")  # ties between their prices go to the first
UP, DOWN = ["fcr", "afrr_up"], ["fcr", "afrr_down"]  # what reserve is held for


@dataclass
class Window:
    """What a window knows. Arrays per period; `buy`, `sell` by energy market; `reserve` by product."""

    delta_h: float
    start_mwh: float
    target_mwh: float
    low_mwh: float
    high_mwh: float
    power_mw: float  # αP
    installed_mw: float  # P
    efficiency: float  # η, one way
    buy: dict
    sell: dict
    import_mw: float
    export_mw: float
    import_fee: np.ndarray
    export_fee: float
    wear: float
    reserve: dict = field(default_factory=dict)  # product -> price per period
    block: np.ndarray = None
    most_mw: dict = field(default_factory=dict)
    hours: dict = field(default_factory=dict)  # by market
    fcr_factor: float = 1.25
    fixed_reserve: dict = None  # product -> MW per block
    generation: np.ndarray = None
    generation_market: str = "day_ahead"
    subsidy: np.ndarray = None  # EUR/MWh on Q − u
    ramp_mw: float = 0.0
    previous_net_mw: float = None
    cycles_per_day: float = 0.0
    nominal_mwh: float = 0.0
    day: np.ndarray = None
    hour: np.ndarray = None  # hourly day-ahead product of each period
    month: np.ndarray = None
    peak_tariff: np.ndarray = None  # EUR/MW by month
    netted: bool = False
    cap_factor: float = 1.0
    frozen_mw: np.ndarray = None

    @property
    def periods(self):
        return len(self.block)


@dataclass
class Plan:
    grid_charge: np.ndarray
    self_charge: np.ndarray
    discharge: np.ndarray
    curtailed: np.ndarray
    energy: np.ndarray
    reserve: dict  # product -> MW per period
    sold: dict = field(default_factory=dict)  # energy market -> MW
    bought: dict = field(default_factory=dict)

    def net(self, generation):
        return self.discharge - self.grid_charge + generation - self.self_charge - self.curtailed


def cheapest(window):
    """Which market a MWh is bought in and sold in, by period."""
    markets = [m for m in ENERGY if m in window.buy]
    buy = np.array([window.buy[m] for m in markets])
    sell = np.array([window.sell[m] for m in markets])
    return markets, buy.argmin(axis=0), sell.argmax(axis=0)


def solve(w: Window, idle=False) -> Plan:
    n, dt, eta = w.periods, w.delta_h, w.efficiency
    generation = w.generation if w.generation is not None else np.zeros(n)
    subsidy = w.subsidy if w.subsidy is not None else np.zeros(n)
    explicit = w.netted or w.frozen_mw is not None
    energy_markets = [m for m in ENERGY if m in w.buy]
    m = Model()

    if explicit or not energy_markets:
        buy = sell = sale = np.zeros(n)
    else:
        markets, bought_in, sold_in = cheapest(w)
        at = np.arange(n)
        buy = np.array([w.buy[k] for k in markets])[bought_in, at]
        sell = np.array([w.sell[k] for k in markets])[sold_in, at]
        sale = w.sell[w.generation_market]
    most = 0.0 if idle else INF  # without an energy market energy has no price
    g = m.variables(n, dt * (-buy - w.wear), high=most)
    v = m.variables(n, dt * (-sale - w.wear), high=np.minimum(generation, most))
    d = m.variables(n, dt * (sell - w.wear), high=most)
    u = m.variables(n, dt * (-sale - subsidy), high=generation)
    e = m.variables(n, low=w.low_mwh, high=w.high_mwh)
    m.low[e[-1]] = max(m.low[e[-1]], w.target_mwh)

    # Reserves: one level a block.
    blocks = w.block - w.block[0]
    count = int(blocks[-1]) + 1
    held = {}
    for product, price in w.reserve.items():
        value = np.bincount(blocks, dt * price, count)
        level = m.variables(count, value, high=w.most_mw.get(product, INF))
        if w.fixed_reserve is not None:
            for b in range(count):
                m.low[level[b]] = m.high[level[b]] = w.fixed_reserve[product][b]
        held[product] = level[blocks]

    def of(products, factor):
        return [(factor(p), held[p]) for p in products if p in held]

    def power(p):
        return w.fcr_factor if p == "fcr" else 1.0

    def energy(p):
        return w.hours[p.split("_")[0]]

    # e_t = e_{t−1} + Δ (η c_t − d_t/η)
    flows = [(-dt * eta, g), (-dt * eta, v), (dt / eta, d)]
    m.constrain([(1, e[:1])] + [(f, x[:1]) for f, x in flows], w.start_mwh, w.start_mwh)
    m.constrain([(1, e[1:]), (-1, e[:-1])] + [(f, x[1:]) for f, x in flows], 0, 0)
    m.constrain([(1, g), (1, v), (1, d)], high=w.power_mw)
    m.constrain([(1, v), (1, u)], high=generation)
    m.constrain([(1, d)] + of(UP, power), high=w.power_mw)
    m.constrain([(1, g), (1, v)] + of(DOWN, power), high=w.power_mw)
    m.constrain([(1, d), (-1, g), (-1, v), (-1, u)] + of(UP, power), high=w.export_mw - generation)
    m.constrain([(-1, d), (1, g), (1, v), (1, u)] + of(DOWN, power), high=w.import_mw + generation)
    # Energy for reserves at both ends of every period.
    if held:
        for shift in (0, 1):  # the end, the start
            for products, sign, factor, limit in (
                (UP, 1, lambda p: -energy(p) / eta, w.low_mwh),
                (DOWN, -1, lambda p: -energy(p) * eta, -w.high_mwh),
            ):
                terms = of(products, factor)
                if not terms:
                    continue
                if shift == 0:
                    m.constrain([(sign, e)] + terms, low=limit)
                else:
                    m.constrain([(sign, e[:-1])] + [(f, x[1:]) for f, x in terms], low=limit)
                    m.constrain([(f, x[:1]) for f, x in terms], low=limit - sign * w.start_mwh)
    # Metered flows: ge − gi = d − g + Q − v − u.
    fees = np.any(np.asarray(w.import_fee) > 0) or w.export_fee > 0 or w.peak_tariff is not None
    if fees:
        gi = m.variables(n, -dt * np.asarray(w.import_fee))
        ge = m.variables(n, -dt * w.export_fee)
        m.constrain([(1, ge), (-1, gi), (-1, d), (1, g), (1, v), (1, u)], generation, generation)
    if w.peak_tariff is not None:
        months = w.month - w.month[0]
        peak = m.variables(len(w.peak_tariff), -np.asarray(w.peak_tariff))
        m.constrain([(1, peak[months]), (-1, gi)], low=0)
    if w.ramp_mw > 0:
        net = [(1, d), (-1, g), (-1, v)]
        m.constrain([(f, x[1:]) for f, x in net] + [(-f, x[:-1]) for f, x in net], -w.ramp_mw, w.ramp_mw)
        if w.previous_net_mw is not None:
            p = w.previous_net_mw
            m.constrain([(f, x[:1]) for f, x in net], p - w.ramp_mw, p + w.ramp_mw)
    if w.cycles_per_day > 0:
        for day in np.unique(w.day):
            of_day = np.flatnonzero(w.day == day)
            used = m.variables(1, high=w.cycles_per_day * w.nominal_mwh)
            columns = np.concatenate([used, g[of_day], v[of_day], d[of_day]])
            k = len(of_day)
            coefficients = np.concatenate([[1.0], np.full(2 * k, -dt * eta / 2), np.full(k, -dt / eta / 2)])
            m.rows.append(np.full(3 * k + 1, len(m.row_low)))
            m.columns.append(columns)
            m.coefficients.append(coefficients)
            m.row_low.append(0.0)
            m.row_high.append(0.0)
    position = {}
    if explicit:
        sell_cap = w.cap_factor * np.minimum(w.installed_mw + generation, w.export_mw)
        buy_cap = w.cap_factor * np.full(n, min(w.installed_mw, w.import_mw))
        net = [(-1, d), (1, g), (1, v), (1, u)]
        traded = []
        if w.frozen_mw is None:
            if "day_ahead" in w.buy:
                hours = np.unique(w.hour, return_inverse=True)[1]
                q = m.variables(hours[-1] + 1, np.bincount(hours, dt * w.sell["day_ahead"]), low=-INF)[hours]
                m.constrain([(1, q)], -buy_cap, sell_cap)
                position["day_ahead"] = [(1, q)]
                traded.append((1, q))
            if "intraday" in w.buy:
                q = m.variables(n, dt * w.sell["intraday"], low=-INF)
                m.constrain(traded + [(1, q)], -buy_cap, sell_cap)
                position["intraday"] = [(1, q)]
                traded.append((1, q))
        if "imbalance" in w.buy:
            s = m.variables(n, dt * w.sell["imbalance"], high=w.most_mw.get("imbalance", INF))
            b = m.variables(n, -dt * w.buy["imbalance"], high=w.most_mw.get("imbalance", INF))
            m.constrain([(1, s), (1, b)], high=sell_cap + buy_cap)
            position["imbalance"] = [(1, s), (-1, b)]
            traded += [(1, s), (-1, b)]
        frozen = w.frozen_mw if w.frozen_mw is not None else np.zeros(n)
        m.constrain(traded + net, generation - frozen, generation - frozen)

    x = m.solve()
    plan = Plan(x[g], x[v], x[d], x[u], np.concatenate([[w.start_mwh], x[e]]), {p: x[level] for p, level in held.items()})
    if explicit:
        for market, terms in position.items():
            total = sum(f * x[index] for f, index in terms)
            plan.sold[market], plan.bought[market] = np.maximum(total, 0), np.maximum(-total, 0)
    elif energy_markets:
        plan.sold = {k: np.zeros(n) for k in markets}
        plan.bought = {k: np.zeros(n) for k in markets}
        for i, k in enumerate(markets):
            plan.sold[k] += np.where(sold_in == i, plan.discharge, 0)
            plan.bought[k] += np.where(bought_in == i, plan.grid_charge, 0)
        if w.generation is not None:
            plan.sold[w.generation_market] += generation - plan.self_charge - plan.curtailed
    return plan
