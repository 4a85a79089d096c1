"""Whole evolutions with the real designer and the real clients, against services that fail."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from asking import Clock, cents, model_on
from hosted import GENERATIONS, SAMPLES, author, evolution_with, run_with_fault
from servers import Service, serving

from eureka_agent.archive.candidate import Status
from eureka_agent.errors import ModelError
from eureka_agent.llm.hosted import HostedModel
from eureka_agent.llm.prices import Tokens
from eureka_agent.store.event_types import RequestSent

FAULTS = (
    "ok", "429", "reset", "500", "ok", "garbage", "529", "cut", "length", "ok", "filter", "html", "429 date",
    "empty", "503", "empty object", "odd type", "429 seconds", "ok", "reset",
)  # fmt: skip
CANARY = "sk-canary-5f1d7c"


@pytest.mark.parametrize(
    ("dialect", "stream"), [("openai", False), ("openai", True), ("anthropic", True), ("anthropic", False)]
)
def test_a_run_finishes_on_a_service_that_fails_in_every_way(
    tmp_path: Path, dialect: str, stream: bool
) -> None:
    with serving(Service(dialect, FAULTS, say=author())) as service:
        evolution = evolution_with(
            tmp_path, [model_on(service, stream=stream, clock=Clock(), max_parallel=1)]
        )
        evolution.run()
    state = evolution.state
    assert state.finished
    assert state.confirmation is not None
    assert state.confirmation.winner is not None
    assert len(state.candidates) == GENERATIONS * SAMPLES
    assert {c.status for c in state.candidates.values()} <= {Status.TRAINED, Status.CONFIRMED, Status.REFUSED}
    # One whole reply for each that was journalled: nothing that arrived was asked for again.
    assert len(service.delivered) == len(state.replies)
    assert len(service.requests) == sum(reply.attempts for reply in state.replies.values())
    assert sum(reply.lost for reply in state.replies.values()) == 6


@pytest.mark.parametrize(
    ("dialect", "fault"),
    [
        ("openai", "429 spent"),
        ("anthropic", "401"),
        ("openai", "403"),
        ("anthropic", "402"),
        ("openai", "404"),
    ],
)
def test_a_run_that_a_service_turned_away_is_finished_by_the_same_command(
    tmp_path: Path, dialect: str, fault: str
) -> None:
    run = run_with_fault(tmp_path, dialect, fault, stream=dialect == "anthropic")
    assert (run.finished, run.commands, len(run.said)) == (True, 3, 2)
    assert all(f"HTTP {fault[:3]}" in said for said in run.said)
    assert (run.requests, run.replies) == (GENERATIONS * SAMPLES + 2, GENERATIONS * SAMPLES)
    assert (run.lost, run.repeated) == (0, 0)


@pytest.mark.parametrize(
    ("dialect", "fault", "lost", "repairs"), [("openai", "reset", 2, 0), ("anthropic", "length", 0, 2)]
)
def test_a_run_goes_on_after_a_passing_fault(
    tmp_path: Path, dialect: str, fault: str, lost: int, repairs: int
) -> None:
    run = run_with_fault(tmp_path, dialect, fault, stream=True)
    assert (run.finished, run.commands, run.lost, run.repairs, run.repeated) == (True, 1, lost, repairs, 0)


def test_a_resumed_run_asks_for_nothing_that_arrived(tmp_path: Path) -> None:
    with serving(Service("openai", ["ok", "ok", "401"], say=author())) as service:
        with pytest.raises(ModelError, match="HTTP 401"):
            evolution_with(tmp_path, [model_on(service, max_parallel=1)]).run()
        arrived = len(service.delivered)
        evolution = evolution_with(tmp_path, [model_on(service, max_parallel=1)])
        evolution.run()
    assert arrived == 2
    assert evolution.state.finished
    assert max(Counter(key for key in requests_of(tmp_path, "reply_received")).values()) == 1
    assert len(service.delivered) == GENERATIONS * SAMPLES
    assert evolution.state.maybe_billed == 0


def test_the_first_error_ends_the_asking(tmp_path: Path) -> None:
    with serving(Service("openai", ["401"] * 50)) as service, pytest.raises(ModelError):
        evolution_with(tmp_path, [model_on(service, max_parallel=2)], samples=40).run()
    assert len(service.requests) <= 2


def test_several_models_share_the_slots_and_the_summary_says_who_brought_what(tmp_path: Path) -> None:
    with (
        serving(Service("openai", say=author())) as one,
        serving(Service("anthropic", say=author(9.0))) as two,
    ):
        evolution = evolution_with(tmp_path, [model_on(one), model_on(two)])
        evolution.run()
    proposers = Counter(candidate.proposer for candidate in evolution.state.candidates.values())
    assert proposers == {"openai/small-model-1": 6, "anthropic/small-model-1": 6}
    rows = [line for line in (tmp_path / "summary.md").read_text().splitlines() if "small-model-1 |" in line]
    assert [row.split(" | ")[:4] for row in rows] == [
        ["| anthropic/small-model-1", "6", "0", "6"],
        ["| openai/small-model-1", "6", "0", "6"],
    ]
    assert "9.6 (" in rows[0]
    assert "9,000 | $0.0972" in rows[0]


def test_the_money_ends_the_search_and_never_overruns(tmp_path: Path) -> None:
    """Each request may cost well over 10 cents, for its bytes, and costs 1.62."""
    budget = 0.6
    with serving(Service("openai", ["reset"], say=author())) as service:
        evolution = evolution_with(tmp_path, [model_on(service)], budget_usd=budget, generations=9)
        evolution.run()
    state = evolution.state
    assert state.finished
    assert "another request may cost" in state.stopped
    assert SAMPLES < len(state.replies) < 9 * SAMPLES
    assert state.cost_usd <= state.at_most_usd <= budget
    assert state.confirmation is not None
    assert state.confirmation.winner is not None


def test_requests_wait_for_money_that_is_only_reserved(tmp_path: Path) -> None:
    """Of four that may start at once the budget covers one, and all of them in turn."""
    with serving(Service("openai", say=author())) as service:
        model = model_on(service, max_parallel=SAMPLES, max_reply_tokens=300)
        evolution = evolution_with(tmp_path, [model], budget_usd=0.2, generations=1)
        evolution.run()
    worst = [event.reserved_usd for event in evolution.log.events if isinstance(event, RequestSent)]
    assert worst[0] is not None
    assert 0.1 < worst[0] < 0.2
    assert len(evolution.state.replies) == SAMPLES
    assert not evolution.state.stopped


def test_a_reply_without_a_count_is_unknown_and_bounded(tmp_path: Path) -> None:
    class Uncounted(Service):
        def completion(self, body: Any, fault: str) -> Any:
            reply = super().completion(body, fault)
            del reply["usage"]
            return reply

    with serving(Uncounted("openai", say=author())) as service:
        evolution = evolution_with(tmp_path, [model_on(service)], budget_usd=100.0, generations=1)
        evolution.run()
    state = evolution.state
    assert (state.cost_usd, state.cost_unknown, state.cost_unbounded) == (0.0, SAMPLES, 0)
    assert 0.5 < state.at_most_usd < 2.0
    assert f"{SAMPLES} replies of unknown price" in (tmp_path / "summary.md").read_text()


def test_a_model_without_a_price_meets_no_budget(tmp_path: Path) -> None:
    with serving(Service("openai", say=author())) as service:
        evolution = evolution_with(tmp_path, [model_on(service, price=None)], budget_usd=100.0)
        evolution.run()
    assert "price of a request is unknown" in evolution.state.stopped
    assert not service.requests


def test_no_file_of_a_run_holds_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_SERVICE_KEY", CANARY)
    service = Service("openai", ["500", "429", "ok", "ok", "403"], say=author())
    service.key, service.echo = CANARY, f"You sent {CANARY}."
    with serving(service), pytest.raises(ModelError) as caught:
        evolution_with(tmp_path, [model_on(service, secrets=(CANARY,))], model="openai/small-model-1").run()
    assert CANARY in json.dumps([headers for _, headers, _ in service.requests])
    assert CANARY not in f"{caught.value}{caught.value.__cause__}"
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path


def requests_of(root: Path, kind: str) -> list[str]:
    events = [json.loads(line) for line in (root / "events.jsonl").read_text().splitlines()]
    return [event["key"] for event in events if event["type"] == kind]


def test_the_prices_of_these_tests_are_what_they_say() -> None:
    assert cents(Tokens(1200, 300, cached=200)) == pytest.approx(0.0162)
    assert isinstance(HostedModel, type)


class _Cutting(Service):
    """Reads no more than a little of a prompt, as a server with a short context does."""

    def completion(self, body: dict[str, Any], fault: str) -> dict[str, Any]:
        reply = super().completion(body, fault)
        reply["usage"]["prompt_tokens"] = 514
        return reply


def test_a_server_that_cuts_prompts_is_said_once_a_run(tmp_path: Path) -> None:
    with serving(_Cutting("openai", say=author())) as service:
        evolution = evolution_with(tmp_path, [model_on(service)])
        evolution.run()
    assert evolution.state.finished
    [notice] = evolution.state.notices
    assert "read 514 tokens of a prompt that has more" in notice
    assert notice.split(":")[0] in evolution.folder.summary.read_text()


class _Thinking(Service):
    """Has its answers where the thinking belongs."""

    def completion(self, body: dict[str, Any], fault: str) -> dict[str, Any]:
        reply = super().completion(body, fault)
        message = reply["choices"][0]["message"]
        message["reasoning_content"], message["content"] = message["content"], None
        return reply


def test_answers_that_stand_in_the_hidden_thinking_are_refused_with_that_reason(tmp_path: Path) -> None:
    with serving(_Thinking("openai", say=author())) as service:
        evolution = evolution_with(tmp_path, [model_on(service)], generations=1)
        evolution.run()
    candidates = evolution.state.candidates.values()
    assert {c.status for c in candidates} == {Status.REFUSED}
    assert all("reasoning_content" in c.reason for c in candidates)
    assert any("reasoning parser" in notice for notice in evolution.state.notices)
