"""What was said of a run, as a list: the words, when, since when it holds, what the run answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eureka_agent.design.said import in_a_line
from eureka_agent.escaping import moment
from eureka_agent.store import inbox
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Heard, Withdrawal, candidates_of
from eureka_agent.store.state import RunState

MOST_SHOWN = 200
_FORM = "%d %b, %H:%M:%S"


@dataclass(frozen=True)
class HeardLine:
    """One thing that was said."""

    number: int | None
    """Under which it can be taken back; None while the run has not taken it up."""
    words: str
    about: tuple[str, ...]
    time: str
    """Empty where what the log says is none."""
    holds: str
    """Since when, or until when; that it waits where it was not taken up."""
    standing: bool
    answer: str


def heard_lines(folder: RunFolder, state: RunState) -> tuple[HeardLine, ...]:
    """Return what was said of a run, the latest first; before it what waits to be taken up."""
    answers = inbox.answers_by_number(folder)
    over = state.confirmation is not None or state.finished
    taken = [_line(one, answers) for one in reversed(state.feedback.heard[-MOST_SHOWN:])]
    return (*reversed(_waiting(folder, over)), *taken)


def _line(one: Heard, answers: Mapping[int, str]) -> HeardLine:
    withdrawal = isinstance(one.said, Withdrawal)
    return HeardLine(
        one.number,
        _words(one.said),
        tuple(candidates_of(one.said)),
        moment(one.time, _FORM),
        "" if withdrawal else _holds(one),
        standing=one.until is None and not withdrawal,
        answer=answers.get(one.number, ""),
    )


def _words(said: Any) -> str:
    return f"Took back number {said.number}" if isinstance(said, Withdrawal) else in_a_line(said)


def _holds(one: Heard) -> str:
    since = f"from generation {one.since} on"
    return since if one.until is None else f"{since}, until it was taken back before generation {one.until}"


def _waiting(folder: RunFolder, over: bool) -> list[HeardLine]:
    found: list[HeardLine] = []
    stands = "the run ended before it took this up" if over else "waits to be taken up"
    for name, message in inbox.waiting(folder):
        if len(found) == MOST_SHOWN:
            break
        said: Any = None if isinstance(message, str) else message.said
        words = f"A message that cannot be read: {message}" if isinstance(message, str) else _words(said)
        at = moment(_seconds(name), _FORM)
        found.append(HeardLine(None, words, (), at, stands, standing=False, answer=""))
    return found


def _seconds(name: str) -> float:
    """Return when a message was left, as its name says; a name of another time is as good as any."""
    return min(int(name[:20]) / 1e9, 4e9)
