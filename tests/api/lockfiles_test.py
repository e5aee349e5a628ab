"""The npm lock files: everything in them runs on the Node.js of Debian 12 (18), and npm refuses what would not."""
import json
import re
import subprocess
import unittest

from bess_server import ROOT

NODE = (18, 19, 0)  # of Debian 12
NUMBER = re.compile(r"^[v=]*(\d+|[xX*])?(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:[-+].*)?$")


def bounds(version):
    """Lowest version that a number with blanks in it stands for, and the first above it."""
    parts = [int(part) for part in NUMBER.match(version).groups() if part and part.isdigit()]
    low = tuple(parts + [0] * (3 - len(parts)))
    above = tuple(parts[:-1] + [parts[-1] + 1] + [0] * (3 - len(parts))) if parts else (10**9, 0, 0)
    return low, above


def fits_one(comparator, node):
    found = re.match(r"^(>=|<=|>|<|\^|~|)\s*(.*)$", comparator)
    sign, version = found.groups()
    if not NUMBER.match(version):
        raise ValueError(f"range not understood: {comparator}")
    low, above = bounds(version)
    if sign == ">=":
        return node >= low
    if sign == ">":
        return node >= above if low != above else node > low
    if sign == "<":
        return node < low
    if sign == "<=":
        return node < above
    if sign == "^":
        return low <= node < ((low[0] + 1, 0, 0) if low[0] else (0, low[1] + 1, 0))
    if sign == "~":
        return low <= node < (low[0], low[1] + 1, 0)
    return low <= node < above


def fits(wanted, node=NODE):
    """npm's ranges: comparators that all hold, alternatives between ||, hyphens."""
    for alternative in wanted.split("||"):
        text = re.sub(r"(\S+)\s+-\s+(\S+)", r">=\1 <=\2", alternative.strip())
        text = re.sub(r"(>=|<=|>|<|\^|~)\s+", r"\1", text)
        if all(fits_one(comparator, node) for comparator in text.split()):
            return True
    return False


def tracked(name):
    done = subprocess.run(["git", "-C", ROOT, "ls-files", f"*{name}", name], capture_output=True, text=True)
    files = [ROOT / line for line in done.stdout.split()] if done.returncode == 0 else list(ROOT.glob(f"apps/**/{name}")) + list(ROOT.glob(f"tests/**/{name}"))
    return sorted({file for file in files if "node_modules" not in file.parts and file.name == name and file.exists()})


class LockFiles(unittest.TestCase):
    def test_ranges_are_read_as_npm_does(self):
        for text in ("*", "", ">=18", ">= 14.16.0", "^14 || >=16", "18.x", "18", "^18.18.0 || >=20", ">=10 <19", "16 - 18", "~18.19.0", "18 || 20 || >=22", ">=0.10.0"):
            self.assertTrue(fits(text), text)
        for text in (">=20", "^20.0.0", ">18", "<18", "^16 || ^20.1", "19.x", ">=18.20.0", "16 - 17", "~18.18.0", "20 || >=22", "<=18.18"):
            self.assertFalse(fits(text), text)

    def test_nothing_needs_more_than_node_18(self):
        locks = tracked("package-lock.json")
        self.assertGreaterEqual(len(locks), 2)
        for lock in locks:
            packages = json.loads(lock.read_text())["packages"]
            self.assertGreater(len(packages), 1)
            for name, package in packages.items():
                wanted = package.get("engines", {})
                node = wanted.get("node", "*") if isinstance(wanted, dict) else "*"  # old packages write a list
                with self.subTest(lock=str(lock.relative_to(ROOT)), package=name or "(root)"):
                    self.assertTrue(fits(node), f"needs Node.js {node}")
                    self.assertTrue(name == "" or package.get("link") or package.get("integrity"), "no checksum")

    def test_npm_is_strict_about_it(self):
        for lock in tracked("package-lock.json"):
            with self.subTest(str(lock.relative_to(ROOT))):
                self.assertIn("engine-strict=true", (lock.parent / ".npmrc").read_text())
                self.assertTrue(fits(json.loads((lock.parent / "package.json").read_text())["engines"]["node"]))


if __name__ == "__main__":
    unittest.main()
