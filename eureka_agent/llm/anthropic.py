"""The wire of Anthropic's messages."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from eureka_agent.errors import ModelError
from eureka_agent.llm.endpoint import Endpoint
from eureka_agent.llm.failures import (
    AttemptFailed,
    failure_of_sdk,
    failure_of_status,
    garbage,
    http_errors,
    refusal_of_sdk,
    unteachable,
)
from eureka_agent.llm.formed import Form
from eureka_agent.llm.http import http_client
from eureka_agent.llm.model import Message
from eureka_agent.llm.prices import Tokens
from eureka_agent.llm.quirks import Quirks
from eureka_agent.llm.wire import (
    CONNECT_TIMEOUT_S,
    Answer,
    Sampling,
    Timeouts,
    bound,
    count,
    json_object,
    mapping,
    plain,
)

_SMALLEST_CACHED_BYTES = 4096
"""A shorter system prompt is not marked for the prompt cache: services cache from about 1,024 tokens on."""
_FINISH: dict[str, Literal["stop", "length", "refusal"]] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}
_MOST_LESSONS = 4


class AnthropicWire:
    """One model of Anthropic, or behind an endpoint that speaks its messages.

    Replies are streamed, because the service closes connections that are silent for long. The system prompt
    is marked for the prompt cache: every request of a run begins with it. Thinking blocks are dropped.
    """

    def __init__(self, endpoint: Endpoint, sampling: Sampling, *, stream: bool = True) -> None:
        self.provider = endpoint.provider
        self.base_url = endpoint.base_url
        self.sampling = sampling
        self._stream = stream
        self._sdk = _sdk()
        self._errors = (self._sdk.AnthropicError, *http_errors(), AttemptFailed, ValueError)
        self._client = self._sdk.Anthropic(
            base_url=endpoint.base_url,
            api_key=endpoint.key() or "none",
            max_retries=0,
            http_client=http_client(self._sdk, endpoint.base_url),
        )
        self._quirks = Quirks(limit_field="max_tokens", stream=False, limit_fields=("max_tokens",))

    def ask(self, messages: Sequence[Message], timeouts: Timeouts, form: Form | None = None) -> Answer:
        """Send one request; see `Wire`. The service has neither grammars nor probabilities."""
        asked = request_of(messages)
        room: int | None = None
        said = ""
        for _ in range(_MOST_LESSONS):
            request = self._quirks.request(self.sampling, messages, room)
            try:
                answer = self._send(_for_sdk(request) | asked, timeouts)
            except self._errors as error:
                said = refusal_of_sdk(error, self._sdk)
                lesson = self._quirks.learn(said, request, messages)
                if lesson is None:
                    raise self._failed(error) from None
                room = lesson.room or room
            else:
                self._quirks.measured(messages, answer.tokens)
                return answer
        raise unteachable(said)

    def offered(self, timeout_s: float) -> list[str]:
        """Return the ids under `/v1/models`; see `Wire`."""
        try:
            answer = self._client.models.with_raw_response.list(limit=1000, timeout=self._patience(timeout_s))
            rows = json_object(answer.http_response.text, "").get("data")
        except self._errors:
            return []
        return sorted(str(mapping(row)["id"]) for row in rows or [] if mapping(row).get("id"))

    def _send(self, request: dict[str, Any], timeouts: Timeouts) -> Answer:
        messages, patience = self._client.messages, self._patience(timeouts.silence_s)
        if self._stream:
            with messages.create(**request, stream=True, timeout=patience) as events:
                bound(events.response, timeouts.total_s)
                return answer_of_events(plain(event) for event in events)
        with messages.with_streaming_response.create(**request, timeout=patience) as raw:
            bound(raw.http_response, timeouts.total_s)
            return answer_of(json_object(raw.text(), raw.headers.get("content-type", "")))

    def _patience(self, timeout_s: float) -> Any:
        """Return the SDK's timeout: `timeout_s` of silence, but not that long for a connection."""
        return self._sdk.Timeout(timeout_s, connect=min(timeout_s, CONNECT_TIMEOUT_S))

    def _failed(self, error: Exception) -> AttemptFailed:
        return AttemptFailed(failure_of_sdk(error, self._sdk, now=time.time()))


def request_of(messages: Sequence[Message]) -> dict[str, Any]:
    """Return turns and system prompt apart, as the wire wants them, the latter marked for the cache."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    turns = [{"role": m.role, "content": m.content} for m in messages if m.role != "system"]
    if not system:
        return {"messages": turns}
    block: dict[str, Any] = {"type": "text", "text": system}
    if len(system.encode()) >= _SMALLEST_CACHED_BYTES:
        block["cache_control"] = {"type": "ephemeral"}
    return {"system": [block], "messages": turns}


def _for_sdk(request: dict[str, Any]) -> dict[str, Any]:
    """Say the effort as this service does; pass on around the SDK what not every version of it knows."""
    extra = {name: request[name] for name in ("temperature",) if name in request}
    effort = request.get("reasoning_effort")
    if effort == "none":
        extra["thinking"] = {"type": "disabled"}
    elif effort is not None:
        extra["output_config"] = {"effort": effort}
    kept = {name: request[name] for name in request if name not in ("temperature", "reasoning_effort")}
    return kept | {"extra_body": extra} if extra else kept


def answer_of(body: Mapping[str, Any]) -> Answer:
    """Read a message; raises AttemptFailed where it is none."""
    if body.get("type") == "error":
        raise AttemptFailed(failure_of_status(200, body, "", headers={}, now=0.0))
    blocks = body.get("content")
    if not isinstance(blocks, list):
        raise garbage("the answer holds no content")
    texts = [
        str(mapping(block).get("text") or "") for block in blocks if mapping(block).get("type") == "text"
    ]
    return _answer("".join(texts), body.get("stop_reason"), body.get("model"), mapping(body.get("usage")))


def answer_of_events(events: Iterable[Mapping[str, Any]]) -> Answer:
    """Put a streamed message together; raises AttemptFailed where it ends before its end."""
    said: list[str] = []
    usage: dict[str, Any] = {}
    model, reason, ended = None, None, False
    for event in events:
        kind = event.get("type")
        if kind == "error":
            raise AttemptFailed(failure_of_status(200, event, "", headers={}, now=0.0))
        if kind == "message_start":
            message = mapping(event.get("message"))
            model = message.get("model")
            usage |= mapping(message.get("usage"))
        elif kind == "content_block_start":
            block = mapping(event.get("content_block"))
            said.append(str(block.get("text") or "") if block.get("type") == "text" else "")
        elif kind == "content_block_delta":
            delta = mapping(event.get("delta"))
            said.append(str(delta.get("text") or "") if delta.get("type") == "text_delta" else "")
        elif kind == "message_delta":
            reason = mapping(event.get("delta")).get("stop_reason") or reason
            usage |= {name: value for name, value in mapping(event.get("usage")).items() if value is not None}
        elif kind == "message_stop":
            ended = True
    if not ended:
        raise garbage("the stream broke off before the end of the reply")
    return _answer("".join(said), reason, model, usage)


def _answer(text: str, reason: object, model: object, usage: Mapping[str, Any]) -> Answer:
    return Answer(text, _FINISH.get(str(reason), "stop"), str(model or ""), _tokens(usage))


def _tokens(usage: Mapping[str, Any]) -> Tokens | None:
    if not isinstance(usage.get("input_tokens"), int):
        return None
    cached, written = (
        count(usage.get("cache_read_input_tokens")),
        count(usage.get("cache_creation_input_tokens")),
    )
    details = mapping(usage.get("output_tokens_details"))
    return Tokens(
        input=count(usage.get("input_tokens")) + cached + written,
        output=count(usage.get("output_tokens")),
        cached=cached,
        cache_write=written,
        thinking=count(details.get("thinking_tokens")),
    )


def _sdk() -> Any:
    try:
        import anthropic
    except ImportError:
        raise ModelError(
            "Anthropic's models need the package 'anthropic', which is not installed.",
            fix="pip install 'eureka-agent[anthropic]'",
        ) from None
    return anthropic
