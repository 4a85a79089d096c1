"""Requests side by side: never more than asked for, and no slot kept after a failure."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asking import ask, model_on
from servers import Service, serving

from eureka_agent.llm.model import UnansweredError


class Counting(Service):
    """Holds each request until `expected` of them are there, and notes how many there were at once."""

    def __init__(self, dialect: str, expected: int) -> None:
        super().__init__(dialect)
        self.meeting = threading.Barrier(expected)
        self.inside, self.most = 0, 0
        self.counting = threading.Lock()

    def completion(self, body: Any, fault: str) -> Any:
        with self.counting:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.meeting.wait(30)
        with self.counting:
            self.inside -= 1
        return super().completion(body, fault)


@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_requests_run_side_by_side_up_to_the_limit(dialect: str) -> None:
    with serving(Counting(dialect, expected=3)) as service, ThreadPoolExecutor(9) as people:
        model = model_on(service, max_parallel=3)
        replies = list(people.map(lambda number: ask(model, f"{number}"), range(9)))
    assert [reply.text for reply in replies] == ["hello"] * 9
    assert isinstance(service, Counting)
    assert service.most == 3


def test_a_failed_request_gives_its_place_back() -> None:
    with serving(Service("openai", ["401"])) as service:
        model = model_on(service, max_parallel=1)
        with pytest.raises(UnansweredError):
            ask(model)
        assert ask(model).text == "hello"
