"""The OpenAPI document: structure, a real validator, a generated client that type-checks, Swagger UI. The Node.js tools of package.json and
the files of Swagger UI are fetched once where npm is there; what needs them is skipped where they can't be had."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

from bess_server import BESS, ROOT, ServerCase, example, price_csv, stored_scenario
from schema import Checker

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = HERE / "node_modules/.bin"


def need_tool(case, name):
    if not (shutil.which("node") and (TOOLS / name).exists()):
        case.skipTest(f"{name} is not installed: npm ci --ignore-scripts in tests/api")


ASSETS = ROOT / "apps/bess/server/docs_ui/node_modules/swagger-ui-dist"


def setUpModule():
    for folder, wanted in ((HERE, TOOLS / "redocly"), (ROOT / "apps/bess/server/docs_ui", ASSETS)):
        if wanted.exists() or not shutil.which("npm"):
            continue
        print(f"npm ci in {folder.relative_to(ROOT)}", flush=True)
        try:
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True, timeout=200)
            if done.returncode != 0:
                print(done.stderr[-1500:])
        except subprocess.TimeoutExpired:
            print("npm took too long")


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

class Openapi(ServerCase):
    @classmethod
    def setUpClass(cls):
        cls.flags = ("--docs-assets", str(ASSETS)) if ASSETS.exists() else ()
        super().setUpClass()

    def document(self):
        return self.ok(self.server.get("/openapi.json"))

    def test_structure(self):
        document = self.document().json()
        self.assertEqual(document["openapi"], "3.1.0")
        for path in ("/simulate", "/jobs/{id}/events", "/scenarios/{id}/import", "/profiles/{id}/statistics", "/metrics"):
            self.assertIn(path, document["paths"])
        params = document["components"]["schemas"]["SimulationRequest"]["properties"]["params"]
        self.assertIn("bessPower", params["required"])
        self.assertEqual(params["properties"]["bessPower"]["x-unit"], "MW")
        names = set(re.findall(r'"#/components/schemas/(\w+)"', self.document().body.decode()))
        self.assertEqual(names - set(document["components"]["schemas"]), set())

    def test_every_schema_is_typed(self):
        """Nothing is left open: no additionalProperties, no schema that admits anything, no object without members, no list of anything."""
        places = []

        def visit(schema, at):
            places.append(at)
            self.assertIsInstance(schema, dict, at)
            self.assertNotIn("additionalProperties", schema, at)
            self.assertTrue({"$ref", "type", "oneOf"} & set(schema), f"{at} admits anything")
            kinds = schema.get("type", [])
            kinds = [kinds] if isinstance(kinds, str) else kinds
            if "object" in kinds:
                self.assertTrue(schema.get("properties"), f"{at} is an object of anything")
            if "array" in kinds:
                visit(schema["items"], at + "[]")
            for name, member in schema.get("properties", {}).items():
                visit(member, f"{at}/{name}")
            for i, one in enumerate(schema.get("oneOf", [])):
                visit(one, f"{at}<{i}>")

        def find(node, at):
            if isinstance(node, list):
                for i, item in enumerate(node):
                    find(item, f"{at}/{i}")
            elif isinstance(node, dict):
                for key, value in node.items():
                    if key == "schema":
                        visit(value, at)
                    elif key not in ("example", "examples"):
                        find(value, f"{at}/{key}")
        document = self.document().json()
        find(document["paths"], "")
        for name, schema in document["components"]["schemas"].items():
            visit(schema, name)
        self.assertGreater(len(places), 800)
        self.assertNotIn("additionalProperties", self.document().body.decode())

    def test_its_example_runs(self):
        operation = self.document().json()["paths"]["/simulate"]["post"]
        request = operation["requestBody"]["content"]["application/json"]["example"]
        request["run"]["scenario_id"] = stored_scenario(self.server)
        self.ok(self.server.send("/simulate", request))

    def test_validator_and_client(self):
        need_tool(self, "redocly")
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "openapi.json"
            file.write_bytes(self.document().body)
            environment = {**os.environ, "REDOCLY_TELEMETRY": "off", "CI": "1"}
            for command in ([TOOLS / "redocly", "lint", "--extends=minimal", file], [TOOLS / "openapi-typescript", file, "-o", f"{folder}/api.d.ts"]):
                done = subprocess.run([str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
                self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])
            # What the generator itself says of every answer is that it may have further headers; nothing else may be unknown.
            types = re.sub(r"headers: \{\s*(\"Retry-After\"\?: number;\s*)?\[name: string\]: unknown;\s*\}", "headers: {}",
                           re.sub(r"/\*\*.*?\*/", "", (pathlib.Path(folder) / "api.d.ts").read_text(), flags=re.S))
            self.assertGreater(types.count("headers: {}"), 50)
            self.assertEqual([line for line in types.splitlines() if re.search(r"(?<!\")\b(unknown|any)\b(?!\")", line)], [])
            shutil.copy(HERE / "client_check.ts", folder)
            done = subprocess.run([str(TOOLS / "tsc"), "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "es2022",
                                   "client_check.ts"], cwd=folder, capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stdout[-3000:])

    def test_docs_page(self):
        page = self.ok(self.server.get("/docs")).body.decode()
        self.assertTrue("swagger-ui-bundle.js" in page or "npm ci" in page)
        self.assertEqual(re.findall(r"https?://", page), [])

    def test_try_it_out_in_a_browser(self):
        need_tool(self, "playwright-core")
        chromium = shutil.which("chromium")
        if not chromium or "swagger-ui-bundle.js" not in self.server.get("/docs").body.decode():
            self.skipTest("Chromium or the files of Swagger UI are not installed")
        stored_scenario(self.server)
        done = subprocess.run(["node", str(HERE / "try_it_out.mjs"), f"http://127.0.0.1:{self.server.port}", chromium],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])


ANYTHING = b"{\xff"
PARK = {"name": "Park", "profile_type": "pv", "latitude": 52.3, "longitude": 4.8, "capacity_mw": 5, "allow_partial": True}


def sunny_days():
    return "timestamp,ghi_w_per_m2,temp_air_c\n" + "".join(
        f"2024-06-{1 + hour // 24:02}T{hour % 24:02}:00:00Z,{max(0, 600 - 20 * (hour % 24 - 12) ** 2)},15\n" for hour in range(48))


def busy_scenario(server):
    """A year of every market, with holes to fill."""
    made = server.send("/scenarios", {"name": "busy", "synthetic": True}).json()["id"]
    hours = [line.split(",") for line in price_csv().splitlines()[1:]]
    del hours[500]
    price = "timestamp,day_ahead,intraday,imbalance_take,imbalance_feed\n" + "".join(f"{at},{p},{float(p) + 3},{float(p) + 9},{float(p) - 9}\n" for at, p in hours)
    afrr = "timestamp,afrr_up_price,afrr_down_price\n" + "".join(f"{at},{float(p) / 9},{float(p) / 12}\n" for at, p in hours)
    fcr = "timestamp,fcr_price\n" + "".join(f"{at},{float(p) / 8}\n" for at, p in hours)
    solar = "timestamp,solar_mw\n" + "".join(f"{at},{max(0, 10 - abs(i % 24 - 12) * 2)}\n" for i, (at, _) in enumerate(hours))
    installed = "timestamp,solar_mw\n" + "".join(f"2024-{month:02}-01T00:00:00Z,20\n" for month in range(1, 13))
    for table, text in (("price", price), ("afrr", afrr), ("fcr", fcr), ("solar", solar), ("installed_capacity", installed)):
        answer = server.upload(f"/scenarios/{made}/import?table={table}", ("file", f"{table}.csv", text))
        assert answer.status == 200, answer.body
    return made


def every_option(scenario):
    """A request of which every part of the answer is full."""
    request = json.loads((ROOT / "examples/solar_park.json").read_text())
    request["run"] = {"scenario_id": scenario, "enabled_markets": ["day_ahead", "intraday", "imbalance", "afrr", "fcr"], "simulation_years": 1,
                      "yearly_summary": True, "compare_to_bound": True, "compare_without_battery": True}
    return request


class Answers(ServerCase):
    """What the server sends keeps to what its document says, good answers and refusals alike."""
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checker = Checker(cls.server.get("/openapi.json").json())
        cls.scenario = stored_scenario(cls.server)
        cls.asked = set()

    def keeps(self, status, method, pattern, answer):
        self.assertEqual(answer.status, status, answer.body[:1000])
        self.asked.add((method, pattern))
        self.assertEqual(self.checker.answer(method, pattern, answer), [], f"{method} {pattern} {status}")
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else None

    def ask(self, status, method, pattern, names=(), query="", body=None, kind="application/json"):
        path = pattern
        for name in names:
            path = re.sub(r"\{\w+\}", str(name), path, count=1)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        return self.keeps(status, method, pattern, self.server.request(method, path + query, body, kind if body is not None else None))

    def upload(self, status, pattern, *parts, names=(), query=""):
        path = re.sub(r"\{\w+\}", str(names[0]), pattern) if names else pattern
        return self.keeps(status, "POST", pattern, self.server.upload(path + query, *parts))

    def test_scenarios(self):
        made = self.ask(201, "POST", "/scenarios", body={"name": "one", "nmae": 1})
        self.assertEqual([w["code"] for w in made["warnings"]], ["unknown_key"])
        one, all_of = [made["id"]], "/scenarios/{id}"
        for body, status in [({}, 422), ([], 422), (b"{", 400), (ANYTHING, 400)]:
            self.ask(status, "POST", "/scenarios", body=body)
        self.ask(415, "POST", "/scenarios", body=b"{}", kind="text/plain")
        self.ask(200, "GET", "/scenarios")
        self.ask(200, "PATCH", all_of, one, body={"description": "x", "y": 1})
        self.ask(422, "PATCH", all_of, one, body={"name": ""})
        for method, path in [("GET", ""), ("DELETE", ""), ("GET", "/data"), ("GET", "/statistics"), ("GET", "/export"), ("POST", "/cache/load")]:
            self.ask(404, method, all_of + path, [99999])
        for query, status in [("", 200), ("?format=csv", 200), ("?table=fcr", 200), ("?table=moon", 422), ("?from=x", 422), ("?table=%ff", 400)]:
            self.ask(status, "GET", all_of + "/data", [self.scenario], query)
        self.ask(200, "GET", all_of, [self.scenario])
        self.ask(200, "GET", all_of + "/statistics", [self.scenario])
        self.ask(200, "GET", all_of + "/export", [self.scenario])
        self.ask(422, "GET", all_of + "/export", one)
        for what in ("load", "unload"):
            self.ask(200, "POST", f"{all_of}/cache/{what}", [self.scenario])
        self.ask(200, "GET", "/scenarios/cache/stats")
        self.ask(204, "DELETE", all_of, one)

    def test_imports(self):
        scenario, path = [self.ask(201, "POST", "/scenarios", body={"name": "imports"})["id"]], "/scenarios/{id}/import"
        hour = "2024-01-01T{:02}:00:00Z"

        def table(*cells, head="timestamp,day_ahead"):
            return "\n".join([head] + [f"{hour.format(i)},{cell}" for i, cell in enumerate(cells)]) + "\n"
        empty = table(*[""] * 5)
        for text, code in [(table(1, "x"), "bad_number"), ("", "missing_column"), (table(), "missing_column"), (empty, "missing_column"),
                           (table(1, 2, head="a,b"), "missing_column"), (table(1, 1e9), "price_absurd")]:
            error = self.upload(400, path, ("file", "a.csv", text), names=scenario)["errors"][0]
            self.assertEqual((error["code"], error["file"]), (code, "a.csv"))
        both = self.upload(400, path, ("file", "a.csv", table(1, 2)), ("file", "b.csv", table(1, "x")), names=scenario)
        self.assertEqual([(e["code"], e["file"]) for e in both["errors"]], [("bad_number", "b.csv"), ("duplicate_column", "b.csv")])
        warned = self.upload(200, path, ("file", "a.csv", table(*["5000,9"] * 5, head="timestamp,day_ahead,regulation_state")), names=scenario, query="?foo=1")
        self.assertEqual([w["code"] for w in warned["warnings"]], ["unknown_key", "price_outside_limits", "value_outside_range", "unused_column"])
        self.upload(400, path, ("file", "a.csv", table(1, 2)), ("mapping", None, "{"), names=scenario)
        self.upload(422, path, ("mapping", None, "{}"), names=scenario)
        self.ask(415, "POST", path, scenario, body=b"x", kind="image/png")
        self.ask(200, "POST", path, scenario, body=table(1, 2).encode(), kind="text/csv")
        few = self.ask(200, "GET", "/scenarios/{id}/statistics", scenario)["columns"]["day_ahead"]
        self.assertEqual((few["days"], few["tb1_eur_per_mw_day"], few["tb4_eur_per_mw_day"]), (0, None, None))
        content = self.checker.document["paths"][path]["post"]["requestBody"]["content"]
        self.assertEqual(set(content), {"multipart/form-data", "text/csv", "application/zip", WORKBOOK})
        self.assertEqual(set(self.checker.document["paths"]["/profiles/import"]["post"]["requestBody"]["content"]), {"multipart/form-data", "text/csv", WORKBOOK})

    def test_simulations(self):
        request = example(self.scenario, yearly_summary=True, compare_to_bound=True)
        for query in ("", "?include_timeseries", "?include_timeseries&timeseries_format=columns", "?include_heatmap", "?timeseries_format=csv", "?foo=1"):
            self.ask(200, "POST", "/simulate", query=query, body=request)
        self.ask(200, "POST", "/api/simulate", body=request)
        self.ask(200, "POST", "/simulate/heatmap", body=request)
        self.ask(404, "POST", "/simulate", body=example(99999))
        for body, status in [({}, 422), (b"{", 400), (example(self.scenario, enabled_markets=["fcr"]), 422)]:
            for path in ("/simulate", "/simulate/heatmap", "/jobs"):
                self.ask(status, "POST", path, body=body)
        lacking = self.ask(422, "POST", "/simulate", body={"params": [], "run": {}})
        self.assertEqual([e["pointer"] for e in lacking["errors"]], ["/params", "/run/scenario_id"])

    def test_every_part_of_an_answer(self):
        """With all that can be asked for, and with all that can be missing."""
        parts = self.ask(200, "POST", "/simulate", query="?include_timeseries&include_heatmap&foo=1", body=every_option(busy_scenario(self.server)))
        self.assertEqual([name for name, part in parts.items() if part in (None, [])], [])
        self.assertNotIn(None, parts["summary"]["trading"].values())
        self.assertNotIn(None, parts["comparison"].values())
        self.assertEqual(list(parts["timeseries"][0]), list(self.checker.document["components"]["schemas"]["TimeseriesRow"]["properties"]))
        nothing = example(self.scenario)
        nothing["params"].update(bessPower=0, bessCapacity=0, economicsCapexEur=0)
        summary = self.ask(200, "POST", "/simulate", query="?include_timeseries&timeseries_format=columns", body=nothing)["summary"]
        self.assertEqual((summary["financial"]["irr_reason"], summary["financial"]["total_revenue_eur_per_mw_year"], summary["prices"]["duration_hours"],
                          summary["trading"]["fcr"], summary["trading"]["busiest_day"]), ("no_capex", None, None, None, None))

    def test_the_command_line_answers_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "request.json"
            request = every_option(1)
            del request["run"]["scenario_id"]
            file.write_text(json.dumps(request))
            done = subprocess.run([BESS, "simulate", str(file), "--sample", "--json", "--timeseries", "columns", "--heatmap"], capture_output=True, text=True,
                                  timeout=200)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.checker.problems(json.loads(done.stdout), {"$ref": "#/components/schemas/SimulationResponse"}), [])
            done = subprocess.run([BESS, "simulate", str(file), "--scenario", "7", "--data-dir", folder, "--json"], capture_output=True, text=True, timeout=100)
            self.assertEqual(self.checker.problems(json.loads(done.stdout)["errors"], {"type": "array", "items": {"$ref": "#/components/schemas/Issue"}}), [])

    def test_jobs(self):
        made = self.ask(202, "POST", "/jobs", query="?include_timeseries&include_heatmap=true", body=example(self.scenario))
        self.assertEqual([(w["code"], w["pointer"]) for w in made["warnings"]], [("unknown_key", "/include_heatmap")])
        job, path = [made["id"]], "/jobs/{id}"
        end = time.time() + 30
        while self.ask(200, "GET", path, job)["state"] != "succeeded":
            self.assertLess(time.time(), end)
            time.sleep(0.02)
        self.ask(200, "GET", "/jobs")
        for query in ("", "?include_timeseries", "?timeseries_format=csv"):
            self.ask(200, "GET", path + "/result", job, query)
        self.ask(200, "GET", path + "/events", job)
        self.ask(204, "DELETE", path, job)
        for method, more in (("GET", ""), ("GET", "/result"), ("GET", "/events"), ("DELETE", "")):
            self.ask(404, method, path + more, job)
        long = [self.ask(202, "POST", "/jobs", body=example(self.scenario, simulation_years=15))["id"]]
        self.ask(409, "GET", path + "/result", long)
        self.ask(202, "DELETE", path, long)

    def test_profiles(self):
        fields = [("name", None, "Roof"), ("profile_type", None, "pv"), ("capacity_mw", None, "6")]
        rows = "timestamp,output_mw\n" + "".join(f"{line.split(',')[0]},{i % 24 / 4}\n" for i, line in enumerate(price_csv(31).splitlines()[1:]))
        made = self.upload(201, "/profiles/import", ("file", "p.csv", rows), *fields)
        profile, path = [made["id"]], "/profiles/{id}"
        self.assertEqual((made["interpolated"], made["borrowed"]), (0, 0))
        self.upload(422, "/profiles/import", ("file", "p.csv", rows))
        self.upload(400, "/profiles/import", ("file", "p.csv", rows.replace("5.75", "x")), *fields)
        self.upload(400, "/profiles/import", ("file", "p.csv", ""), *fields)
        self.upload(201, "/profiles", ("config", None, json.dumps({**PARK, "x": 1})), ("weather", "w.csv", sunny_days()))
        self.upload(422, "/profiles", ("config", None, json.dumps({**PARK, "panel_type": "x"})), ("weather", "w.csv", sunny_days()))
        self.upload(400, "/profiles", ("config", None, json.dumps(PARK)), ("weather", "w.csv", sunny_days().replace(",15", ",x", 1)))
        self.ask(422, "POST", "/profiles", body={})
        self.ask(404, "POST", "/profiles", body={**PARK, "weather_file": "absent.csv"})
        self.ask(200, "GET", "/profiles")
        self.ask(200, "GET", path, profile)
        self.ask(200, "PATCH", path, profile, body={"latitude": 52, "x": 1})
        self.ask(422, "PATCH", path, profile, body={"latitude": 99})
        for query, status in [("", 200), ("?format=csv", 200), ("?from=x", 422)]:
            self.ask(status, "GET", path + "/data", profile, query)
        outside = self.ask(200, "GET", path + "/data", profile, "?from=2030-06-01")
        self.assertEqual((outside["start"], outside["power_mw"]), (None, []))
        self.ask(200, "GET", path + "/statistics", profile)
        for what in ("load", "unload"):
            self.ask(200, "POST", f"{path}/cache/{what}", profile)
        self.ask(200, "GET", "/profiles/cache/stats")
        self.ask(204, "DELETE", path, profile)
        self.ask(404, "DELETE", path, profile)
        for more in ("", "/data", "/statistics"):
            self.ask(404, "GET", path + more, profile)

    def test_operation(self):
        for path in ("/health", "/version", "/metrics"):
            self.ask(200, "GET", path)

    def test_zz_every_operation_was_asked(self):
        """Last by its name: the others fill the list."""
        document = self.checker.document["paths"]
        all_of = {(method.upper(), path) for path, operations in document.items() for method in operations}
        self.assertEqual(all_of - self.asked - {("GET", "/openapi.json")}, set())


if __name__ == "__main__":
    unittest.main()
