"""What the campaigns share: a server and a program under test, documents that work, and the checks every answer must pass.
Standard library only. A fault is kept with what was sent, so that it can be sent again."""
import argparse
import collections
import http.client
import json
import math
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/api"))
from bess_server import BESS, Server  # noqa: E402

HANG_SECONDS = 20
GIVE_UP_SECONDS = 120

REQUEST = {
    "params": {
        "title": "t", "description": "d", "startProject": "2024-01-01", "projectLifeYears": 2, "bessCapacity": 4, "bessPower": 2,
        "bessMaximumSOC": 90, "bessMinimumSOC": 10, "bessRoundTripEfficiency": 88, "bessAvailability": 98, "bessLifetimeCycles": 8000,
        "bessDegradationPerYear": 0.01, "bessDegradationPerCycle": 0.003, "bessAuxiliaryPowerMw": 0.01,
        "bessAugmentation": [{"year": 2, "mwh": 1, "cost": 1000}], "gridChargingCapacity": 3, "gridDischargingCapacity": 3,
        "gridCapacityWindows": [{"months": [1, 2], "days": "weekdays", "fromHour": 16, "toHour": 20, "charging": 0.5}],
        "gridTarif": "none", "gridStandingChargeTransport": 5000, "gridTransportedEnergy": 1,
        "economicsCapexEur": 1000000, "economicsOpexEurPerYear": 1000},
    "run": {
        "scenario_id": 1, "simulation_years": 1, "enabled_markets": ["day_ahead"], "foresight_days": 1, "allow_partial": True,
        "capture_percent": {"day_ahead": 95}, "max_mw": {"fcr": 1}},
}

WINDOW = {
    "delta_h": 0.25, "enabled_markets": ["day_ahead", "imbalance"], "enabled_reserves": ["fcr"],
    "battery": {"capacity_mwh": 4, "power_mw": 2, "min_soc": 0.1, "max_soc": 0.9, "round_trip_efficiency": 0.85, "availability": 1,
                "start_mwh": 1, "target_mwh": 1, "wear_cost_eur_per_mwh": 1},
    "site": {"import_limit_mw": 3, "export_limit_mw": 3, "import_fee": 1, "export_fee": 1},
    "reserve": {"fcr_hours": 0.25, "afrr_hours": 1, "fcr_power_factor": 1.25},
    "block_of_period": [0, 0, 0, 0, 1, 1, 1, 1], "generation_mw": [0, 0.5, 1, 1, 1, 1, 0.5, 0],
    "prices": {"day_ahead": [50, -20, 80, 10, 60, -5, 90, 30], "imbalance_take": [55, -15, 90, 15, 65, 0, 95, 35],
               "imbalance_feed": [45, -25, 70, 5, 55, -10, 85, 25], "fcr_eur_per_mw_h": [5, 6]},
    "max_cycles_per_day": 4, "position_cap_factor": 1, "reserve_step_mw": 0,
}

PROFILE = {"name": "Park", "profile_type": "pv", "latitude": 52.3, "longitude": 4.8, "capacity_mw": 5, "allow_partial": True,
           "slope": 30, "azimuth": 170}
WIND = {"name": "Farm", "profile_type": "wind", "latitude": 52.3, "longitude": 4.8, "capacity_mw": 5, "allow_partial": True,
        "hub_height": 100, "wake_loss": 0.08}
SCENARIO = {"name": "Prices", "country": "NL", "description": "made up", "preload": False, "synthetic": True}
MAPPING = {"price.csv": {"table": "price", "time_zone": "UTC", "columns": {"timestamp": "when", "day_ahead": "spot"},
                         "units": {"day_ahead": "EUR/MWh"}}}


def prices_csv(days=4, header="timestamp,day_ahead"):
    rows = [header]
    for hour in range(24 * days):
        rows.append(f"2024-01-{1 + hour // 24:02}T{hour % 24:02}:00:00Z,{60 + 50 * math.sin(hour / 3):.2f}")
    return "\n".join(rows) + "\n"


def weather_csv(days=3):
    rows = ["timestamp,ghi_w_per_m2,temp_air_c,wind_speed_80m_m_per_s"]
    for hour in range(24 * days):
        sun = max(0, 600 - 20 * (hour % 24 - 12) ** 2)
        rows.append(f"2024-06-{1 + hour // 24:02}T{hour % 24:02}:00:00Z,{sun},15,{3 + hour % 12}")
    return "\n".join(rows) + "\n"


def output_csv(days=2):
    return "timestamp,output_mw\n" + "".join(
        f"2024-06-{1 + hour // 24:02}T{hour % 24:02}:00:00Z,{max(0, 4 - abs(hour % 24 - 12))}\n" for hour in range(24 * days))


def _no_constant(text):
    raise ValueError(f"{text} in JSON")


def _finite(text):
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} overflows")
    return value


def strict_json(text):
    """JSON in which every number is finite."""
    return json.loads(text, parse_constant=_no_constant, parse_float=_finite)


def calm(document, years):
    """Long runs are no fault: few years, few solves, nothing that is known to make every plan a long search."""
    run = document.get("run") if isinstance(document, dict) else None
    if isinstance(run, dict):
        if isinstance(run.get("exclusive_solves"), int) and run["exclusive_solves"] > 24:
            run["exclusive_solves"] = 24
        asked = run.get("simulation_years")
        if (asked is None and years == 1) or (isinstance(asked, int) and years < asked <= 50):
            run["simulation_years"] = years
    params = document.get("params") if isinstance(document, dict) else None
    if isinstance(params, dict):  # a ramp limit that hardly lets the battery move; the month's peak weighed in every window
        ramp = params.get("bessRampRatePercent")
        if isinstance(ramp, (int, float)) and 0 < ramp < 0.1:
            params["bessRampRatePercent"] = 0.1
        if isinstance(params.get("gridPeakTariff"), (int, float)) and params["gridPeakTariff"] > 0:
            params["gridPeakTariff"] = 0
    return document


class Campaign:
    def __init__(self, name):
        self.name = name
        self.counts = collections.Counter()
        self.codes = collections.Counter()
        self.faults = []
        self.slowest = 0.0
        self.server = Server(None, "--max-queued-jobs", "100")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bess-campaign-"))
        (self.folder / "prices.csv").write_text(prices_csv())
        self.scenario = self.server.send("/scenarios", {"name": "base"}).json()["id"]
        self.server.upload(f"/scenarios/{self.scenario}/import", ("file", "price.csv", prices_csv()))
        answer = self.server.send("/simulate", REQUEST)
        if answer.status != 200:
            raise RuntimeError(f"the base request does not work: {answer.body[:500]}")

    def fault(self, what, sent):
        self.counts["faults"] += 1
        if len(self.faults) < 100:
            self.faults.append((what, sent if isinstance(sent, str) else repr(sent)))
            print(f"FAULT {what}\n  sent: {self.faults[-1][1][:2000]}", flush=True)

    def problems(self, body, sent):
        """Counts the codes of a refusal; each problem must have one."""
        document = strict_json(body)
        for error in document.get("errors") or [document]:
            code = error.get("code")
            if not isinstance(code, str) or not code:
                self.fault(f"a problem without a code: {body[:300]}", sent)
            self.codes[code] += 1
            if code == "internal":
                self.fault(f"internal: {body[:300]}", sent)

    def http(self, kind, sent, method, path, body=None, content_type="application/json"):
        """Sends one request; checks and counts the answer. Returns it, or None where there was none."""
        self.counts[f"{kind} sent"] += 1
        start = time.monotonic()
        try:
            answer = self.server.request(method, path, body, content_type, timeout=GIVE_UP_SECONDS)
        except (OSError, http.client.HTTPException) as error:
            if self.server.process.poll() is not None:
                self.fault(f"the server died with {self.server.process.returncode} at {method} {path}", sent)
                raise SystemExit(self.report())
            if isinstance(error, TimeoutError):
                self.counts["slow answers"] += 1
                self.slow(kind, sent, GIVE_UP_SECONDS)
            else:
                self.fault(f"no answer to {method} {path}: {error!r}", sent)
            return None
        seconds = time.monotonic() - start
        self.slowest = max(self.slowest, seconds)
        if seconds > HANG_SECONDS:
            self.counts["slow answers"] += 1
            self.slow(kind, sent, seconds)
        try:
            if "json" in answer.headers.get("Content-Type", ""):
                if answer.status >= 400 or b'"type"' in answer.body[:200]:
                    self.problems(answer.body, sent)
                else:
                    strict_json(answer.body)
            elif answer.body and "json" not in answer.headers.get("Content-Type", "") and (b"nan" in answer.body or b"inf," in answer.body):
                self.fault(f"{path}: no number in {answer.headers.get('Content-Type')}", sent)
        except ValueError as error:
            self.fault(f"{path}: {error}: {answer.body[:300]}", sent)
        if answer.status >= 500 and answer.status != 503:
            self.fault(f"{path}: status {answer.status}: {answer.body[:300]}", sent)
        self.counts[f"{kind} accepted" if answer.status < 400 else f"{kind} refused"] += 1
        return answer

    def slow(self, kind, sent, seconds):
        """A long wait is a fault where the program alone needs the time too, not where others had the processor."""
        if kind not in ("simulate", "job"):
            return self.fault(f"{kind} took {seconds:.0f} s", sent)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.simulate(sent, kind="slow again")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if spent > HANG_SECONDS:
            self.fault(f"a simulation of {spent:.0f} s of processor time", sent)

    def program(self, kind, sent, *arguments, data=None):
        """Runs the program; exit code 0 or 3 (2 is for usage), answers of JSON with finite numbers."""
        self.counts[f"{kind} sent"] += 1
        try:
            done = subprocess.run([BESS, *arguments], input=data, capture_output=True, timeout=GIVE_UP_SECONDS,
                                  env={**os.environ, "BESS_DATA_DIR": self.server.directory})
        except subprocess.TimeoutExpired:
            self.fault(f"{arguments[0]} did not end in {GIVE_UP_SECONDS} s", sent)
            return None
        if done.returncode not in (0, 3):
            self.fault(f"{arguments[0]} ended with {done.returncode}: {done.stderr[-300:]!r}", sent)
        try:
            if "--json" in arguments and done.stdout:
                document = strict_json(done.stdout)
                for error in document.get("errors") or []:
                    self.codes[error["code"]] += 1
        except ValueError as error:
            self.fault(f"{arguments[0]}: {error}: {done.stdout[:300]!r}", sent)
        self.counts[f"{kind} accepted" if done.returncode == 0 else f"{kind} refused"] += 1
        return done

    def simulate(self, text, kind="simulate (program)"):
        return self.program(kind, text, "simulate", "-", "--json", "--prices", str(self.folder / "prices.csv"), data=text.encode("utf-8", "surrogatepass"))

    def dispatch(self, text):
        return self.program("dispatch", text, "dispatch", "-", "--json", "--schedule", data=text.encode("utf-8", "surrogatepass"))

    def healthy(self):
        if self.server.process.poll() is not None or self.server.get("/health").status != 200:
            self.fault("the server is not healthy", "")

    def report(self):
        """Prints the counts; the exit code."""
        if self.server.process.poll() is None:
            self.healthy()
            code = self.server.stop()
            if code != 0:
                self.fault(f"the server ended with {code}", "")
        sent = sum(n for what, n in self.counts.items() if what.endswith(" sent"))
        accepted = sum(n for what, n in self.counts.items() if what.endswith(" accepted"))
        print(f"{self.name}: {sent} sent, {accepted} accepted, {self.counts['faults']} faults, slowest {self.slowest:.1f} s")
        for what, n in sorted(self.counts.items()):
            print(f"  {what:<32}{n:>8}")
        print("  refused by code: " + ", ".join(f"{code} {n}" for code, n in self.codes.most_common()))
        return 1 if self.counts["faults"] else 0


def arguments(description, count):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--count", type=int, default=count, help=f"documents sent (default {count})")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()
