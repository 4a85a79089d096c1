"""Shares of the total's ups and downs add up to all of them."""

from __future__ import annotations

import numpy as np
import pytest
from trajectory_fakes import running

from eureka_agent.analysis.contributions import contributions
from eureka_agent.rewards.residual import RESIDUAL
from eureka_agent.trajectories import Trajectory


def paid(reward: np.ndarray, **components: np.ndarray) -> Trajectory:
    given = {name: values.astype(np.float32) for name, values in components.items()}
    signals = {"speed": np.zeros(len(reward), np.float32)}
    return running(signals, reward=reward.astype(np.float32), components=given)


def test_shares_add_up_and_one_that_works_against_the_total_is_negative() -> None:
    up = np.arange(10.0)
    found = contributions([paid(up * 0.75 + 2.0, up=up, brake=-0.25 * up, alive=np.full(10, 2.0))])
    assert {part.component: part.spread for part in found} == pytest.approx(
        {"up": 4 / 3, "brake": -1 / 3, "alive": 0.0}
    )
    assert [part.mean for part in found] == pytest.approx([4.5, -1.125, 2.0])


def test_what_is_paid_beside_the_components_has_a_row() -> None:
    up = np.arange(10.0)
    *_, last = contributions([paid(3.0 * up, up=up)])
    assert last.component == RESIDUAL
    assert last.spread == pytest.approx(2 / 3)


def test_a_total_that_does_not_vary_has_no_shares() -> None:
    (only,) = contributions([paid(np.ones(10), alive=np.ones(10))])
    assert (only.mean, only.spread) == (1.0, None)
    assert contributions([]) == []
