"""What the curves of a training say: where the fitness fell for good, and what was earned meanwhile.

A candidate's curves hold one value a checkpoint (`Evaluation.curves`). What is earned is read where the score
is: in evaluation episodes, without exploration. Trainings of earlier versions know it with exploration only,
and it is then read both a step and an episode: one that costs in every step is earned by ending early, one
that pays in every step by lasting.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from eureka_agent.analysis.behaviours import ERRORS
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.archive.candidate import Evaluation

LEAST_CHECKPOINTS = 4
"""Below that a rise cannot be told from a single odd rollout."""
ROSE = 0.1
"""What is earned rose if its last third lies above its first by a tenth of its largest size."""
FELL = 0.2
"""The fitness fell if it lost a fifth of its span since its best checkpoint, for good."""
FELL_OF_RUN = 0.05
"""And at least a twentieth of what the run's candidates span: who learned nothing wavers by less."""
SUCCESS = 0.08
"""A difference counts from a twelfth of the way to a solved task on: less is no success, nor a loss."""
LASTING = 1 / 3
"""And stayed down for a third of the training: policies lose for a while what they learn again."""
RETURN = "return of an episode"
LEAST_SHARE = 0.05
"""A component that is a smaller part of what is paid decides nothing."""


@dataclass(frozen=True)
class Fall:
    """A fitness that fell and stayed down."""

    best: int
    """Index of the best checkpoint."""
    checkpoint: int
    """Index of the first one from which on it stays down."""
    by: float


def falls(
    evaluation: Evaluation, *, sign: float, span: float = 0.0, solved: float | None = None
) -> Fall | None:
    """Return where the fitness fell for good since its best checkpoint; None where it did not.

    `span` is how far the fitness of the run's candidates lies apart. Where it is known from which fitness on
    the task is solved, a loss counts from `SUCCESS` of the way on that remained at the best checkpoint.
    """
    fitness = [sign * value for value in evaluation.curves.get("fitness", ())]
    errors = list(evaluation.curves.get("fitness_error", ())) or [0.0] * len(fitness)
    if len(fitness) < LEAST_CHECKPOINTS or len(errors) != len(fitness):
        return None
    best = max(range(len(fitness)), key=lambda k: fitness[k])
    least = max(FELL * (max(fitness) - min(fitness)), FELL_OF_RUN * span)
    down = [
        fitness[best] - fitness[k] > max(least, ERRORS * math.hypot(errors[best], errors[k]))
        for k in range(len(fitness))
    ]
    first = len(down)
    while first > best + 1 and down[first - 1]:
        first -= 1
    if len(down) - first < LASTING * len(down):
        return None
    by = fitness[best] - fmean(fitness[first:])
    if solved is not None and by < SUCCESS * (sign * solved - fitness[best]):
        return None
    return Fall(best, first, by)


def earned(evaluation: Evaluation) -> dict[str, tuple[float, ...]]:
    """Return what is earned at each checkpoint, by name: the return of an evaluation episode.

    For trainings that do not know it: the reward with exploration, a step and an episode.
    """
    curves = evaluation.curves
    if returns := curves.get("evaluation/return"):
        return {RETURN: tuple(returns)}
    reward, length = curves.get("reward", ()), curves.get("episode_length", ())
    found = {"reward a step": tuple(reward)}
    if len(length) == len(reward):
        found["reward an episode"] = tuple(r * n for r, n in zip(reward, length, strict=True))
    return {name: values for name, values in found.items() if values}


def rises(evaluation: Evaluation) -> dict[str, float]:
    """Return what of `earned` rose over training, beyond its noise: how far, as a share of its size."""
    found = {name: rose(values) for name, values in earned(evaluation).items()}
    risen = {name: rise for name, rise in found.items() if rise > ROSE}
    errors = evaluation.curves.get("evaluation/return_error", ())
    if RETURN in risen and errors:
        returns, third = earned(evaluation)[RETURN], max(len(errors) // 3, 1)
        noise = ERRORS * math.hypot(fmean(errors[:third]), fmean(errors[-third:]))
        if fmean(returns[-third:]) - fmean(returns[:third]) <= noise:
            return {}
    return risen


def rose(values: Sequence[float]) -> float:
    """Return how far a curve rose from its first third to its last, as a share of its largest size; or 0."""
    size = max((abs(value) for value in values), default=0.0)
    if len(values) < LEAST_CHECKPOINTS or size == 0 or not math.isfinite(size):
        return 0.0
    third = max(len(values) // 3, 1)
    return max((fmean(values[-third:]) - fmean(values[:third])) / size, 0.0)


def observe_hacking(
    evaluation: Evaluation, *, sign: float, span: float = 0.0, solved: float | None = None
) -> Iterator[Observation]:
    """Yield that more is paid since the fitness fell for good, in one sentence: all of it, and which part.

    A part that pays more while the whole pays less accuses nobody: of a policy that stops, effort is saved.
    """
    fell = falls(evaluation, sign=sign, span=span, solved=solved)
    if fell is None:
        return
    whole = _gains(earned(evaluation), fell)
    if RETURN in earned(evaluation) and not whole:
        return
    gains = {**whole, **_gains(_parts(evaluation), fell)}
    if not gains:
        return
    text = (
        f"Reward hacking: since checkpoint {fell.checkpoint + 1} more is paid than at checkpoint "
        f"{fell.best + 1}, where the fitness was best ({', '.join(gains)}); the fitness has lost "
        f"{fell.by:.4g} since then."
    )
    values = {**gains, "fitness lost": fell.by}
    yield Observation(ObservationKind.REWARD_HACKING, text, checkpoint=fell.checkpoint + 1, values=values)


def _parts(evaluation: Evaluation) -> dict[str, Sequence[float]]:
    """Return the curves of the components that count, as they are in evaluation episodes if that is known."""
    curves = component_curves(evaluation)
    shares = component_shares(curves)
    return {
        f"component '{name}'": evaluation.curves.get(f"evaluation/component/{name}", values)
        for name, values in curves.items()
        if shares.get(name, 0.0) >= LEAST_SHARE and len(shares) > 1
    }


def _gains(curves: Mapping[str, Sequence[float]], fell: Fall) -> dict[str, float]:
    gains = {name: _gained(values, fell) for name, values in curves.items()}
    return {name: gain for name, gain in gains.items() if gain > 0}


def _gained(values: Sequence[float], fell: Fall) -> float:
    """Return how much more a curve pays since the fall than at the best checkpoint, beyond `ROSE`; else 0."""
    size = max((abs(value) for value in values), default=0.0)
    if len(values) <= fell.checkpoint or not size or not math.isfinite(size):
        return 0.0
    gain = fmean(values[fell.checkpoint :]) - values[fell.best]
    return gain if gain > ROSE * size else 0.0


def component_shares(curves: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return each component's part, in [0, 1], of the summed mean sizes; empty if all are zero."""
    sizes = {name: fmean(abs(value) for value in values) for name, values in curves.items() if values}
    total = sum(sizes.values())
    return {name: size / total for name, size in sizes.items()} if total > 0 else {}


def component_curves(evaluation: Evaluation) -> dict[str, tuple[float, ...]]:
    """Return the curve of each component: its mean a step at each checkpoint."""
    return {name: tuple(evaluation.curves[f"component/{name}"]) for name in evaluation.components}
