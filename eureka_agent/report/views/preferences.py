"""What a run has learned of what people prefer, where that is its fitness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eureka_agent.store.state import RunState


@dataclass(frozen=True)
class Weight:
    """How much one number of an episode counts."""

    feature: str
    """What it is, in words."""
    mean: float
    """Utility for one standard deviation of it."""
    sd: float
    """How far that is in doubt."""


@dataclass(frozen=True)
class PreferencesView:
    """The model by which everything in the run is scored."""

    sentence: str
    weights: tuple[Weight, ...]
    """Those that count most first; none before the first answer."""


def preferences_view(state: RunState) -> PreferencesView | None:
    """Return what people prefer; None where the fitness is the task's, or nothing was trained yet."""
    learned = state.learned
    if learned is None:
        return None
    answers, features = learned.posterior.answers, learned.fitness.features
    if not answers:
        return PreferencesView("Nobody said what is better, so that every score is 0.", ())
    doubt = np.sqrt(np.diag(learned.posterior.covariance))
    weights = [
        Weight(*told) for told in zip(features.names, learned.fitness.weights, map(float, doubt), strict=True)
    ]
    told = (
        f"Scores are learned from {answers} {'answer' if answers == 1 else 'answers'} of people: a score is "
        f"the sum of {len(weights)} numbers of an episode, each in standard deviations from its mean times "
        "its weight."
    )
    return PreferencesView(told, tuple(sorted(weights, key=lambda one: -abs(one.mean))))
