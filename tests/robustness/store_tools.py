"""What the campaigns against the store share: small stores made by the program, and runs of it. Standard library only."""
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BESS = os.environ.get("BESS_PROGRAM", str(ROOT / "build/release/bin/bess"))
START = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
ERROR_CODE = re.compile(r"error \[([a-z0-9_]+)\]")


class Outcome:
    """How a run of the program ended; `code` is negative for a signal, None when it took too long."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def error(self):
        found = ERROR_CODE.search(self.err)
        return found.group(1) if found else None

    def __repr__(self):
        return f"exit {self.code}, stderr {self.err[-300:]!r}, stdout {self.out[-200:]!r}"


def bess(*arguments, timeout=20.0):
    process = subprocess.Popen([BESS, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        return Outcome(None, out.decode(errors="replace"), err.decode(errors="replace"))
    return Outcome(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))


def expect_done(outcome):
    if outcome.code != 0:
        raise SystemExit(f"the campaign could not be prepared: {outcome!r}")
    return outcome


def stamp(hour):
    return (START + datetime.timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ")


def price_rows(level, first_hour, hours):
    """{timestamp: price}; each content is unlike others."""
    return {stamp(first_hour + h): round(level + 10 * ((h * 7) % 24) + 0.25 * h, 2) for h in range(hours)}


def csv_of(rows, column="day_ahead"):
    return f"timestamp,{column}\n" + "".join(f"{t},{v}\n" for t, v in rows.items())


def parse_csv(text, column):
    lines = text.strip().split("\n")
    index = lines[0].split(",").index(column)
    return {line.split(",")[0]: float(line.split(",")[index]) for line in lines[1:] if line.split(",")[index]}


class WorkDirectory:
    """In memory where there is room: syncs cost nothing there."""

    def __init__(self, name):
        memory = pathlib.Path("/dev/shm")
        usable = memory.is_dir() and os.access(memory, os.W_OK)
        self.path = pathlib.Path(tempfile.mkdtemp(prefix=f"bess-{name}-", dir=memory if usable else None))

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def leftovers(directory, scenario_ids_with_data, profile_ids):
    """Files below db/ that nothing accounts for, and missing ones."""
    expected = {"scenarios.db", "profiles.db", "store.lock"}
    expected |= {f"scenario_data/scenario_{i}.db" for i in scenario_ids_with_data}
    expected |= {f"profile_data/profile_{i}.db" for i in profile_ids}
    db = pathlib.Path(directory) / "db"
    found = {str(p.relative_to(db)) for p in db.rglob("*") if p.is_file()} - {"scenarios.db-journal", "profiles.db-journal"}
    return [f"left over: {n}" for n in sorted(found - expected)] + [f"missing: {n}" for n in sorted(expected - found)]
