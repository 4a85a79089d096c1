"""Behaviours of policies for the corpus' tasks: recorded once, kept as seeds and actions, played again.

A recording's signals would take megabytes; what replays it takes a few kilobytes an episode. Played again, an
episode is scored anew, so that scores are those of what the rewards are asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.ending import UNKNOWN
from eureka_agent.trajectories.replay import played_again
from eureka_agent.trajectories.trajectory import Trajectory


@dataclass(frozen=True)
class Kept:
    """One episode of a policy, as it is kept."""

    policy: str
    seed: int
    actions: np.ndarray
    """`(T, ...)`."""

    @classmethod
    def of(cls, policy: str, episode: Trajectory) -> Kept:
        """Raises ValueError where it could not be played again on its own."""
        if episode.seed is None or episode.action is None or episode.earlier:
            raise ValueError(f"this episode of {policy} cannot be played again from a seed and its actions")
        return cls(policy, episode.seed, episode.action)

    def played(self, task: Task) -> Trajectory:
        """Play it again; raises TrajectoryError where the simulator does not end it at the same step."""
        bare = Trajectory(
            signals={"step": np.arange(len(self.actions), dtype=np.int32)},
            terminated=False,
            truncated=False,
            ending=UNKNOWN,
            action=self.actions,
            seed=self.seed,
        )
        shorter = len(self.actions) < task.max_episode_steps
        return played_again(task, replace(bare, terminated=shorter, truncated=not shorter))


def write_kept(path: Path, episodes: Sequence[Kept]) -> None:
    """Write the episodes of a task's policies."""
    np.savez_compressed(
        path,
        policies=np.array([episode.policy for episode in episodes]),
        seeds=np.array([episode.seed for episode in episodes]),
        lengths=np.array([len(episode.actions) for episode in episodes]),
        actions=np.concatenate([episode.actions for episode in episodes]),
    )


def read_kept(path: Path) -> list[Kept]:
    """Read what `write_kept` wrote; nothing where there is no file."""
    if not path.exists():
        return []
    with np.load(path, allow_pickle=False) as file:
        parts = np.split(file["actions"], np.cumsum(file["lengths"])[:-1])
        told = zip(file["policies"], file["seeds"], parts, strict=True)
        return [Kept(str(policy), int(seed), actions) for policy, seed, actions in told]


def played_policies(task: Task, episodes: Iterable[Kept]) -> dict[str, list[Trajectory]]:
    """Return each policy's episodes, played again, in the order of the file."""
    found: dict[str, list[Trajectory]] = {}
    for episode in episodes:
        found.setdefault(episode.policy, []).append(episode.played(task))
    return found
