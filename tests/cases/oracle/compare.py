"""Figures by JSON pointer, compared within the tolerances of a case."""


def look_up(answer, pointer: str):
    value = answer
    for key in pointer.strip("/").split("/"):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def differences(case: dict, expected: dict, answer: dict):
    """A line for every figure that is off: |got − want| > atol + rtol |want|."""
    tolerance = case["tolerance"]
    wrong = []
    for pointer, want in expected.items():
        got = look_up(answer, pointer)
        allowed = tolerance.get(pointer, tolerance["default"])
        if want is None or got is None:
            bad = want is not got
        else:
            bad = not abs(got - want) <= tolerance.get("absolute", 1e-6) + allowed * abs(want)
        if bad:
            off = "" if want in (None, 0) or got is None else f", {got / want - 1:+.2e}"
            wrong.append(f"{pointer}: {got!r} where {want!r} is expected{off}")
    return wrong
