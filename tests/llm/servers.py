"""Services on the loopback that speak the real wire formats, and fail as the real ones do.

The bodies follow the documented schemas: OpenAI's chat completions (plain and as server-sent events) and
Anthropic's messages (the same). A fault is a name from `FAULTS`; each request takes the next of the service's
list, and is answered well when the list is at its end.
"""

from __future__ import annotations

import email.utils
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]
SLOW_S = 1.2
FAULTS = (
    "429", "429 seconds", "429 milliseconds", "429 date", "429 spent", "408", "409", "500", "503", "529",
    "reset", "cut", "garbage", "html", "empty object", "slow", "drip", "length", "filter", "empty",
    "odd type", "401", "403", "402",
)  # fmt: skip
WHOLE = ("ok", "length", "filter", "empty")
"""Ways to answer with a whole reply."""
STATUSES = (400, 401, 402, 403, 404, 408, 409, 429, 500, 503, 529)
MODELS = ("big-model-2", "small-model-1")
_ANTHROPIC_ERRORS = {
    401: "authentication_error", 402: "billing_error", 403: "permission_error", 404: "not_found_error",
    408: "timeout_error", 429: "rate_limit_error", 529: "overloaded_error",
}  # fmt: skip


class Service:
    """One service: what it was asked, and how often it delivered a whole reply."""

    def __init__(
        self, dialect: str, faults: Iterable[str] = (), *, say: Callable[[Body], str] = lambda _: "hello"
    ) -> None:
        self.dialect = dialect
        self.say = say
        self.requests: list[tuple[str, dict[str, str], Body]] = []
        self.delivered: list[str] = []
        """The conversations that got a whole reply, in order."""
        self.refuse: Callable[[Body], str | None] = lambda _: None
        """Says why a request is refused with status 400, if it is."""
        self.key = ""
        """The only key that is accepted; empty accepts all."""
        self.echo = ""
        """What every error message repeats."""
        self.odds: Callable[[str], list[Body]] | None = None
        """The tokens of a reply with their probabilities, in the words of the dialect; None tells nothing."""
        self._faults = list(faults)
        self._lock = threading.Lock()
        self.slow_s = SLOW_S
        """Seconds of silence of a slow reply."""
        self.base_url = ""

    def take(self, path: str, headers: dict[str, str], body: Body) -> str:
        """Note a request and return the fault that it meets, or `ok`."""
        with self._lock:
            self.requests.append((path, headers, body))
            if self.key and self.key not in (
                headers.get("authorization", "") + headers.get("x-api-key", "") + headers.get("api-key", "")
            ):
                return "401"
            if body and body.get("model") not in MODELS:
                return "404"
            return self._faults.pop(0) if self._faults and body else "ok"

    def completion(self, body: Body, fault: str) -> Body:
        """Return a whole reply in the service's dialect."""
        text = "" if fault in ("empty", "filter") else self.say(body)
        text = text[: len(text) // 2] if fault == "length" else text
        reply = (_openai_reply if self.dialect == "openai" else _anthropic_reply)(body, text, fault)
        if self.odds is not None and body.get("logprobs"):
            reply["choices"][0]["logprobs"] = {"content": self.odds(text), "refusal": None}
        return reply

    def events(self, body: Body, fault: str) -> Iterator[bytes]:
        """Yield a whole reply as server-sent events."""
        reply = self.completion(body, fault)
        events = (_openai_events if self.dialect == "openai" else _anthropic_events)(reply)
        yield from events

    def models(self) -> Body:
        """Return the list of models in the service's dialect."""
        if self.dialect == "openai":
            rows = [{"id": name, "object": "model", "created": 1, "owned_by": "us"} for name in MODELS]
            return {"object": "list", "data": rows}
        rows = [
            {
                "id": name,
                "type": "model",
                "display_name": name,
                "lifecycle": "active",
                "created_at": "2026-10-01T00:00:00Z",
            }
            for name in MODELS
        ]
        return {"data": rows, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]}

    def error(self, status: int, *, spent: bool = False) -> Body:
        """Return an error body in the service's dialect; `spent` if it is because the money is used up."""
        message = f"It went wrong with status {status}. {self.echo}".strip()
        if status == 404:
            message = "The model does not exist."
        if self.dialect == "openai":
            kind = "server_error" if status >= 500 else "invalid_request_error"
            code = "model_not_found" if status == 404 else "insufficient_quota" if spent else None
            return {"error": {"message": message, "type": kind, "param": None, "code": code}}
        kind = _ANTHROPIC_ERRORS.get(status, "api_error" if status >= 500 else "invalid_request_error")
        details = {"details": {"error_code": "enforced_spend_limit_reached"}} if spent else {}
        return {"type": "error", "error": {"type": kind, "message": message, **details}}


@contextmanager
def serving(service: Service) -> Iterator[Service]:
    """Serve `service` on a free port while the block runs."""

    class Handler(_Handler):
        pass

    Handler.service = service
    server = _QuietServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    root = f"http://127.0.0.1:{server.server_address[1]}"
    service.base_url = f"{root}/v1" if service.dialect == "openai" else root
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


def closed_port() -> int:
    """Return a port on which nothing listens, nor ever will: it stays taken."""
    probe = socket.socket()
    probe.bind(("127.0.0.1", 0))
    _TAKEN.append(probe)
    return probe.getsockname()[1]


_TAKEN: list[socket.socket] = []


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients hang up on purpose


class _Handler(BaseHTTPRequestHandler):
    service: Service
    protocol_version = "HTTP/1.0"  # a connection a request, so that a service that ends is really gone

    def do_GET(self) -> None:
        self.service.take(self.path, self._headers(), {})
        self._send(200, self.service.models())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        fault = self.service.take(self.path, self._headers(), body)
        if fault[:3].isdigit():
            error = self.service.error(int(fault[:3]), spent=fault.endswith("spent"))
            self._send(int(fault[:3]), error, _waits(fault))
        elif (why := self.service.refuse(body)) is not None:
            self._send(
                400, {**self.service.error(400), "error": self.service.error(400)["error"] | {"message": why}}
            )
        elif fault in ("reset", "cut"):
            self._break_off(body, fault)
        elif fault == "garbage":
            self._raw(b"data: {oh dear\n\n" if body.get("stream") else b'{"id": "x", ', _type(body))
        elif fault == "html":
            self._raw(b"<html><body>Welcome to the gateway</body></html>", "text/html")
        elif fault == "drip":
            self._drip(body)
        elif fault == "empty object":
            self._raw(b"data: {}\n\n" if body.get("stream") else b"{}", _type(body))
        else:
            if fault == "slow":
                time.sleep(self.service.slow_s)
            self._deliver(body, fault)

    def _deliver(self, body: Body, fault: str) -> None:
        kind = "text/plain" if fault == "odd type" else _type(body)
        content = (
            b"".join(self.service.events(body, fault))
            if body.get("stream")
            else json.dumps(self.service.completion(body, fault)).encode()
        )
        if fault == "slow":  # the client has hung up
            self._raw(content, kind)
            return
        # Noted before it is sent: whoever has read the reply may look at once.
        conversation = json.dumps(body["messages"])
        self.service.delivered.append(conversation)
        try:
            self._raw(content, kind)
        except OSError:
            self.service.delivered.remove(conversation)
            raise

    def _break_off(self, body: Body, fault: str) -> None:
        """Send half of a good reply and end the connection: with a reset, or politely."""
        content = (
            b"".join(self.service.events(body, "ok"))
            if body.get("stream")
            else json.dumps(self.service.completion(body, "ok")).encode()
        )
        self.send_response(200)
        self.send_header("content-type", _type(body))
        if fault == "reset":
            self.send_header("content-length", str(len(content)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self.wfile.flush()
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        self.close_connection = True

    def _drip(self, body: Body) -> None:
        """Send signs of life, comments or blanks, and never a reply, until the client hangs up."""
        self.send_response(200)
        self.send_header("content-type", _type(body))
        self.end_headers()
        while True:
            self.wfile.write(b": still thinking\n\n" if body.get("stream") else b" ")
            time.sleep(self.service.slow_s / 20)

    def _send(self, status: int, body: Body, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _raw(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _type(body: Body) -> str:
    return "text/event-stream" if body.get("stream") else "application/json"


def _waits(fault: str) -> dict[str, str]:
    return {
        "429 seconds": {"retry-after": "7"},
        "429 milliseconds": {"retry-after-ms": "2500"},
        "429 date": {"retry-after": email.utils.formatdate(time.time() + 30, usegmt=True)},
    }.get(fault, {})


def _openai_reply(body: Body, text: str, fault: str) -> Body:
    finish = {"length": "length", "filter": "content_filter"}.get(fault, "stop")
    message = {"role": "assistant", "content": text or None, "refusal": None}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000,
        "model": f"{body['model']}-2026-10-01",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500,
            "prompt_tokens_details": {"cached_tokens": 200, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 50, "audio_tokens": 0},
        },
    }  # fmt: skip


def _openai_events(reply: Body) -> Iterator[bytes]:
    shared = {"id": reply["id"], "object": "chat.completion.chunk", "created": 1, "model": reply["model"]}
    choice = reply["choices"][0]
    text = choice["message"]["content"] or ""
    deltas: list[Body] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text[start : start + 40]} for start in range(0, len(text), 40)]
    for delta in deltas:
        yield _event(shared | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    for row in (choice["logprobs"] or {}).get("content", ()):  # with any piece, or with none of the text
        told = {"delta": {}, "logprobs": {"content": [row]}, "finish_reason": None}
        yield _event(shared | {"choices": [{"index": 0} | told]})
    yield _event(shared | {"choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]})
    yield _event(shared | {"choices": [], "usage": reply["usage"]})
    yield b"data: [DONE]\n\n"


def _anthropic_reply(body: Body, text: str, fault: str) -> Body:
    thinking = {"type": "thinking", "thinking": "def compute_reward(): wrong", "signature": "c2ln"}
    blocks: list[Body] = [thinking, *([{"type": "text", "text": text}] if text else [])]
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": f"{body['model']}-20261001",
        "content": blocks, "stop_sequence": None,
        "stop_reason": {"length": "max_tokens", "filter": "refusal"}.get(fault, "end_turn"),
        "usage": {
            "input_tokens": 900, "output_tokens": 300,
            "cache_creation_input_tokens": 100, "cache_read_input_tokens": 200,
        },
    }  # fmt: skip


def _anthropic_events(reply: Body) -> Iterator[bytes]:
    start = reply | {"content": [], "stop_reason": None, "usage": reply["usage"] | {"output_tokens": 1}}
    yield _event({"type": "message_start", "message": start})
    yield _event({"type": "ping"})
    for index, block in enumerate(reply["content"]):
        text = block.get("text", "")
        opening = (
            {"type": "text", "text": ""} if "text" in block else block | {"thinking": "", "signature": ""}
        )
        yield _event({"type": "content_block_start", "index": index, "content_block": opening})
        deltas = [{"type": "text_delta", "text": text[at : at + 40]} for at in range(0, len(text), 40)]
        if "thinking" in block:
            deltas = [
                {"type": "thinking_delta", "thinking": block["thinking"]},
                {"type": "signature_delta", "signature": block["signature"]},
            ]
        for delta in deltas:
            yield _event({"type": "content_block_delta", "index": index, "delta": delta})
        yield _event({"type": "content_block_stop", "index": index})
    yield _event(
        {
            "type": "message_delta",
            "delta": {"stop_reason": reply["stop_reason"], "stop_sequence": None},
            "usage": {"output_tokens": reply["usage"]["output_tokens"]},
        }
    )
    yield _event({"type": "message_stop"})


def _event(data: Body) -> bytes:
    name = f"event: {data['type']}\n" if "type" in data else ""
    return f"{name}data: {json.dumps(data)}\n\n".encode()
