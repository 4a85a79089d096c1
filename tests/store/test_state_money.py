"""What a log says was spent, and may have been: a request without a reply is never counted as free."""

from __future__ import annotations

from typing import Any

import pytest

from eureka_agent.store.event_types import parse_event
from eureka_agent.store.state import RunState

FIRST, SECOND = "0-00/turn0", "0-01/turn0"


def sent(key: str, worst: float | None) -> dict[str, Any]:
    return {"type": "request_sent", "key": key, "model": "m", "reserved_usd": worst}


def received(key: str, cost: float | None, lost: int = 0) -> dict[str, Any]:
    usage = {"input_tokens": 10, "output_tokens": 5, "cost_usd": cost}
    return {"type": "reply_received", "key": key, "reply": {"text": "t", "usage": usage, "lost": lost}}


def failed(key: str, lost: int) -> dict[str, Any]:
    return {"type": "request_failed", "key": key, "lost": lost, "reason": "r"}


def state_of(*events: dict[str, Any]) -> RunState:
    return RunState.of(
        parse_event({"time": 0.0, "seq": i, "v": 1, **event}) for i, event in enumerate(events)
    )


@pytest.mark.parametrize(
    ("events", "cost", "at_most", "maybe_billed"),
    [
        ([sent(FIRST, 0.5)], 0.0, 0.5, 1),
        ([sent(FIRST, 0.5), received(FIRST, 0.1)], 0.1, 0.1, 0),
        ([sent(FIRST, 0.5), received(FIRST, 0.1, lost=2)], 0.1, 1.1, 2),
        ([sent(FIRST, 0.5), received(FIRST, None)], 0.0, 0.5, 0),
        ([sent(FIRST, 0.5), failed(FIRST, 0)], 0.0, 0.0, 0),
        ([sent(FIRST, 0.5), failed(FIRST, 3)], 0.0, 1.5, 3),
        # Killed while it waited, then asked again: the first request may have been billed, too.
        ([sent(FIRST, 0.5), sent(FIRST, 0.5), received(FIRST, 0.1)], 0.1, 0.6, 1),
        ([sent(FIRST, 0.0), received(FIRST, 0.0)], 0.0, 0.0, 0),
    ],
)
def test_what_was_and_what_may_have_been_spent(
    events: list[dict[str, Any]], cost: float, at_most: float, maybe_billed: int
) -> None:
    state = state_of(*events)
    assert state.cost_usd == pytest.approx(cost)
    assert state.at_most_usd == pytest.approx(at_most)
    assert state.maybe_billed == maybe_billed


def test_a_reply_of_unknown_price_is_bounded_only_by_a_reservation() -> None:
    state = state_of(sent(FIRST, 0.5), received(FIRST, None), sent(SECOND, None), received(SECOND, None))
    assert (state.cost_unknown, state.cost_unbounded) == (2, 1)
    assert state.tokens == 30
