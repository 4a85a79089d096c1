"""The wire of OpenAI's chat completions, spoken by OpenAI, Azure, OpenRouter, vLLM, Ollama and llama.cpp."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

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
from eureka_agent.llm.formed import Form, TokenOdds
from eureka_agent.llm.http import http_client
from eureka_agent.llm.model import Message
from eureka_agent.llm.odds import odds_in
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

_REFUSING = ("content_filter", "content_policy_violation", "responsibleai")
_MOST_LESSONS = 6
"""How often one request may teach how the model wants to be asked."""


class OpenAIWire:
    """One model behind an endpoint that speaks chat completions.

    How the model wants to be asked (which parameter limits the reply, no temperature, streaming only) is
    learnt from its refusals and remembered. Hidden thinking in `reasoning_content` is not part of the reply.
    """

    def __init__(self, endpoint: Endpoint, sampling: Sampling, *, stream: bool = False) -> None:
        self.provider = endpoint.provider
        self.base_url = endpoint.base_url
        self.sampling = sampling
        self._sdk = _sdk()
        self._errors = (self._sdk.OpenAIError, *http_errors(), AttemptFailed, ValueError)
        self._client = _client(self._sdk, endpoint)
        newer = endpoint.official
        self._quirks = Quirks(limit_field="max_completion_tokens" if newer else "max_tokens", stream=stream)

    def ask(self, messages: Sequence[Message], timeouts: Timeouts, form: Form | None = None) -> Answer:
        """Send one request; see `Wire`."""
        form = form or Form()
        room: int | None = None
        said = ""
        for _ in range(_MOST_LESSONS):
            request = self._quirks.request(self.sampling, messages, room, odds=form.odds)
            try:
                answer = self._send(
                    request | {"messages": self._quirks.turns(messages)} | self._held(form), timeouts
                )
            except self._errors as error:
                if _is_refusal(error):
                    return Answer("", "refusal", self.sampling.model, None)
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
        """Return the ids under `/models`; see `Wire`."""
        try:
            answer = self._client.models.with_raw_response.list(timeout=self._patience(timeout_s))
            rows = json_object(answer.http_response.text, "").get("data")
        except self._errors:
            return []
        return sorted(str(mapping(row)["id"]) for row in rows or [] if mapping(row).get("id"))

    def _send(self, request: dict[str, Any], timeouts: Timeouts) -> Answer:
        completions, patience = self._client.chat.completions, self._patience(timeouts.silence_s)
        if request.get("stream"):
            with completions.create(**request, timeout=patience) as chunks:
                bound(chunks.response, timeouts.total_s)
                return answer_of_chunks(plain(chunk) for chunk in chunks)
        with completions.with_streaming_response.create(**request, timeout=patience) as raw:
            bound(raw.http_response, timeouts.total_s)
            return answer_of(json_object(raw.text(), raw.headers.get("content-type", "")))

    def _held(self, form: Form) -> dict[str, Any]:
        """Return the grammar that the reply is held to, that of the request before that of all."""
        grammar = (form.grammar if self.sampling.holds_forms else "") or self.sampling.grammar
        return {"extra_body": {"grammar": grammar}} if grammar is not None else {}

    def _patience(self, timeout_s: float) -> Any:
        """Return the SDK's timeout: `timeout_s` of silence, but not that long for a connection."""
        return self._sdk.Timeout(timeout_s, connect=min(timeout_s, CONNECT_TIMEOUT_S))

    def _failed(self, error: Exception) -> AttemptFailed:
        return AttemptFailed(failure_of_sdk(error, self._sdk, now=time.time()))


def answer_of(body: Mapping[str, Any]) -> Answer:
    """Read a chat completion; raises AttemptFailed where it is none."""
    if body.get("error") and not body.get("choices"):
        raise AttemptFailed(failure_of_status(200, body, "", headers={}, now=0.0))
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices:
        raise garbage("the answer holds no choices")
    choice = mapping(choices[0])
    message = mapping(choice.get("message"))
    said = _Said(
        [_text(message.get("content"))], [_text(message.get("refusal"))], [_thinking(message)],
        list(odds_in(choice)),
    )  # fmt: skip
    finish = str(choice.get("finish_reason") or "stop")
    return _answer(said, finish, str(body.get("model") or ""), body.get("usage"))


def answer_of_chunks(chunks: Iterable[Mapping[str, Any]]) -> Answer:
    """Put a streamed chat completion together; raises AttemptFailed where it ends before its end."""
    said = _Said([], [], [], [])
    finish, model, usage = "", "", None
    for chunk in chunks:
        if chunk.get("error"):
            raise AttemptFailed(failure_of_status(200, chunk, "", headers={}, now=0.0))
        model = str(chunk.get("model") or model)
        usage = chunk.get("usage") or usage
        for choice in chunk.get("choices") or []:
            delta = mapping(mapping(choice).get("delta"))
            said.text.append(_text(delta.get("content")))
            said.declined.append(_text(delta.get("refusal")))
            said.thinking.append(_thinking(delta))
            said.odds.extend(odds_in(mapping(choice)))
            finish = str(choice.get("finish_reason") or finish)
    if not finish:
        raise garbage("the stream broke off before the end of the reply")
    return _answer(said, finish, model, usage)


class _Said(NamedTuple):
    """The pieces of a message, each in its order."""

    text: list[str]
    declined: list[str]
    thinking: list[str]
    odds: list[TokenOdds]


def _answer(said: _Said, finish: str, model: str, usage: object) -> Answer:
    text, declined, thinking = ("".join(pieces) for pieces in (said.text, said.declined, said.thinking))
    kind: Literal["stop", "length", "refusal"] = "stop"
    if finish == "length":
        kind = "length"
    elif finish == "content_filter" or (declined and not text):
        kind = "refusal"
    only_thinking = bool(thinking.strip()) and not (text or declined).strip()
    return Answer(text or declined, kind, model, _tokens(usage), only_thinking, tuple(said.odds))


def _tokens(usage: object) -> Tokens | None:
    found = mapping(usage)
    if not isinstance(found.get("prompt_tokens"), int):
        return None
    read, written = (
        mapping(found.get("prompt_tokens_details")),
        mapping(found.get("completion_tokens_details")),
    )
    return Tokens(
        input=count(found.get("prompt_tokens")),
        output=count(found.get("completion_tokens")),
        cached=count(read.get("cached_tokens")),
        cache_write=count(read.get("cache_write_tokens")),
        thinking=count(written.get("reasoning_tokens")),
    )


def _thinking(message: Mapping[str, Any]) -> str:
    """Return the hidden thinking that a server keeps apart, by the name that it has there."""
    return _text(message.get("reasoning_content")) or _text(message.get("reasoning"))


def _text(content: object) -> str:
    """Return the text of a message: one string, or a list of parts of which some are text."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = [
        mapping(part).get("text") for part in content if mapping(part).get("type") in ("text", "output_text")
    ]
    return "".join(text for text in texts if isinstance(text, str))


def _is_refusal(error: Exception) -> bool:
    """Whether the service's filter refused the prompt itself (Azure says so with status 400)."""
    told = f"{getattr(error, 'code', '')} {getattr(error, 'body', '')}".lower()
    return getattr(error, "status_code", 0) == 400 and any(word in told for word in _REFUSING)


def _sdk() -> Any:
    try:
        import openai
    except ImportError:
        raise ModelError(
            "Models behind OpenAI's interface need the package 'openai', which is not installed.",
            fix="pip install 'eureka-agent[openai]'",
        ) from None
    return openai


def _client(sdk: Any, endpoint: Endpoint) -> Any:
    if endpoint.provider == "azure":
        return sdk.AzureOpenAI(
            azure_endpoint=endpoint.base_url,
            api_version=endpoint.api_version,
            api_key=endpoint.key(),
            max_retries=0,
            http_client=http_client(sdk, endpoint.base_url),
        )
    return sdk.OpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.key() or "none",
        max_retries=0,
        http_client=http_client(sdk, endpoint.base_url),
    )
