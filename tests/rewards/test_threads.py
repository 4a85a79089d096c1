from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from eureka_agent.rewards import check_source, normalised_digest
from eureka_agent.rewards.tree import compile_tree, parse_python

LONG = Path(__file__).read_text()


@pytest.fixture
def switching_threads() -> Iterator[None]:
    """Let threads change places inside the parser, as any garbage collection callback may do."""

    def pause(_phase: str, _info: dict[str, int]) -> None:
        time.sleep(0.0001)

    threshold = gc.get_threshold()
    gc.callbacks.append(pause)
    gc.set_threshold(50)
    yield
    gc.set_threshold(*threshold)
    gc.callbacks.remove(pause)


@pytest.mark.usefixtures("switching_threads")
def test_several_threads_may_parse_at_once() -> None:
    """CPython 3.11 raises SystemError when two threads build trees at the same time."""
    source = "def compute_reward(x):\n    return x, {'x': x}\n"
    faults: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(3):
                compile_tree(parse_python(LONG))
                check_source(source, ["x"])
                normalised_digest(source)
        except SystemError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
