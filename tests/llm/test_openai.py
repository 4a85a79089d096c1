"""What the wire of chat completions sends, learns and reads."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from asking import QUESTION, ask, model_on, wire_to
from servers import Service, serving

from eureka_agent.llm.endpoint import Endpoint
from eureka_agent.llm.failures import AttemptFailed
from eureka_agent.llm.model import UnansweredError
from eureka_agent.llm.openai import OpenAIWire, answer_of, answer_of_chunks
from eureka_agent.llm.wire import Sampling, Timeouts


def completion(message: dict[str, Any], **choice: Any) -> dict[str, Any]:
    return {"model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"} | choice]}


def test_a_plain_request_sends_no_more_than_needed() -> None:
    with serving(Service("openai")) as service:
        ask(model_on(service))
    path, _, body = service.requests[0]
    assert path == "/v1/chat/completions"
    assert body == {
        "model": "small-model-1",
        "max_tokens": 2000,
        "messages": [
            {"role": "system", "content": "You are terse."},
            {"role": "user", "content": "Say hello."},
        ],
    }


REFUSALS = {
    "temperature": (
        "Unsupported value: 'temperature' does not support 0.7 with this model. "
        "Only the default (1) value is supported.",
        {"max_tokens": 2000},
    ),
    "max_tokens": (
        "Unsupported parameter: 'max_tokens' is not supported with this model. "
        "Use 'max_completion_tokens' instead.",
        {"max_completion_tokens": 2000, "temperature": 0.7},
    ),
    "2000": (
        "max_tokens is too large: 2000. This model supports at most 512 completion tokens, "
        "whereas you provided 2000.",
        {"max_tokens": 512, "temperature": 0.7},
    ),
    "[": (
        "This model only support stream mode, please enable the stream parameter to access the model.",
        {"max_tokens": 2000, "temperature": 0.7, "stream": True, "stream_options": {"include_usage": True}},
    ),
}


@pytest.mark.parametrize("offence", REFUSALS)
def test_what_a_model_refuses_is_learnt_once(offence: str) -> None:
    said, learnt = REFUSALS[offence]

    def refuse(body: dict[str, Any]) -> str | None:
        if offence == "[":
            return None if body.get("stream") else said
        return said if offence in body or offence in map(str, body.values()) else None

    with serving(Service("openai")) as service:
        service.refuse = refuse
        model = model_on(service, temperature=0.7)
        assert [ask(model).text, ask(model).text] == ["hello", "hello"]
    sent = [
        {k: v for k, v in body.items() if k not in ("messages", "model")} for _, _, body in service.requests
    ]
    assert len(sent) == 3
    assert sent[1:] == [learnt, learnt]


def test_a_model_that_wants_everything_otherwise_is_understood() -> None:
    def refuse(body: dict[str, Any]) -> str | None:
        if "max_tokens" in body:
            return REFUSALS["max_tokens"][0]
        return REFUSALS["temperature"][0] if "temperature" in body else None

    with serving(Service("openai")) as service:
        service.refuse = refuse
        assert ask(model_on(service, temperature=0.7)).text == "hello"
    assert len(service.requests) == 3


def test_a_long_prompt_gets_the_room_that_is_left_and_the_next_one_all() -> None:
    said = (
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens "
        "(3000 in the messages, 2000 in the completion)."
    )
    with serving(Service("openai")) as service:
        service.refuse = lambda body: (
            said if body["max_tokens"] == 2000 and len(service.requests) == 1 else None
        )
        model = model_on(service)
        ask(model)
        ask(model)
    assert [body["max_tokens"] for _, _, body in service.requests] == [2000, 1080, 2000]


def test_a_refusal_that_teaches_nothing_ends_the_request() -> None:
    with serving(Service("openai")) as service:
        service.refuse = lambda _: "The messages are not to my taste."
        with pytest.raises(Exception, match="not to my taste"):
            ask(model_on(service, temperature=0.7))
    assert len(service.requests) == 1


def test_a_prompt_that_the_filter_refuses_is_a_refusal() -> None:
    with serving(Service("openai")) as service:
        service.refuse = lambda _: "The response was filtered (code content_filter)."
        reply = ask(model_on(service))
    assert (reply.finish, reply.text, reply.usage.cost_usd) == ("refusal", "", None)


def test_azure_is_asked_by_deployment_version_and_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_AZURE_KEY", "azure-secret")
    with serving(Service("openai")) as service:
        root = service.base_url.removesuffix("/v1")
        endpoint = Endpoint("azure", root, ("TEST_AZURE_KEY",), api_version="2024-10-21")
        answer = OpenAIWire(endpoint, Sampling("small-model-1", 100)).ask(QUESTION, Timeouts(10.0, 10.0))
    path, headers, body = service.requests[0]
    assert answer.text == "hello"
    assert path == "/openai/deployments/small-model-1/chat/completions?api-version=2024-10-21"
    assert headers["api-key"] == "azure-secret"
    assert "max_completion_tokens" in body


def test_hidden_thinking_is_not_the_reply() -> None:
    answer = answer_of(
        completion({"content": "code", "reasoning_content": "def compute_reward", "reasoning": "x"})
    )
    assert answer.text == "code"
    chunks = [
        {"choices": [{"delta": {"reasoning_content": "hm"}, "finish_reason": None}]},
        {"choices": [{"delta": {"content": "code"}, "finish_reason": "stop"}]},
    ]
    assert answer_of_chunks(chunks).text == "code"


def test_thinking_that_ate_the_whole_reply_is_a_cut_reply() -> None:
    answer = answer_of(completion({"content": None, "reasoning_content": "hm"}, finish_reason="length"))
    assert (answer.text, answer.finish) == ("", "length")


@pytest.mark.parametrize(
    ("body", "text", "finish"),
    [
        (
            completion({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}),
            "ab",
            "stop",
        ),
        (completion({"content": None, "refusal": "I will not."}), "I will not.", "refusal"),
        (completion({"content": "x"}, finish_reason=None), "x", "stop"),
        (completion({}), "", "stop"),
    ],
)
def test_what_servers_call_a_message(body: dict[str, Any], text: str, finish: str) -> None:
    answer = answer_of(body)
    assert (answer.text, answer.finish, answer.tokens) == (text, finish, None)


@pytest.mark.parametrize(
    ("error", "kind"),
    [({"code": 429, "message": "slow down"}, "busy"), ({"code": 401, "message": "who?"}, "key"),
     ({"message": "upstream broke"}, "server")],
)  # fmt: skip
def test_an_error_inside_a_good_answer_is_an_error(error: dict[str, Any], kind: str) -> None:
    with pytest.raises(AttemptFailed) as caught:
        answer_of({"error": error})
    assert caught.value.failure.kind == kind


@pytest.mark.parametrize("stream", [False, True])
def test_effort_is_sent_in_the_services_word_and_never_dropped(stream: bool) -> None:
    with serving(Service("openai")) as service:
        ask(model_on(service, stream=stream, effort="low"))
        service.refuse = lambda _: "Unsupported value: 'reasoning_effort' does not support 'low' here."
        with pytest.raises(UnansweredError, match="reasoning_effort") as caught:
            ask(model_on(service, stream=stream, effort="low"))
    assert [body["reasoning_effort"] for _, _, body in service.requests] == ["low", "low"]
    assert "--effort" in caught.value.fix


def test_a_grammar_is_sent_to_servers_that_know_it() -> None:
    with serving(Service("openai")) as service:
        ask(model_on(service, grammar='root ::= "hello"'))
    assert service.requests[0][2]["grammar"] == 'root ::= "hello"'


def test_samples_of_one_prompt_are_requests_of_their_own() -> None:
    """`n` is never sent, so that it does not matter whether a server knows it: n samples are n keys."""
    numbers = itertools.count()
    with serving(Service("openai", say=lambda _: f"sample {next(numbers)}")) as service:
        model = model_on(service)
        replies = [ask(model, f"0-{slot:02}/turn0").text for slot in range(4)]
    assert replies == [f"sample {number}" for number in range(4)]
    assert all("n" not in body for _, _, body in service.requests)


def test_offered_models_are_listed() -> None:
    with serving(Service("openai")) as service:
        assert wire_to(service, stream=False).offered(5.0) == ["big-model-2", "small-model-1"]
