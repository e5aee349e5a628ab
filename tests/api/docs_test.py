"""The examples of docs/api.md, run as they stand against a fresh server (only the address is another one)."""
import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from bess_server import ROOT, ServerCase, example, price_csv, zip_of


class Docs(ServerCase):
    def blocks(self, language):
        text = (ROOT / "docs/api.md").read_text()
        here = f"127.0.0.1:{self.server.port}"
        return [block.replace("localhost:8000", here).replace("127.0.0.1:8000", here)
                for block in re.findall(rf"```{language}\n(.*?)```", text, re.S)]

    def test_curl_and_python(self):
        if not shutil.which("curl"):
            self.skipTest("curl is not installed")
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            (place / "nl_2024.zip").write_bytes(zip_of({"price.csv": price_csv()}))
            (place / "request.json").write_text(json.dumps(example(1)))
            lines = self.blocks("sh")[0].strip().splitlines()
            for number, line in enumerate(lines):
                if "DELETE" in line:
                    done = subprocess.run([sys.executable, "-c", self.blocks("python")[0]], cwd=folder, capture_output=True, text=True)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertGreater(float(done.stdout), 0)
                    revenue = done.stdout.strip()
                done = subprocess.run(line.replace("curl -s", "curl -sS --fail-with-body"), shell=True, cwd=folder, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, f"{number}: {line}\n{done.stdout}{done.stderr}")
            self.assertEqual((place / "timeseries.csv").read_text().count("\n"), 1 + 35136)
            self.assertIn("<html", (place / "heatmap.html").read_text()[:300].lower())
            if importlib.util.find_spec("requests") is None:
                print("requests is not installed: its example is not run")
                return
            done = subprocess.run([sys.executable, "-c", self.blocks("python")[1]], cwd=folder, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout.split()), (0, [revenue, "35136"]), done.stderr)


if __name__ == "__main__":
    unittest.main()
