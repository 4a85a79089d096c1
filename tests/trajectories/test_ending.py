"""Every end has a name: the task's own, or one that fits all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from eureka_agent.errors import TaskError
from eureka_agent.tasks import find_task
from eureka_agent.trajectories import ending_of, inspect_environment
from eureka_agent.trajectories.ending import GENERIC, RUNNING

TASK = find_task("cartpole")
UPRIGHT = {"pole_angle": np.zeros(2, np.float32), "cart_position": np.zeros(2, np.float32)}


def last(**values: float) -> dict[str, np.ndarray]:
    return {name: np.array([0.0, values.get(name, 0.0)], np.float32) for name in UPRIGHT}


@pytest.mark.parametrize(
    ("signals", "terminated", "truncated", "said"),
    [
        (last(pole_angle=1.0), True, False, "the pole fell"),
        (last(pole_angle=1.0), True, True, "the pole fell"),
        (last(pole_angle=1.0, cart_position=3.0), True, False, "the pole fell and the cart left the track"),
        (last(pole_angle=1.0), False, True, "time limit"),
        (last(pole_angle=1.0), False, False, "running"),
        (UPRIGHT, True, False, "terminated"),
    ],
)
def test_an_end_is_named(signals: Any, terminated: bool, truncated: bool, said: str) -> None:
    assert ending_of(TASK, signals, terminated=terminated, truncated=truncated) == said


def test_a_task_without_events_says_what_everybody_knows() -> None:
    assert ending_of(replace(TASK, events=None), UPRIGHT, terminated=True, truncated=False) == "terminated"


def test_events_of_another_shape_are_named() -> None:
    wrong = replace(TASK, events=lambda signals: {"the pole fell": np.bool_(True)})
    with pytest.raises(TaskError, match=r"events\(\) returned shape \(\) for 'the pole fell'"):
        ending_of(wrong, UPRIGHT, terminated=True, truncated=False)


@pytest.mark.parametrize(
    "name", ["cartpole", "hopper", "walker", "humanoid", "hopper_jump", "walker_crouch_walk"]
)
def test_the_events_of_a_task_name_every_end_of_random_play(name: str) -> None:
    ends = [one.ending for one in inspect_environment(find_task(name), seed=1).trajectories]
    assert RUNNING in ends
    named = [ending for ending in ends if ending != RUNNING]
    assert named
    assert not set(named) & set(GENERIC)
