"""The fault table: what each fault of a service does to a request. No answered call is ever repeated."""

from __future__ import annotations

import pytest
from asking import Clock, ask, model_on
from servers import SLOW_S, Service, serving

from eureka_agent.llm.model import UnansweredError
from eureka_agent.llm.retry import RetryPolicy

DIALECTS = [(dialect, stream) for dialect in ("openai", "anthropic") for stream in (False, True)]
QUICK = {fault: RetryPolicy(silence_s=SLOW_S / 2, attempt_s=SLOW_S) for fault in ("slow", "drip")}

# fault: requests that the service saw, attempts that may have been billed, (shortest, longest) wait
TRANSIENT = {
    "429": (2, 0, (0.5, 1.0)),
    "429 seconds": (2, 0, (7.0, 8.0)),
    "429 milliseconds": (2, 0, (2.5, 3.5)),
    "429 date": (2, 0, (28.0, 31.0)),
    "408": (2, 0, (0.5, 1.0)),
    "409": (2, 0, (0.5, 1.0)),
    "500": (2, 0, (0.5, 1.0)),
    "503": (2, 0, (0.5, 1.0)),
    "529": (2, 0, (0.5, 1.0)),
    "reset": (2, 1, (0.5, 1.0)),
    "cut": (2, 1, (0.5, 1.0)),
    "garbage": (2, 1, (0.5, 1.0)),
    "html": (2, 1, (0.5, 1.0)),
    "empty object": (2, 1, (0.5, 1.0)),
    "slow": (2, 1, (0.5, 1.0)),
    "drip": (2, 1, (0.5, 1.0)),
}
# fault: how the one reply ended, and its text
ANSWERED = {
    "ok": ("stop", "hello"),
    "length": ("length", "he"),
    "filter": ("refusal", ""),
    "empty": ("stop", ""),
    "odd type": ("stop", "hello"),
}
FATAL = {"401": "key", "403": "Allow the model", "402": "Top up", "429 spent": "Top up"}


@pytest.mark.parametrize(("dialect", "stream"), DIALECTS)
@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_passing_fault_costs_one_more_attempt(dialect: str, stream: bool, fault: str) -> None:
    requests, lost, (shortest, longest) = TRANSIENT[fault]
    clock = Clock()
    with serving(Service(dialect, [fault])) as service:
        reply = ask(model_on(service, stream=stream, clock=clock, policy=QUICK.get(fault)))
    assert (reply.text, reply.finish, reply.attempts, reply.lost) == ("hello", "stop", 2, lost)
    assert len(service.requests) == requests
    assert len(service.delivered) == 1
    assert len(clock.waits) == 1
    assert shortest <= clock.waits[0] <= longest


@pytest.mark.parametrize(("dialect", "stream"), DIALECTS)
@pytest.mark.parametrize("fault", ANSWERED)
def test_a_reply_is_taken_as_it_is(dialect: str, stream: bool, fault: str) -> None:
    with serving(Service(dialect, [fault])) as service:
        reply = ask(model_on(service, stream=stream))
    assert (reply.finish, reply.text) == ANSWERED[fault]
    assert (reply.attempts, reply.lost) == (1, 0)
    assert len(service.requests) == 1


@pytest.mark.parametrize(("dialect", "stream"), DIALECTS)
@pytest.mark.parametrize("fault", FATAL)
def test_what_no_patience_mends_ends_the_request_at_once(dialect: str, stream: bool, fault: str) -> None:
    with serving(Service(dialect, [fault])) as service, pytest.raises(UnansweredError) as caught:
        ask(model_on(service, stream=stream))
    assert FATAL[fault] in caught.value.fix
    assert caught.value.lost == 0
    assert len(service.requests) == 1


@pytest.mark.parametrize(("dialect", "stream"), DIALECTS)
def test_usage_is_counted_and_priced(dialect: str, stream: bool) -> None:
    with serving(Service(dialect)) as service:
        reply = ask(model_on(service, stream=stream))
    usage = reply.usage
    assert (usage.input_tokens, usage.output_tokens, usage.cached_tokens) == (1200, 300, 200)
    assert usage.cost_usd == pytest.approx((1200 - 180 + 600) / 100_000)
    assert reply.model.startswith("small-model-1-2026")


def test_waits_double_and_end_at_the_attempts() -> None:
    clock = Clock()
    with serving(Service("openai", ["529"] * 20)) as service, pytest.raises(UnansweredError) as caught:
        ask(model_on(service, clock=clock, policy=RetryPolicy(attempts=8, longest_wait_s=10.0)))
    assert len(service.requests) == 8
    assert "after 8 attempts" in caught.value.what
    full = [1, 2, 4, 8, 10, 10, 10]
    assert all(seconds / 2 <= wait <= seconds for wait, seconds in zip(clock.waits, full, strict=True))


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    clock = Clock()
    with serving(Service("anthropic", ["429 seconds"])) as service, pytest.raises(UnansweredError) as caught:
        ask(model_on(service, clock=clock, policy=RetryPolicy(deadline_s=5.0)))
    assert "asks to wait 7 s" in caught.value.what
    assert clock.waits == []


def test_attempts_that_may_be_billed_are_few() -> None:
    with serving(Service("openai", ["reset"] * 20)) as service, pytest.raises(UnansweredError) as caught:
        ask(model_on(service))
    assert len(service.requests) == 3
    assert caught.value.lost == 3


def test_jitter_differs_from_request_to_request_and_is_the_same_again() -> None:
    waits = []
    for key in ("0-00/turn0", "0-01/turn0", "0-00/turn0"):
        clock = Clock()
        with serving(Service("openai", ["500"])) as service:
            ask(model_on(service, clock=clock), key)
        waits += clock.waits
    assert waits[0] != waits[1]
    assert waits[0] == waits[2]
