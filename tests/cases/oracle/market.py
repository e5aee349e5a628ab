"""The price rule of a case (prices.json) as quarter-hours of local days, and as the CSV file the program reads."""

import json
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)


class Quarter:
    """A quarter-hour of delivery: its instant, its local day and the local time of day in hours."""

    __slots__ = ("utc", "day", "hour")

    def __init__(self, utc, zone):
        local = utc.astimezone(zone)
        self.utc, self.day, self.hour = utc, local.date(), local.hour + local.minute / 60


def quarters(first: date, end: date, zone: ZoneInfo):
    """All quarter-hours of the local days [first, end), 92, 96 or 100 a day."""
    at = datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(timezone.utc)
    stop = datetime(end.year, end.month, end.day, tzinfo=zone).astimezone(timezone.utc)
    listed = []
    while at < stop:
        listed.append(Quarter(at, zone))
        at += QUARTER
    return listed


class Rule:
    """prices.json: per column the values of a local day in steps of `per_hours`, for days that follow each other round and round."""

    def __init__(self, case: Path):
        rule = json.loads((case / "prices.json").read_text())
        self.zone = ZoneInfo(rule["zone"])
        self.first, self.end = (date.fromisoformat(rule[key]) for key in ("first_day", "end_day"))
        self.columns = rule["columns"]

    def value(self, column: str, quarter: Quarter) -> float:
        rule = self.columns[column]
        day = rule["days"][(quarter.day - self.first).days % len(rule["days"])]
        factors = rule.get("month_factor")
        value = day[int(quarter.hour / rule["per_hours"])]
        return round(value * factors[quarter.day.month - 1], 6) if factors else value

    def write_csv(self, path: Path, columns, names=None):
        names = names or {}
        lines = ["timestamp," + ",".join(names.get(c, c) for c in columns)]
        for quarter in quarters(self.first, self.end, self.zone):
            values = (repr(float(self.value(column, quarter))) for column in columns)
            lines.append(quarter.utc.strftime("%Y-%m-%dT%H:%M:%SZ,") + ",".join(values))
        path.write_text("\n".join(lines) + "\n")
