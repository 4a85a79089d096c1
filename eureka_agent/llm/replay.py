"""A model that gives the recorded reply to each request, for repeating a run without asking anybody."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from eureka_agent.errors import ModelError, did_you_mean
from eureka_agent.llm.model import Message, Reply
from eureka_agent.llm.recording import read_recording, usage_of

_KEYS_SHOWN = 12


class ReplayModel:
    """Answers from a JSONL file by key; raises ModelError for a key that was not recorded."""

    max_parallel = 64

    def __init__(self, path: Path) -> None:
        self.about, self._replies = read_recording(path)
        self.path = path
        self.name = f"replay:{path.name}"

    @property
    def label(self) -> str:
        """Who wrote the replies, as the recording's header says; empty if it does not."""
        return self.about.get("label", "")

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Return the recorded reply to `key`, marked as cached and free."""
        recorded = self._replies.get(key)
        if recorded is None:
            raise ModelError(
                f"{self.path} holds no reply to '{key}'.{did_you_mean(key, self._replies)}",
                allowed=_listed(sorted(self._replies)),
                fix="Replay with the settings of the recorded run, or record the missing reply.",
            )
        return Reply(recorded.reply, usage_of(recorded), recorded.model, 0.0, recorded.finish, cached=True)


def _listed(keys: list[str]) -> str:
    if not keys:
        return "none: the recording is empty"
    more = f" and {len(keys) - _KEYS_SHOWN} more" if len(keys) > _KEYS_SHOWN else ""
    return ", ".join(keys[:_KEYS_SHOWN]) + more
