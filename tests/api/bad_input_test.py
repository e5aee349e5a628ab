"""Whatever is sent: the right status, a stable code, a living process, nothing written."""
import contextlib
import gzip
import json
import pathlib
import socket
import threading
import time
import unittest

from bess_server import Server, ServerCase, example, form, price_csv, stored_scenario, zip_of


class BadInput(ServerCase):
    flags = ("--max-body-mb", "1", "--max-upload-mb", "4", "--body-timeout-seconds", "2", "--header-timeout-seconds", "2")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenario = stored_scenario(cls.server, "kept")

    def setUp(self):
        self.before = self.server.get(f"/scenarios/{self.scenario}").body

    def tearDown(self):
        self.assertTrue(self.server.alive())
        self.assertEqual(self.server.get(f"/scenarios/{self.scenario}").body, self.before)
        self.assertEqual(len(self.server.get("/scenarios").json()["scenarios"]), 1)

    def refused(self, answer, status, code):
        self.assertEqual((answer.status, answer.headers.get("Content-Type")), (status, "application/problem+json"), answer.body[:500])
        codes = [error["code"] for error in answer.json()["errors"]]
        self.assertIn(code, codes)
        return answer.json()

    def body(self, text, path="/simulate"):
        return self.server.request("POST", path, text if isinstance(text, bytes) else text.encode(), "application/json")

    def test_json(self):
        for text, status, code in [("", 422, "required"), ("{", 400, "malformed_json"), ('{"params": NaN}', 400, "bad_number"),
                                   ('{"params": 1e999}', 400, "bad_number"), ("[" * 5000 + "]" * 5000, 413, "too_large"),
                                   ('{"run": 1, "run": 2}', 400, "duplicate_key"), (b'{"a": "\xff\xfe"}', 400, "encoding"),
                                   ("[]", 422, "wrong_type"), ("1" * 2_000_000, 413, "too_large")]:
            with self.subTest(text=text[:30]):
                self.refused(self.body(text), status, code)

    def test_bytes_that_are_no_text(self):
        """Refused by the name of their field, never stored, and never sent back as they came."""
        table = f"/scenarios/{self.scenario}/import"
        csv, production = ("file", "a.csv", price_csv(2)), ("file", "p.csv", price_csv(2).replace("day_ahead", "output_mw"))
        park = [("name", None, "Park"), ("profile_type", None, "pv")]
        name = ("file", "NAME.csv", price_csv(2))

        def with_bad_name(path, *parts):
            body, kind = form(parts)
            return self.server.request("POST", path, body.replace(b"NAME", b"\xff"), kind)
        for what, answer, pointer in [
                ("UTF-16", self.body('{"params": {}}'.encode("utf-16")), ""), ("no JSON", self.body(b"{\xff}", "/scenarios"), ""),
                ("a job", self.body(b"{\xff", "/jobs"), ""), ("cut off", self.body(b'{"name": "a"} \xc3', "/scenarios"), ""),
                ("a value", self.body(b'{"name": "\xff"}', "/scenarios"), "/name"),
                ("a change", self.server.request("PATCH", f"/scenarios/{self.scenario}", b"{\xff", "application/json"), ""),
                ("a parameter", self.server.get(f"/scenarios/{self.scenario}/data?table=%ff"), "/table"),
                ("a name of one", self.body(json.dumps(example(self.scenario)), "/simulate?%ff=1"), "/\\xff"),
                ("a zone", self.upload(csv, query="?time_zone=%ff"), "/time_zone"), ("a mapping", self.upload(csv, ("mapping", None, b"{\xff")), "/mapping"),
                ("a file name", with_bad_name(table, name), "/file"),
                ("a profile", self.server.upload("/profiles/import", production, ("name", None, b"\xff"), park[1]), "/name"),
                ("a column", self.server.upload("/profiles/import", production, *park, ("column", None, b"\xff")), "/column"),
                ("a config", self.server.upload("/profiles", ("config", None, b"{\xff"), ("weather", "w.csv", "x")), "/config"),
                ("a query", self.server.request("POST", "/profiles/import?name=%ff&profile_type=pv", production[2].encode(), "text/csv"), "/name")]:
            with self.subTest(what):
                problem = self.refused(answer, 400, "encoding")
                self.assertEqual([error["pointer"] for error in problem["errors"]], [pointer])
        self.assertEqual(self.server.get("/profiles").json(), {"profiles": []})

    def test_names_are_measured_in_characters(self):
        made = self.ok(self.server.send("/scenarios", {"name": "é" * 200}), 201).json()
        self.ok(self.server.request("DELETE", f"/scenarios/{made['id']}"), 204)
        self.refused(self.server.send("/scenarios", {"name": "é" * 201}), 422, "out_of_range")

    def test_all_problems_at_once(self):
        request = example(self.scenario, strategy="magic", enabled_markets=["moon"], foresight_days=99)
        request["params"]["bessPower"] = "ten"
        request["params"]["bessCapacity"] = 1e300
        request["params"]["bessMinimumSOC"] = -5
        del request["params"]["title"]
        problem = self.refused(self.server.send("/simulate", request), 422, "wrong_type")
        found = {(error["code"], error["pointer"]) for error in problem["errors"]}
        for expected in [("unknown_strategy", "/run/strategy"), ("unknown_market", "/run/enabled_markets/0"), ("wrong_type", "/params/bessPower"),
                         ("out_of_range", "/run/foresight_days"), ("required", "/params/title"), ("soc_window", "/params/bessMinimumSOC")]:
            self.assertIn(expected, found)

    def test_all_problems_of_an_entity_at_once(self):
        for path, body, expected in [
                ("/scenarios", {"name": " ", "country": "ZZ", "preload": "x"},
                 {("required", "/name"), ("out_of_range", "/country"), ("wrong_type", "/preload")}),
                ("/scenarios", {"country": "ZZ"}, {("required", "/name"), ("out_of_range", "/country")}),
                ("/profiles", {"name": "", "country": "ZZ", "profile_type": "pv", "latitude": 99, "longitude": 5, "capacity_mw": 1},
                 {("required", "/name"), ("out_of_range", "/country"), ("out_of_range", "/latitude"), ("required", "/weather_file")})]:
            with self.subTest(body=body):
                problem = self.server.send(path, body).json()
                self.assertEqual({(error["code"], error["pointer"]) for error in problem["errors"]}, expected)
                self.assertEqual(len(problem["errors"]), len(expected), "each place once")
        problem = self.refused(self.server.send(f"/scenarios/{self.scenario}", {"name": "", "preload": 3}, "PATCH"), 422, "required")
        self.assertEqual([error["pointer"] for error in problem["errors"]], ["/preload", "/name"])

    def test_parameters(self):
        request = example(self.scenario)
        for flag, status in [("true", 200), ("True", 200), ("1", 200), ("yes", 200), ("FALSE", 200), ("0", 200), ("maybe", 422), ("2", 422)]:
            with self.subTest(flag=flag):
                answer = self.ok(self.server.send(f"/simulate?include_heatmap={flag}", request), status).json()
                if status == 200:
                    self.assertEqual(answer["heatmap_html"] is not None, flag.lower() in ("true", "1", "yes"))
        both = self.ok(self.server.send("/simulate?include_timeseries&include_heatmap", request)).json()
        self.assertEqual((len(both["timeseries"]), both["heatmap_html"][:15].lower()), (35136, "<!doctype html>"))
        warnings = self.ok(self.server.send("/simulate?timeseries_fromat=csv", request)).json()["warnings"]
        self.assertEqual([(one["code"], one["pointer"]) for one in warnings], [("unknown_key", "/timeseries_fromat")])
        self.refused(self.server.send("/simulate?include_heatmap=true&include_heatmap=false", request), 422, "wrong_type")

    def test_addresses_and_methods(self):
        self.refused(self.server.get("/nothing"), 404, "not_found")
        self.refused(self.server.request("PUT", "/scenarios"), 405, "method_not_allowed")
        self.assertIn("GET", self.server.request("DELETE", "/scenarios").headers["Allow"])
        self.refused(self.server.request("POST", "/simulate", b"{}", "text/plain"), 415, "media_type")
        for kind in ("image/png", "application/json"):
            self.refused(self.server.request("POST", f"/scenarios/{self.scenario}/import", price_csv(2).encode(), kind), 415, "media_type")
        self.refused(self.server.get("/" + "a" * 7000), 404, "not_found")
        self.assertEqual(self.server.request("POST", "/" + "a" * 7000, b"{}", "application/json").status, 404)

    def test_ids_are_never_paths_or_sql(self):
        for bad in ("0", "-1", "1;drop table scenarios", "1%20or%201=1", "..%2f..%2fetc%2fpasswd", "99999999999999999999", "%00", "1'--", "01"):
            for path in (f"/scenarios/{bad}", f"/profiles/{bad}", f"/jobs/{bad}", f"/scenarios/{bad}/data", f"/profiles/{bad}/data"):
                with self.subTest(path=path):
                    self.assertEqual(self.server.get(path.replace(" ", "%20")).status, 404)
            self.assertEqual(self.server.request("DELETE", f"/scenarios/{bad}".replace(" ", "%20")).status, 404)
        for path in ("/docs/..%2f..%2fsettings.cpp", "/docs/../serve.cpp", "/docs/%2e%2e"):
            self.assertIn(self.server.get(path).status, (404,))

    def test_names_are_only_text(self):
        name = "'); DROP TABLE scenarios; -- <script>alert(1)</script> ../../x"
        made = self.ok(self.server.send("/scenarios", {"name": name}), 201).json()
        self.assertEqual(self.server.get(f"/scenarios/{made['id']}").json()["name"], name)
        self.ok(self.server.request("DELETE", f"/scenarios/{made['id']}"), 204)
        self.refused(self.server.send("/scenarios", {"name": ""}), 422, "required")
        self.refused(self.server.send("/scenarios", {"name": "x", "country": "ZZ"}), 422, "out_of_range")

    def test_markup_in_a_title_stays_text(self):
        request = example(self.scenario)
        request["params"]["title"] = "<script>alert(1)</script>"
        page = self.ok(self.server.send("/simulate/heatmap", request)).body
        self.assertNotIn(b"<script>alert(1)", page)
        self.assertIn(b"&lt;script&gt;alert(1)", page)

    def upload(self, *parts, query=""):
        return self.server.upload(f"/scenarios/{self.scenario}/import{query}", *parts)

    def test_files(self):
        csv = price_csv(2)
        for content, name, status, code in [
                ("nothing,known\n1,2\n", "a.csv", 400, "missing_column"),
                ("timestamp,day_ahead\n2024-01-01T00:00:00Z,=1+1\n2024-01-01T01:00:00Z,2\n", "a.csv", 400, "bad_number"),
                (csv.encode("utf-16"), "a.csv", 400, "encoding"),
                ("timestamp,day_ahead\n2024-01-01T00:00:00Z,1e9\n2024-01-01T01:00:00Z,2\n", "a.csv", 400, "price_absurd"),
                (zip_of({"../../evil.csv": csv}), "a.zip", 400, "zip_unsafe"),
                (zip_of({"/etc/evil.csv": csv}), "a.zip", 400, "zip_unsafe"),
                (zip_of({"inner.zip": zip_of({"a.csv": csv})}), "a.zip", 400, "zip_unsafe"),
                (zip_of({"bomb.csv": b"0" * 50_000_000}), "a.zip", 400, "zip_unsafe"),
                (zip_of({"a.csv": csv})[:-40], "a.zip", 400, "zip_unsafe")]:
            with self.subTest(code=code, name=name):
                self.refused(self.upload(("file", name, content)), status, code)
        self.refused(self.upload(("mapping", None, "{"), ("file", "a.csv", csv)), 400, "malformed_json")
        self.refused(self.upload(("file", "a.csv", csv), query="?table=moon"), 422, "wrong_type")

    def test_too_large_and_cut_off(self):
        self.refused(self.upload(("file", "a.csv", b"x" * 5_000_000)), 413, "too_large")
        body, kind = form([("file", "a.csv", price_csv(2))])
        self.refused(self.server.request("POST", f"/scenarios/{self.scenario}/import", body[:-30], kind), 400, "malformed_multipart")
        head = f"POST /scenarios/{self.scenario}/import HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: {1 << 30}\r\n\r\n"
        self.assertIn(b" 413 ", self.server.raw([head.encode()] + [b"0" * (1 << 20)] * 1024, wait=30)[:100])

    def test_bodies_whose_end_nobody_knows(self):
        def post(head, body=b"{}"):
            answer = self.server.raw(b"POST /simulate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + head + b"\r\n\r\n" + body,
                                     wait=8)
            self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer)
            self.assertIn(b"Connection: close", answer)
            return answer
        for head in (b"Content-Length: -5", b"Content-Length: abc", b"Content-Length: 0x10", b"Content-Length: 2\r\nContent-Length: 9",
                     b"Content-Length: 2\r\nTransfer-Encoding: chunked"):
            with self.subTest(head=head):
                answer = post(head)
                self.assertIn(b" 400 ", answer[:100])
                self.assertIn(b"bad_request", answer)
        self.assertIn(b" 413 ", post(b"Content-Length: 99999999999999999999")[:100])
        self.assertIn(b" 415 ", post(b"Content-Length: 2\r\nContent-Encoding: br")[:100])
        self.assertIn(b"truncated_body", post(b"Transfer-Encoding: chunked", b"zz\r\n"))

    def test_packed_bodies(self):
        body = json.dumps(example(self.scenario)).encode()
        packed = {"Content-Encoding": "gzip"}
        self.ok(self.server.request("POST", "/simulate", gzip.compress(body), "application/json", headers=packed))
        self.refused(self.server.request("POST", "/simulate", gzip.compress(b" " * 200_000_000), "application/json", headers=packed), 413, "too_large")
        self.refused(self.server.request("POST", "/simulate", b"no gzip", "application/json", headers=packed), 400, "truncated_body")

    def test_bodies_that_ask_beforehand(self):
        head = b"Host: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: "
        body = json.dumps(example(self.scenario)).encode()
        self.assertTrue(self.server.raw([b"POST /simulate HTTP/1.1\r\n" + head + str(len(body)).encode() + b"\r\nConnection: close\r\n\r\n", body])
                        .startswith(b"HTTP/1.1 100 Continue\r\n"))
        for path, length in ((b"/simulate", 2_000_000), (f"/scenarios/{self.scenario}/import".encode(), 1 << 30), (b"/nothing", 1 << 30)):
            with self.subTest(path=path):
                answer = self.server.raw(b"POST " + path + b" HTTP/1.1\r\n" + head.replace(b"application/json", b"text/csv" if b"import" in path else b"application/json")
                                         + str(length).encode() + b"\r\n\r\n", wait=4)
                self.assertTrue(answer.startswith(b"HTTP/1.1 413 "), answer[:200])
                self.assertIn(b"too_large", answer)
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1)

    def test_more_uploads_than_memory_is_lent_for(self):
        body, kind = form([("file", "a.csv", b"x" * 4_000_000)])  # twice 4 MiB and 64 MiB are lent in all
        statuses = []
        def upload():
            statuses.append(self.server.request("POST", f"/scenarios/{self.scenario}/import", body, kind).status)
        clients = [threading.Thread(target=upload) for _ in range(40)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        self.assertLessEqual(set(statuses), {400, 503})
        self.assertGreater(statuses.count(400), 5, "those that found room are read and refused for what they hold")

    def test_slow_sender(self):
        head = b"POST /simulate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
        answer = self.server.raw([head] + [b" "] * 12, pause=0.3)
        self.assertIn(b" 408 ", answer[:100])
        self.assertIn(b"slow_request", answer)

    def test_slow_headers_do_not_starve_others(self):
        dripping = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(120)]  # more than there are threads
        try:
            end = time.perf_counter() + 4
            for one in dripping:
                one.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
            asked = threading.Thread(target=self.server.get, args=("/health",))
            asked.start()
            while asked.is_alive() and time.perf_counter() < end + 10:
                for one in dripping:
                    with contextlib.suppress(OSError):
                        one.sendall(b"X: y\r\n")
                time.sleep(0.2)
            self.assertLess(time.perf_counter(), end, "other clients waited")
            answer = dripping[0].recv(65536)
            self.assertIn(b" 408 ", answer[:100])
            self.assertIn(b"slow_request", answer)
        finally:
            for one in dripping:
                one.close()

    def test_endless_headers(self):
        def memory_mb():
            text = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
            return int(text.split("VmRSS:")[1].split()[0]) / 1000
        before = memory_mb()
        line = b"X-Header: " + b"a" * 4000 + b"\r\n"
        answer = self.server.raw([b"GET /health HTTP/1.1\r\nHost: localhost\r\n"] + [line] * 5000)
        self.assertIn(b" 431 ", answer[:100])
        self.assertIn(b"too_large", answer)
        self.assertLess(memory_mb() - before, 5)

    def test_what_follows_a_broken_head_is_no_request(self):
        inner = b"DELETE /scenarios/%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % self.scenario
        answer = self.server.raw(b"GET /health HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n" + inner, wait=2)
        self.assertEqual(answer.count(b"HTTP/1.1 "), 1)
        self.assertNotIn(b" 200 ", answer[:50])

    def test_requests_behind_each_other(self):
        many = b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3 + b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        self.assertEqual(self.server.raw(many, wait=5).count(b"HTTP/1.1 200 "), 4)

    def test_garbage(self):
        self.assertIn(b" 400 ", self.server.raw(b"\x00\x01\x02 nonsense\r\n\r\n", wait=3)[:50])
        self.assertNotIn(b" 200 ", self.server.raw(b"GET /health HTTP/1.1\r\n" + b"X: " + b"a" * 100_000 + b"\r\n\r\n", wait=3)[:50])

    def test_what_is_left_of_a_body_is_no_request(self):
        inner = b"DELETE /scenarios/%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % self.scenario
        head = b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(inner)
        self.assertEqual(self.server.raw(head + inner, wait=2).count(b"HTTP/1.1 "), 1)

    def test_pages_of_other_origins(self):
        for headers, status in [({"Origin": "http://evil.example"}, 403), ({"Host": "evil.example"}, 421)]:
            self.assertEqual(self.server.get("/scenarios", headers=headers).status, status)
        own = {"Origin": f"http://127.0.0.1:{self.server.port}"}
        self.assertEqual(self.server.get("/scenarios", headers=own).status, 200)


class Access(unittest.TestCase):
    def test_key(self):
        server = Server(None, env={"BESS_API_KEY": "correct horse"})
        try:
            self.assertEqual(server.get("/health").status, 200)
            self.assertEqual(server.get("/scenarios").status, 401)
            for wrong in ("", "correct hors", "correct horsecorrect horse", "x"):
                self.assertEqual(server.get("/scenarios", headers={"X-API-Key": wrong}).status, 401)
            self.assertEqual(server.get("/scenarios", headers={"X-API-Key": "correct horse"}).status, 200)
        finally:
            server.stop()

    def test_other_addresses_need_a_key(self):
        with self.assertRaisesRegex(RuntimeError, "API key"):
            Server(None, "--host", "0.0.0.0", env={"BESS_API_KEY": ""})


if __name__ == "__main__":
    unittest.main()
