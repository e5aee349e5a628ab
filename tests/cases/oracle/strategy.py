"""The three strategies on one window (docs/models/dispatch.md, simulation.md)."""

from dataclasses import replace

import numpy as np

from window import Plan, Window, solve


def stepped(w: Window, plan: Plan, step: float) -> Window:
    """Bids of each block rounded down to the step and fixed."""
    blocks = w.block - w.block[0]
    first = [int(np.flatnonzero(blocks == b)[0]) for b in range(int(blocks[-1]) + 1)]
    fixed = {p: np.array([step * np.floor(level[i] / step + 1e-6) for i in first]) for p, level in plan.reserve.items()}
    return replace(w, fixed_reserve=fixed)


def joint(w: Window, run: dict) -> Plan:
    plan = solve(w)
    step = run.get("reserve_step_mw", 0)
    return solve(stepped(w, plan, step)) if step > 0 and w.reserve else plan


def only(w: Window, market: str) -> Window:
    return replace(w, buy={market: w.buy[market]}, sell={market: w.sell[market]}, generation_market=market)


def sequential(w: Window, run: dict) -> Plan:
    physical = replace(w, netted=False)
    markets = [k for k in ("day_ahead", "intraday", "imbalance") if k in w.buy]
    state = physical
    if w.reserve:
        # Between bids and later stages the program keeps 2e-6 of a bid without a step: a case with reserves states a step.
        assert run.get("reserve_step_mw", 0) > 0, "sequential_lp with reserves needs reserve_step_mw here"
        stage = only(physical, markets[0]) if markets else physical
        idle = run.get("stage1_recourse", "da_price") == "none"
        state = stepped(state, solve(stage, idle=idle), run["reserve_step_mw"])
    unpriced = replace(state, reserve={p: 0 * price for p, price in state.reserve.items()})
    sold, bought = {}, {}
    frozen = np.zeros(w.periods)
    plan = None
    if "day_ahead" in markets:
        plan = solve(replace(only(unpriced, "day_ahead"), netted=True))
        sold["day_ahead"], bought["day_ahead"] = plan.sold["day_ahead"], plan.bought["day_ahead"]
        frozen = sold["day_ahead"] - bought["day_ahead"]
    generation = w.generation if w.generation is not None else np.zeros(w.periods)
    if "intraday" in markets:
        plan = solve(only(unpriced, "intraday"))
        traded = plan.net(generation) - frozen
        sold["intraday"], bought["intraday"] = np.maximum(traded, 0), np.maximum(-traded, 0)
        frozen = plan.net(generation)
    if "imbalance" in markets:
        plan = solve(replace(only(unpriced, "imbalance"), frozen_mw=frozen))
        sold["imbalance"], bought["imbalance"] = plan.sold["imbalance"], plan.bought["imbalance"]
    plan.sold, plan.bought = sold, bought
    return plan
