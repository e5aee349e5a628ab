"""Many connections: idle ones cost nobody a wait, and give way where descriptors are scarce; memory after many requests and large uploads.
BESS_IDLE_CONNECTIONS sets how many are idle (default 1,000), BESS_REQUESTS and BESS_UPLOADS how much is asked (default 2,000 and 4)."""
import contextlib
import http.client
import os
import resource
import socket
import threading
import time
import unittest

from bess_server import Server, form, price_csv, stored_scenario

IDLE = int(os.environ.get("BESS_IDLE_CONNECTIONS", "1000"))
REQUESTS = int(os.environ.get("BESS_REQUESTS", "2000"))
UPLOADS = int(os.environ.get("BESS_UPLOADS", "4"))
SLACK = float(os.environ.get("BESS_SPEED_SLACK", "10")) / 10
HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def raise_own_limit(descriptors):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < descriptors:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(descriptors, hard), hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= descriptors


class ConnectionsCase(unittest.TestCase):
    def setUp(self):
        self.open = contextlib.ExitStack()
        self.addCleanup(self.open.close)

    def served(self, **more):
        server = Server(None, "--workers", "1", **more)
        self.addCleanup(lambda: self.assertEqual(server.stop(), 0))
        return server

    def connect(self, server):
        return self.open.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20))

    def slowest(self, server, path, count):
        """Of requests that each come on a new connection."""
        worst = 0.0
        for _ in range(count):
            start = time.perf_counter()
            self.assertEqual(server.get(path).status, 200)
            worst = max(worst, time.perf_counter() - start)
        return worst


class Idle(ConnectionsCase):
    def many(self, open_files):
        if not raise_own_limit(IDLE + 200):
            self.skipTest(f"the system lends no {IDLE + 200} descriptors")
        server = self.served(open_files=open_files)
        for number in range(IDLE):
            one = self.connect(server)
            if number % 2:  # between two requests, the others before their first
                one.sendall(HEALTH)
        worst = max(self.slowest(server, "/health", 20), self.slowest(server, "/scenarios", 20))
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
            threads = int(status.read().split("Threads:")[1].split()[0])
        print(f"\n{IDLE} idle connections, {open_files} descriptors: others waited {1000 * worst:.0f} ms at most; {threads} threads, {server.memory_mb():.0f} MB", end="")
        self.assertLess(worst, 1.0 * SLACK)
        self.assertLess(threads, 30)

    def test_all_of_them_held(self):
        self.many(IDLE + 600)

    def test_more_than_there_are_descriptors_for(self):
        self.many(256)

    def test_the_longest_idle_one_gives_way(self):
        server = self.served(open_files=64)
        held = []
        for _ in range(200):
            start = time.perf_counter()
            one = self.connect(server)
            one.sendall(HEALTH)
            self.assertTrue(one.recv(65536).startswith(b"HTTP/1.1 200 "))
            self.assertLess(time.perf_counter() - start, 1.0 * SLACK)
            held.append(one)
        ended = []
        for one in held:
            one.setblocking(False)
            try:
                ended.append(one.recv(1) == b"")
            except BlockingIOError:
                ended.append(False)
        self.assertGreaterEqual(ended.count(False), 16)
        # A connection is idle a moment after its answer: neighbours may change places, the old and the new may not.
        last_ended = max(i for i, over in enumerate(ended) if over)
        first_held = ended.index(False)
        self.assertLess(last_ended - first_held, 8, "the oldest are those that ended")
        self.assertLess(self.slowest(server, "/scenarios", 20), 1.0 * SLACK)

    def test_all_at_once_with_few_descriptors(self):
        server = self.served(open_files=64)
        worst, wrong, lock = [0.0], [], threading.Lock()

        def client():
            start = time.perf_counter()
            try:
                with socket.create_connection(("127.0.0.1", server.port), timeout=20) as one:
                    one.sendall(HEALTH)
                    answer = one.recv(65536)
                    took = time.perf_counter() - start
                    time.sleep(0.5)  # idle
                with lock:
                    worst[0] = max(worst[0], took)
                    if not answer.startswith(b"HTTP/1.1 200 "):
                        wrong.append(answer)
            except OSError as error:
                with lock:
                    wrong.append(repr(error))
        clients = [threading.Thread(target=client) for _ in range(200)]
        for one in clients:
            one.start()
        for one in clients:
            one.join()
        print(f"\n200 at once on 64 descriptors: {1000 * worst[0]:.0f} ms at most", end="")
        self.assertEqual(wrong, [])
        self.assertLess(worst[0], 3.0 * SLACK)

    def test_senders_that_stall_do_not_hold_the_place_of_others(self):
        """No connection is idle: all have begun a request. The stalled ones are in a hurry then."""
        server = self.served(open_files=64)
        for _ in range(60):
            self.connect(server).sendall(HEALTH[:-2])
        start = time.perf_counter()
        self.assertEqual(server.get("/health").status, 200)
        self.assertLess(time.perf_counter() - start, 5.0 * SLACK)

    def test_a_newcomer_has_time_to_ask(self):
        """Where no place is left, the connection that came last is not the one to go before its request has come."""
        server = self.served(open_files=64)
        for _ in range(64):
            self.connect(server).sendall(HEALTH[:-2])
            with self.connect(server) as newcomer:
                time.sleep(0.02)
                newcomer.sendall(HEALTH)
                self.assertEqual(newcomer.recv(65536)[:13], b"HTTP/1.1 200 ")


class Memory(ConnectionsCase):
    @staticmethod
    def settled_mb(server):
        """The answer leaves before all that it needed is given back: the least within half a second."""
        least = server.memory_mb()
        for _ in range(5):
            time.sleep(0.1)
            least = min(least, server.memory_mb())
        return least

    def test_requests_and_uploads(self):
        server = self.served()
        scenario = stored_scenario(server)
        self.ask(server, scenario, REQUESTS // 4)
        before = server.memory_mb()
        self.ask(server, scenario, REQUESTS)
        after_requests = server.memory_mb()
        # Refused for what it holds, after all of it has come: rows without a time before the last one.
        content = price_csv(2).encode() + (b"x" * 1000 + b",y\n") * 60_000 + b"2024-02-01T00:00:00Z,1\n"
        body, kind = form([("file", "a.csv", content)])
        uploads = []
        for _ in range(UPLOADS):
            self.assertEqual(server.request("POST", f"/scenarios/{scenario}/import", body, kind).status, 400)
            uploads.append(self.settled_mb(server))
        with os.scandir(f"/proc/{server.process.pid}/fd") as files:
            descriptors = sum(1 for _ in files)
        print(f"\n{REQUESTS} requests: {before:.0f} to {after_requests:.0f} MB; {UPLOADS} uploads of 60 MB: {uploads[0]:.0f} to {uploads[-1]:.0f} MB, "
              f"{server.memory_mb('VmHWM'):.0f} MB at most; {descriptors} descriptors", end="")
        if os.environ.get("BESS_PEAK_MB") not in (None, "500"):
            return  # sanitizers keep freed memory
        self.assertLess(after_requests - before, 20)
        self.assertLess(max(uploads[len(uploads) // 2:]) - max(uploads[:max(1, len(uploads) // 2)]), 30)
        self.assertLess(descriptors, 40)

    def ask(self, server, scenario, count):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for number in range(count):
            path = ("/health", "/scenarios", f"/scenarios/{scenario}", "/metrics", f"/scenarios/{scenario}/data?from=2024-03-01&to=2024-03-08")[number % 5]
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(answer.status, 200)
        connection.close()


if __name__ == "__main__":
    unittest.main()
