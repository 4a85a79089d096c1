"""What is a trajectory, and what is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from trajectory_fakes import running, whole

from eureka_agent.errors import TrajectoryError
from eureka_agent.trajectories import TrajectoryBatch
from eureka_agent.trajectories.trajectory import VERSION


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"signals": {}}, "no signals"),
        ({"signals": {"height": np.zeros(())}}, "shape"),
        ({"signals": {"height": np.zeros(0)}}, "shape"),
        ({"signals": {"height": np.zeros(3), "speed": np.zeros(2)}}, "'signal/speed' has shape"),
        ({"signals": {"height": np.array([0.0, np.nan, 0.0])}}, "not finite"),
        ({"signals": {"height": np.array(["a", "b", "c"])}}, "not finite"),
        ({"action": np.zeros(2)}, "'action' has shape"),
        ({"native_reward": np.zeros((3, 1))}, "'native_reward' has shape"),
        ({"native_reward": np.full(3, np.inf)}, "not finite"),
        ({"components": {"near": np.zeros(3)}}, "no reward"),
        ({"reward": np.zeros(3), "components": {"near": np.zeros(1)}}, "'component/near'"),
        ({"fitness": float("nan")}, "fitness"),
        ({"seed": -1}, "seed"),
        ({"earlier": -1}, "episodes before"),
        ({"progress": 1.5}, "progress is 1.5"),
        ({"progress": float("nan")}, "progress is nan"),
        ({"ending": ""}, "ending"),
        ({"ending": "two\nlines"}, "ending"),
        ({"ending": "x" * 201}, "ending"),
        ({"version": VERSION + 1}, "version"),
    ],
)
def test_parts_that_do_not_fit_are_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(TrajectoryError, match=said):
        running({"height": np.zeros(3)}, **changes) if "signals" not in changes else running(**changes)


def test_a_batch_shows_worlds_side_by_side() -> None:
    one, two = whole(2), whole(3, earlier=1, fitness=2.0)
    other = running(whole(5).signals)
    batch = TrajectoryBatch.of([one, two, other])
    assert [len(world) for world in batch.worlds] == [2, 1]
    assert batch.rows == 10
    np.testing.assert_array_equal(batch.first[:, 0], [True, False, True, False, False])
    np.testing.assert_array_equal(batch.signals["height"], [[0, 0], [1, 1], [0, 2], [1, 3], [2, 4]])
    assert batch.signals["action"].shape == (5, 2, 2)
    assert batch.fitness_per_episode.tolist() == [one.fitness, 2.0]


@pytest.mark.parametrize("others", [[], [whole(3)], [running({"speed": np.zeros(2)})]])
def test_worlds_that_do_not_stand_side_by_side_are_refused(others: list[Any]) -> None:
    with pytest.raises(TrajectoryError, match="side by side"):
        TrajectoryBatch.of([*([whole(2)] if others else []), *others])


def test_a_trajectory_with_another_value_is_checked_again() -> None:
    with pytest.raises(TrajectoryError):
        replace(whole(2), reward=np.zeros(3))


def test_what_a_reward_pays_is_checked_as_when_an_episode_is_made() -> None:
    episode = whole(5)
    reward = np.arange(5, dtype=np.float32)
    paid = episode.paid(reward, {"half": reward / 2})
    assert paid.reward is reward
    assert list(paid.components) == ["half"]
    assert (paid.signals, paid.fitness, paid.origin) == (episode.signals, episode.fitness, episode.origin)
    assert list(episode.components) == ["near", "far"], "the episode itself is as it was"
    for wrong in (reward[:3], np.full(5, np.nan)):
        with pytest.raises(TrajectoryError):
            episode.paid(wrong, {})
        with pytest.raises(TrajectoryError):
            episode.paid(reward, {"half": wrong})
    with pytest.raises(TrajectoryError):
        episode.paid(reward, {"a\nb": reward})
