#!/usr/bin/env python3
"""Records the answers of a program over a fixed set of requests, windows, imports and exports, and compares two recordings.

    scripts/record_answers.py record DIR [--bess build/release/bin/bess] [--only TEXT …] [--jobs 2]
    scripts/record_answers.py compare BEFORE AFTER [--tolerance 0] [--markdown]

A recording holds every byte of every answer but the time taken (and what --ignore names). `compare` prints each figure that changed: of
which case, before, after; it ends with 1 when there was any. All inputs are made here from fixed seeds or are files of the project, so a
recording needs nothing else. Standard library alone.
"""

import argparse
import concurrent.futures
import csv
import datetime
import gzip
import hashlib
import io
import json
import math
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIMES = {"simulation_time_seconds", "time_seconds", "seconds", "lps_per_second"}
UTC = datetime.timezone.utc


# ---- inputs -----------------------------------------------------------------------------------------------------------------------

def params(**more):
    base = {"title": "recorded", "description": "", "startProject": "2024-01-01", "projectLifeYears": 10, "bessCapacity": 20,
            "bessPower": 10, "bessMaximumSOC": 90, "bessMinimumSOC": 10, "bessRoundTripEfficiency": 88, "gridChargingCapacity": 10,
            "gridDischargingCapacity": 10, "gridTarif": "none", "gridStandingChargeTransport": 441, "gridTransportedEnergy": 0,
            "economicsCapexEur": 6000000, "economicsOpexEurPerYear": 120000, "economicsReplacementCostEur": 3000000,
            "economicsReplacementCostDecline": 0.03, "economicsDiscountRate": 0.07}
    return {**base, **more}


RESERVES = ["day_ahead", "afrr", "fcr"]
JOINT = ["day_ahead", "intraday", "afrr", "fcr"]
ALL = ["day_ahead", "intraday", "imbalance", "afrr", "fcr"]
SITE = {"gridChargingCapacity": 8, "gridDischargingCapacity": 6, "solarCapacity": 12, "gridTransportedEnergy": 6, "gridExportFee": 1}


def requests():
    """name → (params, run, extra arguments). One simulated year each unless the name says more."""
    cases = {}
    for strategy in ("rolling_lp", "lp", "sequential_lp"):
        for label, markets in (("da", ["day_ahead"]), ("reserves", RESERVES), ("joint", JOINT), ("all", ALL)):
            cases[f"{strategy}_{label}"] = ({}, {"strategy": strategy, "enabled_markets": markets})
        cases[f"{strategy}_shared"] = ({}, {"strategy": strategy, "enabled_markets": JOINT, "direction": "time_shared"})
        cases[f"{strategy}_site"] = (SITE, {"strategy": strategy, "enabled_markets": RESERVES})
        cases[f"{strategy}_bound"] = ({}, {"strategy": strategy, "enabled_markets": JOINT, "compare_to_bound": True})
    cases.update({
        "netted": ({}, {"enabled_markets": ALL, "cross_market": "netted", "position_cap_factor": 1.5}),
        "netted_site": (SITE, {"enabled_markets": ["day_ahead", "imbalance"], "cross_market": "netted"}),
        "intraday_imbalance": ({}, {"enabled_markets": ["intraday", "imbalance"]}),
        "reserves_alone": ({}, {"enabled_markets": ["fcr", "afrr"]}),
        "fcr_alone": ({}, {"enabled_markets": ["fcr"], "fcr_hours": 0.5}),
        "fcr_day_ahead": ({}, {"enabled_markets": ["day_ahead", "fcr"], "reserve_step_mw": 1}),
        "steps_and_caps": ({}, {"enabled_markets": ALL, "reserve_step_mw": 1, "max_mw": {"fcr": 2, "afrr_up": 3, "afrr_down": 4, "imbalance": 5}}),
        "stage1_none": ({}, {"strategy": "sequential_lp", "enabled_markets": RESERVES, "stage1_recourse": "none"}),
        "sequential_site": (SITE, {"strategy": "sequential_lp", "enabled_markets": ALL}),
        "capture": ({}, {"enabled_markets": ALL, "capture_percent": {"imbalance": 30, "afrr": 80, "day_ahead": 95}}),
        "trend_4_years": ({"projectLifeYears": 12}, {"enabled_markets": RESERVES, "simulation_years": 4, "price_trend_percent_per_year": {"fcr": -8, "day_ahead": 2}, "yearly_summary": True}),
        "wear_cycles": ({}, {"enabled_markets": ["day_ahead", "intraday"], "wear_cost_eur_per_mwh": 15, "max_cycles_per_day": 1.2}),
        "ramp": ({"bessRampRatePercent": 30}, {"enabled_markets": ["day_ahead"]}),
        "peak_tariff": ({"gridTarif": "MS-D"}, {"enabled_markets": ["day_ahead"]}),
        "peak_hs": ({"gridTarif": "HS", "gridContractedTransportPower": 10}, {"enabled_markets": ["day_ahead", "fcr"]}),
        "auxiliary": ({"bessAuxiliaryPowerMw": 0.2}, {"enabled_markets": ["day_ahead"]}),
        "auxiliary_untraded": ({"bessAuxiliaryPowerMw": 0.2}, {"enabled_markets": ["intraday"]}),
        "energy_tax": ({"gridEnergyTax": 3, "gridTransportedEnergy": 4}, {"enabled_markets": ["day_ahead", "intraday"]}),
        "foresight_7_1": ({}, {"enabled_markets": JOINT, "foresight_days": 7, "execute_days": 1}),
        "foresight_1": ({}, {"enabled_markets": ["day_ahead"], "foresight_days": 1, "terminal_soc": 40, "initial_soc_percent": 20}),
        "terminal_none": ({}, {"enabled_markets": ["day_ahead"], "terminal_soc": "none"}),
        "clp": ({}, {"enabled_markets": RESERVES, "solver": "clp"}),
        "augmented_10_years": ({"bessLifetimeCycles": 2500, "bessAugmentation": [{"year": 4, "mwh": 5, "cost": 400000}], "bessRTEDegradationPerCycle": 0.0005},
                               {"enabled_markets": ["day_ahead", "fcr"], "simulation_years": 10, "yearly_summary": True}),
        "eol_10_years": ({"bessEolSoh": 0.85, "economicsMidYear": True, "economicsOptimiserFeePercent": 8},
                         {"strategy": "lp", "enabled_markets": ["day_ahead"], "simulation_years": 10}),
        "parallel_6_years": ({"bessLifetimeCycles": 1500}, {"enabled_markets": ["day_ahead"], "simulation_years": 6, "parallel_years": True}),
        "sde": ({**SITE, "solarSdeBaseAmount": 0.09, "solarSdeFloorPrice": 0.03, "solarSdeMaxFullLoadHours": 700, "solarSdeBankShare": 0.25},
                {"enabled_markets": ["day_ahead"], "simulation_years": 2, "compare_without_battery": True}),
        "sde_self_charge": ({**SITE, "solarSdeBaseAmount": 0.09, "solarSdeCorrectionByYear": [0.05, 0.04], "solarSdeSelfCharge": True, "solarSdeNegativePriceRule": "any"},
                            {"enabled_markets": ["day_ahead", "intraday"], "generation_market": "intraday"}),
        "premium": ({**SITE, "solarPremiumValue": 0.07, "windPremiumValue": 0.06, "windCapacity": 4}, {"enabled_markets": ["day_ahead"]}),
        "generation_after": (SITE, {"enabled_markets": RESERVES, "generation_in_dispatch": False}),
        "limits_by_hour": ({"gridDischargingCapacityByHour": [1] * 16 + [0.5] * 4 + [1] * 4, "gridCapacityWindows": [{"days": "weekdays", "fromHour": 7, "toHour": 9, "charging": 0.2}]},
                           {"enabled_markets": RESERVES}),
        "no_battery": ({**SITE, "bessPower": 0, "bessCapacity": 0}, {"enabled_markets": ["day_ahead"]}),
        "small_battery": ({"bessCapacity": 0.002, "bessPower": 0.001, "gridChargingCapacity": 0.001, "gridDischargingCapacity": 0.001}, {"enabled_markets": ["day_ahead", "fcr"]}),
    })
    return {name: (params(**p), {"simulation_years": 1, **run}) for name, (p, run) in cases.items()}


def year_of_production(path, seed, capacity):
    chance = random.Random(seed)
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["timestamp", "output_mw"])
        for hour in range(-24, 366 * 24 + 24):
            time = datetime.datetime(2024, 1, 1, tzinfo=UTC) + datetime.timedelta(hours=hour)
            sun = max(0.0, math.sin((time.hour - 5) / 14 * math.pi)) if 5 <= time.hour <= 19 else 0.0
            season = 0.55 - 0.4 * math.cos(2 * math.pi * (time.timetuple().tm_yday - 10) / 365)
            out.writerow([time.strftime("%Y-%m-%dT%H:%M:%SZ"), round(capacity * sun * season * chance.uniform(0.3, 1.0), 6)])


def year_of_weather(path, seed):
    chance = random.Random(seed)
    with path.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["timestamp", "ghi_w_per_m2", "temp_air_c", "wind_speed_100m_m_per_s"])
        for hour in range(-24, 365 * 24 + 24):
            time = datetime.datetime(2023, 1, 1, tzinfo=UTC) + datetime.timedelta(hours=hour)
            sun = max(0.0, math.sin((time.hour - 5) / 14 * math.pi)) if 5 <= time.hour <= 19 else 0.0
            season = 0.55 - 0.4 * math.cos(2 * math.pi * (time.timetuple().tm_yday - 10) / 365)
            out.writerow([time.strftime("%Y-%m-%dT%H:%M:%SZ"), round(950 * sun * season * chance.uniform(0.3, 1.0), 3),
                          round(10 - 8 * math.cos(2 * math.pi * time.timetuple().tm_yday / 365) + chance.uniform(-3, 3), 2),
                          round(abs(chance.gauss(7, 3)), 2)])


def exchange_files(folder):
    """A few dialects of price files; what `validate` and an import make of them."""
    chance = random.Random(11)
    start = datetime.datetime(2024, 3, 30, tzinfo=UTC)
    hours = [start + datetime.timedelta(hours=h) for h in range(24 * 4)]
    prices = [round(chance.gauss(70, 40), 2) for _ in hours]
    (folder / "plain.csv").write_text("timestamp,day_ahead\n" + "".join(f"{t:%Y-%m-%dT%H:%MZ},{p}\n" for t, p in zip(hours, prices)))
    (folder / "comma.csv").write_text("timestamp_utc;day_ahead\n" + "".join(f"{t:%d.%m.%Y %H:%M};{str(p).replace('.', ',')}\n" for t, p in zip(hours, prices)))
    (folder / "faulty.csv").write_text("timestamp,day_ahead\n2024-01-01T00:00Z,1\n2024-01-01T00:00Z,2\n2024-01-01 05:00,x\n")
    quarters = [start + datetime.timedelta(minutes=15 * q) for q in range(96 * 4)]
    (folder / "imbalance.csv").write_text("timestamp,imbalance_take,imbalance_feed,regulation_state\n" + "".join(
        f"{t:%Y-%m-%dT%H:%MZ},{round(chance.gauss(90, 60), 2)},{round(chance.gauss(50, 60), 2)},{chance.choice([-1, 0, 1, 2])}\n" for t in quarters))
    (folder / "blocks.csv").write_text("timestamp,timestamp_end,fcr_price\n" + "".join(
        f"{t:%Y-%m-%dT%H:%MZ},{t + datetime.timedelta(hours=4):%Y-%m-%dT%H:%MZ},{round(chance.uniform(2, 40), 2)}\n" for t in hours[22:-2:4]))


# ---- running ----------------------------------------------------------------------------------------------------------------------

class Recorder:
    def __init__(self, bess, folder, scratch):
        self.bess, self.folder, self.scratch = bess, folder, scratch

    def run(self, *arguments, stdin=None, cwd=None):
        # A run's own count of processors must not show in an answer.
        done = subprocess.run([str(self.bess), *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd or self.scratch, check=False)
        return done.returncode, done.stdout, done.stderr

    def keep(self, name, content):
        path = self.folder / (name + ".gz")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="", compresslevel=5) as file:
            file.write(content)

    def answer(self, name, *arguments, stdin=None):
        code, out, err = self.run(*arguments, stdin=stdin)
        self.keep(name, normal(self.placed(out)) + b"\n--- exit " + str(code).encode() + b"\n" + self.words(err))

    def placed(self, text):
        """The folder of a recording has another name each time."""
        return text.replace(str(self.scratch).encode(), b"SCRATCH")

    def words(self, text):
        return re.sub(rb"\d+(\.\d+)? s\b", b"N s", self.placed(text))

    def simulate(self, name, request):
        file = self.scratch / f"{name}.json"
        file.write_text(json.dumps(request))
        out = self.scratch / f"{name}.out"
        extra = []
        if request["params"].get("solarCapacity"):
            extra = ["--solar", self.scratch / "solar.csv"]
        if request["params"].get("windCapacity"):
            extra += ["--wind", self.scratch / "solar.csv"]
        code, text, err = self.run("simulate", file, "--sample", "--out", out, *extra)
        self.keep(f"simulate/{name}/text", re.sub(rb"\d+\.\d+ s\b", b"N s", self.placed(text)) + b"\n--- exit " + str(code).encode() + b"\n" + self.words(err))
        for part in sorted(out.glob("*")) if out.is_dir() else []:
            content = part.read_bytes()
            self.keep(f"simulate/{name}/{part.name}", normal(self.placed(content)) if part.suffix == ".json" else content)
        shutil.rmtree(out, ignore_errors=True)


def normal(text):
    """JSON without the time taken; anything else as it is."""
    try:
        document = json.loads(text)
    except ValueError:
        return text

    def clean(value):
        if isinstance(value, dict):
            return {k: clean(v) for k, v in value.items() if k not in TIMES}
        return [clean(v) for v in value] if isinstance(value, list) else value
    return json.dumps(clean(document), indent=1, ensure_ascii=False).encode()


def windows():
    yield "example", ROOT / "examples/window.json"
    for file in sorted((ROOT / "tests/cases/windows").glob("*/input.json")):
        yield "case_" + file.parent.name, file
    for file in sorted((ROOT / "../shared/cases").glob("*.json")):
        yield "shared_" + file.stem, file


def record(arguments):
    folder = pathlib.Path(arguments.folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    bess = pathlib.Path(arguments.bess).resolve()
    wanted = lambda name: not arguments.only or any(text in name for text in arguments.only)
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = pathlib.Path(scratch_name)
        r = Recorder(bess, folder, scratch)
        year_of_production(scratch / "solar.csv", 3, 12)
        year_of_weather(scratch / "weather.csv", 5)
        exchange_files(scratch)
        tasks = []
        for name, (p, run) in requests().items():
            tasks.append((f"simulate/{name}", lambda name=name, p=p, run=run: r.simulate(name, {"params": p, "run": run})))
        for name, file in windows():
            for variant, more in (("exclusive", []), ("shared", ["--direction", "time_shared"]), ("clp", ["--solver", "clp", "--direction", "time_shared"])):
                tasks.append((f"dispatch/{name}_{variant}", lambda n=name, v=variant, f=file, m=more: r.answer(f"dispatch/{n}_{v}", "dispatch", f, "--json", "--schedule", *m)))
        compared = scratch / "compared.json"
        compared.write_text(json.dumps({"params": params(), "run": {"simulation_years": 1}}))
        tasks.append(("compare", lambda: r.answer("compare", "compare", compared, "--sample", "--markets", "day_ahead", "--markets", "day_ahead,fcr", "--json")))
        for how in ("--json", "--markdown"):
            tasks.append((f"options{how}", lambda how=how: r.answer(f"options{how}", "options", how)))
        for file in ("plain", "comma", "faulty", "imbalance", "blocks"):
            tasks.append((f"validate/{file}", lambda file=file: r.answer(f"validate/{file}", "validate", f"{file}.csv", "--json")))
        tasks.append(("store", lambda: store(r, scratch)))
        chosen = [(name, task) for name, task in tasks if wanted(name)]
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            for (name, _), future in zip(chosen, [pool.submit(task) for _, task in chosen]):
                future.result()
                print(name, file=sys.stderr)
    files = sorted(p for p in folder.rglob("*.gz"))
    total = hashlib.sha256()
    for path in files:
        total.update(path.relative_to(folder).as_posix().encode() + gzip.decompress(path.read_bytes()))
    print(f"{len(files)} answers, sha256 {total.hexdigest()}")


def store(r, scratch):
    data = scratch / "data"
    steps = [("create", ["scenario", "create", "--name", "recorded", "--country", "NL"]),
             ("import", ["scenario", "import", "1", "plain.csv", "imbalance.csv", "blocks.csv"]),
             ("show", ["scenario", "show", "1"]), ("list", ["scenario", "list"]),
             ("generate_pv", ["profile", "generate", "--weather", "weather.csv", "--name", "sun", "--type", "pv", "--latitude", "52", "--longitude", "5", "--capacity", "10"]),
             ("generate_wind", ["profile", "generate", "--weather", "weather.csv", "--name", "wind", "--type", "wind", "--latitude", "52", "--longitude", "5", "--capacity", "10"]),
             ("import_profile", ["profile", "import", "solar.csv", "--name", "park", "--type", "pv"])]
    for name, words in steps:
        code, out, err = r.run(*words, "--data-dir", data, "--json")
        text = re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", b"UUID", normal(out))
        text = re.sub(rb'"(data_revision|created_at|updated_at|created|updated)": "[^"]*"', rb'"\1": "-"', text)
        r.keep(f"store/{name}", text + b"\n--- exit " + str(code).encode() + b"\n" + r.words(err))
    archive = scratch / "export.zip"
    r.run("scenario", "export", "1", "--out", archive, "--data-dir", data)
    if archive.exists():
        with zipfile.ZipFile(archive) as z:
            for member in z.namelist():
                r.keep(f"store/export/{member}", z.read(member))


# ---- comparing --------------------------------------------------------------------------------------------------------------------

def flatten(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flatten(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from flatten(inner, f"{path}/{index}")
    else:
        yield path, value


def figures(name, content):
    """The figures of an answer by their names."""
    body = content.split(b"\n--- exit ")[0]
    try:
        return dict(flatten(json.loads(body)))
    except ValueError:
        pass
    if name.endswith("timeseries.csv"):
        rows = list(csv.reader(io.StringIO(content.decode())))
        return {f"row {i} {column}": cell for i, row in enumerate(rows[1:], 2) for column, cell in zip(rows[0], row)} | {"columns": ",".join(rows[0])}
    return {f"line {i}": line for i, line in enumerate(content.decode(errors="replace").splitlines(), 1)}


def differs(before, after, tolerance):
    if before == after:
        return False
    try:
        a, b = float(before), float(after)
    except (TypeError, ValueError):
        return True
    return not abs(a - b) <= tolerance * max(1.0, abs(a))


def compare(arguments):
    before, after = pathlib.Path(arguments.before), pathlib.Path(arguments.after)
    names = sorted({p.relative_to(d).as_posix() for d in (before, after) for p in d.rglob("*.gz")})
    changed = same = 0
    for name in names:
        a, b = before / name, after / name
        if not a.exists() or not b.exists():
            print(f"{name}: only in {'AFTER' if b.exists() else 'BEFORE'}")
            changed += 1
            continue
        old, new = gzip.decompress(a.read_bytes()), gzip.decompress(b.read_bytes())
        if old == new:
            same += 1
            continue
        left, right = figures(name, old), figures(name, new)
        rows = [(key, left.get(key, "absent"), right.get(key, "absent")) for key in {**left, **right}
                if not any(ignored in key for ignored in arguments.ignore) and differs(left.get(key, "absent"), right.get(key, "absent"), arguments.tolerance)]
        if not rows:
            same += 1
            continue
        changed += 1
        for key, was, now in rows[:arguments.most]:
            print(f"| {name} | {key} | {was} | {now} |" if arguments.markdown else f"{name}: {key}: {was} -> {now}")
        if len(rows) > arguments.most:
            print(f"{name}: {len(rows) - arguments.most} more")
    print(f"{same} answers alike, {changed} changed")
    return 1 if changed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = parser.add_subparsers(dest="command", required=True)
    one = sub.add_parser("record")
    one.add_argument("folder")
    one.add_argument("--bess", default=ROOT / "build/release/bin/bess")
    one.add_argument("--only", nargs="*", default=[], help="cases whose name holds one of these texts")
    one.add_argument("--jobs", type=int, default=os.cpu_count())
    two = sub.add_parser("compare")
    two.add_argument("before")
    two.add_argument("after")
    two.add_argument("--tolerance", type=float, default=0.0, help="relative change that counts as none")
    two.add_argument("--ignore", nargs="*", default=[], help="figures whose name holds one of these texts")
    two.add_argument("--most", type=int, default=40, help="figures printed per answer")
    two.add_argument("--markdown", action="store_true")
    arguments = parser.parse_args()
    return record(arguments) if arguments.command == "record" else compare(arguments)


if __name__ == "__main__":
    sys.exit(main())
