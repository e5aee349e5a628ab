#!/usr/bin/env python3
"""Works out a simulation case without the program: SciPy's HiGHS on the documents' equations.

    derive.py CASE            prints the figures that expected.json names, and how far they are from it; exit code 1 beyond the tolerance
    derive.py CASE --write    writes expected.json
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

try:
    import scipy  # noqa: F401
except ImportError:
    print("skipped: SciPy is not installed (python3-scipy)")
    sys.exit(77)

from compare import differences, look_up  # noqa: E402
from market import Rule  # noqa: E402
from simulate import Simulation  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--all", action="store_true", help="print everything that is worked out")
    options = parser.parse_args()
    case = json.loads((options.case / "case.json").read_text())
    request = json.loads((options.case / "request.json").read_text())
    worked_out = Simulation(request, Rule(options.case), case["oracle"]["delta_h"]).simulate()
    if options.all:
        print(json.dumps(worked_out, indent=1))
    file = options.case / "expected.json"
    if options.write:
        figures = {pointer: look_up(worked_out, pointer) for pointer in case["figures"]}
        file.write_text(json.dumps(figures, indent=1) + "\n")
        return 0
    wrong = differences(case, json.loads(file.read_text()), worked_out)
    print("\n".join(wrong) or "as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
