"""What is recorded of a training: episodes of the kept policy and of some checkpoints, with their rewards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eureka_agent.errors import EurekaError
from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.training.candidate import Learned
from eureka_agent.trajectories.bounding import LEFT_OUT_FIRST, MOST_BYTES, bounded
from eureka_agent.trajectories.files import CHECKPOINTS, FILE, write_trajectories
from eureka_agent.trajectories.trajectory import Origin, Trajectory

Pay = Callable[[Sequence[Trajectory]], Sequence[Trajectory]]
"""Fills in what a reward pays; EurekaError where it fails."""


@dataclass(frozen=True)
class TrainingRecording:
    """The recorded episodes of a training."""

    kept: Sequence[Trajectory]
    """Scoring episodes of the kept policy."""
    at_checkpoints: Sequence[Trajectory]
    """Selection episodes of the first, the middle and the last checkpoint; `origin` says of which."""
    notes: tuple[str, ...] = ()
    """What is missing, and why."""

    @classmethod
    def of(
        cls, learned: Learned, origin: Origin, pay: Pay, fitness: TaskFitness, *, most: int = MOST_BYTES
    ) -> TrainingRecording:
        """Return what is to be recorded; `origin` is that of the kept policy, `fitness` the task's.

        A reward that cannot be asked for these steps costs nothing but the knowledge of what it pays.
        """
        kept = [replace(episode, origin=origin) for episode in learned.scoring.trajectories]
        others = [
            replace(e, origin=replace(origin, checkpoint=e.origin.checkpoint, env_steps=e.origin.env_steps))
            for e in learned.at_checkpoints
        ]
        notes: list[str] = []
        try:
            paid = list(pay([*kept, *others]))
            kept, others = paid[: len(kept)], paid[len(kept) :]
        except EurekaError as error:
            notes.append(f"What the reward pays for the recorded episodes is not known: {error.what}")
        kept, others = _scored(kept, fitness), _scored(others, fitness)
        recording = cls(*bounded(kept, others, most=most))
        if (recorded := recording.length) < (played := sum(e.length for e in (*kept, *others))):
            notes.append(
                f"Of {played:,} steps {recorded:,} were recorded, as many as {most / 2**20:g} MiB hold; left "
                f"out are {LEFT_OUT_FIRST}."
            )
        return replace(recording, notes=tuple(notes))

    @property
    def length(self) -> int:
        """Control steps of all episodes."""
        return sum(episode.length for episode in (*self.kept, *self.at_checkpoints))

    def write(self, folder: Path) -> None:
        """Write both files into a training's folder; StoreError where that fails."""
        write_trajectories(folder / FILE, self.kept)
        write_trajectories(folder / CHECKPOINTS, self.at_checkpoints)


def _scored(episodes: Sequence[Trajectory], fitness: TaskFitness) -> list[Trajectory]:
    """Return episodes with their fitness so far where the task scores whole ones, for all of them or none."""
    natives = [one.native_reward for one in episodes if one.native_reward is not None]
    if not fitness.by_episode or len(natives) < len(episodes):
        return list(episodes)
    found = [
        fitness.of_beginnings(episode.signals, native)
        for episode, native in zip(episodes, natives, strict=True)
    ]
    if any(so_far is None for so_far in found):
        return list(episodes)
    return [replace(one, fitness_so_far=so_far) for one, so_far in zip(episodes, found, strict=True)]
