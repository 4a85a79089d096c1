"""What a run tells its tracker, event by event: settings, scores, curves, results, the reward."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eureka_agent.report.tables.trainings import CheckpointSteps, Job
from eureka_agent.report.tracking.tracker import AXES, Tracker
from eureka_agent.store.event_types import (
    DuelResolved,
    Event,
    GenerationJudged,
    RunConfirmed,
    RunFinished,
    TrainingCheckpoint,
    TrainingFinished,
)
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import Confirmation
from eureka_agent.store.state import RunState

CURVES = AXES["env_step"]
"""Curves that are told. Each name is a chart there: the others are in `tensorboard/` and in `load_run`."""


class Telling:
    """Tells a tracker of one run; `take` is given every event of the log, once, in its order."""

    def __init__(self, tracker: Tracker, folder: RunFolder) -> None:
        self._tracker, self._folder = tracker, folder
        self._state = RunState()
        self._steps: dict[Job, dict[int, int]] = {}
        self._done = False

    def take(self, event: Event, *, told: bool = False) -> None:
        """Take an event in, and tell of it unless it was `told` before."""
        self._state.apply(event)
        if isinstance(event, TrainingCheckpoint):
            job = (event.name, event.stage, event.replicate)
            self._steps.setdefault(job, {})[event.checkpoint] = event.env_steps
        if not told:
            self._tell(event)

    def _tell(self, event: Event) -> None:
        match event:
            case TrainingFinished():
                self._curves(event)
                if event.stage == "search" and event.name in self._state.candidates:
                    number = list(self._state.candidates).index(event.name)
                    score = {"candidate/fitness": event.evaluation.fitness}
                    self._tracker.log(score, axis="candidate", step=number)
            case GenerationJudged() | DuelResolved():
                self._tracker.log(self._search(event.generation), axis="generation", step=event.generation)
            case RunConfirmed():
                self._fresh(event.confirmation)
            case RunFinished():
                self._end()
            case _:
                pass

    def close(self) -> None:
        """Close a run that goes on later; one that is finished is closed already."""
        if not self._done:
            self._tracker.finish({}, done=False)

    def _curves(self, event: TrainingFinished) -> None:
        one, steps = event.evaluation, CheckpointSteps(self._steps, self._state)
        whose = f"{event.name}.{event.stage}-{event.replicate}"
        told: dict[int, dict[str, float]] = {}
        for curve in CURVES:
            values = one.curves.get(curve, ())
            for checkpoint, value in enumerate(values):
                at = steps.at(event.name, one, checkpoint, len(values))
                told.setdefault(checkpoint if at is None else at, {})[f"{curve}/{whose}"] = value
        for step, values in sorted(told.items()):
            self._tracker.log(values, axis="env_step", step=step)

    def _search(self, generation: int) -> dict[str, float]:
        best, state = self._state.known_fitness.get(generation), self._state
        told = {} if best is None else {"search/best_fitness": best}
        return told | {
            "search/env_steps": state.env_steps,
            "search/cost_usd": state.cost_usd,
            "search/minutes": state.active_s / 60,
        }

    def _fresh(self, confirmation: Confirmation) -> None:
        for row in confirmation.table:
            for seed, fitness in enumerate(row.seeds):
                self._tracker.log({f"fresh/{row.name}": fitness}, axis="seed", step=seed)

    def _end(self) -> None:
        for path, kind in ((self._folder.best_reward, "reward"), (self._folder.summary, "summary")):
            if _is_file(path):
                self._tracker.keep(path, kind)
        self._tracker.finish(self._results(), done=True)
        self._done = True

    def _results(self) -> Mapping[str, float | str]:
        found = self._state.confirmation
        results: dict[str, float | str] = {
            "env_steps": self._state.env_steps,
            "cost_usd": self._state.cost_usd,
        }
        if found is None or found.winner is None:
            return results
        results["winner"] = found.winner
        for row in found.table:
            name = "winner" if row.name == found.winner else row.name
            ends = {"mean": row.fitness, "low": row.low, "high": row.high}
            results |= {f"{name}_{end}": value for end, value in ends.items() if value is not None}
        return results


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
