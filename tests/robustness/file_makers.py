"""Files that are right, in many dialects, for tests/robustness/files.py, and what may be changed in them without changing what they say."""

import datetime
import io
import json
import random
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from classic_netcdf import era5  # noqa: E402

PRICE = ["day_ahead", "intraday", "imbalance_take", "imbalance_feed"]
AFRR = ["afrr_up_price", "afrr_down_price"]
FORMS = ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S+00:00", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%Y/%m/%d %H:%M"]


class Table:
    """Rows of stamps and numbers, apart from how they are written."""

    def __init__(self, header: list[str], times: list[datetime.datetime], columns: list[list[float | None]], form: str) -> None:
        self.header, self.times, self.columns, self.form = header, times, columns, form

    def write(self, *, separator=",", decimal=".", end="\n", bom=False, quote=False, blank=False, trailing=False, order=None, rows=None,
              case=False) -> bytes:
        columns = order if order is not None else list(range(len(self.columns)))
        cell = (lambda text: '"' + text + '"') if quote else (lambda text: text)
        tail = separator if trailing else ""
        name = (lambda text: text.upper().replace("_", " ")) if case else (lambda text: text)
        lines = [separator.join(cell(name(h)) for h in [self.header[0]] + [self.header[1 + c] for c in columns]) + tail]
        for r in rows if rows is not None else range(len(self.times)):
            cells = [self.times[r].strftime(self.form)]
            for c in columns:
                value = self.columns[c][r]
                cells.append("" if value is None else f"{value:.2f}".replace(".", decimal))
            lines.append(separator.join(cell(x) for x in cells) + tail)
            if blank and r % 7 == 3:
                lines.append("")
        return ("\ufeff" if bom else "").encode() + (end.join(lines) + end).encode()


def stamps(source: random.Random, minutes: int, count: int, form: str, any_day: bool = False) -> list[datetime.datetime]:
    # Any day but those on which clocks change (a day of local time is another test's matter), and but those that can be read month first:
    # a file that holds no other days is refused, unless any day is asked for.
    first = 13 if form.startswith("%d/%m/") and not any_day else 1
    start = datetime.datetime(source.randint(2020, 2024), source.choice([1, 2, 5, 6, 7, 8, 9, 11, 12]), source.randint(first, 26))
    return [start + datetime.timedelta(minutes=minutes * i) for i in range(count)]


def market_table(source: random.Random, any_day: bool = False) -> Table:
    kind = source.choice(["price", "price", "price", "afrr", "fcr", "solar"])
    names = {"price": source.sample(PRICE, source.randint(1, 4)), "afrr": source.sample(AFRR, source.randint(1, 2)), "fcr": ["fcr_price"],
             "solar": ["solar_mw"]}[kind]
    minutes = source.choice([5, 15, 15, 30, 60, 60]) if kind in ("price", "solar") else source.choice([15, 60])
    count = source.randint(3, 48)
    columns: list[list[float | None]] = [[round(source.uniform(-50, 300), 2) for _ in range(count)] for _ in names]
    if count > 6 and source.random() < 0.3:
        columns[0][3] = None
    form = source.choice(FORMS)
    return Table(["timestamp"] + names, stamps(source, minutes, count, form, any_day), columns, form)


def profile_table(source: random.Random, any_day: bool = False) -> Table:
    count = source.randint(4, 60)
    form = source.choice(FORMS)
    return Table(["timestamp", "output_mw"], stamps(source, source.choice([5, 15, 30, 60]), count, form, any_day),
                 [[round(source.uniform(0.1, 9.9), 2) for _ in range(count)]], form)


def weather_table(source: random.Random) -> Table:
    count = source.randint(24, 60)
    form = source.choice(FORMS[:2])
    return Table(["timestamp", "ghi_w_per_m2", "temp_air_c", "wind_speed_80m_m_per_s"], stamps(source, source.choice([15, 30, 60]), count, form),
                 [[round(source.uniform(0, 400), 2) for _ in range(count)], [round(source.uniform(-5, 25), 2) for _ in range(count)],
                  [round(source.uniform(1, 14), 2) for _ in range(count)]], form)


def market_dialect(source: random.Random) -> dict:
    separator = source.choice([",", ";", "\t"])
    return {"separator": separator, "decimal": source.choice([".", ","]) if separator != "," else ".", "end": source.choice(["\n", "\r\n", "\r"]),
            "bom": source.random() < 0.3, "quote": source.random() < 0.3, "blank": source.random() < 0.2, "trailing": source.random() < 0.2,
            "case": source.random() < 0.3}


def reordered(source: random.Random, table: Table) -> dict:
    """The dialect of the same content: other order of columns and rows too."""
    order = list(range(len(table.columns)))
    rows = list(range(len(table.times)))
    source.shuffle(order)
    if source.random() < 0.5:
        source.shuffle(rows)
    return market_dialect(source) | {"order": order, "rows": rows}


def request(source: random.Random) -> dict:
    params = {"startProject": f"{source.randint(1990, 2040)}-0{source.randint(1, 9)}-01", "bessCapacity": source.randint(1, 100),
              "bessPower": source.randint(1, 50), "gridChargingCapacity": source.randint(1, 100), "gridDischargingCapacity": source.randint(1, 100),
              "projectLifeYears": source.randint(1, 25), "economicsCapexEur": source.randint(0, 10**7), "title": "Größe \"x\"",
              "description": "", "bessMaximumSOC": 95, "bessMinimumSOC": 5, "bessRoundTripEfficiency": 88.5, "gridTarif": "HS",
              "gridStandingChargeTransport": 1000, "gridTransportedEnergy": 1.5}
    extra = {"bessAvailability": 97, "bessLifetimeCycles": 6000, "gridEnergyTax": 2.5, "economicsDiscountRate": 0.07, "solarCapacity": 4.5,
             "bessAugmentation": [{"year": 1, "mwh": 2, "cost": 300000}],
             "gridCapacityWindows": [{"months": [1, 2], "days": "weekdays", "fromHour": 16, "toHour": 20, "charging": 0}],
             "gridChargingCapacityByHour": [1, 0.5] * 12}
    run = {"strategy": source.choice(["rolling_lp", "lp", "sequential_lp"]), "enabled_markets": source.sample(["day_ahead", "intraday",
           "imbalance", "fcr", "afrr"], source.randint(1, 3)), "foresight_days": source.randint(1, 3)}
    more = {"max_mw": {"fcr": 2}, "capture_percent": {"imbalance": 70, "fcr": 90}, "terminal_soc": source.choice(["rule", "none", 50]),
            "yearly_summary": True, "wear_cost_eur_per_mwh": 2.5, "simulation_years": 1, "max_cycles_per_day": 2}
    params |= {k: extra[k] for k in source.sample(sorted(extra), source.randint(0, 5))}
    run |= {k: more[k] for k in source.sample(sorted(more), source.randint(0, 4))}
    return {"params": params, "run": run}


def window(source: random.Random) -> dict:
    periods = source.randint(2, 8)
    numbers = lambda: [round(source.uniform(-20, 200), 2) for _ in range(periods)]  # noqa: E731
    document: dict = {"start_utc": "2024-01-01T00:00:00Z", "delta_h": source.choice([1, 0.25, 0.5]), "enabled_markets": ["day_ahead"],
                      "battery": {"capacity_mwh": source.randint(1, 9), "power_mw": source.randint(1, 4), "round_trip_efficiency": 0.9},
                      "prices": {"day_ahead": numbers()}}
    if source.random() < 0.4:
        document |= {"enabled_reserves": ["fcr"], "block_of_period": [p // 2 for p in range(periods)]}
        document["prices"]["fcr_eur_per_mw_h"] = numbers()[: (periods + 1) // 2]
    if source.random() < 0.3:
        document["generation_mw"] = [abs(n) / 100 for n in numbers()]
        document["generation_market"] = "day_ahead"
    if source.random() < 0.3:
        document["max_cycles_per_day"] = 1.5
    return document


def other_json(source: random.Random, value, level: int = 0) -> str:
    """The same document: members in another order, other blanks, other ways to write numbers and letters."""
    blank = lambda: source.choice(["", " ", "\n", "\t", "\r\n  "])  # noqa: E731
    if isinstance(value, dict):
        items = list(value.items())
        source.shuffle(items)
        return "{" + blank() + ",".join(blank() + other_json(source, k) + blank() + ":" + blank() + other_json(source, v, level + 1)
                                        for k, v in items) + blank() + "}"
    if isinstance(value, list):
        return "[" + ",".join(blank() + other_json(source, v, level + 1) + blank() for v in value) + "]"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int):
        return source.choice([str(value), f"{value}.0", f"{value}e0", f"{value}.00E+0"])
    if isinstance(value, float):
        return source.choice([repr(value), f"{value!r}0" if "." in repr(value) and "e" not in repr(value) else repr(value)])
    return "".join(f"\\u{ord(c):04x}" if ord(c) < 0x10000 and source.random() < 0.1 else json.dumps(c, ensure_ascii=False)[1:-1] for c in value) \
        .join('""')


def archive(source: random.Random, tables: dict[str, bytes], mapping: dict | None, *, folder: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        items = [(folder + name, data) for name, data in tables.items()]
        if mapping is not None:
            items.append((folder + "mapping.json", json.dumps(mapping).encode()))
        source.shuffle(items)
        for name, data in items:
            info = zipfile.ZipInfo(name, (source.randint(1980, 2030), 1, 1, 0, 0, 0))
            info.external_attr = 0o100644 << 16
            info.compress_type = source.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
            z.writestr(info, data)
    return out.getvalue()


def archive_content(source: random.Random) -> tuple[dict[str, Table], dict]:
    """Tables of different columns, one with names of its own, which the mapping tells."""
    minutes, count = source.choice([15, 60]), source.randint(4, 30)
    times = stamps(source, minutes, count, FORMS[0])
    number = lambda: [round(source.uniform(-50, 300), 2) for _ in range(count)]  # noqa: E731
    tables = {"a.csv": Table(["timestamp", "day_ahead"], times, [number()], FORMS[0]),
              "b.csv": Table(["Begin", "Preis"], times, [number()], FORMS[2])}
    mapping = {"b.csv": {"table": "price", "columns": {"timestamp": "Begin", "intraday": "Preis"}, "time_zone": "UTC"}}
    return tables, mapping


def netcdf(source: random.Random) -> dict:
    """Arguments of era5(): what a file says. `version` and `record` may be changed without changing that."""
    first = 1025616 + 24 * source.randint(0, 700)
    return {"hours": source.randint(24, 40), "first_hour": first, "packed": source.random() < 0.7, "expver": source.random() < 0.2,
            "variables": source.choice([("ssrd", "t2m"), ("ssrd", "t2m", "u100", "v100"), ("ssrd", "fdir", "t2m", "d2m", "u10", "v10", "sp")]),
            "latitudes": source.choice([(52.75, 52.5), (52.5,), (52.25, 52.5, 52.75)]), "longitudes": source.choice([(13.0, 13.25), (13.0,)])}


def netcdf_bytes(content: dict, *, version: int = 2, record: bool = False, new_names: bool = False) -> bytes:
    return era5(content["hours"], content["first_hour"], version=version, record=record, new_names=new_names,
                **{k: v for k, v in content.items() if k not in ("hours", "first_hour")})
