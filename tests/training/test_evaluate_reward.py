"""What a reward pays for recorded steps, asked in a real sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from eureka_agent.errors import RewardError, WorkerError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.evaluate_reward import evaluate_reward

TASK = find_task("cartpole")
ANGLE = np.array([[0.1], [-0.2], [0.3], [0.4]], dtype=np.float32)
FIRST = np.array([[True], [False], [True], [False]])

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
    paid = evaluate_reward(Coded(PLAIN), {"pole_angle": ANGLE}, FIRST, task=TASK, sandbox=sandbox)
    np.testing.assert_allclose(paid.reward, 1 - np.abs(ANGLE), rtol=1e-6)
    np.testing.assert_allclose(paid.components["lean"], -np.abs(ANGLE), rtol=1e-6)


def test_memory_begins_anew_with_every_episode(sandbox: RewardSandbox) -> None:
    paid = evaluate_reward(Coded(REMEMBERS), {"pole_angle": ANGLE}, FIRST, task=TASK, sandbox=sandbox)
    np.testing.assert_allclose(paid.reward[:, 0], [0.1, 0.3, 0.3, 0.7], rtol=1e-6)


def test_what_was_not_recorded_is_named(sandbox: RewardSandbox) -> None:
    with pytest.raises(WorkerError, match=r"lacks the signals \['pole_angle'\]"):
        evaluate_reward(Coded(PLAIN), {"cart_position": ANGLE}, FIRST, task=TASK, sandbox=sandbox)


def test_a_reward_that_fails_on_these_steps_says_so(sandbox: RewardSandbox) -> None:
    with pytest.raises(RewardError, match="root"):
        evaluate_reward(Coded(CANNOT), {"pole_angle": ANGLE}, FIRST, task=TASK, sandbox=sandbox)
    with pytest.raises(RewardError, match="'unknown' is no signal"):
        evaluate_reward(Coded(PLAIN.replace("pole_angle", "unknown")), {}, FIRST, task=TASK, sandbox=sandbox)
