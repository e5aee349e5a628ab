#!/usr/bin/env python3
"""Holds includes to the layer table of docs/architecture.md.

The table is the fenced block marked `layers` there; this script reads it, so the page and the rule cannot drift apart:

    3  dispatch                    a layer and its modules: they include only lower layers, never sideways
    only finance -> base timeline  a narrower list for one module
    library zip.h -> importers     a third-party header (prefix) that only .cpp files of these modules may include

Checked: every #include of src/ and apps/. Exit code 1 and one line a problem.
"""

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
            sys.exit(f"{TABLE.relative_to(ROOT)}: no block marked `layers`")
        self.layer: dict[str, int] = {}
        self.only: dict[str, set[str]] = {}
        self.library: dict[str, set[str]] = {}
        for line in block.group(1).splitlines():
            line = line.split("#")[0].strip()
            if not line:
                continue
            if line.startswith(("only ", "library ")):
                kind, rest = line.split(maxsplit=1)
                name, modules = rest.split("->")
                (self.only if kind == "only" else self.library)[name.strip()] = set(modules.split())
            else:
                number, *modules = line.split()
                self.layer.update({module: int(number) for module in modules})

    def check(self, path: pathlib.Path, module: str, quoted: bool, target: str) -> str | None:
        for prefix, modules in self.library.items():
            if target.startswith(prefix):
                if module not in modules:
                    return f"<{target}> belongs to {', '.join(sorted(modules))}"
                if path.suffix != ".cpp":
                    return f"<{target}> may be included by .cpp files only"
                return None
        if not quoted:
            return None
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


def exists(path: pathlib.Path) -> bool:
    """The file itself, or the template that CMake makes it from."""
    return path.exists() or path.with_name(path.name + ".in").exists()


def module_of(path: pathlib.Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "src" else "/".join(parts[:2])


def main() -> int:
    rules = Rules(TABLE.read_text(encoding="utf-8"))
    problems = []
    files = [p for top in ("src", "apps") for p in sorted((ROOT / top).rglob("*")) if p.suffix in (".h", ".cpp")]
    for path in files:
        module = module_of(path)
        where = path.relative_to(ROOT)
        if module not in rules.layer:
            problems.append(f"{where}: module {module} is not in the layer table")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if match and (problem := rules.check(path, module, match.group(1) == '"', match.group(2))):
                problems.append(f"{where}:{number}: {problem}")
    print("\n".join(problems), end="\n" if problems else "")
    print(f"check_layers: {len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
