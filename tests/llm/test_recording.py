from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from eureka_agent.errors import ModelError
from eureka_agent.llm.model import Message, Reply, Usage
from eureka_agent.llm.recording import Recorder, read_recording
from eureka_agent.llm.replay import ReplayModel
from eureka_agent.llm.scripted import ScriptedModel

STOP = threading.Event()
ASKED = [Message("user", "?")]


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def test_what_was_recorded_is_replayed(tmp_path: Path) -> None:
    texts = {"a/turn0": 'line 1\nline 2\u2028line 3 "é" ```', "b/turn0": ""}
    path = tmp_path / "run" / "replies.jsonl"
    recorder = Recorder(ScriptedModel(texts, max_parallel=3), path, about={"label": "written by a test"})
    assert (recorder.name, recorder.max_parallel) == ("scripted", 3)
    for key in texts:
        assert recorder.reply(key, ASKED, STOP).text == texts[key]
    replay = ReplayModel(path)
    assert (replay.name, replay.label) == ("replay:replies.jsonl", "written by a test")
    for key, text in texts.items():
        reply = replay.reply(key, ASKED, STOP)
        assert (reply.text, reply.model, reply.cached) == (text, "scripted", True)
        assert reply.usage.cost_usd == 0.0


class _Paid:
    name = "paid"
    max_parallel = 1

    def reply(self, key, messages, stop) -> Reply:
        return Reply("x", Usage(10, 20, 0.5), "paid-1", 1.23456, "length")


def test_tokens_and_ending_are_kept_but_a_replay_is_free(tmp_path: Path) -> None:
    Recorder(_Paid(), tmp_path / "r.jsonl").reply("k", ASKED, STOP)
    assert json.loads((tmp_path / "r.jsonl").read_text())["usage"]["cost_usd"] == 0.5
    reply = ReplayModel(tmp_path / "r.jsonl").reply("k", ASKED, STOP)
    assert (reply.usage, reply.finish, reply.model) == (Usage(10, 20, 0.0), "length", "paid-1")


def test_a_recorder_goes_on_after_a_killed_one(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    Recorder(ScriptedModel(["one"]), path, about={"label": "x"}).reply("a", ASKED, STOP)
    with path.open("a") as file:
        file.write('{"key": "b", "rep')
    Recorder(ScriptedModel(["two"]), path, about={"label": "x"}).reply("b", ASKED, STOP)
    replay = ReplayModel(path)
    assert [replay.reply(key, ASKED, STOP).text for key in "ab"] == ["one", "two"]
    assert path.read_text().count("recording") == 1


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    recorder = Recorder(ScriptedModel(lambda key, messages: key * 500, max_parallel=8), tmp_path / "r.jsonl")
    threads = [threading.Thread(target=recorder.reply, args=(f"k{i}", ASKED, STOP)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    replay = ReplayModel(tmp_path / "r.jsonl")
    assert all(replay.reply(f"k{i}", ASKED, STOP).text == f"k{i}" * 500 for i in range(20))


def test_the_last_of_equal_keys_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", {"key": "a", "reply": "old"}, "", {"key": "a", "reply": "new"})
    reply = ReplayModel(path).reply("a", ASKED, STOP)
    assert (reply.text, reply.model, reply.usage) == ("new", "unknown", Usage(None, None, 0.0))


def test_a_missing_key_says_which_exist(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", *({"key": f"0-{i:02d}/turn0", "reply": "x"} for i in range(20)))
    with pytest.raises(ModelError) as caught:
        ReplayModel(path).reply("0-03/turn1", ASKED, STOP)
    assert "Did you mean" in caught.value.what
    assert "0-00/turn0" in caught.value.allowed
    assert "and 8 more" in caught.value.allowed


@pytest.mark.parametrize(
    "line",
    ["not json", "[1]", '{"key": "b"}', '{"key": "b", "reply": 3}', '{"key": "b", "reply": "x", "colour": 1}',
     '{"key": "b", "reply": "x", "finish": "maybe"}', '{"recording": {}}'],
)  # fmt: skip
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "r.jsonl", {"recording": {"label": "l"}}, {"key": "a", "reply": "x"}, line)
    with pytest.raises(ModelError, match="line 3"):
        ReplayModel(path)


def test_a_missing_or_empty_recording_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no recording"):
        ReplayModel(tmp_path / "gone.jsonl")
    with pytest.raises(ModelError) as caught:
        ReplayModel(write(tmp_path / "empty.jsonl")).reply("a", ASKED, STOP)
    assert "the recording is empty" in caught.value.allowed


def test_a_file_that_is_no_text_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="cannot be read"):
        ReplayModel(path)
    path.write_bytes(b"[" * 100_000)
    with pytest.raises(ModelError, match="line 1"):
        ReplayModel(path)


FILL = """
import resource, signal, sys, threading
from pathlib import Path
from eureka_agent.errors import StoreError
from eureka_agent.llm.recording import Recorder, read_recording
from eureka_agent.llm.scripted import ScriptedModel
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
recorder = Recorder(ScriptedModel(lambda key, messages: "x" * 100), Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
try:
    for number in range(100):
        recorder.reply(str(number), [], threading.Event())
except StoreError as error:
    print(number, error)
"""


def test_a_full_disk_is_a_clear_error_and_leaves_no_half_line(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    done = subprocess.run([sys.executable, "-c", FILL, str(path)], capture_output=True, text=True, check=True)
    kept, message = done.stdout.split(" ", 1)
    assert "Free some space" in message
    assert len(read_recording(path)[1]) == int(kept) > 0
