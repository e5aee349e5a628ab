"""32 clients at once: reads, imports, simulations, cancels. Every answer is compared with that of a serial run. BESS_LOAD_SECONDS sets how
long (default 8)."""
import collections
import json
import os
import pathlib
import random
import socket
import statistics
import subprocess
import tempfile
import threading
import time
import unittest

from bess_server import BESS, Server, example, price_csv, stored_scenario

CLIENTS = 32


class Load(unittest.TestCase):
    def setUp(self):
        self.server = Server(None, "--workers", "2")
        self.wrong, self.seconds, self.statuses = [], collections.defaultdict(list), collections.Counter()
        self.lock, self.begun = threading.Lock(), threading.local()

    def tearDown(self):
        self.assertTrue(self.server.alive())
        self.assertEqual(self.server.stop(), 0)

    def client(self, number, end):
        random_choice = random.Random(number)
        while time.perf_counter() < end:
            try:
                self.one_request(random_choice)
            except Exception as error:  # noqa: BLE001: every failure of a client is a failure of the test
                with self.lock:
                    self.wrong.append(repr(error))

    def expect(self, good, what, answer):
        with self.lock:
            self.seconds[what if answer.status < 400 else "refused by limit"].append(time.perf_counter() - self.begun.start)
            self.statuses[what, answer.status] += 1
            if not good:
                self.wrong.append(f"{what}: {answer.status} {answer.body[:200]}")

    def memory_mb(self):
        text = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return {name: int(text.split(name + ":")[1].split()[0]) / 1000 for name in ("VmRSS", "VmHWM")}

    def table(self, length):
        lines = [f"{CLIENTS} clients, {length:g} s: {sum(map(len, self.seconds.values())) / length:.0f} requests/s, "
                 f"{self.statuses.total()} answers, {len(self.seconds['refused by limit'])} of them refused by limit, peak memory {self.memory_mb()['VmHWM']:.0f} MB"]
        for what, seconds in sorted(self.seconds.items()):
            ordered = sorted(seconds)
            lines.append(f"  {what:<16} {len(ordered):>6}   median {1000 * statistics.median(ordered):8.1f} ms   "
                         f"99 % {1000 * ordered[int(0.99 * len(ordered))]:8.1f} ms   most {1000 * ordered[-1]:8.1f} ms")
        lines.append("  statuses: " + ", ".join(f"{what} {status}: {count}" for (what, status), count in sorted(self.statuses.items())))
        return "\n".join(lines)

    def one_request(self, choice):
        server, kind = self.server, choice.random()
        self.begun.start = time.perf_counter()
        if kind < 0.3:
            answer = server.send("/simulate", self.request)
            same = answer.status == 429 or (answer.status == 200 and answer.json()["summary"] == self.summary)
            return self.expect(same, "simulation", answer)
        if kind < 0.6:
            answer = server.get(f"/scenarios/{self.scenario}/data?format=csv&from=2024-03-01&to=2024-04-01")
            return self.expect(answer.status == 200 and answer.body == self.data, "data", answer)
        if kind < 0.7:
            answer = server.upload(f"/scenarios/{self.changing}/import", ("file", "a.csv", self.files[choice.randrange(2)]))
            return self.expect(answer.status in (200, 503), "import", answer)
        if kind < 0.8:  # whole: one of the two files, never a mix
            answer = server.get(f"/scenarios/{self.changing}/data?format=csv")
            return self.expect(answer.status == 200 and answer.body in self.stored, "changing data", answer)
        if kind < 0.85:
            answer = server.send("/jobs", self.long)
            if answer.status == 202:
                gone = server.request("DELETE", "/jobs/" + answer.json()["id"])
                self.expect(gone.status in (202, 204), "cancel", gone)
            return self.expect(answer.status in (202, 429), "job", answer)
        answer = server.get(choice.choice(["/health", "/metrics", "/scenarios", "/scenarios/cache/stats"]))
        return self.expect(answer.status == 200, "read", answer)

    def test_many_clients(self):
        server = self.server
        self.scenario = stored_scenario(server)
        self.changing = stored_scenario(server, "changing")
        self.files = [price_csv(3), price_csv(3).replace(",8", ",7")]
        self.stored = set()
        for file in self.files:
            server.upload(f"/scenarios/{self.changing}/import?mode=replace", ("file", "a.csv", file))
            self.stored.add(server.get(f"/scenarios/{self.changing}/data?format=csv").body)
        self.assertEqual(len(self.stored), 2)
        self.request, self.long = example(self.scenario), example(self.scenario, simulation_years=15)
        self.summary = server.send("/simulate", self.request).json()["summary"]
        self.data = server.get(f"/scenarios/{self.scenario}/data?format=csv&from=2024-03-01&to=2024-04-01").body
        length = float(os.environ.get("BESS_LOAD_SECONDS", "8"))
        end = time.perf_counter() + length
        clients = [threading.Thread(target=self.client, args=(i, end)) for i in range(CLIENTS)]
        for client in clients:
            client.start()
        middle = None
        while (left := end - time.perf_counter()) > 0:
            time.sleep(min(left, 10))
            middle = middle or self.memory_mb()["VmRSS"]
            print(f"\n  {max(end - time.perf_counter(), 0):.0f} s to go, {self.statuses.total()} answers, {self.memory_mb()['VmRSS']:.0f} MB", end="", flush=True)
        for client in clients:
            client.join()
        print("\n" + self.table(length))
        self.assertEqual(self.wrong[:5], [])
        for what in ("simulation", "data", "import", "changing data", "job", "read"):
            self.assertGreater(len(self.seconds[what]), 0, f"no {what} was answered")
        self.assertLess(self.memory_mb()["VmHWM"], float(os.environ.get("BESS_PEAK_MB", "500")))
        self.assertLess(self.memory_mb()["VmRSS"], middle + 100, "memory grows")

    def test_two_servers_on_one_directory(self):
        other = Server(self.server.directory)
        try:
            scenario = stored_scenario(self.server)
            self.assertEqual(other.get(f"/scenarios/{scenario}").json(), self.server.get(f"/scenarios/{scenario}").json())
            first = other.send("/simulate", example(scenario)).json()["summary"]
            changed = price_csv().replace(",8", ",7")
            self.assertEqual(self.server.upload(f"/scenarios/{scenario}/import", ("file", "a.csv", changed)).status, 200)
            second = other.send("/simulate", example(scenario)).json()["summary"]
            self.assertNotEqual(first["financial"], second["financial"])
            self.assertEqual(second, self.server.send("/simulate", example(scenario)).json()["summary"])
            self.assertEqual(other.request("DELETE", f"/scenarios/{scenario}").status, 204)
            self.assertEqual(self.server.get(f"/scenarios/{scenario}").status, 404)
        finally:
            other.stop()

    def test_the_program_beside_the_server(self):
        def bess(*arguments, code=0):
            done = subprocess.run([BESS, *arguments, "--data-dir", self.server.directory, "--json"], capture_output=True, text=True)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            return json.loads(done.stdout)
        scenario = stored_scenario(self.server)
        first = self.server.send("/simulate", example(scenario)).json()["summary"]
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "prices.csv"
            file.write_text(price_csv().replace(",8", ",7"))
            imported = bess("scenario", "import", str(scenario), str(file))
        shown = self.server.get(f"/scenarios/{scenario}").json()
        self.assertEqual(shown, bess("scenario", "show", str(scenario)))
        self.assertEqual({key: imported[key] for key in shown}, shown)
        self.assertEqual((imported["rows_read"], imported["warnings"], len(imported["imported"])), (8784, [], 1))
        self.assertNotEqual(self.server.send("/simulate", example(scenario)).json()["summary"]["financial"], first["financial"])
        # Both import at the same time: every import is whole, and the last one is what is there.
        def both(ask):
            threads = [threading.Thread(target=ask, args=(days,)) for days in (20, 40)]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
        with tempfile.TemporaryDirectory() as folder:
            def ask(days):
                for _ in range(5):
                    if days == 20:
                        self.assertEqual(self.server.upload(f"/scenarios/{scenario}/import?mode=replace", ("file", "a.csv", price_csv(days))).status, 200)
                    else:
                        file = pathlib.Path(folder) / "prices.csv"
                        file.write_text(price_csv(days))
                        bess("scenario", "import", str(scenario), str(file), "--replace")
            both(ask)
        self.assertIn(self.server.get(f"/scenarios/{scenario}").json()["record_count"], (20 * 24, 40 * 24))
        self.assertEqual(bess("scenario", "delete", str(scenario))["id"], scenario)
        self.assertEqual(self.server.get(f"/scenarios/{scenario}").status, 404)
        self.assertEqual(self.server.send("/simulate", example(scenario)).status, 404)
        self.assertEqual(bess("scenario", "show", str(scenario), code=3)["errors"][0]["code"], "not_found")

    def test_a_client_that_goes_away_cancels_its_run(self):
        scenario = stored_scenario(self.server)
        body = json.dumps(example(scenario, simulation_years=15, compare_to_bound=True)).encode()
        with socket.create_connection(("127.0.0.1", self.server.port)) as s:
            s.sendall(b"POST /simulate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            time.sleep(0.3)
        end = time.time() + 15
        while "\nbess_simulations_running 0\n" not in self.server.get("/metrics").body.decode():
            self.assertLess(time.time(), end, "still running")
            time.sleep(0.05)


if __name__ == "__main__":
    unittest.main()
