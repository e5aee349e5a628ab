#!/usr/bin/env python3
"""Runs the cases of docs/validation.md through the command line and writes what came out.

    scripts/validation.py run [--bess build/release/bin/bess] [--data ../shared/data] [--only NAME …]
    scripts/validation.py render

`run` keeps the figures of every case in docs/validation/results.json; `render` puts them as tables between the markers of
docs/validation.md and draws the plots beside it. Only the program's own JSON is used, and Python's standard library.
"""

import argparse
import copy
import csv
import datetime
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import zoneinfo

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples" / "validation"
PAGES = ROOT / "docs" / "validation"
RESULTS = PAGES / "results.json"
PAGE = ROOT / "docs" / "validation.md"

DAY_AHEAD = ["nl_day_ahead_2024_2025.csv"]
RESERVES = ["fcr_capacity_2024.csv", "de_fcr_afrr_capacity_2024.csv"]
IMBALANCE = ["nl_imbalance_2024.csv"]
PRICES_2019 = ["nl_day_ahead_2019_2022.csv"]
SOLAR = ["nl_2024_solar.csv", "nl_2024_installed.csv"]  # made by make_solar_tables

# Constant installed capacity that gives the Dutch production of 2024 the yield of the pvwatts chain on the typical year of Amsterdam.
TYPICAL_YIELD_KWH_PER_KWP = 907.6

MARKET_LINES = ["day_ahead_revenue_eur", "imbalance_revenue_eur", "afrr_capacity_revenue_eur", "fcr_revenue_eur"]
SHORT = {"day_ahead": "DA", "imbalance": "imbalance", "afrr": "aFRR", "fcr": "FCR"}


def case(name, request, files, params=None, run=None):
    return {"name": name, "request": request, "files": files, "params": params or {}, "run": run or {}}


def strategy_cases():
    cases = []
    for availability in (100, 98):
        cases.append(case(f"reference_{availability}", "nl_2024", DAY_AHEAD, {"bessAvailability": availability}))
    sets = [("da", ["day_ahead"], DAY_AHEAD),
            ("da_reserves", ["day_ahead", "afrr", "fcr"], DAY_AHEAD + RESERVES),
            ("all", ["day_ahead", "imbalance", "afrr", "fcr"], DAY_AHEAD + IMBALANCE + RESERVES)]
    for label, markets, files in sets:
        for strategy in ("rolling_lp", "lp", "sequential_lp"):
            for direction in ("exclusive", "time_shared"):
                cases.append(case(f"2024_{label}_{strategy}_{direction}", "nl_2024", files, {"bessAvailability": 98},
                                  {"enabled_markets": markets, "strategy": strategy, "direction": direction,
                                   "compare_to_bound": True}))
    for strategy in ("rolling_lp", "lp"):
        for direction in ("exclusive", "time_shared"):
            cases.append(case(f"2019_2022_{strategy}_{direction}", "nl_2019_2022", PRICES_2019, {},
                              {"strategy": strategy, "direction": direction, "compare_to_bound": True}))
    return cases


def hybrid_cases():
    sde = {"solarSdeBaseAmount": 0.09, "solarSdeFloorPrice": 0.03, "solarSdeCorrectionAmount": 0.05}
    cases = [case("hybrid_da", "nl_2024_hybrid", DAY_AHEAD + SOLAR),
             case("hybrid_da_after", "nl_2024_hybrid", DAY_AHEAD + SOLAR, {}, {"generation_in_dispatch": False}),
             case("hybrid_da_reserves", "nl_2024_hybrid", DAY_AHEAD + SOLAR + RESERVES, {},
                  {"enabled_markets": ["day_ahead", "afrr", "fcr"]}),
             case("hybrid_all", "nl_2024_hybrid", DAY_AHEAD + SOLAR + RESERVES + IMBALANCE, {},
                  {"enabled_markets": ["day_ahead", "imbalance", "afrr", "fcr"]})]
    for rule in ("none", "six_hours", "any"):
        cases.append(case(f"hybrid_sde_{rule}", "nl_2024_hybrid", DAY_AHEAD + SOLAR, dict(sde, solarSdeNegativePriceRule=rule)))
    for label, markets, files in (("da", ["day_ahead"], []), ("da_reserves", ["day_ahead", "afrr", "fcr"], RESERVES)):
        cases.append(case(f"hybrid_25_years_{label}", "nl_2024_hybrid", DAY_AHEAD + SOLAR + files,
                          {"projectLifeYears": 25, "bessDegradationPerYear": 0.01, "bessDegradationPerCycle": 0.003,
                           "bessLifetimeCycles": 8000},
                          {"enabled_markets": markets, "simulation_years": 25, "compare_without_battery": False}))
    return cases


PEAK_TARIFFS = (0.2, 0.5, 1, 2, 4, 8)  # EUR/kW/month


def peak_cases():
    """The park with a monthly peak tariff in the plan; `ignored` has none, its months' peaks are billed afterwards."""
    cases = []
    for days in (3, 14):
        run = {"foresight_days": days, "compare_without_battery": False}
        cases.append(case(f"peak_{days}_ignored", "nl_2024_hybrid", DAY_AHEAD + SOLAR, {}, run))
        for tariff in PEAK_TARIFFS:
            cases.append(case(f"peak_{days}_{tariff}", "nl_2024_hybrid", DAY_AHEAD + SOLAR, {"gridPeakTariff": tariff}, run))
    return cases


def all_cases():
    return strategy_cases() + hybrid_cases() + peak_cases()


def month_peaks(folder):
    """Highest import of each local month, from a run's time series."""
    peaks = {}
    with open(folder / "timeseries.csv", newline="", encoding="utf-8") as source:
        for row in csv.DictReader(source):
            start = datetime.datetime.fromisoformat(row["delivery_start"].replace("Z", "+00:00"))
            month = start.astimezone(zoneinfo.ZoneInfo("Europe/Amsterdam")).strftime("%Y-%m")
            peaks[month] = max(peaks.get(month, 0.0), -float(row["net_export_mw"]))
    return [round(mw, 6) for _, mw in sorted(peaks.items())]


def make_solar_tables(data, folder):
    """The Dutch production of 2024 with its missing first hour (local midnight: dark), and what was installed, as a constant."""
    with open(data / "nl_solar_wind_production_2024_2025.csv", newline="", encoding="utf-8") as source:
        rows = [(row["timestamp_utc"], float(row["solar_mw"])) for row in csv.DictReader(source) if row["solar_mw"]]
    rows = [("2023-12-31T23:00:00Z", 0.0)] + [row for row in rows if row[0] < "2024-12-31T23"]
    installed = sum(mw for _, mw in rows) / TYPICAL_YIELD_KWH_PER_KWP
    with open(folder / SOLAR[0], "w", encoding="utf-8") as out:
        out.write("timestamp,solar_mw\n" + "".join(f"{stamp},{mw}\n" for stamp, mw in rows))
    with open(folder / SOLAR[1], "w", encoding="utf-8") as out:
        out.write(f"timestamp,solar_mw\n2023-12-31T23:00:00Z,{installed:.1f}\n")


def run_case(bess, data, folder, one):
    request = json.loads((EXAMPLES / f"{one['request']}.json").read_text(encoding="utf-8"))
    request["params"].update(copy.deepcopy(one["params"]))
    request["run"].update(copy.deepcopy(one["run"]))
    files = [str((folder if name in SOLAR else data) / name) for name in one["files"]]
    series = ["--out", str(folder)] if one["name"].startswith("peak_") else []
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([bess, "simulate", "-", "--json", "--workers", "1", *series, "--mapping", PAGES / "mapping.json", "--prices", *files],
                          input=json.dumps(request), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{one['name']}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    answer = json.loads(done.stdout)
    summary, provenance = answer["summary"], answer["provenance"]
    keep = {"cpu_seconds": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, 3),
            "wall_seconds": round(answer["simulation_time_seconds"], 3),
            "financial": {k: v for k, v in summary["financial"].items() if isinstance(v, (int, float)) and not k.endswith("mw_year")},
            "operational": summary["operational"],
            "capture_of_bound_percent": summary["highlights"]["capture_of_bound_percent"],
            "bound_eur": summary["highlights"]["bound_eur"],
            "months": [{"month": m["month"], "eur": m["net_eur"]} for m in summary["highlights"]["months"]],
            "tb2_share_percent": summary["prices"]["day_ahead_share_of_tb_percent"],
            "provenance": {k: v for k, v in provenance.items() if isinstance(v, (int, float)) and not isinstance(v, bool)},
            "comparison": answer["comparison"],
            "warnings": sorted({w["code"] for w in answer["warnings"] if "mapping" not in w["message"]})}
    if series:
        keep["month_peaks_mw"] = month_peaks(folder)
    return keep


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value


def run(arguments):
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    data = pathlib.Path(arguments.data)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_solar_tables(data, folder)
        for one in all_cases():
            if arguments.only and not any(one["name"].startswith(prefix) for prefix in arguments.only):
                continue
            results[one["name"]] = rounded(run_case(arguments.bess, data, folder, one))
            print(f"{one['name']}: {results[one['name']]['financial']['total_revenue_eur']:,.0f} EUR, "
                  f"{results[one['name']]['cpu_seconds']} s", flush=True)
            RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["run", "render"])
    parser.add_argument("--bess", default=str(ROOT / "build" / "release" / "bin" / "bess"))
    parser.add_argument("--data", default=str(ROOT.parent / "shared" / "data"))
    parser.add_argument("--only", nargs="*", help="cases whose name starts with one of these")
    arguments = parser.parse_args()
    if arguments.action == "run":
        run(arguments)
    else:
        import validation_page  # the page's tables and plots: scripts/validation_page.py
        validation_page.render(json.loads(RESULTS.read_text(encoding="utf-8")), PAGE, PAGES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
