"""A whole scenario as a ZIP archive, exported, imported into a new one, exported again: the same bytes, over HTTP and by the program."""
import io
import json
import pathlib
import random
import subprocess
import tempfile
import zipfile

import unittest

from bess_server import BESS, SHARED, ServerCase, example, need_data, price_csv, zip_of
from walkthrough_test import FILES, MAPPING


def lines(header, rows):
    return "\n".join([header] + rows) + "\n"


def blocks(days):
    """Four hours each by the UTC clock: not the market's, so their ends are given."""
    stamp = "2024-01-{:02}T{:02}:00:00Z"
    return [f"{stamp.format(day, hour)},{stamp.format(day + hour // 20, (hour + 4) % 24)},{hour + day / 7}" for day in days for hour in range(0, 24, 4)]


def every(minutes, days, name="x"):
    choice = random.Random(name)
    return [f"2024-01-{day:02}T{hour:02}:{minute:02}:00Z,{choice.uniform(-50, 400)}" for day in days for hour in range(24)
            for minute in range(0, 60, minutes)]


class Archive(ServerCase):
    def new(self, *imports):
        scenario = self.ok(self.server.send("/scenarios", {"name": "one"}), 201).json()["id"]
        for file in imports:
            name, content = file if isinstance(file, tuple) else ("a.csv", file)
            self.ok(self.server.upload(f"/scenarios/{scenario}/import", ("file", name, content)))
        return scenario

    def export(self, scenario):
        answer = self.ok(self.server.get(f"/scenarios/{scenario}/export"))
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.assertIn(f'filename="scenario_{scenario}.zip"', answer.headers["Content-Disposition"])
        return answer.body

    def tables(self, scenario):
        return self.ok(self.server.get(f"/scenarios/{scenario}")).json()["tables"]

    def same_again(self, scenario):
        first = self.export(scenario)
        self.assertEqual(self.export(scenario), first)
        copy = self.new(("scenario.zip", first))
        self.assertEqual(self.export(copy), first)
        self.assertEqual(self.tables(copy), self.tables(scenario))
        # Over what is there already too, and over the program.
        self.ok(self.server.upload(f"/scenarios/{copy}/import?mode=replace", ("file", "scenario.zip", first)))
        self.assertEqual(self.export(copy), first)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "whole.zip"
            self.bess("scenario", "export", str(scenario), "--out", str(file))
            self.assertEqual(file.read_bytes(), first)
            made = self.bess("scenario", "create", "--name", "by the program", "--json", str(file))
            self.assertEqual(self.export(json.loads(made)["id"]), first)
        return first

    def bess(self, *words):
        done = subprocess.run([BESS, *words, "--data-dir", self.server.directory], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done.stdout

    def test_real_year(self):
        need_data(self, *FILES)
        archive = zip_of({**{name: (SHARED / "data" / name).read_bytes() for name in FILES}, "mapping.json": json.dumps(MAPPING)})
        scenario = self.new(("nl.zip", archive))
        whole = zipfile.ZipFile(io.BytesIO(self.same_again(scenario)))
        self.assertEqual(whole.namelist(), ["price.csv", "fcr.csv", "mapping.json"])
        self.assertIsNone(whole.testzip())
        columns = {column["name"]: column for table in self.tables(scenario) for column in table["columns"]}
        self.assertEqual(columns["day_ahead"]["resolution_minutes"], 60)

    def test_every_table(self):
        self.same_again(self.new(("all.zip", zip_of({
            "price.csv": price_csv(10),
            "solar.csv": lines("timestamp,solar_mw", every(60, range(3, 6))),
            "installed_capacity.csv": lines("timestamp,solar_mw", ["2020-01-01T00:00:00Z,10000", "2024-01-01T00:00:00Z,24000.5"]),
            "afrr.csv": lines("timestamp,afrr_up_price", every(15, range(5, 7))),
            "fcr.csv": lines("timestamp,timestamp_end,fcr_price", blocks(range(5, 9)))}))))

    def test_holes_mixed_resolutions_and_cut_columns(self):
        scenario = self.new(price_csv(10), price_csv(10, "2024-03-01T00:00:00Z"),  # weeks without any row between them
                            lines("timestamp,intraday", every(15, range(5, 6))), lines("timestamp,regulation_state", [
                                f"2024-01-06T{h:02}:{m:02}:00Z,{(h + m) % 2}" for h in range(24) for m in range(0, 60, 5)]),
                            lines("timestamp,day_ahead", every(30, range(8, 9))))
        self.same_again(scenario)
        one = example(scenario, allow_partial=True)
        first = self.server.send("/simulate", one)
        copy = self.new(("x.zip", self.export(scenario)))
        again = self.server.send("/simulate", example(copy, allow_partial=True))
        self.assertEqual((first.status, first.json().get("summary")), (again.status, again.json().get("summary")))

    def test_single_rows_and_gaps(self):
        self.same_again(self.new("timestamp,day_ahead\n2024-01-05T03:00:00Z,5\n"))
        rows = every(60, range(1, 20))
        del rows[30:33], rows[200:222]  # both are filled when the column is used, and counted
        scenario = self.new(lines("timestamp,day_ahead", rows))
        quality = self.tables(scenario)[0]["columns"][0]
        self.assertGreater(quality["interpolated"] + quality["borrowed"], 0)
        self.same_again(scenario)

    def test_gaps_are_filled_by_the_resolution_they_were_read_in(self):
        hours = price_csv().replace("day_ahead", "intraday").splitlines()
        del hours[501:505]  # four hours: linear, but not as sixteen quarter-hours
        quarters = [f"2025-01-{day:02}T{h:02}:{m:02}:00Z,5" for day in (1, 2) for h in range(24) for m in (0, 15, 30, 45)]
        scenario = self.new("\n".join(hours) + "\n", "\n".join(["timestamp,intraday"] + quarters) + "\n")
        copy = self.new(("x.zip", self.export(scenario)))
        series = [self.server.send("/simulate?include_timeseries=true&timeseries_format=columns",
                                   example(s, enabled_markets=["intraday"])).json() for s in (scenario, copy)]
        first, again = (s["timeseries"]["intraday_price_eur_per_mwh"] for s in series)
        self.assertEqual(first, again)
        before, after = first[4 * 500 - 1], first[4 * 504]
        self.assertAlmostEqual(first[4 * 500], before + (after - before) / 5, places=6)
        self.assertEqual(first[4 * 500], first[4 * 500 + 3])
        self.assertEqual(*(s["provenance"]["data_quality"][0]["interpolated"] for s in series))

    def test_refusals(self):
        self.assertEqual(self.server.get("/scenarios/999999/export").status, 404)
        empty = self.server.get(f"/scenarios/{self.new()}/export")
        self.assertEqual((empty.status, empty.code()), (422, "market_data_missing"))
        scenario = self.new()
        table = "timestamp,timestamp_end,day_ahead\n2024-01-01T00:00:00Z,2024-01-01T01:00:00Z,5\n"
        for entry, code in [({"rows": "all"}, "wrong_type"), ({"rows": "exact", "quality": []}, "wrong_type"),
                            ({"rows": "exact", "quality": {"day_ahead": {"rows": -1}}}, "wrong_type"),
                            ({"rows": "exact", "quality": {"day_ahead": 1}}, "wrong_type"),
                            ({"rows": "exact", "quality": {"day_ahead": {"rows": 1, "resolution_minutes": 60, "interpolated": 0, "borrowed": 0,
                                                                         "missing": 0, "resolution": [{"from": "x"}]}}}, "wrong_type"), ({"row": "exact"}, "unknown_key")]:
            with self.subTest(entry=entry):
                answer = self.server.upload(f"/scenarios/{scenario}/import", ("file", "x.zip", zip_of({"p.csv": table, "mapping.json": json.dumps({"p.csv": entry})})))
                self.assertEqual((answer.status, answer.code()), (400, code), answer.body)
        self.assertEqual(self.tables(scenario), [])


if __name__ == "__main__":
    unittest.main()
