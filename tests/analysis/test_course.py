"""How behaviour changed while a policy learned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from analysis_fakes import episode, typical

from eureka_agent.analysis.course import observe_course
from eureka_agent.analysis.observation import ObservationKind
from eureka_agent.trajectories.trajectory import Origin, Trajectory

WALKED = np.cumsum(np.full(60, 0.5))
STOOD = np.concatenate([WALKED[:10], np.full(50, WALKED[9])])


def at(checkpoint: int, ending: str, position: np.ndarray, fitness: float | None = None) -> Trajectory:
    played = episode(len(position), ending, position=position, velocity=position)
    return replace(played, fitness=fitness, origin=Origin(checkpoint=checkpoint))


def test_the_checkpoint_is_named_from_which_on_it_stands_still() -> None:
    episodes = [at(0, "fell", WALKED[:20], 1.0), at(4, "done", STOOD, 0.25), at(9, "done", STOOD, 0.0)]
    (seen,) = observe_course(episodes, typical())
    assert seen.kind is ObservationKind.COURSE
    assert seen.checkpoint == 5
    assert "at checkpoint 1 fell, 20 steps, fitness 1;" in seen.text
    assert "at checkpoint 10 done, 60 steps, standing still for 51, fitness 0." in seen.text


def test_who_behaves_alike_throughout_has_no_course() -> None:
    alike = [at(0, "fell", WALKED[:40]), at(9, "fell", WALKED[:50])]
    assert not list(observe_course(alike, typical()))
    assert list(observe_course([alike[0], at(9, "fell", WALKED)], typical())), "it lasts half as long again"
    assert not list(observe_course(alike[:1], typical()))
    assert not list(observe_course([], typical()))


def test_the_order_is_that_of_learning_and_one_episode_speaks_for_a_checkpoint() -> None:
    episodes = [at(9, "walked", WALKED), at(0, "fell", WALKED[:20]), at(9, "fell", WALKED[:20])]
    (seen,) = observe_course(episodes)
    assert seen.checkpoint == 10
    assert seen.text.index("checkpoint 1 fell") < seen.text.index("checkpoint 10 walked")


def test_episodes_that_name_no_checkpoint_are_left_out() -> None:
    nameless = replace(at(0, "fell", WALKED[:20]), origin=Origin())
    assert not list(observe_course([nameless, at(9, "walked", WALKED)]))
