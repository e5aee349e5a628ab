"""Damage to files for tests/robustness/files.py: to bytes, to cells, to the structure. One to three changes a file, mostly small, so that many
files get past their header."""

import json
import random

CELLS = ["", "NaN", "n/a", "-", "1,234", "1.234", "1.234,5", "1e400", "-1e-320", "0x10", "inf", "1_000", "--1", "+5", "\u22125", "99999", "100001",
         "-100001", "2024-02-30", "2024-03-31 02:30", "2024-10-27 02:30", "1989-12-31T23:00Z", "2200-01-01T00:00Z", "9999-12-31", "24:00", '"', '""', '"x',
         "=1+1", "\x00", "\u00e9", "\ud7ff", " 7 ", "1 234,5", "Infinity", "1e", "e1", ".", "5.", ".5", "0" * 400 + "1", "9" * 400]
PIECES = [b",", b";", b"\t", b'"', b"\n", b"\r", b"\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\xc3", b"-", b"NaN", b"{", b"}", b"[", b"]", b":",
          b"null", b"1e999", b"\\u0000", b"PK\x05\x06", b"PK\x01\x02", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x00"]
NUMBERS = [0, -0.0, -1, 1, 1e-320, 1e308, -1e308, 2**31, 2**53 + 1, 2**63, -(2**63), 1e-9, 0.5, 1.0000001, 99.999, 100, 101, 1e6, 1e12, 24, 288, 50, 51]
VALUES = [None, True, False, "", "x", "day_ahead", "2024-02-29", "2024-13-01", [], {}, [[]], [None], {"a": 1}, "\u0000", "9" * 300, [1, "2"], [0] * 300]


def bytes_changed(source: random.Random, data: bytes) -> bytes:
    text = bytearray(data)
    if not text:
        return bytes(text)
    at = source.randrange(len(text))
    kind = source.randrange(7)
    if kind == 0:
        text[at] ^= 1 << source.randrange(8)
    elif kind == 1:
        text[at] = source.randrange(256)
    elif kind == 2:
        del text[at : at + source.randint(1, 20)]
    elif kind == 3:
        text[at:at] = source.choice(PIECES)
    elif kind == 4:
        text[at:at] = text[at : at + source.randint(1, 200)]
    elif kind == 5:
        other = source.randrange(len(text))
        text[at : at + 8] = text[other : other + 8]
    elif source.random() < 0.5:
        del text[at:]
    else:
        text += source.choice(PIECES) * source.randint(1, 4)
    return bytes(text)


def csv_changed(source: random.Random, data: bytes, separator: str) -> bytes:
    if source.random() < 0.25:
        return bytes_changed(source, data)
    end = b"\r\n" if b"\r\n" in data else b"\r" if b"\r" in data else b"\n"
    lines = data.split(end)
    row = source.randrange(len(lines)) if source.random() < 0.12 else source.randrange(1, len(lines)) if len(lines) > 1 else 0
    cells = lines[row].split(separator.encode())
    kind = source.randrange(10)
    if kind <= 4:
        cells[source.randrange(len(cells))] = source.choice(CELLS).encode("utf-8", "surrogatepass")
        lines[row] = separator.encode().join(cells)
    elif kind == 5:
        del cells[source.randrange(len(cells))]
        lines[row] = separator.encode().join(cells)
    elif kind == 6:
        lines.insert(row, source.choice(lines))
    elif kind == 7:
        del lines[row : row + source.choice([1, 1, 1, 2, 5, 50])]
    elif kind == 8:
        other = source.randrange(len(lines))
        lines[row], lines[other] = lines[other], lines[row]
    else:
        cells.insert(source.randrange(len(cells) + 1), source.choice(CELLS).encode("utf-8", "surrogatepass"))
        lines[row] = separator.encode().join(cells)
    return end.join(lines)


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], path + (key,))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from places(item, path + (i,))


def json_value_changed(source: random.Random, document):
    """One member of a document dropped, renamed, or given another value, mostly of its own kind."""
    document = json.loads(json.dumps(document))
    paths = [p for p in places(document) if p]
    if not paths:
        return source.choice(VALUES)
    path = source.choice(paths)
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    old = parent[path[-1]]
    kind = source.randrange(10)
    if kind == 0:
        del parent[path[-1]]
    elif kind == 1 and isinstance(parent, dict):
        parent[path[-1] + source.choice(["x", " ", "_", "\u0000", "/", "~"])] = parent.pop(path[-1])
    elif kind <= 6 and isinstance(old, (int, float)):
        parent[path[-1]] = source.choice(NUMBERS + [old * 2, -old, old / 3])
    elif kind <= 6 and isinstance(old, list):
        parent[path[-1]] = source.choice([old[:-1], old + old, old + old[:1], old[::-1], []])
    elif kind <= 6 and isinstance(old, str):
        parent[path[-1]] = source.choice([old + "x", old[:-1], old.upper(), "", old * 50, "\u00e9", "none", "sequential_lp", "2024-06-30T12:00:00+02:00"])
    else:
        parent[path[-1]] = source.choice(VALUES)
    return document


def json_changed(source: random.Random, document) -> bytes:
    for _ in range(source.choice([1, 1, 1, 2])):
        document = json_value_changed(source, document)
    data = json.dumps(document, ensure_ascii=source.random() < 0.5).encode("utf-8", "surrogatepass")
    return bytes_changed(source, data) if source.random() < 0.1 else data


def netcdf_changed(source: random.Random, data: bytes) -> bytes:
    """Single bytes mostly: a file whose length or layout changes is refused before anything of it is read."""
    if source.random() < 0.25:
        return times(source, bytes_changed, data)
    text = bytearray(data)
    header = min(len(text), 700)  # of a classic file; the rest is data
    for _ in range(source.choice([1, 1, 2, 4])):
        at = source.randrange(header) if source.random() < 0.4 else source.randrange(len(text))
        text[at] = source.choice([text[at] ^ 1 << source.randrange(8), source.randrange(256), 0, 255, ord("u")])
    return bytes(text)


def times(source: random.Random, change, data: bytes, *more) -> bytes:
    for _ in range(source.choice([1, 1, 1, 2, 3])):
        data = change(source, data, *more)
    return data
