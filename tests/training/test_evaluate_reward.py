"""What a reward pays for recorded steps, asked in a real sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from trajectory_fakes import running

from eureka_agent.errors import RewardError, WorkerError, WorkerTimeoutError
from eureka_agent.isolation.client import RewardWorker
from eureka_agent.isolation.layout import SignalLayout
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.evaluate_reward import RewardEvaluator, evaluate_reward, with_reward
from eureka_agent.trajectories import TrajectoryBatch
from eureka_agent.trajectories.joined import JoinedEpisodes

TASK = find_task("cartpole")
ANGLE = np.array([[0.1], [-0.2], [0.3], [0.4]], dtype=np.float32)
FIRST = np.array([[True], [False], [True], [False]])


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
HANGS = """import numpy as np
def compute_reward(pole_angle):
    r = pole_angle
    for i in range(250):
        for j in range(250):
            for k in range(250):
                r = np.cos(r)
    return r, {"r": r}
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RewardSandbox]:
    with RewardSandbox() as made:
        yield made


def test_reward_and_components_are_those_of_every_step(sandbox: RewardSandbox) -> None:
    paid = evaluate_reward(Coded(PLAIN), two_episodes(), task=TASK, sandbox=sandbox)
    np.testing.assert_allclose(paid.reward, 1 - np.abs(ANGLE), rtol=1e-6)
    np.testing.assert_allclose(paid.components["lean"], -np.abs(ANGLE), rtol=1e-6)


def test_memory_begins_anew_with_every_episode(sandbox: RewardSandbox) -> None:
    paid = evaluate_reward(Coded(REMEMBERS), two_episodes(), task=TASK, sandbox=sandbox)
    np.testing.assert_allclose(paid.reward[:, 0], [0.1, 0.3, 0.3, 0.7], rtol=1e-6)


def test_what_was_not_recorded_is_named(sandbox: RewardSandbox) -> None:
    with pytest.raises(WorkerError, match=r"lacks the signals \['pole_angle'\]"):
        evaluate_reward(Coded(PLAIN), two_episodes("cart_position"), task=TASK, sandbox=sandbox)


def test_a_reward_that_fails_on_these_steps_says_so(sandbox: RewardSandbox) -> None:
    with pytest.raises(RewardError, match="root"):
        evaluate_reward(Coded(CANNOT), two_episodes(), task=TASK, sandbox=sandbox)
    unknown = Coded(PLAIN.replace("pole_angle", "unknown"))
    with pytest.raises(RewardError, match="'unknown' is not a signal"):
        evaluate_reward(unknown, two_episodes(), task=TASK, sandbox=sandbox)


def test_an_episode_is_filled_with_what_it_is_paid(sandbox: RewardSandbox) -> None:
    (first, _) = two_episodes().trajectories
    with RewardEvaluator(Coded(PLAIN), task=TASK, sandbox=sandbox) as evaluate:
        paid = with_reward(evaluate.batch, first)
    assert paid.reward is not None
    np.testing.assert_allclose(paid.reward, 1 - np.abs(ANGLE[:2, 0]), rtol=1e-6)
    assert set(paid.components) == {"alive", "lean"}
    assert paid.signals is first.signals


class Counting(RewardSandbox):
    """Counts the workers that it starts and ends."""

    def __init__(self, sandbox: RewardSandbox) -> None:
        self.inner, self.started, self.ended = sandbox, 0, 0

    def spawn(
        self, source_text: str, layout: SignalLayout, *, timeout_s: float = 10.0, plain: bool = False
    ) -> RewardWorker:
        self.started += 1
        return self.inner.spawn(source_text, layout, timeout_s=timeout_s, plain=plain)

    def kill(self, worker: RewardWorker) -> None:
        self.ended += 1
        self.inner.kill(worker)


def test_one_worker_serves_a_reward_for_as_long_as_it_is_looked_at(sandbox: RewardSandbox) -> None:
    counting = Counting(sandbox)
    with RewardEvaluator(Coded(REMEMBERS), task=TASK, sandbox=counting, rows=ANGLE.size) as evaluate:
        some, all_steps = (evaluate({"pole_angle": ANGLE[:n]}, FIRST[:n]) for n in (3, 4))
        assert (counting.started, counting.ended) == (1, 0)
    assert (counting.started, counting.ended) == (1, 1)
    np.testing.assert_array_equal(some.reward, all_steps.reward[:3])


def test_a_question_too_large_for_the_worker_starts_a_larger_one(sandbox: RewardSandbox) -> None:
    counting = Counting(sandbox)
    with RewardEvaluator(Coded(PLAIN), task=TASK, sandbox=counting) as evaluate:
        for steps in (1, 4, 2):
            assert evaluate({"pole_angle": ANGLE[:steps]}, FIRST[:steps]).reward.shape == (steps, 1)
    assert (counting.started, counting.ended) == (2, 2)


def test_who_hung_is_replaced_for_the_next_question_and_who_failed_is_not(sandbox: RewardSandbox) -> None:
    counting = Counting(sandbox)
    with RewardEvaluator(Coded(HANGS), task=TASK, sandbox=counting, rows=4) as evaluate:
        for _ in range(2):
            with pytest.raises(WorkerTimeoutError):
                evaluate({"pole_angle": ANGLE}, FIRST, timeout_s=0.2)
    assert (counting.started, counting.ended) == (2, 2)
    counting = Counting(sandbox)
    with RewardEvaluator(Coded(CANNOT), task=TASK, sandbox=counting, rows=4) as evaluate:
        with pytest.raises(RewardError, match="root"):
            evaluate({"pole_angle": ANGLE}, FIRST)
        assert evaluate({"pole_angle": ANGLE[:1]}, FIRST[:1]).reward.shape == (1, 1)
    assert (counting.started, counting.ended) == (1, 1)


def test_episodes_paid_in_one_call_are_paid_as_each_alone(sandbox: RewardSandbox) -> None:
    episodes = [running({"pole_angle": ANGLE[:3, 0]}), running({"pole_angle": ANGLE[3:, 0]})]
    for source in (PLAIN, REMEMBERS):
        with RewardEvaluator(Coded(source), task=TASK, sandbox=sandbox) as evaluate:
            together = evaluate.pay(JoinedEpisodes(episodes))
            alone = [with_reward(evaluate.batch, episode) for episode in episodes]
            assert evaluate.pay(JoinedEpisodes([])) == []
        for one, other in zip(together, alone, strict=True):
            assert one.reward is not None
            assert other.reward is not None
            np.testing.assert_array_equal(one.reward, other.reward)
            assert one.components.keys() == other.components.keys()
            for name, values in one.components.items():
                np.testing.assert_array_equal(values, other.components[name])
