"""How behaviour changed while a policy learned: episodes of its first, middle and last checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eureka_agent.analysis.motion import still_runs
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.outcomes import NO_BOUNDS, Bounds, outcome_of
from eureka_agent.analysis.typical import Typical
from eureka_agent.trajectories.trajectory import Trajectory

LASTED = 1.5
"""Episodes differ in length if one lasts half as long again as another."""


@dataclass(frozen=True)
class _Seen:
    """An episode of a checkpoint."""

    checkpoint: int
    """From 1."""
    outcome: str
    length: int
    fitness: float | None
    still: int
    """Steps of its longest rest; 0 where it does not rest, or random play is not known."""

    @property
    def way(self) -> tuple[str, bool]:
        """What tells one way of behaving from another."""
        return self.outcome, self.still > 0

    def __str__(self) -> str:
        rest = f", standing still for {self.still}" if self.still else ""
        score = "" if self.fitness is None else f", fitness {self.fitness:.4g}"
        return f"at checkpoint {self.checkpoint} {self.outcome}, {self.length} steps{rest}{score}"


def observe_course(
    at_checkpoints: Sequence[Trajectory], typical: Typical | None = None, bounds: Bounds = NO_BOUNDS
) -> Iterator[Observation]:
    """Yield how episodes changed from one recorded checkpoint to the next, from one start; if they did.

    It cites the checkpoint from which on the last way of behaving is there: a reward may teach standing
    still long after its policy could walk.
    """
    seen = [
        _seen(episode, episode.origin.checkpoint + 1, typical, bounds)
        for episode in _first_of_each(at_checkpoints)
        if episode.origin.checkpoint is not None
    ]
    lengths = [one.length for one in seen]
    if not seen or (len({one.way for one in seen}) == 1 and max(lengths) < LASTED * min(lengths)):
        return
    settled = len(seen)
    while settled > 1 and seen[settled - 2].way == seen[-1].way:
        settled -= 1
    text = f"While it learned: {'; '.join(map(str, seen))}."
    yield Observation(ObservationKind.COURSE, text, checkpoint=seen[settled - 1].checkpoint)


def _first_of_each(episodes: Sequence[Trajectory]) -> list[Trajectory]:
    """Return the first episode of each checkpoint, in the order of learning."""
    first: dict[int, Trajectory] = {}
    for episode in episodes:
        first.setdefault(episode.origin.checkpoint or 0, episode)
    return [first[checkpoint] for checkpoint in sorted(first)]


def _seen(episode: Trajectory, checkpoint: int, typical: Typical | None, bounds: Bounds) -> _Seen:
    rests = [] if typical is None else still_runs(episode, typical)
    still = rests[0][1] - rests[0][0] + 1 if rests else 0
    return _Seen(checkpoint, outcome_of(episode, typical, bounds), episode.length, episode.fitness, still)
