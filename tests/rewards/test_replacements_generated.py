"""Rewrites of generated programs: whatever is nested in what, each world is paid the same in the end."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from replacing import HEAD, SIGNALS, mended, original, with_line

from eureka_agent.rewards import check_source, load_reward

Strategy = st.SearchStrategy[str]


def made(template: str, *parts: Strategy) -> Strategy:
    return st.tuples(*parts).map(lambda given: template.format(*given))


NUMBERS = st.sampled_from(["x", "y", "h", "0.5", "2.0"])


def conditions(number: Strategy) -> Strategy:
    return st.one_of(made("({} > {})", number, number), made("({} <= {})", number, st.just("0.25")))


def for_one_world(number: Strategy) -> Strategy:
    """Return what people write with one world in mind: it runs on Python's numbers."""
    condition = conditions(number)
    return st.one_of(
        made("({} if {} else {})", number, condition, number),
        made("({} if ({} and {}) else {})", number, condition, condition, number),
        made("({} if ({} or not {}) else {})", number, condition, condition, number),
        made("({} if 0 < {} < {} else {})", number, number, number, number),
        made("({} or {})", number, number),
        made("({} and {})", number, number),
        made("max({}, {}, 0.1)", number, number),
        made("min({}, {})", number, number),
        made("float({})", condition),
        made("(-float({}))", condition),
        made("bool({})", number),
        made("math.tanh({})", number),
        made("pow(abs({}) + 1.0, 0.5)", number),
        made("({} in ({}, 0.5))", number, number),
        made("np.max([{}, {}])", number, number),
        made("np.sum([{}, {}])", number, number),
        made("({} - {})", number, number),
        made("({} * {})", number, number),
    )


def for_all_worlds(number: Strategy) -> Strategy:
    """Return what people write with arrays in mind: it runs on all rows at once."""
    condition = conditions(number)
    return st.one_of(
        made("{}.astype(float)", condition),
        made("(-{}.astype(np.float32))", condition),
        made("({} * x).clip(-1.0, 1.0)", number),
        made("({} + y).round(1)", number),
        made("(act * ({} + x)[:, None]).sum(axis=1)", number),
        made("(act + ({} + x)[:, None]).mean(-1)", number),
        made("(act - ({} + x)[:, None]).max(axis=-1)", number),
        made("np.min([x + {}, y - {}], axis=0)", number, number),
        made("np.sum([x + {}, y - {}], axis=0)", number, number),
        made("np.linalg.norm([x + {}, y - {}], axis=0)", number, number),
        made("np.where(np.all([{}, y > x], axis=0), {}, 1.0)", made("(x > {})", number), number),
        made("np.heaviside({} + x, 0.5)", number),
        made("np.cbrt({} - x)", number),
        made("np.fabs({})", number),
        made("({} - {})", number, number),
        made("({} * {})", number, number),
    )


ONE = st.recursive(NUMBERS, for_one_world, max_leaves=8)
ALL = st.recursive(NUMBERS, for_all_worlds, max_leaves=8)
QUICKLY = settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)  # fmt: skip


def assert_mended(line: str) -> None:
    source = with_line(line, HEAD)
    fixed, used = mended(source)
    assume(bool(used))
    left = [str(f) for f in check_source(fixed, SIGNALS) if f.severity == "error"]
    assume(not left)  # some fixes are words
    with np.errstate(all="ignore"):
        value = np.asarray(load_reward(fixed)(SIGNALS).components["z"])
        meant = original(source)
    assume(bool(meant))
    # float32 and Python's float64 may stand on two sides of a condition in a row or two.
    same = [
        np.mean(np.isclose(m, value, rtol=1e-4, atol=1e-5, equal_nan=True))
        for m in meant
        if m.shape == value.shape
    ]
    assert max(same, default=0.0) > 0.95, (line, fixed)


@QUICKLY
@given(ONE)
def test_what_is_written_for_one_world_pays_all_of_them_the_same(expression: str) -> None:
    assert_mended(f"z = x * 0.0 + {expression}")


@QUICKLY
@given(ALL)
def test_what_is_written_for_all_worlds_pays_them_the_same(expression: str) -> None:
    assert_mended(f"z = x * 0.0 + {expression}")


@QUICKLY
@given(ONE, ONE, st.sampled_from(["+", "-", "*"]))
def test_statements_pay_all_worlds_the_same(one: str, other: str, operator: str) -> None:
    assert_mended(f"z = x * 1.0\nif {one} > 0.3:\n    z {operator}= {other}")
    assert_mended(f"if {one} > 0.3:\n    z = {other}\nelse:\n    z = y {operator} 0.5")
