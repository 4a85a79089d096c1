"""What a training's recording may take: what is left out first, and that it always fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trajectory_fakes import whole

from eureka_agent.rewards.output import MAX_COMPONENTS
from eureka_agent.tasks.registry import find_task
from eureka_agent.trajectories import Origin, inspect_environment, read_trajectories, write_trajectories
from eureka_agent.trajectories.bounding import bounded, bytes_of, first_steps, most_of
from eureka_agent.trajectories.ending import RUNNING

STEP = bytes_of([whole(1)])


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=4),
    st.lists(st.integers(1, 30), max_size=4),
    st.integers(0, 100),
)
def test_what_fits_is_kept_in_order_and_never_less_than_a_step(
    lengths: list[int], others: list[int], steps: int
) -> None:
    kept = [whole(n, earlier=i) for i, n in enumerate(lengths)]
    beside = [whole(n, origin=Origin(checkpoint=i)) for i, n in enumerate(others)]
    first, last = bounded(kept, beside, most=steps * STEP)
    assert bytes_of([*first, *last]) <= max(1, steps) * STEP
    assert [one.earlier for one in first] == list(range(len(first)))
    assert [one.origin.checkpoint for one in last] == list(range(len(others)))[len(others) - len(last) :]
    if len(first) < len(kept) or first[0].length < kept[0].length:
        assert not last
    if sum(lengths) + sum(others) <= steps:
        assert (len(first), len(last)) == (len(kept), len(beside))
    if first[0].length < kept[0].length:
        assert len(first) == 1
        assert (first[0].ending, first[0].fitness, first[0].ended) == (RUNNING, None, False)


def test_the_bound_holds_on_the_disk(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(size=400).astype(np.float32)  # of which nothing can be compressed
    episode = whole(400, reward=noise, components={"near": noise, "far": noise})
    write_trajectories(tmp_path / "x.npz", [episode])
    assert (tmp_path / "x.npz").stat().st_size < bytes_of([episode]) + 4096  # names, shapes, what each is


def test_first_steps_are_those_of_the_whole_episode(tmp_path: Path) -> None:
    episode = whole(9)
    assert first_steps(episode, 9) is episode
    part = first_steps(episode, 4)
    assert list(part.arrays) == list(episode.arrays)
    for name, array in part.arrays.items():
        np.testing.assert_array_equal(array, episode.arrays[name][:4])
    write_trajectories(tmp_path / "x.npz", [part])
    assert read_trajectories(tmp_path / "x.npz")[0].ending == RUNNING


@pytest.mark.parametrize("name", ["cartpole", "half_cheetah"])
def test_a_recorded_episode_takes_no_more_than_was_said(name: str) -> None:
    task = find_task(name, max_episode_steps=50)
    episode = next(one for one in inspect_environment(task).trajectories if one.ended)
    paid = np.zeros(episode.length, np.float32)
    paid_for = replace(episode, reward=paid, components={str(n): paid for n in range(MAX_COMPONENTS)})
    assert bytes_of([first_steps(paid_for, 5)]) / 5 <= most_of(task, MAX_COMPONENTS) / (6 * 50)
