"""A service of another host that labels captions, and can be killed.

`python remote_annotator.py HOST LOG ANSWERS` speaks OpenAI's wire format on port 8000, from when it is sent a
line. It answers so many requests and holds all later ones without an answer for as long as it lives, so that
a test kills it at a moment that it knows. What became of a request is a line of LOG:
`{"answered": [captions]}` once the reply is sent, or `{"held": [captions]}`.
"""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from annotator_fakes import rows_of

from eureka_agent.llm.model import Message

PORT = 8000
HELPFUL = "upright"
"""Captions with this word are helpful."""


class RemoteAnnotator(ThreadingHTTPServer):
    """Answers a number of requests."""

    daemon_threads = True

    def __init__(self, host: str, log: Path, answers: int) -> None:
        super().__init__((host, PORT), _Handler)
        self.log, self.left = log, answers
        self.lock = threading.Lock()

    def note(self, became: str, captions: list[str]) -> None:
        """Write what became of a request."""
        with self.log.open("a") as file:
            file.write(json.dumps({became: captions}) + "\n")


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        annotator = self.server
        assert isinstance(annotator, RemoteAnnotator)
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        rows = rows_of([Message("user", body["messages"][-1]["content"])])
        captions = [text for texts in rows.values() for text in texts]
        with annotator.lock:
            annotator.left -= 1
            if annotator.left >= 0:
                said = [
                    f"{n} | it says so | {'A' if HELPFUL in texts[0] else 'B'}" for n, texts in rows.items()
                ]
                self._send(_completion(body["model"], "\n".join(said)))
                annotator.note("answered", captions)
                return
            annotator.note("held", captions)
        threading.Event().wait()

    def _send(self, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _completion(model: str, text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": None}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000, "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500},
    }  # fmt: skip


if __name__ == "__main__":
    host, log, answers = sys.argv[1:]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()  # until then nothing listens
    RemoteAnnotator(host, Path(log), int(answers)).serve_forever()
