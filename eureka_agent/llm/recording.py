"""Replies on disk, one JSON line each: what `Recorder` writes, `ReplayModel` reads."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from eureka_agent.errors import ModelError
from eureka_agent.files import disk_error
from eureka_agent.llm.formed import Form, FormedReply, formed
from eureka_agent.llm.model import LanguageModel, Message, Reply, Usage, worst_case_usd


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RecordedUsage(_Strict):
    """Tokens and price of a recorded reply; null means unknown."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None


class RecordedReply(_Strict):
    """One line of a recording."""

    key: str
    reply: str
    model: str = "unknown"
    usage: RecordedUsage = RecordedUsage()
    latency_s: float = 0.0
    finish: Literal["stop", "length", "refusal"] = "stop"


class Recorder:
    """Asks `model` and appends each reply to `path`, flushed before it is handed on.

    `about` becomes the header line of a new file, e.g. `{"label": "written by a person"}`.
    """

    def __init__(self, model: LanguageModel, path: Path, *, about: Mapping[str, str] | None = None) -> None:
        self.model = model
        self.path = path
        self.name = model.name
        self.max_parallel = model.max_parallel
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        _drop_half_line(path)
        if about and not (path.exists() and path.stat().st_size):
            self._append(json.dumps({"recording": dict(about)}, ensure_ascii=False))

    def worst_case_usd(self, key: str, messages: Sequence[Message]) -> float | None:
        """Return what the wrapped model may cost."""
        return worst_case_usd(self.model, key, messages)

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Ask the wrapped model and record what it answers."""
        reply = self.model.reply(key, messages, stop)
        self._record(key, reply)
        return reply

    def reply_in_form(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
    ) -> FormedReply:
        """Ask the wrapped model in a form and record what it answers, without odds; see `TakesForm`."""
        answer = formed(self.model, key, messages, stop, form)
        self._record(key, answer.reply)
        return answer

    def _record(self, key: str, reply: Reply) -> None:
        usage = RecordedUsage(
            input_tokens=reply.usage.input_tokens,
            output_tokens=reply.usage.output_tokens,
            cost_usd=reply.usage.cost_usd,
        )
        line = RecordedReply(
            key=key,
            reply=reply.text,
            model=reply.model,
            usage=usage,
            latency_s=round(reply.latency_s, 3),
            finish=reply.finish,
        )
        self._append(json.dumps(line.model_dump(), ensure_ascii=False))

    def _append(self, line: str) -> None:
        """Add a line; where the disk is full nothing of it stays, and StoreError is raised."""
        with self._lock:
            size = self.path.stat().st_size if self.path.exists() else 0
            try:
                with self.path.open("a", encoding="utf-8", errors="replace") as file:
                    file.write(line + "\n")
            except OSError as error:
                if self.path.exists():
                    os.truncate(self.path, size)
                raise disk_error(self.path, error) from error


def read_recording(path: Path) -> tuple[dict[str, str], dict[str, RecordedReply]]:
    """Return the header (empty if there is none) and the replies by key; the last of equal keys counts.

    Raises ModelError if the file is missing or a line is malformed (its number is named).
    """
    if not path.is_file():
        raise ModelError(f"There is no recording {path}.", fix="Name a .jsonl file that a run has written.")
    about: dict[str, str] = {}
    replies: dict[str, RecordedReply] = {}
    # Split at "\n" only: a reply may hold other separators that splitlines() would cut at.
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        header = _header(line) if not replies and not about else None
        if header is not None:
            about = header
            continue
        recorded = _recorded(line, f"{path}, line {number}")
        replies[recorded.key] = recorded
    return about, replies


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"The recording {path} cannot be read: {error}.", fix="Name a .jsonl file that a run has written."
        ) from error


def usage_of(recorded: RecordedReply) -> Usage:
    """Return the tokens as recorded; a replay itself is free."""
    return Usage(recorded.usage.input_tokens, recorded.usage.output_tokens, 0.0)


def _header(line: str) -> dict[str, str] | None:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or set(data) != {"recording"} or not isinstance(data["recording"], dict):
        return None
    return {str(name): str(value) for name, value in data["recording"].items()}


def _recorded(line: str, place: str) -> RecordedReply:
    try:
        return RecordedReply.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise ModelError(
            f"{place}: {field + ': ' if field else ''}{first['msg']}.",
            allowed='one JSON object a line: {"key": …, "reply": …, "model": …, "usage": {…}}',
            fix="Correct or remove the line.",
        ) from error


def _drop_half_line(path: Path) -> None:
    """Cut what a killed process left of its last line, so that the next reply starts on its own."""
    if not path.exists():
        return
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        with path.open("r+b") as file:
            file.truncate(whole)
