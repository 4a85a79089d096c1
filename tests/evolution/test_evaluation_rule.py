"""How trainings are evaluated is in the log, and an older run goes on under the rule it began with."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from eureka_agent.api.evolve import evolve, resume
from eureka_agent.evolution.loop import Interrupted
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.records import EvaluationPlan
from eureka_agent.store.state import RunState

TINY: dict[str, Any] = {
    "generations": 1, "samples": 1, "confirm_seeds": 2, "confirm_top": 1, "film": False, "env_steps": 4096,
    "model": "search", "trainer": "population", "halving": False,
}  # fmt: skip


def begun(runs: Path) -> RunFolder:
    """Start a run and stop it before anything is trained."""
    stop = threading.Event()
    with pytest.raises(Interrupted):
        evolve(
            "gym:CartPole-v1", runs=runs, stop=stop, max_episode_steps=200,
            on_event=lambda event, _: stop.set() if event.type == "generation_planned" else None, **TINY,
        )  # fmt: skip
    return list_runs(runs)[-1]


def looks(folder: RunFolder) -> tuple[int, int]:
    """Return the episodes that the candidate was scored on, and at how many checkpoints it was looked at."""
    (candidate,) = RunState.of(read_events(folder.events)).candidates.values()
    evaluation = candidate.evaluations[0]
    return len(evaluation.episode_fitness), len(evaluation.curves["fitness"])


def test_a_new_run_fits_its_evaluation_and_says_so(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    start = read_events(folder.events)[0]
    assert getattr(start, "evaluation", None) == EvaluationPlan(checkpoints=1, choosing=5, scoring=10)
    resume(folder.name, runs=tmp_path)
    assert looks(folder) == (10, 1)


def test_a_run_of_an_earlier_version_goes_on_as_its_task_says(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    first, *others = folder.events.read_text().splitlines()
    line = json.loads(first)
    del line["evaluation"]
    folder.events.write_text("\n".join([json.dumps(line), *others]) + "\n")
    resume(folder.name, runs=tmp_path)
    scored, looked = looks(folder)
    assert scored == 10
    assert looked > 1
