"""An encoder on a device: the same policies act alike there and on the CPU, and learn of what they saw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("jax", reason="needs jax: pip install 'eureka-agent[gpu]'")

import jax
import jax.numpy as jnp
from point_mass import point_task, point_worlds

from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.candidate import TrainingCandidate
from eureka_agent.training.device.population import DevicePopulation
from eureka_agent.training.device.reward_provider import DeviceNativeReward
from eureka_agent.training.device.rollout import DevicePolicies
from eureka_agent.training.device.statistics import DeviceMoments
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.encoder import Glyphs, encoder_of
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.population.network import Network


def test_policies_that_read_glyphs_act_and_value_as_on_the_cpu() -> None:
    network = Network(4, (8,), (3,), 0, encoder=Glyphs(2, 300, 4))
    generator = np.random.default_rng(0)
    rows = generator.normal(5.0, 2.0, (2, 40, 4)).astype(np.float32)
    rows[..., :2] = generator.integers(300, size=(2, 40, 2))
    flats = generator.normal(size=(2, network.size)).astype(np.float32)
    moments = DeviceMoments.empty(2, 4).update(jnp.asarray(rows + 1.0))
    there = DevicePolicies(jnp.asarray(flats), moments)
    here = Policies(network, list(flats), [jax.device_get(moments).on_host(k) for k in range(2)])
    seen = there.normalized(network, jnp.asarray(rows))
    np.testing.assert_array_equal(seen[..., :2], rows[..., :2])
    np.testing.assert_allclose(seen, here.normalized(rows), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(there.values(network, seen), here.values(seen), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(there.best_actions(network, seen), here.best_actions(rows))


def test_a_generation_learns_the_vectors_of_places_that_it_was_at() -> None:
    # An episode ends 1.5 m away: as glyphs, places are 0 and 1, and never 2.
    task = point_task(encoder="glyphs", glyphs=1, vocabulary=3, embedding=4)
    settings, worlds = PpoSettings.of(task.algorithm), point_worlds(task)
    network = Network.of(
        2, worlds.actions.space, settings.hidden_sizes, sde=False, encoder=encoder_of(settings)
    )
    ends: dict[str, Any] = {}
    seeds = {"one": 3, "two": 4}
    DevicePopulation(
        task,
        [TrainingCandidate(name, seed, DeviceNativeReward()) for name, seed in seeds.items()],
        worlds=worlds,
        learner=Learner(network, settings),
        env_steps=4 * settings.rollout,
        on_end=lambda candidate, end: ends.update({candidate.name: end}),
    ).run()
    for name, seed in seeds.items():
        first, learned = network.initial(seed), ends[name].checkpoint.policy.flat
        changed = network.views(learned)["glyphs"] != network.views(first)["glyphs"]
        np.testing.assert_array_equal(changed.any(axis=1), [True, True, False])
