"""What one reward pays for two behaviours."""

from __future__ import annotations

import numpy as np
import pytest
from analysis_fakes import episode, trained

from eureka_agent.analysis.behaviours import PaidEpisodes, Score, ended_with
from eureka_agent.trajectories import Trajectory


def paid(steps: int, reward: float, fitness: float | None = None) -> Trajectory:
    each = np.full(steps, reward, np.float32)
    return episode(steps, position=np.zeros(steps), reward=each, fitness=fitness)


def test_whole_episodes_are_compared_by_their_sums() -> None:
    short, long = (PaidEpisodes.of(str(n), [paid(n, -1.0, fitness=1.0)] * 2) for n in (10, 40))
    assert short is not None
    assert long is not None
    assert (short.episode, short.fitness) == (Score(-10.0, 0.0), Score(1.0, 0.0))
    assert short.earns_more(long)
    assert not long.earns_more(short)
    assert short.compared(long) == "-10 an episode, 40 -40"


def test_episodes_that_were_cut_are_compared_by_the_step() -> None:
    cut = [episode(5, "running", position=np.zeros(5), reward=np.full(5, 2.0, np.float32))] * 2
    running, whole = PaidEpisodes.of("random play", cut), PaidEpisodes.of("it", [paid(100, 1.0)] * 2)
    assert running is not None
    assert whole is not None
    assert running.episode is None
    assert running.fitness is None
    assert running.earns_more(whole)
    assert whole.compared(running) == "1 a step, random play 2"


def test_a_difference_of_less_than_a_tenth_is_none() -> None:
    one, other = PaidEpisodes("a", Score(1.0, 0.0)), PaidEpisodes("b", Score(0.95, 0.0))
    assert not one.earns_more(other)
    assert one.earns_more(PaidEpisodes("c", Score(0.85, 0.0)))
    assert not one.earns_more(PaidEpisodes("d", Score(0.5, 1.0)))


def test_without_rewards_nothing_is_known() -> None:
    assert PaidEpisodes.of("it", [paid(5, 1.0)]) is None
    assert PaidEpisodes.of("it", [episode(5, position=np.zeros(5))] * 3) is None


def test_a_training_ends_with_its_last_third() -> None:
    ended = ended_with(trained([0.0] * 6, [0.0] * 6, returns=[0.0, 0.0, 0.0, 0.0, 10.0, 30.0]))
    assert ended is not None
    assert ended.episode is not None
    assert ended.episode.mean == pytest.approx(20.0)
    assert ended.step.mean == pytest.approx(0.2)
    assert ended_with(trained([0.0] * 6, [0.0] * 6)) is None  # of an earlier version


def test_one_episode_has_no_spread() -> None:
    assert Score.of([1.0]) is None
    assert Score.of([1.0, 3.0]) == Score(2.0, 1.0)
