from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from caption_streams import NOTHING, steps_of
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.models.counting import EpisodicCounts
from eureka_agent.intrinsic.models.model import CaptionedSteps

Row = list[tuple[str | None, bool]]
WORLDS = 3
ROLLOUTS = st.lists(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(["a", "b", None]), st.booleans()), min_size=WORLDS, max_size=WORLDS
        ),
        min_size=1,
        max_size=6,
    ),
    max_size=5,
)


def made(rows: list[Row]) -> CaptionedSteps:
    return steps_of(
        *[[text for text, _ in row] for row in rows], first=[[begun for _, begun in r] for r in rows]
    )


def test_counts_go_on_across_rollouts_and_begin_with_each_episode() -> None:
    counts = EpisodicCounts(2)
    begun = [[True, True], [False, False]]
    assert counts.count(steps_of(["a", "b"], ["a", "a"], first=begun)).tolist() == [[1, 1], [2, 1]]
    going_on = [[False, True], [True, False]]
    assert counts.count(steps_of(["a", "b"], ["a", "b"], first=going_on)).tolist() == [[3, 1], [1, 2]]


def test_the_discount_is_a_power_of_the_count() -> None:
    counts = EpisodicCounts(1)
    discount = counts.discount(steps_of(["a"], ["a"], [None], ["a"]), 3.0)
    np.testing.assert_allclose(discount.ravel(), [1, 1 / 8, 1, 1 / 27], rtol=1e-6)
    assert discount.dtype == np.float32


def test_beta_zero_gives_ones_and_holds_no_counts() -> None:
    counts = EpisodicCounts(1)
    assert counts.discount(steps_of(["a"], ["a"]), 0.0).tolist() == [[1], [1]]
    assert len(counts) == 0


@given(ROLLOUTS)
def test_counts_are_those_of_a_plain_loop(rollouts: list[list[Row]]) -> None:
    counts, seen = EpisodicCounts(WORLDS), [Counter[str]() for _ in range(WORLDS)]
    for rows in rollouts:
        expected = []
        for row in rows:
            numbers = []
            for world, (text, begun) in enumerate(row):
                if begun:
                    seen[world].clear()
                if text:
                    seen[world][text] += 1
                numbers.append(seen[world][text] if text else 1)
            expected.append(numbers)
        assert counts.count(made(rows)).tolist() == expected


@given(ROLLOUTS)
def test_restored_counts_go_on_alike(rollouts: list[list[Row]]) -> None:
    whole, part = EpisodicCounts(WORLDS), EpisodicCounts(WORLDS)
    for rows in rollouts:
        restored = EpisodicCounts(WORLDS)
        restored.load_state_dict(part.state_dict())
        part = restored
        np.testing.assert_array_equal(part.discount(made(rows), 1.0), whole.discount(made(rows), 1.0))


def test_memory_is_that_of_the_episodes_that_go_on() -> None:
    counts = EpisodicCounts(1)
    for episode in range(20):
        texts = [[f"caption {episode} {i}"] for i in range(30)]
        counts.count(steps_of(*texts, first=[[i == 0] for i in range(30)]))
        assert len(counts) == 30


def test_no_steps_change_nothing() -> None:
    counts = EpisodicCounts(3)
    counts.count(steps_of(["a", "a", "a"]))
    assert counts.discount(NOTHING, 1.0).shape == (0, 3)
    assert counts.count(steps_of(["a", "a", "a"])).tolist() == [[2, 2, 2]]


def test_other_worlds_and_impossible_powers_are_refused() -> None:
    with pytest.raises(ValueError, match="not of 2 worlds"):
        EpisodicCounts(2).count(NOTHING)
    with pytest.raises(ValueError, match="beta"):
        EpisodicCounts(3).discount(NOTHING, -1.0)
    with pytest.raises(ConfigError, match="num_envs 3, not 2"):
        EpisodicCounts(2).load_state_dict(EpisodicCounts(3).state_dict())
