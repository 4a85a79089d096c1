"""Models as servers on people's own machines serve them: their error bodies, templates and silent cuts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asking import STOP, ask, model_on
from servers import Service, serving

from eureka_agent.llm.failures import failure_of_status
from eureka_agent.llm.model import Message, UnansweredError

LONG = (Message("system", "You are terse."), Message("user", "What is 1 + 1? " * 800))


class Raw(Service):
    """Answers every request with one status and body."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__("openai", [str(status)] * 50)
        self.body = body

    def error(self, status: int, *, spent: bool = False) -> Any:
        return self.body


BODIES = {
    "lm studio, ollama": ({"error": "model 'x' is busy unloading"}, "HTTP 400: model 'x' is busy unloading"),
    "fastapi": (
        {"detail": [{"loc": ["body", "messages", 0], "msg": "Field required", "type": "missing"},
                    {"loc": ["body"], "msg": "Extra inputs", "type": "extra"}]},
        "HTTP 400: body.messages.0: Field required; body: Extra inputs",
    ),
    "ollama, from the server behind it": (
        {"error": '{"error": {"code": 400, "message": "no such slot", "type": "invalid_request_error"}}'},
        "HTTP 400: no such slot",
    ),
    "fastapi, short": ({"detail": "Not today"}, "HTTP 400: Not today"),
    "vllm, older": ({"object": "error", "message": "No such thing", "code": 400}, "HTTP 400: No such thing"),
    "tgi": ({"error": "Template error: oh", "error_type": "template_error"}, "HTTP 400: Template error: oh"),
    "openrouter": (
        {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": "no such quant"}}},
        "HTTP 400: Provider returned error: no such quant",
    ),
}  # fmt: skip


@pytest.mark.parametrize("server", BODIES)
def test_what_a_server_says_is_shown_in_its_own_words(server: str) -> None:
    body, shown = BODIES[server]
    with serving(Raw(400, body)) as service, pytest.raises(UnansweredError) as caught:
        ask(model_on(service))
    assert f"): {shown}." in caught.value.what
    assert len(service.requests) == 1


def test_a_body_that_says_nothing_leaves_the_sdks_words() -> None:
    for body in ({"detail": []}, {}, [], "", {"error": None}):
        failure = failure_of_status(400, body, "the SDK's words", headers={}, now=0.0)
        assert failure.what == "HTTP 400: the SDK's words"


class Gemma(Service):
    """Has a template without a system role, and says so in a server's words and status."""

    def __init__(self, said: str, status: int) -> None:
        super().__init__("openai")
        self.said, self.status = said, status

    def take(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> str:
        fault = super().take(path, headers, body)
        roles = [message["role"] for message in body.get("messages", ())]
        return str(self.status) if "system" in roles else fault

    def error(self, status: int, *, spent: bool = False) -> dict[str, Any]:
        return {"error": {"message": self.said, "type": "BadRequestError", "param": None, "code": status}}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("System role not supported", 400),
        ("Error rendering prompt with jinja template: System role not supported", 500),
        ("Only user and assistant roles are supported!", 400),
        ("Conversation roles must alternate user/assistant/user/assistant/...", 400),
        ("This model does not support system messages.", 422),
    ],
)
def test_a_system_role_that_a_template_refuses_goes_into_the_first_user_message(
    said: str, status: int
) -> None:
    with serving(Gemma(said, status)) as service:
        model = model_on(service)
        assert ask(model).text == "hello"
        assert ask(model, "0-01/turn0").text == "hello"
    sent = [body["messages"] for _, _, body in service.requests]
    assert len(sent) == 3, "learnt once"
    assert sent[1] == sent[2] == [{"role": "user", "content": "You are terse.\n\nSay hello."}]


def test_a_refusal_of_roles_that_folding_does_not_mend_ends_the_request() -> None:
    with serving(Service("openai")) as service:
        service.refuse = lambda _: "Conversation roles must alternate user/assistant/user/assistant/..."
        with pytest.raises(UnansweredError, match="must alternate"):
            ask(model_on(service))
    assert len(service.requests) == 2


class Counting(Service):
    """Reports so many prompt tokens."""

    def __init__(self, counted: int) -> None:
        super().__init__("openai")
        self.counted = counted

    def completion(self, body: dict[str, Any], fault: str) -> dict[str, Any]:
        reply = super().completion(body, fault)
        reply["usage"]["prompt_tokens"] = self.counted
        return reply


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("counted", [2050, 4096])
def test_a_prompt_that_a_server_cut_is_a_warning_that_names_the_setting(counted: int, stream: bool) -> None:
    with serving(Counting(counted)) as service:
        reply = model_on(service, stream=stream).reply("0-00/turn0", LONG, STOP)
    assert reply.text == "hello"
    assert f"read {counted:,} tokens of a prompt that has more" in reply.warning
    assert "OLLAMA_CONTEXT_LENGTH" in reply.warning


@pytest.mark.parametrize("counted", [0, 5610, 8000])
def test_a_prompt_that_was_read_whole_or_not_counted_is_no_warning(counted: int) -> None:
    with serving(Counting(counted)) as service:
        reply = model_on(service).reply("0-00/turn0", LONG, STOP)
    assert reply.warning == ""


class Thinking(Service):
    """Puts all it says into `reasoning_content`, as a server with the wrong parser does."""

    def completion(self, body: dict[str, Any], fault: str) -> dict[str, Any]:
        reply = super().completion(body, fault)
        message = reply["choices"][0]["message"]
        message["reasoning_content"], message["content"] = "def compute_reward", None
        return reply

    def events(self, body: dict[str, Any], fault: str) -> Any:
        delta = {"index": 0, "delta": {"reasoning_content": "def compute_reward"}, "finish_reason": None}
        yield f"data: {json.dumps({'model': 'm', 'choices': [delta]})}\n\n".encode()
        yield from super().events(body, "empty" if fault == "ok" else fault)


@pytest.mark.parametrize("stream", [False, True])
def test_an_empty_answer_beside_hidden_thinking_says_so(stream: bool) -> None:
    with serving(Thinking("openai")) as service:
        reply = ask(model_on(service, stream=stream))
    assert (reply.text, reply.finish) == ("", "stop")
    assert "hidden thinking (reasoning_content)" in reply.warning
    assert "reasoning parser" in reply.warning


def test_thinking_that_took_the_whole_reply_names_the_limit() -> None:
    with serving(Thinking("openai", ["length"])) as service:
        reply = ask(model_on(service))
    assert (reply.text, reply.finish) == ("", "length")
    assert "--max-reply-tokens" in reply.warning


def test_an_empty_answer_without_thinking_is_just_empty() -> None:
    with serving(Service("openai", ["empty"])) as service:
        assert ask(model_on(service)).warning == ""
