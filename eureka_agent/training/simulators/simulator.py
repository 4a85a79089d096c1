"""The seam between trainers and worlds: batched reset and step, signals out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from eureka_agent.tasks.observe import ActionCodec
from eureka_agent.tasks.snapshot import Snapshot
from eureka_agent.tasks.worlds import StepResult

Array = np.ndarray


class Simulator(Protocol):
    """Worlds of one task, stepped together.

    Autoreset is same-step: where an episode ended, `policy_obs` is the next one's first observation, while
    signals and `final_policy_obs` come from the state before the reset. Every world is seeded once and goes
    on with a generator of its own, so what one world does never depends on which others there are.
    """

    num_envs: int
    policy_space: spaces.Box
    actions: ActionCodec

    @property
    def state(self) -> Mapping[str, Array]:
        """What to act on next, each `(num_envs, ...)`; never written to afterwards."""
        ...

    @property
    def final_state(self) -> Mapping[str, Array]:
        """State after the last step, before any reset, `(num_envs, ...)` each; never written to later."""
        ...

    @property
    def action_space(self) -> gym.Space:
        """The action space of one world; `step` takes batches of its values."""
        ...

    def reset(self) -> Array:
        """Begin an episode in every world; return policy observations, float32 `(num_envs, d)`."""
        ...

    def step(self, actions: Array, *, measure: bool = True) -> StepResult:
        """Step every world once with actions `(num_envs, ...)`; continuous ones are clipped to the space.

        Without `measure` signals and fitness are left out, for callers that measure whole rollouts at once
        from `state` and `final_state`. One object's steps are all measured, or none of them.
        Raises TrainingError where an action is not finite, TaskError where a world misbehaves.
        """
        ...

    @property
    def supports_snapshot(self) -> bool:
        """Whether `snapshot` and `restore` are there; a Gymnasium environment may not offer its state."""
        ...

    def snapshot(self, worlds: Array | None = None) -> Snapshot:
        """Return the complete state of worlds `(k,)` (None: all): physics, time, generator, signals.

        Raises TaskError where it is not supported.
        """
        ...

    def restore(self, snapshot: Snapshot, worlds: Array | None = None) -> Array:
        """Continue worlds `(k,)` (None: all) from a snapshot of this simulator or another one of its kind.

        The same actions then lead to the same steps, bit for bit, through resets too. Returns the policy
        observations `(num_envs, dim)` of all worlds, as `reset` does. Raises TaskError where the snapshot is
        not of such worlds.
        """
        ...

    def retain(self, worlds: Array) -> None:
        """Keep these worlds only, increasing indices `(k,)`; they are renumbered in this order."""
        ...

    def close(self) -> None:
        """Give up what the worlds hold."""
        ...
