#!/usr/bin/env python3
"""Damaged files against the program: price, profile and weather CSV, ZIP archives, JSON requests, windows, mappings and profile
configurations, NetCDF of both kinds.

    BESS_PROGRAM=build/release/bin/bess tests/robustness/files.py --count 100000 --seed 1
    … --seconds 60 --formats json,zip

For every file: no signal, no exit code but 0 (accepted) and 3 (refused), no code `internal`, an answer within 20 seconds, and a refusal
names a code of docs/errors.md. Files that say the same in another way (line ends, byte order mark, quotes, separators, order of rows,
columns and keys, spelling of numbers, packing, version of the format) must give the same result. At least a fifth of the damaged files
of each format must get past its header or schema, or the campaign says little. Files that break a rule are kept in --keep.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import file_damage as damage
import file_makers as make

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("BESS_PROGRAM", str(ROOT / "build" / "release" / "bin" / "bess"))
CODES = set(re.findall(r"`([a-z0-9_]+)`", "".join(re.findall(r"^\|([^|]*)\|", (ROOT / "docs" / "errors.md").read_text("utf-8"), re.M))))
LONGEST_S = 20
ERROR_LINE = re.compile(r"^(?:.*: )?error \[([a-z0-9_]*)\]", re.M)
# Codes that say the header, the schema or the container itself was not understood.
HEADER = {"csv": {"missing_column", "duplicate_column", "encoding", "wrong_type"}, "zip": {"zip_unsafe", "too_large"},
          "json": {"malformed_json", "encoding", "duplicate_key", "wrong_type", "required", "too_large", "bad_number"},
          "netcdf": {"unreadable_file", "missing_column", "not_found"}}


class Campaign:
    def __init__(self, keep: Path, folder: Path) -> None:
        self.keep, self.folder = keep, folder
        self.made: collections.Counter = collections.Counter()
        self.past: collections.Counter = collections.Counter()
        self.same: collections.Counter = collections.Counter()
        self.codes: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
        self.problems: list[str] = []
        self.slowest = 0.0
        self.lock = threading.Lock()

    def problem(self, text: str, *files: Path) -> None:
        with self.lock:
            number = len(self.problems)
            names = []
            self.keep.mkdir(parents=True, exist_ok=True)
            for file in files:
                kept = self.keep / f"{number}_{file.name}"
                shutil.copyfile(file, kept)
                names.append(str(kept))
            self.problems.append(f"{text} [{', '.join(names)}]")
            print(f"PROBLEM {self.problems[-1]}", flush=True)

    def count(self, form: str, codes: set[str]) -> None:
        with self.lock:
            self.made[form] += 1
            kind = form.split(" ")[0]
            self.past[form] += not codes & HEADER[kind]
            for code in codes or {"accepted"}:
                self.codes[form][code] += 1

    def run(self, arguments, files, stdin: bytes | None = None, slack: float = 0.0) -> subprocess.CompletedProcess | None:
        """None: a rule was broken and told, or (with slack, a batch) has to be looked for in single files."""
        begin = time.monotonic()
        try:
            done = subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL,
                                  capture_output=True, timeout=LONGEST_S + slack, check=False)
        except subprocess.TimeoutExpired:
            if not slack:
                self.problem(f"no answer in {LONGEST_S} s: bess {' '.join(map(str, arguments))}", *files)
            return None
        if not slack:
            with self.lock:
                self.slowest = max(self.slowest, time.monotonic() - begin)
        text = done.stdout + done.stderr
        bad = done.returncode not in (0, 3) or b"[internal]" in text or b'"internal"' in text
        if bad and not slack:
            self.problem(f"exit code {done.returncode}: bess {' '.join(map(str, arguments))}: {done.stderr[-300:].decode('utf-8', 'replace')}",
                         *files)
        return None if bad else done

    # ---- many files at once

    def validate(self, form: str, files: list[Path], flags: list[str]) -> None:
        done = self.run(["validate", "--each", "--json", *flags, *files], files, slack=2.0 * LONGEST_S)
        if done is None:
            if len(files) > 1:
                half = len(files) // 2
                self.validate(form, files[:half], flags)
                self.validate(form, files[half:], flags)
            else:
                self.run(["validate", "--each", "--json", *flags, *files], files)
                self.count(form, set())
            return
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            return self.problem(f"{form}: the answer is no JSON", *files)
        if [f["file"] for f in answer["files"]] != [str(f) for f in files]:
            return self.problem(f"{form}: the answer speaks of other files", *files)
        for file, told in zip(files, answer["files"]):
            self.judge(form, file, told["status"] == "success", {e["code"] for e in told["errors"]})

    def judge(self, form: str, file: Path, accepted: bool, codes: set[str]) -> None:
        if accepted == bool(codes):
            self.problem(f"{form}: accepted with errors, or refused without: {codes}", file)
        if not codes <= CODES:
            self.problem(f"{form}: codes that docs/errors.md does not list: {codes - CODES}", file)
        self.count(form, codes)

    def single(self, form: str, arguments, file: Path, stdin: bytes | None = None) -> None:
        done = self.run(arguments, [file], stdin)
        if done is None:
            return self.count(form, set())
        codes = set(ERROR_LINE.findall(done.stderr.decode("utf-8", "replace")))
        try:
            codes |= {e["code"] for e in json.loads(done.stdout).get("errors", [])} if done.stdout.strip() else set()
        except ValueError:
            pass
        self.judge(form, file, done.returncode == 0, codes)

    # ---- what says the same gives the same

    def expect_same(self, form: str, results, *files: Path) -> None:
        with self.lock:
            self.same[form] += 1
        if any(r is None for r in results):
            return self.problem(f"{form}: of files that say the same one was refused", *files)
        if any(r != results[0] for r in results):
            self.problem(f"{form}: files that say the same give different results", *files)

    def exported(self, file: Path, folder: Path) -> dict[str, bytes] | None:
        shutil.rmtree(folder, ignore_errors=True)
        made = self.run(["scenario", "create", "--name", "x", "--data-dir", folder / "db", "--time-zone", "UTC", file], [file])
        if made is None or made.returncode != 0:
            return None
        out = self.run(["scenario", "export", "1", "--data-dir", folder / "db", "--out", folder / "out"], [file])
        if out is None or out.returncode != 0:
            return None
        return {p.name: p.read_bytes() for p in sorted((folder / "out").iterdir())}

    def columns(self, files: list[Path], flags: list[str]) -> list[list] | None:
        done = self.run(["validate", "--each", "--json", "--time-zone", "UTC", *flags, *files], files)
        if done is None or done.returncode != 0:
            return None
        answer = json.loads(done.stdout)
        told = ("table", "column", "rows", "resolution_minutes", "interpolated_quarters", "borrowed_quarters", "missing_quarters", "from", "to")
        return [sorted([c[t] for t in told] for c in answer["columns"] if c["file"].startswith(str(f))) for f in files]


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


# ---- one batch of each format: (campaign, random source, folder, number of files)


def csv_batch(c: Campaign, source: random.Random, folder: Path, n: int) -> None:
    for profile in (False, True):
        files = []
        zone = source.choice(["UTC", "local", "+01:00"])
        for i in range(n // 2):
            table = make.profile_table(source, any_day=True) if profile else make.market_table(source, any_day=True)
            dialect = make.market_dialect(source)
            data = damage.times(source, damage.csv_changed, table.write(**dialect), dialect["separator"])
            files.append(written(folder, f"{i}.csv", data))
        c.validate("csv profile" if profile else "csv market", files, ["--profile", "--time-zone", zone] if profile else ["--time-zone", zone])
    # Two ways to write one table.
    pairs = []
    for i in range(max(1, n // 20)):
        table = make.market_table(source)
        dialects = [make.market_dialect(source), make.reordered(source, table)]
        pairs.append([written(folder, f"same{i}_{k}.csv", table.write(**d)) for k, d in enumerate(dialects)])
    columns = c.columns([f for pair in pairs for f in pair], [])
    if columns is None:
        c.problem("csv market: a right file was refused", *[f for pair in pairs for f in pair])
    else:
        for i, pair in enumerate(pairs):
            c.expect_same("csv market", columns[2 * i : 2 * i + 2], *pair)
    c.expect_same("csv rows", [c.exported(f, folder / "store") for f in pairs[0]], *pairs[0])


def weather_batch(c: Campaign, source: random.Random, folder: Path, n: int) -> None:
    place = ["--name", "x", "--latitude", "52.6", "--longitude", "13.1", "--capacity", "1", "--allow-partial", "--json", "--data-dir", folder / "db"]
    for i in range(n):
        if source.random() < 0.8:
            table = make.weather_table(source)
            separator = source.choice([",", ";", "\t"])
            good = table.write(separator=separator, end=source.choice(["\n", "\r\n"]))
            file = written(folder, "w.csv", damage.times(source, damage.csv_changed, good, separator))
            c.single("csv weather", ["profile", "generate", "--weather", file, "--type", source.choice(["pv", "wind"]), *place], file)
        else:
            curve = "wind_speed_m_per_s,power_kw\n" + "".join(f"{s},{s * s}\n" for s in range(2, 20))
            file = written(folder, "curve.csv", damage.times(source, damage.csv_changed, curve.encode(), ","))
            weather = written(folder, "good.csv", make.weather_table(random.Random(1)).write())
            c.single("csv curve", ["profile", "generate", "--weather", weather, "--curve", file, "--type", "wind", *place], file)
        shutil.rmtree(folder / "db", ignore_errors=True)
    table = make.weather_table(source)
    files = [written(folder, f"same{k}.csv", table.write(**d)) for k, d in enumerate([{}, {"end": "\r\n", "bom": True, "separator": ";", "decimal": ","}])]
    c.expect_same("csv weather", [totals(c, f, folder) for f in files], *files)


def totals(c: Campaign, weather: Path, folder: Path) -> list | None:
    done = c.run(["profile", "generate", "--weather", weather, "--type", "pv", "--name", "x", "--latitude", "52.6", "--longitude", "13.1", "--capacity",
                  "1", "--allow-partial", "--json", "--data-dir", folder / "db"], [weather])
    shutil.rmtree(folder / "db", ignore_errors=True)
    if done is None or done.returncode != 0:
        return None
    answer = json.loads(done.stdout)
    return [answer[k] for k in ("months", "energy_mwh", "capacity_factor")]


def zip_batch(c: Campaign, source: random.Random, folder: Path, n: int) -> None:
    files = []
    for i in range(n):
        tables, mapping = make.archive_content(source)
        members = {}
        for name, table in tables.items():
            separator = source.choice([",", ";", "\t"])
            data = table.write(separator=separator, end=source.choice(["\n", "\r\n"]))
            members[name] = damage.times(source, damage.csv_changed, data, separator) if source.random() < 0.3 else data
        if source.random() < 0.4:
            mapping = damage.json_value_changed(source, mapping)
        if source.random() < 0.1:
            members[source.choice(["../a.csv", "/a.csv", "A.CSV", "c.zip", "x.txt", "d/e/f.csv", "c:x.csv", "\u00e9.csv", "_.csv/"])] = b"timestamp,fcr_price\n"
        data = make.archive(source, members, mapping, folder=source.choice(["", "", "in/"]))
        if source.random() < 0.5:
            data = damage.times(source, damage.bytes_changed, data)
        files.append(written(folder, f"{i}.zip", data))
    c.validate("zip", files, [])
    tables, mapping = make.archive_content(source)
    pair = [written(folder, f"same{k}.zip", make.archive(source, {n: t.write(**make.reordered(source, t)) for n, t in tables.items()}, mapping,
                                                         folder=f)) for k, f in enumerate(["", "in/"])]
    c.expect_same("zip", [c.exported(f, folder / "store") for f in pair], *pair)


def json_batch(c: Campaign, source: random.Random, folder: Path, n: int) -> None:
    files = []
    for i in range(n):
        document = make.request(source) if source.random() < 0.6 else make.window(source)
        files.append(written(folder, f"{i}.json", damage.json_changed(source, document)))
    c.validate("json", files, [])
    # A configuration on standard input, a mapping beside its file, and one window in two spellings.
    config = {"name": "x", "profile_type": "wind", "latitude": 52.6, "longitude": 13.1, "capacity_mw": 3, "hub_height": 90, "allow_partial": True,
              "weather_columns": [{"variable": "upper_wind", "column": "wind_speed_80m_m_per_s", "unit": "m/s"}]}
    weather = written(folder, "w.csv", make.weather_table(random.Random(1)).write())
    file = written(folder, "config.json", damage.json_changed(source, config))
    c.single("json profile", ["profile", "generate", "-", "--weather", weather, "--json", "--data-dir", folder / "db"], file, file.read_bytes())
    shutil.rmtree(folder / "db", ignore_errors=True)
    tables, mapping = make.archive_content(source)
    prices = written(folder, "b.csv", tables["b.csv"].write())
    file = written(folder, "mapping.json", damage.json_changed(source, mapping))
    c.single("json mapping", ["validate", "--json", "--mapping", file, prices], file)
    document = make.window(source)
    pair = [written(folder, "same0.json", json.dumps(document).encode()), written(folder, "same1.json", make.other_json(source, document).encode())]
    answers = []
    for f in pair:
        done = c.run(["dispatch", f, "--json", "--schedule"], [f])
        answers.append(None if done is None or done.returncode != 0 else re.sub(rb'"[a-z_]*seconds[a-z_]*":[^,}]*', b"", done.stdout))
    c.expect_same("json", answers, *pair)


def netcdf_batch(c: Campaign, source: random.Random, folder: Path, n: int) -> None:
    place = ["--name", "x", "--latitude", "52.6", "--longitude", "13.1", "--capacity", "1", "--allow-partial", "--json", "--data-dir", folder / "db"]
    new_kind = shutil.which("nccopy") is not None
    for i in range(n):
        content = make.netcdf(source)
        data = make.netcdf_bytes(content, version=source.choice([1, 2, 5]), record=source.random() < 0.3, new_names=source.random() < 0.3)
        form = "netcdf classic"
        if new_kind and source.random() < 0.35:
            subprocess.run(["nccopy", "-k", "nc4", *source.choice([[], ["-d", "1"]]), written(folder, "good.nc", data), folder / "new.nc"], check=True)
            data, form = (folder / "new.nc").read_bytes(), "netcdf new"
        data = damage.netcdf_changed(source, data)
        file = written(folder, "w.nc", data)
        c.single(form, ["profile", "generate", "--weather", file, "--type", source.choice(["pv", "wind"]), *place], file)
        shutil.rmtree(folder / "db", ignore_errors=True)
    content = make.netcdf(source)
    files = [written(folder, f"same{k}.nc", make.netcdf_bytes(content, **how)) for k, how in enumerate([{"version": 1}, {"version": 5, "record": True},
                                                                                                   {"new_names": True}])]
    c.expect_same("netcdf", [totals(c, f, folder) for f in files], *files)


# name: (batch, files in it, share of the whole)
FORMATS = {"csv": (csv_batch, 400, 0.50), "weather": (weather_batch, 20, 0.03), "zip": (zip_batch, 150, 0.18), "json": (json_batch, 300, 0.25),
           "netcdf": (netcdf_batch, 20, 0.04)}


def batches(count: int, formats: list[str]):
    """Names and sizes of batches, mixed in proportion, until together they hold `count` files; without a count for ever."""
    share = {f: FORMATS[f][2] / sum(FORMATS[g][2] for g in formats) for f in formats}
    left = {f: max(2, round(count * share[f])) if count else sys.maxsize for f in formats}
    while any(left.values()):
        name = max((f for f in formats if left[f] > 0), key=lambda f: left[f] / share[f])
        size = min(FORMATS[name][1], left[name])
        left[name] -= size
        yield name, size


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="damaged files to make; 0: as many as --seconds allow")
    parser.add_argument("--seconds", type=float, default=0.0, help="stop after this long; 0: never")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--formats", default=",".join(FORMATS), help="of " + ", ".join(FORMATS))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, default=ROOT / "build" / "robustness", help="where files that break a rule are kept")
    a = parser.parse_args()
    formats = a.formats.split(",")
    if a.count == 0 and a.seconds == 0.0 or not set(formats) <= set(FORMATS):
        parser.error("--count or --seconds is needed, and formats are " + ", ".join(FORMATS))
    memory = Path("/dev/shm")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bess_files_", dir=memory if os.access(memory, os.W_OK) else None) as scratch:
        c = Campaign(a.keep, Path(scratch))

        def work(number: int, name: str, size: int) -> None:
            if a.seconds and time.monotonic() - begin > a.seconds:
                return
            folder = Path(scratch) / str(number)
            folder.mkdir()
            try:
                FORMATS[name][0](c, random.Random(f"{a.seed}/{number}/{name}"), folder, size)
            finally:
                shutil.rmtree(folder, ignore_errors=True)

        with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
            running = set()
            for number, (name, size) in enumerate(batches(a.count, formats)):
                if a.seconds and time.monotonic() - begin > a.seconds:
                    break
                running.add(pool.submit(work, number, name, size))
                if len(running) > 2 * a.jobs:
                    done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                    for future in done:
                        future.result()
            for future in running:
                future.result()
    seconds = time.monotonic() - begin
    for form in sorted(c.made):
        codes = ", ".join(f"{code} {n}" for code, n in c.codes[form].most_common())
        print(f"{form}: {c.made[form]} made, {c.past[form]} past the header or schema ({100 * c.past[form] // c.made[form]} %): {codes}")
        if c.made[form] >= 50 and 5 * c.past[form] < c.made[form]:
            c.problem(f"{form}: fewer than a fifth got past the header or schema")
    print("the same in other words: " + ", ".join(f"{form} {n}" for form, n in sorted(c.same.items())))
    total = sum(c.made.values())
    print(f"seed {a.seed}: {total} damaged files in {seconds:.0f} s, slowest single call {c.slowest:.1f} s, {len(c.problems)} problems")
    return 1 if c.problems or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
