"""What went wrong with a request, in kinds that decide whether it is worth another attempt."""

from __future__ import annotations

import email.utils
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

from eureka_agent.llm.context import overflow_of

Kind = Literal[
    "key", "permission", "model", "quota", "context", "request", "busy", "server", "connection", "dropped",
    "timeout", "garbage",
]  # fmt: skip

TRANSIENT: frozenset[Kind] = frozenset({"busy", "server", "connection", "dropped", "timeout", "garbage"})
"""Kinds after which the same request may succeed."""
LOST: frozenset[Kind] = frozenset({"dropped", "timeout", "garbage"})
"""Kinds after which the service may have answered, and billed, what did not arrive."""

_BY_STATUS: dict[int, Kind] = {
    401: "key",
    402: "quota",
    403: "permission",
    404: "model",
    408: "busy",
    409: "busy",
}
_NO_QUOTA = (
    "insufficient_quota", "credit balance", "billing_hard_limit", "billing_not_active", "spend_limit_reached",
)  # fmt: skip
_NO_MODEL = ("model_not_found", "model not found", "does not exist", "unknown model", "invalid model")
_BY_TYPE: dict[str, Kind] = {
    "overloaded_error": "busy", "rate_limit_error": "busy", "timeout_error": "busy", "api_error": "server",
    "server_error": "server", "authentication_error": "key", "permission_error": "permission",
    "billing_error": "quota", "not_found_error": "model", "invalid_request_error": "request",
}  # fmt: skip
_REFUSED = (400, 413, 422, 500)
"""Statuses with which servers refuse what is in a request."""
_LONGEST_MESSAGE = 400


@dataclass(frozen=True)
class Failure:
    """One attempt that brought no reply."""

    kind: Kind
    what: str
    """What the service said, whole (it may repeat the key), or what happened to the connection."""
    retry_after_s: float | None = None
    """How long the service wants to be left alone."""
    lost: bool = False
    """True where the attempt may have been billed."""

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed later."""
        return self.kind in TRANSIENT


class AttemptFailed(Exception):  # noqa: N818 - one attempt; the request may still succeed
    """Raised by a wire when an attempt brought no reply."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.what)
        self.failure = failure


def garbage(what: str) -> AttemptFailed:
    """Return the failure of a reply that cannot be read."""
    return AttemptFailed(Failure("garbage", what, lost=True))


def failure_of_sdk(error: Any, sdk: ModuleType, *, now: float) -> Failure:
    """Classify an exception of one of the vendors' SDKs, of their HTTP library, or from reading a stream.

    `now` is the wall clock, for `Retry-After` dates.
    """
    if isinstance(error, AttemptFailed):
        return error.failure
    if isinstance(error, ValueError):  # the SDKs let it out where a stream holds no JSON
        return Failure("garbage", "the stream cannot be read: it holds no JSON", lost=True)
    if isinstance(error, sdk.APIStatusError):
        response: Any = error.response
        return failure_of_status(
            int(response.status_code), error.body, str(error.message), headers=response.headers, now=now
        )
    if isinstance(error, sdk.APITimeoutError):
        return _transport_failure(error.__cause__ or error, timeout=True)
    if isinstance(error, sdk.APIConnectionError):
        return _transport_failure(error.__cause__ or error, timeout=False)
    if isinstance(error, sdk.APIError):  # an error that came inside a stream
        return failure_of_status(200, error.body, str(error.message), headers={}, now=now)
    if isinstance(error, http_errors()):
        return _transport_failure(error, timeout="Timeout" in type(error).__name__)
    return Failure("request", str(error) or type(error).__name__)


def refusal_of_sdk(error: Exception, sdk: ModuleType) -> str:
    """Return what a service said of a request that it refused for what is in it; empty for other failures.

    Some send the refusal with status 500, inside a stream, or as the body of a good answer.
    """
    if isinstance(error, AttemptFailed):
        return error.failure.what if error.failure.kind in ("request", "context") else ""
    if isinstance(error, sdk.APIStatusError):
        return str(error) if error.status_code in _REFUSED else ""  # type: ignore[attr-defined]
    connection = isinstance(error, sdk.APIConnectionError)
    return str(error) if isinstance(error, sdk.APIError) and not connection else ""


def unteachable(said: str) -> AttemptFailed:
    """Return the failure of a request that was put in many ways, and refused in all."""
    return AttemptFailed(Failure("request", f"it refuses the request in ever new ways, at last with: {said}"))


def failure_of_status(
    status: int, body: object, message: str, *, headers: Mapping[str, str], now: float
) -> Failure:
    """Classify an HTTP answer that is an error; status 200 stands for an error inside a stream or a body."""
    details = _details(body)
    said = str(details.get("message") or message or f"HTTP status {status}")
    words = f"{details.get('code')} {details.get('type')} {details.get('details')} {said}".lower()
    code = details.get("code")
    inner = code if isinstance(code, int) and 400 <= code < 600 else status
    if any(word in words for word in _NO_QUOTA):
        kind: Kind = "quota"
    elif inner in _BY_STATUS:
        kind = _BY_STATUS[inner]
    elif inner == 429:
        kind = "busy"
    elif overflow_of(f"{words} {body}"):
        kind = "context"
    elif inner >= 500:
        kind = "server"
    elif inner == 400 and any(word in words for word in _NO_MODEL):
        kind = "model"
    elif status == 200:
        kind = _BY_TYPE.get(str(details.get("type")), "server")
    else:
        kind = "request"
    what = said if status == 200 else f"HTTP {status}: {said}"
    return Failure(kind, what, retry_after(headers, now=now), lost=status == 200)


def retry_after(headers: Mapping[str, str], *, now: float) -> float | None:
    """Return the seconds that `Retry-After` asks for: given in seconds, milliseconds or as an HTTP date."""
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    if value is None:
        return None
    if (seconds := _number(value)) is not None:
        return seconds
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - now)
    except ValueError:
        return None


def http_errors() -> tuple[type[Exception], ...]:
    """Return the errors of the HTTP libraries under the SDKs; which one it is depends on their version."""
    found: list[type[Exception]] = []
    for name in ("httpx2", "httpx"):
        try:
            found.append(importlib.import_module(name).HTTPError)
        except ImportError:
            continue
    return tuple(found)


def shortened(text: str) -> str:
    """Return a service's message in one line that fits an error."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"


def _transport_failure(error: BaseException, *, timeout: bool) -> Failure:
    name = type(error).__name__
    said = str(error) or name
    if name in ("ConnectError", "ConnectTimeout", "UnsupportedProtocol", "LocalProtocolError", "PoolTimeout"):
        return Failure("connection", f"no connection: {said}")
    if timeout:
        return Failure("timeout", "no whole answer in time", lost=True)
    return Failure("dropped", f"the connection broke: {said}", lost=True)


def _details(body: object) -> Mapping[str, Any]:
    """Return the innermost error object of a body: services wrap it once, twice or not at all."""
    found = body
    for _ in range(2):
        if isinstance(found, Mapping) and isinstance(found.get("error"), Mapping):
            found = found["error"]
    if isinstance(found, str):
        inner = _object_in(found)
        return _details(inner) if inner else {"message": found}
    if not isinstance(found, Mapping):
        return {}
    said = found.get("message") or found.get("error") or _complaints(found.get("detail")) or found.get("msg")
    return {**found, "message": _with_cause(said, found.get("metadata"))}


def _object_in(text: str) -> Mapping[str, Any]:
    """Return the object that Ollama passes on as a text, from the server behind it; empty for words."""
    try:
        found = json.loads(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _complaints(detail: object) -> str:
    """Return FastAPI's complaints, each with the place it is about: `body.messages: Field required`."""
    if not isinstance(detail, list):
        return str(detail or "")
    rows = [row if isinstance(row, Mapping) else {"msg": row} for row in detail]
    return "; ".join(": ".join(_place_and_words(row)) for row in rows)


def _place_and_words(row: Mapping[str, Any]) -> list[str]:
    place = row.get("loc")
    where = ".".join(map(str, place)) if isinstance(place, list | tuple) else ""
    return [part for part in (where, str(row.get("msg") or row)) if part]


def _with_cause(said: object, metadata: object) -> object:
    """Add what the provider behind a router said: `Provider returned error` alone explains nothing."""
    raw = metadata.get("raw") if isinstance(metadata, Mapping) else None
    return f"{said}: {raw}" if said and isinstance(raw, str) and raw else said


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None else None
    except ValueError:
        return None
    return value if value is not None and 0 <= value < 1e9 else None
