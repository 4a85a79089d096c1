"""Saying something to a run from outside: left in its inbox, and answered where somebody works on it."""

from __future__ import annotations

from pathlib import Path

import pytest

import eureka_agent
from eureka_agent.api.saying import say
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.feedback import Comment
from eureka_agent.store import inbox
from eureka_agent.store.inbox import Answer
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.lock import run_lock

RECORDED = Path(__file__).parents[1] / "store" / "recorded"


def a_run(tmp_path: Path, events: int | None) -> RunFolder:
    """Return a recorded run, or its beginning."""
    source = next(iter(sorted(RECORDED.glob("*/events.jsonl"))))
    folder = RunFolder(tmp_path / "runs" / "one")
    folder.root.mkdir(parents=True)
    lines = source.read_text().splitlines(keepends=True)
    folder.events.write_text("".join(lines[:events]))
    return folder


def test_a_run_that_nobody_works_on_keeps_it_for_later(tmp_path: Path) -> None:
    folder = a_run(tmp_path, 3)

    told = say("one", Comment("land softly"), runs=tmp_path / "runs")

    assert told.answer is None
    assert not told.worked_on
    assert [message.said for _, message in inbox.waiting(folder)] == [Comment("land softly")]  # type: ignore[union-attr]


def test_where_a_process_works_on_it_the_answer_is_waited_for(tmp_path: Path) -> None:
    folder = a_run(tmp_path, 3)

    def meanwhile(_seconds: float) -> None:
        for name, _ in inbox.waiting(folder):
            inbox.answer(folder, name, Answer(True, "It stands.", 1))

    with run_lock(folder.root):
        told = say("one", {"kind": "comment", "text": "softly"}, runs=tmp_path / "runs", wait=meanwhile)

    assert told.worked_on
    assert told.answer == Answer(True, "It stands.", 1)


def test_a_process_that_does_not_answer_is_not_waited_for_without_end(tmp_path: Path) -> None:
    folder = a_run(tmp_path, 3)
    waited: list[float] = []
    with run_lock(folder.root):
        told = say("one", Comment("softly"), runs=tmp_path / "runs", patience_s=1.0, wait=waited.append)

    assert told.answer is None
    assert told.worked_on
    assert len(waited) == 10


def test_a_finished_run_hears_nothing(tmp_path: Path) -> None:
    folder = a_run(tmp_path, None)
    with pytest.raises(StoreError, match="is finished"):
        say("one", Comment("softly"), runs=tmp_path / "runs")
    assert not folder.feedback.exists()


def test_what_cannot_be_said_is_refused_before_anything_is_left(tmp_path: Path) -> None:
    folder = a_run(tmp_path, 3)
    for said in ({"kind": "comment", "text": "x" * 100_000}, Comment("x" * 100_000), "softly", None):
        with pytest.raises(ConfigError, match="cannot be said"):
            say("one", said, runs=tmp_path / "runs")
    assert not folder.feedback.exists()


def test_what_was_said_is_listed(tmp_path: Path) -> None:
    a_run(tmp_path, 3)
    assert eureka_agent.feedback_of("one", runs=tmp_path / "runs") == ()


def test_everything_that_can_be_said_has_a_public_name() -> None:
    from eureka_agent import feedback
    from eureka_agent.store.said import SAID

    assert {kind.__name__ for kind in SAID} <= set(feedback.__all__)
