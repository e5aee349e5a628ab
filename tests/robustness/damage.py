#!/usr/bin/env python3
"""Damages a stored store at random (bytes, types, rows, pages, lengths, whole files) and reads all of it with the program.

Every answer must be that of the undamaged store, or an error with a code. A signal, the code `internal`, more than 20 s, or another
answer without an error is a failure: the program ends with 1 and names the seed and the number of the damage.
"""
import argparse
import collections
import json
import random
import shutil
import sqlite3
import sys
import time

import store_tools as tools

PAGE = 4096
LIMIT_S = 20.0
ACCEPTED = {"corrupt_store", "store_too_new"}
REQUEST = {
    "params": {"title": "damaged store", "description": "", "startProject": "2024-01-01", "projectLifeYears": 1, "bessCapacity": 2, "bessPower": 1, "bessMaximumSOC": 100,
               "bessMinimumSOC": 0, "bessRoundTripEfficiency": 88, "solarCapacity": 1, "gridChargingCapacity": 1,
               "gridDischargingCapacity": 1, "gridTarif": "none", "gridStandingChargeTransport": 0, "gridTransportedEnergy": 0},
    "run": {"simulation_years": 1, "enabled_markets": ["day_ahead"], "allow_partial": True},
}


class Template:
    """A whole store, an older state of it, and what every command answers."""

    def __init__(self, work):
        self.work = work
        self.path = work / "whole"
        self.older = work / "older"
        prices, fcr, solar = work / "prices.csv", work / "fcr.csv", work / "solar.csv"
        prices.write_text(tools.csv_of(tools.price_rows(40, 0, 24 * 4)))
        fcr.write_text("timestamp,fcr_price\n" + "".join(f"{tools.stamp(4 * b + 3)},{8 + b}\n" for b in range(23)))  # blocks of the Dutch day
        solar.write_text("timestamp,output_mw\n" + "".join(f"{tools.stamp(h)},{max(0, 12 - abs(h % 24 - 12)) / 12:.4f}\n" for h in range(96)))
        store = ["--data-dir", self.path]
        tools.expect_done(tools.bess("scenario", "create", "--name", "first", prices, fcr, *store))
        tools.expect_done(tools.bess("scenario", "create", "--name", "second", "--description", "other", prices, *store))
        made = tools.expect_done(tools.bess("profile", "import", solar, "--name", "park", "--json", *store))
        self.profile = json.loads(made.out)["id"]
        shutil.copytree(self.path, self.older)
        prices.write_text(tools.csv_of(tools.price_rows(55, 0, 24 * 4)))
        tools.expect_done(tools.bess("scenario", "import", 1, prices, *store))
        tools.expect_done(tools.bess("scenario", "import", 2, prices, *store))
        tools.expect_done(tools.bess("scenario", "create", "--name", "third", *store))
        request = json.loads(json.dumps(REQUEST))
        request["run"]["profile_id"] = self.profile
        self.request = work / "request.json"
        self.request.write_text(json.dumps(request))
        self.answers = {name: self.run(name, self.path) for name in self.commands()}
        for name, (outcome, answer) in self.answers.items():
            tools.expect_done(outcome)

    @staticmethod
    def commands():
        return ["list", "profiles", "show", "export", "profile", "series", "simulate"]

    def run(self, name, path):
        """The outcome, and the answer without what differs between two runs on one store."""
        out = self.work / "out"
        shutil.rmtree(out, ignore_errors=True)
        arguments = {
            "list": ["scenario", "list", "--json"],
            "profiles": ["profile", "list", "--json"],
            "show": ["scenario", "show", 1, "--json"],
            "export": ["scenario", "export", 1, "--out", out],
            "profile": ["profile", "show", self.profile, "--json"],
            "series": ["profile", "export", self.profile],
            "simulate": ["simulate", self.request, "--scenario", 1, "--json"],
        }[name]
        outcome = tools.bess(*arguments, "--data-dir", path, timeout=LIMIT_S)
        answer = outcome.out
        if outcome.code == 0 and name == "export":
            answer = {file.name: file.read_text() for file in sorted(out.iterdir())}
        elif outcome.code == 0 and name == "simulate":
            answer = json.loads(outcome.out)
            answer.pop("simulation_time_seconds", None)
            answer.get("result", {}).pop("simulation_time_seconds", None)
        elif outcome.code == 0 and name in ("list", "profiles"):
            answer = json.loads(outcome.out)
        return outcome, answer


def whole_or_marked(answer, expected):
    """A list may show a damaged row as such; all others must be there as they were."""
    marked = [row for row in answer if row["name"] == "(damaged)"]
    rest = [row for row in answer if row["name"] != "(damaged)"]
    return bool(marked) and all(row in expected for row in rest) and len(answer) == len(expected)


def problem_of(name, outcome, answer, expected):
    """Why this is a failure; None when it is none."""
    if outcome.code is None:
        return f"more than {LIMIT_S:.0f} s"
    if outcome.code < 0:
        return f"signal {-outcome.code}"
    if outcome.code == 0:
        if answer == expected or (name in ("list", "profiles") and whole_or_marked(answer, expected)):
            return None
        return "another answer, without an error"
    code = outcome.error()
    if code in ACCEPTED and outcome.code == 1:
        return None
    return f"exit {outcome.code} with code {code}"


# ---- damages: each takes (path, random, template) and tells what it did; None: not possible here.

def data_files(path, suffix=".db"):
    return sorted(p for p in (path / "db").rglob("*") if p.is_file() and p.name.endswith(suffix) and p.stat().st_size > 0)


def flip_bit(path, rng, _):
    file = rng.choice(data_files(path))
    content = bytearray(file.read_bytes())
    at, bit = rng.randrange(len(content)), rng.randrange(8)
    content[at] ^= 1 << bit
    file.write_bytes(content)
    return f"{file.name}: bit {bit} of byte {at}"


def flip_header_bit(path, rng, _):
    """The header of the file and of its first pages, where structure is."""
    file = rng.choice(data_files(path))
    content = bytearray(file.read_bytes())
    page = rng.randrange(len(content) // PAGE)
    at, bit = page * PAGE + rng.randrange(120), rng.randrange(8)
    content[at] ^= 1 << bit
    file.write_bytes(content)
    return f"{file.name}: bit {bit} of byte {at}"


def overwrite(path, rng, _):
    file = rng.choice(data_files(path))
    content = bytearray(file.read_bytes())
    at = rng.randrange(len(content))
    junk = rng.randbytes(rng.randint(1, 64))
    content[at:at + len(junk)] = junk
    file.write_bytes(content)
    return f"{file.name}: {len(junk)} bytes at {at}"


def truncate(path, rng, _):
    file = rng.choice(data_files(path))
    size = rng.randrange(file.stat().st_size)
    with open(file, "r+b") as stream:
        stream.truncate(size)
    return f"{file.name}: cut to {size}"


def append(path, rng, _):
    file = rng.choice(data_files(path))
    with open(file, "ab") as stream:
        stream.write(rng.randbytes(rng.randint(1, 2 * PAGE)))
    return f"{file.name}: appended"


def replace_page(path, rng, template):
    """By zeros, noise, another page of the file, or the page as it was before the last change."""
    file = rng.choice(data_files(path))
    content = bytearray(file.read_bytes())
    pages = len(content) // PAGE
    page = rng.randrange(pages)
    how = rng.choice(["zeros", "noise", "other", "older"])
    older = template.older / file.relative_to(path)
    if how == "zeros":
        new = bytes(PAGE)
    elif how == "noise":
        new = rng.randbytes(PAGE)
    elif how == "other":
        other = rng.randrange(pages)
        new = bytes(content[other * PAGE:(other + 1) * PAGE])
        how += f" ({other})"
    elif older.is_file() and older.stat().st_size >= (page + 1) * PAGE:
        new = older.read_bytes()[page * PAGE:(page + 1) * PAGE]
    else:
        return None
    content[page * PAGE:(page + 1) * PAGE] = new
    file.write_bytes(content)
    return f"{file.name}: page {page} by {how}"


def random_cell(database, rng):
    tables = [r[0] for r in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
              if database.execute(f"SELECT count(*) FROM {r[0]}").fetchone()[0] > 0]
    table = rng.choice(tables)
    column = rng.choice([r[1] for r in database.execute(f"PRAGMA table_info({table})")])
    return table, column


def set_value(path, rng, _):
    """Another value or type in one cell or a whole column."""
    file = rng.choice(data_files(path))
    value = rng.choice(["'text'", "9e999", "-9e999", "1e300", "x'00ff'", "NULL", "{0} + 1", "-{0}", "{0} * 1.0000001", "{0} + 400000000000", "''"])
    with sqlite3.connect(file, isolation_level=None) as database:
        table, column = random_cell(database, rng)
        count = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        if rng.random() < 0.8:
            key = [r[1] for r in sorted(database.execute(f"PRAGMA table_info({table})"), key=lambda r: r[5]) if r[5]] or ["rowid"]
            names = ", ".join(key)
            where = f" WHERE ({names}) IN (SELECT {names} FROM {table} LIMIT 1 OFFSET {rng.randrange(count)})"
        else:
            where = ""
        sql = f"UPDATE {table} SET {column} = {value.format(column)}{where}"
        try:
            database.execute(sql)
        except sqlite3.Error:
            return None  # the column takes no such value
    database.close()
    return f"{file.name}: {sql}"


def change_rows(path, rng, _):
    file = rng.choice(data_files(path))
    with sqlite3.connect(file, isolation_level=None) as database:
        table, column = random_cell(database, rng)
        sql = rng.choice([f"DELETE FROM {table}", f"DROP TABLE {table}", f"DELETE FROM {table} WHERE random() % 3 = 0",
                          f"PRAGMA user_version = {rng.choice([0, 1, 2, 4, 99])}"])
        try:
            database.execute(sql)
        except sqlite3.Error:
            return None
    database.close()
    return f"{file.name}: {sql}"


def whole_file(path, rng, _):
    file = rng.choice(data_files(path))
    how = rng.choice(["removed", "empty", "folder", "text", "link"])
    file.unlink()
    if how == "empty":
        file.write_bytes(b"")
    elif how == "folder":
        file.mkdir()
    elif how == "text":
        file.write_text("timestamp,day_ahead\n2024-01-01T00:00:00Z,1\n" * 200)
    elif how == "link":
        file.symlink_to("/nowhere/at/all")
    return f"{file.name}: {how}"


def journal(path, rng, _):
    """The journal that stays beside the metadata."""
    files = data_files(path, "-journal")
    if not files:
        return None
    file = rng.choice(files)
    content = bytearray(file.read_bytes())
    for _ in range(rng.randint(1, 8)):
        content[rng.randrange(min(len(content), 600))] = rng.randrange(256)
    file.write_bytes(content)
    return f"{file.name}: bytes"


DAMAGES = [(flip_bit, 6), (flip_header_bit, 4), (overwrite, 3), (truncate, 2), (append, 1), (replace_page, 4), (set_value, 6), (change_rows, 2),
           (whole_file, 1), (journal, 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000, help="damaged stores (default: 1000)")
    parser.add_argument("--seed", type=int, default=1, help="of the random damages (default: 1)")
    parser.add_argument("--only", type=int, help="only this number, with the answers shown: to look at a failure again")
    parser.add_argument("--seconds", type=float, help="stop after so many seconds, however many were done")
    options = parser.parse_args()
    counts, failures = collections.Counter(), []
    begin = time.monotonic()
    with tools.WorkDirectory("damage") as work:
        template = Template(work)
        done = 0
        for number in range(options.count) if options.only is None else [options.only]:
            if options.seconds and time.monotonic() - begin > options.seconds:
                break
            rng = random.Random(f"{options.seed}/{number}")
            path = work / "damaged"
            what = None
            while what is None:
                shutil.rmtree(path, ignore_errors=True)
                shutil.copytree(template.path, path)
                damage = rng.choices([d for d, _ in DAMAGES], [w for _, w in DAMAGES])[0]
                what = damage(path, rng, template)
            refused = False
            for name in template.commands():
                outcome, answer = template.run(name, path)
                problem = problem_of(name, outcome, answer, template.answers[name][1])
                refused = refused or outcome.code != 0 or (name in ("list", "profiles") and answer != template.answers[name][1])
                if options.only is not None:
                    print(f"{name}: {outcome!r}")
                if problem:
                    failures.append(f"damage {number} (seed {options.seed}), {damage.__name__}, {what}; {name}: {problem}: {outcome!r}")
                    print("FAILED:", failures[-1], flush=True)
            done += 1
            counts[f"{damage.__name__}: {'found' if refused else 'harmless'}"] += 1
    for name in sorted(counts):
        print(f"{name:<28} {counts[name]:>6}")
    print(f"{done} damaged stores, {done * len(Template.commands())} answers, {len(failures)} failures, "
          f"{time.monotonic() - begin:.0f} s, seed {options.seed}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
