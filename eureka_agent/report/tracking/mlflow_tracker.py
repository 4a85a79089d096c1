"""MLflow: logs to what MLFLOW_TRACKING_URI names, by default a database in the working folder."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eureka_agent.report.tracking.tracker import PROJECT, About, Tracker

TAG = "eureka_agent.run"
"""Under which a run is found again."""


class _Mlflow:
    def __init__(self, library: Any) -> None:
        self._library = library
        self._client: Any = None
        self._id = ""

    def begin(self, about: About) -> None:
        self._client = self._library.MlflowClient()
        known = self._client.get_experiment_by_name(PROJECT)
        experiment = self._client.create_experiment(PROJECT) if known is None else known.experiment_id
        found = (
            self._client.search_runs([experiment], f"tags.`{TAG}` = '{about.id}'") if about.resumed else []
        )
        if found:
            self._id = found[0].info.run_id
            self._client.update_run(self._id, status="RUNNING")
            return
        made = self._client.create_run(experiment, tags={TAG: about.id}, run_name=about.name)
        self._id = made.info.run_id
        for name, value in about.settings.items():
            self._client.log_param(self._id, name, value)

    def log(self, values: Mapping[str, float], *, axis: str, step: int) -> None:
        now = int(time.time() * 1000)
        metric = self._library.entities.Metric
        self._client.log_batch(self._id, metrics=[metric(name, v, now, step) for name, v in values.items()])

    def keep(self, path: Path, kind: str) -> None:
        self._client.log_artifact(self._id, str(path), kind)

    def finish(self, summary: Mapping[str, float | str], *, done: bool) -> None:
        for name, value in summary.items():
            if isinstance(value, str):
                self._client.set_tag(self._id, name, value)
            else:
                self._client.log_metric(self._id, name, value)
        self._client.set_terminated(self._id, "FINISHED" if done else "KILLED")


def make(library: Any) -> Tracker:
    """Return a tracker; `library` is the module `mlflow`."""
    return _Mlflow(library)
