"""Signals measured a rollout at a time are those measured step by step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.tracker import RolloutSignals
from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.rollout import Collector, draw_noise
from eureka_agent.training.simulators import SimulatorFactory

SEEDS = [1, 2, 3, 4]


@pytest.mark.parametrize("make", ["ours", "gymnasium"])
@pytest.mark.parametrize("name", ["cartpole", "mountain_car"])
def test_whole_rollouts_measure_what_steps_measure(name: str, make: str) -> None:
    task = find_task(name)

    def worlds() -> Any:
        return SimulatorFactory(task).make(SEEDS) if make == "ours" else GymWorlds(task, 4, SEEDS)

    stepwise, whole, signals = worlds(), worlds(), RolloutSignals(task)
    stepwise.reset()
    whole.reset()
    generator = np.random.default_rng(0)
    kept = np.arange(4)
    for rollout in range(3):
        if rollout == 2:
            kept = np.array([0, 3])
            for some in (stepwise, whole, signals):
                some.retain(kept)
        rows: list[tuple[Any, ...]] = []
        expected = []
        for _ in range(40):
            if name == "cartpole":
                actions = generator.integers(0, 2, len(kept))
            else:
                actions = generator.uniform(-1.5, 1.5, (len(kept), 1)).astype(np.float32)
            expected.append(stepwise.step(actions).signals)
            before = whole.state
            first = whole.step(actions, measure=False).first
            shown = whole.actions.encode(whole.actions.prepare(actions))
            rows.append((before, shown, whole.final_state, first))
        before, shown, after, first = zip(*rows, strict=True)
        measured = signals.measure(
            {key: np.stack([state[key] for state in before]) for key in before[0]},
            np.stack(shown),
            {key: np.stack([state[key] for state in after]) for key in after[0]},
            np.stack(first),
        )
        assert set(measured) == {signal.name for signal in task.all_signals}
        for key, array in measured.items():
            np.testing.assert_array_equal(array, np.stack([step[key] for step in expected]), err_msg=key)


@pytest.mark.parametrize("make", ["ours", "gymnasium"])
@pytest.mark.parametrize("name", ["cartpole", "mountain_car"])
def test_a_collector_goes_on_from_a_snapshot_as_it_did(name: str, make: str) -> None:
    task = replace(find_task(name), max_episode_steps=25)
    settings = PpoSettings.of({"n_envs": 2, "n_steps": 10})

    def collector(seeds: list[int]) -> Collector:
        worlds = SimulatorFactory(task).make(seeds) if make == "ours" else GymWorlds(task, 4, seeds)
        for env in worlds.envs if isinstance(worlds, GymWorlds) else ():
            env._max_episode_steps = 25  # pyright: ignore[reportAttributeAccessIssue]
        network = Network.of(worlds.policy_space.shape[0], worlds.action_space, [8], sde=False)
        return Collector(task, worlds, network, settings, candidates=2)

    one, other = collector(SEEDS), collector([9, 8, 7, 6])
    network = one._network
    policies = Policies(network, [network.initial(0), network.initial(1)], None)
    generator = np.random.default_rng(0)
    noise = [[draw_noise(network, settings, generator) for _ in range(2)] for _ in range(6)]
    names = [signal.name for signal in task.all_signals]
    one.collect(policies, noise[0], names)
    snapshot = one.snapshot()
    expected = [rollout for drawn in noise for rollout in one.collect(policies, drawn, names)]
    assert any(rollout.done.any() for rollout in expected)
    for again in (one, other):
        again.restore(snapshot)
        got = [rollout for drawn in noise for rollout in again.collect(policies, drawn, names)]
        for before, after in zip(expected, got, strict=True):
            for field in ("observation", "action", "native_reward", "terminated", "truncated", "first"):
                np.testing.assert_array_equal(getattr(after, field), getattr(before, field), err_msg=field)
            for key in names:
                np.testing.assert_array_equal(after.signals[key], before.signals[key], err_msg=key)
