"""Questions in the terminal: one after the other, until one is left unanswered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from eureka_agent.cli.answering import Answering
from eureka_agent.evolution.preferring import Question
from eureka_agent.store.said import MOST_CHARACTERS, Episode, Preference

FIRST, SECOND, THIRD = Episode("0-00"), Episode("0-01", 0, 2), Episode("1-00", 1)
QUESTIONS = [Question(FIRST, SECOND), Question(SECOND, THIRD), Question(FIRST, THIRD)]
Lines = Callable[[threading.Event, float | None], Iterator[str]]


def typed(*lines: str) -> Lines:
    """Return somebody who types these lines, each once; an empty one ends what is listened to."""
    left = list(lines)

    def read(stop: threading.Event, wait_s: float | None) -> Iterator[str]:
        while left and (line := left.pop(0)):
            yield line

    return read


def answers(*lines: str) -> tuple[list[Preference], list[str]]:
    shown: list[str] = []
    answering = Answering(shown.append, typed(*lines), stop=threading.Event())
    return list(answering(QUESTIONS)), shown


def test_every_question_has_its_answer_and_reason() -> None:
    given, shown = answers("1", "2 it lands", "=")

    assert given == [
        Preference(FIRST, SECOND, "first"),
        Preference(SECOND, THIRD, "second", "it lands"),
        Preference(FIRST, THIRD, "neither"),
    ]
    assert "  2  0-01, seed 0, episode 2" in shown


def test_who_is_asked_is_told_what_begins_alike() -> None:
    shown: list[str] = []
    asked = [Question(FIRST, SECOND, alike=True), Question(SECOND, THIRD)]
    list(Answering(shown.append, typed("1", "2"), stop=threading.Event())(asked))

    assert "Question 1 of 2; both begin from the same state:" in shown
    assert "Question 2 of 2:" in shown


def test_an_empty_line_ends_the_questions() -> None:
    given, _ = answers("1", "", "2")

    assert given == [Preference(FIRST, SECOND, "first")]


def test_what_is_no_answer_is_asked_again() -> None:
    given, shown = answers("the left one", "3", f"1 {'x' * (MOST_CHARACTERS + 1)}", "1")

    assert given == [Preference(FIRST, SECOND, "first")]
    assert sum("This is no answer" in line for line in shown) == 3


def test_nobody_is_told_that_there_are_no_questions() -> None:
    shown: list[str] = []

    assert list(Answering(shown.append, typed("1"), stop=threading.Event())([])) == []
    assert shown == []
