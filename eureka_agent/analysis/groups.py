"""Episodes that went alike, with one exemplar each; and how far scores spread over episodes and seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean, median

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.outcomes import EpisodeOutcome
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.archive.candidate import Evaluation

WIDE = 0.5
"""A spread over seeds of more than half of the mean's size makes one seed's score a matter of luck."""
GAP = 0.5
"""Episodes fall into two groups if half of the whole spread is one gap between neighbours."""
LEAST_EPISODES = 4
"""A gap among fewer scores is chance."""


def clusters(told: Sequence[EpisodeOutcome], behaviours: Mapping[int, frozenset[str]]) -> list[list[int]]:
    """Return episodes that ended and behaved alike, the largest group first.

    `behaviours` are words on an episode by its index, such as "still". The first of each group is its
    exemplar: the episode with the median fitness, or length where none was scored.
    """
    groups: dict[tuple[str, frozenset[str]], list[EpisodeOutcome]] = {}
    for one in told:
        groups.setdefault((one.name, behaviours.get(one.episode, frozenset())), []).append(one)
    return sorted((_exemplar_first(group) for group in groups.values()), key=len, reverse=True)


def observe_clusters(
    told: Sequence[EpisodeOutcome], behaviours: Mapping[int, frozenset[str]]
) -> Iterator[Observation]:
    """Yield a sentence a group with its exemplar; nothing where all episodes went alike."""
    found = clusters(told, behaviours)
    if len(found) < 2:
        return
    by_index = {one.episode: one for one in told}
    for group in found:
        exemplar = by_index[group[0]]
        words = [exemplar.name, *sorted(behaviours.get(exemplar.episode, ()))]
        text = f"{len(group)} of {len(told)} episodes went alike ({', '.join(words)}), for example this one."
        steps = (0, exemplar.length - 1)
        values = {"episodes": float(len(group))}
        yield Observation(ObservationKind.CLUSTER, text, episode=exemplar.episode, steps=steps, values=values)


def observe_spread(evaluations: Sequence[Evaluation]) -> Iterator[Observation]:
    """Yield how far the search's scores lie apart: over seeds, and over the first seed's episodes."""
    searched = sorted((e for e in evaluations if e.stage == "search"), key=lambda e: e.replicate)
    scores = [evaluation.fitness for evaluation in searched]
    if len(scores) > 1:
        wide = max(scores) - min(scores) > WIDE * abs(fmean(scores))
        text = f"Over {len(scores)} seeds the fitness is {t_interval(scores)}"
        text += f", {min(scores):.4g} to {max(scores):.4g}"
        text += ": one seed says little." if wide else "."
        values = {"mean": fmean(scores), "low": min(scores), "high": max(scores)}
        yield Observation(ObservationKind.SPREAD, text, reason="the search's trainings", values=values)
    if searched and (gap := _gap(searched[0].episode_fitness)) is not None:
        low, high, below, count = gap
        text = (
            f"The scores of its episodes fall into two groups: {below} of {count} at {low:.4g} or less, the "
            f"others at {high:.4g} or more."
        )
        values = {"low": low, "high": high, "below": float(below)}
        yield Observation(ObservationKind.SPREAD, text, reason="its scoring episodes", values=values)


def _gap(scores: Sequence[float]) -> tuple[float, float, int, int] | None:
    """Return the two sides of the widest gap, how many lie below, and of how many; None without one."""
    ordered = sorted(scores)
    whole = ordered[-1] - ordered[0] if len(ordered) >= LEAST_EPISODES else 0.0
    if whole <= 0:
        return None
    widest = max(range(1, len(ordered)), key=lambda k: ordered[k] - ordered[k - 1])
    if ordered[widest] - ordered[widest - 1] < GAP * whole or min(widest, len(ordered) - widest) < 2:
        return None
    return ordered[widest - 1], ordered[widest], widest, len(ordered)


def _exemplar_first(group: Sequence[EpisodeOutcome]) -> list[int]:
    measure = {one.episode: one.length if one.fitness is None else one.fitness for one in group}
    middle = median(measure.values())
    ordered = sorted(measure, key=lambda episode: (abs(measure[episode] - middle), episode))
    return [ordered[0], *sorted(ordered[1:])]
