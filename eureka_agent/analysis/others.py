"""What a reward pays others: random play, and the candidate that scored best beside its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from eureka_agent.analysis.behaviours import RANDOM_PLAY, PaidEpisodes, Score
from eureka_agent.archive.candidate import Candidate
from eureka_agent.trajectories.trajectory import Trajectory

Paying = Callable[[Sequence[Trajectory]], Sequence[Trajectory]]
"""Returns episodes with what one reward pays for each of their steps."""


def paid_others(
    pay: Paying,
    random_play: Sequence[Trajectory],
    best: Candidate | None,
    recorded: Mapping[str, Sequence[Trajectory]],
    *,
    progress: float,
) -> tuple[PaidEpisodes, ...]:
    """Return what `pay`'s reward pays for random play and for the recorded episodes of `best`.

    All are paid at `progress`, at which the episodes that they are compared with were recorded. Raises what
    reading them or asking the reward raises. Who has too few episodes is left out.
    """

    def paid(episodes: Sequence[Trajectory]) -> Sequence[Trajectory]:
        return pay([episode.at_progress(progress) for episode in episodes])

    found = [PaidEpisodes.of(RANDOM_PLAY, paid(random_play))] if random_play else []
    if best is not None:
        scores = [score for one in best.evaluations for score in one.episode_fitness]
        found.append(PaidEpisodes.of(f"candidate {best.id}", paid(recorded[best.id]), Score.of(scores)))
    return tuple(one for one in found if one is not None)


def best_beside(
    candidate: Candidate, candidates: Iterable[Candidate], trained: Iterable[str], sign: float
) -> Candidate | None:
    """Return who scored best of the `trained` ones but `candidate`; None without one."""
    known = frozenset(trained)
    others = [
        one for one in candidates if one.id != candidate.id and one.id in known and one.fitness is not None
    ]
    return max(others, key=lambda one: sign * (one.fitness or 0.0), default=None)
