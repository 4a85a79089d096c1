"""Trackio: a local dashboard, `trackio show`. Nothing leaves the machine unless TRACKIO_SPACE_ID says so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eureka_agent.report.tracking.tracker import PROJECT, About, Tracker


class _Trackio:
    def __init__(self, library: Any) -> None:
        self._library = library
        self._run: Any = None

    def begin(self, about: About) -> None:
        name = f"{about.name}-{about.id[:8]}"  # runs are told apart by their names
        self._run = self._library.init(
            project=PROJECT, name=name, config=dict(about.settings), resume="allow", embed=False,
            auto_log_gpu=False, auto_log_cpu=False,
        )  # fmt: skip

    def log(self, values: Mapping[str, float], *, axis: str, step: int) -> None:
        self._run.log(dict(values), step=step)

    def keep(self, path: Path, kind: str) -> None:
        self._run.log_artifact(str(path), name=path.name, type=kind)

    def finish(self, summary: Mapping[str, float | str], *, done: bool) -> None:
        if summary:
            self._run.log(dict(summary))
        self._run.finish()


def make(library: Any) -> Tracker:
    """Return a tracker; `library` is the module `trackio`."""
    return _Trackio(library)
