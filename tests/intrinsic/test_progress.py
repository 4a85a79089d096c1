"""What is paid for a step beyond the step before."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.progress import Progress


@given(st.data())
def test_an_episode_is_paid_the_reward_of_its_last_step(data: st.DataObject) -> None:
    steps = data.draw(st.integers(1, 12))
    quarters = arrays.arrays(np.int8, (steps, 2), elements=st.integers(0, 4))
    reward = data.draw(quarters).astype(np.float32) / 4
    first = data.draw(arrays.arrays(np.bool_, (steps, 2)))
    first[0] = True
    cut = data.draw(st.integers(0, steps))
    progress = Progress(2)
    parts = [part for part in (slice(0, cut), slice(cut, steps)) if part.start < part.stop]
    paid = np.concatenate([progress(reward[part], first[part]) for part in parts])
    for world in range(2):
        starts = [*np.flatnonzero(first[:, world]).tolist(), steps]
        for begin, end in itertools.pairwise(starts):
            assert paid[begin:end, world].sum() == reward[end - 1, world]


def test_staying_pays_nothing_and_leaving_costs_what_coming_paid() -> None:
    reward = np.array([[0.0], [1.0], [1.0], [0.0]], np.float32)
    first = np.array([[True], [False], [False], [False]])
    assert Progress(1)(reward, first).ravel().tolist() == [0.0, 1.0, 0.0, -1.0]


def test_restored_progress_goes_on_alike() -> None:
    one, other = Progress(2), Progress(2)
    going_on = np.zeros((1, 2), bool)
    one(np.array([[0.5, 1.0]], np.float32), ~going_on)
    other.load_state_dict(one.state_dict())
    assert other(np.ones((1, 2), np.float32), going_on).tolist() == [[0.5, 0.0]]


def test_a_damaged_state_is_refused() -> None:
    saved = {**Progress(2).state_dict(), "last": np.array([0.0, np.nan])}
    with pytest.raises(ConfigError, match="damaged"):
        Progress(2).load_state_dict(saved)
    with pytest.raises(ConfigError, match="num_envs"):
        Progress(3).load_state_dict(Progress(2).state_dict())
