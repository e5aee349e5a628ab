#!/usr/bin/env python3
"""Holds the product of docs/extending/mfrr_up.patch to an optimum of SciPy's, and looks for it wherever a product shows.

    BESS_PROGRAM_BEFORE=PROGRAM_WITHOUT_PATCH check_mfrr_up.py PROGRAM
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import support
from support import HERE, expect, expect_near

support.needs_scipy()

import simulate as oracle  # noqa: E402
import window  # noqa: E402
from compare import look_up  # noqa: E402
from market import Rule  # noqa: E402

CASE = HERE / "mfrr_up"
COLUMNS = ("mfrr_up_mw", "mfrr_up_price_eur_per_mw_h", "mfrr_revenue_eur")


def teach_the_oracle():
    window.UP.append("mfrr_up")
    oracle.RESERVES_OF["mfrr"] = {"mfrr_up": "mfrr_up_price"}
    oracle.HOURS["mfrr"] = 1
    oracle.REVENUE["mfrr"] = "mfrr_capacity"


def check_figures(answer):
    want = support.worked_out(CASE)
    financial, trading = "/summary/financial/", "/summary/trading/"
    for pointer in (
        *(financial + name for name in ("total_revenue_eur", "day_ahead_revenue_eur", "mfrr_capacity_revenue_eur", "afrr_capacity_revenue_eur", "npv_eur")),
        trading + "mfrr_up/sold_mw_h",
        trading + "afrr_up/sold_mw_h",
        "/summary/operational/total_cycles",
    ):
        expect_near(look_up(answer, pointer), look_up(want, pointer), 1e-6, pointer)
    sold = look_up(answer, trading + "mfrr_up/sold_mw_h")
    expect(sold > 1000, f"the case sells too little to say anything: {sold} MW h")
    print(f"mfrr_up: {sold:.1f} MW h, {look_up(answer, financial + 'mfrr_capacity_revenue_eur'):.2f} EUR")


def check_series(answer):
    series = answer["timeseries"]
    for name in COLUMNS:
        expect(name in series, f"the time series lack {name}")
    sold = 0.25 * sum(series["mfrr_up_mw"])
    expect_near(sold, answer["summary"]["trading"]["mfrr_up"]["sold_mw_h"], 1e-6, "mfrr_up_mw of the series")


def older_store(folder):
    """A store that the program without the patch has made, with a scenario that has no mFRR."""
    store, prices = str(Path(folder) / "store"), Path(folder) / "day_ahead.csv"
    Rule(CASE).write_csv(prices, ["day_ahead"])
    with support.server(os.environ["BESS_PROGRAM_BEFORE"], store) as server:
        made = server.send("/scenarios", {"name": "of an older program"}).json()["id"]
        imported = server.upload(f"/scenarios/{made}/import", ("file", "prices.csv", prices.read_bytes()))
        expect(imported.status in (200, 201), f"import before: {imported.status} {imported.body[:500]}")
    return store


def check_store_and_api(program):
    """The column is stored, told and simulated with; the document knows what it knows of the other products."""
    request = json.loads((CASE / "request.json").read_text())
    with tempfile.TemporaryDirectory() as folder, support.server(program, older_store(folder)) as server:
        prices = Path(folder) / "prices.csv"
        rule = Rule(CASE)
        rule.write_csv(prices, rule.columns)
        made = server.get("/scenarios").json()["scenarios"][0]["id"]
        imported = server.upload(f"/scenarios/{made}/import", ("file", "prices.csv", prices.read_bytes()))
        expect(imported.status in (200, 201), f"import: {imported.status} {imported.body[:500]}")
        tables = server.get(f"/scenarios/{made}").body.decode() + server.get(f"/scenarios/{made}/data?table=mfrr&to=2023-01-02").body.decode()
        expect("mfrr_up_price" in tables, "the store does not show the table mfrr")
        request["run"]["scenario_id"] = made
        request["run"]["simulation_years"] = 1
        answer = server.send("/simulate", request, timeout=600).json()
        expect(answer.get("status") == "success", f"simulate: {str(answer)[:500]}")
        document = server.get("/openapi.json").body.decode()
    expect('"mfrr"' in document, "the API does not offer the market")
    texts = {"the API": document, "the client's types": support.typescript(document) or ""}
    for what, text in texts.items():
        for known, new in (("afrr_capacity_revenue_eur", "mfrr_capacity_revenue_eur"), ("afrr_up", "mfrr_up")):
            expect(known not in text or new in text, f"{what} knows {known} and not {new}")
    return answer


def main():
    program = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
    teach_the_oracle()
    answer = support.simulate(program, CASE, "--timeseries", "columns")
    check_figures(answer)
    check_series(answer)
    stored = check_store_and_api(program)
    expect_near(
        look_up(stored, "/summary/financial/total_revenue_eur"), look_up(answer, "/summary/financial/total_revenue_eur"), 1e-12, "revenue from the store"
    )
    expect("mfrr" in support.run(program, "options", "--markdown"), "bess options does not name the market")
    support.finish()


if __name__ == "__main__":
    main()
