"""Discrete actions on a device are what the CPU's are: chosen, shown and learned from alike."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("mujoco.mjx", reason="needs MJX: pip install 'eureka-agent[gpu]'")

import jax
import jax.numpy as jnp
from gymnasium import spaces
from point_mass import point_task, point_worlds
from pushed_cart import cart_task, cart_worlds

from eureka_agent.errors import EurekaError, TaskError
from eureka_agent.tasks.observe import ActionCodec, flat_rows
from eureka_agent.tasks.portable import Portable
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.device.evaluation import DeviceScoring
from eureka_agent.training.device.population import DevicePopulation
from eureka_agent.training.device.reward_provider import DeviceNativeReward
from eureka_agent.training.device.rollout import DevicePolicies, collect
from eureka_agent.training.population.candidate_learner import TrainingCandidate
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.rollout import Actions


@pytest.mark.parametrize(
    "space",
    [
        spaces.Discrete(3, start=-1),
        spaces.MultiDiscrete([2, 4], start=[1, -2]),
        spaces.MultiDiscrete(np.array([[2, 3], [4, 2]])),
        spaces.MultiBinary(3),
        spaces.Box(-1.0, 1.0, (2,), np.float32),
    ],
    ids=["choice", "choices", "grid of choices", "flags", "vector"],
)
def test_choices_become_the_spaces_actions_and_the_signal_as_on_the_cpu(space: spaces.Space) -> None:
    network = Network.of(2, space, (8,), sde=False)
    generator = np.random.default_rng(0)
    if network.heads:
        chosen = np.stack([generator.integers(0, n, (2, 5)) for n in network.heads], axis=-1)
    else:
        chosen = generator.uniform(-1, 1, (2, 5, network.dim)).astype(np.float32)
    expected = Actions(network, space).flat(chosen)
    got = jax.jit(Actions(network, space).flat)(jnp.asarray(chosen))
    np.testing.assert_array_equal(got, expected)
    assert all(space.contains(ActionCodec(space).one(np.asarray(row))) for row in expected)
    shown = Portable(jnp).function(flat_rows)(space, got)
    np.testing.assert_array_equal(shown, ActionCodec.of(space).encode(expected))


def test_a_rollout_shows_the_choices_that_were_made_and_goes_on_from_a_snapshot_bit_for_bit() -> None:
    task = cart_task(n_steps=40)
    settings = PpoSettings.of(task.algorithm)
    worlds = cart_worlds(task)
    network = Network.of(2, worlds.actions.space, settings.hidden_sizes, sde=False)
    policies = DevicePolicies(jnp.stack([jnp.asarray(network.initial(seed)) for seed in range(2)]), None)
    names = ("x", "v", "prev_v", "action")

    @jax.jit
    def rolled_out(rows: Any, keys: Any) -> Any:
        return collect(worlds, network, policies, rows, keys, steps=40, names=names)

    keys = jax.random.split(jax.random.key(0), 2)
    rows, rollout = rolled_out(jax.jit(worlds.begin)(jax.random.split(jax.random.key(1), 2 * 8)), keys)
    rollout = jax.device_get(rollout)
    assert rollout.action.shape == (40, 2, 8, 1)
    assert rollout.action.dtype == np.int32
    assert set(np.unique(rollout.action)) == {0, 1, 2}
    np.testing.assert_array_equal(rollout.signals["action"].argmax(axis=-1), rollout.action[..., 0])
    assert (rollout.signals["action"].sum(axis=-1) == 1.0).all()
    pushed = np.sign(rollout.signals["v"] - rollout.signals["prev_v"] * np.exp(-0.05))
    moved = rollout.action[..., 0] != 1
    assert (pushed[moved] == (rollout.action[..., 0] - 1)[moved]).mean() > 0.95
    assert not rollout.fault.any()

    snapshot = worlds.snapshot(rows, keys)
    written = json.dumps(dict(snapshot.shared))
    snapshot = replace(snapshot, shared=json.loads(written))
    expected = jax.device_get(rolled_out(rows, keys))
    assert expected[1].done.any(), "a reset draws from the keys"
    got = jax.device_get(rolled_out(*worlds.restore(snapshot)))
    jax.tree.map(np.testing.assert_array_equal, got, expected)
    assert rolled_out._cache_size() == 1, "compiled once"  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TaskError, match="DeviceWorlds of point_mass"):
        point_worlds(point_task()).restore(snapshot)


def test_of_kept_episodes_the_choices_are_kept_as_they_were_given() -> None:
    task = cart_task()
    worlds, settings = cart_worlds(task), PpoSettings.of(task.algorithm)
    network = Network.of(2, worlds.actions.space, settings.hidden_sizes, sde=False)
    policies = DevicePolicies(jnp.stack([jnp.asarray(network.initial(seed)) for seed in range(2)]), None)
    for found in DeviceScoring(task, worlds, network)(policies, [[1, 2], [3, 4]], recorded=1):
        assert not isinstance(found, EurekaError)
        (kept,) = found.trajectories
        assert kept.action is not None
        assert (kept.action.dtype, kept.action.shape) == (np.int32, (kept.length,))
        np.testing.assert_array_equal(kept.signals["action"].argmax(axis=-1) - 1, kept.action)


@pytest.mark.slow
def test_a_policy_of_choices_learns_to_bring_the_cart_to_the_middle() -> None:
    task = cart_task(n_envs=32, n_steps=32, batch_size=256, n_epochs=6, learning_rate=3e-3)
    worlds, settings = cart_worlds(task), PpoSettings.of(task.algorithm)
    network = Network.of(2, worlds.actions.space, settings.hidden_sizes, sde=False)
    ends: dict[str, Any] = {}
    DevicePopulation(
        task,
        [TrainingCandidate("native", 3, DeviceNativeReward())],
        worlds=worlds,
        learner=Learner(network, settings),
        env_steps=20_480,
        on_end=lambda candidate, end: ends.update({candidate.name: end}),
    ).run()
    curve = ends["native"].curves["reward"]
    assert curve[-1] > 0.8 * curve[0], "a cost of distance, and so negative"
    assert ends["native"].scoring.fitness > 0.75
    kept = ends["native"].scoring.trajectories[0]
    assert kept.action.dtype == np.int32
    np.testing.assert_array_equal(kept.signals["action"].argmax(axis=-1) - 1, kept.action)
