"""Random play of a task."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from eureka_agent.tasks import find_task
from eureka_agent.trajectories import (
    TrajectoryBatch,
    inspect_environment,
    read_trajectories,
    write_trajectories,
)


def test_random_play_has_enough_rows_and_survives_the_disk(tmp_path: Path) -> None:
    task = find_task("cartpole")
    recording = inspect_environment(task, seed=1, steps=600)
    assert recording.rows >= 600
    assert recording.signals["prev_action"].shape == (*recording.first.shape, 2)
    assert recording.first[0].all()
    assert recording.fitness_per_episode.size > 10
    assert all(one.ended for world in recording.worlds for one in world[:-1])
    write_trajectories(tmp_path / "transitions.npz", recording.trajectories)
    loaded = TrajectoryBatch.of(read_trajectories(tmp_path / "transitions.npz"))
    for name, array in recording.signals.items():
        np.testing.assert_array_equal(loaded.signals[name], array)
    np.testing.assert_array_equal(loaded.first, recording.first)
    again = inspect_environment(task, seed=1, steps=600)
    np.testing.assert_array_equal(again.signals["action"], recording.signals["action"])
