#!/usr/bin/env python3
"""Holds the law of docs/extending/ageing_law.patch to a calculation of its own.

    tests/extending/check_ageing_law.py PROGRAM

Simulates three years of the built-in synthetic prices with `bessAgeing` square_root, once in rolling windows and once a year at a time, adds
up what the battery moved from the series, and compares the state of health of every year, and after every update, with

    1 - fade_per_cycle * EFC - fade_per_year * sqrt(years)

It also looks for the law in the list of options and in their Markdown page. Exit code 1 and one line a difference. Standard library alone.
"""

import json
import math
import subprocess
import sys

FADE_PER_CYCLE = 4e-5
FADE_PER_YEAR = 0.02
CAPACITY_MWH = 20.0
TOLERANCE = 1e-7  # the series are rounded to nine decimals, 105,216 times

failures = []


def compare(what, found, expected):
    if not math.isclose(found, expected, rel_tol=0.0, abs_tol=TOLERANCE):
        failures.append(f"{what}: {found:.9f}, expected {expected:.9f}")


def run(program, *arguments, text=""):
    done = subprocess.run([program, *arguments], input=text, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stdout[:2000]}{done.stderr[:2000]}")
    return done.stdout


def simulate(program, strategy):
    params = {"title": "square root of time", "description": "", "startProject": "2024-01-01", "projectLifeYears": 3,
              "bessCapacity": CAPACITY_MWH, "bessPower": 10, "bessMaximumSOC": 90, "bessMinimumSOC": 10, "bessRoundTripEfficiency": 90,
              "bessAgeing": "square_root", "bessDegradationPerCycle": 100 * FADE_PER_CYCLE, "bessDegradationPerYear": FADE_PER_YEAR,
              "gridChargingCapacity": 10, "gridDischargingCapacity": 10, "gridTarif": "MS-D", "gridStandingChargeTransport": 0,
              "gridTransportedEnergy": 0, "gridContractedTariff": 0, "gridPeakTariff": 0}
    request = {"params": params, "run": {"strategy": strategy, "simulation_years": 3, "enabled_markets": ["day_ahead"], "yearly_summary": True}}
    return json.loads(run(program, "simulate", "-", "--sample", "--json", "--timeseries", "columns", text=json.dumps(request)))


def check(answer, strategy):
    series = answer["timeseries"]
    shown = series["state_of_health"]
    efc = 0.0
    start_of_year = {}
    updates = 0
    health = 1.0  # as the last update left it
    for q, (charge, discharge, efficiency) in enumerate(zip(series["charge_mw"], series["discharge_mw"], series["round_trip_efficiency"])):
        if q > 0 and shown[q] != shown[q - 1]:
            health = 1.0 - FADE_PER_CYCLE * efc - FADE_PER_YEAR * math.sqrt(0.25 * q / 8760.0)
            updates += 1
        compare(f"{strategy}, {series['delivery_start'][q]}", shown[q], health)
        local = series["delivery_start"][q]
        if local.endswith("-12-31T23:00:00Z") or q == 0:  # midnight in the Netherlands
            start_of_year[len(start_of_year) + 1] = health
        eta = math.sqrt(efficiency)
        efc += 0.25 * (eta * charge + discharge / eta) / (2.0 * CAPACITY_MWH)
    if updates < 2:
        failures.append(f"{strategy}: only {updates} updates")
    years = answer["yearly_summaries"]
    for year in years:
        compare(f"{strategy}, year {year['project_year']}, start", year["soh_start_percent"] / 100.0, start_of_year[year["project_year"]])
    at_end = 1.0 - FADE_PER_CYCLE * efc - FADE_PER_YEAR * math.sqrt(0.25 * len(shown) / 8760.0)
    compare(f"{strategy}, end", years[-1]["soh_end_percent"] / 100.0, at_end)
    linear = 1.0 - FADE_PER_CYCLE * efc - FADE_PER_YEAR * 0.25 * len(shown) / 8760.0
    print(f"{strategy}: {updates} updates; after three years {100 * at_end:.4f} % (linear ageing would say {100 * linear:.4f} %)")


def main():
    program = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
    for arguments in (("simulate", "--options"), ("options", "--markdown")):
        if "square_root" not in run(program, *arguments):
            failures.append(f"{' '.join(arguments)} does not name the law")
    for strategy in ("rolling_lp", "lp"):
        check(simulate(program, strategy), strategy)
    for line in failures[:20]:
        print(line)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
