"""A server of its own for each test class, and a small HTTP client. Standard library only."""
import http.client
import io
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import uuid
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BESS = os.environ.get("BESS_PROGRAM", str(ROOT / "build/release/bin/bess"))
SHARED = pathlib.Path(os.environ.get("BESS_SHARED_DIR", ROOT.parent / "shared"))


def need_data(case, *names):
    missing = [name for name in names if not (SHARED / "data" / name).exists()]
    if missing:
        if os.environ.get("BESS_REQUIRE_DATA") == "1":
            case.fail(f"missing data: {missing}")
        case.skipTest(f"missing data: {missing}")


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def code(self):
        return self.json()["code"]


def form(parts):
    """parts: (name, filename or None, bytes or text)."""
    boundary = uuid.uuid4().hex
    out = io.BytesIO()
    for name, filename, content in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if filename is not None:
            head += f'; filename="{filename}"\r\nContent-Type: application/octet-stream'
        out.write(head.encode() + b"\r\n\r\n" + (content if isinstance(content, bytes) else content.encode()) + b"\r\n")
    out.write(f"--{boundary}--\r\n".encode())
    return out.getvalue(), f"multipart/form-data; boundary={boundary}"


def zip_of(files, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


class Server:
    def __init__(self, directory=None, *flags, env=None, user=None, open_files=None):
        self.own = directory is None
        self.directory = directory or tempfile.mkdtemp(prefix="bess-api-")
        start = time.perf_counter()
        program = [BESS] if open_files is None else ["sh", "-c", f'ulimit -n {open_files} && exec "$0" "$@"', BESS]
        self.process = subprocess.Popen(
            [*program, "serve", "--port", "0", "--data-dir", self.directory, "--log-level", "warning", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})}, user=user)
        line = self.process.stdout.readline()
        found = re.search(r":(\d+)/ ", line)
        if not found:
            with self.process:
                raise RuntimeError(f"no server: {line} {self.process.stderr.read()}")
        self.port = int(found.group(1))
        self.get("/health")
        self.start_seconds = time.perf_counter() - start

    def request(self, method, path, body=None, content_type=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            head = dict(headers or {})
            if content_type:
                head["Content-Type"] = content_type
            connection.request(method, path, body, head)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def send(self, path, value, method="POST", **more):
        return self.request(method, path, json.dumps(value).encode(), "application/json", **more)

    def upload(self, path, *parts, **more):
        body, kind = form(parts)
        return self.request("POST", path, body, kind, **more)

    def raw(self, data, wait=8.0, pause=None):
        """Bytes as they are; what comes back until the server closes or the time is over."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as s:
            for part in data if isinstance(data, list) else [data]:
                try:
                    s.sendall(part)
                except OSError:
                    break
                if pause:
                    time.sleep(pause)
            out = b""
            try:
                while chunk := s.recv(65536):
                    out += chunk
            except OSError:
                pass
            return out

    def processor_seconds(self):
        """Of the server until now, over all its threads: what a measurement on a shared machine still tells."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self, what="VmRSS"):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.split(what + ":")[1].split()[0]) / 1000

    def close(self):
        self.stop()

    def alive(self):
        return self.process.poll() is None and self.get("/health").status == 200

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.process.stdout.close()
        self.process.stderr.close()
        if self.own:
            shutil.rmtree(self.directory, ignore_errors=True)
        return code


class ServerCase(unittest.TestCase):
    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(None, *cls.flags)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.alive(), "the server died"
        assert cls.server.stop() == 0

    def ok(self, answer, status=200):
        self.assertEqual(answer.status, status, answer.body[:2000])
        return answer


def example(scenario_id, **run):
    request = json.loads((ROOT / "examples/battery_10mw_20mwh.json").read_text())
    request["run"] = {"scenario_id": scenario_id, "enabled_markets": ["day_ahead"], "simulation_years": 1, **run}
    return request


def price_csv(days=366, start="2023-12-31T23:00:00Z"):
    """An hourly year with a daily shape, deterministic."""
    import datetime
    import math
    at = datetime.datetime.fromisoformat(start.replace("Z", "+00:00"))
    rows = ["timestamp,day_ahead"]
    for hour in range(days * 24):
        stamp = (at + datetime.timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows.append(f"{stamp},{80 + 40 * math.sin(hour * math.pi / 12) + (hour * 7919 % 101) / 10:.2f}")
    return "\n".join(rows) + "\n"


def stored_scenario(server, name="Made up"):
    made = server.send("/scenarios", {"name": name}).json()
    server.upload(f"/scenarios/{made['id']}/import", ("file", "price.csv", price_csv()))
    return made["id"]
