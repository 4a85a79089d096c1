"""Talking with children that need not behave."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from eureka_agent.isolation.messages import MalformedMessageError
from eureka_agent.training.executor import ChildEnd, ChildLimits, LocalExecutor


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalExecutor]:
    made = LocalExecutor(
        entry="talking_children:act", preload=(), scratch=tmp_path_factory.mktemp("home"), parallel=2,
        stop=threading.Event(),
    )  # fmt: skip
    yield made
    made.close()


def talk(
    executor: LocalExecutor, do: str, fds: tuple[int, ...] = (), *, wall_s: float = 30.0, hear: Any = None
) -> tuple[ChildEnd, list[Mapping[str, Any]]]:
    heard: list[Mapping[str, Any]] = []
    end = executor.converse({}, {"do": do}, fds, ChildLimits(wall_s, 512), hear or heard.append)
    return end, heard


def test_a_request_brings_descriptors_and_every_answer_is_heard(executor: LocalExecutor) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"through a descriptor")
    end, heard = talk(executor, "echo", (reader,))
    os.close(reader)
    os.close(writer)
    assert end == ChildEnd(0)
    assert heard == [{"type": "echo", "text": "through a descriptor"}, {"type": "bye"}]


def test_a_child_is_told_what_there_is_to_say_while_it_works(executor: LocalExecutor) -> None:
    left = [{"text": "first"}, {"text": "second"}]
    heard: list[Mapping[str, Any]] = []
    end = executor.converse(
        {},
        {"do": "repeat two"},
        (),
        ChildLimits(30.0, 512),
        heard.append,
        lambda: [left.pop(0)] if left else [],
    )
    assert end == ChildEnd(0)
    assert heard == [{"text": "first"}, {"text": "second"}]


def test_a_child_that_takes_nothing_for_a_while_gets_all_of_it_later(executor: LocalExecutor) -> None:
    left = [{"text": "x" * 2**20}] * 8
    heard: list[Mapping[str, Any]] = []

    def speak() -> list[dict[str, str]]:
        told, left[:] = list(left), []
        return told

    end = executor.converse({}, {"do": "take eight late"}, (), ChildLimits(60.0, 512), heard.append, speak)
    assert end == ChildEnd(0)
    assert heard == [{"type": "waiting"}, {"type": "taken", "bytes": 8 * 2**20}]


def test_nonsense_ends_the_child_and_says_so(executor: LocalExecutor) -> None:
    end, heard = talk(executor, "nonsense")
    assert "ended for sending a message of 4294967295 bytes" in end.fault
    assert not heard


def test_what_a_child_may_not_say_ends_it(executor: LocalExecutor) -> None:
    def hear(_message: Mapping[str, Any]) -> None:
        raise MalformedMessageError("something else")

    end, _ = talk(executor, "flood", hear=hear)
    assert end.fault == "ended for sending something else"


@pytest.mark.parametrize("do", ["half", "flood"])
def test_a_child_that_never_comes_to_an_end_is_killed_at_its_limit(executor: LocalExecutor, do: str) -> None:
    end, heard = talk(executor, do, wall_s=1.0)
    assert end.timed_out
    assert all(message == {"type": "flood"} for message in heard)


def test_a_stop_gives_a_child_a_moment_and_then_ends_it(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    hurried = LocalExecutor(
        entry="talking_children:act", preload=(), scratch=tmp_path, parallel=1, stop=stop, drain_s=0.1
    )
    end, _ = talk(hurried, "half", wall_s=3600.0)
    hurried.close()
    assert end == ChildEnd(None), "neither ended by itself nor at its limit"


def test_what_ends_soon_after_a_stop_is_finished(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    patient = LocalExecutor(
        entry="talking_children:act", preload=(), scratch=tmp_path, parallel=1, stop=stop, drain_s=600.0
    )
    end, _ = talk(patient, "hang up")
    patient.close()
    assert end == ChildEnd(7)


def test_a_child_that_hangs_up_ends_when_it_ends(executor: LocalExecutor) -> None:
    end, heard = talk(executor, "hang up")
    assert end == ChildEnd(7)
    assert not heard


def test_who_outlives_a_child_keeps_nobody(executor: LocalExecutor) -> None:
    begun = time.monotonic()
    end, _ = talk(executor, "leave somebody", wall_s=5.0)
    assert end.exit_code == 3
    assert time.monotonic() - begun < 30.0


def test_a_server_that_dies_is_the_end_of_the_child(tmp_path: Any) -> None:
    executor = LocalExecutor(
        entry="talking_children:act", preload=(), scratch=tmp_path, parallel=1, stop=threading.Event()
    )
    heard = threading.Event()
    ends: list[ChildEnd] = []

    def run() -> None:
        ends.append(talk(executor, "flood", hear=lambda _: heard.set())[0])

    thread = threading.Thread(target=run)
    thread.start()
    assert heard.wait(30)
    executor.close()
    thread.join(30)
    assert "has ended" in ends[0].fault
