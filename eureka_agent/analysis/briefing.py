"""What may be known of a run while a generation is proposed and criticised: one frozen object."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from eureka_agent.analysis.other_seeds import first_training
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation
from eureka_agent.errors import StoreError
from eureka_agent.store.judged import JudgedCaptions
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import AnalystReport, PolicyStats
from eureka_agent.store.said import Heard
from eureka_agent.tasks.fitness import Fitness
from eureka_agent.trajectories.files import FILE, read_trajectories
from eureka_agent.trajectories.recording import rescored
from eureka_agent.trajectories.trajectory import Trajectory

_KEPT = 8
"""Candidates whose episodes stay in memory, some MB each: parents, and failed changes to the leader."""


@dataclass(frozen=True)
class Briefing:
    """What proposers and checks get to know; the same for every slot of a generation.

    Whatever it took time or money to find out is in the log before, so that a resumed run is briefed alike.
    """

    archive: Archive = field(default_factory=Archive)
    """Candidates of the restart's earlier generations, with what the critic found in each."""
    policies: Mapping[str, PolicyStats] = field(default_factory=dict)
    """What the kept policies of candidates encounter and are paid, by candidate; parents are among them."""
    reports: Mapping[str, AnalystReport] = field(default_factory=dict)
    """What an analyst said of kept policies, by candidate; parents are among them where one is asked."""
    trajectories: Mapping[str, tuple[Trajectory, ...]] = field(default_factory=dict)
    """Recorded episodes of the candidates' kept policies, by candidate."""
    other_seeds: Mapping[str, tuple[Trajectory, ...]] = field(default_factory=dict)
    """Recorded episodes of their most different training, of candidates with several."""
    checkpoints: Mapping[str, tuple[Trajectory, ...]] = field(default_factory=dict)
    """Recorded episodes of some checkpoints of the same trainings, by candidate."""
    feedback: tuple[Heard, ...] = ()
    """What people said that holds for the generation."""
    judged: JudgedCaptions | None = None
    """What captions say of what was met, where a reward is learned from them."""
    stop: threading.Event = field(default_factory=threading.Event)
    """Set once the person wants to stop: a request to a model is given up then."""


class RecordedEpisodes(Mapping[str, tuple[Trajectory, ...]]):
    """What one training of each candidate recorded, read from the run folder when it is asked for.

    A candidate whose training recorded nothing, or whose file is gone, has no episodes. The last few are
    kept, because the slots of a generation are told of the same candidates.
    """

    def __init__(
        self,
        folder: RunFolder,
        archive: Archive,
        *,
        file: str = FILE,
        of: Callable[[Candidate], Evaluation | None] = first_training,
        on_unreadable: Callable[[str, StoreError], object] | None = None,
        fitness: Fitness | None = None,
        rejudge: Callable[[Sequence[Trajectory]], Sequence[Trajectory]] | None = None,
    ) -> None:
        """`file` is the one to read, that of the kept policy or of some checkpoints; `of` names the training.

        `on_unreadable` is told of a candidate whose file cannot be read, which then has no episodes. Without
        it, reading such a file raises StoreError. Episodes are scored anew by `fitness`, if there is one, and
        `rejudge` measures anew what a learned reward pays.
        """
        self._folder, self._file, self._on_unreadable = folder, file, on_unreadable
        self._fitness, self._rejudge = fitness, rejudge
        chosen = {candidate.id: of(candidate) for candidate in archive.candidates}
        self._trainings = {name: one for name, one in chosen.items() if one is not None}
        self._kept = lru_cache(_KEPT)(self._read)

    def __getitem__(self, name: str) -> tuple[Trajectory, ...]:
        return self._kept(name)

    def _read(self, name: str) -> tuple[Trajectory, ...]:
        path = self._folder.training(name, "search", self._trainings[name].replicate) / self._file
        try:
            episodes = read_trajectories(path)
        except StoreError as error:
            if self._on_unreadable is None:
                raise
            self._on_unreadable(name, error)
            return ()
        if self._rejudge is not None:
            episodes = self._rejudge(episodes)
        fitness = self._fitness
        return tuple(e if fitness is None or not e.ended else rescored(e, fitness) for e in episodes)

    def __contains__(self, name: object) -> bool:
        return name in self._trainings

    def __iter__(self) -> Iterator[str]:
        return iter(self._trainings)

    def __len__(self) -> int:
        return len(self._trainings)
