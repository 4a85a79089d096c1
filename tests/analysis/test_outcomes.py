"""What became of an episode: the task's word for it, or what always shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from analysis_fakes import episode, random_walk, typical

from eureka_agent.analysis.outcomes import (
    beyond,
    observe_bounds,
    observe_events,
    observe_outcomes,
    outcome_of,
    outcomes,
)
from eureka_agent.trajectories import Trajectory

FLAT = np.zeros(60)
MOVING = np.cumsum(np.full(60, 0.5))
STOPPED = np.concatenate([MOVING[:30], np.full(30, MOVING[29])])
BOUNDS = {"position": (-1.0, 20.0)}


def of(ending: str, position: np.ndarray, **signals: Any) -> Trajectory:
    return episode(60, ending, position=position, velocity=position, **signals)


@pytest.mark.parametrize(
    ("trajectory", "name"),
    [
        (of("the pole fell", FLAT), "the pole fell"),
        (of("time limit", FLAT), "never started"),
        (of("time limit", STOPPED), "stuck"),
        (of("time limit", MOVING), "timed out"),
        (of("terminated", MOVING), "out of bounds"),
        (of("terminated", 0.5 * MOVING, height=np.linspace(1.2, 0.5, 60)), "fell"),
        (of("terminated", 0.5 * MOVING, height=np.linspace(1.2, 1.1, 60)), "terminated"),
        (of("running", MOVING), "running"),
        (of("unknown", MOVING), "unknown"),
    ],
)
def test_an_episode_has_one_outcome(trajectory: Trajectory, name: str) -> None:
    assert outcome_of(trajectory, typical(), BOUNDS) == name


def test_without_random_play_and_bounds_less_is_said() -> None:
    assert outcome_of(of("time limit", FLAT)) == "timed out"
    assert outcome_of(of("terminated", MOVING)) == "terminated"


def test_outcomes_are_counted_with_an_example() -> None:
    told = outcomes([of("the pole fell", MOVING, fitness=float(n)) for n in (1, 3)] + [of("running", MOVING)])
    first, second = observe_outcomes(told)
    assert first.text == "2 of 3 episodes: the pole fell, after 60 steps, mean fitness 2."
    assert (first.episode, first.steps) == (0, (59, 59))
    assert "still running when the recording ended" in second.text
    assert [one.ended for one in told] == [True, True, False]


def test_an_event_says_when_it_came_and_whether_it_stayed() -> None:
    mask = np.arange(60) >= 40
    blink = np.isin(np.arange(60), [5, 7])
    stayed, passed = observe_events({"it lies": mask, "it hops": blink, "it flies": np.zeros(60, bool)}, 2)
    assert stayed.text == "'it lies' first at step 40, on 20 of 60 steps and until the end."
    assert stayed.steps == (40, 59)
    assert passed.text == "'it hops' first at step 5, on 2 of 60 steps."
    assert passed.episode == 2


def test_bounds_are_left_where_a_number_is_past_them() -> None:
    (seen,) = observe_bounds(of("time limit", MOVING), BOUNDS)
    assert seen.steps == (40, 59)
    assert beyond(of("time limit", MOVING), {"position": (None, None), "elsewhere": (0.0, 1.0)}) == []
    assert beyond(random_walk(10), {"velocity": (-100.0, 100.0)}) == []
