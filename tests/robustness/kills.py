#!/usr/bin/env python3
"""Kills the program (kill -9) at random instants while it changes a store, and looks at the store after each kill.

Changes: `bess scenario create`, `import` (merged and replacing) and `delete`, `bess profile import` and `delete`, and the same over HTTP
against `bess serve`. After a kill, what was acknowledged must be there, what was under way must be there as a whole or not at all, and no
file may be left over. Ends with 1 on any loss.
"""
import argparse
import collections
import http.client
import json
import random
import re
import signal
import subprocess
import sys
import threading
import time

import store_tools as tools

MOST_SCENARIOS = 4
MOST_PROFILES = 3


class Change:
    """What a change makes of one entity: `key` is its kind and name, `content` its rows after it (None: gone)."""

    def __init__(self, key, content, command, request):
        self.key, self.content, self.command, self.request = key, content, command, request


class Store:
    """The store under test and the model of it: {(kind, name): {timestamp: value}}."""

    def __init__(self, work):
        self.work, self.path = work, work / "store"
        self.model, self.serial, self.ids = {}, 0, {}
        tools.expect_done(self.bess("scenario", "list"))

    def bess(self, *arguments):
        return tools.bess(*arguments, "--data-dir", self.path)

    def names(self, kind):
        return sorted(name for k, name in self.model if k == kind)

    def next_change(self, rng):
        self.serial += 1
        file = self.work / f"input-{self.serial % 8}.csv"
        scenarios, profiles = self.names("scenario"), self.names("profile")
        actions = ["create"] * (len(scenarios) < MOST_SCENARIOS) + ["profile"] * (len(profiles) < MOST_PROFILES)
        actions += ["import", "replace", "delete"] * bool(scenarios) + ["profile delete"] * (len(profiles) > 1)
        action = rng.choice(actions)
        hours = rng.randint(24, 24 * 20)
        if action == "create":
            name, rows = f"s{self.serial}", tools.price_rows(self.serial, 0, hours)
            file.write_text(tools.csv_of(rows))
            return Change(("scenario", name), rows, ["scenario", "create", "--name", name, file],
                          ("POST", "/scenarios", {"name": name}))
        if action in ("import", "replace"):
            name = rng.choice(scenarios)
            rows = tools.price_rows(self.serial, 24 * rng.randint(0, 5), hours)
            file.write_text(tools.csv_of(rows))
            content = {**(self.model[("scenario", name)] if action == "import" else {}), **rows}
            scenario = self.ids[("scenario", name)]
            mode = ["--replace"] if action == "replace" else []
            return Change(("scenario", name), content, ["scenario", "import", scenario, file, *mode],
                          ("POST", f"/scenarios/{scenario}/import?mode={'replace' if mode else 'merge'}", file.read_text()))
        if action == "delete":
            name = rng.choice(scenarios)
            scenario = self.ids[("scenario", name)]
            return Change(("scenario", name), None, ["scenario", "delete", scenario], ("DELETE", f"/scenarios/{scenario}", None))
        if action == "profile":
            name = f"p{self.serial}"
            rows = {tools.stamp(h): float(self.serial % 50 + h % 24) for h in range(hours)}
            file.write_text(tools.csv_of(rows, "output_mw"))
            return Change(("profile", name), rows, ["profile", "import", file, "--name", name, "--capacity", 100], None)
        name = rng.choice(profiles)
        profile = self.ids[("profile", name)]
        return Change(("profile", name), None, ["profile", "delete", profile], ("DELETE", f"/profiles/{profile}", None))

    def read(self, *arguments):
        outcome = self.bess(*arguments)
        if outcome.code != 0:
            raise Loss(f"{arguments} after a kill: {outcome!r}")
        return outcome.out

    def found(self, only=None):
        """What the program says the store holds; `only` restricts the reading of rows to one entity, the rest is taken from the model."""
        result, self.ids, with_data = {}, {}, []
        rows = json.loads(self.read("scenario", "list", "--json"))
        for row in rows:
            key = ("scenario", row["name"])
            self.ids[key] = row["id"]
            if row["record_count"]:
                with_data.append(row["id"])
            if only not in (None, key) and key in self.model:
                result[key] = self.model[key]
                continue
            out = self.work / "out"
            for file in out.glob("*.csv"):
                file.unlink()
            self.read("scenario", "export", row["id"], "--out", out)
            price = out / "price.csv"
            result[key] = tools.parse_csv(price.read_text(), "day_ahead") if price.exists() else {}
            if (row["record_count"] > 0) != bool(result[key]):
                raise Loss(f"{key} counts {row['record_count']} rows and has {len(result[key])}")
        profiles = json.loads(self.read("profile", "list", "--json"))
        for row in profiles:
            key = ("profile", row["name"])
            self.ids[key] = row["id"]
            if only not in (None, key) and key in self.model:
                result[key] = self.model[key]
                continue
            series = tools.parse_csv(self.read("profile", "export", row["id"]), "output_mw")
            result[key] = {t: v for t, v in series.items() if t.endswith(":00:00Z")}
        problems = tools.leftovers(self.path, with_data, [row["id"] for row in profiles])
        if problems:
            raise Loss("; ".join(problems))
        return result


class Loss(Exception):
    pass


def applied(model, change):
    after = dict(model)
    if change.content is None:
        after.pop(change.key, None)
    else:
        after[change.key] = change.content
    return after


def check(store, change, full):
    """The model after the kill; raises Loss when the store is neither old nor new. Returns whether the change is in it."""
    found = store.found(None if full else change.key)
    old, new = store.model, applied(store.model, change)
    made_empty = dict(old)
    if change.key[0] == "scenario" and change.key not in old:
        made_empty[change.key] = {}  # making a scenario and filling it are two changes of one command
    if found not in (old, new, made_empty):
        differing = [key for key in {*found, *new} if found.get(key) != new.get(key)]
        raise Loss(f"after {change.command}: {differing} are neither as before nor as after")
    store.model = found
    return found != old


def kill_command(store, rng, typical, counts):
    change = store.next_change(rng)
    kind = " ".join(str(word) for word in change.command[:2])
    process = subprocess.Popen([tools.BESS, *map(str, change.command), "--data-dir", store.path], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    time.sleep(rng.uniform(0, typical[kind]))
    process.kill()
    code = process.wait()
    error = process.stderr.read().decode(errors="replace")
    process.stderr.close()
    typical[kind] *= 0.9 if code == 0 else 1.02  # most kills fall within the run, at all of its instants
    if code not in (0, -signal.SIGKILL):
        raise Loss(f"{change.command} failed by itself: {code} {error}")
    in_it = check(store, change, full=store.serial % 10 == 0)
    if code == 0 and store.model != applied(store.model, change):
        raise Loss(f"{change.command} said done, and is not there")
    killed = code == -signal.SIGKILL
    counts[f"{kind}: " + (f"killed, {'new' if in_it else 'old'} state" if killed else "ended before the kill")] += 1
    return killed


class Traffic(threading.Thread):
    """Sends changes to a server until it is gone; knows what was acknowledged."""

    def __init__(self, store, rng, port):
        super().__init__()
        self.store, self.rng, self.port = store, rng, port
        self.pending, self.acknowledged, self.problem = None, 0, None

    def run(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            while True:
                change = self.store.next_change(self.rng)
                if change.request is None:
                    continue
                method, path, body = change.request
                if path == "/scenarios":
                    change.content = {}
                text = json.dumps(body) if isinstance(body, dict) else body
                kind = "application/json" if isinstance(body, dict) else "text/csv"
                self.pending = change
                connection.request(method, path, text, {"Content-Type": kind} if body else {})
                answer = connection.getresponse()
                content = answer.read()
                if answer.status >= 300:
                    self.problem = f"{method} {path}: {answer.status} {content[:300]}"
                    return
                self.store.model = applied(self.store.model, change)
                if path == "/scenarios":
                    self.store.ids[change.key] = json.loads(content)["id"]
                self.pending = None
                self.acknowledged += 1
        except (OSError, http.client.HTTPException):
            return


def kill_server(store, rng, counts):
    process = subprocess.Popen([tools.BESS, "serve", "--port", "0", "--data-dir", store.path, "--log-level", "off"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    try:
        found = re.search(r":(\d+)/ ", process.stdout.readline())
        if not found:
            raise Loss(f"the server did not start: exit {process.wait(20)}")
        traffic = Traffic(store, rng, int(found.group(1)))
        traffic.start()
        time.sleep(rng.uniform(0, 0.4))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    traffic.join()
    if traffic.problem:
        raise Loss(traffic.problem)
    counts["serve: changes acknowledged"] += traffic.acknowledged
    if traffic.pending is None:
        if store.found() != store.model:
            raise Loss("what the server acknowledged is not there")
        counts["serve: killed between changes"] += 1
    else:
        in_it = check(store, traffic.pending, full=True)
        counts[f"serve: killed in a change, {'new' if in_it else 'old'} state"] += 1
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000, help="kills (default: 1000)")
    parser.add_argument("--seed", type=int, default=1, help="of changes and instants (default: 1)")
    parser.add_argument("--seconds", type=float, help="stop after so many seconds, however many kills there were")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    counts, typical = collections.Counter(), collections.defaultdict(lambda: 0.1)
    begin, kills, failure = time.monotonic(), 0, None
    with tools.WorkDirectory("kills") as work:
        store = Store(work)
        try:
            while kills < options.count and not (options.seconds and time.monotonic() - begin > options.seconds):
                kills += kill_server(store, rng, counts) if rng.random() < 0.2 else kill_command(store, rng, typical, counts)
            if store.found() != store.model:
                raise Loss("the store at the end is not what was done")
        except Loss as loss:
            failure = loss
    for name in sorted(counts):
        print(f"{name:<52} {counts[name]:>6}")
    print(f"{kills} kills, {0 if failure is None else 1} losses, {time.monotonic() - begin:.0f} s, seed {options.seed}")
    if failure:
        print(f"FAILED after {kills} kills (seed {options.seed}): {failure}")
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main())
