"""Saying something to a run: it is left in its inbox, and the process that works on the run answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.store import inbox
from eureka_agent.store.event_types import FeedbackGiven
from eureka_agent.store.events import read_events
from eureka_agent.store.inbox import Answer, InboxFullError
from eureka_agent.store.layout import RunFolder, find_run
from eureka_agent.store.lock import holder_of
from eureka_agent.store.said import Heard, said_from_json
from eureka_agent.store.state import RunState

PATIENCE_S = 10.0
"""How long an answer is waited for: the run looks into its inbox twice a second."""
_LOOK_S = 0.1


@dataclass(frozen=True)
class Told:
    """What became of something that was said."""

    run: str
    message: str
    """Name of the message, by which `answer_to` finds the answer that came later."""
    answer: Answer | None
    """None where nobody has taken it up yet."""
    worked_on: bool
    """Whether a process works on the run, which will take it up."""


def say(
    run: str,
    said: Any,
    *,
    runs: Path | str = "runs",
    through: str = "command",
    patience_s: float = PATIENCE_S,
    wait: Callable[[float], object] = time.sleep,
) -> Told:
    """Say something to the run called `run`, and return what it did with it.

    `said` is one of the records of `eureka_agent.feedback`, or the same as a dictionary. A run that nobody
    works on takes it up when it is continued. Raises ConfigError for what cannot be said, StoreError where
    there is no such run, it is finished, or its inbox is full.
    """
    folder = find_run(Path(runs), run)
    understood = _understood(said)
    if RunState.of(read_events(folder.events)).finished:
        raise StoreError(
            f"The run {folder.name} is finished: nothing that is said changes it any more.",
            allowed="a run that is going on, or that was interrupted",
            fix="Begin another with `eureka-agent evolve`, and say it to that one.",
        )
    try:
        name = inbox.leave(folder, understood, through)
    except InboxFullError as error:
        raise StoreError(
            f"The inbox of {folder.name} is full: {error}.",
            allowed=f"at most {inbox.MOST_WAITING:,} messages",
            fix="Continue the run with `eureka-agent resume`, which takes them up.",
        ) from error
    given, worked_on = None, holder_of(folder.root) is not None
    if worked_on:
        given = _answer(folder, name, patience_s, wait)
    return Told(folder.name, name, given, worked_on)


def feedback_of(run: str, *, runs: Path | str = "runs") -> tuple[Heard, ...]:
    """Return everything that was said of a run and taken up, in order; what was taken back has an end."""
    state = RunState.of(read_events(find_run(Path(runs), run).events))
    return state.feedback.heard


def _answer(
    folder: RunFolder, name: str, patience_s: float, wait: Callable[[float], object]
) -> Answer | None:
    for _ in range(max(1, round(patience_s / _LOOK_S))):
        if (given := inbox.answer_to(folder, name)) is not None:
            return given
        wait(_LOOK_S)
    return None


def _understood(said: Any) -> Any:
    """Return what was said as one of its records; ConfigError for what nobody can say."""
    try:
        return FeedbackGiven(said=said_from_json(said if isinstance(said, dict) else asdict(said))).said
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"This cannot be said: {error}.",
            allowed="a comment, a rating, a preference, a balance, a veto, a pin, or taking one of them back",
            fix="See `eureka-agent say --help`, and docs/feedback.md.",
        ) from error
