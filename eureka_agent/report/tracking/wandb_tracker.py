"""Weights & Biases: sends to its service, or keeps files in `wandb/` with WANDB_MODE=offline.

Neither what is printed is sent, nor code, the repository's state, the machine's paths or its packages.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eureka_agent.report.tracking.tracker import AXES, PROJECT, About, Tracker

QUIET = {
    "console": "off", "disable_git": True, "disable_code": True, "x_disable_stats": True,
    "x_disable_meta": True, "x_disable_machine_info": True, "x_save_requirements": False,
}  # fmt: skip
"""Settings of a run there. Its files stand in the working folder (or WANDB_DIR), as always with that library:
links are among them, which a run's folder must not hold."""


class _Wandb:
    def __init__(self, library: Any) -> None:
        self._library = library
        self._run: Any = None

    def begin(self, about: About) -> None:
        if self._library.setup().settings.mode == "online" and not self._library.login(prompt=False):
            raise RuntimeError("nobody is logged in: `wandb login` does so, WANDB_MODE=offline does without.")
        self._run = self._library.init(
            project=PROJECT, id=about.id, name=about.name, config=dict(about.settings), resume="allow",
            settings=QUIET,
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
