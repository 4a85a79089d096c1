"""How a model wants to be asked, learnt from what it refuses."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eureka_agent.llm.wire import Sampling

_LARGEST = re.compile(r"at most (\d+)|\d+ > (\d+)|less than or equal to (\d+)|maximum value (?:is|of) (\d+)")
_CONTEXT = re.compile(r"context (?:length|size|window) (?:is|of) (\d+)")
_PROMPT = re.compile(r"(\d+) (?:in the messages|input tokens|prompt tokens)|has (\d+) input tokens")
_LEAST_ROOM = 256
_MARGIN = 16
_UNWANTED = (
    "unsupported", "not support", "unrecognized", "unexpected", "unknown", "not permitted", "deprecated",
    "extra inputs", "invalid", "instead", "only the default", "may not", "cannot", "not allowed",
)  # fmt: skip
_WANTS_STREAM = re.compile(r"only\s+supports?\s+stream|stream\w*\s.*(required|must)|must.*stream")


@dataclass(frozen=True)
class Adjustment:
    """What a refusal taught; `room` is how long this one reply may be, where the prompt leaves less."""

    room: int | None = None


class Quirks:
    """The parameters of a request, as far as the model takes them. Safe to use from several threads."""

    def __init__(
        self, *, limit_field: str, stream: bool, limit_fields: tuple[str, ...] | None = None
    ) -> None:
        self._limit_field = limit_field
        self._limit_fields = limit_fields or ("max_tokens", "max_completion_tokens")
        self._stream = stream
        self._dropped: set[str] = set()
        self._largest: int | None = None
        self._lock = threading.Lock()

    def request(self, sampling: Sampling, room: int | None = None) -> dict[str, Any]:
        """Return the parameters of a request but for its messages."""
        with self._lock:
            limits = [sampling.max_reply_tokens, *(n for n in (self._largest, room) if n is not None)]
            request: dict[str, Any] = {"model": sampling.model, self._limit_field: min(limits)}
            if sampling.temperature is not None:
                request["temperature"] = sampling.temperature
            if sampling.effort is not None:
                request["reasoning_effort"] = sampling.effort
            if self._stream:
                request |= {"stream": True, "stream_options": {"include_usage": True}}
            return {name: value for name, value in request.items() if name not in self._dropped}

    def learn(self, message: str, request: Mapping[str, Any]) -> Adjustment | None:
        """Learn from a refusal of `request`; None where it teaches nothing new."""
        said = message.lower()
        with self._lock:
            return (
                self._learn_room(said, request)
                or self._learn_limit_field(said, request)
                or self._learn_to_drop(said, request)
                or self._learn_to_stream(said, request)
            )

    def _learn_room(self, said: str, request: Mapping[str, Any]) -> Adjustment | None:
        """Learn how long a reply may be at most: of this model, or beside this prompt."""
        asked = next((request[name] for name in self._limit_fields if name in request), 0)
        context, prompt = _CONTEXT.search(said), _PROMPT.search(said)
        if context and prompt:
            room = int(context[1]) - int(prompt[1] or prompt[2]) - _MARGIN
            return Adjustment(room) if _LEAST_ROOM <= room < asked else None
        largest = _LARGEST.search(said)
        if largest is None or not any(name in said for name in (*self._limit_fields, "completion tokens")):
            return None
        allowed = int(next(group for group in largest.groups() if group))
        if not 0 < allowed < asked:
            return None
        self._largest = allowed
        return Adjustment()

    def _learn_limit_field(self, said: str, request: Mapping[str, Any]) -> Adjustment | None:
        sent = next((name for name in self._limit_fields if name in request), None)
        other = next((name for name in self._limit_fields if name != sent), None)
        if sent is None or other is None or not re.search(rf"\b{sent}\b", said) or not _unwanted(said):
            return None
        self._limit_field = other
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


def _unwanted(said: str) -> bool:
    return any(word in said for word in _UNWANTED)
