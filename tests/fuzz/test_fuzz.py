"""A short fuzzing of everything that reads what it cannot trust; `benchmarks/fuzz.py` goes on for long."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from targets import TARGETS

INPUTS = 800
"""Inputs of all targets together."""


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_that_is_read_can_break_its_reader(name: str) -> None:
    target = TARGETS[name]
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    limits = settings(
        max_examples=INPUTS * target.share // 100, deadline=None, derandomize=True, database=None,
        suppress_health_check=quiet,
    )  # fmt: skip

    @limits
    @given(st.data())
    def fuzz(data: st.DataObject) -> None:
        target.check(data.draw(target.inputs))

    fuzz()


def test_the_shares_are_of_a_whole() -> None:
    assert sum(target.share for target in TARGETS.values()) == 100
