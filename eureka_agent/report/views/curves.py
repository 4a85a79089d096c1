"""Curves over training: what the winner's components paid, and the fitness of all rewards on fresh seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from eureka_agent.analysis.curves import component_curves, component_shares
from eureka_agent.archive.candidate import Evaluation, of_median_fitness
from eureka_agent.report.views.fitness import direction_of
from eureka_agent.report.words import cut
from eureka_agent.store.state import RunState

MOST_COMPONENTS = 12
"""Of which curves are told, those that pay or cost most; a reward rarely has more."""
LONGEST_NAME = 100
RESIDUAL = "(beside the components)"


@dataclass(frozen=True)
class ComponentCurve:
    """What one component paid at each checkpoint."""

    name: str
    raw: tuple[float, ...]
    """Mean a step, over the training rollouts since the checkpoint before."""
    share: tuple[float, ...]
    """Its part, from 0 to 1, of the summed sizes of all components."""
    mean_share: float
    """Of the whole training."""


@dataclass(frozen=True)
class ComponentsView:
    """One training of the winner, component by component."""

    candidate: str
    stage: str
    replicate: int
    fitness: tuple[float, ...]
    """At each checkpoint."""
    kept: int
    """Index of the checkpoint whose policy was kept."""
    components: tuple[ComponentCurve, ...]
    left_out: int
    """How many components more there are."""


@dataclass(frozen=True)
class LearningCurves:
    """The fitness of one reward at each checkpoint, on each fresh seed."""

    name: str
    seeds: tuple[tuple[float, ...], ...]
    """One curve a seed; all are equally long."""

    @property
    def mean(self) -> tuple[float, ...]:
        """The mean over the seeds at each checkpoint."""
        return tuple(fmean(values) for values in zip(*self.seeds, strict=True))


def components_view(state: RunState, name: str | None) -> ComponentsView | None:
    """Return how one training of a candidate went: on fresh seeds that of median score, else in the search.

    None where there is no such training, or its curves tell of no components.
    """
    candidate = state.candidates.get(name or "")
    sign = -1.0 if direction_of(state) == "minimize" else 1.0
    evaluation = None if candidate is None else _typical(candidate.evaluations, sign)
    if candidate is None or evaluation is None or not evaluation.components:
        return None
    raw = component_curves(evaluation)
    if any(evaluation.residual):
        raw[RESIDUAL] = evaluation.residual
    shares = component_shares(raw)
    told = sorted(raw, key=lambda name: -shares.get(name, 0.0))[:MOST_COMPONENTS]
    return ComponentsView(
        candidate.id, evaluation.stage, evaluation.replicate,
        fitness=tuple(evaluation.curves.get("fitness", ())),
        kept=evaluation.best_checkpoint,
        components=tuple(_curve(raw, name, shares.get(name, 0.0)) for name in told),
        left_out=len(raw) - len(told),
    )  # fmt: skip


def learning_curves(state: RunState) -> tuple[LearningCurves, ...]:
    """Return how winner, reference and sparse learned on fresh seeds; those without curves are left out."""
    winner = state.confirmation.winner if state.confirmation else None
    trained: dict[str, Sequence[Evaluation]] = dict(state.baselines)
    if winner is not None:
        trained = {winner: state.candidates[winner].evaluations, **trained}
    found = {name: _curves(evaluations) for name, evaluations in trained.items()}
    return tuple(LearningCurves(name, curves) for name, curves in found.items() if curves)


def _curves(evaluations: Sequence[Evaluation]) -> tuple[tuple[float, ...], ...]:
    confirmed = sorted((e for e in evaluations if e.stage == "confirm"), key=lambda e: e.replicate)
    curves = [tuple(e.curves.get("fitness", ())) for e in confirmed]
    longest = max(map(len, curves), default=0)
    return tuple(curve for curve in curves if len(curve) == longest and longest > 1)


def _typical(evaluations: Sequence[Evaluation], sign: float) -> Evaluation | None:
    """Return the training on fresh seeds whose score is the median; without one, the first of the search."""
    confirmed = [e for e in evaluations if e.stage == "confirm"]
    if confirmed:
        return of_median_fitness(confirmed, sign=sign)
    return next((e for e in evaluations if e.stage == "search"), None)


def _curve(raw: Mapping[str, tuple[float, ...]], name: str, share: float) -> ComponentCurve:
    return ComponentCurve(cut(name, LONGEST_NAME), tuple(raw[name]), _shares(raw, name), share)


def _shares(raw: Mapping[str, tuple[float, ...]], name: str) -> tuple[float, ...]:
    sizes = [
        sum(abs(values[place]) for values in raw.values() if place < len(values))
        for place in range(len(raw[name]))
    ]
    return tuple(abs(value) / size if size else 0.0 for value, size in zip(raw[name], sizes, strict=True))
