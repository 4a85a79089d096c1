"""A model that is whoever answers in files: a person with an editor, or another program."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from eureka_agent.errors import ModelError
from eureka_agent.llm.model import Message, Reply, Usage
from eureka_agent.llm.templates import Templates

_KEY = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_UNKNOWN_BUT_NOT_BILLED = Usage(None, None, 0.0)


class ManualModel:
    """Writes each request to `outbox/<name>.md` and takes the reply from `inbox/<name>.md`.

    `<name>` is the request's key with every `/` written `__`. The outbox holds open requests only: a
    request is removed once its reply was taken, and stays when the program stops, so that it may be answered
    meanwhile; the reply is then found after a restart.
    """

    max_parallel = 64

    def __init__(
        self,
        outbox: Path,
        inbox: Path,
        *,
        who: str = "",
        poll_s: float = 0.5,
        wait: Callable[[threading.Event, float], object] = threading.Event.wait,
        clock: Callable[[], float] = time.monotonic,
        templates: Templates | None = None,
    ) -> None:
        self.name = f"manual:{who}" if who else "manual"
        self.outbox = outbox
        self.inbox = inbox
        self._poll_s = poll_s
        self._wait = wait
        self._clock = clock
        self._templates = templates or Templates()
        self._open: set[str] = set()
        self._lock = threading.Lock()

    def waiting(self) -> tuple[str, ...]:
        """Return the keys of the requests that nobody has answered yet, in order."""
        with self._lock:
            return tuple(sorted(self._open))

    def request_path(self, key: str) -> Path:
        """Return the file in which the request `key` is asked."""
        return self.outbox / f"{_file_stem(key)}.md"

    def reply_path(self, key: str) -> Path:
        """Return the file in which the reply to `key` is awaited."""
        return self.inbox / f"{_file_stem(key)}.md"

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Ask in a file and wait for the file with the reply, until `stop` is set (ModelError)."""
        request, answer = self.request_path(key), self.reply_path(key)
        text = self._templates.render(
            "manual/request.md.j2", key=key, reply_path=str(answer), messages=messages
        )
        self.inbox.mkdir(parents=True, exist_ok=True)
        started = self._clock()
        with self._lock:
            self._open.add(key)
        try:
            _write_atomically(request, text)
            reply = self._await(answer, stop)
            request.unlink(missing_ok=True)
        finally:
            with self._lock:
                self._open.discard(key)
        return Reply(reply, _UNKNOWN_BUT_NOT_BILLED, self.name, self._clock() - started)

    def _await(self, path: Path, stop: threading.Event) -> str:
        """Return the text of `path` once it is not blank and has kept its size for one poll."""
        seen: tuple[int, int] | None = None
        while True:
            now = _size_and_time(path)
            if now is not None and now == seen:
                text = path.read_text(encoding="utf-8-sig", errors="replace")
                if text.strip():
                    return text
            seen = now
            if stop.is_set():
                raise ModelError(
                    "stopped while waiting",
                    allowed=f"a reply in {path}",
                    fix="Write the reply there and give the same command again: it will be taken.",
                )
            self._wait(stop, self._poll_s)


def _file_stem(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ModelError(
            f"The request key {key!r} cannot name a file.", allowed="letters, digits, '.', '_', '-', '/'"
        )
    return key.replace("/", "__")


def _size_and_time(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return (status.st_size, status.st_mtime_ns) if status.st_size else None


def _write_atomically(path: Path, text: str) -> None:
    """Write beside and rename, so that a program watching the folder never reads half a request."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{threading.get_ident()}")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)
