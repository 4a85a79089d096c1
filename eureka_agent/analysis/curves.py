"""What the curves of a training say of its reward: is what it pays for what is wanted?

A candidate's curves hold one value a checkpoint (`Evaluation.curves`). What is earned is read both a step and
an episode: one that costs in every step is earned by ending early, one that pays in every step by lasting.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.archive.candidate import Evaluation

LEAST_CHECKPOINTS = 4
"""Below that a rise cannot be told from a single odd rollout."""
ROSE = 0.1
"""What is earned rose if its last third lies above its first by a tenth of its largest size."""
FELL = 0.2
"""The fitness fell if it lost a fifth of its span since its best checkpoint, for good."""
ERRORS = 2.0
"""Standard errors that a difference of fitness must exceed."""
LEAST_SHARE = 0.05
"""A component that is a smaller part of what is paid decides nothing."""


@dataclass(frozen=True)
class Score:
    """A mean fitness with its standard error over episodes."""

    mean: float
    error: float

    @classmethod
    def of(cls, episodes: Sequence[float]) -> Score | None:
        """Return mean and error over two episodes or more, else None."""
        if len(episodes) < 2:
            return None
        return cls(fmean(episodes), stdev(episodes) / math.sqrt(len(episodes)))

    def above(self, other: Score, sign: float) -> bool:
        """Tell whether it is better than `other` beyond the noise of both."""
        return sign * (self.mean - other.mean) > ERRORS * math.hypot(self.error, other.error)


def observe_curves(evaluation: Evaluation, *, sign: float, at_random: Score | None) -> Iterator[Observation]:
    """Yield what the curves of one training say of its reward, each with its first checkpoint.

    `sign` is +1 where a larger fitness is better. `at_random` is what random actions score; without it only
    a fitness that falls is noticed.
    """
    fell = falls(evaluation, sign=sign)
    paid = earned(evaluation)
    if fell is not None:
        yield from _hacked(paid, fell, evaluation)
    kept = Score.of(evaluation.episode_fitness)
    if at_random is None or kept is None:
        return
    if at_random.above(kept, sign):
        text = (
            f"The trained policy scores {kept.mean:.4g} where random actions score {at_random.mean:.4g}: "
            "the reward pays against the fitness."
        )
        yield _at_kept(ObservationKind.WORSE_THAN_RANDOM, text, evaluation)
    elif not kept.above(at_random, sign):
        yield from _no_better(paid, kept, at_random, evaluation)


@dataclass(frozen=True)
class Fall:
    """A fitness that fell and stayed down."""

    best: int
    """Index of the best checkpoint."""
    checkpoint: int
    """Index of the first one from which on it stays down."""
    by: float


def falls(evaluation: Evaluation, *, sign: float) -> Fall | None:
    """Return where the fitness fell for good since its best checkpoint; None where it did not."""
    fitness = [sign * value for value in evaluation.curves.get("fitness", ())]
    errors = list(evaluation.curves.get("fitness_error", ())) or [0.0] * len(fitness)
    if len(fitness) < LEAST_CHECKPOINTS or len(errors) != len(fitness):
        return None
    best = max(range(len(fitness)), key=lambda k: fitness[k])
    least = FELL * (max(fitness) - min(fitness))
    down = [
        fitness[best] - fitness[k] > max(least, ERRORS * math.hypot(errors[best], errors[k]))
        for k in range(len(fitness))
    ]
    first = len(down)
    while first > best + 1 and down[first - 1]:
        first -= 1
    if first == len(down):
        return None
    return Fall(best, first, fitness[best] - fmean(fitness[first:]))


def earned(evaluation: Evaluation) -> dict[str, tuple[float, ...]]:
    """Return what is earned at each checkpoint, in words: the whole reward a step, and an episode."""
    reward, length = evaluation.curves.get("reward", ()), evaluation.curves.get("episode_length", ())
    found = {"reward a step": tuple(reward)}
    if len(length) == len(reward):
        found["reward an episode"] = tuple(r * n for r, n in zip(reward, length, strict=True))
    return {name: values for name, values in found.items() if values}


def rose(values: Sequence[float]) -> float:
    """Return how far a curve rose from its first third to its last, as a share of its largest size; or 0."""
    size = max((abs(value) for value in values), default=0.0)
    if len(values) < LEAST_CHECKPOINTS or size == 0 or not math.isfinite(size):
        return 0.0
    third = max(len(values) // 3, 1)
    return max((fmean(values[-third:]) - fmean(values[:third])) / size, 0.0)


def _hacked(paid: Mapping[str, Sequence[float]], fell: Fall, evaluation: Evaluation) -> Iterator[Observation]:
    """Yield the reward, and each component, that pays more since the fitness fell than at its best."""
    curves = component_curves(evaluation)
    shares = component_shares(curves)
    parts = {
        f"component '{name}'": values
        for name, values in curves.items()
        if shares.get(name, 0.0) >= LEAST_SHARE and len(shares) > 1
    }
    for name, values in {**paid, **parts}.items():
        gain = _gained(values, fell)
        if gain <= 0:
            continue
        text = (
            f"Reward hacking: the {name} is higher since checkpoint {fell.checkpoint + 1} than at checkpoint "
            f"{fell.best + 1}, where the fitness was best; the fitness has lost {fell.by:.4g} since then."
        )
        values = {"gain": gain, "fitness_lost": fell.by}
        yield Observation(ObservationKind.REWARD_HACKING, text, checkpoint=fell.checkpoint + 1, values=values)


def _gained(values: Sequence[float], fell: Fall) -> float:
    """Return how much more a curve pays since the fall than at the best checkpoint, beyond `ROSE`; else 0."""
    size = max((abs(value) for value in values), default=0.0)
    if len(values) <= fell.checkpoint or not size or not math.isfinite(size):
        return 0.0
    gain = fmean(values[fell.checkpoint :]) - values[fell.best]
    return gain if gain > ROSE * size else 0.0


def _no_better(
    paid: Mapping[str, Sequence[float]], kept: Score, at_random: Score, evaluation: Evaluation
) -> Iterator[Observation]:
    rises = {name: rose(values) for name, values in paid.items()}
    rising = [name for name, rise in rises.items() if rise > ROSE]
    score = f"{kept.mean:.4g}, random actions {at_random.mean:.4g}"
    if rising:
        text = (
            f"The {rising[0]} rose over training, and the fitness did not: the trained policy scores {score}."
        )
        values = {"rise": rises[rising[0]]}
        yield _at_kept(ObservationKind.REWARD_WITHOUT_FITNESS, text, evaluation, values)
    else:
        text = f"Training changed neither reward nor fitness: the trained policy scores {score}."
        yield _at_kept(ObservationKind.NO_PROGRESS, text, evaluation)


def component_shares(curves: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return each component's part, in [0, 1], of the summed mean sizes; empty if all are zero."""
    sizes = {name: fmean(abs(value) for value in values) for name, values in curves.items() if values}
    total = sum(sizes.values())
    return {name: size / total for name, size in sizes.items()} if total > 0 else {}


def component_curves(evaluation: Evaluation) -> dict[str, tuple[float, ...]]:
    """Return the curve of each component: its mean a step at each checkpoint."""
    return {name: tuple(evaluation.curves[f"component/{name}"]) for name in evaluation.components}


def _at_kept(
    kind: ObservationKind, text: str, evaluation: Evaluation, values: Mapping[str, float] | None = None
) -> Observation:
    return Observation(kind, text, checkpoint=evaluation.best_checkpoint + 1, values=values or {})
