#!/usr/bin/env python3
"""Holds the strategy of docs/extending/strategy.patch to optima of SciPy's, day by day.

    check_strategy.py PROGRAM
"""

import sys
from dataclasses import replace

import numpy as np
import support
from support import HERE, expect, expect_near

support.needs_scipy()

import simulate as oracle  # noqa: E402
import window  # noqa: E402
from compare import look_up  # noqa: E402

CASE = HERE / "strategy"


def daily(w, run):
    """Each day of a window by itself; all but the last end at the middle of the energy window."""
    plans, start = [], w.start_mwh
    days = np.unique(w.day)
    for day in days:
        of = np.flatnonzero(w.day == day)
        middle = min((w.low_mwh + w.high_mwh) / 2, start + w.efficiency * w.delta_h * min(w.power_mw, w.import_mw) * len(of))
        part = replace(
            w,
            start_mwh=start,
            target_mwh=w.target_mwh if day == days[-1] else middle,
            buy={m: x[of] for m, x in w.buy.items()},
            sell={m: x[of] for m, x in w.sell.items()},
            import_fee=w.import_fee[of],
            block=w.block[of],
            day=w.day[of],
            hour=w.hour[of],
            month=w.month[of],
        )
        plans.append(window.solve(part))
        start = float(plans[-1].energy[-1])

    def joined(name):
        return np.concatenate([getattr(p, name) for p in plans])

    energy = np.concatenate([plans[0].energy, *(p.energy[1:] for p in plans[1:])])
    plan = window.Plan(joined("grid_charge"), joined("self_charge"), joined("discharge"), joined("curtailed"), energy, {})
    plan.sold = {m: np.concatenate([p.sold[m] for p in plans]) for m in w.buy}
    plan.bought = {m: np.concatenate([p.bought[m] for p in plans]) for m in w.buy}
    return plan


def main():
    program = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
    oracle.STRATEGIES["daily"] = daily
    answer, want = support.simulate(program, CASE), support.worked_out(CASE)
    for pointer in (
        "/summary/financial/total_revenue_eur",
        "/summary/financial/npv_eur",
        "/summary/operational/total_cycles",
        "/summary/operational/total_discharge_mwh",
        "/summary/operational/final_soh_percent",
    ):
        expect_near(look_up(answer, pointer), look_up(want, pointer), 1e-6, pointer)
    expect(answer["provenance"]["strategy"] == "daily", "the answer does not name the strategy")
    print(f"daily: {look_up(answer, '/summary/financial/total_revenue_eur'):.2f} EUR")
    expect("daily" in support.run(program, "options", "--markdown"), "bess options does not name the strategy")
    with support.server(program) as server:
        expect('"daily"' in server.get("/openapi.json").body.decode(), "the API does not offer the strategy")
    support.finish()


if __name__ == "__main__":
    main()
