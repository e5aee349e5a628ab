"""Every format that the document offers is answered as the media type it names, under the name it has, and the command line offers it too."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from bess_server import BESS, ServerCase, example, stored_scenario


class Exports(ServerCase):
    def setUp(self):
        self.document = self.ok(self.server.get("/openapi.json")).json()
        self.scenario = stored_scenario(self.server)

    def offered(self, path, parameter, method="get"):
        """The formats of a route, and the media types of its answer."""
        operation = self.document["paths"][path][method]
        found = [p for p in operation["parameters"] if p["name"] == parameter]
        return found[0]["schema"]["enum"], list(operation["responses"]["200"]["content"])

    def media_type(self, answer):
        return self.ok(answer).headers["Content-Type"]

    def command(self, *arguments, **more):
        done = subprocess.run([BESS, *map(str, arguments)], capture_output=True, text=True, timeout=120, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def choices(self, option, *command):
        return re.search(rf"{option} TEXT:\{{([^}}]*)\}}", self.command(*command, "--help")).group(1).split(",")

    def same(self, types, listed):
        self.assertEqual({t.split(";")[0] for t in types}, set(listed))

    def test_tables_of_scenarios(self):
        names, listed = self.offered("/scenarios/{id}/data", "format")
        self.same([self.media_type(self.server.get(f"/scenarios/{self.scenario}/data?format={name}")) for name in names], listed)
        self.assertEqual(names, self.choices("--format", "scenario", "export"))
        with tempfile.TemporaryDirectory() as folder:
            for name in names:
                self.command("scenario", "export", self.scenario, "--data-dir", self.server.directory, "--format", name, "--out", folder)
                answer = self.server.get(f"/scenarios/{self.scenario}/data?table=price&format={name}")
                self.assertEqual((pathlib.Path(folder) / f"price.{name}").read_bytes(), answer.body)

    def test_whole_scenarios(self):
        names, listed = self.offered("/scenarios/{id}/export", "format")
        plain = self.ok(self.server.get(f"/scenarios/{self.scenario}/export"))
        self.same([self.media_type(self.server.get(f"/scenarios/{self.scenario}/export?format={name}")) for name in names], listed)
        self.assertEqual(self.server.get(f"/scenarios/{self.scenario}/export?format={names[0]}").body, plain.body)
        with tempfile.TemporaryDirectory() as folder:
            for name in names:
                file = pathlib.Path(folder) / f"all.{name}"
                self.command("scenario", "export", self.scenario, "--data-dir", self.server.directory, "--out", file)
                self.assertEqual(file.read_bytes(), self.server.get(f"/scenarios/{self.scenario}/export?format={name}").body)
        self.assertEqual(self.server.get(f"/scenarios/{self.scenario}/export?format=rar").status, 422)

    def test_profiles(self):
        names, listed = self.offered("/profiles/{id}/data", "format")
        text = "timestamp,output_mw\n" + "".join(f"2024-01-01T{h:02}:{m:02}:00Z,{h / 24}\n" for h in range(24) for m in (0, 15, 30, 45))
        made = self.ok(self.server.upload("/profiles/import?name=Roof&profile_type=pv&capacity_mw=1", ("file", "roof.csv", text)), 201).json()
        self.same([self.media_type(self.server.get(f"/profiles/{made['id']}/data?format={name}")) for name in names], listed)
        self.assertEqual(names, self.choices("--format", "profile", "export"))
        for name in names:
            printed = self.command("profile", "export", made["id"], "--data-dir", self.server.directory, "--format", name)
            self.assertEqual(printed.encode(), self.server.get(f"/profiles/{made['id']}/data?format={name}").body)

    def test_series_of_runs(self):
        request = example(self.scenario)
        for path in ("/simulate", "/api/simulate"):
            names, listed = self.offered(path, "timeseries_format", "post")
            answers = {name: self.server.send(f"{path}?include_timeseries=1&timeseries_format={name}", request) for name in names}
            self.same([self.media_type(answer) for answer in answers.values()], listed)
        self.assertEqual(["none", *names], self.choices("--timeseries", "simulate"))
        self.assertEqual(self.offered("/jobs/{id}/result", "timeseries_format"), (names, listed))
        for name, answer in answers.items():
            printed = self.command("simulate", "-", "--scenario", self.scenario, "--data-dir", self.server.directory, "--json",
                                   "--timeseries", name, input=json.dumps(request))
            if answer.headers["Content-Type"] == "application/json":
                self.assertEqual(json.loads(printed)["timeseries"], answer.json()["timeseries"])
            else:
                self.assertEqual(printed.encode(), answer.body)


if __name__ == "__main__":
    unittest.main()
