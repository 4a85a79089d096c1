"""The seam to a language model: messages in, a reply with usage and cost out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from eureka_agent.errors import ModelError
from eureka_agent.store.records import Reply, Usage

__all__ = ["LanguageModel", "Message", "Priced", "Reply", "UnansweredError", "Usage", "worst_case_usd"]


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class LanguageModel(Protocol):
    """A hosted model, a local one, a person or another program, a recording."""

    name: str
    max_parallel: int
    """How many requests may wait side by side."""

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Answer one request.

        `key` is the text of a `RequestKey` (`"1-03/turn0"`) and the same after a restart; n samples are
        n keys. Raises ModelError when there will be no answer, or when `stop` was set while waiting.
        """
        ...


@runtime_checkable
class Priced(Protocol):
    """A model that costs money, or may."""

    def worst_case_usd(self, key: str, messages: Sequence[Message]) -> float | None:
        """Return what the request can cost at most; None where the price is unknown."""
        ...


def worst_case_usd(model: LanguageModel, key: str, messages: Sequence[Message]) -> float | None:
    """Return what a request to `model` can cost at most: 0.0 for those that cost nothing, None if unknown."""
    return model.worst_case_usd(key, messages) if isinstance(model, Priced) else 0.0


class UnansweredError(ModelError):
    """A request that got no reply. `lost` of its attempts may have been billed all the same."""

    def __init__(self, what: str, *, allowed: str = "", fix: str = "", lost: int = 0) -> None:
        super().__init__(what, allowed=allowed, fix=fix)
        self.lost = lost
