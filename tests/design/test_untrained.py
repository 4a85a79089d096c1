from __future__ import annotations

from dataclasses import replace

import numpy as np
from design_fakes import make_task
from trajectory_fakes import running

from eureka_agent.design.untrained import as_if_measured, untrained
from eureka_agent.trajectories import TrajectoryBatch

T, N = 50, 20


def recording(scores: list[float | None]) -> TrajectoryBatch:
    """Return the steps of worlds, one for each score, in which `height` runs from 0 to 1."""
    ramp = np.linspace(0.0, 1.0, T * N).reshape(T, N)
    rows = {"height": ramp, "speed": np.stack([ramp, 100.0 * ramp], axis=-1)}
    worlds = [running({name: array[:, world] for name, array in rows.items()}) for world in range(N)]
    scored = [replace(one, fitness=score) for one, score in zip(worlds, scores, strict=False)]
    return TrajectoryBatch.of([*scored, *worlds[len(scored) :]])


def test_quantiles_are_of_the_steps_of_all_worlds() -> None:
    told = untrained(recording([1.0, 2.0, 6.0]))
    assert told.signals == {"height": "0.05, 0.5, 0.95", "speed": "0.05, 0.5, 0.95; 5, 50, 95"}
    assert told.scores == "1, 3, 6"


def test_scores_are_told_only_where_episodes_ended() -> None:
    assert untrained(recording([])).scores == ""
    assert untrained(recording([None, 2.0])).scores == "2, 2, 2"


def test_an_estimate_counts_a_word_for_every_signal() -> None:
    task = make_task()
    told = as_if_measured(task)
    assert set(told.signals) == {signal.name for signal in task.signals}
    assert told.signals["wind"].count(";") == 2
