"""What a reward pays for recorded steps, asked in a real sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from trajectory_fakes import running

from eureka_agent.errors import RewardError, WorkerError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.evaluate_reward import evaluate_reward, with_reward
from eureka_agent.trajectories import TrajectoryBatch

TASK = find_task("cartpole")
ANGLE = np.array([[0.1], [-0.2], [0.3], [0.4]], dtype=np.float32)


def two_episodes(name: str = "pole_angle") -> TrajectoryBatch:
    """Return one world that played two episodes of two steps."""
    return TrajectoryBatch.in_a_row([running({name: ANGLE[:2, 0]}), running({name: ANGLE[2:, 0]})])


PLAIN = """import numpy as np
def compute_reward(pole_angle):
    lean = np.abs(pole_angle)
    return 1.0 - lean, {"alive": np.ones_like(lean), "lean": -lean}
"""
REMEMBERS = """import numpy as np
MEMORY = {"so_far": 0.0}
def compute_reward(pole_angle, memory):
    so_far = memory["so_far"] + np.abs(pole_angle)
    return so_far, {"so_far": so_far}, {"so_far": so_far}
"""
CANNOT = """import numpy as np
def compute_reward(pole_angle):
    root = np.sqrt(pole_angle)
    return root, {"root": root}
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RewardSandbox]:
    with RewardSandbox() as made:
        yield made


def test_reward_and_components_are_those_of_every_step(sandbox: RewardSandbox) -> None:
    paid = evaluate_reward(PLAIN, two_episodes(), task=TASK, sandbox=sandbox)
    np.testing.assert_allclose(paid.reward, 1 - np.abs(ANGLE), rtol=1e-6)
    np.testing.assert_allclose(paid.components["lean"], -np.abs(ANGLE), rtol=1e-6)


def test_memory_begins_anew_with_every_episode(sandbox: RewardSandbox) -> None:
    paid = evaluate_reward(REMEMBERS, two_episodes(), task=TASK, sandbox=sandbox)
    np.testing.assert_allclose(paid.reward[:, 0], [0.1, 0.3, 0.3, 0.7], rtol=1e-6)


def test_what_was_not_recorded_is_named(sandbox: RewardSandbox) -> None:
    with pytest.raises(WorkerError, match=r"lacks the signals \['pole_angle'\]"):
        evaluate_reward(PLAIN, two_episodes("cart_position"), task=TASK, sandbox=sandbox)


def test_a_reward_that_fails_on_these_steps_says_so(sandbox: RewardSandbox) -> None:
    with pytest.raises(RewardError, match="root"):
        evaluate_reward(CANNOT, two_episodes(), task=TASK, sandbox=sandbox)
    unknown = PLAIN.replace("pole_angle", "unknown")
    with pytest.raises(RewardError, match="'unknown' is no signal"):
        evaluate_reward(unknown, two_episodes(), task=TASK, sandbox=sandbox)


def test_an_episode_is_filled_with_what_it_is_paid(sandbox: RewardSandbox) -> None:
    (first, _) = two_episodes().trajectories
    paid = with_reward(PLAIN, first, task=TASK, sandbox=sandbox)
    assert paid.reward is not None
    np.testing.assert_allclose(paid.reward, 1 - np.abs(ANGLE[:2, 0]), rtol=1e-6)
    assert set(paid.components) == {"alive", "lean"}
    assert paid.signals is first.signals
