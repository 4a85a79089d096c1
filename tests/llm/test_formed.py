"""The form of a reply that one request asks for: a grammar, and the probabilities of tokens."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from asking import QUESTION, STOP, ask, model_on
from servers import Service, serving

from eureka_agent.llm.budgeted import BudgetedModel
from eureka_agent.llm.cache import CachedModel
from eureka_agent.llm.formed import Form, TokenOdds, formed
from eureka_agent.llm.odds import odds_in
from eureka_agent.llm.scripted import ScriptedModel

GRAMMAR = 'root ::= "A" | "B"'
FORM = Form(GRAMMAR, odds=True)


def tokens(text: str) -> list[dict[str, Any]]:
    """One token a letter, each of which might have been an x."""
    return [
        {"token": c, "logprob": -0.1, "bytes": None, "top_logprobs": [{"token": "x", "logprob": -3.0}]}
        for c in text
    ]


def telling(dialect: str = "openai") -> Service:
    service = Service(dialect, say=lambda _: "AB")
    service.odds = tokens if dialect == "openai" else None
    return service


@pytest.mark.parametrize("stream", [False, True])
def test_probabilities_come_where_they_are_asked_for(stream: bool) -> None:
    with serving(telling()) as service:
        answer = formed(model_on(service, stream=stream), "0/x", QUESTION, STOP, FORM)
    assert answer.reply.text == "AB"
    assert [token.text for token in answer.odds] == ["A", "B"]
    assert dict(answer.odds[0].alternatives) == {"A": -0.1, "x": -3.0}
    _, _, body = service.requests[0]
    assert (body["logprobs"], body["top_logprobs"]) == (True, 20)


def test_others_ask_for_nothing_and_their_replies_are_what_they_were() -> None:
    with serving(telling()) as service:
        reply = ask(model_on(service))
    assert reply.text == "AB"
    assert not {"logprobs", "top_logprobs", "grammar"} & set(service.requests[0][2])


def test_a_grammar_is_sent_to_servers_that_hold_a_model_to_it_and_to_no_other() -> None:
    with serving(telling()) as service:
        formed(model_on(service, holds_forms=True, grammar="of all"), "0/x", QUESTION, STOP, FORM)
        formed(model_on(service, holds_forms=True, grammar="of all"), "0/x", QUESTION, STOP, Form())
        formed(model_on(service), "0/x", QUESTION, STOP, FORM)
    assert [body.get("grammar") for _, _, body in service.requests] == [GRAMMAR, "of all", None]


def test_a_service_without_either_answers_as_ever() -> None:
    with serving(telling("anthropic")) as service:
        answer = formed(model_on(service, stream=True, holds_forms=True), "0/x", QUESTION, STOP, FORM)
    assert (answer.reply.text, answer.odds) == ("AB", ())
    assert not {"logprobs", "grammar"} & set(service.requests[0][2])
    answer = formed(ScriptedModel(["AB"]), "0/x", QUESTION, STOP, FORM)
    assert (answer.reply.text, answer.odds) == ("AB", ())


REFUSALS = {
    "You are not allowed to request logprobs from this model.": None,
    "Unsupported parameter: 'logprobs' is not supported with this model.": None,
    "This endpoint is not implemented for logprob.": None,
    "Bad request.": None,
    "Requested sample logprobs of 20, which is greater than max allowed: 5": 5,
    "top_logprobs must be between 0 and 8": 8,
    "Input should be less than or equal to 5 (top_logprobs)": 5,
}


@pytest.mark.parametrize("said", REFUSALS)
def test_a_model_that_tells_fewer_or_none_is_asked_so_from_then_on(said: str) -> None:
    fewer = REFUSALS[said]
    service = telling()
    service.refuse = lambda body: said if body.get("top_logprobs", 0) > (fewer or 0) else None
    with serving(service):
        model = model_on(service)
        answers = [formed(model, f"0/{n}", QUESTION, STOP, FORM) for n in range(2)]
    assert [answer.reply.text for answer in answers] == ["AB", "AB"]
    assert [len(answer.odds) for answer in answers] == [2 if fewer else 0] * 2
    assert [body.get("top_logprobs") for _, _, body in service.requests] == [20, fewer, fewer]


def test_wrappers_hand_the_form_on(tmp_path: Path) -> None:
    with serving(telling()) as service:
        cached = CachedModel(model_on(service, holds_forms=True), tmp_path, seed=0)
        budgeted = BudgetedModel(cached, most_requests=2)
        answers = [formed(budgeted, "0/x", QUESTION, STOP, FORM) for _ in range(2)]
    assert [len(answer.odds) for answer in answers] == [2, 2]
    assert [body["grammar"] for _, _, body in service.requests] == [GRAMMAR, GRAMMAR]
    assert budgeted.requests == 2
    assert budgeted.cost_usd == pytest.approx(2 * answers[0].reply.usage.cost_usd)  # type: ignore[operator]


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {"content": None},
        {"content": "A"},
        {"content": [None, 7, {"logprob": -1.0}, {"token": 3}]},
    ],
)
def test_what_is_no_probability_is_none(told: Any) -> None:
    assert list(odds_in({"logprobs": told})) == []


def test_a_token_whose_probabilities_cannot_be_read_keeps_its_place() -> None:
    rows = [
        {"token": "A", "logprob": None},
        {"token": "B", "logprob": True, "top_logprobs": "none"},
        {"token": "C", "logprob": 1e-9, "top_logprobs": [{"token": "D", "logprob": -math.inf}, None]},
    ]
    assert list(odds_in({"logprobs": {"content": rows}})) == [
        TokenOdds("A", ()), TokenOdds("B", ()), TokenOdds("C", (("C", 0.0),)),
    ]  # fmt: skip
