#!/usr/bin/env python3
"""Where the processor time of a build goes: user + system seconds of every compiler and linker call, without ccache.

    scripts/compile_times.py measure [--build DIR] [--preset P] [--jobs N] [--without REGEX] [--top N]
    scripts/compile_times.py report  [--build DIR] [--top N]

`measure` configures a build directory of its own (build/compile_times), compiles every object there from nothing whose path does not
match --without (kernels take their own minutes: --without '/kernels_v'), and reports. Links are measured when nothing is left out.
`report` prints the figures of the last measurement again. Processor seconds, not wall time, so that other work on the machine
disturbs little.
"""

import argparse
import collections
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOG = "compile_times.tsv"

# The first pattern that fits an output's path names its group.
GROUPS = [("kernels", r"src/dispatch/.*/kernels_v"), ("apps", r"^(apps/|bin/bess$)"), ("tests", r"^(tests/|bin/test_)"), ("benchmarks", r"^benchmarks/"),
          ("src", r"")]


def launch(log: str, command: list[str]) -> int:
    """What CMake puts before each call: runs it, then notes what it took."""
    code = subprocess.run(command).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = command[command.index("-o") + 1] if "-o" in command else "?"
    with open(log, "a", encoding="utf-8") as file:  # one short write: appended whole
        file.write(f"{used.ru_utime + used.ru_stime:.2f}\t{output}\n")
    return code


def measure(build: pathlib.Path, preset: str, jobs: int, without: str | None) -> None:
    if build.exists():
        shutil.rmtree(build)
    log = build / LOG
    launcher = f"{sys.executable};{pathlib.Path(__file__).resolve()};launch;{log}"
    subprocess.run(["cmake", "--preset", preset, "-B", build, f"-DCMAKE_CXX_COMPILER_LAUNCHER={launcher}",
                    f"-DCMAKE_CXX_LINKER_LAUNCHER={launcher}", "-DCMAKE_OPTIMIZE_DEPENDENCIES=ON"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    targets = []
    if without:
        listing = subprocess.run(["ninja", "-C", build, "-t", "targets", "all"], check=True, capture_output=True, text=True).stdout
        targets = [name for name in re.findall(r"^(\S+\.o): ", listing, re.M) if not re.search(without, name)]
    subprocess.run(["ninja", "-C", build, "--quiet", "-j", str(jobs), *targets], check=True, env={**os.environ, "CCACHE_DISABLE": "1"})


def report(build: pathlib.Path, top: int) -> None:
    rows = []
    for line in (build / LOG).read_text(encoding="utf-8").splitlines():
        seconds, output = line.split("\t")
        rows.append((float(seconds), output))
    sums: dict[str, float] = collections.defaultdict(float)
    counts: dict[str, int] = collections.defaultdict(int)
    for seconds, output in rows:
        group = next(name for name, pattern in GROUPS if re.search(pattern, output))
        sums[group] += seconds
        counts[group] += 1
    print(f"{'processor s':>11}  calls  what")
    for seconds, output in sorted(rows, reverse=True)[:top]:
        print(f"{seconds:11.1f}         {output}")
    for group in sorted(sums, key=sums.get, reverse=True):
        print(f"{sums[group]:11.1f}  {counts[group]:5}  {group}")
    print(f"{sum(sums.values()) - sums['kernels']:11.1f}         all but the kernels")


def main() -> int:
    if sys.argv[1:2] == ["launch"]:
        return launch(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["measure", "report"])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "compile_times")
    parser.add_argument("--preset", default="release")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--without", metavar="REGEX")
    parser.add_argument("--top", type=int, default=30)
    arguments = parser.parse_args()
    if arguments.what == "measure":
        measure(arguments.build, arguments.preset, arguments.jobs, arguments.without)
    report(arguments.build, arguments.top)
    return 0


if __name__ == "__main__":
    sys.exit(main())
