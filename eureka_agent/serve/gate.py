"""Who may ask the dashboard for anything: whoever has its token, under its own name, from its own pages."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERYWHERE = ("0.0.0.0", "::", "[::]")
READS = ("GET", "HEAD")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""With every answer."""


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Door:
    """Where the dashboard listens, and the token that opens it."""

    host: str
    port: int
    token: str = field(default_factory=new_token, repr=False)

    @property
    def cookie(self) -> str:
        """Name of the cookie: browsers share cookies between the ports of a host."""
        return f"eureka_agent_{self.port}"

    @property
    def address(self) -> str:
        """What a person opens."""
        shown = "127.0.0.1" if self.host in EVERYWHERE else self.host
        return f"http://{_bracketed(shown)}:{self.port}/?token={self.token}"

    def names(self, host: str) -> bool:
        """Tell whether a request's Host header is one of ours: no other name leads here by right.

        A page of somebody else's name that is made to point here (DNS rebinding) is refused. Of a dashboard
        that listens everywhere any number with its port is one, which cannot be made to point elsewhere.
        """
        name, _, port = host.rpartition(":") if _has_port(host) else (host, "", "80")
        if port != str(self.port):
            return False
        known = name.lower() in (*LOOPBACK, _bracketed(self.host).lower())
        return known or (self.host in EVERYWHERE and _is_number(name))


class Gate:
    """Lets through what came to the right name with the token, and says no to everything else."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have the application answer it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # there are none here
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._refusal(scope, Headers(scope=scope))
        await (answer or self._app)(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Return the answer to who may not go on; None for who may."""
        host = headers.get("host", "")
        if not self._door.names(host):
            return _no("This dashboard does not answer to that name. Open the address that it printed.")
        if scope["method"] not in READS and not _is_ours(headers, host):
            return _no("Only the dashboard's own pages may send something to it.")
        if token := self._typed(scope):
            return self._welcome(scope) if self._is_token(token) else _no(_UNKNOWN)
        return None if self._is_token(self._brought(headers)) else _no(_UNKNOWN)

    def _welcome(self, scope: Scope) -> Response:
        """Exchange the token in an address for a cookie: addresses are seen, kept and shared.

        Browsers send it along where a link of another site leads here: looking changes nothing, and what
        changes something is refused unless it comes from our own pages.
        """
        answer = RedirectResponse(scope["path"] if scope["path"].startswith("/run/") else "/", 303)
        answer.set_cookie(self._door.cookie, self._door.token, httponly=True, samesite="lax", path="/")
        return answer

    def _typed(self, scope: Scope) -> str:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        return query["token"][0] if scope["method"] in READS and "token" in query else ""

    def _brought(self, headers: Headers) -> str:
        return cookie_parser(headers.get("cookie", "")).get(self._door.cookie, "")

    def _is_token(self, text: str) -> bool:
        return secrets.compare_digest(text.encode(errors="replace"), self._door.token.encode())


_UNKNOWN = (
    "This needs the dashboard's token. Open the address that `eureka-agent serve` printed when it began; "
    "another start has another token."
)


def _no(words: str) -> Response:
    return PlainTextResponse(f"{words}\n", 403)


def _is_ours(headers: Headers, host: str) -> bool:
    """Tell whether a request that changes something came from a page of this dashboard.

    Browsers say so themselves. Of a form without a script on a page that tells no referrer they call the
    origin `null`: then what they say of the site counts.
    """
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin"):
        return False
    origin = headers.get("origin", "null")
    return site == "same-origin" if origin == "null" else origin == f"http://{host}"


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            _add(MutableHeaders(scope=message), HEADERS.items())
        await send(message)

    return sending


def _add(headers: MutableHeaders, more: Iterable[tuple[str, str]]) -> None:
    for name, value in more:
        headers[name] = value


def _has_port(host: str) -> bool:
    return host.rpartition(":")[2].isdecimal() and not host.endswith("]")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
