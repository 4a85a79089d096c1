from __future__ import annotations

import numpy as np
import pytest

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.mixing import RAW, Coefficients, Schedule, mixed

ONES = np.ones((2, 3), np.float32)


def test_a_constant_stays() -> None:
    assert Schedule.constant(0.4)(0.0) == Schedule.constant(0.4)(1.0) == 0.4


def test_a_linear_schedule_changes_between_its_shares() -> None:
    schedule = Schedule.linear(1.0, 0.0, since=0.2, until=0.6)
    np.testing.assert_allclose(schedule(np.array([0.0, 0.2, 0.4, 0.6, 1.0])), [1, 1, 0.5, 0, 0])


def test_parts_are_what_is_paid_and_the_raw_one_is_kept() -> None:
    coefficients = Coefficients(
        extrinsic=Schedule.constant(0.1),
        coded=Schedule.linear(1.0, 0.0),
        intrinsic=Schedule.linear(0.0, 0.4),
    )
    total, parts = mixed(coefficients, 0.5, extrinsic=10 * ONES, coded=2 * ONES, intrinsic=5 * ONES)
    found = {name: part[0, 0] for name, part in parts.items()}
    assert found == pytest.approx({"extrinsic": 1.0, "coded": 1.0, "intrinsic": 1.0, RAW: 5.0})
    np.testing.assert_allclose(total, 3 * ONES)
    assert {part.dtype for part in [total, *parts.values()]} == {np.dtype(np.float32)}


def test_progress_may_differ_between_worlds() -> None:
    coefficients = Coefficients(intrinsic=Schedule.linear(0.0, 1.0))
    total, parts = mixed(coefficients, np.array([0.0, 0.5, 1.0]), intrinsic=4 * ONES)
    np.testing.assert_allclose(total, [[0, 2, 4], [0, 2, 4]])
    assert set(parts) == {"intrinsic", RAW}


def test_nothing_extrinsic_is_paid_unless_asked_for() -> None:
    total, _ = mixed(Coefficients(), 0.3, extrinsic=7 * ONES, coded=2 * ONES, intrinsic=ONES)
    np.testing.assert_allclose(total, 3 * ONES)


def test_no_steps_have_no_reward() -> None:
    nothing = np.zeros((0, 3), np.float32)
    assert mixed(Coefficients(), 0.0, intrinsic=nothing, coded=nothing).total.shape == (0, 3)


def test_rewards_of_other_steps_are_refused() -> None:
    with pytest.raises(ValueError, match="different steps"):
        mixed(Coefficients(), 0.0, intrinsic=ONES, coded=ONES.T)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Schedule.constant(float("nan")),
        lambda: Schedule.linear(0, 1, since=0.5, until=0.5),
        lambda: Schedule.linear(0, 1, until=2.0),
    ],
)
def test_impossible_schedules_are_refused(make: object) -> None:
    with pytest.raises(ConfigError):
        make()  # pyright: ignore[reportCallIssue]
