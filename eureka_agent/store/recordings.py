"""The recorded episodes in a run folder: which files there are, whose they are, and what they take."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.trajectories.files import CHECKPOINTS, FILE


@dataclass(frozen=True)
class RecordingFile:
    """One file of recorded episodes."""

    path: Path
    size: int
    """Bytes on the disk."""
    name: str
    """Of a candidate, a baseline or a reward before."""
    stage: str
    replicate: int

    @property
    def of_checkpoints(self) -> bool:
        """Whether it holds episodes of checkpoints, and not of the kept policy."""
        return self.path.name == CHECKPOINTS


def recordings_of(folder: RunFolder, state: RunState) -> list[RecordingFile]:
    """Return the files of all trainings that the log holds, in its order; nothing but sizes is read."""
    return list(_files(folder, state))


def _files(folder: RunFolder, state: RunState) -> Iterator[RecordingFile]:
    for name, evaluation in _trained(state):
        training = folder.training(name, evaluation.stage, evaluation.replicate)
        for path in (training / FILE, training / CHECKPOINTS):
            if (size := _size(path)) is not None:
                yield RecordingFile(path, size, name, evaluation.stage, evaluation.replicate)


def _trained(state: RunState) -> Iterator[tuple[str, Evaluation]]:
    for candidate in state.candidates.values():
        yield from ((candidate.id, one) for one in candidate.evaluations)
    for name, evaluations in state.baselines.items():
        yield from ((name, one) for one in evaluations)
    yield from ((name, one) for (name, _, _), one in state.before.items())


def _size(path: Path) -> int | None:
    """Return the bytes of a regular file; None for what is none."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
