#!/usr/bin/env python3
"""Finds functions and headers of src/ that the program itself never uses: only tests do, or nobody.

A function is declared in a header of src/ (free or a member, by its name alone: overloads and members of one name count as one). It is
used when the name occurs anywhere in src/, apps/ or benchmarks/ outside comments, texts and its own declarations and definitions. A
header is used when a file of the program other than its own .cpp includes it. Exit code 1 and one line a problem.

KEPT lists what stays although only tests use it, with the reason; an entry that is used by now is a problem too.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

KEPT = {
    # Part of a model, held to its source by tests; what is to read it stands in docs/models.
    "dutch_energy_tax": "the brackets of the energy tax, for booking by bracket (docs/models/grid_cost.md)",
    "tariff_presets": "the whole table behind find_tariff(), to list and to check it",
    "src/asset/wear.h": "the cost of wear, for strategies that weigh it (docs/models/battery.md)",
    "cycle_cost": "src/asset/wear.h",
    "fade_cost_eur_per_cycle_and_mwh": "src/asset/wear.h",
    "dated_rate_of_return": "flows by date, for debt and contracts (docs/models/finance.md)",
    "capital_recovery_factor": "annuities, for debt (docs/models/finance.md)",
    "real_rate": "real and nominal rates, for debt (docs/models/finance.md)",
    "refraction": "leads from the models' geometric altitude to the one that is seen, which published tables give",
    # What tests look at the program through.
    "net_present_value": "the sum that the cash flow's own discounting is compared with",
    "turbine_classes": "tests go through all rows of the library",
    "to_quarters": "the whole series at once; the program goes by chunks",
    "read_weather_csv": "reads a file by its path; the program has the bytes already",
    "to_mps": "golden files, and LPs for other solvers to look at",
    "transition_value": "a point of a staged LP by hand",
    "products_of": "tests go through the table of products",
    "parse_product": "tests go through the table of products",
    "market_rules": "tests go through all rows of the rules",
    "transition_table": "the table of docs/models/exclusive_direction.md, which a test holds to it",
    "exports_table": "the table of docs/formats.md, which a test holds to it",
    "src/dispatch/kernels/kernels_table.h": "included by the files that src/dispatch/CMakeLists.txt makes",
    "clear_cache": "makes a test read the files again",
    # Called by the library: an allocator's members.
    "allocate": "std::vector calls it",
    "deallocate": "std::vector calls it",
}

COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"', re.S)
# At the start of a line, or indented as a member of a class: a type, then a name, then "(". Statements have no type before the name.
DECLARATION = re.compile(
    r"^(?:  )?(?:template <[^>]*> )?(?:\[\[nodiscard\]\] )?(?:(?:inline|constexpr|static|virtual|friend|explicit|const|auto) )*"
    r"(?:[A-Za-z_][\w:]*(?:<[^;()]*>)?(?:::\w+)?[ &*]+)(?:const )?(?:[A-Za-z_]\w*::)*([a-z]\w*)\(")
NOT_NAMES = {"if", "for", "while", "switch", "return", "operator", "sizeof", "throw", "else", "new", "case", "using", "main"}
NOT_TYPES = re.compile(r"^\s*(?:return|throw|else|new|case|delete|using|co_return|typedef)\b")
WORD = re.compile(r"[A-Za-z_]\w*")


def code_of(text: str) -> str:
    return COMMENT_OR_TEXT.sub(lambda m: '""' if m.group().endswith('"') else "", text)


def declared(line: str) -> str | None:
    """The function that the line declares or begins to define."""
    match = DECLARATION.match(line)
    if not match or NOT_TYPES.match(line) or match.group(1) in NOT_NAMES:
        return None
    return match.group(1)


def unused_functions(files: dict[str, str]) -> dict[str, str]:
    """Of the program's files {path: text}: the names that headers of src/ declare and nothing uses, with the header."""
    where: dict[str, str] = {}
    used: set[str] = set()
    for path, text in files.items():
        for line in code_of(text).splitlines():
            name = declared(line) if path.endswith(".h") or not line.startswith(" ") else None
            words = WORD.findall(line)
            if name:
                words.remove(name)
                if path.startswith("src/") and path.endswith(".h"):
                    where.setdefault(name, path)
            used.update(words)
    return {name: path for name, path in where.items() if name not in used}


def unused_headers(files: dict[str, str]) -> list[str]:
    included = {(path, target) for path, text in files.items() for target in re.findall(r'^#include "([^"]+)"', text, re.M)}
    headers = [path for path in files if path.startswith("src/") and path.endswith(".h")]
    return [header for header in headers
            if not any(target == header.removeprefix("src/") and path != header[:-2] + ".cpp" for path, target in included)]


def main() -> int:
    files = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
             for top in ("src", "apps", "benchmarks") for path in sorted((ROOT / top).rglob("*")) if path.suffix in (".h", ".cpp")}
    functions = unused_functions(files)
    headers = unused_headers(files)
    problems = [f"{path}: {name}() is used by no part of the program" for name, path in functions.items() if name not in KEPT]
    problems += [f"{path}: no part of the program includes it" for path in headers if path not in KEPT]
    problems += [f"scripts/check_unused.py: {entry} is kept, but used or gone" for entry in KEPT
                 if entry not in functions and entry not in headers]
    print("\n".join(problems), end="\n" if problems else "")
    print(f"check_unused: {len(files)} files, {len(problems)} problems, {len(KEPT)} kept")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
