"""Pages are told when one of their parts changed: one watcher a page, however many look at it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from eureka_agent.serve.parts import Live

MOST = 64
"""Streams that are served at a time."""
LOOK_S = 1.0
"""How often a run is looked at while somebody watches it: the most often that a page is told."""
ALIVE_S = 15.0
"""After so long without news a stream says that it is there: a connection that nobody uses may be cut."""


@dataclass
class _Watch:
    """A page that is watched."""

    live: Live
    versions: Mapping[str, str] = field(default_factory=dict)
    number: int = 0
    """How often it changed."""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    viewers: int = 0
    task: asyncio.Task[None] | None = None

    @property
    def ended(self) -> bool:
        """Whether nobody looks any more: a page that asks again has another watcher."""
        return self.task is not None and self.task.done()


class Streams:
    """All streams of a dashboard; of one event loop."""

    def __init__(self, most: int = MOST, look_s: float = LOOK_S) -> None:
        self._most, self._look_s = most, look_s
        self._watched: dict[str, _Watch] = {}
        self._over = asyncio.Event()
        self.number = 0
        """Streams that have a place."""

    def response(self, address: str, live: Live) -> Response | None:
        """Return the stream of a page, which has its place from now on; None where no other one is served."""
        return None if self.number >= self._most else _Stream(self, self.messages(address, live))

    def close(self) -> None:
        """End all streams: the dashboard stops."""
        self._over.set()

    async def messages(self, address: str, live: Live) -> AsyncIterator[bytes]:
        """Yield the versions of a page's parts, now and whenever one changed, as server-sent events."""
        with self._viewing(address, live) as watch:
            seen = 0
            while not (self._over.is_set() or watch.ended):
                if watch.number != seen:
                    seen = watch.number
                    yield f"event: versions\ndata: {json.dumps(watch.versions)}\n\n".encode()
                elif not await self._news(watch, seen):
                    yield b": still here\n\n"
        if self._over.is_set():
            yield b"event: over\ndata: over\n\n"

    async def _news(self, watch: _Watch, seen: int) -> bool:
        """Wait for a change, for a while; tell whether there was one."""
        try:
            async with asyncio.timeout(ALIVE_S), watch.changed:
                await watch.changed.wait_for(lambda: watch.number != seen or self._over.is_set())
        except TimeoutError:
            return False
        return True

    @contextlib.contextmanager
    def _viewing(self, address: str, live: Live) -> Iterator[_Watch]:
        watch = self._watched.setdefault(address, _Watch(live))
        watch.viewers += 1
        if watch.task is None:
            watch.task = asyncio.create_task(self._watch(watch))
        try:
            yield watch
        finally:
            watch.viewers -= 1
            if watch.viewers == 0:
                watch.task.cancel()
                self._watched.pop(address, None)

    async def _watch(self, watch: _Watch) -> None:
        """Look at a page again and again, and tell everybody who views it what changed."""
        while True:
            parts = await run_in_threadpool(watch.live.refresh)
            versions = {name: part.version for name, part in parts.items()}
            if versions != watch.versions or self._over.is_set():
                async with watch.changed:
                    watch.versions = versions
                    watch.number += 1
                    watch.changed.notify_all()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), self._look_s)
            if self._over.is_set():
                async with watch.changed:
                    watch.changed.notify_all()
                return


class _Stream(StreamingResponse):
    """A stream that gives its place back once it has ended, or was cut before its first message."""

    media_type = "text/event-stream"

    def __init__(self, streams: Streams, messages: AsyncIterator[bytes]) -> None:
        super().__init__(messages)
        self._streams = streams
        streams.number += 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.number -= 1
