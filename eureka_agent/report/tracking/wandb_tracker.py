"""Weights & Biases: sends to its service, or keeps files in the run's folder with WANDB_MODE=offline.

Only what a run tells is sent: neither what is printed, nor code, nor the repository's state.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eureka_agent.report.tracking.tracker import AXES, PROJECT, About, Tracker

QUIET = {"console": "off", "disable_git": True, "disable_code": True, "x_disable_stats": True}


class _Wandb:
    def __init__(self, library: Any) -> None:
        self._library = library
        self._run: Any = None

    def begin(self, about: About) -> None:
        self._run = self._library.init(
            project=PROJECT, id=about.id, name=about.name, config=dict(about.settings), resume="allow",
            dir=str(about.folder), settings=QUIET,
        )  # fmt: skip
        for axis, prefixes in AXES.items():
            self._run.define_metric(axis, hidden=True)
            for prefix in prefixes:
                self._run.define_metric(f"{prefix}/*", step_metric=axis)

    def log(self, values: Mapping[str, float], *, axis: str, step: int) -> None:
        self._run.log({**values, axis: step})

    def keep(self, path: Path, kind: str) -> None:
        self._run.log_artifact(str(path), name=f"{self._run.id}-{path.name}", type=kind)

    def finish(self, summary: Mapping[str, float | str], *, done: bool) -> None:
        self._run.summary.update(dict(summary))
        self._run.finish()


def make(library: Any) -> Tracker:
    """Return a tracker; `library` is the module `wandb`."""
    return _Wandb(library)
