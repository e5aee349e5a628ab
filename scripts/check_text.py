#!/usr/bin/env python3
"""Text rules for every tracked file: what must not be in the project, and how long a source file may be.

Exit code 1 and one line a problem.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONGEST_SOURCE = 800  # lines; a longer file holds more than one thought
FORBIDDEN = [
    (re.compile(r"(?<![\w.~/-])/(?:home|root|Users|work|mnt|build)/\w"), "an absolute path of some machine"),
    (re.compile(r"(?<![\w./-])/tmp/\w"), "an absolute path of some machine"),
    (re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b"), "unfinished work: finish it, or write down the limit in docs/"),
    (re.compile(r"https?://(?:deb\.debian\.org|registry\.npmjs\.org|pypi\.org|crates\.io)"), "a package host"),
    (re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)"), "a merge conflict marker"),
    (re.compile(r"\S[ \t]+$"), "white space at the end of the line"),
]
TEXT_SUFFIXES = {".h", ".cpp", ".py", ".sh", ".md", ".txt", ".cmake", ".json", ".yml", ".yaml", ".ts", ".js", ".svelte", ".css", ".html", ".csv", ""}
# Files that name the forbidden words to forbid them, or that a tool writes.
EXEMPT = {"scripts/check_text.py", "LICENSE"}
EXEMPT_NAMES = {"package-lock.json"}
# Markdown uses two blanks at a line's end as a break; generated fixtures keep the bytes of their origin.
TRAILING_BLANKS_ALLOWED = (".md", ".csv")


def tracked_files() -> list[str]:
    out = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in out.split("\0") if name]


def check_file(name: str) -> list[str]:
    path = ROOT / name
    if name in EXEMPT or path.name in EXEMPT_NAMES or path.suffix not in TEXT_SUFFIXES or not path.is_file():
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []  # a fixture with another encoding
    problems = []
    for number, line in enumerate(lines, 1):
        for pattern, meaning in FORBIDDEN:
            if pattern.search(line) and not ("end of the line" in meaning and path.suffix in TRAILING_BLANKS_ALLOWED):
                problems.append(f"{name}:{number}: {meaning}")
    if path.suffix in (".h", ".cpp") and len(lines) > LONGEST_SOURCE:
        problems.append(f"{name}: {len(lines)} lines; split it (limit {LONGEST_SOURCE})")
    return problems


def main() -> int:
    names = tracked_files()
    problems = [problem for name in names for problem in check_file(name)]
    print("\n".join(problems), end="\n" if problems else "")
    print(f"check_text: {len(names)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
