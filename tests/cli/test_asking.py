"""A person's turn to speak: what is shown, how lines are read, and what becomes of nonsense."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.cli.asking import Asking, TypedLines
from eureka_agent.evolution.hearing import Turn
from eureka_agent.store.inbox import Answer
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Comment, Veto
from eureka_agent.store.state import RunState


def candidate(index: int, fitness: float) -> Candidate:
    curves = {"component/forward": (0.0,), "component/effort": (0.0,)}
    told = Evaluation("search", 0, 1, fitness, (fitness,), 100, 1.0, 0, curves)
    return Candidate(0, index, "seed", status=Status.TRAINED, evaluations=(told,))


def turn(heard: list[object]) -> Turn:
    def hear(said: object, through: str) -> Answer:
        heard.append((said, through))
        return Answer(True, "It stands.", len(heard))

    archive = Archive.of([candidate(0, 1.5), candidate(1, 2.5)], sign=1.0, incumbent_id="0-01")
    return Turn(RunFolder(Path("runs/a-run")), RunState(), 0, archive, hear, threading.Event())


def typed(*lines: str) -> object:
    def read(stop: threading.Event, wait_s: float | None) -> Iterator[str]:
        yield from lines

    return read


def test_what_happened_is_shown_and_what_is_said_is_heard() -> None:
    shown: list[str] = []
    heard: list[object] = []

    Asking(shown.append, typed("softly", "veto 0-00"), wait_s=30.0)(turn(heard))  # type: ignore[arg-type]

    assert heard == [(Comment("softly"), "terminal"), (Veto("0-00"), "terminal")]
    assert any("0-01  2.5; pays for forward, effort" in line for line in shown)
    assert any("film a-run 0-01" in line for line in shown)
    assert any("goes on after 30 s" in line for line in shown)
    assert shown[-2:] == ["1: It stands.", "2: It stands."]


def test_a_line_that_is_too_long_is_refused_in_words() -> None:
    shown: list[str] = []
    heard: list[object] = []

    Asking(shown.append, typed("x" * 100_000))(turn(heard))  # type: ignore[arg-type]

    assert heard == []
    assert "100,000 characters, only 1 to 2,000" in shown[-1]


def test_the_forms_are_explained_once() -> None:
    shown: list[str] = []
    asking = Asking(shown.append, typed())  # type: ignore[arg-type]
    asking(turn([]))
    asking(turn([]))

    assert sum("veto 2-01" in line for line in shown) == 1


def reading(text: bytes, *, closed: bool = False) -> TypedLines:
    ours, theirs = os.pipe()
    os.write(theirs, text)
    if closed:
        os.close(theirs)
    return TypedLines(ours)


def test_lines_that_arrive_together_are_read_turn_by_turn() -> None:
    lines = reading(b"first\nsecond\n\nof the next turn\n\n")

    assert list(lines(threading.Event(), None)) == ["first", "second"]
    assert list(lines(threading.Event(), None)) == ["of the next turn"]


def test_the_end_of_the_input_ends_every_turn() -> None:
    lines = reading(b"last, without its end", closed=True)

    assert list(lines(threading.Event(), None)) == ["last, without its end"]
    assert list(lines(threading.Event(), None)) == []


def test_a_person_who_ends_one_turn_in_a_terminal_may_speak_in_the_next() -> None:
    ours, theirs = pty.openpty()
    lines = TypedLines(theirs)
    os.write(ours, b"\x04")
    assert list(lines(threading.Event(), None)) == []
    os.write(ours, b"land softly\n\n")

    assert list(lines(threading.Event(), None)) == ["land softly"]


def test_without_a_standard_input_nobody_is_asked() -> None:
    code = (
        "import sys; sys.stdin = None\n"
        "from eureka_agent.cli.evolve import _asking\n"
        "print(_asking(None, None, None, json_output=False))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "{}\n"
    assert "Nobody is asked" in done.stderr


def test_nobody_is_waited_for_longer_than_said() -> None:
    assert list(reading(b"")(threading.Event(), 0.0)) == []


def test_a_run_that_is_stopped_waits_for_nobody() -> None:
    stop = threading.Event()
    stop.set()

    assert list(reading(b"half a li")(stop, None)) == []
