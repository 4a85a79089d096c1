"""Running means and deviations as values that a traced program passes on; see `population/moments.py`.

Leading axes `(K,)` are candidates. Everything is float32, so these agree with the CPU's to rounding.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from eureka_agent.training.population import moments
from eureka_agent.training.population.moments import CLIP, EPSILON, merged


class DeviceMoments(NamedTuple):
    """Mean and variance of all rows seen so far, each `(K, dim)`, and their number `(K,)`."""

    mean: Any
    var: Any
    count: Any

    @classmethod
    def empty(cls, candidates: int, dim: int) -> DeviceMoments:
        """Return what nothing has been taken into."""
        start = moments.Moments(dim)
        shape = (candidates, dim)
        count = jnp.full((candidates,), start.count, jnp.float32)
        return cls(jnp.zeros(shape, jnp.float32), jnp.ones(shape, jnp.float32), count)

    def update(self, rows: Any) -> DeviceMoments:
        """Return the moments with `(K, n, dim)` taken in."""
        mean, var, count = merged(
            (self.mean, self.var, self.count[:, None]),
            (rows.mean(axis=1), rows.var(axis=1), float(rows.shape[1])),
        )
        return DeviceMoments(mean, var, count[:, 0])

    def where_seen(self, others: DeviceMoments) -> DeviceMoments:
        """Return these, but `others` for candidates of whom nothing was taken in."""
        seen = self.count >= 1
        return DeviceMoments(
            jnp.where(seen[:, None], self.mean, others.mean),
            jnp.where(seen[:, None], self.var, others.var),
            jnp.where(seen, self.count, others.count),
        )

    def normalized(self, observation: Any) -> Any:
        """Normalise and clip `(K, n, dim)`."""
        scale = 1.0 / jnp.sqrt(self.var + EPSILON)
        return jnp.clip((observation - self.mean[:, None]) * scale[:, None], -CLIP, CLIP)

    def on_host(self, candidate: int) -> moments.Moments:
        """Return one candidate's as the CPU keeps them; these must have been brought to the host."""
        made = moments.Moments(self.mean.shape[-1])
        made.mean, made.var = self.mean[candidate].astype(float), self.var[candidate].astype(float)
        made.count = float(self.count[candidate])
        return made


class DeviceReturnScale(NamedTuple):
    """The scale of rewards by the deviation of their discounted sum."""

    moments: DeviceMoments
    returns: Any
    """`(K, N)`: the running sum of each world."""

    @classmethod
    def empty(cls, candidates: int, num_envs: int) -> DeviceReturnScale:
        """Return the scale before any reward."""
        return cls(DeviceMoments.empty(candidates, 1), jnp.zeros((candidates, num_envs), jnp.float32))

    def __call__(self, rewards: Any, done: Any, gamma: float) -> tuple[DeviceReturnScale, Any]:
        """Return the next scale and one rollout's rewards `(K, T, N)` scaled and clipped."""

        def add(returns: Any, step: Any) -> Any:
            reward, ended = step
            returns = returns * gamma + reward
            return jnp.where(ended, 0.0, returns), returns

        steps = (jnp.moveaxis(rewards, 1, 0), jnp.moveaxis(done, 1, 0))
        returns, history = jax.lax.scan(add, self.returns, steps)
        rows = jnp.moveaxis(history, 1, 0).reshape(len(rewards), -1, 1)
        known = self.moments.update(rows)
        scaled = rewards / jnp.sqrt(known.var + EPSILON)[:, :, None]
        return DeviceReturnScale(known, returns), jnp.clip(scaled, -CLIP, CLIP)
