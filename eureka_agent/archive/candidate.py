"""One proposed reward function with everything known about it."""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.residual import residual

_ID = re.compile(r"(0|[1-9][0-9]{0,5})-([0-9]{2}|[1-9][0-9]{2})")


class Status(StrEnum):
    """Where a candidate stands; every candidate of a finished run has exactly one of the last seven."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    DRAFTED_OUT = "drafted out"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    STOPPED = "stopped early"
    TRAINED = "trained"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class EarlyStop:
    """Why a training ended before its budget: at a checkpoint it was clearly behind its generation."""

    checkpoint: int
    """Number of the checkpoint, from 1."""
    env_steps: int
    """Steps of learning until then."""
    of: int
    """Steps of learning it would have had."""
    behind: float
    """How far its best checkpoint lay behind that of the rival it was compared with, in units of fitness."""
    allowed: float
    """How far it might have lain behind."""

    @property
    def reason(self) -> str:
        """The sentence that reaches the next prompt."""
        return (
            f"Stopped at {self.env_steps:,} of {self.of:,} training steps: its best score so far lay "
            f"{self.behind:.4g} behind the leaders of its generation; {self.allowed:.4g} was allowed."
        )

    @property
    def short(self) -> str:
        """The same for a cell of a table."""
        return f"stopped at {100 * self.env_steps / max(self.of, 1):.0f} %: {self.behind:.2g} behind"


@dataclass(frozen=True)
class Evaluation:
    """One training with one seed, and how its chosen checkpoint scored on held-out episodes."""

    stage: str
    """"search", "choose" or "confirm"; their seeds are disjoint."""
    replicate: int
    seed: int
    fitness: float
    """Mean over the scoring episodes, in the task's own units and direction."""
    episode_fitness: tuple[float, ...]
    env_steps: int
    """All environment steps taken: learning and evaluation."""
    wall_s: float
    best_checkpoint: int
    """Index into the curves of the checkpoint that was chosen."""
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """One value a checkpoint: `fitness`, its standard error `fitness_error`, `episode_length`, `reward` (mean
    a step), and `component/<name>` (mean a step, over the training rollouts since the last checkpoint); the
    same without exploration, over some of the evaluation episodes: `evaluation/reward`, `evaluation/return`
    (mean sum of an episode) with its standard error `evaluation/return_error`, and
    `evaluation/component/<name>`.
    Trainings of earlier versions and of the sparse baseline lack them."""
    warnings: tuple[str, ...] = ()
    isolation: str = ""
    """The layers that held the generated reward, e.g. `"bubblewrap + landlock + seccomp"`; empty where the
    reward was the task's own and ran in no worker."""
    stopped: EarlyStop | None = None
    """Set where training ended early: its fitness is that of a smaller budget."""
    safety: Mapping[str, float] = field(default_factory=dict)
    """For each of the task's safety signals what 99 % of its absolute values stay below, over the recorded
    scoring episodes. Trainings of earlier versions lack it."""

    @property
    def checkpoint_scores(self) -> tuple[tuple[float, float], ...]:
        """Fitness and its standard error at each checkpoint; empty where no errors were kept."""
        curves = (self.curves.get(name, ()) for name in ("fitness", "fitness_error"))
        return tuple(zip(*curves, strict=False))

    @property
    def components(self) -> tuple[str, ...]:
        """Names of the reward's components, in the order it returned them."""
        prefix = "component/"
        return tuple(name.removeprefix(prefix) for name in self.curves if name.startswith(prefix))

    @property
    def residual(self) -> tuple[float, ...]:
        """What the reward paid beside its components, mean a step, at each checkpoint; empty if nothing."""
        components = {name: self.curves[f"component/{name}"] for name in self.components}
        rest = residual(self.curves.get("reward", ()), components)
        return () if rest is None else tuple(rest.tolist())


def of_median_fitness(evaluations: Sequence[Evaluation], *, sign: float) -> Evaluation:
    """Return the one of median fitness; of two in the middle the worse. There must be one at least."""
    ranked = sorted(evaluations, key=lambda one: (sign * one.fitness, one.replicate))
    return ranked[(len(ranked) - 1) // 2]


@dataclass(frozen=True)
class Candidate:
    """A reward function proposed in one slot of a generation."""

    generation: int
    index: int
    operator: str
    parents: tuple[str, ...] = ()
    proposer: str = ""
    source: str | None = None
    """None when no reply held a usable reward."""
    genome: Mapping[str, Any] | None = None
    """What the proposer needs to vary it again; only `search` has one."""
    status: Status = Status.PROPOSED
    reason: str = ""
    """Why the status is what it is, in a sentence that reaches the next prompt."""
    findings: tuple[Finding, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()

    @property
    def id(self) -> str:
        """`<generation>-<index>`, e.g. `"2-05"`."""
        return candidate_id(self.generation, self.index)

    def fitnesses(self, stage: str = "search") -> tuple[float, ...]:
        """Return the fitness of each training of `stage`, in order of replicate."""
        ordered = sorted((e for e in self.evaluations if e.stage == stage), key=lambda e: e.replicate)
        return tuple(e.fitness for e in ordered)

    @property
    def fitness(self) -> float | None:
        """Mean search fitness over seeds, or None before it was trained."""
        values = self.fitnesses()
        return statistics.fmean(values) if values else None

    def safety(self, stage: str = "search") -> dict[str, float]:
        """Return what safety signals reached, on average over the trainings of `stage` that measured them."""
        return mean_safety([e for e in self.evaluations if e.stage == stage])

    @property
    def stopped(self) -> EarlyStop | None:
        """Its early stop in the search, if there was one: its fitness is then that of a smaller budget."""
        return next((e.stopped for e in self.evaluations if e.stage == "search" and e.stopped), None)


def mean_safety(evaluations: Sequence[Evaluation]) -> dict[str, float]:
    """Return what each safety signal reached, on average over the trainings that measured it."""
    names = dict.fromkeys(name for one in evaluations for name in one.safety)
    known = {name: [one.safety[name] for one in evaluations if name in one.safety] for name in names}
    return {name: statistics.fmean(values) for name, values in known.items()}


def candidate_id(generation: int, index: int) -> str:
    """Return the stable name of a slot: known before anything is proposed, never reused."""
    return f"{generation}-{index:02d}"


def is_candidate_id(text: object) -> bool:
    """Tell whether `text` is what `candidate_id` returns for some slot: nothing else may name a folder."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None
