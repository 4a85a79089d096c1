"""Whether two rewards agree about recorded steps, known from steps whose order is planted."""

from __future__ import annotations

import numpy as np
import pytest
from trajectory_fakes import running

from eureka_agent.analysis.agreement import (
    FEWEST,
    MOST_APART,
    PaidEpisode,
    agreement,
    agreement_with_fitness,
    rank_correlation,
    tau,
)

SPEED = np.linspace(0.0, 1.0, 20, dtype=np.float32)


def episode(number: int, *, fitness: float | None = 1.0, **paid: np.ndarray) -> PaidEpisode:
    signals = {"speed": SPEED + number, "obs": np.zeros((20, 2), np.float32)}
    ended = running(signals, terminated=fitness is not None, fitness=fitness, ending="time limit")
    return PaidEpisode(f"episode {number}", ended, paid)


def test_only_the_order_counts_and_not_the_unit() -> None:
    episodes = [episode(n, A=SPEED + n, B=1000.0 * np.exp(SPEED + n) - 5.0) for n in range(4)]
    found = agreement("A", "B", episodes)
    assert found.steps == pytest.approx(1.0)
    assert found.returns == pytest.approx(1.0)
    assert found.apart == ()
    turned = agreement("A", "B", [episode(n, A=SPEED + n, B=-SPEED - n) for n in range(4)])
    assert turned.steps == pytest.approx(-1.0)


def test_the_step_on_which_two_disagree_is_cited_once_an_episode_with_its_signals() -> None:
    hacked = SPEED.copy()
    hacked[7] = 50.0
    episodes = [episode(n, A=SPEED, B=hacked if n == 2 else SPEED) for n in range(5)]
    (worst, *others) = agreement("A", "B", episodes, ["speed", "prev_speed"]).apart
    assert (worst.episode, worst.step) == ("episode 2", 7)
    assert worst.paid == pytest.approx((SPEED[7], 50.0))
    assert worst.ranks[0] < 0.5 < worst.ranks[1]
    assert worst.signals == pytest.approx({"speed": SPEED[7] + 2})
    assert others == []
    assert len(agreement("A", "B", [episode(n, A=SPEED, B=-SPEED) for n in range(9)]).apart) == MOST_APART


def test_what_does_not_vary_has_no_order() -> None:
    flat = np.ones(20, np.float32)
    found = agreement("A", "B", [episode(n, A=SPEED + n, B=flat) for n in range(4)])
    assert (found.steps, found.returns, found.apart) == (None, None, ())
    assert rank_correlation(SPEED[: FEWEST - 1], SPEED[: FEWEST - 1]) is None
    assert tau([1.0, 2.0, 3.0], [5.0, 5.0, 5.0]) is None


def test_a_reward_that_was_not_asked_agrees_with_nobody() -> None:
    assert agreement("A", "C", [episode(0, A=SPEED)]).steps is None


def test_with_fitness_less_may_be_better_and_episodes_that_go_on_do_not_count() -> None:
    episodes = [episode(n, fitness=float(n), A=SPEED - n) for n in range(5)]
    episodes.append(episode(9, fitness=None, A=SPEED + 100))
    assert agreement_with_fitness("A", episodes, -1.0) == pytest.approx(1.0)
    assert agreement_with_fitness("A", episodes, 1.0) == pytest.approx(-1.0)
    assert agreement("A", "A", episodes).returns == pytest.approx(1.0)
