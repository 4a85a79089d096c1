"""Who is told of a run: the tracker that its person asked for, and nobody of whom only a log speaks."""

from __future__ import annotations

import json
import shutil
import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import eureka_agent
from eureka_agent.api.evolve import RunResult
from eureka_agent.store.event_types import Event, Notice
from eureka_agent.store.events import read_events

RECORDED = Path(__file__).parents[1] / "store" / "recorded"
TINY: dict[str, Any] = {
    "generations": 1, "samples": 2, "env_steps": 512, "confirm_seeds": 2, "confirm_top": 1, "film": False,
}  # fmt: skip


class Library(types.ModuleType):
    """A stand-in for the module `trackio`, installed for a test."""

    def __init__(self) -> None:
        super().__init__("trackio")
        self.given: list[dict[str, Any]] = []
        self.logged: list[tuple[dict[str, Any], int | None]] = []
        self.kept: list[str] = []
        self.ends = 0

    def init(self, **given: Any) -> Library:
        self.given.append(given)
        return self

    def log(self, values: Mapping[str, Any], step: int | None = None) -> None:
        self.logged.append((dict(values), step))

    def log_artifact(self, path: str, name: str, type: str) -> None:
        self.kept.append(Path(path).read_text())

    def finish(self) -> None:
        self.ends += 1


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    installed = Library()
    monkeypatch.setitem(sys.modules, "trackio", installed)
    return installed


def stopped_after_search(event: Event, _: object) -> None:
    if event.type == "finalists_named":
        raise KeyboardInterrupt


def test_a_run_is_told_of_once_however_often_it_is_resumed(tmp_path: Path, library: Library) -> None:
    with pytest.raises(KeyboardInterrupt):
        eureka_agent.evolve("cartpole", runs=tmp_path, track="trackio", on_event=stopped_after_search, **TINY)
    assert library.ends == 1
    result = eureka_agent.resume(runs=tmp_path)
    assert isinstance(result, RunResult)
    assert result.reward is not None
    assert [given["name"] for given in library.given] == [library.given[0]["name"]] * 2, "the same run"
    assert library.given[0]["config"]["samples"] == 2
    scored = [values for values, _ in library.logged if "candidate/fitness" in values]
    assert len(scored) == 2, "each of two candidates once"
    assert library.kept == [result.reward.read_text(), result.summary.read_text()]
    assert not [event for event in read_events(result.folder / "events.jsonl") if isinstance(event, Notice)
                and "trackio" in event.text]  # fmt: skip


def test_of_somebody_elses_run_nobody_is_told(tmp_path: Path, library: Library) -> None:
    root = tmp_path / "runs" / "search"
    shutil.copytree(RECORDED / "search", root)
    rows = [json.loads(line) for line in (root / "events.jsonl").read_text().splitlines()]
    start = next(row for row in rows if row["type"] == "run_started")
    start["config"]["track"] = "trackio"
    before = next(place for place, row in enumerate(rows) if row["type"] == "run_confirmed")
    (root / "events.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[:before]))
    given: dict[str, Any] = {"trust": True, "task": "cartpole", "envs": RECORDED / "envs"}
    result = eureka_agent.resume("search", runs=root.parent, **given)
    assert isinstance(result, RunResult)
    assert result.winner is not None
    assert library.given == []
