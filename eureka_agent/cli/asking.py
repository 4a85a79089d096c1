"""A person's turn to speak in the terminal: what happened is shown, and lines are read until an empty one."""

from __future__ import annotations

import math
import os
import select
import threading
import time
from collections.abc import Callable, Iterator

from eureka_agent.analysis.safety import safety_words
from eureka_agent.archive.candidate import Candidate
from eureka_agent.cli.keys import in_front
from eureka_agent.cli.spoken import HELP, understood
from eureka_agent.escaping import visible
from eureka_agent.evolution.hearing import Turn
from eureka_agent.store.said import said_from_json

_LOOK_S = 0.2
_MOST_SHOWN = 6


class TypedLines:
    """Lines as they are typed; what comes after an empty one waits for the next turn."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor` is a terminal's, or that of anything else that can be waited for."""
        self._descriptor, self._held, self._ended = descriptor, b"", False

    def __call__(self, stop: threading.Event, wait_s: float | None) -> Iterator[str]:
        """Yield lines until an empty one, the end of all, `stop`, or nothing for `wait_s` seconds.

        With None it waits for as long as it takes.
        """
        self._ended &= not os.isatty(self._descriptor)  # a person who ends one turn may speak in the next
        while (line := self._next(stop, wait_s)) is not None and line.strip():
            yield line

    def _next(self, stop: threading.Event, wait_s: float | None) -> str | None:
        until = math.inf if wait_s is None else time.monotonic() + wait_s
        while b"\n" not in self._held and not self._ended:
            if stop.is_set() or time.monotonic() >= until or not self._is_heard():
                return None
            if select.select([self._descriptor], [], [], _LOOK_S)[0]:
                read = os.read(self._descriptor, 4096)
                self._held, self._ended = self._held + read, not read
        line, _, self._held = self._held.partition(b"\n")
        return line.decode(errors="replace")

    def _is_heard(self) -> bool:
        """Tell whether reading does not suspend this process: it is in front, or this is no terminal."""
        try:
            return not os.isatty(self._descriptor) or in_front(self._descriptor)
        except OSError:
            return True  # a terminal of others suspends nobody


class Asking:
    """Lets a person speak after each generation."""

    def __init__(
        self,
        say: Callable[[str], object],
        lines: Callable[[threading.Event, float | None], Iterator[str]],
        *,
        wait_s: float | None = None,
    ) -> None:
        """`say` shows a line; `wait_s` is how long an answer is waited for, None for as long as it takes."""
        self._say, self._lines, self._wait_s = say, lines, wait_s
        self._helped = False

    def __call__(self, turn: Turn) -> None:
        """Show what happened, take what is said, and return."""
        for line in what_happened(turn):
            self._say(line)
        self._explain()
        for line in self._lines(turn.stop, self._wait_s):
            self._say(self._hear(turn, line))

    def _hear(self, turn: Turn, line: str) -> str:
        try:
            said = said_from_json(understood(line))
        except ValueError as error:
            return f"This cannot be said: {error}."
        given = turn.hear(said, "terminal")
        number = f"{given.number}: " if given.number is not None else ""
        return visible(f"{number}{given.text}")

    def _explain(self) -> None:
        if not self._helped:
            self._helped = True
            for line in HELP:
                self._say(f"    {line}")
        until = "" if self._wait_s is None else f"; without a word the run goes on after {self._wait_s:.0f} s"
        self._say(f"Say something, or press Enter to go on{until}.")


def what_happened(turn: Turn) -> Iterator[str]:
    """Yield what a person should know before they speak: who leads, and the best of the generation."""
    leader = turn.state.leaders.get(turn.generation)
    yield f"Generation {turn.generation} is judged; {f'{leader} leads' if leader else 'nobody leads'}."
    own = [one for one in turn.archive.ranked() if one.generation == turn.generation or one.id == leader]
    yield from (_standing(one) for one in own[:_MOST_SHOWN])
    if own:
        yield f"To see one: eureka-agent film {turn.folder.name} {own[0].id}"


def _standing(one: Candidate) -> str:
    stopped = " (stopped early)" if one.stopped else ""
    components = one.evaluations[0].components if one.evaluations else ()
    paid = f"; pays for {', '.join(components)}" if components else ""
    reached = safety_words(one.safety())
    safe = f"; 99 % of steps below: {reached}" if reached else ""
    return visible(f"  {one.id}  {one.fitness:.4g}{stopped}{paid}{safe}")
