"""Replies that were paid for once: kept on disk, given again to the same question."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from eureka_agent.errors import StoreError
from eureka_agent.files import write_json
from eureka_agent.llm.formed import Form, FormedReply
from eureka_agent.llm.hosted import HostedModel
from eureka_agent.llm.model import Message, Reply, Usage

_FORMAT = 1


class CachedModel:
    """Gives a known reply again, free of charge, and asks `model` for the rest.

    A question is the same if service, model, parameters, messages and sample are. The sample is the request's
    place: the run's `seed` and the request's key, so that two slots with one prompt stay two samples, and
    another seed is another draw. Refused, cut and empty replies are never kept.
    """

    def __init__(self, model: HostedModel, folder: Path, *, seed: int) -> None:
        self.model = model
        self.name = model.name
        self.max_parallel = model.max_parallel
        self._folder = folder
        self._seed = seed

    def worst_case_usd(self, key: str, messages: Sequence[Message]) -> float | None:
        """Return 0.0 for what is known, else what the model says."""
        return 0.0 if self._known(key, messages) else self.model.worst_case_usd(key, messages)

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        """Answer from the disk, or ask and keep the reply."""
        if known := self._known(key, messages):
            return known
        reply = self.model.reply(key, messages, stop)
        if reply.finish == "stop" and reply.text.strip():
            kept = asdict(replace(reply, attempts=1, lost=0))
            with contextlib.suppress(
                StoreError
            ):  # a full disk must not cost the reply that was just paid for
                write_json(
                    self._path(key, messages), {"format": _FORMAT, **self.model.identity, "reply": kept}
                )
        return reply

    def reply_in_form(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
    ) -> FormedReply:
        """Ask, and keep nothing: what a form asks for beside the reply has no place on the disk."""
        return self.model.reply_in_form(key, messages, stop, form)

    def _known(self, key: str, messages: Sequence[Message]) -> Reply | None:
        """Return the reply on disk; None where there is none, or none that can be read."""
        try:
            data = json.loads(self._path(key, messages).read_text(encoding="utf-8"))
            values = dict(data["reply"])
            usage = Usage(**values.pop("usage"))
            reply = Reply(**values, usage=usage) if data["format"] == _FORMAT else None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if reply is None or not isinstance(reply.text, str):
            return None
        return replace(reply, usage=replace(usage, cost_usd=0.0), latency_s=0.0, cached=True)

    def _path(self, key: str, messages: Sequence[Message]) -> Path:
        question = {
            **self.model.identity,
            "messages": [[message.role, message.content] for message in messages],
            "sample": [self._seed, key],
        }
        digest = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
        return self._folder / digest[:2] / f"{digest}.json"
