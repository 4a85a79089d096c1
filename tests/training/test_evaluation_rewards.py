"""What a reward pays in evaluation episodes, a value a checkpoint."""

from __future__ import annotations

import numpy as np
import pytest

from eureka_agent.training.evaluation_rewards import EvaluationSteps, Payer, evaluation_curves
from eureka_agent.training.reward_provider import RewardBatch, RolloutSteps
from eureka_agent.trajectories.trajectory import Trajectory


def played(steps: int, x: float) -> Trajectory:
    """Return an episode whose signal counts up from `x`."""
    counted = np.arange(steps, dtype=np.float32) + np.float32(x)
    return Trajectory(
        signals={"x": counted, "unread": counted},
        terminated=True,
        truncated=False,
        ending="terminated",
        native_reward=np.ones(steps, np.float32),
        fitness=0.0,
    )


class Counting:
    """Pays the signal, and as a component how many steps of an episode there were, from its memory."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self._steps = np.zeros(0, np.float32)

    def __call__(self, steps: RolloutSteps) -> RewardBatch:
        self.asked.append(steps.first.size)
        rows = []
        for first in steps.first:
            before = self._steps if len(self._steps) == len(first) else np.zeros(len(first), np.float32)
            self._steps = np.where(first, 1.0, before + 1.0).astype(np.float32)
            rows.append(self._steps)
        return RewardBatch(steps.signals["x"], {"age": np.stack(rows)})


def test_an_episodes_steps_after_its_end_are_not_counted() -> None:
    steps = EvaluationSteps.of([played(2, 0.0), played(4, 10.0)], ["x"])
    assert steps is not None
    assert set(steps.signals) == {"x"}
    np.testing.assert_array_equal(steps.done, [[False, False], [True, False], [False, False], [False, True]])
    curves = evaluation_curves(Payer(Counting(), rows=100), [steps])
    returns = np.array([0 + 1, 10 + 11 + 12 + 13])
    assert curves["evaluation/return"] == [pytest.approx(returns.mean())]
    assert curves["evaluation/return_error"] == [pytest.approx(returns.std() / np.sqrt(2))]
    assert curves["evaluation/reward"] == [pytest.approx(returns.sum() / 6)]
    assert curves["evaluation/component/age"] == [pytest.approx((1 + 2 + 1 + 2 + 3 + 4) / 6)]


def test_a_worker_is_given_no_more_rows_than_it_takes_and_remembers_across_them() -> None:
    steps = EvaluationSteps.of([played(5, 0.0), played(7, 1.0), played(6, 2.0)], ["x"])
    whole, parts = Counting(), Counting()
    curves = evaluation_curves(Payer(parts, rows=6), [steps, steps])
    assert max(parts.asked) == 6
    assert curves == evaluation_curves(Payer(whole, rows=10**6), [steps, steps])
    assert len(whole.asked) == 2
    assert {len(curve) for curve in curves.values()} == {2}


def test_without_the_episodes_of_every_checkpoint_there_are_no_curves() -> None:
    steps = EvaluationSteps.of([played(5, 0.0)], ["x"])
    assert EvaluationSteps.of([], ["x"]) is None
    assert evaluation_curves(Payer(Counting(), rows=10), [steps, None]) == {}
    assert evaluation_curves(Payer(Counting(), rows=10), []) == {}
