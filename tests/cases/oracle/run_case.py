#!/usr/bin/env python3
"""Runs a simulation case through the program (BESS_PROGRAM) and compares what it answers with expected.json.

    run_case.py CASE [--answer FILE]    FILE: where to leave the program's answer
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from compare import differences  # noqa: E402
from market import Rule  # noqa: E402


def answer_of(case: Path, program: str) -> dict:
    rule = Rule(case)
    with tempfile.TemporaryDirectory() as folder:
        prices, solar = Path(folder) / "prices.csv", Path(folder) / "solar.csv"
        rule.write_csv(prices, [c for c in rule.columns if c != "solar_share"])
        command = [program, "simulate", str(case / "request.json"), "--prices", str(prices), "--json"]
        if "solar_share" in rule.columns:
            rule.write_csv(solar, ["solar_share"], {"solar_share": "output_mw"})
            command += ["--solar", str(solar)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", type=Path)
    parser.add_argument("--answer", type=Path)
    options = parser.parse_args()
    case = json.loads((options.case / "case.json").read_text())
    expected = json.loads((options.case / "expected.json").read_text())
    if list(expected) != case["figures"]:
        sys.exit("expected.json does not hold the figures that case.json names")
    answer = answer_of(options.case, os.environ["BESS_PROGRAM"])
    if options.answer:
        options.answer.write_text(json.dumps(answer, indent=1))
    if answer["provenance"]["relaxed_windows"]:
        sys.exit("windows without a plan were relaxed: the case is not what it says")
    wrong = differences(case, expected, answer)
    print("\n".join(wrong) or f"{len(expected)} figures as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
