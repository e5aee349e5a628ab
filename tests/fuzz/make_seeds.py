#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets, corpus/<target>/*.seed: small files of our own in the dialects the importers understand, each
behind the line of option letters its target reads, and the words of fuzz_json. Run it after changing it; the seeds are kept in the tree."""

import io
import json
import pathlib
import random
import re
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from classic_netcdf import era5  # noqa: E402

written: set[pathlib.Path] = set()


def seed(target: str, name: str, options: str, content) -> None:
    path = HERE / "corpus" / target / f"{name}.seed"
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes((options.encode() + b"\n" if options is not None else b"") + data)
    written.add(path)


def stamps(first: str, minutes: int, count: int, form: str) -> list[str]:
    import datetime

    start = datetime.datetime.fromisoformat(first)
    return [(start + datetime.timedelta(minutes=minutes * i)).strftime(form) for i in range(count)]


def rows(times: list[str], *columns, separator: str = ",", end: str = "\n") -> str:
    return "".join(separator.join([t] + [str(c(i)) for c in columns]) + end for i, t in enumerate(times))


# ---- market and profile CSV. Letters: market/profile, country, zone, table, exact, duplicates, naming, capacity


def market() -> None:
    iso = "%Y-%m-%dT%H:%M:%SZ"
    plain = "%Y-%m-%d %H:%M"
    t = "fuzz_market_csv"
    head = "timestamp,day_ahead,imbalance_take,imbalance_feed\n"
    seed(t, "quarters", "0", head + rows(stamps("2024-01-01", 15, 12, iso), lambda i: 10 + i, lambda i: 20.5, lambda i: -3))
    seed(t, "hours", "0", "timestamp,day_ahead\n" + rows(stamps("2024-01-01", 60, 8, iso), lambda i: 50 - 20 * i))
    seed(t, "five_minutes", "0", "timestamp,intraday\n" + rows(stamps("2024-01-01", 5, 9, iso), lambda i: i / 8))
    seed(t, "hours_to_quarters", "0", "timestamp,day_ahead\n" + rows(stamps("2025-09-30 18:00", 60, 4, iso), lambda i: i) +
         rows(stamps("2025-09-30 22:00", 15, 8, iso), lambda i: i))
    seed(t, "decimal_comma", "002", "timestamp;day_ahead;intraday;\r\n" +
         rows(stamps("2024-06-01", 60, 6, "%d.%m.%Y %H:%M"), lambda i: f"1.234,{i}", lambda i: f"-{i},5;", separator=";", end="\r\n"))
    seed(t, "tabs", "001", "timestamp\tday_ahead\n" + rows(stamps("2024-06-01", 30, 6, "%Y/%m/%d %H:%M"), lambda i: f"{i}e1", separator="\t"))
    seed(t, "quoted", "001", '"Time Stamp","Day Ahead","note"\n' +
         rows(stamps("2024-06-01", 60, 4, '"%Y-%m-%d %H:%M"'), lambda i: f'"{i}.5"', lambda i: '"a ""b"", c"'))
    seed(t, "bom_cr", "001", "\ufefftimestamp,day_ahead\r" + rows(stamps("2024-06-01", 60, 4, plain), lambda i: i, end="\r"))
    seed(t, "preamble", "000000001", "exported by hand\n\nsource;x\n" + head +
         rows(stamps("2024-01-01", 15, 6, iso), lambda i: "n/a" if i == 2 else i, lambda i: "", lambda i: "-"))
    seed(t, "autumn", "002", "timestamp,intraday\n" + rows([f"2024-10-27 0{h}:{m}" for h in (0, 1, 2, 2, 3, 4) for m in ("00", "30")], lambda i: i))
    seed(t, "spring", "002", "timestamp,intraday\n" + rows([f"2024-03-31 0{h}:00" for h in (0, 1, 3, 4, 5)], lambda i: i))
    seed(t, "intervals", "004", "timestamp,day_ahead\n" + rows(
        [f"0{h}/06/2024 0{h}:00 - 0{h}/06/2024 0{h + 1}:00" for h in (1,)] + ["01/06/2024 02:00 - 01/06/2024 03:00 (CEST)"], lambda i: i))
    seed(t, "offsets", "0", "timestamp,day_ahead\n" + rows([f"2024-06-01T0{h}:00+02:00" for h in range(5)], lambda i: -i))
    seed(t, "utc_header", "0", "Timestamp (UTC),day_ahead\n" + rows(stamps("2024-06-01", 60, 5, plain), lambda i: i))
    seed(t, "unsorted", "0", "timestamp,day_ahead\n" + rows(list(reversed(stamps("2024-06-01", 60, 6, iso))), lambda i: i))
    seed(t, "duplicates", "000001", "timestamp,day_ahead\n" + 2 * rows(stamps("2024-06-01", 60, 4, iso), lambda i: i) +
         rows(stamps("2024-06-01", 60, 2, iso), lambda i: 7))
    seed(t, "gaps", "0", "timestamp,day_ahead\n" + rows([s for i, s in enumerate(stamps("2024-06-01", 60, 60, iso)) if i not in (5, 6, 30, 31, 32,
         33, 34, 35)], lambda i: i))
    seed(t, "fcr_blocks", "0", "timestamp,fcr_price\n" + rows(stamps("2024-01-01 23:00", 240, 7, iso), lambda i: 5 + i))
    seed(t, "fcr_ends", "00100020", "start,end,a\n" +
         "".join(f"2024-01-0{1 + i // 6} {h:02}:00,2024-01-0{1 + (i + 1) // 6} {(h + 4) % 24:02}:00,{i}\n"
                 for i, h in enumerate([0, 4, 8, 12, 16, 20, 0])))
    seed(t, "afrr", "0", "timestamp,afrr_up_price,afrr_down_price,afrr_up_ratio\n" +
         rows(stamps("2024-01-01 23:00", 1440, 4, iso), lambda i: 5 + i, lambda i: 4, lambda i: 0.5))
    seed(t, "afrr_energy", "0", "timestamp,afrr_up_energy_price,afrr_down_energy_price\n" +
         rows(stamps("2024-01-01", 15, 6, iso), lambda i: 5 + i, lambda i: -4))
    seed(t, "afrr_percent", "0010004", "timestamp,a,b\n" + rows(stamps("2024-01-01 00:00", 240, 6, plain), lambda i: 48, lambda i: 25))
    seed(t, "date_and_time", "0010003", "date,time,a\n" + "".join(f"2024-06-01,{h:02}:00,{h}\n" for h in range(5)))
    seed(t, "named", "0010001", "start,a,b\n" + rows(stamps("2024-01-01", 60, 5, plain), lambda i: i, lambda i: -i))
    seed(t, "per_kwh", "0010006", "timestamp,day_ahead\n" + rows(stamps("2024-01-01", 60, 5, plain), lambda i: f"0.0{i}"))
    seed(t, "states", "0", "timestamp,regulation_state\n" + rows(stamps("2024-01-01", 15, 8, iso), lambda i: i % 5 - 1))
    seed(t, "solar", "0010005", "timestamp,a\n" + rows(stamps("2024-01-01", 15, 8, plain), lambda i: 1000 * i))
    seed(t, "installed", "0015", "timestamp,solar_mw\n2020-01-01,5000\n2021-01-01,6500\n2023-07-01 12:00,9000\n")
    seed(t, "exact", "00001", "timestamp,timestamp_end,day_ahead\n2024-01-01T00:00:00Z,2024-01-01T01:00:00Z,5\n"
         "2024-01-01T01:00:00Z,2024-01-01T01:15:00Z,\n2024-01-02T00:00:00Z,2024-01-02T00:07:00Z,-1\n")
    seed(t, "two_files", "0", "timestamp,day_ahead\n" + rows(stamps("2024-01-01", 60, 3, iso), lambda i: i) + "%%\n" +
         "timestamp,imbalance_take\n" + rows(stamps("2024-01-01 01:00", 15, 6, iso), lambda i: i) + "%%\n" +
         "timestamp,solar_mw\n2023-01-01T00:00Z,100\n2024-01-01T01:00Z,200\n")
    seed(t, "germany", "012", "timestamp;day_ahead\n" + rows(stamps("2024-06-01", 60, 4, plain), lambda i: f"{i},25", separator=";"))
    seed(t, "absurd", "001", "timestamp,day_ahead\n2024-06-01 00:00,100000\n2024-06-01 01:00,-500.01\n2024-06-01 02:00,4001\n")
    seed(t, "bad_cells", "001", "timestamp,day_ahead,day_ahead\n2024-06-01 00:00,1,234\n2024-13-01,x,\n2024-06-01 02:00,1e400,\u2212 5\n")
    seed(t, "profile", "1", "timestamp,output_mw\n" + rows(stamps("2024-01-01", 15, 10, iso), lambda i: i / 4))
    seed(t, "profile_hours", "10100002", "timestamp,output_mw\n" + rows(stamps("2024-01-01", 60, 30, plain), lambda i: "" if i == 7 else i % 12))
    seed(t, "profile_energy", "10100061", "timestamp;output_mw\n" + rows(stamps("2024-01-01", 5, 12, plain), lambda i: f"0,{i}", separator=";"))
    seed(t, "profile_named", "10200071", "timestamp,a\n" + rows(stamps("2024-01-01", 30, 10, plain), lambda i: -1 if i == 3 else 500 * i))


def weather() -> None:
    iso = "%Y-%m-%dT%H:%M:%SZ"
    t = "fuzz_weather_csv"
    # Letters: weather/curve, zone, stamp, naming, years, whole years, needs, states at the stamp, typical year
    table = "timestamp,ghi_w_per_m2,temp_air_c,wind_speed_80m_m_per_s\n"
    columns = (lambda i: 100 * (i % 5), lambda i: 3.5, lambda i: 7)
    seed(t, "hours", "0", table + rows(stamps("2023-01-01", 60, 8, iso), *columns))
    seed(t, "quarters", "0020003", table + rows(stamps("2023-01-01", 15, 9, iso), *columns))
    seed(t, "five_minutes", "0", table + rows(stamps("2023-01-01", 5, 13, iso), *columns))
    seed(t, "local", "021", "time;ghi;temperature\n" + rows(stamps("2023-06-01", 60, 6, "%Y-%m-%d %H:%M"), lambda i: f"{i},5", lambda i: "12,0",
                                                           separator=";"))
    seed(t, "gaps", "0", table + rows([s for i, s in enumerate(stamps("2023-01-01", 60, 40, iso)) if i not in (4, 20, 21)], *columns))
    seed(t, "named", "0001", "when,a\n" + rows(stamps("2023-01-01", 60, 5, iso), lambda i: i))
    seed(t, "kelvin", "0002", "timestamp,a,b\n" + rows(stamps("2023-01-01", 60, 5, iso), lambda i: 0.1 * i, lambda i: 280))
    seed(t, "pressure", "0003", "timestamp,a,b\n" + rows(stamps("2023-01-01", 60, 5, iso), lambda i: i, lambda i: 1010))
    seed(t, "shares", "0004", "timestamp,a,b\n" + rows(stamps("2023-01-01", 60, 5, iso), lambda i: 20, lambda i: 0.7))
    seed(t, "unsorted", "0", table + rows(list(reversed(stamps("2023-01-01", 60, 6, iso))), *columns))
    seed(t, "tabs", "01", "datetime\tGHI\tWS10m\tdni\tdhi\n" + rows(stamps("2023-01-01", 180, 6, "%Y-%m-%d %H:%M"), lambda i: 3 * i, lambda i: 4,
                                                                     lambda i: i, lambda i: i, separator="\t"))
    seed(t, "pvgis", "0", "Latitude (decimal degrees): 52.600\r\nLongitude (decimal degrees): 13.100\r\nElevation (m): 40.0\r\n"
         "Irradiance Time Offset (h): 0.1667\r\n\r\ntime(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP\r\n" +
         rows(stamps("2010-01-01", 60, 6, "%Y%m%d:%H%M"), lambda i: 1.5, lambda i: 80, lambda i: 10 * i, lambda i: i, lambda i: i, lambda i: 250,
              lambda i: 3, lambda i: 180, lambda i: 101000, end="\r\n") + "\r\nT2m: 2-m air temperature (degree Celsius)\r\n")
    seed(t, "typical", "000000101", table + rows(["2005-01-31T22:00Z", "2005-01-31T23:00Z", "2011-02-01T00:00Z", "2011-02-01T01:00Z"], *columns))
    seed(t, "year", "00001", table + rows(stamps("2022-12-31", 180, 20, iso), *columns))
    seed(t, "bad", "0", "timestamp,ghi,ghi\n2023-02-30,1,x\n2023-01-01 00:00,1e400,nan\n2023-01-01 00:07,-,2\n")
    seed(t, "curve", "1", "wind_speed_m_per_s,power_kw\n0,0\n3,0\n8,1200.5\n12,3000\n25,3000\n")
    seed(t, "curve_comma", "1", "power_mw;wind_speed_m_per_s\n0;2,5\n1,25;9\n3;13\n\n3;25\n")
    seed(t, "curve_watt", "1", "wind_speed\tvalue\textra\n3.0\t0\t\n10\t2000000\tx\n")


def member(name: str, system: int = 3, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system = system
    info.external_attr = mode << 16
    return info


def archive(members, compression=zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as z:
        z.comment = comment
        for info, content in members:
            info.compress_type = compression
            z.writestr(info, content)
    return out.getvalue()


def zips() -> None:
    t = "fuzz_zip"
    csv = "timestamp,day_ahead\n2024-01-01T00:00:00Z,5\n2024-01-01T01:00:00Z,6\n"
    mapping = json.dumps({"a.csv": {"table": "price", "time_zone": "UTC"}})
    seed(t, "deflated", None, archive([(member("a.csv"), csv), (member("mapping.json"), mapping)]))
    seed(t, "stored", None, archive([(member("a.csv"), csv)], zipfile.ZIP_STORED))
    seed(t, "folders", None, archive([(member("in/"), ""), (member("in/a.csv"), csv), (member("in/more/B.CSV"), csv)]))
    seed(t, "bzip2", None, archive([(member("a.csv"), csv)], zipfile.ZIP_BZIP2))
    seed(t, "comment", None, archive([(member("a.csv"), csv)], comment=b"PK\x05\x06 comment"))
    seed(t, "notes", None, archive([(member("__MACOSX/._a.csv"), "x"), (member(".DS_Store"), "x"), (member("a.csv"), csv)]))
    seed(t, "outside", None, archive([(member("../a.csv"), csv)]))
    seed(t, "link", None, archive([(member("a.csv", mode=0o120777), "b.csv")]))
    seed(t, "twice", None, archive([(member("a.csv"), csv), (member("A.csv"), csv)]))
    seed(t, "umlaut", None, archive([(member("prüfung.csv"), csv), (member("dos.csv", system=0), csv)]))
    seed(t, "repetitive", None, archive([(member("a.csv"), "0" * 60000)]))
    seed(t, "empty", None, archive([]))
    encrypted = bytearray(archive([(member("a.csv"), csv)]))
    encrypted[6] |= 1
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    seed(t, "encrypted", None, bytes(encrypted))
    whole = archive([(member("a.csv"), csv)])
    seed(t, "truncated", None, whole[:-30])
    seed(t, "behind_text", None, b"#!/bin/sh\n" + whole)


def documents() -> None:
    t = "fuzz_json"
    request = {"params": {"startProject": "2024-01-01", "bessCapacity": 10, "bessPower": 5, "gridChargingCapacity": 10,
                          "gridDischargingCapacity": 10, "projectLifeYears": 15,
                          "economicsCapexEur": 4000000, "title": "Seed", "description": "", "bessMaximumSOC": 90, "bessMinimumSOC": 10,
                          "bessRoundTripEfficiency": 88, "gridTarif": "", "gridStandingChargeTransport": 0, "gridTransportedEnergy": 2},
               "run": {"scenario_id": 1, "strategy": "rolling_lp", "enabled_markets": ["day_ahead", "imbalance"], "foresight_days": 2}}
    for name, (params, run) in REQUESTS.items():
        document = {"params": request["params"] | params, "run": request["run"] | run}
        seed(t, f"request_{name}", "0", json.dumps(document, indent=1))
    window = {"start_utc": "2024-01-01T00:00:00Z", "delta_h": 1, "enabled_markets": ["day_ahead"], "battery": {"capacity_mwh": 2, "power_mw": 1,
              "start_mwh": 1, "target_mwh": 1}, "prices": {"day_ahead": [10, 80, -5, 60]}}
    seed(t, "window", "1", json.dumps(window))
    seed(t, "window_reserve", "1", json.dumps(window | {"enabled_reserves": ["fcr", "afrr_up"], "block_of_period": [0, 0, 1, 1],
         "prices": {"day_ahead": [1, 2, 3, 4], "fcr_eur_per_mw_h": [5, 6], "afrr_up_eur_per_mw_h": [7, 8]}, "site": {"import_limit_mw": 1},
         "reserve": {"fcr_hours": 0.5}, "max_cycles_per_day": 1.5, "reserve_step_mw": 1}))
    seed(t, "window_sequential", "1", json.dumps(window | {"strategy": "sequential", "enabled_markets": ["day_ahead", "intraday", "imbalance"],
         "prices": {"day_ahead": [1, 2, 3, 4], "intraday": [1, 2, 3, 4], "imbalance_take": [1, 2, 3, 4], "imbalance_feed": [0, 1, 2, 3]},
         "generation_mw": [0, 1, 1, 0], "generation_market": "day_ahead", "cross_market": "physical", "stage1_recourse": "da_price"}))
    seed(t, "window_rolling", "1", json.dumps(window | {"rolling": {"foresight_periods": 3, "execute_periods": 1}}))
    seed(t, "window_frozen", "1", json.dumps(window | {"enabled_markets": ["imbalance"], "prices": {"imbalance_take": [5, 6, 7, 8],
         "imbalance_feed": [4, 5, 6, 7], "day_ahead": [1, 2, 3, 4]}, "frozen_position_mw": {"day_ahead": [0, 1, 0, -1]}}))
    seed(t, "mapping", "2", json.dumps({"a.csv": {"table": "fcr", "columns": {"timestamp": "start", "timestamp_end": "end", "fcr_price": "a"},
         "time_zone": "UTC", "units": {"fcr_price": "EUR/MW/block"}}}))
    seed(t, "mapping_exact", "2", json.dumps({"a.csv": {"columns": {"timestamp": "start", "timestamp_end": "end", "day_ahead": "a"},
         "time_zone": "+01:00", "rows": "exact", "quality": {"day_ahead": {"rows": 2, "resolution_minutes": 60, "interpolated": 0, "borrowed": 1,
         "missing": 0, "resolution": [{"from": "2024-01-01T00:00:00Z", "minutes": 60}]}}}}))
    seed(t, "profile_pv", "3", json.dumps({"name": "Park", "profile_type": "pv", "latitude": 52.6, "longitude": 13.1, "capacity_mw": 12, "slope": 25,
         "weather_file": "era5.nc", "weather_columns": [{"variable": "ghi", "column": "Globalstrahlung", "unit": "kW/m2"}]}))
    seed(t, "profile_wind", "3", json.dumps({"name": "Hill", "profile_type": "wind", "latitude": 52.6, "longitude": 13.1, "capacity_mw": 9,
         "curve_wind_speed": [3, 8, 13, 25], "curve_power_mw": [0, 1.2, 3, 3], "hub_height": 110, "weather_time_zone": "UTC"}))
    seed(t, "scenario", "4", json.dumps({"name": "Netherlands 2024", "country": "NL", "description": "é\u2028", "preload": True, "table": "price",
         "mode": "replace", "duplicate": "last", "time_zone": "local"}))
    seed(t, "profile_import", "5", json.dumps({"name": "P", "profile_type": "wind", "capacity_mw": 1e2, "latitude": -9.5, "unit": "kW", "column": "x"}))
    seed(t, "numbers", "5", "[0,-0,-0.0,1e308,1e-320,9007199254740993,9223372036854775807,9223372036854775808,-9223372036854775808,1.0,1E+2]")
    seed(t, "texts", "5", '{"a/b~c":"\\u0000\\ud83d\\ude00\\n\\"","":[[[[]]],{}],"\u00fc":null}')
    seed(t, "depth", "5", "[" * 33 + "]" * 33)
    seed(t, "twice", "5", '{"a":1,"a":2}')
    seed(t, "bad_numbers", "0", '{"params":{"bessCapacity":1e999,"bessPower":NaN}}')
    seed(t, "surrogate", "5", '"\\ud800"')


REQUESTS = {
    "plain": ({}, {}),
    "tariff": ({"gridTarif": "HS", "gridContractedTransportPower": 5, "gridEnergyTax": 3.5, "gridCapacityWindows": [
        {"from": "2024-01-01", "to": "2025-01-01", "months": [6, 7], "days": "weekends", "fromHour": 10, "toHour": 16, "charging": 1,
         "discharging": 0.5}]}, {}),
    "ageing": ({"bessAugmentation": [{"year": 5, "mwh": 2, "cost": 200000}], "bessDegradationPerYear": 0.02, "bessMaximumSOC": 95}, {}),
    "hours": ({"gridChargingCapacityByHour": [1, 0.5] * 12, "gridDischargingCapacitySeries": [1, 0.25, 0]}, {}),
    "options": ({}, {"max_mw": {"fcr": 1}, "capture_percent": {"imbalance": 60}, "terminal_soc": "none", "exclusive_gap": 0.01,
                     "execute_days": 1}),
    "terminal": ({}, {"terminal_soc": 50, "parallel_years": True, "simulation_years": 3, "price_trend_percent_per_year": {"day_ahead": -1.5}}),
    "subsidy": ({"solarCapacity": 5, "solarSdeBaseAmount": 0.08, "windPremiumValue": 0.07, "windCapacity": 3}, {"generation_market": "day_ahead"}),
    "wrong": ({"bessMinimumSOC": 99, "bessPower": "5", "nonsense": [1, {"a": None}]}, {"enabled_markets": ["fcr", "moon"]}),
}


def words() -> None:
    """The words of fuzz_json: every key and choice that docs/options.md names."""
    options = (HERE.parent.parent / "docs" / "options.md").read_text(encoding="utf-8")
    names = sorted(set(re.findall(r"`([A-Za-z][A-Za-z0-9_]*)`", options)))
    signs = ["{", "}", "[", "]", ":", ",", "null", "true", "1e999", "-0.0", "9223372036854775808", "\\\\ud800", "2024-02-29"]
    (HERE / "fuzz_json.dict").write_text("".join(f'"{sign}"\n' for sign in signs) + "".join(f'"\\"{name}\\""\n' for name in names))


def netcdf() -> None:
    t = "fuzz_netcdf"
    hour = 1025616  # 2017-01-01T00:00Z in hours since 1900
    # Letters: nearest/bilinear, accumulation, needs, whole years, years
    seed(t, "plain", "0", era5(6, hour))
    seed(t, "bilinear", "1", era5(5, hour, version=1))
    seed(t, "new_names", "0", era5(5, hour, new_names=True))
    seed(t, "records", "103", era5(5, hour, record=True))
    seed(t, "floats", "013", era5(5, hour, packed=False, variables=("t2m", "d2m", "u10", "v10")))
    seed(t, "one_record", "0", era5(5, hour, record=True, packed=False, variables=("t2m",)))
    seed(t, "expver", "0", era5(6, hour, expver=True, variables=("ssrd",)))
    seed(t, "all", "003", era5(4, hour, variables=("ssrd", "fdir", "t2m", "d2m", "u100", "v100", "u10", "v10", "sp", "fsr", "fal"), latitudes=(52.5,),
                               longitudes=(13.0,)))
    seed(t, "daily", "02", era5(30, hour, variables=("ssrd",), latitudes=(52.5,), longitudes=(13.0,)))
    seed(t, "cells_360", "1", era5(4, hour, variables=("t2m",), longitudes=(0.0, 13.25, 359.75)))
    seed(t, "truncated", "0", era5(6, hour)[:-20])
    seed(t, "header_only", "0", era5(6, hour)[:100])
    seed(t, "not_ours", "0", b"CDF\x01" + b"\0" * 28)


def solver() -> None:
    source = random.Random(1)
    for i in range(8):
        seed("fuzz_solver", f"random_{i}", None, bytes([1 << i & 255, 30 * i]) + source.randbytes(600))


def main() -> None:
    for write in (market, weather, zips, documents, words, netcdf, solver):
        write()
    for path in (HERE / "corpus").rglob("*"):
        if path.is_file() and path not in written:
            path.unlink()
    print(f"{len(written)} seeds, {sum(p.stat().st_size for p in written)} bytes")


if __name__ == "__main__":
    main()
