#!/usr/bin/env python3
"""Builds the program with all patches of docs/extending/ applied to a copy of the source tree.

    build_patched.py SOURCE TREE [-- CMAKE_ARGUMENT…]

TREE is the copy and keeps its build directory: what is unchanged is not built again. Says how much each patch touches and ends with 1 where
that is more than LIMITS promise. The patches meet in one tree: they must not only apply, but live together.
"""

import argparse
import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

LIMITS = {"mfrr_up": (6, 80)}  # files and lines; others: a new file and a row
OTHERS = (3, 120)
COPIED = ("CMakeLists.txt", "CMakePresets.json", "cmake", "src", "apps", "docs", "examples")


def run(command, **more):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-8000:]}")
    return done.stdout


def files_below(root):
    for name in COPIED:
        if (root / name).is_file():
            yield Path(name)
        else:
            yield from (p.relative_to(root) for p in sorted((root / name).rglob("*")) if p.is_file())


def patched_copy(source: Path, fresh: Path, patches):
    """The patched sources, made anew."""
    shutil.rmtree(fresh, ignore_errors=True)
    for name in files_below(source):
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, fresh / name)
    for patch in patches:
        print(f"{patch.stem}: {run(['patch', '-p1', '--no-backup-if-mismatch', '--fuzz=0', '-d', str(fresh), '-i', str(patch)]).count('patching file')} files")


def update(tree: Path, fresh: Path):
    """Files that differ, and no others: their times make the build."""
    wanted = set(files_below(fresh))
    for name in wanted:
        if not (tree / name).exists() or not filecmp.cmp(fresh / name, tree / name, shallow=False):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(fresh / name, tree / name)
    for name in set(files_below(tree)) - wanted:
        (tree / name).unlink()


def too_large(patch: Path):
    text = patch.read_text().splitlines()
    files = sum(line.startswith("diff --git ") for line in text)
    lines = sum(line[:1] in "+-" and line[:3] not in ("+++", "---") for line in text)
    most_files, most_lines = LIMITS.get(patch.stem, OTHERS)
    print(f"{patch.name}: {files} files, {lines} lines (at most {most_files} and {most_lines})")
    return files > most_files or lines > most_lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("tree", type=Path)
    parser.add_argument("cmake", nargs="*")
    options = parser.parse_args()
    patches = sorted((options.source / "docs" / "extending").glob("*.patch"))
    large = [patch.name for patch in patches if too_large(patch)]
    if large:
        sys.exit(f"an extension costs more than it should: {', '.join(large)}")
    fresh = options.tree.with_name(options.tree.name + ".fresh")
    patched_copy(options.source, fresh, patches)
    options.tree.mkdir(parents=True, exist_ok=True)
    update(options.tree, fresh)
    shutil.rmtree(fresh)
    build = options.tree / "out"
    run(["cmake", "-S", options.tree, "-B", build, "-G", "Ninja", "-DBESS_BUILD_TESTS=OFF", "-DBESS_BUILD_BENCHMARKS=OFF", "-DBESS_KERNEL_SETS=v2",
         *options.cmake])
    run(["cmake", "--build", build, "--target", "bess", f"-j{os.environ.get('BESS_BUILD_JOBS', os.cpu_count())}"])
    print(f"built: {build / 'bin' / 'bess'}")


if __name__ == "__main__":
    main()
