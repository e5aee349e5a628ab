"""From nothing to results with real Dutch tables, over HTTP alone."""
import json
import os
import random
import shutil
import statistics
import tempfile
import time
import unittest

from bess_server import SHARED, Server, ServerCase, example, need_data, price_csv, stored_scenario, zip_of

FILES = ("nl_day_ahead_2024_2025.csv", "nl_imbalance_2024.csv", "fcr_capacity_2024.csv")
MAPPING = {
    FILES[0]: {"table": "price", "columns": {"timestamp": "timestamp_utc", "day_ahead": "day_ahead_price_eur_per_mwh"}},
    FILES[1]: {"table": "price", "columns": {"timestamp": "timestamp_utc", "imbalance_take": "imbalance_price_short_eur_per_mwh",
                                             "imbalance_feed": "imbalance_price_long_eur_per_mwh"}},
    FILES[2]: {"table": "fcr", "columns": {"timestamp": "block_start_utc", "timestamp_end": "block_end_utc",
                                           "fcr_price": "nl_price_eur_per_mw_per_block"}, "units": {"fcr_price": "EUR/MW/block"}},
}


def without_time(answer):
    value = answer.json()
    value.pop("simulation_time_seconds")
    return value


class Walkthrough(ServerCase):
    def test_real_tables_to_results(self):
        need_data(self, *FILES)
        server = self.server
        made = self.ok(server.send("/scenarios", {"name": "Netherlands 2024", "country": "NL"}), 201)
        scenario = made.json()["id"]
        self.assertEqual(made.headers["Location"], f"/scenarios/{scenario}")
        archive = zip_of({**{name: (SHARED / "data" / name).read_bytes() for name in FILES}, "mapping.json": json.dumps(MAPPING)})
        start = time.perf_counter()
        imported = self.ok(server.upload(f"/scenarios/{scenario}/import", ("file", "nl_2024.zip", archive))).json()
        print(f"\nimport of three files of 2024: {time.perf_counter() - start:.3f} s")
        tables = {table["table"]: table for table in imported["tables"]}
        columns = {column["name"]: column for column in tables["price"]["columns"]}
        self.assertEqual(columns["day_ahead"]["resolution_minutes"], 60)
        self.assertEqual(columns["imbalance_take"]["resolution_minutes"], 15)
        self.assertEqual(tables["fcr"]["rows"], 2196)
        self.assertTrue(imported["scenario"]["has_price_data"] and imported["scenario"]["has_fcr_data"])

        # A price per block becomes a price per hour: 114.8 EUR/MW over four hours.
        fcr = self.ok(server.get(f"/scenarios/{scenario}/data?table=fcr&from=2024-01-01&to=2024-01-02")).json()
        self.assertEqual(fcr["rows"], 6)
        self.assertAlmostEqual(fcr["columns"]["fcr_price"][0], 114.8 / 4)
        price = self.ok(server.get(f"/scenarios/{scenario}/data?table=price&from=2024-01-01T00:00:00Z&to=2024-01-01T02:00:00Z&format=csv"))
        self.assertTrue(price.body.decode().startswith("timestamp,day_ahead,imbalance_take,imbalance_feed\n2024-01-01T00:00:00Z,0.01,"))

        statistics = self.ok(server.get(f"/scenarios/{scenario}/statistics")).json()["columns"]
        self.assertAlmostEqual(statistics["imbalance_take"]["mean"], 96.22, delta=0.02)
        self.assertGreater(statistics["day_ahead"]["negative_hours"], 400)
        self.assertGreater(statistics["day_ahead"]["tb2_eur_per_mw_day"], statistics["day_ahead"]["tb1_eur_per_mw_day"])

        request = example(scenario, enabled_markets=["day_ahead", "fcr"])
        self.ok(server.request("POST", f"/scenarios/{scenario}/cache/load"))
        first = self.ok(server.send("/simulate", request))
        self.assertEqual(first.json()["status"], "success")
        self.assertIsNone(first.json()["timeseries"])
        self.assertEqual(without_time(first), without_time(self.ok(server.send("/api/simulate", request))))
        cached = server.get("/scenarios/cache/stats").json()
        self.assertIn(str(scenario), [entry["id"] for entry in cached["entries"]])
        self.assertGreaterEqual(cached["hits"], 2)

        series = self.ok(server.send("/simulate?timeseries_format=csv", request))
        lines = series.body.decode().splitlines()
        self.assertTrue(lines[0].startswith("delivery_start,charge_mw,discharge_mw,"))
        self.assertEqual(len(lines), 1 + 35136)
        charge = [float(line.split(",")[1]) for line in lines[1:]]
        total = first.json()["summary"]["operational"]["total_charge_mwh"]
        self.assertAlmostEqual(sum(charge) / 4, total, delta=1e-3 * total)
        rows = self.ok(server.send("/simulate?include_timeseries=true", request)).json()["timeseries"]
        self.assertEqual((len(rows), rows[0]["delivery_start"]), (35136, "2023-12-31T23:00:00Z"))
        by_column = self.ok(server.send("/simulate?include_timeseries=true&timeseries_format=columns", request)).json()["timeseries"]
        self.assertEqual(by_column["charge_mw"], [row["charge_mw"] for row in rows])

        heatmap = self.ok(server.send("/simulate/heatmap", request))
        self.assertIn("text/html", heatmap.headers["Content-Type"])
        self.assertIn(b"<!doctype html>", heatmap.body[:200].lower())

        self.ok(server.send(f"/scenarios/{scenario}", {"name": "NL", "preload": True}, "PATCH"))
        self.assertTrue(server.get(f"/scenarios/{scenario}").json()["preload"])
        self.ok(server.request("DELETE", f"/scenarios/{scenario}"), 204)
        self.ok(server.get(f"/scenarios/{scenario}"), 404)
        self.assertEqual(self.ok(server.send("/simulate", request), 404).json()["errors"][0]["pointer"], "/run/scenario_id")
        again = self.ok(server.send("/scenarios", {"name": "Next"}), 201).json()["id"]
        self.assertGreater(again, scenario)
        server.request("DELETE", f"/scenarios/{again}")

    def test_job_with_progress_result_and_cancel(self):
        server = self.server
        scenario = stored_scenario(server)
        job = self.ok(server.send("/jobs?include_timeseries=true", example(scenario, simulation_years=2)), 202).json()["id"]
        events = self.ok(server.get(f"/jobs/{job}/events")).body.decode()
        last = events.strip().split("\n\n")[-1]
        self.assertIn("event: finished", last)
        self.assertEqual(json.loads(last.split("data: ")[1])["state"], "succeeded")
        result = self.ok(server.get(f"/jobs/{job}/result")).json()
        direct = self.ok(server.send("/simulate", example(scenario, simulation_years=2))).json()
        self.assertEqual(result["summary"], direct["summary"])
        self.assertEqual(self.ok(server.get(f"/jobs/{job}/result?timeseries_format=csv")).body.count(b"\n"), 1 + 35136 + 35040)
        self.ok(server.request("DELETE", f"/jobs/{job}"), 204)
        self.ok(server.get(f"/jobs/{job}"), 404)

        long = self.ok(server.send("/jobs", example(scenario, simulation_years=15)), 202).json()["id"]
        self.ok(server.get(f"/jobs/{long}/result"), 409)
        self.ok(server.request("DELETE", f"/jobs/{long}"), 202)
        end = time.time() + 20
        while server.get(f"/jobs/{long}").json()["state"] != "cancelled":
            self.assertLess(time.time(), end, "not cancelled in time")
            time.sleep(0.05)
        self.assertEqual(self.ok(server.get(f"/jobs/{long}/result"), 409).code(), "cancelled")

    def test_imports_say_what_they_did(self):
        server = self.server
        scenario = self.ok(server.send("/scenarios", {"name": "imports", "preload": True}), 201).json()["id"]
        path = f"/scenarios/{scenario}"
        twice = "timestamp,day_ahead\n2024-01-01T00:00:00Z,1\n2024-01-01T01:00:00Z,2\n2024-01-01T01:00:00Z,3\n2024-01-01T02:00:00Z,4\n"
        refused = self.ok(server.upload(path + "/import", ("file", "a.csv", twice)), 400).json()
        self.assertEqual([(error["code"], error["row"]) for error in refused["errors"]], [("duplicate_timestamp", 4)])
        imported = self.ok(server.upload(path + "/import?duplicate=last&tabel=fcr", ("file", "a.csv", twice))).json()
        self.assertEqual(imported["duplicates_dropped"], 1)
        self.assertEqual([one["code"] for one in imported["warnings"]], ["unknown_key", "duplicate_dropped"])
        self.assertEqual(server.get(path + "/data").json()["columns"]["day_ahead"], [1, 3, 4])
        self.assertEqual(server.get(path).json()["record_count"], 3)

    def test_solar_of_the_scenario(self):
        server = self.server
        scenario = stored_scenario(server)
        request = example(scenario)
        request["params"]["solarCapacity"] = 5
        def refused():
            problem = self.ok(server.send("/simulate", request), 422).json()
            self.assertEqual([(e["code"], e["pointer"]) for e in problem["errors"]], [("market_data_missing", "/params/solarCapacity")])
        refused()
        sun = price_csv().replace("day_ahead", "solar_mw")
        self.ok(server.upload(f"/scenarios/{scenario}/import?table=solar", ("file", "solar.csv", sun)))
        self.assertTrue(server.get(f"/scenarios/{scenario}").json()["has_solar_data"])
        refused()
        self.ok(server.upload(f"/scenarios/{scenario}/import?table=installed_capacity",
                              ("file", "installed.csv", "timestamp,solar_mw\n2023-12-31T23:00:00Z,200\n")))
        answer = self.ok(server.send("/simulate", request)).json()["summary"]["operational"]
        mean = sum(float(line.split(",")[1]) for line in sun.splitlines()[1:]) / 8784
        self.assertAlmostEqual(answer["generated_mwh"], 5 * mean / 200 * 8784, delta=1)

    def test_what_a_browser_accepts_does_not_slow_its_answer(self):
        request = example(stored_scenario(self.server))
        before = self.server.processor_seconds()
        answer = self.ok(self.server.send("/simulate?include_timeseries=true", request, headers={"Accept-Encoding": "gzip, deflate, br, zstd"}))
        self.assertEqual(len(answer.json()["timeseries"]), 35136)
        self.assertNotIn("Content-Encoding", answer.headers)
        self.assertLess(self.server.processor_seconds() - before, float(os.environ.get("BESS_SPEED_SLACK", "10")) * 0.3)

    def test_cache_tells_the_truth(self):
        server = self.server
        empty = self.ok(server.send("/scenarios", {"name": "empty"}), 201).json()["id"]
        loaded = self.ok(server.request("POST", f"/scenarios/{empty}/cache/load")).json()
        self.assertEqual((loaded["cached"], str(empty) in [entry["id"] for entry in loaded["stats"]["entries"]]), (False, False))
        scenario = stored_scenario(server)
        for what, cached in (("load", True), ("load", True), ("unload", False), ("unload", False)):
            answer = self.ok(server.request("POST", f"/scenarios/{scenario}/cache/{what}")).json()
            self.assertEqual((answer["cached"], str(scenario) in [entry["id"] for entry in answer["stats"]["entries"]]), (cached, cached))
            self.assertEqual(set(answer["stats"]), {"cached_count", "memory_mb", "limit_mb", "hits", "misses", "entries"})

    def test_profile_import_and_statistics(self):
        server = self.server
        rows = ["timestamp,output_mw"] + [line.split(",")[0] + "," + str(i % 24 / 4) for i, line in enumerate(price_csv(31).splitlines()[1:])]
        made = self.ok(server.upload("/profiles/import", ("file", "park.csv", "\n".join(rows)), ("name", None, "Park"),
                                     ("profile_type", None, "pv"), ("capacity_mw", None, "6")), 201).json()
        profile = made["id"]
        self.assertEqual((made["capacity_mw"], made["quarters"]), (6, 31 * 96))
        statistics = self.ok(server.get(f"/profiles/{profile}/statistics")).json()
        self.assertAlmostEqual(statistics["energy_mwh"], 31 * sum(h / 4 for h in range(24)))
        data = self.ok(server.get(f"/profiles/{profile}/data?format=csv&from=2024-01-01T00:00:00Z&to=2024-01-01T01:00:00Z")).body.decode()
        self.assertEqual(data.splitlines()[0:2], ["timestamp,output_mw", "2024-01-01T00:00:00Z,0.25"])
        self.ok(server.request("POST", f"/profiles/{profile}/cache/load"))
        self.assertIn(profile, [entry["id"] for entry in server.get("/profiles/cache/stats").json()["entries"]])
        self.ok(server.send(f"/profiles/{profile}", {"name": "Park 2"}, "PATCH"))
        self.ok(server.request("DELETE", f"/profiles/{profile}"), 204)
        self.assertNotIn(profile, [one["id"] for one in server.get("/profiles").json()["profiles"]])
        self.ok(server.get(f"/profiles/{profile}"), 404)

    def test_profile_from_weather(self):
        need_data(self, "weather_tmy_amsterdam_iwec.csv")
        weather = (SHARED / "data" / "weather_tmy_amsterdam_iwec.csv").read_bytes()
        config = {"name": "Roof", "profile_type": "pv", "latitude": 52.3, "longitude": 4.77, "capacity_mw": 5, "allow_partial": True}
        made = self.ok(self.server.upload("/profiles", ("config", None, json.dumps(config)), ("weather", "amsterdam.csv", weather)), 201)
        statistics = self.ok(self.server.get(f"/profiles/{made.json()['id']}/statistics")).json()
        self.assertTrue(600 < statistics["full_load_hours_per_year"] < 1300, statistics["full_load_hours_per_year"])

    def test_operation(self):
        self.assertEqual(self.ok(self.server.get("/health")).json(), {"status": "ok"})
        self.assertEqual(self.ok(self.server.get("/version")).json()["name"], "BESS Engine")
        page = self.ok(self.server.get("/metrics")).body.decode()
        for name in ("bess_http_requests_total", "bess_simulations_running", "bess_windows_solved_total", "bess_cache_bytes",
                     "bess_cache_hits_total", "bess_solver_fallbacks_total"):
            self.assertIn(f"# TYPE {name} ", page)
        self.assertEqual(self.ok(self.server.get("/"), 302).headers["Location"], "/docs")


class Speed(unittest.TestCase):
    """Prints medians beside the bars of a quiet machine; fails only far beyond them, as machines are shared."""
    runs = int(os.environ.get("BESS_SPEED_RUNS", "3"))
    slack = float(os.environ.get("BESS_SPEED_SLACK", "10"))

    def said(self, what, seconds, bar, processor=None):
        middle = statistics.median(seconds)
        used = "" if processor is None else f", processor {processor / len(seconds):.3f} s each"
        print(f"\n{what}: median {middle:.3f} s of {len(seconds)} (least {min(seconds):.3f}, most {max(seconds):.3f}{used}; bar {bar} s)", end="")
        self.assertLess(middle, self.slack * bar)

    def repeated(self, what, server, ask, bar):
        before = server.processor_seconds()
        self.said(what, [self.timed(ask) for _ in range(self.runs)], bar, server.processor_seconds() - before)

    def timed(self, ask):
        start = time.perf_counter()
        answer = ask()
        seconds = time.perf_counter() - start
        self.assertEqual(answer.status, 200, answer.body[:500])
        return seconds

    def quarters(self):
        """A year of quarter-hours, six columns: five of prices, one of capacity."""
        choice = random.Random(1)
        rows = ["timestamp,day_ahead,intraday,imbalance_take,imbalance_feed,regulation_state,fcr_price"]
        for line in price_csv().splitlines()[1:]:
            stamp, price = line.split(",")
            for minute in (0, 15, 30, 45):
                values = [float(price) + choice.randrange(-3000, 3000) / 100 for _ in range(3)]
                rows.append(f"{stamp.replace(':00:00Z', f':{minute:02}:00Z')},{price},{values[0]:.2f},{values[1]:.2f},{values[2]:.2f},"
                            f"{choice.choice((-1, 0, 1, 2))},{abs(values[0]) / 10:.2f}")
        return "\n".join(rows) + "\n"

    def test_speeds(self):
        fresh = []
        for _ in range(self.runs):
            server = Server()
            fresh.append(server.start_seconds)
            self.assertEqual(server.stop(), 0)
        self.said("start of the program to the first answer, new data directory", fresh, 0.2)
        directory = tempfile.mkdtemp(prefix="bess-speed-")
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        server = Server(directory, "--workers", "1")
        try:
            scenario = server.send("/scenarios", {"name": "quarters"}).json()["id"]
            csv = self.quarters()
            self.repeated("import of a year of quarter-hours, six columns", server,
                          lambda: server.upload(f"/scenarios/{scenario}/import", ("file", "a.csv", csv)), 0.3)
            for what, run in [("lp on day-ahead", {"strategy": "lp"}), ("rolling_lp on day-ahead", {"strategy": "rolling_lp"}),
                              ("lp on day-ahead and FCR", {"strategy": "lp", "enabled_markets": ["day_ahead", "fcr"]}),
                              ("lp on day-ahead, intraday and FCR", {"strategy": "lp", "enabled_markets": ["day_ahead", "intraday", "fcr"]}),
                              ("rolling_lp on day-ahead, intraday and FCR",
                               {"strategy": "rolling_lp", "enabled_markets": ["day_ahead", "intraday", "fcr"]})]:
                request = example(scenario, **run)
                self.timed(lambda: server.send("/simulate", request))
                self.repeated(f"POST /simulate, one year, cached, no series, {what}", server, lambda: server.send("/simulate", request), 0.3)
            server.send(f"/scenarios/{scenario}", {"preload": True}, "PATCH")
            self.assertEqual(server.stop(), 0)
            again = []
            for _ in range(self.runs):
                second = Server(directory)
                again.append(second.start_seconds)
                self.assertEqual(second.stop(), 0)
            self.said("start with a preloaded scenario", again, 0.2)
        finally:
            if server.process.poll() is None:
                server.stop()
        print()


if __name__ == "__main__":
    unittest.main()
