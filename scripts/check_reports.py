#!/usr/bin/env python3
"""Runs the program over the files that users brought (../shared/reports, or --reports DIR) and prints one line each: what was expected, what came.

  scripts/check_reports.py [--bess build/release/apps/bess/bess] [--only NAME]

Every row of the table below is one file, the command for it and a check of the JSON answer. Exit code 1 where a check fails.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from typing import Callable

ROOT = pathlib.Path(__file__).resolve().parent.parent


@dataclasses.dataclass
class Row:
    """`command`: arguments behind the program; {f} is the file, {d} the reports, {t} a fresh directory. `got`: what matters of the answer."""

    file: str
    command: list[str]
    expected: str
    got: Callable[["Answer"], str]


class Answer:
    """The answer of a command, and what a scenario made from the file holds."""

    def __init__(self, bess: str, command: list[str]):
        self.bess = bess
        done = subprocess.run([bess, *command], capture_output=True, text=True, timeout=120, check=False)
        self.exit, self.stderr = done.returncode, done.stderr
        try:
            self.json = json.loads(done.stdout)
        except json.JSONDecodeError:
            self.json = {}

    def codes(self, kind: str) -> str:
        return ",".join(sorted({issue["code"] for issue in self.json.get(kind, [])})) or "none"

    def errors(self) -> str:
        return self.codes("errors")


def first_values(column: str, count: int = 1, table: str = "price"):
    """The first values of a column, from a scenario that the file was imported into, with the warnings of the import."""

    def got(answer: Answer) -> str:
        if answer.exit != 0:
            return f"exit {answer.exit}, {answer.errors()}"
        with tempfile.TemporaryDirectory() as out:
            identity = str(answer.json["id"])
            data = answer.store
            subprocess.run([answer.bess, "scenario", "export", identity, "--data-dir", data, "--out", out], check=True, capture_output=True)
            lines = (pathlib.Path(out) / f"{table}.csv").read_text(encoding="utf-8").splitlines()
        place = lines[0].split(",").index(column)
        found = [float(line.split(",")[place]) for line in lines[1:] if line.split(",")[place]]
        return f"{' '.join(f'{v:.6g}' for v in found[:count])} of {len(found)}, warnings {answer.codes('warnings')}"

    return got


def refused(answer: Answer) -> str:
    return f"exit {answer.exit}, {answer.errors()}"


def make(*arguments: str) -> list[str]:
    return ["scenario", "create", "--name", "report", "--data-dir", "{t}", "--json", "{f}", *arguments]


def check(*arguments: str) -> list[str]:
    return ["validate", "--json", "{f}", *arguments]


ROWS = [
    Row("unit_in_header_ctkwh.csv", make("--country", "DE", "--column", "day_ahead=Spotmarktpreis in ct/kWh"), "92.35 of 72, warnings none", first_values("day_ahead")),
    Row("unit_in_header_fcr_eur_per_mw.csv", make("--country", "DE", "--table", "fcr"), "11.25 of 6, warnings assumed", first_values("fcr_price", table="fcr")),
    Row("currency_in_header.csv", check("--column", "day_ahead=Day ahead price [GBP/MWh]"), "exit 3, unit_conflict", refused),
    Row("currency_in_header.csv", make("--column", "day_ahead=Day ahead price [GBP/MWh]", "--unit", "day_ahead=GBP/MWh*1.17"), "23.4 of 29, warnings currency_converted", first_values("day_ahead")),
    Row("currency_in_column.csv", check("--column", "day_ahead=price"), "exit 3, unit_conflict", refused),
    Row("unix_milliseconds.csv", make("--column", "day_ahead=price"), "20 of 24, warnings none", first_values("day_ahead")),
    Row("entsoe_new_delu_two_sequences.csv", make("--country", "DE-LU"), "75.81 71.5 of 96, warnings none", first_values("day_ahead", 2)),
    Row("entsoe_new_delu_two_sequences.csv", check("--country", "DE-LU", "--preset", "none", "--last-duplicate", "--column", "day_ahead=Day-ahead Price (EUR/MWh)"), "exit 3, duplicate_timestamp", refused),
    Row("regelleistung_fcr.csv", make("--country", "NL"), "11.375 14.125 of 18, warnings assumed", first_values("fcr_price", 2, "fcr")),
    Row("regelleistung_fcr.csv", make("--country", "DE"), "11.25 14 of 18, warnings assumed", first_values("fcr_price", 2, "fcr")),
    Row("regelleistung_afrr.csv", make("--country", "DE"), "13 24 of 18, warnings stand_in", first_values("afrr_up_price", 2, "afrr")),
    Row("regelleistung_afrr.csv", make("--country", "DE"), "10 21 of 18, warnings stand_in", first_values("afrr_down_price", 2, "afrr")),
    Row("energy_charts_en_two_headers.csv", make("--country", "DE"), "92.35 74 of 48, warnings none", first_values("day_ahead", 2)),
    Row("energy_charts_multi.csv", make("--country", "DE"), "92.35 87.8 of 192, warnings none", first_values("intraday", 2)),
    Row("excel_nl_dates.csv", make("--time-zone", "Europe/Amsterdam"), "10.5 11.5 of 48, warnings none", first_values("day_ahead", 2)),
    Row("excel_workbook.xlsx", check(), "exit 3, missing_column", refused),
    Row("entsoe_old_spring_ne.csv", make(), "66.93 of 71, warnings none", first_values("day_ahead")),
    Row("pvgis_hourly_power.csv", check(), "exit 3, gap", refused),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bess", default=str(ROOT / "build" / "release" / "apps" / "bess" / "bess"))
    parser.add_argument("--reports", default=os.path.join(os.environ.get("BESS_SHARED_DIR", str(ROOT.parent / "shared")), "reports"))
    parser.add_argument("--only", default="", help="files whose name holds this")
    arguments = parser.parse_args()
    reports = pathlib.Path(arguments.reports)
    if not reports.is_dir():
        print(f"check_reports: there is no {reports}")
        return 1
    bad = 0
    for row in ROWS:
        if arguments.only not in row.file:
            continue
        with tempfile.TemporaryDirectory() as store:
            fill = {"{f}": str(reports / row.file), "{d}": str(reports), "{t}": store}
            answer = Answer(arguments.bess, [fill.get(word, word) for word in row.command])
            answer.store = store
            got = row.got(answer)
        good = got == row.expected
        bad += not good
        print(f"{'ok ' if good else 'BAD'} {row.file:<38} expected {row.expected}; got {got}")
        if not good:
            print("    " + "\n    ".join(answer.stderr.strip().splitlines()[:4]))
    print(f"check_reports: {len(ROWS)} rows, {bad} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
