"""Further seeds go where it is undecided who is best."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.archive.posterior import Belief
from eureka_agent.archive.second_seeds import second_seeds

KNOWN = {"far": Belief(-9.0, 0.1, 1), "best": Belief(3.0, 1.0, 2), "close": Belief(2.5, 1.0, 1)}


def drawn(count: int, seed: int) -> tuple[str, ...]:
    return second_seeds(KNOWN, count=count, generator=np.random.default_rng(seed))


def test_those_that_may_be_best_are_taken_and_others_hardly_ever() -> None:
    taken = Counter(drawn(1, seed)[0] for seed in range(200))
    assert taken["far"] == 0
    assert taken["best"] > 50
    assert taken["close"] > 50


def test_where_nothing_is_in_doubt_leader_and_runner_up_are_taken() -> None:
    sure = {"a": Belief(1.0, 0.0, 1), "b": Belief(0.5, 0.0, 1), "c": Belief(0.0, 0.0, 1)}
    taken = {second_seeds(sure, count=1, generator=np.random.default_rng(s)) for s in range(30)}
    assert taken == {("a",), ("b",)}


@given(st.integers(0, 5), st.integers(0, 1000))
def test_nobody_is_taken_twice_and_the_same_seed_takes_the_same(count: int, seed: int) -> None:
    taken = drawn(count, seed)
    assert len(set(taken)) == len(taken) == min(count, len(KNOWN))
    assert taken == drawn(count, seed)
    assert second_seeds({}, count=count, generator=np.random.default_rng(seed)) == ()
