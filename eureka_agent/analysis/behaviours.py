"""What a reward pays for one behaviour and for another: does what scores better also earn more?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

import numpy as np

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.trajectories.trajectory import Trajectory

RANDOM_PLAY = "random play"
ERRORS = 2.0
"""Standard errors that a difference must exceed."""
ROUNDING = 1e-9
"""A share of a score below which a difference is one of rounding."""
CLEARLY = 0.1
"""What is earned differs if it does by a tenth of the larger size."""


@dataclass(frozen=True)
class Score:
    """A mean with its standard error over episodes."""

    mean: float
    error: float

    @classmethod
    def of(cls, episodes: Sequence[float]) -> Score | None:
        """Return mean and error over two episodes or more, else None."""
        if len(episodes) < 2:
            return None
        return cls(fmean(episodes), stdev(episodes) / math.sqrt(len(episodes)))

    def above(self, other: Score, sign: float = 1.0, least: float = ROUNDING) -> bool:
        """Tell whether it is better than `other` beyond the noise of both and a share of the larger size."""
        noise = ERRORS * math.hypot(self.error, other.error)
        size = max(abs(self.mean), abs(other.mean))
        return sign * (self.mean - other.mean) > max(noise, least * size)


@dataclass(frozen=True)
class PaidEpisodes:
    """Some episodes, and what one reward pays for them."""

    name: str
    """Who played, in words: "random play", "candidate 0-03"."""
    step: Score
    """Mean reward a step."""
    episode: Score | None = None
    """Mean sum of an episode; None where not all of them ended."""
    fitness: Score | None = None

    @classmethod
    def of(
        cls, name: str, episodes: Sequence[Trajectory], fitness: Score | None = None
    ) -> PaidEpisodes | None:
        """Return what is paid for episodes with rewards; None for fewer than two.

        `fitness` is known better where more episodes were scored than recorded.
        """
        paid = [episode.reward.astype(np.float64) for episode in episodes if episode.reward is not None]
        step = Score.of([float(reward.mean()) for reward in paid])
        if step is None or len(paid) < len(episodes):
            return None
        whole = all(episode.ended and episode.earlier == 0 for episode in episodes)
        scores = [episode.fitness for episode in episodes if episode.fitness is not None]
        return cls(
            name,
            step,
            Score.of([float(reward.sum()) for reward in paid]) if whole else None,
            fitness or (Score.of(scores) if whole else None),
        )

    def earns_more(self, other: PaidEpisodes) -> bool:
        """Tell whether it clearly earns more: by the episode if both are known whole, else by the step."""
        if self.episode is not None and other.episode is not None:
            return self.episode.above(other.episode, least=CLEARLY)
        return self.step.above(other.step, least=CLEARLY)

    def leans_above(self, other: PaidEpisodes) -> bool:
        """Tell whether its mean is the larger one, by however little."""
        if self.episode is not None and other.episode is not None:
            return self.episode.mean > other.episode.mean
        return self.step.mean > other.step.mean

    def compared(self, other: PaidEpisodes) -> str:
        """Say what both are paid."""
        if self.episode is not None and other.episode is not None:
            return f"{self.episode.mean:.4g} an episode, {other.name} {other.episode.mean:.4g}"
        return f"{self.step.mean:.4g} a step, {other.name} {other.step.mean:.4g}"


def ended_with(evaluation: Evaluation) -> PaidEpisodes | None:
    """Return what a training's policies did at its end, in the last third of its checkpoints.

    None for trainings of earlier versions, whose rewards were measured with exploration only.
    """
    curves = evaluation.curves
    steps, returns = curves.get("evaluation/reward", ()), curves.get("evaluation/return", ())
    errors, lengths = curves.get("evaluation/return_error", ()), curves.get("episode_length", ())
    if not steps or len({len(steps), len(returns), len(errors), len(lengths)}) > 1:
        return None
    last = max(len(steps) // 3, 1)
    error, length = fmean(errors[-last:]), max(fmean(lengths[-last:]), 1.0)
    return PaidEpisodes(
        "this training",
        Score(fmean(steps[-last:]), error / length),
        Score(fmean(returns[-last:]), error),
    )
