#!/usr/bin/env python3
"""Holds includes to the layer table of docs/architecture.md.

The table is the fenced block marked `layers` there; this script reads it, so the page and the rule cannot drift apart:

    3  dispatch                    a layer and its modules: they include only lower layers, never sideways
    only finance -> base timeline  a narrower list for one module
    library CLI/ -> apps/bess/x.cpp  third-party headers (by prefix) and the files (patterns) that alone may include them
    system unistd.h sys/           headers of the system (by prefix), open to all

Checked: every #include of src/ and apps/. A header in angle brackets is the standard's (no dot, no folder), the system's or a
library's that is listed. Exit code 1 and one line a problem.
"""

import fnmatch
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "architecture.md"
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


class Rules:
    def __init__(self, text: str):
        block = re.search(r"^```layers\n(.*?)^```", text, re.M | re.S)
        if not block:
            sys.exit("no block marked `layers`")
        self.layer: dict[str, int] = {}
        self.only: dict[str, set[str]] = {}
        self.library: dict[str, set[str]] = {}
        self.system: tuple[str, ...] = ()
        for line in block.group(1).splitlines():
            line = line.split("#")[0].strip()
            if not line:
                continue
            if line.startswith("system "):
                self.system = (*self.system, *line.split()[1:])
            elif line.startswith(("only ", "library ")):
                kind, rest = line.split(maxsplit=1)
                name, modules = rest.split("->")
                (self.only if kind == "only" else self.library)[name.strip()] = set(modules.split())
            else:
                number, *modules = line.split()
                self.layer.update({module: int(number) for module in modules})

    def check(self, file: str, module: str, quoted: bool, target: str) -> str | None:
        if not quoted:
            return self.check_foreign(file, target)
        if module.startswith("apps/") and exists(ROOT / "apps" / target):
            return None
        if not exists(ROOT / "src" / target):
            return f'"{target}" is not a path below src/'
        other = target.split("/")[0]
        if other == module:
            return None
        if other not in self.layer:
            return f"module {other} is not in the layer table"
        if self.layer[other] >= self.layer[module]:
            return f"{module} (layer {self.layer[module]}) may not include {other} (layer {self.layer[other]})"
        if module in self.only and other not in self.only[module]:
            return f"{module} sees only {', '.join(sorted(self.only[module]))}, not {other}"
        return None

    def check_foreign(self, file: str, target: str) -> str | None:
        for prefix, files in self.library.items():
            if target.startswith(prefix):
                return None if any(fnmatch.fnmatch(file, one) for one in files) else f"<{target}> is for {', '.join(sorted(files))} alone"
        standard = "." not in target and "/" not in target
        return None if standard or target.startswith(self.system) else f"<{target}> is of no library that is listed"


def exists(path: pathlib.Path) -> bool:
    """The file itself, or the template that CMake makes it from."""
    return path.exists() or path.with_name(path.name + ".in").exists()


def module_of(path: pathlib.Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "src" else "/".join(parts[:2])


def main() -> int:
    rules = Rules(TABLE.read_text(encoding="utf-8"))
    problems = [f"docs/architecture.md: {file} is named and absent" for files in rules.library.values() for file in sorted(files)
                if "*" not in file and not (ROOT / file).exists()]
    files = [p for top in ("src", "apps") for p in sorted((ROOT / top).rglob("*")) if p.suffix in (".h", ".cpp")]
    for path in files:
        module = module_of(path)
        where = path.relative_to(ROOT)
        if module not in rules.layer:
            problems.append(f"{where}: module {module} is not in the layer table")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if match and (problem := rules.check(where.as_posix(), module, match.group(1) == '"', match.group(2))):
                problems.append(f"{where}:{number}: {problem}")
    print("\n".join(problems), end="\n" if problems else "")
    print(f"check_layers: {len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
