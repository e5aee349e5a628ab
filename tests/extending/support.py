"""What the checks share: the program, and the oracle of tests/cases."""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CASES = HERE.parent / "cases"
sys.path.insert(0, str(CASES / "oracle"))

failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)


def expect_near(got, want, rtol, what):
    expect(abs(got - want) <= rtol * abs(want), f"{what}: {got!r} where {want!r} is expected")


def needs_scipy():
    try:
        import scipy  # noqa: F401
    except ImportError:
        print("skipped: SciPy is not installed (python3-scipy)")
        sys.exit(77)


def run(program, *arguments, text=None):
    done = subprocess.run([program, *map(str, arguments)], input=text, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))} ended with {done.returncode}\n{done.stdout[:4000]}{done.stderr[:4000]}")
    return done.stdout


def simulate(program, case: Path, *more):
    """The case's request on the prices of its rule."""
    from market import Rule

    rule = Rule(case)
    with tempfile.TemporaryDirectory() as folder:
        prices = Path(folder) / "prices.csv"
        rule.write_csv(prices, rule.columns)
        return json.loads(run(program, "simulate", case / "request.json", "--prices", prices, "--json", *more))


def worked_out(case: Path):
    """What the oracle makes of it."""
    from market import Rule
    from simulate import Simulation

    settings = json.loads((case / "case.json").read_text())
    return Simulation(json.loads((case / "request.json").read_text()), Rule(case), settings["oracle"]["delta_h"]).simulate()


@contextlib.contextmanager
def server(program, directory=None):
    """A server of the program, as the tests of the API have it, on a store in `directory` or one of its own."""
    sys.path.insert(0, str(HERE.parent / "api"))
    import bess_server

    bess_server.BESS = program
    running = bess_server.Server(directory)
    try:
        yield running
    finally:
        expect(running.stop() == 0, "the server did not end cleanly")


def typescript(document: str):
    """The client's types that are made of an OpenAPI document; none where the tools are not installed."""
    tool = HERE.parent / "api" / "node_modules" / ".bin" / "openapi-typescript"
    if not (shutil.which("node") and tool.exists()):
        return None
    with tempfile.TemporaryDirectory() as folder:
        file, types = Path(folder) / "openapi.json", Path(folder) / "api.d.ts"
        file.write_text(document)
        subprocess.run([tool, file, "-o", types], check=True, capture_output=True, timeout=300)
        return types.read_text()


def finish():
    print("\n".join(failures) or "as expected")
    sys.exit(1 if failures else 0)
