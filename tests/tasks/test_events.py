"""Every task that comes along names what a person would speak of."""

from __future__ import annotations

import pytest

from eureka_agent.tasks import find_task, list_tasks
from eureka_agent.trajectories import inspect_environment
from eureka_agent.trajectories.ending import GENERIC, TERMINATED, events_of

TASKS = sorted(task.name for task in list_tasks())


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
