"""How long the rest of a run takes, estimated from what was seen of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from eureka_agent.cli.counting import steps_of_one
from eureka_agent.cli.pace import Pace
from eureka_agent.cli.to_come import to_come
from eureka_agent.store.event_types import (
    Event,
    GenerationPlanned,
    TrainingCheckpoint,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
)
from eureka_agent.store.state import RunState


class TimeLeft:
    """Watches a run event by event; what it is told of must come in the order of the log."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._pace = Pace(clock)
        self._generations = 0
        self._idle_s = 0.0
        self._idle_since: float | None = None

    @property
    def running(self) -> dict[str, int]:
        """Steps of each training in progress, by its key."""
        return self._pace.running

    def take(self, event: Event, state: RunState) -> None:
        """Take in one event and the state after it."""
        match event:
            case GenerationPlanned():
                self._generations += 1
                if not self.running:
                    self._idle_since = self._clock()
            case TrainingStarted():
                self._pace.start(job(event))
                self._rest_ends()
            case TrainingCheckpoint():
                self._pace.reach(job(event), event.env_steps, steps_of_one(state))
            case TrainingFinished():
                stopped, whole = event.evaluation.stopped, steps_of_one(state)
                self._pace.end(job(event), stopped.env_steps if stopped else whole, whole)
            case TrainingFailed():
                self._pace.end(job(event), self.running.get(job(event), 0), steps_of_one(state))
            case _:
                pass

    def _rest_ends(self) -> None:
        if self._idle_since is not None:
            self._idle_s += self._clock() - self._idle_since
            self._idle_since = None

    def left_s(self, state: RunState) -> float | None:
        """Return the seconds until a run is confirmed; None before anything is known of its pace."""
        each = steps_of_one(state)
        if not each:
            return None
        left = to_come(state, self.running, each)
        trained = self._pace.seconds(left.trainings, left.batches)
        return None if trained is None else trained + self._proposing_s(left.generations)

    def _proposing_s(self, generations: float) -> float:
        """Return what proposing and checking take in generations to come, and in the one waited for."""
        waiting = self._idle_since is not None
        seen = self._generations - waiting
        each = self._idle_s / seen if seen else 0.0
        rest = max(0.0, each - (self._clock() - (self._idle_since or 0.0))) if waiting else 0.0
        return generations * each + rest


class Told(NamedTuple):
    """What would have been told at one moment of a run, and what was true."""

    at: float
    """Seconds since the run began."""
    generation: int
    """How many had been judged by then."""
    predicted: float | None
    """Seconds left, as estimated."""
    true: float


def replay(events: Iterable[Event]) -> Iterator[Told]:
    """Yield what a person would have been told after each event of a finished run, and what was true.

    Time is that of the log; the seconds between two processes count as if somebody had waited.
    """
    known = list(events)
    now = known[0].time if known else 0.0
    state, left = RunState(), TimeLeft(lambda: now)
    for event in known:
        now = event.time
        state.apply(event)
        left.take(event, state)
        yield Told(now - known[0].time, len(state.judgements), left.left_s(state), known[-1].time - now)


def job(event: TrainingStarted | TrainingCheckpoint | TrainingFailed | TrainingFinished) -> str:
    """Return the key of the training that an event tells of."""
    return f"{event.name}/{event.stage}-{event.replicate}"
