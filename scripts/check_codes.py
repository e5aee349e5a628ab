#!/usr/bin/env python3
"""Every error and warning code that the code uses is listed in docs/errors.md. Exit code 1 and one line a missing code."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
USE = re.compile(r'(?:\b(?:error|warning|one_error|Exception)\s*\(\s*|\bcode\s*=\s*|range_code\s*=\s*)"([a-z][a-z0-9_]*)"')


def main() -> int:
    listed = set(re.findall(r"^\| `([a-z0-9_]+)`", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), re.M))
    problems = []
    for top in ("src", "apps"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix not in (".h", ".cpp"):
                continue
            for match in USE.finditer(path.read_text(encoding="utf-8")):
                if match.group(1) not in listed:
                    problems.append(f"{path.relative_to(ROOT)}: code {match.group(1)} is not in docs/errors.md")
    print("\n".join(problems), end="\n" if problems else "")
    print(f"check_codes: {len(listed)} codes listed, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
