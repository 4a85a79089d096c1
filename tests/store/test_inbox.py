"""Messages to a run: left as files, read in their order, answered, whoever wrote them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eureka_agent.errors import StoreError
from eureka_agent.store import inbox
from eureka_agent.store.inbox import Answer, InboxFullError, Message
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Comment, Veto


def test_messages_are_read_in_the_order_in_which_they_were_left(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    names = [
        inbox.leave(folder, said, "command") for said in (Comment("first"), Veto("0-01"), Comment("last"))
    ]

    read = [message for _, message in inbox.waiting(folder)]

    assert read == [
        Message(names[0], Comment("first"), "command"),
        Message(names[1], Veto("0-01"), "command"),
        Message(names[2], Comment("last"), "command"),
    ]


def test_an_answer_takes_the_message_out_of_the_inbox(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    name = inbox.leave(folder, Comment("lower"), "command")
    assert inbox.answer_to(folder, name) is None

    inbox.answer(folder, name, Answer(True, "It stands.", 3))

    assert list(inbox.waiting(folder)) == []
    assert inbox.answer_to(folder, name) == Answer(True, "It stands.", 3)


def test_what_is_no_message_is_said_to_be_none(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.feedback.mkdir()
    secret = tmp_path / "secret"
    secret.write_text(json.dumps({"said": {"kind": "comment", "text": "of another file"}, "through": ""}))
    places = [folder.feedback / f"{number:020d}-00000000.json" for number in range(6)]
    places[0].write_text("no json")
    places[1].write_text(json.dumps({"said": {"kind": "comment"}}))
    places[2].symlink_to(secret)
    places[3].write_text(" " * (inbox.MOST_BYTES + 1))
    places[4].mkdir()
    places[5].write_text("[" * 30_000)
    (folder.feedback / "notes.json").write_text("somebody's own")

    found = [message for _, message in inbox.waiting(folder)]

    assert len(found) == 6
    assert all(isinstance(message, str) and message for message in found)
    assert "bytes" in str(found[3])


def test_only_the_last_answers_are_kept(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    names = [inbox.leave(folder, Comment(f"{number}"), "command") for number in range(203)]
    for name in names:
        inbox.answer(folder, name, Answer(True, "It stands."))

    assert inbox.answer_to(folder, names[2]) is None
    assert inbox.answer_to(folder, names[3]) is not None


def test_nobody_asks_for_the_answer_to_a_path(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    (tmp_path / "passwords.json").write_text('{"taken": true, "text": "a secret"}')

    assert inbox.answer_to(folder, "../../passwords") is None


def test_an_inbox_that_nobody_empties_is_full(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.feedback.mkdir()
    for number in range(inbox.MOST_WAITING):
        (folder.feedback / f"{number:020d}-00000000.json").write_text("{}")

    with pytest.raises(InboxFullError, match="1,000 messages wait"):
        inbox.leave(folder, Comment("one more"), "command")


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, json.dumps({"taken": True, "text": "x" * inbox.MOST_BYTES}), "no json", "{}", "[]", "3"],
)
def test_what_is_no_answer_is_none(tmp_path: Path, text: str) -> None:
    folder = RunFolder(tmp_path)
    name = inbox.leave(folder, Comment("x"), "command")
    inbox.answer(folder, name, Answer(True, "It stands.", 1))
    (folder.feedback / "answers" / f"{name}.json").write_text(text)

    assert inbox.answer_to(folder, name) is None
    assert inbox.answers_by_number(folder) == {}


@pytest.mark.parametrize("which", ["feedback", "feedback/answers"])
def test_nothing_is_written_or_read_where_a_link_leads(tmp_path: Path, which: str) -> None:
    folder, elsewhere = RunFolder(tmp_path / "run"), RunFolder(tmp_path / "elsewhere")
    name = inbox.leave(elsewhere, Comment("of another run"), "command")
    inbox.answer(elsewhere, name, Answer(True, "a secret", 1))
    inbox.leave(elsewhere, Comment("of another run"), "command")
    before = sorted(elsewhere.root.rglob("*"))
    link = folder.root / which
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere.root / which)
    if which != "feedback":
        (folder.feedback / f"{0:020d}-00000000.json").write_text("{}")

    with pytest.raises(StoreError, match="is a symbolic link"):
        inbox.leave(folder, Comment("x"), "command")
    with pytest.raises(StoreError, match="is a symbolic link"):
        inbox.answer(folder, name, Answer(True, "It stands."))
    assert list(inbox.waiting(folder)) == []
    assert inbox.answer_to(folder, name) is None
    assert sorted(elsewhere.root.rglob("*")) == before
