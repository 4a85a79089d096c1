"""What a run is doing: the trainings that go on, with what each scored last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from eureka_agent.analysis.statistics import t_interval
from eureka_agent.report.conclusion import best_of
from eureka_agent.report.words import figure
from eureka_agent.store.event_types import (
    Event,
    RunResumed,
    RunStarted,
    TrainingCheckpoint,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
)
from eureka_agent.store.state import RunState

MOST_SHOWN = 24


@dataclass(frozen=True)
class Training:
    """One that goes on."""

    name: str
    stage: str
    replicate: int
    env_steps: int = 0
    """At its last checkpoint."""
    fitness: float | None = None
    """There; None before the first."""


class Progress:
    """Which trainings go on, from the events of a log in order."""

    def __init__(self) -> None:
        self._training: dict[tuple[str, str, int], Training] = {}

    def take(self, events: Iterable[Event]) -> None:
        """Take in what was appended to the log."""
        for event in events:
            match event:
                case RunStarted() | RunResumed():
                    self._training.clear()
                case TrainingStarted():
                    key = (event.name, event.stage, event.replicate)
                    self._training[key] = Training(*key)
                case TrainingCheckpoint():
                    key = (event.name, event.stage, event.replicate)
                    known = self._training.get(key, Training(*key))
                    self._training[key] = replace(known, env_steps=event.env_steps, fitness=event.fitness)
                case TrainingFinished() | TrainingFailed():
                    self._training.pop((event.name, event.stage, event.replicate), None)
                case _:
                    pass

    @property
    def trainings(self) -> tuple[Training, ...]:
        """Those that go on, as they began; no more than a page shows."""
        return tuple(self._training.values())[:MOST_SHOWN]

    @property
    def more(self) -> int:
        """How many go on beside these."""
        return max(0, len(self._training) - MOST_SHOWN)


def best_so_far(state: RunState) -> tuple[str | None, str]:
    """Return who is best, and its score with an interval in words; empty where it has none."""
    best, fitness = best_of(state)
    if best is None or fitness is None:
        return best, ""
    row = state.confirmation.row(best) if state.confirmation else None
    if row is not None:
        between = "" if row.low is None else f" [{figure(row.low)}, {figure(row.high)}]"
        return best, f"{figure(row.fitness)}{between} on fresh seeds"
    found = t_interval(state.candidates[best].fitnesses())
    if found.n < 2:
        return best, f"{figure(fitness)} in the search, on one seed: no interval yet"
    return best, f"{figure(fitness)} [{figure(found.low)}, {figure(found.high)}] in the search"
