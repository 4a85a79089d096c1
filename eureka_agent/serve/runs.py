"""The runs of a folder, by their names: nothing else is shown, and no name is a path."""

from __future__ import annotations

import stat
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from weakref import WeakValueDictionary

from eureka_agent.escaping import one_line
from eureka_agent.serve.parts import Part, Renderer
from eureka_agent.serve.shown_run import Card, ShownRun, unreadable_card
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.lock import holder_of

MOST_OPEN = 24
"""Runs whose state is kept; of others the line among all runs."""
MOST_SHOWN = 60


class _Log(NamedTuple):
    """By which it is seen that a run has changed."""

    inode: int
    size: int
    changed_ns: int


class Runs:
    """All runs of a folder, and the page that shows them side by side."""

    def __init__(self, root: Path, renderer: Renderer) -> None:
        self.root, self.renderer = root, renderer
        self._open: OrderedDict[str, ShownRun] = OrderedDict()
        self._in_use: WeakValueDictionary[str, ShownRun] = WeakValueDictionary()
        """With those that are kept no more, but that somebody watches: all see one and the same."""
        self._cards: dict[str, tuple[object, Card]] = {}
        self._opening, self._listing = threading.Lock(), threading.Lock()

    def shown(self, name: str) -> ShownRun | None:
        """Return the run of this very name; None where there is none."""
        if name not in self._logs():
            return None
        with self._opening:
            run = self._in_use.get(name) or ShownRun(RunFolder(self.root / name), self.renderer)
            self._open.pop(name, None)
            self._open[name] = self._in_use[name] = run
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
            return run

    def refresh(self) -> Mapping[str, Part]:
        """Return the list of runs, up to date."""
        with self._listing:
            logs = self._logs()
            latest = sorted(logs, key=lambda name: logs[name].changed_ns, reverse=True)
            cards = [card for name in latest[:MOST_SHOWN] if (card := self._card(name, logs[name]))]
            self._cards = {name: known for name, known in self._cards.items() if name in logs}
        part = self.renderer.part(
            "serve/runs.html.j2", cards=cards, more=len(logs) - len(cards), runs=str(self.root)
        )
        return {"runs": part}

    def _card(self, name: str, log: _Log) -> Card | None:
        key = (log, holder_of(self.root / name))
        known = self._cards.get(name)
        if known is not None and known[0] == key:
            return known[1]
        run = self.shown(name)
        if run is None:
            return None
        try:
            card = run.card()
        except Exception as error:  # noqa: BLE001 - whatever one log does to us, the other runs are shown
            card = unreadable_card(run.folder, f"{type(error).__name__}: {one_line(str(error))[:200]}")
        self._cards[name] = (key, card)
        return card

    def _logs(self) -> dict[str, _Log]:
        """Return the folders that hold a log; links are none, wherever they lead."""
        try:
            places = sorted(self.root.iterdir())
        except OSError:
            return {}
        return {place.name: log for place in places if (log := _log_in(place)) is not None}


def _log_in(place: Path) -> _Log | None:
    """Return the log in a folder; None where there is none, or no address can name the folder."""
    try:
        place.name.encode()
        folder, status = place.lstat(), (place / "events.jsonl").lstat()
    except (OSError, UnicodeEncodeError):
        return None
    if not (stat.S_ISDIR(folder.st_mode) and stat.S_ISREG(status.st_mode)):
        return None
    return _Log(status.st_ino, status.st_size, status.st_mtime_ns)
