"""A model that says what a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from eureka_agent.errors import ModelError
from eureka_agent.llm.model import Message, Reply, Usage

Script = Sequence[str] | Mapping[str, str] | Callable[[str, Sequence[Message]], str]


class ScriptedModel:
    """Replies in order (a list), by key (a mapping) or computed from key and messages (a callable)."""

    def __init__(self, script: Script, *, name: str = "scripted", max_parallel: int = 1) -> None:
        self.name = name
        self.max_parallel = max_parallel
        self.requests: list[tuple[str, tuple[Message, ...]]] = []
        """Every request so far, in the order in which they came."""
        self._script = script
        self._lock = threading.Lock()

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Return the scripted reply; raises ModelError when the script has none."""
        with self._lock:
            turn = len(self.requests)
            self.requests.append((key, tuple(messages)))
        return Reply(self._text(key, messages, turn), Usage(0, 0, 0.0), self.name, 0.0)

    def _text(self, key: str, messages: Sequence[Message], turn: int) -> str:
        if callable(self._script):
            return self._script(key, messages)
        if isinstance(self._script, Mapping):
            if key in self._script:
                return self._script[key]
        elif turn < len(self._script):
            return self._script[turn]
        raise ModelError(f"The script has no reply to '{key}' (request {turn + 1}).")
