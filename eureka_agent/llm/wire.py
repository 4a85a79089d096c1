"""The seam to a service: messages out, one answer in, whatever its wire format."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from eureka_agent.llm.failures import garbage
from eureka_agent.llm.formed import Form, TokenOdds
from eureka_agent.llm.model import Message
from eureka_agent.llm.prices import Tokens

CONNECT_TIMEOUT_S = 15.0
"""Seconds after which an address that does not even accept a connection is taken as down."""


@dataclass(frozen=True)
class Sampling:
    """What is asked of a model besides the messages."""

    model: str
    """The service's own name of it."""
    max_reply_tokens: int
    """Most tokens of a reply, hidden thinking included."""
    temperature: float | None = None
    """None leaves it to the service."""
    effort: str | None = None
    """How much a reasoning model thinks, in the service's own word; None leaves it to the service."""
    grammar: str | None = None
    """What every reply must look like, in llama.cpp's GBNF, for servers that can hold a model to it."""
    holds_forms: bool = False
    """Whether the server takes a grammar with a request: where it does not know the word, it may refuse."""


@dataclass(frozen=True)
class Timeouts:
    """How long one attempt may take, in seconds."""

    silence_s: float
    """Without a byte."""
    total_s: float
    """From the request to the last byte."""


@dataclass(frozen=True)
class Answer:
    """What a service replied."""

    text: str
    """What was said; hidden thinking that the service keeps apart is not part of it."""
    finish: Literal["stop", "length", "refusal"]
    model: str
    """The model that answered, as the service calls it; empty if it does not say."""
    tokens: Tokens | None
    """None where the service does not count."""
    only_thinking: bool = False
    """Whether the service sent hidden thinking and not a word else."""
    odds: tuple[TokenOdds, ...] = ()
    """Of its tokens, where they were asked for and the service tells them."""


class Wire(Protocol):
    """One service in one wire format. Safe to use from several threads."""

    provider: str
    base_url: str
    sampling: Sampling

    def ask(self, messages: Sequence[Message], timeouts: Timeouts, form: Form | None = None) -> Answer:
        """Send one request; raises AttemptFailed. What the service cannot give of `form` is left out."""
        ...

    def offered(self, timeout_s: float) -> list[str]:
        """Return the models that the service offers, or an empty list if it does not say."""
        ...


def bound(response: Any, total_s: float, *, clock: Callable[[], float] = time.monotonic) -> None:
    """Make an HTTP response of which nothing was read yet raise ReadTimeout once `total_s` are over.

    The HTTP libraries' own timeout starts anew with every byte, so that a service that drips would never end.
    """
    library = importlib.import_module(type(response).__module__.partition(".")[0])
    end = clock() + total_s
    whole = response.stream

    class Bounded(library.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for chunk in whole:
                yield chunk
                if clock() > end:
                    raise library.ReadTimeout(f"the reply was not whole after {total_s:.0f} s")

        def close(self) -> None:
            whole.close()

    response.stream = Bounded()


def json_object(text: str, content_type: str) -> Mapping[str, Any]:
    """Parse a body; raises AttemptFailed where it is no JSON object, whatever its content type claims."""
    try:
        data = json.loads(text)
    except ValueError:
        raise garbage(f"the answer is no JSON ({content_type or 'no content type'}): {text!r}") from None
    if not isinstance(data, Mapping):
        raise garbage(f"the answer is a JSON {type(data).__name__}, not an object")
    return data


def mapping(value: object) -> Mapping[str, Any]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def plain(event: Any) -> Mapping[str, Any]:
    """Return an event of an SDK's stream as it came; empty where it is no object."""
    to_dict = getattr(
        event, "to_dict", None
    )  # what the SDKs could not make a model of, they hand on as it is
    return mapping(to_dict()) if callable(to_dict) else mapping(event)


def count(value: object) -> int:
    """Return a number of tokens; 0 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
