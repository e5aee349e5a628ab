"""What goes wrong around the server: runs over the limit, a read-only or locked or damaged store. A clear problem with a stable code, and
nothing lost. (A full disk: tests/faults.)"""
import contextlib
import http.client
import os
import pathlib
import random
import shutil
import sqlite3
import tempfile
import threading
import time
import unittest

from bess_server import Server, example, price_csv, stored_scenario

NOBODY = 65534


def long_request(scenario):
    """Half a minute of work: far more than any limit here, on any machine."""
    request = example(scenario, simulation_years=50, strategy="rolling_lp", enabled_markets=["day_ahead", "intraday"], compare_to_bound=True,
                      foresight_days=7, execute_days=1)
    request["params"]["projectLifeYears"] = 50
    return request


def two_markets():
    """price_csv with a second market that pulls the other way, so that runs take their time."""
    rows = price_csv().splitlines()
    return "\n".join([rows[0] + ",intraday"] + [f"{row},{(i * 7919) % 163 - 20}" for i, row in enumerate(rows[1:])]) + "\n"


class TroubleCase(unittest.TestCase):
    def problem(self, answer, status, code):
        self.assertEqual((answer.status, answer.headers.get("Content-Type")), (status, "application/problem+json"), answer.body[:500])
        self.assertEqual((answer.json()["code"], answer.json()["status"], answer.json()["errors"][0]["code"]), (code, status, code))
        self.assertEqual("Retry-After" in answer.headers, status in (429, 503))
        return answer.json()


class TimeLimit(TroubleCase):
    def served(self, seconds):
        server = Server(None, "--max-simulation-seconds", str(seconds), "--workers", "1")
        self.addCleanup(server.stop)
        scenario = server.send("/scenarios", {"name": "two markets"}).json()["id"]
        self.assertEqual(server.upload(f"/scenarios/{scenario}/import", ("file", "price.csv", two_markets())).status, 200)
        return server, scenario

    def still_works(self, server, scenario):
        for _ in range(10):  # where the machine is busy and sanitizers slow the program down, a short run can meet the limit too
            answer = server.send("/simulate", example(scenario)).json()
            if answer.get("code") != "time_limit":
                break
        self.assertEqual(answer["status"], "success")
        page = server.get("/metrics").body.decode()
        self.assertIn("\nbess_simulations_running 0\n", page)

    def test_before_the_answer_began(self):
        server, scenario = self.served(0.8)  # below the second after which a long answer begins
        start = time.perf_counter()
        text = self.problem(server.send("/simulate", long_request(scenario)), 503, "time_limit")["detail"]
        self.assertIn("0.8 s", text)
        self.assertLess(time.perf_counter() - start, 5)
        job = server.send("/jobs", long_request(scenario)).json()["id"]
        events = server.get(f"/jobs/{job}/events").body.decode()
        self.assertIn('"state":"failed"', events.strip().split("\n\n")[-1])
        self.assertEqual(server.get(f"/jobs/{job}").json()["errors"][0]["code"], "time_limit")
        self.problem(server.get(f"/jobs/{job}/result"), 503, "time_limit")
        self.still_works(server, scenario)

    def test_a_solver_that_does_not_listen(self):
        server, scenario = self.served(1)
        self.addCleanup(server.process.kill)  # the reference solver may be at it for minutes
        start = time.perf_counter()
        answer = server.send("/simulate", example(scenario, solver="clp", strategy="lp", enabled_markets=["day_ahead", "intraday"]), timeout=30)
        if answer.json()["status"] == "success":
            self.skipTest("the reference solver was fast enough")
        self.assertEqual(answer.json()["code"], "time_limit")
        self.assertLess(time.perf_counter() - start, 10)

    def test_after_the_answer_began(self):
        server, scenario = self.served(3)
        answer = server.send("/simulate", long_request(scenario))
        self.assertEqual(answer.status, 200)
        self.assertEqual((answer.json()["status"], answer.json()["code"]), (503, "time_limit"))
        for path in ("/simulate?timeseries_format=csv", "/simulate/heatmap"):  # no place for a problem: the answer is broken off
            with self.assertRaises(http.client.IncompleteRead):
                server.send(path, long_request(scenario))
        self.still_works(server, scenario)


class Store(TroubleCase):
    """One server and a scenario whose answers must be the same after every trouble."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="bess-trouble-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.flags = ("--busy-timeout-seconds", "0.3")
        self.start()
        self.scenario = stored_scenario(self.server)
        self.before = self.seen()

    def start(self, **more):
        self.server = Server(str(self.directory), *self.flags, **more)
        self.addCleanup(self.server.stop)

    def restart(self, **more):
        self.assertEqual(self.server.stop(), 0)
        self.start(**more)

    def seen(self):
        return [self.server.get(path).body for path in ("/scenarios", "/profiles", f"/scenarios/{self.scenario}",
                                                        f"/scenarios/{self.scenario}/data?format=csv")]

    def writes(self):
        """Every kind of change."""
        server, path = self.server, f"/scenarios/{self.scenario}"
        profile = "timestamp,output_mw\n2024-01-01T00:00:00Z,1\n2024-01-01T01:00:00Z,2\n"
        return {"import": lambda: server.upload(path + "/import", ("file", "a.csv", price_csv(3).replace(",8", ",7"))),
                "create": lambda: server.send("/scenarios", {"name": "new"}),
                "patch": lambda: server.send(path, {"name": "changed"}, "PATCH"),
                "profile": lambda: server.upload("/profiles/import", ("file", "p.csv", profile), ("name", None, "p"), ("profile_type", None, "pv")),
                "delete": lambda: server.request("DELETE", path)}

    def modes(self, directories, files, owner=None):
        for place, _, names in os.walk(self.directory):
            for one in [place] + [os.path.join(place, name) for name in names]:
                if owner is not None:
                    os.chown(one, owner, owner)
                os.chmod(one, directories if os.path.isdir(one) else files)

    def test_read_only_directory(self):
        user = NOBODY if os.getuid() == 0 else None  # root writes everywhere
        self.modes(0o755, 0o644, user)
        self.restart(user=user)
        self.modes(0o555, 0o444)
        for name in ("import", "profile", "delete"):
            with self.subTest(name):
                self.problem(self.writes()[name](), 507, "store_read_only")
        self.assertEqual(self.seen(), self.before)
        self.assertEqual(self.server.send("/simulate", example(self.scenario)).status, 200)
        self.assertEqual(self.server.stop(), 0)
        with self.assertRaisesRegex(RuntimeError, "store_read_only|read-only|not writable|Permission denied"):
            self.start(user=user)
        self.modes(0o755, 0o644)
        self.start(user=user)
        self.assertEqual(self.seen(), self.before)
        self.assertEqual(self.writes()["import"]().status, 200)

    def test_locked_by_another_program(self):
        with contextlib.closing(sqlite3.connect(self.directory / "db/scenarios.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for name in ("import", "create", "patch", "delete"):
                with self.subTest(name):
                    self.problem(self.writes()[name](), 503, "store_locked")
            self.assertEqual(self.seen(), self.before)
            other.execute("ROLLBACK")
        self.assertEqual(self.seen(), self.before)
        self.assertEqual(self.writes()["patch"]().status, 200)

    def test_damaged_and_newer_files(self):
        file = self.directory / f"db/scenario_data/scenario_{self.scenario}.db"
        whole = file.read_bytes()
        newer = bytearray(whole)
        newer[60:64] = (99).to_bytes(4, "big")  # SQLite's user_version
        for content, code in [(b"garbage " * 4000, "corrupt_store"), (None, "corrupt_store"), (bytes(newer), "store_too_new")]:
            file.unlink() if content is None else file.write_bytes(content)
            with self.subTest(code):
                for path in (f"/scenarios/{self.scenario}", f"/scenarios/{self.scenario}/data", f"/scenarios/{self.scenario}/export"):
                    self.problem(self.server.get(path), 500, code)
                self.problem(self.server.send("/simulate", example(self.scenario)), 500, code)
                self.assertEqual(self.server.get("/scenarios").status, 200)
                self.assertEqual(self.server.send("/scenarios", {"name": "beside"}).status, 201)
        file.write_bytes(whole)
        self.assertEqual(self.seen()[2:], self.before[2:])


class Killed(unittest.TestCase):
    """kill -9 in the middle of imports, metadata updates and deletions over HTTP. (Step by step: tests/faults.)"""
    rounds = 25

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="bess-killed-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def data(self, server, scenario):
        return server.get(f"/scenarios/{scenario}/data?format=csv").body

    def change(self, server, scenario, choice):
        """Changes until the server is gone; what it was told is done."""
        done = {"name": None, "content": None, "deleted": []}
        try:
            while True:
                number = choice.randrange(1 << 30)
                doing = {**done, "name": f"name {number}"}
                self.doing = doing
                if server.send(f"/scenarios/{scenario}", {"name": doing["name"]}, "PATCH").status == 200:
                    done = doing
                which = choice.randrange(2)
                self.doing = {**done, "content": which}
                if server.upload(f"/scenarios/{scenario}/import?mode=replace", ("file", "a.csv", self.files[which])).status == 200:
                    done = self.doing
                doomed = stored_scenario(server, "doomed") if choice.random() < 0.3 else None
                if doomed and server.request("DELETE", f"/scenarios/{doomed}").status == 204:
                    done = {**done, "deleted": done["deleted"] + [doomed]}
                self.done = done
        except (OSError, http.client.HTTPException, KeyError, ValueError):
            self.done = done

    def test_kill_9(self):
        choice = random.Random(11)
        server = Server(str(self.directory))
        scenario = stored_scenario(server)
        self.files = [price_csv(30), price_csv(30).replace(",8", ",7")]
        whole = []
        for file in self.files:
            self.assertEqual(server.upload(f"/scenarios/{scenario}/import?mode=replace", ("file", "a.csv", file)).status, 200)
            whole.append(self.data(server, scenario))
        for round_ in range(self.rounds):
            worker = threading.Thread(target=self.change, args=(server, scenario, choice))
            worker.start()
            time.sleep(choice.uniform(0.05, 0.5))
            server.process.kill()
            worker.join()
            with server.process:
                server.process.wait(10)
            server = Server(str(self.directory))
            with self.subTest(round=round_):
                listed = {one["id"]: one for one in server.get("/scenarios").json()["scenarios"]}
                content = self.data(server, scenario)
                self.assertIn(content, whole)
                if self.done["content"] is not None:
                    self.assertIn(content, [whole[self.done["content"]], whole[self.doing["content"]]])
                if self.done["name"] is not None:
                    self.assertIn(listed[scenario]["name"], [self.done["name"], self.doing["name"]])
                for gone in self.done["deleted"]:
                    self.assertNotIn(gone, listed)
                for one in listed.values():
                    tables = server.get(f"/scenarios/{one['id']}").json()["tables"]
                    self.assertEqual(one["record_count"], sum(table["rows"] for table in tables))
                    self.assertEqual(one["has_price_data"], bool(tables))
                files = {file.name for file in (self.directory / "db/scenario_data").iterdir()}
                self.assertEqual(files, {f"scenario_{one['id']}.db" for one in listed.values() if one["record_count"]}, "leftovers")
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
