"""Real clients on fake services, with time and chance in the test's hands."""

from __future__ import annotations

import threading
from typing import Any

from servers import Service

from eureka_agent.llm.anthropic import AnthropicWire
from eureka_agent.llm.endpoint import Endpoint
from eureka_agent.llm.hosted import HostedModel
from eureka_agent.llm.model import Message, Reply
from eureka_agent.llm.openai import OpenAIWire
from eureka_agent.llm.prices import Price, Tokens
from eureka_agent.llm.retry import RetryPolicy
from eureka_agent.llm.wire import Sampling, Wire

QUESTION = (Message("system", "You are terse."), Message("user", "Say hello."))
STOP = threading.Event()


def cents(tokens: Tokens) -> float:
    """One cent for a thousand tokens read, two for a thousand written; cached ones are a tenth."""
    return (tokens.input - 0.9 * tokens.cached + 2 * tokens.output) / 100_000


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, stop: threading.Event, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def wire_to(service: Service, *, stream: bool, **sampling: Any) -> Wire:
    values: dict[str, Any] = {"model": "small-model-1", "max_reply_tokens": 2000} | sampling
    endpoint = Endpoint(service.dialect, service.base_url, ("TEST_SERVICE_KEY",), key_needed=False)
    kind = OpenAIWire if service.dialect == "openai" else AnthropicWire
    return kind(endpoint, Sampling(**values), stream=stream)


def model_on(
    service: Service,
    *,
    stream: bool = False,
    policy: RetryPolicy | None = None,
    clock: Clock | None = None,
    price: Price | None = cents,
    max_parallel: int = 4,
    secrets: tuple[str, ...] = (),
    **sampling: Any,
) -> HostedModel:
    time = clock or Clock()
    return HostedModel(
        wire_to(service, stream=stream, **sampling),
        price,
        name=f"{service.dialect}/small-model-1",
        max_parallel=max_parallel,
        policy=policy or RetryPolicy(silence_s=30.0),
        secrets=secrets,
        clock=time,
        wait=time.wait,
    )


def ask(model: Any, key: str = "0-00/turn0") -> Reply:
    return model.reply(key, QUESTION, STOP)
