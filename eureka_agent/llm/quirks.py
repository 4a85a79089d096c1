"""How a model wants to be asked, learnt from what it refuses."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eureka_agent.llm.context import Context, overflow_of, pieces_of
from eureka_agent.llm.model import Message
from eureka_agent.llm.prices import Tokens
from eureka_agent.llm.wire import Sampling

_LARGEST = re.compile(r"at most (\d+)|\d+ > (\d+)|less than or equal to (\d+)|maximum value (?:is|of) (\d+)")
_UNWANTED = (
    "unsupported", "not support", "unrecognized", "unexpected", "unknown", "not permitted", "deprecated",
    "extra inputs", "invalid", "instead", "only the default", "may not", "cannot", "not allowed",
)  # fmt: skip
_LONGEST = 10_000
_ALTERNATIVES = 20
"""Tokens told at each place of a reply; the most that OpenAI and vLLM give."""
_FEWER_ALTERNATIVES = re.compile(
    r"(?:at most|less than or equal to|<=|between 0 and|max(?:imum)?(?: value| allowed)?(?: is|:)?) ?(\d+)"
)
_NO_SYSTEM = re.compile(
    r"system (role|message|prompt)s?\W.*not (be )?support|not support\w*\W.*system"
    r"|only\W+user\W+and\W+assistant\W+roles|roles must alternate"
)
"""What the templates of Gemma and Mistral say, in the words of vLLM, llama.cpp, LM Studio and SGLang."""
_WANTS_STREAM = re.compile(r"only\s+supports?\s+stream|stream\w*\s.*(required|must)|must.*stream")


@dataclass(frozen=True)
class Adjustment:
    """What a refusal taught; `room` is how long this one reply may be, where the prompt leaves less."""

    room: int | None = None


class Quirks:
    """How requests are put, as far as the model takes them. Safe to use from several threads."""

    def __init__(
        self, *, limit_field: str, stream: bool, limit_fields: tuple[str, ...] | None = None
    ) -> None:
        self._limit_field = limit_field
        self._limit_fields = limit_fields or ("max_tokens", "max_completion_tokens")
        self._stream = stream
        self._dropped: set[str] = set()
        self._largest: int | None = None
        self._alternatives = _ALTERNATIVES
        self._context = Context()
        self._no_system = False
        self._lock = threading.Lock()

    def request(
        self,
        sampling: Sampling,
        messages: Sequence[Message],
        room: int | None = None,
        *,
        odds: bool = False,
    ) -> dict[str, Any]:
        """Return the parameters of a request but for its messages; `odds` asks for tokens' probabilities."""
        with self._lock:
            limits = (
                sampling.max_reply_tokens,
                self._largest,
                room or self._context.room(pieces_of(messages)),
            )
            limit = min(limit for limit in limits if limit is not None)
            request: dict[str, Any] = {"model": sampling.model, self._limit_field: limit}
            if sampling.temperature is not None:
                request["temperature"] = sampling.temperature
            if sampling.effort is not None:
                request["reasoning_effort"] = sampling.effort
            if odds and "logprobs" not in self._dropped:
                request |= {"logprobs": True, "top_logprobs": self._alternatives}
            if self._stream:
                request |= {"stream": True, "stream_options": {"include_usage": True}}
            return {name: value for name, value in request.items() if name not in self._dropped}

    def turns(self, messages: Sequence[Message]) -> list[dict[str, str]]:
        """Return the messages as they are sent; without a system role where the model's template has none."""
        with self._lock:
            put = _without_system(messages) if self._no_system else messages
        return [{"role": message.role, "content": message.content} for message in put]

    def measured(self, messages: Sequence[Message], tokens: Tokens | None) -> None:
        """Learn the model's tokenizer from a prompt that the service counted, if it did."""
        if tokens is not None:
            with self._lock:
                self._context.measured(pieces_of(messages), tokens.input)

    def learn(
        self, message: str, request: Mapping[str, Any], messages: Sequence[Message]
    ) -> Adjustment | None:
        """Learn from a refusal of `request`; None where it teaches nothing new."""
        said = message[:_LONGEST].lower()
        with self._lock:
            return (
                self._learn_room(said, request, messages)
                or self._learn_largest(said, request)
                or self._learn_limit_field(said, request)
                or self._learn_alternatives(said, request)
                or self._learn_to_drop(said, request)
                or self._learn_to_stream(said, request)
                or self._learn_roles(said, messages)
                or self._learn_to_ask_without_odds(said, request)
            )

    def _learn_room(
        self, said: str, request: Mapping[str, Any], messages: Sequence[Message]
    ) -> Adjustment | None:
        """Learn how long a reply may be beside this prompt."""
        room = self._context.learn(said, asked=self._asked(request), pieces=pieces_of(messages))
        return None if room is None else Adjustment(room)

    def _learn_largest(self, said: str, request: Mapping[str, Any]) -> Adjustment | None:
        """Learn how long any reply of this model may be."""
        largest = None if overflow_of(said) else _LARGEST.search(said)
        if largest is None or not any(name in said for name in (*self._limit_fields, "completion tokens")):
            return None
        allowed = int(next(group for group in largest.groups() if group))
        if not 0 < allowed < self._asked(request):
            return None
        self._largest = allowed
        return Adjustment()

    def _asked(self, request: Mapping[str, Any]) -> int:
        return next((request[name] for name in self._limit_fields if name in request), 0)

    def _learn_limit_field(self, said: str, request: Mapping[str, Any]) -> Adjustment | None:
        sent = next((name for name in self._limit_fields if name in request), None)
        other = next((name for name in self._limit_fields if name != sent), None)
        if sent is None or other is None or not re.search(rf"\b{sent}\b", said) or not _unwanted(said):
            return None
        self._limit_field = other
        return Adjustment()

    def _learn_alternatives(self, said: str, request: Mapping[str, Any]) -> Adjustment | None:
        """Learn of how many tokens probabilities are told, or that none are, in whatever words."""
        if "logprobs" not in request or "logprob" not in said:
            return None
        fewer = _FEWER_ALTERNATIVES.search(said)
        if fewer and 0 < int(fewer[1]) < request["top_logprobs"]:
            self._alternatives = int(fewer[1])
        else:
            self._dropped.add("logprobs")
        return Adjustment()

    def _learn_to_ask_without_odds(self, said: str, request: Mapping[str, Any]) -> Adjustment | None:
        """Take a refusal in words that nobody knows for one of what is asked for least of all."""
        if not said or "logprobs" not in request:
            return None
        self._dropped.add("logprobs")
        return Adjustment()

    def _learn_to_drop(self, said: str, request: Mapping[str, Any]) -> Adjustment | None:
        for name in ("temperature", "stream_options"):
            if name in request and name in said and _unwanted(said):
                self._dropped.add(name)
                return Adjustment()
        return None

    def _learn_to_stream(self, said: str, request: Mapping[str, Any]) -> Adjustment | None:
        if request.get("stream") or not _WANTS_STREAM.search(said):
            return None
        self._stream = True
        return Adjustment()

    def _learn_roles(self, said: str, messages: Sequence[Message]) -> Adjustment | None:
        system = len({message.role for message in messages} & {"system", "user"}) == 2
        if self._no_system or not system or not _NO_SYSTEM.search(said):
            return None
        self._no_system = True
        return Adjustment()


def _without_system(messages: Sequence[Message]) -> list[Message]:
    """Put what the system role says before the first message of the user."""
    system = [message.content for message in messages if message.role == "system"]
    first, *others = [message for message in messages if message.role != "system"]
    return [Message(first.role, "\n\n".join([*system, first.content])), *others]


def _unwanted(said: str) -> bool:
    return any(word in said for word in _UNWANTED)
