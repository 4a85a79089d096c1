"""What the same reward taught on another training seed: luck looks like a cause until both are seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import fmean

from eureka_agent.analysis.motion import still_runs
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.outcomes import NO_BOUNDS, Bounds, outcomes
from eureka_agent.analysis.typical import Typical
from eureka_agent.archive.candidate import Candidate, Evaluation
from eureka_agent.trajectories.trajectory import Trajectory


def first_training(candidate: Candidate) -> Evaluation | None:
    """Return the candidate's first training in the search, whose policy all that is told is about."""
    searched = [e for e in candidate.evaluations if e.stage == "search"]
    return min(searched, key=lambda e: e.replicate, default=None)


def most_different_training(candidate: Candidate) -> Evaluation | None:
    """Return the search's training whose score lies farthest from the first one's; None without others."""
    first = first_training(candidate)
    others = [e for e in candidate.evaluations if e.stage == "search" and e is not first]
    if first is None:
        return None
    return max(others, key=lambda e: (abs(e.fitness - first.fitness), -e.replicate), default=None)


def observe_other_seed(
    candidate: Candidate,
    episodes: Sequence[Trajectory],
    typical: Typical | None = None,
    bounds: Bounds = NO_BOUNDS,
) -> Iterator[Observation]:
    """Yield what became of `episodes`, recorded of the most different training; nothing without any."""
    first, other = first_training(candidate), most_different_training(candidate)
    if first is None or other is None or not episodes:
        return
    told = outcomes(episodes, typical, bounds)
    ended = ", ".join(
        f"{count} of {len(told)} {name}" for name, count in Counter(one.name for one in told).most_common()
    )
    rests = [run for e in episodes if typical is not None for run in still_runs(e, typical)[:1]]
    still = f", standing still for {fmean(end - begin + 1 for begin, end in rests):.0f}" if rests else ""
    text = (
        f"On another training seed it scored {other.fitness:.4g}, not {first.fitness:.4g}: {ended}, after "
        f"{fmean(one.length for one in told):.0f} steps on average{still}."
    )
    yield Observation(
        ObservationKind.SPREAD, text, reason=f"the training search-{other.replicate}",
        values={"fitness": other.fitness, "first": first.fitness},
    )  # fmt: skip
