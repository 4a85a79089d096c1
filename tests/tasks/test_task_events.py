"""Every task that comes along names what a person would speak of."""

from __future__ import annotations

import numpy as np
import pytest
from bundled_tasks import every_task, usable_tasks

from eureka_agent.tasks import find_task
from eureka_agent.trajectories import inspect_environment
from eureka_agent.trajectories.ending import GENERIC, TERMINATED, events_of

TASKS = every_task()


@pytest.mark.parametrize("name", TASKS)
def test_a_task_names_its_events(name: str) -> None:
    task = find_task(name)
    for episode in inspect_environment(task).trajectories:
        events = events_of(task, episode.signals)
        assert events
        assert {mask.shape for mask in events.values()} == {(episode.length,)}
        assert all(mask.dtype.kind == "b" for mask in events.values())
        assert not set(events) & set(GENERIC)
        if episode.terminated:  # whatever ends an episode early has a name
            assert episode.ending != TERMINATED
            assert all(events[name][-1] for name in episode.ending.split(" and ") if name in events)


@pytest.mark.parametrize("name", [task.name for task in usable_tasks() if find_task(task.name).fitness_parts])
def test_the_parts_of_a_score_never_hold_together_where_it_is_zero(name: str) -> None:
    task = find_task(name)
    assert task.fitness_parts is not None
    for episode in inspect_environment(task).trajectories:
        parts = task.fitness_parts(episode.signals)
        assert {mask.shape for mask in parts.values()} == {(episode.length,)}
        together = np.logical_and.reduce(list(parts.values()))
        assert together.any() or not episode.fitness


def test_a_walk_in_a_crouch_has_all_its_parts() -> None:
    task = find_task("walker_crouch_walk")
    steps = np.arange(250)
    lifted = (steps // 20) % 2 == 0
    signals = {
        "height": np.full(250, 0.85), "pitch": np.zeros(250), "body_clearance": np.full(250, 0.3),
        "right_foot_height": 0.1 * lifted, "left_foot_height": 0.1 * ~lifted,
        "x_position": 0.01 * steps, "prev_x_position": 0.01 * (steps - 1),
    }  # fmt: skip
    assert task.fitness_parts is not None
    assert task.fitness_episode is not None
    assert all(mask.all() for mask in task.fitness_parts(signals).values())
    assert task.fitness_episode(signals) == pytest.approx(2.5)
    tall = task.fitness_parts({**signals, "height": np.full(250, 1.3)})
    assert [name for name, mask in tall.items() if not mask.any()] == ["a second in a crouch"]
