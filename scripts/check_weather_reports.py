#!/usr/bin/env python3
"""Runs the rows of tests/reports/weather_rows.json against the program: check_weather_reports.py PROGRAM [REPORTS].

A row names a file of the directory of reports ({file}, {reports} in its command), and what is right: `value` (a key of the answer in JSON)
within `tolerance` of `expected`, or a `code` that has to be refused with; `warning` is a code that has to be told. Exit code 1 and one line for
each row that is not met; 0 with a printed reason where the directory is absent.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(program: str, row: dict, reports: pathlib.Path, data: str) -> str:
    """What is wrong with the row; empty when nothing is."""
    command = [part.format(file=reports / row["file"], reports=reports) for part in row["command"]]
    done = subprocess.run([program, *command, "--json", "--data-dir", data], capture_output=True, text=True, timeout=300, check=False)
    if "code" in row:
        return "" if row["code"] in done.stdout + done.stderr and done.returncode == 3 else f"exit {done.returncode}: {done.stdout[:300]}"
    if done.returncode != 0:
        return f"exit {done.returncode}: {(done.stdout + done.stderr)[:300]}"
    if "warning" in row and row["warning"] not in done.stdout + done.stderr:
        return f"the warning {row['warning']} is missing"
    value = json.loads(done.stdout)[row["value"]]
    if abs(value - row["expected"]) <= row["tolerance"]:
        return ""
    return f"{row['value']} is {value}, {row['expected']} ± {row['tolerance']} is right"


def main() -> int:
    program = sys.argv[1]
    reports = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT.parent / "shared" / "reports"
    if not reports.is_dir():
        print(f"check_weather_reports: skipped, there is no directory {reports.name}")
        return 0
    failed = 0
    rows = json.loads((ROOT / "tests" / "reports" / "weather_rows.json").read_text(encoding="utf-8"))
    for row in rows:
        with tempfile.TemporaryDirectory() as data:
            problem = run(program, row, reports, data)
        failed += bool(problem)
        print(f"{'FAIL' if problem else 'ok  '} {row['file']}: {problem or row['command'][0:2]}")
    print(f"check_weather_reports: {len(rows)} rows, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
