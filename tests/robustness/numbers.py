"""Every number of every document at its edges: 0, next to nothing, the largest, both sides of each end of its documented range, one at a
time and in pairs, through `bess simulate`, `POST /simulate`, `bess dispatch`, profile generation, and query parameters. The numbers come from
the schemas the program prints, so that a new option is tried without a change here.

  tests/robustness/numbers.py --count 5000 --seed 1      --count bounds the numbers tried; 0: all of them"""
import sys

sys.path.append(sys.path.pop(0))  # this file has the name of a module of the standard library, which must be found first

import copy
import json
import random
import subprocess

from campaign import BESS, PROFILE, REQUEST, WIND, WINDOW, Campaign, arguments, calm, weather_csv
from number_edges import LEAST, edges, numbers, put, window_schema
from bess_server import form

def documents(base, found, rng, pairs):
    """One number at a time, then pairs."""
    singles = [(path, x) for path, schema in found for x in edges(schema)]
    rng.shuffle(singles)
    for path, x in singles:
        document = copy.deepcopy(base)
        put(document, path, x)
        yield document
    sizes = [(path, schema) for path, schema in found if "maximum" in schema]
    for _ in range(pairs):
        document = copy.deepcopy(base)
        for path, schema in rng.sample(sizes, 2):
            low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
            put(document, path, rng.choice([low, schema["maximum"], 1e-9, 1e-6, 1, (low + schema["maximum"]) / 2]))
        yield document


def main():
    asked = arguments(__doc__, 400)
    rng = random.Random(asked.seed)
    campaign = Campaign("numbers")
    pairs = asked.count // 5 or 2000

    def some(source, share):
        wanted = int(asked.count * share) if asked.count else 10**9
        return (document for _, document in zip(range(wanted), source))

    schema = json.loads(subprocess.run([BESS, "options", "--schema"], capture_output=True, check=True).stdout)
    request = [(path, s) for path, s in numbers(schema) if path != ("run", "scenario_id")]
    print(f"{len(request)} numbers of a request")
    for document in some(documents(REQUEST, request, rng, pairs), 0.35):
        text = json.dumps(calm(document, 2))
        campaign.http("simulate", text, "POST", "/simulate?include_timeseries=true&timeseries_format=columns", text.encode())
    for document in some(documents(REQUEST, request, rng, pairs), 0.15):
        campaign.simulate(json.dumps(calm(document, 2)))
    windows = window_schema()
    print(f"{len(windows)} numbers of a window file")
    for document in some(documents(WINDOW, windows, rng, pairs), 0.3):
        campaign.dispatch(json.dumps(document))

    api = campaign.server.get("/openapi.json").json()
    generation = api["components"]["schemas"]["NewProfile"]
    for base in (PROFILE, WIND):
        for document in some(documents(base, list(numbers(generation)), rng, pairs // 4), 0.08):
            made(campaign, document)
    for path in api["paths"]:
        for method, operation in api["paths"][path].items():
            for parameter in operation.get("parameters", []):
                if parameter["schema"].get("type") in ("number", "integer") or "{id}" in path:
                    for x in (0, -1, 2**31, 2**63, 2**64, 1e300, LEAST, "1e-307", "9" * 400):
                        if method == "get" and "events" not in path:
                            target = path.replace("{id}", str(x)).replace("{table}", "price")
                            campaign.http("query", f"GET {target} {parameter['name']}={x}", "GET", f"{target}?{parameter['name']}={x}")
    return campaign.report()


def made(campaign, document):
    text = json.dumps(document)
    body, kind = form([("config", None, text), ("weather", "w.csv", weather_csv())])
    answer = campaign.http("profile", text, "POST", "/profiles", body, kind)
    if answer is not None and answer.status == 201:
        profile = answer.json()["id"]
        campaign.http("profile data", text, "GET", f"/profiles/{profile}/data?from=2024-06-01&to=2024-06-03")
        campaign.server.request("DELETE", f"/profiles/{profile}")


if __name__ == "__main__":
    sys.exit(main())
