"""The numbers of the program's documents, from the schemas it prints, and the values at which they are tried."""
import math
import subprocess
import sys

from campaign import BESS

LEAST = 5e-324
MOST = sys.float_info.max


def edges(schema):
    values = [0, LEAST, 1e-310, 2.2250738585072014e-308, 1e-307, 1e-300, 1e-100, 1e-17, 1e-10, 1e-9, 1e-6, 1, 1e5, 1e9, 9.1e15, 1e19, 1e300, MOST]
    values += [-x for x in values[1:]]
    for name in ("minimum", "exclusiveMinimum", "maximum"):
        if name in schema:
            end = schema[name]
            values += [end, math.nextafter(end, -math.inf), math.nextafter(end, math.inf), end - 1, end + 1]
    return values


def numbers(schema, path=()):
    """(path, schema) of every number; 0 in a path is the first of a list."""
    for branch in schema.get("oneOf", []):
        yield from numbers(branch, path)
    kind = schema.get("type")
    if kind in ("number", "integer"):
        yield path, schema
    elif kind == "object":
        for name, inner in schema.get("properties", {}).items():
            yield from numbers(inner, (*path, name))
    elif kind == "array":
        yield from numbers(schema["items"], (*path, 0))


def put(document, path, value):
    """Sets one number; what is absent on the way is made, lists with the lengths they must have."""
    at = document
    for i, key in enumerate(path[:-1]):
        inner = [] if path[i + 1] == 0 else {}
        if isinstance(at, list):
            if not at:
                at.append(inner)
        elif not isinstance(at.get(key), (list, dict)):
            at[key] = inner
        at = at[key]
    last = path[-1]
    if isinstance(at, dict):
        at[last] = value
        return
    lengths = {"ByHour": 24, "CapacitySeries": 366 * 96, "afrr_up_eur_per_mw_h": 2, "afrr_down_eur_per_mw_h": 2, "intraday": 8, "day_ahead": 8}
    wanted = next((n for name, n in lengths.items() if str(path[-2]).endswith(name)), 1)
    at.extend([0.5] * (wanted - len(at)))
    at[0] = value


def window_schema():
    """Of window files, from the table of the options page."""
    page = subprocess.run([BESS, "options", "--markdown"], capture_output=True, text=True, check=True).stdout
    found = []
    for row in page.split("## Window files")[1].splitlines():
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) < 6 or not cells[1].startswith("`"):
            continue
        path = cells[1].strip("`").split(".")
        limits = [float(x) for x in cells[4].replace("> ", "").replace("≥ ", "").split(" – ") if x and x[0] in "-0123456789"]
        lists = path[0] in ("block_of_period", "generation_mw", "prices", "frozen_position_mw")
        if cells[2] or limits:
            schema = dict(zip(("minimum", "maximum"), limits))
            found.append(((*path, 0) if lists else tuple(path), schema))
    return found
