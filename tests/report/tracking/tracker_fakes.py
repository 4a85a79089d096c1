"""Libraries that track experiments, as far as the adapters use them; they remember what they were told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from eureka_agent.report.tracking.tracker import About


class FakeTracker:
    """A tracker that remembers, or fails, or hangs until it is let go."""

    def __init__(self, fails: str = "") -> None:
        self.fails = fails
        self.calls: list[tuple[Any, ...]] = []

    def _note(self, *call: Any) -> None:
        self.calls.append(call)
        if call[0] == self.fails:
            raise ConnectionError("no route to \x1b[31mhost")

    def begin(self, about: About) -> None:
        self._note("begin", about)

    def log(self, values: Mapping[str, float], *, axis: str, step: int) -> None:
        self._note("log", dict(values), axis, step)

    def keep(self, path: Path, kind: str) -> None:
        self._note("keep", path.name, kind)

    def finish(self, summary: Mapping[str, float | str], *, done: bool) -> None:
        self._note("finish", dict(summary), done)

    def of(self, kind: str) -> list[tuple[Any, ...]]:
        return [call[1:] for call in self.calls if call[0] == kind]


class FakeRun:
    """A run of trackio or wandb."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given, self.id = given, given.get("id", "")
        self.logged: list[tuple[dict[str, Any], int | None]] = []
        self.metrics: dict[str, Any] = {}
        self.artifacts: list[tuple[str, str, str]] = []
        self.summary: dict[str, Any] = {}
        self.finished = False

    def log(self, values: dict[str, Any], step: int | None = None) -> None:
        self.logged.append((values, step))

    def define_metric(self, name: str, step_metric: str | None = None, hidden: bool | None = None) -> None:
        self.metrics[name] = step_metric

    def log_artifact(self, path: str, name: str, type: str) -> None:
        self.artifacts.append((path, name, type))

    def finish(self) -> None:
        self.finished = True


class FakeInit:
    """The module `trackio` or `wandb`."""

    def __init__(self, mode: str = "online", logged_in: bool = True) -> None:
        self.runs: list[FakeRun] = []
        self._mode, self._logged_in = mode, logged_in

    def setup(self) -> SimpleNamespace:
        return SimpleNamespace(settings=SimpleNamespace(mode=self._mode))

    def login(self, *, prompt: bool) -> bool:
        assert not prompt, "nobody may be asked"
        return self._logged_in

    def init(self, **given: Any) -> FakeRun:
        self.runs.append(FakeRun(given))
        return self.runs[-1]


class Metric(NamedTuple):
    """A value in MLflow."""

    key: str
    value: float
    timestamp: int
    step: int


class FakeMlflow:
    """The module `mlflow`, and its client."""

    entities = SimpleNamespace(Metric=Metric)

    def __init__(self) -> None:
        self.experiments: dict[str, str] = {}
        self.runs: dict[str, dict[str, Any]] = {}

    def MlflowClient(self) -> FakeMlflow:
        return self

    def get_experiment_by_name(self, name: str) -> Any:
        known = self.experiments.get(name)
        return None if known is None else SimpleNamespace(experiment_id=known)

    def create_experiment(self, name: str) -> str:
        return self.experiments.setdefault(name, "1")

    def search_runs(self, experiments: list[str], wanted: str) -> list[Any]:
        return [
            SimpleNamespace(info=SimpleNamespace(run_id=name))
            for name, run in self.runs.items()
            if all(wanted == f"tags.`{key}` = '{value}'" for key, value in run["tags"].items())
        ]

    def create_run(self, experiment: str, tags: dict[str, str], run_name: str) -> Any:
        name = f"run-{len(self.runs)}"
        self.runs[name] = {"tags": tags, "name": run_name, "params": {}, "metrics": [], "kept": []}
        return SimpleNamespace(info=SimpleNamespace(run_id=name))

    def update_run(self, run: str, status: str) -> None:
        self.runs[run]["status"] = status

    def log_param(self, run: str, name: str, value: Any) -> None:
        assert name not in self.runs[run]["params"], "MLflow refuses another value"
        self.runs[run]["params"][name] = value

    def log_batch(self, run: str, metrics: list[Metric]) -> None:
        self.runs[run]["metrics"] += metrics

    def log_metric(self, run: str, name: str, value: float) -> None:
        self.runs[run]["metrics"].append(Metric(name, value, 0, 0))

    def set_tag(self, run: str, name: str, value: str) -> None:
        self.runs[run].setdefault("later", {})[name] = value

    def log_artifact(self, run: str, path: str, folder: str) -> None:
        self.runs[run]["kept"].append((path, folder))

    def set_terminated(self, run: str, status: str) -> None:
        self.runs[run]["status"] = status
