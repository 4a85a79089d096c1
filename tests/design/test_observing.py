from __future__ import annotations

from dataclasses import replace

import numpy as np
from design_fakes import make_task, trained
from trajectory_fakes import running

from eureka_agent.design.observing import MOST_LINES, PolicyObserver
from eureka_agent.trajectories.trajectory import Trajectory

RANDOM = np.random.default_rng(0)


def episode(position: np.ndarray) -> Trajectory:
    made = running({"position": position, "action": np.zeros((len(position), 2))})
    return replace(made, terminated=True, ending="terminated", fitness=1.0)


AT_RANDOM = [episode(RANDOM.normal(size=40).cumsum() / 9) for _ in range(4)]
FALLING = trained(0, 1, 5.0)


def test_lines_carry_their_citation_and_are_few() -> None:
    observe = PolicyObserver(make_task(), AT_RANDOM)
    lines = observe(FALLING, [episode(np.linspace(0, 9, 40)) for _ in range(30)])
    assert 0 < len(lines) <= MOST_LINES
    assert all("[candidate 0-01" in line for line in lines)


def test_a_score_that_falls_while_a_component_rises_comes_first() -> None:
    evaluation = FALLING.evaluations[0]
    curves = {**evaluation.curves, "fitness": (9.0, 5.0, 1.0), "fitness_error": (0.1, 0.1, 0.1)}
    hacked = replace(FALLING, evaluations=(replace(evaluation, curves=curves),))
    line = PolicyObserver(make_task(), AT_RANDOM)(hacked, [])[0]
    assert "near" in line
    assert "checkpoint" in line


def test_events_that_cannot_be_read_from_a_recording_are_left_out() -> None:
    task = make_task(events=lambda signals: {"it stopped": signals["gone"] > 0})
    lines = PolicyObserver(task, AT_RANDOM)(FALLING, [episode(np.zeros(40))])
    assert not any("it stopped" in line for line in lines)
