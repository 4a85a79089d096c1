"""The trainings of a run as a table, and their curves in long form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.report.tables.table import Table
from eureka_agent.report.views.fitness import in_order
from eureka_agent.store.event_types import Event, TrainingCheckpoint
from eureka_agent.store.state import RunState

TRAININGS = (
    "candidate", "phase", "replicate", "seed", "fitness", "env_steps", "wall_s", "kept_at", "stopped_at",
    "failure",
)  # fmt: skip
CURVES = ("candidate", "phase", "replicate", "seed", "checkpoint", "env_step", "curve", "value")

Job = tuple[str, str, int]
"""Name, stage and replicate of a training."""


@dataclass(frozen=True)
class CheckpointSteps:
    """After how many steps of learning the trainings of a run were evaluated."""

    known: Mapping[Job, Mapping[int, int]]
    """As the log says; a training that was begun again says it again."""
    state: RunState

    @classmethod
    def of(cls, events: Iterable[Event], state: RunState) -> CheckpointSteps:
        """Read them from a log; those of earlier versions say nothing."""
        known: dict[Job, dict[int, int]] = {}
        for event in events:
            if isinstance(event, TrainingCheckpoint):
                job = (event.name, event.stage, event.replicate)
                known.setdefault(job, {})[event.checkpoint] = event.env_steps
        return cls(known, state)

    def at(self, name: str, one: Evaluation, checkpoint: int, of: int) -> int | None:
        """Return the step of a checkpoint, numbered from 0, of `of`.

        Where the log does not say it, checkpoints are spread evenly; None where it does not even say how long
        a training is.
        """
        said = self.known.get((name, one.stage, one.replicate), {}).get(checkpoint)
        if said is not None:
            return said
        whole = one.stopped.env_steps if one.stopped else self._whole(name)
        return None if whole is None else round(whole * (checkpoint + 1) / of)

    def _whole(self, name: str) -> int | None:
        """Return the steps of learning of a whole training."""
        before = self.state.rewards_before
        if name in before:
            return before[name].env_steps
        if self.state.facts is not None:
            return self.state.facts.env_steps
        steps = self.state.config.get("env_steps")
        return steps if isinstance(steps, int) else None


def trainings_table(state: RunState, *, phase: str | None = None) -> Table:
    """Return a row a training: those of candidates, then the baselines', and those that failed.

    `phase` is `search`, `choose` or `confirm`; the rows of one of them only, if given. `fitness` is that of
    the kept policy on held-out episodes, None where the training failed; `kept_at` is its checkpoint, from 0.
    """
    rows = [*_trained(state), *_failed(state)]
    order = {name: place for place, name in enumerate(_names(state))}
    rows.sort(key=lambda row: (order.get(row["candidate"], -1), _PHASES[row["phase"]], row["replicate"]))
    return Table.of(TRAININGS, [row for row in rows if phase in (None, row["phase"])])


_PHASES = {"search": 0, "choose": 1, "confirm": 2}


def curves_table(state: RunState, steps: CheckpointSteps) -> Table:
    """Return a row a training, curve and checkpoint: what `Evaluation.curves` holds, in long form.

    `env_step` counts steps of learning. Of trainings that failed there are fitness and its error, as far as
    they got in the search.
    """
    ended = (row for name, one in evaluations(state) for row in _curves(name, one, steps))
    return Table.of(CURVES, [*ended, *_curves_of_failed(state, steps)])


def evaluations(state: RunState) -> Iterator[tuple[str, Evaluation]]:
    """Yield every training that gave a policy, with whose it is."""
    for candidate in in_order(state):
        yield from ((candidate.id, one) for one in candidate.evaluations)
    for name, trained in state.baselines.items():
        yield from ((name, one) for one in trained)
    yield from ((name, one) for (name, _, _), one in state.before.items())


def _names(state: RunState) -> list[str]:
    """Return whose trainings stand where: the winner's first, baselines last."""
    winner = state.confirmation.winner if state.confirmation else None
    names = [*(one.id for one in in_order(state)), *state.rewards_before, "reference", "sparse"]
    return sorted(names, key=lambda name: name != winner)


def _trained(state: RunState) -> Iterator[dict[str, Any]]:
    for name, one in evaluations(state):
        yield {
            "candidate": name,
            "phase": one.stage,
            "replicate": one.replicate,
            "seed": one.seed,
            "fitness": one.fitness,
            "env_steps": one.env_steps,
            "wall_s": one.wall_s,
            "kept_at": one.best_checkpoint,
            "stopped_at": one.stopped.env_steps if one.stopped else None,
            "failure": "",
        }


def _failed(state: RunState) -> Iterator[dict[str, Any]]:
    """Yield trainings that gave no policy; of a candidate's several the log keeps the last reason."""
    reasons = {(name, "confirm", n): why for (name, n), why in state.baseline_failures.items()}
    reasons |= state.before_failures
    reasons |= {job: state.candidates[job[0]].reason for job in sorted(state.failures)}
    for (name, stage, replicate), why in reasons.items():
        empty = dict.fromkeys(TRAININGS)
        yield empty | {"candidate": name, "phase": stage, "replicate": replicate, "failure": why}


def _curves(name: str, one: Evaluation, steps: CheckpointSteps) -> Iterator[dict[str, Any]]:
    for curve, values in one.curves.items():
        for checkpoint, value in enumerate(values):
            yield {
                "candidate": name,
                "phase": one.stage,
                "replicate": one.replicate,
                "seed": one.seed,
                "checkpoint": checkpoint,
                "env_step": steps.at(name, one, checkpoint, len(values)),
                "curve": curve,
                "value": value,
            }


def _curves_of_failed(state: RunState, steps: CheckpointSteps) -> Iterator[dict[str, Any]]:
    for key, curve in state.failed_curves.items():
        name, _, job = key.partition("/search-")
        at = steps.known.get((name, "search", int(job)), {})
        about = {"candidate": name, "phase": "search", "replicate": int(job), "seed": None}
        for checkpoint, pair in enumerate(curve):
            place = about | {"checkpoint": checkpoint, "env_step": at.get(checkpoint)}
            for what, value in zip(("fitness", "fitness_error"), pair, strict=True):
                yield place | {"curve": what, "value": value}
