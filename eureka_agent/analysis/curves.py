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
LASTING = 1 / 3
"""And stayed down for a third of the training: curves are measured with exploration and scores without, and
policies lose for a while what only noise kept going."""
ERRORS = 2.0
"""Standard errors that a difference of fitness must exceed."""
ROUNDING = 1e-9
"""A share of a score below which a difference is one of rounding."""
LEAST_RISE = 0.05
"""A fitness that rose by less than a twentieth of what the run's candidates span did not rise."""
SOONER = 0.75
"""Who ends an episode after less than three quarters of random play's steps ends it on purpose."""
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
        noise = ERRORS * math.hypot(self.error, other.error)
        return sign * (self.mean - other.mean) > max(noise, ROUNDING * max(abs(self.mean), abs(other.mean)))


@dataclass(frozen=True)
class Yardstick:
    """What a training's fitness is measured by; without both numbers only a fall is noticed."""

    sign: float
    """+1 where a larger fitness is better, -1 where a smaller one is."""
    at_random: Score | None = None
    """What random play scores."""
    span: tuple[float, float] | None = None
    """Least and greatest fitness of the run's candidates."""
    random_length: float | None = None
    """Mean steps of an episode of random play."""

    def low(self, fitness: float) -> bool:
        """Tell whether a fitness lies in the worse half of the run's."""
        if self.span is None or self.span[0] == self.span[1]:
            return False
        middle = (self.span[0] + self.span[1]) / 2
        return self.sign * (fitness - middle) < 0


def observe_curves(evaluation: Evaluation, by: Yardstick) -> Iterator[Observation]:
    """Yield what the curves of one training say of its reward, each with a checkpoint."""
    fell = falls(evaluation, sign=by.sign)
    paid = earned(evaluation)
    if fell is not None:
        yield from _hacked(paid, fell, evaluation)
    kept = Score.of(evaluation.episode_fitness)
    if kept is None:
        return
    yield from _ends_early(evaluation, by)
    if by.at_random is not None and by.at_random.above(kept, by.sign):
        text = (
            f"The trained policy scores {kept.mean:.4g} where random play scores {by.at_random.mean:.4g}: "
            "the reward pays against the fitness."
        )
        yield _at_kept(ObservationKind.WORSE_THAN_RANDOM, text, evaluation)
    elif (why := _worthless(evaluation, kept, by)) is not None:
        yield from _no_better(paid, why, evaluation)


def _worthless(evaluation: Evaluation, kept: Score, by: Yardstick) -> str | None:
    """Say by what a score is none; None where it is one, or nobody knows.

    Either random play does as well; or it never rose since the first checkpoint, and lies in the worse half
    of the scores of the run's candidates: those that solve a task at once do not rise either.
    """
    if by.at_random is not None and not kept.above(by.at_random, by.sign):
        return f"the trained policy scores {kept.mean:.4g}, random play {by.at_random.mean:.4g}"
    if by.low(kept.mean) and _never_rose(evaluation, by):
        low, high = by.span or (0.0, 0.0)
        return f"the trained policy scores {kept.mean:.4g}, the run's candidates {low:.4g} to {high:.4g}"
    return None


def _never_rose(evaluation: Evaluation, by: Yardstick) -> bool:
    """Tell whether the fitness of the last third of checkpoints is not above the first, to speak of."""
    scores = [Score(*score) for score in evaluation.checkpoint_scores]
    if len(scores) < LEAST_CHECKPOINTS:
        return False
    last = scores[-max(len(scores) // 3, 1) :]
    mean = Score(fmean(score.mean for score in last), fmean(score.error for score in last))
    low, high = by.span or (0.0, 0.0)
    little = by.sign * (mean.mean - scores[0].mean) < LEAST_RISE * (high - low)
    return little or not mean.above(scores[0], by.sign)


def _ends_early(evaluation: Evaluation, by: Yardstick) -> Iterator[Observation]:
    """Yield that episodes end sooner than at random where every step costs."""
    reward, length = evaluation.curves.get("reward", ()), evaluation.curves.get("episode_length", ())
    if by.random_length is None or not reward or not length or max(reward) >= 0:
        return
    if length[-1] < SOONER * by.random_length and by.low(evaluation.fitness):
        text = (
            f"Ending pays: a step costs {-fmean(reward):.4g} on average, and episodes end after "
            f"{length[-1]:.4g} steps, at random after {by.random_length:.4g}."
        )
        yield Observation(ObservationKind.ENDING_PAYS, text, checkpoint=len(length))


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
    if len(down) - first < LASTING * len(down):
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
    """Yield, in one sentence, what pays more since the fitness fell than at its best."""
    curves = component_curves(evaluation)
    shares = component_shares(curves)
    parts = {
        f"component '{name}'": values
        for name, values in curves.items()
        if shares.get(name, 0.0) >= LEAST_SHARE and len(shares) > 1
    }
    gains = {name: _gained(values, fell) for name, values in {**paid, **parts}.items()}
    gains = {name: gain for name, gain in gains.items() if gain > 0}
    if not gains:
        return
    text = (
        f"Reward hacking: since checkpoint {fell.checkpoint + 1} more is paid than at checkpoint "
        f"{fell.best + 1}, where the fitness was best ({', '.join(gains)}); the fitness has lost "
        f"{fell.by:.4g} since then."
    )
    values = {**gains, "fitness lost": fell.by}
    yield Observation(ObservationKind.REWARD_HACKING, text, checkpoint=fell.checkpoint + 1, values=values)


def _gained(values: Sequence[float], fell: Fall) -> float:
    """Return how much more a curve pays since the fall than at the best checkpoint, beyond `ROSE`; else 0."""
    size = max((abs(value) for value in values), default=0.0)
    if len(values) <= fell.checkpoint or not size or not math.isfinite(size):
        return 0.0
    gain = fmean(values[fell.checkpoint :]) - values[fell.best]
    return gain if gain > ROSE * size else 0.0


def _no_better(
    paid: Mapping[str, Sequence[float]], why: str, evaluation: Evaluation
) -> Iterator[Observation]:
    rises = {name: rose(values) for name, values in paid.items()}
    rising = [name for name, rise in rises.items() if rise > ROSE]
    if rising:
        text = f"The {rising[0]} rose over training, and the fitness did not: {why}."
        values = {"rise": rises[rising[0]]}
        yield _at_kept(ObservationKind.REWARD_WITHOUT_FITNESS, text, evaluation, values)
    else:
        text = f"Training changed neither reward nor fitness: {why}."
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
