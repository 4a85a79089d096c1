"""Our classic control equals Gymnasium's single environments, step by step and through resets."""

from __future__ import annotations

import numpy as np
import pytest

from eureka_agent.errors import TaskError
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.training.simulators.batched import BatchedWorlds

SEEDS = [3, 4, 5, 6, 7]
TASKS = ["cartpole", "pendulum", "mountain_car", "mountain_car_weak", "acrobot"]
STEPS = {
    "cartpole": 300,
    "pendulum": 450,
    "mountain_car": 2100,
    "mountain_car_weak": 2100,
    "acrobot": 1100,
}


def random_actions(worlds: GymWorlds, steps: int) -> np.ndarray:
    """Half of the worlds hold their actions, so that they get about; some actions lie outside the space."""
    generator = np.random.default_rng(0)
    shape = (steps, len(SEEDS))
    space = worlds.action_space
    if hasattr(space, "n"):
        fast = generator.integers(0, space.n, shape)  # pyright: ignore[reportAttributeAccessIssue]
    else:
        fast = (generator.standard_normal((*shape, 1)) * 1.5).astype(np.float32)
    slow = np.repeat(fast[::20], 20, axis=0)[:steps]
    return np.where((np.arange(len(SEEDS)) % 2 == 0).reshape(1, -1, *[1] * (fast.ndim - 2)), fast, slow)


@pytest.mark.parametrize("name", TASKS)
def test_equals_gymnasium_bit_for_bit_through_resets(name: str) -> None:
    task = find_task(name)
    theirs, ours = GymWorlds(task, len(SEEDS), SEEDS), SimulatorFactory(task).make(SEEDS)
    assert isinstance(ours, BatchedWorlds)
    np.testing.assert_array_equal(theirs.reset(), ours.reset())
    ended = 0
    for actions in random_actions(theirs, STEPS[name]):
        expected, got = theirs.step(actions), ours.step(actions)
        for field in ("policy_obs", "final_policy_obs", "terminated", "truncated", "first"):
            np.testing.assert_array_equal(getattr(expected, field), getattr(got, field), err_msg=field)
        np.testing.assert_allclose(expected.native_reward, got.native_reward, rtol=1e-6, atol=1e-6)
        assert list(expected.signals) == list(got.signals)
        for signal, array in expected.signals.items():
            np.testing.assert_array_equal(array, got.signals[signal], err_msg=signal)
        ended += int(got.done.sum())
    assert ended >= len(SEEDS)


@pytest.mark.parametrize("make", ["ours", "gymnasium"])
@pytest.mark.parametrize("name", ["cartpole", "mountain_car"])
def test_retained_worlds_go_on_as_if_nothing_had_happened(name: str, make: str) -> None:
    task = find_task(name)

    def worlds():
        return SimulatorFactory(task).make(SEEDS) if make == "ours" else GymWorlds(task, len(SEEDS), SEEDS)

    actions = random_actions(GymWorlds(task, len(SEEDS), SEEDS), 120)
    every, some = worlds(), worlds()
    every.reset()
    some.reset()
    for row in actions[:60]:
        every.step(row)
        some.step(row)
    kept = np.array([1, 3, 4])
    some.retain(kept)
    assert some.num_envs == 3
    for row in actions[60:]:
        expected, got = every.step(row), some.step(row[kept])
        np.testing.assert_array_equal(expected.policy_obs[kept], got.policy_obs)
        np.testing.assert_array_equal(expected.first[kept], got.first)
        for signal, array in expected.signals.items():
            np.testing.assert_array_equal(array[kept], got.signals[signal])


def test_zero_worlds_are_refused() -> None:
    with pytest.raises(TaskError, match="zero worlds"):
        SimulatorFactory(find_task("cartpole")).make([])


def test_an_environment_that_nothing_equals_is_stepped_as_it_is() -> None:
    made = SimulatorFactory(find_task("gym:MountainCar-v0"))
    assert not made.batched
    assert isinstance(made.make([1, 2]), GymWorlds)
