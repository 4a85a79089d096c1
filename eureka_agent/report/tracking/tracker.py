"""A tracker of experiments: what a run tells it, in four calls that every library of the kind can answer."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from eureka_agent.config import TRACKERS, TrackerName
from eureka_agent.errors import ConfigError
from eureka_agent.escaping import one_line
from eureka_agent.report.words import cut

PROJECT = "eureka-agent"
AXES: Mapping[str, tuple[str, ...]] = {
    "env_step": ("fitness", "episode_length"),
    "candidate": ("candidate",),
    "generation": ("search",),
    "seed": ("fresh",),
}
"""What steps count, and the first parts of the names of those values that are told over them."""
LONGEST_SETTING = 500

Setting = str | int | float | bool


@dataclass(frozen=True)
class About:
    """The run, as its tracker gets to know it."""

    id: str
    """Letters and digits; the same whenever the run goes on."""
    name: str
    folder: Path
    settings: Mapping[str, Setting]
    resumed: bool
    """Whether it was told of before, under the same id."""


class Tracker(Protocol):
    """A run in a tracking library. Calls may raise whatever that library raises."""

    def begin(self, about: About) -> None:
        """Open the run, or the one of the same id again."""
        ...

    def log(self, values: Mapping[str, float], *, axis: str, step: int) -> None:
        """Tell values at a step of one of `AXES`."""
        ...

    def keep(self, path: Path, kind: str) -> None:
        """Keep a file as an artifact."""
        ...

    def finish(self, summary: Mapping[str, float | str], *, done: bool) -> None:
        """Close the run with its results; it is not `done` where it goes on later."""
        ...


def make_tracker(name: TrackerName) -> Tracker:
    """Return the tracker of a library; ConfigError where that is not installed."""
    module = importlib.import_module(f"eureka_agent.report.tracking.{name}_tracker")
    try:
        library = importlib.import_module(name)
    except ImportError as missing:
        package = "mlflow, or mlflow-skinny" if name == "mlflow" else name
        raise ConfigError(
            f"--track {name} needs {package}, which is not installed.",
            allowed=", ".join(TRACKERS),
            fix=f"Install it with `pip install {name}`, or leave --track out; `resume` takes --track none.",
        ) from missing
    return module.make(library)


def settings_of(config: Mapping[str, Any]) -> dict[str, Setting]:
    """Return the options of a run as plain values of bounded length; those that are not set are left out."""
    return {name: _plain(value) for name, value in config.items() if value not in (None, "", [], {}, ())}


def _plain(value: Any) -> Setting:
    if isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return cut(one_line(text), LONGEST_SETTING)
