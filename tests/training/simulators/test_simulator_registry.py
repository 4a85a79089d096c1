"""A simulator is registered by one call, for one class of environments, and taken where it fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.training.simulators import OpenedEnv, Simulator, SimulatorFactory, register_simulator
from eureka_agent.training.simulators.batched import BatchedWorlds, PhysicsStep
from eureka_agent.training.simulators.choosing import no_device_physics
from eureka_agent.training.simulators.registry import register_device_physics


class Counter(gym.Env):
    """Counts up from a number that is drawn."""

    observation_space = spaces.Box(-np.inf, np.inf, (4,), np.float32)
    action_space = spaces.Discrete(2)

    def __init__(self, slope: float = 1.0) -> None:
        self.slope, self.count = slope, 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.count = float(self.np_random.integers(100))
        return np.full(4, self.count, np.float32), {}

    def step(self, action: Any) -> Any:
        self.count += self.slope * float(action)
        return np.full(4, self.count, np.float32), self.count, False, False, {}


class StricterCounter(Counter):
    """Another class: nobody said what equals it."""


class Counters:
    """All of them at once; a `Physics`."""

    def __init__(self, num_envs: int) -> None:
        self.observation_space, self.action_space = Counter.observation_space, Counter.action_space
        self._count = np.zeros(num_envs)

    def reset(self, worlds: np.ndarray, generators: Sequence[np.random.Generator]) -> None:
        self._count[worlds] = [generator.integers(100) for generator in generators]

    def step(self, actions: np.ndarray) -> PhysicsStep:
        self._count += actions
        return PhysicsStep(self._count.copy(), np.zeros(len(actions), bool))

    def state(self) -> Mapping[str, np.ndarray]:
        return {"obs": np.repeat(self._count[:, None], 4, axis=1).astype(np.float32)}

    def retain(self, worlds: np.ndarray) -> None:
        self._count = self._count[worlds]

    def snapshot(self) -> Mapping[str, np.ndarray]:
        return {"count": self._count}

    def restore(self, worlds: np.ndarray, snapshot: Mapping[str, np.ndarray]) -> None:
        self._count[worlds] = snapshot["count"]


def counters(opened: OpenedEnv) -> Any:
    """The maker: these are equal to environments that count by ones."""
    if opened.inner.slope != 1.0:  # pyright: ignore[reportOptionalMemberAccess]
        return None
    return lambda seeds: BatchedWorlds(opened.task, Counters(len(seeds)), seeds)


def counting_task(make_env: Any) -> Task:
    return replace(find_task("cartpole"), name="counting", make_env=make_env, max_episode_steps=5)


PATH = f"{Counter.__module__}:Counter"


def worlds_of(make_env: Any) -> Simulator:
    register_simulator(PATH, f"{__name__}:counters")  # as often as one likes
    return SimulatorFactory(counting_task(make_env)).make([1, 2, 3])


def test_a_registered_simulator_stands_for_its_environment_and_equals_it() -> None:
    ours = worlds_of(Counter)
    assert isinstance(ours, BatchedWorlds)
    theirs = GymWorlds(counting_task(lambda: gym.wrappers.TimeLimit(Counter(), 5)), 3, [1, 2, 3])
    np.testing.assert_array_equal(ours.reset(), theirs.reset())
    for step in range(12):
        actions = np.array([0, step % 2, 1])
        expected, got = theirs.step(actions), ours.step(actions)
        np.testing.assert_array_equal(got.policy_obs, expected.policy_obs)
        np.testing.assert_array_equal(got.native_reward, expected.native_reward)
        np.testing.assert_array_equal(got.done, expected.done)
    snapshot = ours.snapshot()
    expected = ours.step(np.ones(3, int))
    ours.restore(snapshot)
    np.testing.assert_array_equal(ours.step(np.ones(3, int)).policy_obs, expected.policy_obs)


def test_what_a_maker_does_not_know_is_stepped_by_gymnasium() -> None:
    assert isinstance(worlds_of(lambda: Counter(slope=2.0)), GymWorlds)
    assert isinstance(worlds_of(StricterCounter), GymWorlds)
    assert isinstance(
        worlds_of(lambda: gym.wrappers.TransformReward(Counter(), lambda reward: reward)), GymWorlds
    )


def test_the_first_maker_that_fits_wins() -> None:
    asked: list[str] = []

    def refuses(opened: OpenedEnv) -> Any:
        asked.append("refuses")

    def late(opened: OpenedEnv) -> Any:
        asked.append("late")
        return lambda seeds: BatchedWorlds(opened.task, Counters(len(seeds)), seeds)

    path = f"{StricterCounter.__module__}:OnlyHere"
    only_here = type("OnlyHere", (Counter,), {"__module__": Counter.__module__})
    for maker in (refuses, counters, late):
        register_simulator(path, maker)
    assert SimulatorFactory(counting_task(only_here)).batched
    assert asked == ["refuses"]


def test_physics_for_a_device_are_registered_alike() -> None:
    assert "has no version for a GPU" in no_device_physics(counting_task(Counter))
    register_device_physics(PATH, _by_ones)
    assert no_device_physics(counting_task(Counter)) == ""
    assert no_device_physics(counting_task(lambda: Counter(slope=2.0))) == "Only by ones."


def _by_ones(opened: OpenedEnv) -> Any:
    return "Only by ones." if opened.inner.slope != 1.0 else lambda: Counters(1)  # pyright: ignore[reportOptionalMemberAccess]
