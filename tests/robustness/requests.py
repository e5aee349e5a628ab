"""Mutated documents against a running server and the program: simulation requests, jobs, window files, profiles, scenarios, mappings,
queries. Most mutations keep the form of a document, so that a good part gets past the checks. No crash, no exit code 1, no `internal`,
no status 500, no hang; answers are JSON with finite numbers; the server stays healthy.

  tests/robustness/requests.py --count 25000 --seed 7"""
import sys

sys.path.append(sys.path.pop(0))  # this file has the name of a known package

import concurrent.futures
import copy
import json
import random
import subprocess
import threading
import urllib.parse

from campaign import BESS, MAPPING, PROFILE, REQUEST, SCENARIO, WIND, WINDOW, Campaign, arguments, calm, output_csv, prices_csv, weather_csv
from number_edges import edges, numbers, put, window_schema
from bess_server import form

NASTY = ["", " ", "\u0000", "\ud800", "é", "𝔅", "\u202e", "a" * 300, "x" * 200000, "<script>", "../../etc/passwd", "NaN", "1e999", "%s%n", "'; DROP TABLE x;--",
         "\n\r\t", "2024-02-30", "2024-01-01T00:00:00+99:00", "0000-00-00", "9999-12-31", "-1", "null", "day_ahead", "\\u0000"]
OTHER = [None, True, False, [], {}, [[]], {"a": 1}, "text", 0, -1, 1.5, [1, "a", None], 10**30]


def places(document, path=()):
    """(container, key) of everything in a document."""
    if isinstance(document, dict):
        for key in document:
            yield document, key
            yield from places(document[key])
    elif isinstance(document, list):
        for i in range(min(len(document), 50)):
            yield document, i
            yield from places(document[i])


class Mutator:
    def __init__(self, rng, schema_numbers):
        self.rng = rng
        self.numbers = schema_numbers

    def document(self, base):
        """A text; most often JSON of the same form as `base`."""
        document = copy.deepcopy(base)
        kind = self.rng.random()
        if kind < 0.45:
            for _ in range(self.rng.randint(1, 4)):
                self.legal(document)
        elif kind < 0.85:
            for _ in range(self.rng.randint(1, 3)):
                self.any(document)
        text = json.dumps(calm(document, 1), ensure_ascii=self.rng.random() < 0.7)
        return self.text(text) if kind > 0.93 else text

    def legal(self, document):
        """A number inside its range, a flag or a choice turned."""
        rng = self.rng
        path, schema = rng.choice(self.numbers)
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        high = schema.get("maximum", max(low, 0) + 100)
        x = rng.choice([low, high, low + (high - low) * rng.random(), low + (high - low) * 10 ** -rng.uniform(0, 9)])
        if schema.get("type") == "integer":
            x = round(x)
        try:
            put(document, path, x)
        except (TypeError, AttributeError, KeyError):
            pass  # an earlier mutation left no room for it

    def any(self, document):
        rng = self.rng
        spots = list(places(document))
        if not spots:
            return
        container, key = rng.choice(spots)
        kind = rng.randrange(10)
        if kind == 0:
            path, schema = rng.choice(self.numbers)
            try:
                put(document, path, rng.choice(edges(schema)))
            except (TypeError, AttributeError, KeyError):
                pass
        elif kind == 1:
            container[key] = copy.deepcopy(rng.choice(OTHER))
        elif kind == 2:
            container[key] = rng.choice(NASTY)
        elif kind == 3:
            del container[key]
        elif kind == 4 and isinstance(container, dict):
            container[rng.choice(NASTY + [str(key) + "x", str(key).upper()])] = container[key]
        elif kind == 5:
            deep = 1
            for _ in range(rng.choice([5, 60, 500])):
                deep = [deep] if rng.random() < 0.5 else {"a": deep}
            container[key] = deep
        elif kind == 6 and isinstance(container[key], list):
            container[key] = container[key] * rng.choice([0, 2, 50])
        elif kind == 7 and isinstance(container[key], (int, float)):
            container[key] = container[key] * rng.choice([-1, 0, 0.001, 10, 1e6, 1.0000001])
        elif kind == 8 and isinstance(container[key], str):
            text = container[key]
            at = rng.randrange(len(text) + 1)
            container[key] = text[:at] + rng.choice(NASTY[:9]) + text[at:]
        else:
            other, there = rng.choice(spots)
            container[key] = copy.deepcopy(other.get(there) if isinstance(other, dict) else (other[there] if there < len(other) else None))

    def text(self, text):
        """Damage to the text itself: twice a key, no end, odd numbers, foreign bytes."""
        rng = self.rng
        at = rng.randrange(len(text))
        kind = rng.randrange(7)
        if kind == 0:
            return text[:1] + '"params": {}, "name": 1,' + text[1:] if text.startswith("{") else text
        if kind == 1:
            return text[:at]
        if kind == 2:
            return text.replace(": 1", rng.choice([": NaN", ": -Infinity", ": 1e999", ": 0x10", ": 01", ": 1e-400", ": +1"]), 1)
        if kind == 3:
            return text[:at] + rng.choice(["\x00", "\ud800", '"', "{", "]", ",", "\\", "﻿"]) + text[at:]
        if kind == 4:
            return "[" * rng.choice([70, 2000, 100000])
        if kind == 5:
            return text + rng.choice([text, " ", "\n\n", "}", "null"])
        return rng.choice(["", "null", "[]", "0", '"x"', "{}", "true", '{"params": null, "run": []}'])


def encoded(text):
    return text.encode("utf-8", "surrogatepass")


class Senders:
    """One function per kind of document."""

    def __init__(self, campaign, asked):
        self.c = campaign
        schema = json.loads(subprocess.run([BESS, "options", "--schema"], capture_output=True, check=True).stdout)
        self.request_numbers = [(path, s) for path, s in numbers(schema) if path != ("run", "scenario_id") and "CapacitySeries" not in str(path)]
        self.window_numbers = window_schema()
        api = campaign.server.get("/openapi.json").json()["components"]["schemas"]
        self.profile_numbers = list(numbers(api["NewProfile"]))
        self.lock = threading.Lock()

    def simulate(self, rng):
        text = Mutator(rng, self.request_numbers).document(REQUEST)
        query = rng.choice(["", "?include_heatmap=true", "?include_timeseries=true&timeseries_format=columns", "?include_timeseries=maybe", "?x=%00"])
        self.c.http("simulate", text, "POST", "/simulate" + query, encoded(text))

    def program(self, rng):
        self.c.simulate(Mutator(rng, self.request_numbers).document(REQUEST))

    def job(self, rng):
        text = Mutator(rng, self.request_numbers).document(REQUEST)
        answer = self.c.http("job", text, "POST", "/jobs", encoded(text))
        if answer is None or answer.status != 202:
            return
        job = answer.json()["id"]
        if rng.random() < 0.5:
            self.c.http("job result", text, "GET", f"/jobs/{job}/result")
        for _ in range(2):  # the first stops it, the second forgets it
            self.c.http("job end", text, "DELETE", f"/jobs/{job}")

    def dispatch(self, rng):
        self.c.dispatch(Mutator(rng, self.window_numbers).document(WINDOW))

    def profile(self, rng):
        text = Mutator(rng, self.profile_numbers).document(rng.choice([PROFILE, WIND]))
        body, kind = form([("config", None, encoded(text)), ("weather", "w.csv", weather_csv())])
        answer = self.c.http("profile", text, "POST", "/profiles", body, kind)
        self.forget(answer, "/profiles/")

    def profile_import(self, rng):
        fields = {"name": "P", "profile_type": "pv", "capacity_mw": "5", "latitude": "52", "longitude": "5", "country": "NL"}
        for _ in range(rng.randint(1, 3)):
            fields[rng.choice(list(fields) + ["duplicate", "column", "unit", "time_zone", "x"])] = rng.choice(
                [*NASTY[:-6], "5e-324", "1e-307", "1e308", "-5", "1e6", "0x5", "5,0", " 5 ", "inf"])
        parts = [(name, None, encoded(text)) for name, text in fields.items()]
        body, kind = form([*parts, ("file", rng.choice(["p.csv", "../p", "\u202e.csv"]), output_csv())])
        self.forget(self.c.http("profile import", repr(fields), "POST", "/profiles/import", body, kind), "/profiles/")

    def scenario(self, rng):
        text = Mutator(rng, [(("x",), {})]).document(SCENARIO)
        answer = self.c.http("scenario", text, "POST", "/scenarios", encoded(text))
        if answer is not None and answer.status == 201:
            text = Mutator(rng, [(("x",), {})]).document(SCENARIO)
            number = answer.json()["id"]
            self.c.http("scenario change", text, "PATCH", f"/scenarios/{number}", encoded(text))
        self.forget(answer, "/scenarios/")

    def mapping(self, rng):
        with self.lock:
            answer = self.c.server.send("/scenarios", {"name": "mapped"})
        text = Mutator(rng, [(("x",), {})]).document(MAPPING)
        body, kind = form([("mapping", None, encoded(text)), ("file", "price.csv", prices_csv(2, "when,spot"))])
        self.c.http("mapping", text, "POST", f"/scenarios/{answer.json()['id']}/import", body, kind)
        self.forget(answer, "/scenarios/")

    def query(self, rng):
        nasty = urllib.parse.quote(encoded(rng.choice(NASTY[:7] + NASTY[9:]))[:3000])
        target = rng.choice(["/scenarios/{}", "/profiles/{}", "/jobs/{}", "/jobs/{}/result", "/scenarios/1/data?table={}", "/scenarios/1/data?table=price&from={}",
                             "/scenarios/1/data?table=price&to={}", "/scenarios/1/data?table=price&format={}", "/profiles/{}/data", "/{}"])
        self.c.http("query", target.format(nasty), "GET", target.format(nasty))

    def forget(self, answer, path):
        if answer is not None and answer.status == 201:
            self.c.server.request("DELETE", path + str(answer.json()["id"]))


def main():
    asked = arguments(__doc__, 600)
    campaign = Campaign("requests")
    senders = Senders(campaign, asked)
    kinds = [(senders.simulate, 12), (senders.program, 2), (senders.job, 4), (senders.dispatch, 30), (senders.profile, 14),
             (senders.profile_import, 10), (senders.scenario, 12), (senders.mapping, 8), (senders.query, 8)]
    bag = [send for send, weight in kinds for _ in range(weight)]

    def one(i):
        rng = random.Random(f"{asked.seed}/{i}")
        rng.choice(bag)(rng)

    sys.setrecursionlimit(50_000)  # documents nested thousands deep are copied and written too
    threading.stack_size(256 * 1024 * 1024)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for i, done in enumerate(pool.map(one, range(asked.count))):
            if i % 1000 == 999:
                campaign.healthy()
                print(f"  {i + 1} documents, {campaign.counts['faults']} faults", flush=True)
    sent = sum(n for what, n in campaign.counts.items() if what.endswith(" sent"))
    accepted = sum(n for what, n in campaign.counts.items() if what.endswith(" accepted"))
    if accepted * 5 < sent:
        campaign.fault(f"only {accepted} of {sent} got past the checks: the campaign tries too little", "")
    return campaign.report()


if __name__ == "__main__":
    sys.exit(main())
