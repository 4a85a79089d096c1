"""What one request asks of the form of its reply, of models that can be held to one; see `formed`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from eureka_agent.llm.model import LanguageModel, Message, Reply


@dataclass(frozen=True)
class Form:
    """What a request asks beside its messages. A model that cannot give it answers as ever."""

    grammar: str = ""
    """What the reply must look like, in llama.cpp's GBNF; only models on this machine are held to it."""
    odds: bool = False
    """Whether the probabilities of the reply's tokens are wanted."""


@dataclass(frozen=True)
class TokenOdds:
    """One token of a reply, and what might have stood in its place."""

    text: str
    alternatives: tuple[tuple[str, float], ...]
    """Tokens with their log-probabilities, the one that was said among them."""


@dataclass(frozen=True)
class FormedReply:
    """A reply with what only some models tell of it; it goes into no log, which keeps the reply alone."""

    reply: Reply
    odds: tuple[TokenOdds, ...] = ()
    """Of the tokens of the whole reply, in order, hidden thinking perhaps included; empty where unknown."""


@runtime_checkable
class TakesForm(Protocol):
    """A model that may be held to a form, or wraps one that may."""

    def reply_in_form(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
    ) -> FormedReply:
        """Answer one request as `LanguageModel.reply` does, in a form as far as that is possible."""
        ...


def formed(
    model: LanguageModel, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
) -> FormedReply:
    """Ask `model`, in a form if it takes one."""
    if isinstance(model, TakesForm):
        return model.reply_in_form(key, messages, stop, form)
    return FormedReply(model.reply(key, messages, stop))
