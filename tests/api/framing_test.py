"""Every route with every way of telling where a body ends: what is well told is read to its end or refused with the connection, what could be
told in two ways is refused at once. The bytes of a body are never answered as a request."""
import re
import socket
import unittest

from bess_server import ServerCase, example, form, stored_scenario

SMUGGLED = b"GET /version HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: smuggled\r\n\r\n"
LAST = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: the-last-one\r\nConnection: close\r\n\r\n"
LENGTH = str(len(SMUGGLED)).encode()
SIZE = b"%x" % len(SMUGGLED)
CHUNKED = SIZE + b"\r\n" + SMUGGLED + b"\r\n0\r\n\r\n"
TE = b"Transfer-Encoding: chunked\r\n"

# (headers, body): where the body ends is told once and well.
GOOD = {
    "no body": (b"", b""),
    "length": (b"Content-Length: " + LENGTH + b"\r\n", SMUGGLED),
    "length in capitals, zeros and blanks": (b"CONTENT-LENGTH: \t 000" + LENGTH + b" \t\r\n", SMUGGLED),
    "length of nothing": (b"Content-Length: 0\r\n", b""),
    "chunks": (TE, CHUNKED),
    "chunks in other cases": (b"tRANSFER-encoding: \tChUnKeD \r\n", CHUNKED),
    "many chunks": (TE, b"".join(b"1\r\n%c\r\n" % byte for byte in SMUGGLED) + b"0\r\n\r\n"),
    "size with zeros and capitals": (TE, b"000" + SIZE.upper() + b"\r\n" + SMUGGLED + b"\r\n000\r\n\r\n"),
    "chunk extensions": (TE, SIZE + b';a=b;c="d"\r\n' + SMUGGLED + b"\r\n0;last\r\n\r\n"),
    "trailers": (TE, CHUNKED[:-2] + b"Content-Length: 5\r\nHost: evil.example\r\n\r\n"),
    "no chunks": (TE, b"0\r\n\r\n"),
}
# Refused on the head alone, before anything is done.
BAD_HEADS = {
    "blank before the colon of a length": b"Content-Length : " + LENGTH + b"\r\n",
    "tab before the colon of a length": b"Content-Length\t: " + LENGTH + b"\r\n",
    "blank before the colon of a coding": b"Transfer-Encoding : chunked\r\n",
    "two lengths": b"Content-Length: " + LENGTH + b"\r\nContent-Length: 0\r\n",
    "the same length twice": (b"Content-Length: " + LENGTH + b"\r\n") * 2,
    "a list of lengths": b"Content-Length: " + LENGTH + b", " + LENGTH + b"\r\n",
    "length and chunks": b"Content-Length: " + LENGTH + b"\r\n" + TE,
    "chunks and length": TE + b"content-length: " + LENGTH + b"\r\n",
    "signed length": b"Content-Length: +" + LENGTH + b"\r\n",
    "negative length": b"Content-Length: -1\r\n",
    "hexadecimal length": b"Content-Length: 0x10\r\n",
    "no length": b"Content-Length:\r\n",
    "chunked and identity": TE + b"Transfer-Encoding: identity\r\n",
    "chunked, identity": b"Transfer-Encoding: chunked, identity\r\n",
    "identity": b"Transfer-Encoding: identity\r\n",
    "gzip, chunked": b"Transfer-Encoding: gzip, chunked\r\n",
    "gzip": b"Transfer-Encoding: gzip\r\n",
    "xchunked": b"Transfer-Encoding: xchunked\r\n",
    "chunked twice": b"Transfer-Encoding: chunked, chunked\r\n",
    "chunked and nothing": b"Transfer-Encoding: chunked,\r\n",
    "quoted chunked": b'Transfer-Encoding: "chunked"\r\n',
    "chunked behind a vertical tab": b"Transfer-Encoding: \x0bchunked\r\n",
    "folded coding": b"Transfer-Encoding:\r\n chunked\r\n",
    "folded length": b"X: y\r\n\tContent-Length: " + LENGTH + b"\r\n",
    "bare line feed": b"X: y\nContent-Length: " + LENGTH + b"\r\n",
    "bare carriage return": b"X: y\rContent-Length: " + LENGTH + b"\r\n",
    "NUL in a value": b"X: y\x00z\r\n",
    "NUL in a name": b"Content-Length\x00: " + LENGTH + b"\r\n",
    "no name": b": " + LENGTH + b"\r\n",
    "no colon": b"Content-Length\r\n",
    "two hosts": b"Host: localhost\r\n",
    "two origins": b"Origin: http://localhost\r\nOrigin: http://evil.example\r\n",
}
# Chunks that can't be told apart: refused while they are read, if the request was not refused before.
BAD_CHUNKS = {
    "no number": b"zz\r\n" + SMUGGLED,
    "signed": b"+" + SIZE + b"\r\n" + SMUGGLED + b"\r\n0\r\n\r\n",
    "0x": b"0x" + SIZE + b"\r\n" + SMUGGLED + b"\r\n0\r\n\r\n",
    "too large for a number": b"fffffffffffffffff\r\n" + SMUGGLED,
    "blank before the size": b" " + SIZE + b"\r\n" + SMUGGLED + b"\r\n0\r\n\r\n",
    "bare line feed behind the size": SIZE + b"\n" + SMUGGLED + b"\r\n0\r\n\r\n",
    "no line end behind the chunk": SIZE + b"\r\n" + SMUGGLED + b"0\r\n\r\n",
    "longer than its size": b"1\r\n" + SMUGGLED + b"\r\n0\r\n\r\n",
    "no size": b"\r\n" + SMUGGLED,
    "a bad trailer": SIZE + b"\r\n" + SMUGGLED + b"\r\n0\r\nno colon\r\n\r\n",
    "a folded trailer": SIZE + b"\r\n" + SMUGGLED + b"\r\n0\r\n : x\r\n\r\n",
}
ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) ")


class Framing(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenario = stored_scenario(cls.server, "kept")
        cls.routes = []
        for path, operations in cls.server.get("/openapi.json").json()["paths"].items():
            path = re.sub(r"\{[^}]*\}", "999", path).encode()
            for method, operation in operations.items():
                kinds = list(operation.get("requestBody", {}).get("content", {})) or ["text/plain"]
                cls.routes += [(method.upper().encode(), path, kind.encode()) for kind in kinds]
            cls.routes += [(method, path, b"text/plain") for method in (b"HEAD", b"OPTIONS", b"PUT")]
        cls.routes += [(method, path, b"text/plain") for method in (b"GET", b"POST", b"HEAD") for path in (b"/", b"/docs", b"/nowhere")]
        assert len(cls.routes) > 100

    def tearDown(self):
        listed = self.server.get("/scenarios").json()["scenarios"]
        self.assertEqual([one["id"] for one in listed], [self.scenario], "something was written")

    def ask(self, data):
        """All that comes until the server closes; it must close."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as one:
            one.sendall(data)
            answer = b""
            while part := one.recv(65536):
                answer += part
        self.assertNotIn(b"smuggled", answer)
        return answer

    def every(self, framings):
        for method, path, kind in self.routes:
            head = b"%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n" % (method, path, kind)
            for what, framing in framings.items():
                yield self.subTest(method=method, path=path, kind=kind, framing=what), head, framing

    def test_what_is_well_told(self):
        kept = closed = 0
        for case, head, (fields, body) in self.every(GOOD):
            with case:
                answer = self.ask(head + fields + b"\r\n" + body + LAST)
                statuses = ANSWER.findall(answer)
                if len(statuses) == 2:
                    self.assertEqual((statuses[1], answer.count(b"X-Request-Id: the-last-one\r\n")), (b"200", 1))
                    kept += 1
                else:
                    self.assertEqual(len(statuses), 1)
                    self.assertIn(b"\r\nConnection: close\r\n", answer)
                    self.assertNotEqual(body, b"", "without a body the connection goes on")
                    closed += 1
        self.assertGreater(kept, closed)
        print(f"\n{kept} bodies were read and the connection went on, {closed} were refused with it", end="")

    def test_what_could_be_told_in_two_ways(self):
        count = 0
        for case, head, fields in self.every(BAD_HEADS):
            with case:
                answer = self.ask(head + fields + b"\r\n" + (CHUNKED if b"hunked" in fields else SMUGGLED) + LAST)
                statuses = ANSWER.findall(answer)
                self.assertEqual(len(statuses), 1, answer)
                self.assertIn(statuses[0], (b"400", b"501"))
                self.assertIn(b"\r\nContent-Type: application/problem+json\r\n", answer)
                self.assertIn(b"\r\nConnection: close\r\n", answer)
                self.assertRegex(answer, rb'"code":"(bad_request|not_implemented)"')
                count += 1
        print(f"\n{count} requests were refused at once", end="")

    def test_chunks_that_can_not_be_told_apart(self):
        for case, head, body in self.every(BAD_CHUNKS):
            with case:
                answer = self.ask(head + TE + b"\r\n" + body + LAST)
                statuses = ANSWER.findall(answer)
                self.assertEqual(len(statuses), 1, answer)
                self.assertTrue(statuses[0].startswith(b"4") or (statuses[0] == b"204" and head.startswith(b"OPTIONS")), answer)
                self.assertIn(b"\r\nConnection: close\r\n", answer)

    def test_old_versions_have_no_chunks(self):
        for method, path, kind in self.routes:
            with self.subTest(method=method, path=path):
                answer = self.ask(b"%s %s HTTP/1.0\r\nContent-Type: %s\r\n" % (method, path, kind) + TE + b"\r\n" + CHUNKED + LAST)
                self.assertEqual(ANSWER.findall(answer), [b"400"])

    def test_first_lines(self):
        for line, status in [(b"GET /health HTTP/1.1", b"200"), (b"GET http://localhost/health HTTP/1.1", b"200"), (b"OPTIONS * HTTP/1.1", b"204"),
                             (b"GET /he alth HTTP/1.1", b"400"), (b"GET  /health HTTP/1.1", b"400"), (b"GET /health  HTTP/1.1", b"400"),
                             (b"GET /health", b"400"), (b"GET /health HTTP/2.0", b"505"), (b"GET /health HTTP/1.1x", b"400"),
                             (b"GET http://evil.example/scenarios HTTP/1.1", b"421"), (b"GET evil.example/health HTTP/1.1", b"400"),
                             (b"G@T /health HTTP/1.1", b"400"), (b"CONNECT localhost:80 HTTP/1.1", b"400"), (b"BREW /health HTTP/1.1", b"405")]:
            with self.subTest(line=line):
                answer = self.ask(line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                self.assertEqual(ANSWER.findall(answer), [status])
        self.assertEqual(ANSWER.findall(self.ask(b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n")), [b"400"], "no host")
        self.assertEqual(ANSWER.findall(self.ask(b"GET /health HTTP/1.0\r\n\r\n")), [b"200"])
        self.assertEqual(ANSWER.findall(self.ask(b"\r\nGET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")), [b"200"])

    def test_hosts(self):
        for host, status in [(b"LOCALHOST", b"200"), (b"LocalHost:80", b"200"), (b"127.0.0.1:65535", b"200"), (b"[::1]:80", b"200"),
                             (b"127.0.0.1:evil.com", b"400"), (b"localhost:", b"400"), (b"localhost:99999", b"400"), (b"", b"400"),
                             (b"localhost, localhost", b"400"), (b"localhost/x", b"400"), (b"x@localhost", b"400"), (b"localhost.evil.example", b"421"), (b"[::2]", b"421")]:
            with self.subTest(host=host):
                answer = self.ask(b"GET /scenarios HTTP/1.1\r\nConnection: close\r\nHost: " + host + b"\r\n\r\n")
                self.assertEqual(ANSWER.findall(answer), [status])

    def test_every_method_with_every_body_leaves_the_next_request_whole(self):
        """The body of one request and the next request arrive together, cut at every byte."""
        body, kind = form([("file", "a.csv", b"x")])
        requests = [b"DELETE /scenarios/999 HTTP/1.1\r\nHost: localhost\r\n" + TE + b"\r\n" + CHUNKED,
                    b"POST /scenarios/999/import HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind.encode(), len(body)) + body]
        for request in requests:
            data = request + LAST
            for cut in range(1, len(data), 7):
                with self.subTest(request=request[:20], cut=cut), socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as one:
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    one.sendall(data[:cut])
                    one.sendall(data[cut:])
                    answer = b""
                    while part := one.recv(65536):
                        answer += part
                    self.assertEqual(ANSWER.findall(answer), [b"404", b"200"])

    def test_simulation_in_chunks(self):
        import json
        text = json.dumps(example(self.scenario)).encode()
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(text[at:at + 100]), text[at:at + 100]) for at in range(0, len(text), 100)) + b"0\r\n\r\n"
        answer = self.ask(b"POST /simulate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + TE + b"\r\n" + chunks + LAST)
        self.assertEqual(ANSWER.findall(answer), [b"200", b"200"])
        self.assertIn(b'"status":"success"', answer)


if __name__ == "__main__":
    unittest.main()
