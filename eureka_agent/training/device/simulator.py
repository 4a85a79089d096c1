"""Worlds on a device, stepped from outside and restored to any state: what continuing an episode needs."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from eureka_agent.tasks.snapshot import Snapshot
from eureka_agent.tasks.worlds import StepResult
from eureka_agent.training.device.worlds import DeviceWorlds, DeviceWorldState

Array = np.ndarray


class DeviceSimulators:
    """Makes worlds of a task; a program is compiled once for each number of them."""

    def __init__(self, worlds: DeviceWorlds) -> None:
        self.worlds = worlds
        self.begin, self.step = jax.jit(worlds.begin), jax.jit(worlds.step)

    def __call__(self, seeds: Sequence[int]) -> DeviceSimulator:
        """Return worlds with these seeds."""
        return DeviceSimulator(self, seeds)


class DeviceSimulator:
    """Worlds that begin as evaluation episodes of their seeds do.

    Nothing is reset: a world whose episode ended goes on, and nobody shall look at it until it is restored.
    """

    supports_snapshot = True

    def __init__(self, compiled: DeviceSimulators, seeds: Sequence[int]) -> None:
        self._worlds, self._compiled = compiled.worlds, compiled
        self._keys = jax.vmap(jax.random.key)(jnp.asarray(seeds, jnp.uint32))
        self._now: DeviceWorldState | None = None

    @property
    def num_envs(self) -> int:
        """Number of worlds."""
        return len(self._keys)

    def reset(self) -> Array:
        """Begin an episode in every world; return policy observations, float32 `(num_envs, d)`."""
        self._now = self._compiled.begin(self._keys)
        return self._observation()

    def step(self, actions: Array) -> StepResult:
        """Step every world once with actions `(num_envs, ...)`."""
        assert self._now is not None, "reset or restore comes first"
        self._now, stepped = self._compiled.step(self._now, jnp.asarray(actions))
        host = jax.device_get(stepped)
        return StepResult(
            policy_obs=self._observation(),
            final_policy_obs=np.asarray(host.final_observation, np.float32),
            signals={name: np.asarray(array) for name, array in host.signals.items()},
            native_reward=np.asarray(host.native_reward, np.float64),
            terminated=np.asarray(host.terminated),
            truncated=np.asarray(host.truncated),
            fitness_step=None,
            first=np.asarray(host.first),
            fault=np.asarray(host.fault),
        )

    def snapshot(self) -> Snapshot:
        """Return the complete state of all worlds."""
        assert self._now is not None, "reset or restore comes first"
        return self._worlds.snapshot(self._now, self._keys)

    def restore(self, snapshot: Snapshot) -> Array:
        """Go on from a snapshot of as many worlds of this task; return observations as `reset` does."""
        self._now, _ = self._worlds.restore(snapshot)
        return self._observation()

    def close(self) -> None:
        """Give up the worlds' state."""
        self._now = None

    def _observation(self) -> Array:
        assert self._now is not None
        return np.asarray(self._now.state["obs"], np.float32)
