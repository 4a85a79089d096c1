"""How many candidates fit into one process, estimated before the first of them is trained.

On Hopper and Humanoid, with 4 to 16 candidates of 8 to 64 worlds, it was 8 to 30 % above what was measured.
Worlds that are stepped one by one take most where there are any: of Gymnasium's Ant, with 1 and 3 candidates,
it was 8 % above and 5 % below. A child that runs out of memory all the same is tried again in halves.
"""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluation_rewards import PAID_EPISODES
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.trajectories.keeping import (
    CHECKPOINT_EPISODES,
    KEPT_EPISODES,
    RECORDED_CHECKPOINTS,
    measured_episodes,
)

MB = 2**20
_PROBED_WORLDS = 4
_COPIES_OF_STATE = 3
"""A rollout holds what each step led to, and stacks it once as before and once as after."""
_BYTES_A_SIGNAL = 48
"""Float32 values that are now and were before, while measured, when measured, and split by candidate."""
_BYTES_A_WEIGHT = 20
"""Itself, two moments of the optimiser, the best checkpoint, and stacked with the others."""
_BYTES_LEARNED = 24
"""Of every number observed, while one candidate learns: normalised, handed to the update, shuffled."""
_BYTES_ENCODED = 16
"""Of every number that an encoder adds, while one candidate learns; 15 were measured, with 16,384 steps."""


@dataclass(frozen=True)
class Need:
    """Bytes that training takes on top of what the process holds already."""

    each: float
    """For every candidate."""
    thread: float
    """For every thread, while one of its candidates learns."""

    def fitting(self, limit: int, held: int, threads: int) -> int:
        """Return how many candidates fit into `limit` bytes where `held` are taken; 0 if not even one."""
        return max(0, int((limit - held - threads * self.thread) // self.each))


def need_of(task: Task, factory: SimulatorFactory, learner: Learner) -> Need:
    """Estimate what the candidates of a task take; raises TaskError where its worlds misbehave."""
    settings = learner.settings
    state, world = _sizes(factory)
    observed = learner.network.observation
    added = learner.network.width - observed
    signals = sum(int(np.prod(signal.shape)) for signal in task.signals)
    row = 8 * observed + _COPIES_OF_STATE * state + _BYTES_A_SIGNAL * signals
    episodes = max(task.budget.eval_episodes, task.budget.scoring_episodes)
    watched = measured_episodes(task, episodes, max(KEPT_EPISODES, PAID_EPISODES))
    recorded = RECORDED_CHECKPOINTS * CHECKPOINT_EPISODES
    scoring = task.max_episode_steps * (signals * (16 * watched + 8 * recorded) + 24 * episodes)
    return Need(
        each=settings.rollout * row
        + scoring
        + world * (settings.n_envs + episodes)
        + _BYTES_A_WEIGHT * learner.network.size,
        thread=settings.rollout * (_BYTES_LEARNED * observed + _BYTES_ENCODED * added),
    )


def _sizes(factory: SimulatorFactory) -> tuple[int, int]:
    """Return the bytes of one world's state, and those that one more world takes besides.

    Batched worlds take next to nothing: 128 to 512 worlds of Hopper were measured at 8 to 35 MB together.
    """
    worlds = factory.make(
        range(_PROBED_WORLDS), here=True
    )  # these take what is needed once, or was given back before
    try:
        worlds.reset()
        state = sum(array.nbytes for array in worlds.state.values()) // _PROBED_WORLDS
        return state, 0 if factory.batched else _growth(factory)
    finally:
        worlds.close()


def _growth(factory: SimulatorFactory) -> int:
    before = held_bytes()
    worlds = factory.make(range(_PROBED_WORLDS), here=True)
    try:
        worlds.reset()
        return max(0, held_bytes() - before) // _PROBED_WORLDS
    finally:
        worlds.close()


def held_bytes() -> int:
    """Return the memory of this process that counts against its limit (`RLIMIT_DATA`)."""
    pages = int(Path("/proc/self/statm").read_text().split()[5])
    return pages * resource.getpagesize()
