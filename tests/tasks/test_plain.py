"""Values come back from their JSON exactly as they were."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from eureka_agent.tasks.plain import packed, unpacked


def same(one: Any, other: Any) -> bool:
    if isinstance(one, (np.ndarray, np.generic)):
        equal = np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        return type(one) is type(other) and one.dtype == other.dtype and one.shape == other.shape and equal
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, 0.1 + 0.2, "text", [], {}, (1, (2.0, "x")),
        np.float32(0.1), np.int64(2**62), np.bool_(True),
        np.array([0.1, np.nan, np.inf, -0.0]), np.array([[1, 2], [3, 4]], np.uint8), np.zeros((0, 3)),
        {"array": [1], "generator": {"dict": np.arange(3)}},
    ],
)  # fmt: skip
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert same(value, unpacked(json.loads(json.dumps(packed(value)))))


@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_a_generator_goes_on_where_it_was(kind: Any) -> None:
    generator = np.random.Generator(kind(5))
    generator.integers(0, 2**16, 3, dtype=np.uint16)
    again = unpacked(json.loads(json.dumps(packed(generator))))
    np.testing.assert_array_equal(generator.normal(size=9), again.normal(size=9))


@pytest.mark.parametrize("value", [object(), {1: 2}, np.array(["a"]), np.longdouble(1), {1, 2}, len])
def test_what_is_not_plain_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="not plain data"):
        packed(value)


def test_a_form_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="not the form"):
        unpacked({"call": "os.system"})
    with pytest.raises(KeyError):
        unpacked({"generator": {"dict": {"bit_generator": "eval"}}})
