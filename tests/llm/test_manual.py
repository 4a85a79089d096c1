from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from eureka_agent.errors import ModelError
from eureka_agent.llm.manual import ManualModel
from eureka_agent.llm.model import Message, Reply, Usage

ASKED = [Message("system", "You design rewards."), Message("user", "Design one.\n\nWith {{ braces }}.")]
KEY = "1-03/turn0"


def model_in(
    folder: Path, wait: Callable[[threading.Event, float], object] = threading.Event.wait
) -> ManualModel:
    return ManualModel(folder / "outbox", folder / "inbox", poll_s=0.002, wait=wait)


def ask(model: ManualModel, key: str = KEY, stop: threading.Event | None = None) -> Reply:
    return model.reply(key, ASKED, stop or threading.Event())


def test_the_request_is_one_readable_file_and_the_reply_is_taken(tmp_path: Path) -> None:
    seen: list[str] = []

    def answer(stop: threading.Event, seconds: float) -> None:
        if not seen:
            assert model.waiting() == (KEY,)
            seen.append((tmp_path / "outbox" / "1-03__turn0.md").read_text())
            (tmp_path / "inbox" / "1-03__turn0.md").write_text("my reply\n")

    model = model_in(tmp_path, answer)
    reply = ask(model)
    assert (reply.text, reply.model, reply.finish) == ("my reply\n", "manual", "stop")
    assert reply.usage == Usage(None, None, 0.0)
    for words in ("inbox/1-03__turn0.md", "You design rewards.", "## user", "With {{ braces }}."):
        assert words in seen[0]
    assert seen[0].index("inbox/") < seen[0].index("You design")
    assert model.waiting() == ()
    assert list((tmp_path / "outbox").iterdir()) == []


def test_empty_and_growing_files_are_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "inbox" / "1-03__turn0.md"
    states = iter(["", " \n", "hel", "hello wor", "hello world"])

    def grow(stop: threading.Event, seconds: float) -> None:
        state = next(states, None)
        if state is not None:
            path.write_text(state)

    assert ask(model_in(tmp_path, grow)).text == "hello world"


def test_a_reply_written_while_nothing_ran_is_taken_after_a_restart(tmp_path: Path) -> None:
    stop = threading.Event()
    with pytest.raises(ModelError, match="stopped while waiting"):
        ask(model_in(tmp_path, lambda event, seconds: event.set()), stop=stop)
    assert (tmp_path / "outbox" / "1-03__turn0.md").exists()
    (tmp_path / "inbox" / "1-03__turn0.md").write_text("late")
    restarted = model_in(tmp_path)
    assert ask(restarted).text == "late"
    assert restarted.waiting() == ()


def test_stopping_says_where_the_reply_is_awaited(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    model = model_in(tmp_path)
    with pytest.raises(ModelError) as caught:
        ask(model, stop=stop)
    assert caught.value.what == "stopped while waiting"
    assert "1-03__turn0.md" in caught.value.allowed
    assert model.waiting() == ()


def test_many_requests_wait_side_by_side(tmp_path: Path) -> None:
    model = model_in(tmp_path)
    keys = [f"0-{i:02d}/turn0" for i in range(20)]
    replies: dict[str, str] = {}
    threads = [
        threading.Thread(target=lambda key=key: replies.update({key: ask(model, key).text})) for key in keys
    ]
    for thread in threads:
        thread.start()
    while len(model.waiting()) < len(keys):
        threading.Event().wait(0.001)
    for key in reversed(keys):
        model.reply_path(key).write_text(f"reply to {key}")
    for thread in threads:
        thread.join(timeout=10)
    assert replies == {key: f"reply to {key}" for key in keys}


def test_a_byte_order_mark_and_wrong_bytes_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "1-03__turn0.md").write_bytes(b"\xef\xbb\xbfgood \xff")
    assert ask(model_in(tmp_path)).text == "good \ufffd"


def test_no_key_leads_out_of_the_folder(tmp_path: Path) -> None:
    assert model_in(tmp_path).request_path("../escape") == tmp_path / "outbox" / "..__escape.md"


@pytest.mark.parametrize("key", ["/root", "a b", "", "a//b"])
def test_keys_that_cannot_name_a_file_are_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(ModelError, match="cannot name a file"):
        ask(model_in(tmp_path), key)
