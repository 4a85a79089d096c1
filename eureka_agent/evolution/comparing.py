"""Comparing rewards: all on the same seeds, and each against the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eureka_agent.analysis.noninferiority import compared
from eureka_agent.analysis.statistics import Interval
from eureka_agent.evolution.workbench import Scores, Workbench, scores_of
from eureka_agent.rewards.reward import Reward
from eureka_agent.training.job import Outcome

STAGE = "compare"
"""Its seeds differ from those of a run, of `prune` and of `tune`."""


@dataclass(frozen=True)
class Standing:
    """One reward among others."""

    reward: Reward
    outcomes: tuple[Outcome, ...]
    """One a seed; a training that failed among them."""
    scores: Scores
    difference: Interval | None
    """To the first, paired by seed, positive is better; None for the first, and where a training failed."""


def standings(rewards: Sequence[Reward], bench: Workbench, *, seeds: int) -> list[Standing]:
    """Train rewards as one population and compare each with the first; one that fails fails alone."""
    found = bench.outcomes(rewards, stage=STAGE, seeds=seeds)
    scores = [scores_of(outcomes) for outcomes in found]
    sign = bench.task.fitness.sign
    return [
        Standing(reward, tuple(outcomes), own, _difference(own, scores[0], sign) if place else None)
        for place, (reward, outcomes, own) in enumerate(zip(rewards, found, scores, strict=True))
    ]


def _difference(own: Scores, first: Scores, sign: float) -> Interval | None:
    if not (own.fitness and first.fitness):
        return None
    return compared(own.fitness, first.fitness, sign=sign, margin=0.0).difference
