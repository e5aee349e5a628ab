"""Weather that can't be used: each refusal has its code and leaves no profile behind, neither listed nor on disk."""
import json
import pathlib
import unittest

from bess_server import SHARED, ServerCase, need_data

PARK = {"name": "Park", "profile_type": "pv", "latitude": 52.3, "longitude": 4.8, "capacity_mw": 5, "allow_partial": True}
HEADER = "timestamp,ghi_w_per_m2,temp_air_c"


def weather_csv(header=HEADER, days=2, cell=None):
    """Hourly sun and temperature; `cell` (row, text) replaces the radiation of one row."""
    rows = [header]
    for hour in range(24 * days):
        sun = str(max(0, 600 - 20 * (hour % 24 - 12) ** 2))
        if cell and cell[0] == hour:
            sun = cell[1]
        rows.append(f"2024-06-{1 + hour // 24:02}T{hour % 24:02}:00:00Z,{sun},15")
    return "\n".join(rows) + "\n"


class BadWeather(ServerCase):
    def files(self):
        # Of the list of profiles itself only its journal may come and go.
        return sorted(str(path) for path in pathlib.Path(self.server.directory).rglob("*") if not path.name.endswith(("-wal", "-shm")))

    def generate(self, config, *weather):
        parts = [("config", None, config if isinstance(config, str) else json.dumps(config))]
        return self.server.upload("/profiles", *parts, *[("weather", f"{i}.csv", one) for i, one in enumerate(weather)])

    def refused(self, answer, code, status=422):
        self.assertEqual(answer.status, status, answer.body[:500])
        self.assertEqual(answer.headers.get("Content-Type"), "application/problem+json")
        self.assertIn(code, [error["code"] for error in answer.json()["errors"]], answer.body[:500])
        self.assertEqual(self.server.get("/profiles").json()["profiles"], [])
        self.assertEqual(self.files(), self.before)

    def setUp(self):
        self.server.get("/profiles")
        self.before = self.files()

    def test_tables(self):
        good = weather_csv()
        for what, weather, code, status in [
                ("no radiation", weather_csv("timestamp,source_year,temp_air_c"), "missing_column", 422),
                ("no time", weather_csv("when,ghi_w_per_m2,temp_air_c"), "missing_column", 400),
                ("the same column twice", weather_csv("timestamp,ghi_w_per_m2,ghi_w_per_m2"), "duplicate_column", 400),
                ("a word among numbers", weather_csv(cell=(12, "sunny")), "bad_number", 400),
                ("days without weather", good.replace("2024-06-01T12:00:00Z", "2024-06-09T12:00:00Z"), "gap", 422),
                ("nothing", "", "missing_column", 400), ("only a header", HEADER + "\n", "incomplete_year", 400),
                ("not text", b"\xff\xfe\x00\x01" * 50, "encoding", 400), ("an archive", b"PK\x03\x04" + b"\0" * 50, "zip_unsafe", 400)]:
            with self.subTest(what):
                self.refused(self.generate(PARK, weather), code, status)

    def test_needs(self):
        with self.subTest("wind without wind"):
            self.refused(self.generate(PARK | {"profile_type": "wind"}, weather_csv()), "missing_column")
        with self.subTest("two days are no year"):
            self.refused(self.generate(PARK | {"allow_partial": False}, weather_csv()), "incomplete_year")
        with self.subTest("two tables that say different things"):
            self.refused(self.generate(PARK, weather_csv(), weather_csv(cell=(12, "7"))), "duplicate_timestamp", 400)
        with self.subTest("no weather"):
            self.refused(self.generate(PARK), "required")
        for name in ("absent.csv", "../../etc/passwd", "/etc/passwd", ".."):
            with self.subTest(name):
                self.refused(self.generate(PARK | {"weather_file": name}), "not_found", 404)

    def test_configurations(self):
        for changes, code in [({"latitude": 91}, "out_of_range"), ({"longitude": -200}, "out_of_range"), ({"capacity_mw": 0}, "out_of_range"),
                              ({"capacity_mw": "five"}, "wrong_type"), ({"profile_type": "tidal"}, "wrong_type"), ({"name": ""}, "required"),
                              ({"slope": 200}, "out_of_range"), ({"country": "Atlantis"}, "out_of_range")]:
            with self.subTest(changes=changes):
                self.refused(self.generate(PARK | changes, weather_csv()), code)
        self.refused(self.generate(PARK | {"profile_type": "wind", "turbine_type": "perpetuum"}, weather_csv()), "wrong_type")
        self.refused(self.generate("{", weather_csv()), "malformed_json", 400)
        for key in ("name", "profile_type", "latitude", "longitude", "capacity_mw"):
            with self.subTest(missing=key):
                self.refused(self.generate({k: v for k, v in PARK.items() if k != key}, weather_csv()), "required")

    def test_grids(self):
        need_data(self, "era5_berlin_2017.nc")
        grid = (SHARED / "data" / "era5_berlin_2017.nc").read_bytes()
        berlin = PARK | {"latitude": 52.6, "longitude": 13.1}
        with self.subTest("outside the grid"):
            self.refused(self.generate(PARK, grid), "weather_area", 400)
        with self.subTest("cut off"):
            self.refused(self.generate(berlin, grid[:-1000]), "unreadable_file", 400)
        with self.subTest("with a table"):
            self.refused(self.generate(berlin, grid, weather_csv()), "wrong_type")
        with self.subTest("an empty header"):
            self.refused(self.generate(berlin, grid[:4] + b"\0" * 200), "missing_column", 400)
        with self.subTest("the name of the upload"):
            for bad in ((PARK, grid), (berlin, grid[:-1000]), (berlin, grid[:4] + b"\0" * 200), (berlin | {"profile_type": "wind"}, grid.replace(b"u100", b"u999"))):
                errors = self.generate(*bad).json()["errors"]
                self.assertEqual({error["file"] for error in errors}, {"0.csv"}, errors)


class GoodWeather(ServerCase):
    """The same weather unspoilt is stored, so the refusals above have the reason they name."""

    def test_stored(self):
        made = self.ok(self.server.upload("/profiles", ("config", None, json.dumps(PARK)), ("weather", "w.csv", weather_csv())), 201).json()
        self.assertIn(made["id"], [one["id"] for one in self.server.get("/profiles").json()["profiles"]])

    def test_told_how(self):
        """Foreign headers, and a turbine of one's own beside its weather."""
        foreign = weather_csv("Zeit,Sonne,Luft")
        columns = [{"variable": "timestamp", "column": "Zeit"}, {"variable": "ghi", "column": "Sonne"}, {"variable": "temperature", "column": "Luft"}]
        config = json.dumps(PARK | {"weather_columns": columns})
        made = self.ok(self.server.upload("/profiles", ("config", None, config), ("weather", "w.csv", foreign)), 201).json()
        self.assertEqual(made["config"]["weather_columns"], columns)
        wind = weather_csv("timestamp,wind_speed_100m,temp_air_c")
        config = json.dumps(PARK | {"profile_type": "wind"})
        curve = "wind_speed_m_per_s,power_kw\n0,0\n600,3000\n"
        made = self.ok(self.server.upload("/profiles", ("config", None, config), ("weather", "w.csv", wind), ("curve", "c.csv", curve)), 422)
        self.assertEqual(made.json()["errors"][0]["code"], "out_of_range")  # no such wind
        calm = "timestamp,wind_speed_100m\n" + "".join(f"2024-06-01T{h:02}:00:00Z,{h}\n" for h in range(24))
        curve = "wind_speed_m_per_s,power_kw\n0,0\n25,3000\n"
        made = self.ok(self.server.upload("/profiles", ("config", None, config), ("weather", "w.csv", calm), ("curve", "c.csv", curve)), 201).json()
        self.assertEqual(made["config"]["curve_power_mw"], [0, 3])


if __name__ == "__main__":
    unittest.main()
