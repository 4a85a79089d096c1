"""How much of a training is written to disk at most, and what is left out first.

No shipped task reaches the limit. It bounds those that nobody foresaw: episodes of 10,000 steps, observations
of a thousand numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.ending import RUNNING
from eureka_agent.trajectories.keeping import CHECKPOINT_EPISODES, KEPT_EPISODES, RECORDED_CHECKPOINTS
from eureka_agent.trajectories.trajectory import Trajectory

MOST_BYTES = 32 * 2**20
"""Of a training's recorded episodes, before they are compressed."""
_BYTES = 4
"""Of a number, but for the environment's own reward, which may be of 64 bits."""
LEFT_OUT_FIRST = (
    "episodes of checkpoints first, the earliest before the latest; then those of the kept policy, the last "
    "before the first; then the end of the only one left"
)
"""The rule of `bounded` in words."""


def bounded(
    kept: Sequence[Trajectory], at_checkpoints: Sequence[Trajectory], *, most: int = MOST_BYTES
) -> tuple[list[Trajectory], list[Trajectory]]:
    """Return as many episodes of the kept policy, and of checkpoints in their order, as `most` bytes hold.

    At least one step of one episode stays; one without its end is `RUNNING` and has no fitness.
    """
    kept, others = list(kept), list(at_checkpoints)
    while others and bytes_of([*kept, *others]) > most:
        others.pop(0)
    while len(kept) > 1 and bytes_of(kept) > most:
        kept.pop()
    size = bytes_of(kept)
    if size > most:
        kept = [first_steps(kept[0], max(1, kept[0].length * most // size))]
    return kept, others


def bytes_of(episodes: Sequence[Trajectory]) -> int:
    """Return what the arrays of episodes take before they are compressed."""
    return sum(
        array.nbytes
        for episode in episodes
        for name, array in episode.arrays.items()
        if not name.startswith("signal/prev_")  # derived when read, but for an episode's first step
    )


def most_of(task: Task, components: int) -> int:
    """Return how many bytes a training's recording takes at most, with a reward of so many components."""
    signals = sum(math.prod(signal.shape) for signal in task.signals)
    action = next((math.prod(signal.shape) for signal in task.signals if signal.name == "action"), 1)
    step = _BYTES * (signals + action + components + len(("reward", "fitness so far"))) + 2 * _BYTES
    episodes = KEPT_EPISODES + RECORDED_CHECKPOINTS * CHECKPOINT_EPISODES
    return min(MOST_BYTES, episodes * task.max_episode_steps * step)


def first_steps(episode: Trajectory, steps: int) -> Trajectory:
    """Return the first steps of an episode; the whole one where it has no more."""
    if steps >= episode.length:
        return episode
    parts = {
        name: None if (array := getattr(episode, name)) is None else array[:steps]
        for name in ("action", "native_reward", "reward", "fitness_so_far")
    }
    return replace(
        episode,
        signals={name: array[:steps] for name, array in episode.signals.items()},
        components={name: array[:steps] for name, array in episode.components.items()},
        terminated=False,
        truncated=False,
        ending=RUNNING,
        fitness=None,
        **parts,
    )
