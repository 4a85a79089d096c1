"""A hub on the loopback: the few addresses of the Hugging Face Hub that downloading a file needs."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Repositories by name, each with its files."""

    def __init__(self, repositories: dict[str, dict[str, bytes]], *, gated: tuple[str, ...] = ()) -> None:
        self.repositories, self.gated = repositories, gated
        self.asked: list[str] = []
        self.url = ""


@contextmanager
def serving_hub(hub: Hub) -> Iterator[Hub]:
    """Serve `hub` on a free port while the block runs."""

    class Handler(_Handler):
        served = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    served: Hub
    protocol_version = "HTTP/1.0"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        self.served.asked.append(f"{self.command} {self.path}")
        path = self.path.split("?")[0].strip("/").removeprefix("api/models/")
        repo, rest = "/".join(path.split("/")[:2]), path.split("/")[2:]
        files = self.served.repositories.get(repo)
        if repo in self.served.gated and rest[:1] == ["resolve"]:
            self._send(403, b"{}", {"X-Error-Code": "GatedRepo"}, body=body)
        elif files is None:
            self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"}, body=body)
        elif rest[:1] == ["resolve"]:
            self._send_file(files, "/".join(rest[2:]), body=body)
        elif rest[:1] == ["tree"]:
            rows = [{"type": "file", "path": f, "size": len(c), "oid": "0" * 40} for f, c in files.items()]
            self._send(200, json.dumps(rows).encode(), {}, body=body)
        else:
            siblings = [{"rfilename": name} for name in files]
            about = {"_id": "1", "id": repo, "sha": COMMIT, "siblings": siblings, "private": False}
            self._send(200, json.dumps(about).encode(), {}, body=body)

    def _send_file(self, files: dict[str, bytes], name: str, *, body: bool) -> None:
        if name not in files:
            self._send(404, b"{}", {"X-Error-Code": "EntryNotFound"}, body=body)
            return
        etag = hashlib.sha256(files[name]).hexdigest()
        self._send(200, files[name], {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}, body=body)

    def _send(self, status: int, content: bytes, headers: dict[str, str], *, body: bool) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass
