#!/usr/bin/env python3
"""Requests a second and latencies of `bess serve`: http_load.py HTTP_LOAD BESS [BESS ...].

32 clients that keep their connections ask for /health, /scenarios and a small simulation. Several programs (an older and a newer build) are
asked in turn, round by round, so that what else the machine does meets all of them alike; the table shows medians over the rounds.
BESS_LOAD_ROUNDS (default 5), BESS_LOAD_SECONDS per measurement (default 3)."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/api"))
import bess_server  # noqa: E402: its folder is no package

CLIENTS = 32


def simulation(scenario):
    request = bess_server.example(scenario)
    request["run"]["foresight_days"] = 1
    return request


def measure(load, port, seconds, method, path, body=None):
    command = [load, str(port), str(CLIENTS), str(seconds), method, path] + ([body] if body else [])
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    if len(sys.argv) < 3 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    load, programs = sys.argv[1], sys.argv[2:]
    rounds, seconds = int(os.environ.get("BESS_LOAD_ROUNDS", "5")), float(os.environ.get("BESS_LOAD_SECONDS", "3"))
    servers = []
    for program in programs:
        bess_server.BESS = program
        servers.append(bess_server.Server(None, "--workers", "2"))
    with tempfile.NamedTemporaryFile("w", suffix=".json") as body:
        for server in servers:
            scenario = bess_server.stored_scenario(server)
        json.dump(simulation(scenario), body)
        body.flush()
        cases = [("GET", "/health", None), ("GET", "/scenarios", None), ("POST", "/simulate", body.name)]
        results = {(case[1], i): [] for case in cases for i in range(len(servers))}
        for _ in range(rounds):
            for case in cases:
                for i, server in enumerate(servers):
                    results[case[1], i].append(measure(load, server.port, seconds, *case))
    print(f"{CLIENTS} clients, {rounds} rounds of {seconds:g} s, medians")
    print("| Request | Program | Requests/s | p50 ms | p90 ms | p99 ms | most ms | statuses |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for (path, i), runs in results.items():
        middle = {key: statistics.median(run[key] for run in runs) for key in ("requests_per_second", "p50_ms", "p90_ms", "p99_ms", "most_ms")}
        statuses = {}
        for run in runs:
            for status, count in run["statuses"].items():
                statuses[status] = statuses.get(status, 0) + count
        print(f"| {path} | {i + 1} | {middle['requests_per_second']:,.0f} | {middle['p50_ms']:.2f} | {middle['p90_ms']:.2f} | "
              f"{middle['p99_ms']:.2f} | {middle['most_ms']:.1f} | {', '.join(f'{s}: {c}' for s, c in sorted(statuses.items()))} |")
    for server in servers:
        server.stop()


if __name__ == "__main__":
    main()
