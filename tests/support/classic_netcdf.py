"""Writes small NetCDF files of the classic formats (CDF-1, CDF-2, CDF-5) with nothing but the standard library."""

import struct

CHAR, SHORT, INT, FLOAT, DOUBLE, INT64 = 2, 3, 4, 5, 6, 10
CODES = {CHAR: "s", SHORT: "h", INT: "i", FLOAT: "f", DOUBLE: "d", INT64: "q"}
SIZES = {CHAR: 1, SHORT: 2, INT: 4, FLOAT: 4, DOUBLE: 8, INT64: 8}


def values_bytes(kind: int, values) -> bytes:
    if kind == CHAR:
        return values.encode()
    return struct.pack(f">{len(values)}{CODES[kind]}", *values)


def padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


class Classic:
    """A file being put together: dimensions {name: length}, variables (name, dimension names, type, values, attributes)."""

    def __init__(self, version: int = 2) -> None:
        self.version = version
        self.dimensions: dict[str, int] = {}
        self.variables: list[tuple] = []
        self.record: str | None = None  # a dimension of unlimited length, written as records

    def add(self, name: str, dimensions, kind: int, values, **attributes) -> None:
        self.variables.append((name, list(dimensions), kind, values, attributes))

    def count(self, n: int) -> bytes:
        return struct.pack(">Q" if self.version == 5 else ">I", n)

    def name(self, text: str) -> bytes:
        return self.count(len(text.encode())) + padded(text.encode())

    def attributes(self, attributes: dict) -> bytes:
        if not attributes:
            return struct.pack(">I", 0) + self.count(0)
        out = struct.pack(">I", 0x0C) + self.count(len(attributes))
        for key, value in attributes.items():
            kind, items = (CHAR, value) if isinstance(value, str) else value
            data = values_bytes(kind, items)
            out += self.name(key) + struct.pack(">I", kind) + self.count(len(items.encode()) if kind == CHAR else len(items)) + padded(data)
        return out

    def header(self, begins: list[int]) -> bytes:
        names = list(self.dimensions)
        out = b"CDF" + bytes([self.version]) + self.count(self.dimensions[self.record] if self.record else 0)
        out += struct.pack(">I", 0x0A) + self.count(len(names))
        for n in names:
            out += self.name(n) + self.count(0 if n == self.record else self.dimensions[n])
        out += self.attributes({})
        out += struct.pack(">I", 0x0B) + self.count(len(self.variables))
        for (name, dims, kind, _, attributes), begin in zip(self.variables, begins):
            out += self.name(name) + self.count(len(dims))
            for d in dims:
                out += self.count(names.index(d))
            out += self.attributes(attributes) + struct.pack(">I", kind) + self.count(self.slab(dims, kind))
            out += struct.pack(">I" if self.version == 1 else ">Q", begin)
        return out

    def slab(self, dims, kind: int) -> int:
        """Bytes of a variable, of one record where it has records, filled up to four."""
        n = SIZES[kind]
        for d in dims:
            n *= 1 if d == self.record else self.dimensions[d]
        return n + -n % 4

    def is_record(self, dims) -> bool:
        return bool(dims) and dims[0] == self.record

    def bytes(self) -> bytes:
        at = len(self.header([0] * len(self.variables)))
        begins: list[int] = [0] * len(self.variables)
        for records in (False, True):
            for i, (_, dims, kind, _, _) in enumerate(self.variables):
                if self.is_record(dims) == records:
                    begins[i] = at
                    at += self.slab(dims, kind)
        out = self.header(begins)
        for _, dims, kind, values, _ in self.variables:
            if not self.is_record(dims):
                out += padded(values_bytes(kind, values))
        in_records = [v for v in self.variables if self.is_record(v[1])]
        for r in range(self.dimensions[self.record] if self.record else 0):
            for _, dims, kind, values, _ in in_records:
                per = len(values) // self.dimensions[self.record]
                data = values_bytes(kind, values[r * per : (r + 1) * per])
                out += data if len(in_records) == 1 else padded(data)
        return out


def era5(hours: int, first_hour: int, *, version: int = 2, new_names: bool = False, packed: bool = True, record: bool = False,
         variables=("ssrd", "t2m", "u100", "v100"), latitudes=(52.75, 52.5), longitudes=(13.0, 13.25), expver: bool = False) -> bytes:
    """A file as ERA5 is downloaded: hourly from `first_hour` (hours since 1900), a small grid, packed to 16 bits."""
    file = Classic(5 if new_names else version)
    time = "valid_time" if new_names else "time"
    file.dimensions = {"longitude": len(longitudes), "latitude": len(latitudes)}
    if expver:
        file.dimensions["expver"] = 2
    file.dimensions[time] = hours
    file.record = time if record else None
    file.add("longitude", ["longitude"], FLOAT, longitudes, units="degrees_east")
    file.add("latitude", ["latitude"], FLOAT, latitudes, units="degrees_north")
    since_1970 = 613608  # hours from 1900 to 1970
    if new_names:
        stamps = [(first_hour + t - since_1970) * 3600 for t in range(hours)]
        file.add(time, [time], INT64, stamps, units="seconds since 1970-01-01", calendar="proleptic_gregorian")
    else:
        stamps = [first_hour + t for t in range(hours)]
        file.add(time, [time], INT, stamps, units="hours since 1900-01-01 00:00:00.0", calendar="gregorian")
    units = {"ssrd": "J m**-2", "fdir": "J m**-2", "t2m": "K", "d2m": "K", "u100": "m s**-1", "v100": "m s**-1", "u10": "m s**-1",
             "v10": "m s**-1", "sp": "Pa", "fsr": "m", "fal": "(0 - 1)"}
    base = {"ssrd": 0.0, "fdir": 0.0, "t2m": 280.0, "d2m": 276.0, "u100": 5.0, "v100": -3.0, "u10": 3.0, "v10": -2.0, "sp": 100000.0,
            "fsr": 0.2, "fal": 0.15}
    swing = {"ssrd": 3.6e5, "fdir": 1.8e5, "t2m": 1.0, "d2m": 0.5, "u100": 0.5, "v100": 0.5, "u10": 0.3, "v10": 0.3, "sp": 100.0,
             "fsr": 0.0, "fal": 0.0}
    cells = len(latitudes) * len(longitudes)
    for name in variables:
        dims = [time] + (["expver"] if expver else []) + ["latitude", "longitude"]
        values = []
        for t in range(hours):
            value = base[name] + swing[name] * max(0, 6 - abs((first_hour + t) % 24 - 12))
            for v in range(2 if expver else 1):
                values += [value if not expver or v == t % 2 else None] * cells
        if packed:
            scale = max(swing[name] * 6.0 / 30000.0, 1e-9)
            raw = [-32767 if v is None else round((v - base[name]) / scale) for v in values]
            file.add(name, dims, SHORT, raw, units=units[name], scale_factor=(DOUBLE, [scale]), add_offset=(DOUBLE, [base[name]]),
                     _FillValue=(SHORT, [-32767]), missing_value=(SHORT, [-32767]))
        else:
            file.add(name, dims, FLOAT, [float("nan") if v is None else v for v in values], units=units[name])
    return file.bytes()
