"""Values as JSON and back, exactly: numbers, text, arrays, random generators, and lists or dicts of them.

No pickles: to read such a value executes nothing. Floats survive because JSON's are written as short as they
can be and still be the same number.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_GENERATORS = {
    kind.__name__: kind
    for kind in (
        np.random.PCG64,
        np.random.PCG64DXSM,
        np.random.MT19937,
        np.random.Philox,
        np.random.SFC64,
    )
}


def packed(value: Any) -> Any:
    """Return a JSON-able form of a value; raises TypeError for one that has none."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fiub" and value.itemsize <= 8:
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        return {kind: value.tolist(), "dtype": value.dtype.str, "shape": list(value.shape)}
    if isinstance(value, np.random.Generator):
        return {"generator": packed(dict(value.bit_generator.state))}
    if type(value) is tuple:
        return {"tuple": [packed(item) for item in value]}
    if type(value) is list:
        return [packed(item) for item in value]
    if type(value) is dict and all(type(key) is str for key in value):
        return {"dict": {key: packed(item) for key, item in value.items()}}
    raise TypeError(f"{value!r:.60} is of type {type(value).__name__}, which is not plain data.")


def unpacked(given: Any) -> Any:
    """Return the value that `packed` gave this form; raises TypeError where it did not."""
    if isinstance(given, list):
        return [unpacked(item) for item in given]
    if not isinstance(given, dict):
        return given
    match next(iter(given), None):
        case "array" | "scalar" as kind:
            array = np.array(given[kind], dtype=given["dtype"]).reshape(given["shape"])
            return array if kind == "array" else array[()]
        case "generator":
            return _generator(unpacked(given["generator"]))
        case "tuple":
            return tuple(unpacked(item) for item in given["tuple"])
        case "dict":
            return {key: unpacked(item) for key, item in given["dict"].items()}
    raise TypeError(f"{given!r:.80} is not the form of any value")


def _generator(state: dict[str, Any]) -> np.random.Generator:
    bits: Any = _GENERATORS[state["bit_generator"]]()
    bits.state = state
    return np.random.Generator(bits)
