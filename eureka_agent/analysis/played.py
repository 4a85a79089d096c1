"""A candidate with what was recorded of it, and what it is measured by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

from eureka_agent.analysis.curves import Score, Yardstick
from eureka_agent.analysis.observation import Observation
from eureka_agent.analysis.outcomes import NO_BOUNDS, Bounds, Events
from eureka_agent.archive.candidate import Candidate
from eureka_agent.trajectories.trajectory import Trajectory


@dataclass(frozen=True, eq=False)
class Known:
    """What a candidate is measured by; everything may be missing, and then less is said."""

    sign: float | None = None
    """+1 where a larger fitness is better, -1 where a smaller one is; None where nobody said."""
    random_play: Sequence[Trajectory] = ()
    span: tuple[float, float] | None = None
    """Least and greatest fitness of the run's candidates."""
    bounds: Bounds = field(default_factory=lambda: NO_BOUNDS)

    @property
    def ended(self) -> list[Trajectory]:
        """Episodes of random play that ended; none where some worlds never ended one.

        Those that did would then be the quick ones, which are no sample of all.
        """
        if any(not episode.ended for episode in self.random_play if episode.earlier == 0):
            return []
        return [episode for episode in self.random_play if episode.ended]

    @property
    def yardstick(self) -> Yardstick | None:
        """What a training's fitness is measured by; None where nobody says which way is better."""
        if self.sign is None:
            return None
        scores = [episode.fitness for episode in self.ended if episode.fitness is not None]
        lengths = [episode.length for episode in self.ended]
        return Yardstick(self.sign, Score.of(scores), self.span, fmean(lengths) if lengths else None)


@dataclass(frozen=True, eq=False)
class Played:
    """A candidate with what was recorded of it."""

    candidate: Candidate
    episodes: Sequence[Trajectory] = ()
    events: Sequence[Events] = ()
    """The task's events on the steps of each episode; empty where the task may not be asked."""
    parts: Sequence[Events] = ()
    """Likewise the parts that a compound fitness asks for."""
    unreadable: str = ""
    """Why its recording could not be read."""
    unpaid: str = ""
    """Why its reward could not tell what it pays for these episodes, where it was asked."""
    looked_up: Sequence[Observation] = ()
    """What was found beyond the recordings, by whoever may simulate: the step with which one was lost."""
