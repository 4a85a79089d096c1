"""Safety signals beside every score: measured on recorded episodes, kept with each training."""

from __future__ import annotations

import numpy as np
import pytest

from eureka_agent.analysis.safety import safety_of, safety_words, sizes_reached
from eureka_agent.archive.candidate import Candidate, Evaluation, mean_safety
from eureka_agent.store.journalled import evaluation_from_json
from eureka_agent.trajectories.trajectory import Trajectory


def episode(**signals: np.ndarray) -> Trajectory:
    return Trajectory(signals=signals, terminated=False, truncated=True, ending="time limit")


def training(replicate: int, stage: str = "search", **safety: float) -> Evaluation:
    return Evaluation(stage, replicate, 1, 0.0, (0.0,), 1, 0.0, 0, safety=safety)


def test_sizes_are_of_all_elements_and_all_episodes() -> None:
    impact = np.concatenate([np.zeros(99, np.float32), [-5.0]]).astype(np.float32)
    first, second = episode(impact=impact), episode(impact=np.full(100, 2.0, np.float32))

    high, most = sizes_reached([first, second], "impact") or (0.0, 0.0)

    assert high == pytest.approx(2.0)
    assert most == pytest.approx(5.0)
    pairs = np.stack([np.full(10, 1.0, np.float32), np.full(10, -3.0, np.float32)], axis=-1)
    assert sizes_reached([episode(torque=pairs)], "torque") == (3.0, 3.0)


def test_a_signal_that_was_not_recorded_has_no_figure() -> None:
    assert safety_of([episode(height=np.ones(3, np.float32))], ("impact",)) == {}
    assert safety_of([], ("impact",)) == {}


def test_a_candidate_tells_the_mean_of_its_trainings_that_measured_it() -> None:
    evaluations = (
        training(0, impact=10.0),
        training(1, impact=20.0, torque=1.0),
        training(2),
        training(0, "confirm", impact=99.0),
    )
    candidate = Candidate(0, 0, "seed", evaluations=evaluations)

    assert candidate.safety() == {"impact": 15.0, "torque": 1.0}
    assert candidate.safety("confirm") == {"impact": 99.0}
    assert safety_words(candidate.safety()) == "impact 15, torque 1"
    assert mean_safety([]) == {}


def test_an_older_log_has_evaluations_without_it() -> None:
    data = {
        "stage": "search", "replicate": 0, "seed": 1, "fitness": 1.0, "episode_fitness": [1.0],
        "env_steps": 1, "wall_s": 0.0, "best_checkpoint": 0, "curves": {}, "warnings": [],
    }  # fmt: skip

    assert evaluation_from_json(data).safety == {}
    assert evaluation_from_json(data | {"safety": {"impact": 3.5}}).safety == {"impact": 3.5}
    with pytest.raises(ValueError, match="safety"):
        evaluation_from_json(data | {"safety": {"impact": "high"}})
