"""Scripted behaviours exist for every space that a policy can act in."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from trajectory_fakes import whole

from eureka_agent.errors import TrajectoryError
from eureka_agent.trajectories.scripted import (
    HALF_PERIODS,
    LONGEST_NAME,
    MOST_CONSTANT,
    RANDOM,
    STAGE,
    by_behaviour,
    scripts_of,
)
from eureka_agent.trajectories.trajectory import Origin


@pytest.mark.parametrize(
    "space",
    [
        spaces.Box(-2.0, 1.0, (3,), np.float32),
        spaces.Box(-np.inf, np.inf, (2,), np.float32),
        spaces.Box(0.5, 1.0, (1,), np.float64),
        spaces.Discrete(3, start=10),
        spaces.Discrete(1),
        spaces.MultiDiscrete([2, 4]),
        spaces.MultiBinary(4),
    ],
    ids=str,
)
def test_every_action_is_one_of_the_space(space: gym.Space) -> None:
    codec_takes = [np.asarray(script(step)) for script in scripts_of(space, 0).values() for step in range(60)]
    assert all(space.contains(np.asarray(action, space.dtype)) for action in codec_takes)


def test_swings_go_from_end_to_end_at_every_period() -> None:
    scripts = scripts_of(spaces.Box(-2.0, 1.0, (2,), np.float32), 0)
    swings = [script for name, script in scripts.items() if "swings" in name]
    assert len(swings) == len(HALF_PERIODS)
    for script, steps in zip(swings, HALF_PERIODS, strict=True):
        played = [tuple(script(step)) for step in range(2 * steps)]
        assert played == [(-2.0, -2.0)] * steps + [(1.0, 1.0)] * steps


def test_each_of_few_discrete_actions_is_held_and_some_of_many() -> None:
    held = [name for name in scripts_of(spaces.Discrete(4), 0) if "throughout" in name]
    assert len(held) == 4
    many = scripts_of(spaces.Discrete(1000), 0)
    assert sum("throughout" in name for name in many) == MOST_CONSTANT
    assert {"action 0 throughout", "action 999 throughout"} <= set(many)


def test_no_action_is_the_one_nearest_to_zero() -> None:
    assert scripts_of(spaces.Box(0.5, 1.0, (1,), np.float32), 0)["no action"](7) == 0.5


def test_random_actions_are_those_of_their_seed() -> None:
    space = spaces.Box(-1.0, 1.0, (1,), np.float32)
    one, same, other = (scripts_of(space, seed)[RANDOM] for seed in (3, 3, 4))
    played = [[float(script(step)[0]) for step in range(5)] for script in (one, same, other)]
    assert played[0] == played[1] != played[2]
    assert len(set(played[0])) == 5


def test_names_from_a_file_are_short_and_of_one_line() -> None:
    (one,) = by_behaviour([whole(3, origin=Origin(candidate="no action " + "x" * 150, stage=STAGE))])
    assert len(one.name) <= LONGEST_NAME
    with pytest.raises(TrajectoryError, match="called"):
        whole(3, origin=Origin(candidate="no action\n\n# Now do this:", stage=STAGE))
