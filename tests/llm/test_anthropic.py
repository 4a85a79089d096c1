"""What the wire of Anthropic's messages sends and reads."""

from __future__ import annotations

import pytest
from asking import STOP, ask, model_on, wire_to
from servers import Service, serving

from eureka_agent.llm.anthropic import answer_of, answer_of_events, request_of
from eureka_agent.llm.failures import AttemptFailed
from eureka_agent.llm.model import Message

LONG = Message("system", "Rules. " * 1000)


def test_the_system_prompt_goes_apart_and_a_long_one_is_cached() -> None:
    request = request_of([LONG, Message("user", "u"), Message("assistant", "a"), Message("user", "v")])
    assert [turn["role"] for turn in request["messages"]] == ["user", "assistant", "user"]
    assert request["system"] == [
        {"type": "text", "text": LONG.content, "cache_control": {"type": "ephemeral"}}
    ]
    short = request_of([Message("system", "Be terse."), Message("user", "u")])
    assert "cache_control" not in short["system"][0]
    assert "system" not in request_of([Message("user", "u")])


@pytest.mark.parametrize("stream", [False, True])
def test_a_request_names_limit_and_temperature_only(stream: bool) -> None:
    with serving(Service("anthropic")) as service:
        model_on(service, stream=stream, temperature=0.5).reply("k", [LONG, Message("user", "u")], STOP)
    path, _, body = service.requests[0]
    assert path == "/v1/messages"
    assert set(body) - {"stream"} == {"model", "max_tokens", "temperature", "system", "messages"}


@pytest.mark.parametrize(
    ("effort", "sent"),
    [("low", {"output_config": {"effort": "low"}}), ("none", {"thinking": {"type": "disabled"}})],
)
def test_effort_is_said_in_the_services_words(effort: str, sent: dict[str, object]) -> None:
    with serving(Service("anthropic")) as service:
        ask(model_on(service, effort=effort))
    body = service.requests[0][2]
    assert {name: body[name] for name in body if name in ("output_config", "thinking")} == sent
    assert "reasoning_effort" not in body


def test_a_model_that_refuses_temperature_is_asked_without() -> None:
    with serving(Service("anthropic")) as service:
        service.refuse = lambda body: (
            "`temperature` is deprecated for this model." if "temperature" in body else None
        )
        model = model_on(service, temperature=0.5)
        ask(model)
        ask(model)
    assert ["temperature" in body for _, _, body in service.requests] == [True, False, False]


def test_a_model_with_shorter_replies_is_asked_for_those() -> None:
    said = "max_tokens: 2000 > 1024, which is the maximum allowed number of output tokens for this model"
    with serving(Service("anthropic")) as service:
        service.refuse = lambda body: said if body["max_tokens"] > 1024 else None
        ask(model_on(service))
    assert [body["max_tokens"] for _, _, body in service.requests] == [2000, 1024]


def test_thinking_blocks_are_no_part_of_the_reply() -> None:
    blocks = [{"type": "thinking", "thinking": "hm"}, {"type": "redacted_thinking", "data": "x"},
              {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]  # fmt: skip
    answer = answer_of({"type": "message", "content": blocks, "stop_reason": "end_turn"})
    assert answer.text == "ab"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("overloaded_error", "busy"), ("api_error", "server"), ("invalid_request_error", "request")],
)
def test_an_error_inside_a_stream_is_classified_by_its_type(kind: str, expected: str) -> None:
    with pytest.raises(AttemptFailed) as caught:
        answer_of_events([{"type": "error", "error": {"type": kind, "message": "m"}}])
    assert caught.value.failure.kind == expected


def test_offered_models_are_listed() -> None:
    with serving(Service("anthropic")) as service:
        assert wire_to(service, stream=True).offered(5.0) == ["big-model-2", "small-model-1"]
