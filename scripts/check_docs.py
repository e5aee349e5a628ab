#!/usr/bin/env python3
"""Holds the documentation to the tree: what a page points at exists.

Checked in every .md file of the project:

    [text](page.md#heading)   the file exists, and the heading in it
    `simulation/windows.h`    a source file below src/, apps/ or the root exists; so do paths that begin with a folder of the root,
    `windows.h`               and a source file of that name anywhere
    `name()`                  the function's name occurs in the sources

Text in fenced blocks is left alone, and what a replaced decision names (its links are checked). Exit code 1 and one line a problem.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = {".h", ".cpp", ".in", ".py", ".sh", ".ts", ".mjs", ".js"}

FENCE = re.compile(r"^```.*?^```[^\n]*$", re.M | re.S)
LINK = re.compile(r"(?<!!)\[[^\]\[]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^#+\s+(.*?)\s*#*$", re.M)
SOURCE_PATH = re.compile(r"[\w.]+(?:/[\w.\-]+)+\.(?:h|cpp|py|sh|cmake|md|json|txt|csv)")
FUNCTION = re.compile(r"(?:[\w]+::)*(\w+)\(\)")


def blank(match: re.Match) -> str:
    """Keeps the lines, so that numbers stay right."""
    return "\n" * match.group().count("\n")


def slug(heading: str) -> str:
    """As GitHub makes an anchor of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(text: str) -> set[str]:
    found: set[str] = set()
    for heading in HEADING.findall(FENCE.sub(blank, text)):
        name, number = slug(heading), 0
        while (name if number == 0 else f"{name}-{number}") in found:
            number += 1
        found.add(name if number == 0 else f"{name}-{number}")
    return found


class Tree:
    """What there is to point at; a test makes a small one."""

    def __init__(self, files: dict[str, str], folders: set[str], words: set[str]):
        self.files, self.folders, self.words = files, folders, words  # files: path → text, empty but for pages
        self.names = {path.split("/")[-1].removesuffix(".in") for path in files}
        self.top = {path.split("/")[0] for path in files if "/" in path}

    def exists(self, path: str) -> bool:
        return path in self.files or path.rstrip("/") in self.folders

    def source(self, path: str) -> bool:
        return any(self.exists(one) or self.exists(one + ".in") for one in (path, "src/" + path, "apps/" + path, "apps/bess/" + path))


def check_page(page: str, text: str, tree: Tree) -> list[str]:
    problems = []
    folder = pathlib.PurePosixPath(page).parent
    for number, line in enumerate(FENCE.sub(blank, text).splitlines(), 1):
        for target in LINK.findall(CODE.sub("", line)):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            parts: list[str] = []
            for part in [*folder.parts, *path.split("/")] if path else page.split("/"):
                if part == "..":
                    parts = parts[:-1]
                elif part not in ("", "."):
                    parts.append(part)
            where = "/".join(parts)
            if not tree.exists(where) and where:
                problems.append(f"{page}:{number}: the link {target} leads nowhere")
            elif anchor and anchor not in anchors(tree.files.get(where, "")):
                problems.append(f"{page}:{number}: {where} has no heading #{anchor}")
        for code in CODE.findall(line) if "*Replaced by [" not in text else []:
            if SOURCE_PATH.fullmatch(code) and (code.split("/")[0] in tree.top or code.endswith((".h", ".cpp"))) and not tree.source(code):
                problems.append(f"{page}:{number}: there is no {code}")
            if re.fullmatch(r"\w+\.(?:h|cpp|py|sh)", code) and code not in tree.names:
                problems.append(f"{page}:{number}: there is no {code}")
            function = FUNCTION.fullmatch(code)
            if function and function.group(1) not in tree.words:
                problems.append(f"{page}:{number}: no source knows {code}")
    return problems


def main() -> int:
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True,
                            text=True).stdout.split("\n")
    paths = [path for path in listed if path and (ROOT / path).is_file()]
    pages = {path: (ROOT / path).read_text(encoding="utf-8") for path in paths if path.endswith(".md")}
    words: set[str] = set()
    for path in paths:
        if pathlib.Path(path).suffix in SOURCES or path == "run":
            words.update(re.findall(r"\w+", (ROOT / path).read_text(encoding="utf-8", errors="replace")))
    folders = {parent.as_posix() for path in paths for parent in pathlib.PurePosixPath(path).parents}
    tree = Tree({path: pages.get(path, "") for path in paths}, folders, words)
    problems = [problem for page, text in sorted(pages.items()) for problem in check_page(page, text, tree)]
    print("\n".join(problems), end="\n" if problems else "")
    print(f"check_docs: {len(pages)} pages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
