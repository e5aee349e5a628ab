"""Clients that ask for much and read nothing, or next to nothing, or keep event streams open: others are answered all the
while, the threads come back, and memory stays bounded."""
import contextlib
import json
import pathlib
import random
import socket
import threading
import time
import unittest

from bess_server import Server, ServerCase, example, price_csv, stored_scenario


def long_table(years=3):
    """A third of a million bytes of JSON a year."""
    choice = random.Random(1)
    return "\n".join(line if number == 0 else f"{line.split(',')[0]},{choice.uniform(0, 200):.6f}"
                     for number, line in enumerate(price_csv(365 * years, "2014-12-31T23:00:00Z").splitlines())) + "\n"


class SlowReaders(ServerCase):
    flags = ("--write-timeout-seconds", "3", "--workers", "2")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenario = stored_scenario(cls.server)
        cls.long = cls.server.send("/scenarios", {"name": "long"}).json()["id"]
        assert cls.server.upload(f"/scenarios/{cls.long}/import", ("file", "long.csv", long_table())).status == 200

    def setUp(self):
        self.open = contextlib.ExitStack()
        self.addCleanup(self.open.close)

    def client(self, request):
        """Sends the request and reads nothing; its own buffer is as small as the system allows."""
        one = self.open.enter_context(socket.socket())
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", self.server.port))
        one.sendall(request.encode())
        return one

    def get(self, path):
        return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"

    def in_flight(self):
        page = self.server.get("/metrics").body.decode()
        return int(page.split("\nbess_http_requests_in_flight ")[1].split("\n")[0]) - 1  # this one

    def slowest_health(self, seconds):
        slowest, end = 0.0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter()
            self.ok(self.server.get("/health"))
            slowest = max(slowest, time.perf_counter() - start)
            time.sleep(0.1)
        return slowest

    def memory_mb(self):
        text = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(text.split("VmRSS:")[1].split()[0]) / 1000

    def gone_within(self, seconds):
        end = time.perf_counter() + seconds
        while self.in_flight() > 0:
            self.assertLess(time.perf_counter(), end, "answers that nobody reads are still being sent")
            time.sleep(0.1)

    def test_more_than_there_are_threads_read_nothing(self):
        before = self.memory_mb()
        for _ in range(150):
            self.client(self.get(f"/scenarios/{self.long}/data"))
        slowest = self.slowest_health(4)
        print(f"\n/health beside 150 clients that read nothing: at most {slowest:.2f} s; memory {self.memory_mb() - before:+.0f} MB", end="")
        self.assertLess(slowest, 10)
        self.gone_within(40)
        self.assertLess(self.memory_mb() - before, 1000)

    def test_streamed_series_that_nobody_reads(self):
        body = json.dumps(example(self.scenario))
        head = "POST /simulate?include_timeseries=true HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        for _ in range(64):
            self.client(f"{head}Content-Length: {len(body)}\r\n\r\n{body}")
        self.assertLess(self.slowest_health(2), 5)
        self.gone_within(40)
        self.assertEqual(self.server.send("/simulate", example(self.scenario)).json()["status"], "success")

    def test_a_trickle_is_not_reading(self):
        one = self.client(self.get(f"/scenarios/{self.long}/data"))
        one.settimeout(1)
        start = time.perf_counter()
        with contextlib.suppress(OSError):
            while time.perf_counter() - start < 40 and one.recv(100):
                time.sleep(0.1)  # a kilobyte a second
                if self.in_flight() == 0:
                    break
        self.assertLess(time.perf_counter() - start, 30, "a trickling client keeps its thread")

    def test_a_slow_but_steady_reader_gets_everything(self):
        one = self.client(self.get(f"/scenarios/{self.long}/data").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
        one.settimeout(10)
        start, got = time.perf_counter(), b""
        while chunk := one.recv(65536):
            got += chunk
            time.sleep(max(0.0, len(got) / 200_000 - (time.perf_counter() - start)))
        self.assertGreater(time.perf_counter() - start, 4, "it took longer than the write timeout")
        head, _, content = got.partition(b"\r\n\r\n")
        self.assertEqual(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]), len(content))

    def test_event_streams_take_no_threads(self):
        long = example(self.scenario, simulation_years=15, strategy="rolling_lp", foresight_days=2, execute_days=1)
        jobs = [self.ok(self.server.send("/jobs", long), 202).json()["id"] for _ in range(3)]  # one waits
        streams = [self.client(self.get(f"/jobs/{jobs[-1]}/events")) for _ in range(200)]  # more than there are threads
        for one in streams:
            one.settimeout(20)
            self.assertEqual(one.recv(15), b"HTTP/1.1 200 OK")
        self.assertLess(self.slowest_health(1), 0.5)
        self.assertEqual(self.server.get("/scenarios").status, 200)
        for job in jobs:
            self.server.request("DELETE", f"/jobs/{job}")
        for one in streams[:5]:
            text = b""
            while part := one.recv(65536):
                text += part
                if text.endswith(b"0\r\n\r\n"):
                    break
            self.assertIn(b"event: finished", text)
        self.open.close()
        self.gone_within(10)

    def test_event_streams_of_clients_that_are_gone_end(self):
        long = example(self.scenario, simulation_years=15, strategy="rolling_lp", foresight_days=2, execute_days=1)
        jobs = [self.ok(self.server.send("/jobs", long), 202).json()["id"] for _ in range(3)]
        streams = [self.client(self.get(f"/jobs/{jobs[-1]}/events")) for _ in range(20)]
        for one in streams:
            one.recv(15)
        self.assertEqual(self.in_flight(), 20)
        self.open.close()
        self.gone_within(5)
        for job in jobs:
            self.server.request("DELETE", f"/jobs/{job}")

    def test_too_many_event_streams(self):
        with contextlib.closing(Server(None, "--workers", "1", open_files=64)) as server:
            scenario = stored_scenario(server)
            long = example(scenario, simulation_years=15, strategy="rolling_lp", foresight_days=2, execute_days=1)
            job = [server.send("/jobs", long).json()["id"] for _ in range(2)][-1]
            statuses = []
            for _ in range(24):
                one = self.open.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
                one.sendall(self.get(f"/jobs/{job}/events").encode())
                statuses.append(one.recv(65536)[:12])
            self.assertEqual((statuses.count(b"HTTP/1.1 200"), statuses.count(b"HTTP/1.1 429")), (16, 8))
            self.assertEqual(server.get("/health").status, 200)
            self.open.close()


if __name__ == "__main__":
    unittest.main()
