"""The OpenAPI document: structure, a real validator, a generated client that type-checks, Swagger UI. The Node.js tools of package.json and
the files of Swagger UI are fetched once where npm is there; what needs them is skipped where they can't be had."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from bess_server import ROOT, ServerCase, stored_scenario

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = HERE / "node_modules/.bin"


def need_tool(case, name):
    if not (shutil.which("node") and (TOOLS / name).exists()):
        case.skipTest(f"{name} is not installed: npm ci --ignore-scripts in tests/api")


ASSETS = ROOT / "apps/bess/server/docs_ui/node_modules/swagger-ui-dist"


def setUpModule():
    for folder, wanted in ((HERE, TOOLS / "redocly"), (ROOT / "apps/bess/server/docs_ui", ASSETS)):
        if wanted.exists() or not shutil.which("npm"):
            continue
        print(f"npm ci in {folder.relative_to(ROOT)}", flush=True)
        try:
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True, timeout=200)
            if done.returncode != 0:
                print(done.stderr[-1500:])
        except subprocess.TimeoutExpired:
            print("npm took too long")


class Openapi(ServerCase):
    @classmethod
    def setUpClass(cls):
        cls.flags = ("--docs-assets", str(ASSETS)) if ASSETS.exists() else ()
        super().setUpClass()

    def document(self):
        return self.ok(self.server.get("/openapi.json"))

    def test_structure(self):
        document = self.document().json()
        self.assertEqual(document["openapi"], "3.1.0")
        for path in ("/simulate", "/jobs/{id}/events", "/scenarios/{id}/import", "/profiles/{id}/statistics", "/metrics"):
            self.assertIn(path, document["paths"])
        params = document["components"]["schemas"]["SimulationRequest"]["properties"]["params"]
        self.assertIn("bessPower", params["required"])
        self.assertEqual(params["properties"]["bessPower"]["x-unit"], "MW")
        names = set(re.findall(r'"#/components/schemas/(\w+)"', self.document().body.decode()))
        self.assertEqual(names - set(document["components"]["schemas"]), set())

    def test_its_example_runs(self):
        operation = self.document().json()["paths"]["/simulate"]["post"]
        request = operation["requestBody"]["content"]["application/json"]["example"]
        request["run"]["scenario_id"] = stored_scenario(self.server)
        self.ok(self.server.send("/simulate", request))

    def test_validator_and_client(self):
        need_tool(self, "redocly")
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "openapi.json"
            file.write_bytes(self.document().body)
            environment = {**os.environ, "REDOCLY_TELEMETRY": "off", "CI": "1"}
            for command in ([TOOLS / "redocly", "lint", "--extends=minimal", file], [TOOLS / "openapi-typescript", file, "-o", f"{folder}/api.d.ts"]):
                done = subprocess.run([str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
                self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])
            shutil.copy(HERE / "client_check.ts", folder)
            done = subprocess.run([str(TOOLS / "tsc"), "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "es2022",
                                   "client_check.ts"], cwd=folder, capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stdout[-3000:])

    def test_docs_page(self):
        page = self.ok(self.server.get("/docs")).body.decode()
        self.assertTrue("swagger-ui-bundle.js" in page or "npm ci" in page)
        self.assertEqual(re.findall(r"https?://", page), [])

    def test_try_it_out_in_a_browser(self):
        need_tool(self, "playwright-core")
        chromium = shutil.which("chromium")
        if not chromium or "swagger-ui-bundle.js" not in self.server.get("/docs").body.decode():
            self.skipTest("Chromium or the files of Swagger UI are not installed")
        stored_scenario(self.server)
        done = subprocess.run(["node", str(HERE / "try_it_out.mjs"), f"http://127.0.0.1:{self.server.port}", chromium],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])


if __name__ == "__main__":
    unittest.main()
