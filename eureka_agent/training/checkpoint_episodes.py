"""Which episodes of a training's checkpoints are recorded: those of its first, middle and latest one.

The kept policy may be any of them, and is recorded by the episodes that score it. Between the three others a
person sees what changed: what was learned first, and what became of a policy that was better before. Every
checkpoint plays from the same seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eureka_agent.trajectories.keeping import CHECKPOINT_EPISODES
from eureka_agent.trajectories.trajectory import Origin, Trajectory


class CheckpointEpisodes:
    """Holds the episodes of three checkpoints at most."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[Trajectory, ...]] = {}
        self._latest = 0

    def offer(self, index: int, env_steps: int, episodes: Sequence[Trajectory], *, checkpoints: int) -> None:
        """Take in what was recorded at a checkpoint, from 0, of so many; the one before it may be dropped."""
        if self._latest not in (0, checkpoints // 2):
            self._held.pop(self._latest, None)
        origin = Origin(checkpoint=index, env_steps=env_steps)
        self._held[index] = tuple(
            replace(episode, origin=origin) for episode in episodes[:CHECKPOINT_EPISODES]
        )
        self._latest = index

    @property
    def trajectories(self) -> tuple[Trajectory, ...]:
        """All that is held, in the order of checkpoints."""
        return tuple(episode for index in sorted(self._held) for episode in self._held[index])
