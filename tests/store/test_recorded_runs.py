"""Run folders that an earlier version wrote, with a log of format 1: they open, and half-done ones go on.

`recorded/` holds one run of `search` and one whose model is a recording. Their task's folder is nowhere, as
in any folder that came from another machine. Where trainings are asked for again, the log itself answers.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import eureka_agent
from eureka_agent.api.assembly import building
from eureka_agent.api.consent import Consent
from eureka_agent.api.resuming import resumable
from eureka_agent.archive.archive import Archive
from eureka_agent.config import recorded_config
from eureka_agent.design.proposer import Proposer, Slot
from eureka_agent.evolution.loop import Evolution
from eureka_agent.store.event_types import FORMAT_VERSION, TrainingFinished
from eureka_agent.store.events import EventLog, read_events
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import Judgement
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.inspecting import FirstLook
from eureka_agent.training.job import OnCheckpoint, Outcome, TrainingJob
from eureka_agent.trajectories import TrajectoryBatch, read_trajectories

RECORDED = Path(__file__).parent / "recorded"
NAMES = ("search", "replayed")
CONSENT: dict[str, Any] = {"trust": True, "task": "cartpole", "envs": RECORDED / "envs"}
"""The task as it was then: an edited one is another, in which no run goes on."""


def code_of(path: Path) -> str:
    """Return a saved reward without its header, which tells more where a log says what its task is."""
    return path.read_text().partition('\n"""\n')[2]


def state_of(root: Path) -> RunState:
    return RunState.of(read_events(root / "events.jsonl"))


def rows_of(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / "events.jsonl").read_text().splitlines()]


def copied(name: str, place: Path, *, lines: int | None = None) -> Path:
    """Return a copy of a recorded run, its log cut after so many lines, with the recording of its replies."""
    root = place / "runs" / name
    shutil.copytree(RECORDED / name, root)
    shutil.copyfile(RECORDED / "replies.jsonl", place / "replies.jsonl")
    if lines is not None:
        whole = (root / "events.jsonl").read_bytes().splitlines(keepends=True)
        (root / "events.jsonl").write_bytes(b"".join(whole[:lines]))
    return root


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_run_opens(tmp_path: Path, name: str) -> None:
    root = copied(name, tmp_path)
    (summary,) = eureka_agent.list_runs(root.parent)
    view = eureka_agent.show(name, runs=root.parent)
    logged = next(row["confirmation"] for row in rows_of(root) if row["type"] == "run_confirmed")
    assert (summary.status, summary.task, summary.own) == ("finished", "cartpole", False)
    assert view.confirmation == logged | {"choice": []}
    assert summary.best == logged["winner"]
    assert view.summary == (root / "summary.md").read_text()
    path = eureka_agent.export(name, tmp_path / "reward.py", runs=root.parent)
    saved = [eureka_agent.load_reward(place) for place in (path, root / "best" / "reward.py")]
    assert saved[0].source.components == saved[1].source.components
    assert code_of(path) == code_of(root / "best" / "reward.py")
    assert eureka_agent.resume(name, runs=root.parent).confirmation == logged | {"choice": []}


@pytest.mark.parametrize("name", NAMES)
def test_every_prefix_of_a_recorded_log_folds(name: str) -> None:
    events = read_events(RECORDED / name / "events.jsonl")
    assert {event.v for event in events} == {1}
    for length in range(len(events) + 1):
        state = RunState.of(events[:length])
        assert len(state.candidates) <= 6
        assert state.finished == (length == len(events))


@pytest.mark.parametrize("name", NAMES)
def test_equal_settings_have_the_digest_that_they_had(name: str) -> None:
    state = state_of(RECORDED / name)
    assert recorded_config(state.config).digest() == state.digest


def after_first_training(rows: list[dict[str, Any]]) -> int:
    return next(n for n, row in enumerate(rows) if row["type"] == "generation_judged")


def after_second_plan(rows: list[dict[str, Any]]) -> int:
    return next(n + 1 for n, row in enumerate(rows) if row.get("slots") and row["generation"] == 1)


def after_second_proposal(rows: list[dict[str, Any]]) -> int:
    return max(n + 1 for n, row in enumerate(rows) if row["type"] == "candidate_proposed")


def during_confirmation(rows: list[dict[str, Any]]) -> int:
    return next(n + 2 for n, row in enumerate(rows) if row.get("stage") == "confirm" and "evaluation" in row)


CUTS = (after_first_training, after_second_plan, after_second_proposal, during_confirmation)


class LoggedTrainer:
    """Answers with what a log says came of the same training."""

    name = "logged"

    def __init__(self, log: Path) -> None:
        events = [event for event in read_events(log) if isinstance(event, TrainingFinished)]
        self._known = {(event.name, event.stage, event.replicate): event.evaluation for event in events}
        self.jobs: list[TrainingJob] = []

    def close(self) -> None:
        pass

    def steps_of(self, task: Task, env_steps: int) -> int:
        return env_steps

    def train(
        self,
        task: Task,
        jobs: Sequence[TrainingJob],
        *,
        on_start: Callable[[TrainingJob], None],
        on_outcome: Callable[[TrainingJob, Outcome], None],
        on_checkpoint: OnCheckpoint | None = None,
    ) -> list[Outcome | None]:
        self.jobs += jobs
        outcomes: list[Outcome | None] = [self._known[job.name, job.stage, job.replicate] for job in jobs]
        for job, outcome in zip(jobs, outcomes, strict=True):
            on_start(job)
            assert outcome is not None
            on_outcome(job, outcome)
        return outcomes


@contextmanager
def going_on(root: Path) -> Iterator[Evolution]:
    """Yield the run as `resume` builds it, but for its trainer."""
    folder = RunFolder(root)
    task, config = resumable(folder, state_of(root), Consent(**CONSENT))
    log = EventLog(folder.events, clock=time.time)
    state = RunState.of(log.events)
    log.listen(state.apply)
    look = FirstLook(TrajectoryBatch.of(read_trajectories(folder.recording)))
    with building(task, config, folder, log, state, look, threading.Event(), "") as evolution:
        evolution.trainer = LoggedTrainer(RECORDED / root.name / "events.jsonl")
        yield evolution


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_a_half_done_run_goes_on_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, cut: Callable[[list[dict[str, Any]]], int]
) -> None:
    length = cut(rows_of(RECORDED / name))
    root = copied(name, tmp_path, lines=length)
    monkeypatch.chdir(tmp_path)  # the model is called by the name of a file there
    with going_on(root) as evolution:
        evolution.run()
    events, state, whole = read_events(root / "events.jsonl"), state_of(root), state_of(RECORDED / name)
    assert [event.v for event in events] == [1] * length + [FORMAT_VERSION] * (len(events) - length)
    assert candidates_of(state) == candidates_of(whole)
    assert (decisions_of(state), state.confirmation) == (decisions_of(whole), whole.confirmation)
    assert {key: reply.text for key, reply in state.replies.items()} == {
        key: reply.text for key, reply in whole.replies.items()
    }


def decisions_of(state: RunState) -> dict[int, Judgement]:
    """Return what was decided after each generation; the words for it may be those of another version."""
    return {number: replace(one, reason="") for number, one in state.judgements.items()}


def candidates_of(state: RunState) -> list[tuple[Any, ...]]:
    return [
        (c.id, c.operator, c.parents, c.proposer, c.source, c.genome, c.status, c.findings, c.fitnesses())
        for c in state.archive(sign=1.0).candidates
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_half_done_run_is_resumed_by_its_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """With real trainings: scores may differ between machines, and what is proposed may not."""
    root = copied(name, tmp_path, lines=after_first_training(rows_of(RECORDED / name)))
    monkeypatch.chdir(tmp_path)
    result = eureka_agent.resume(name, runs=root.parent, **CONSENT)
    assert result.winner is not None
    assert result.reward is not None
    found, whole = state_of(root), state_of(RECORDED / name)
    assert {c.id: c.source for c in found.candidates.values()} == {
        c.id: c.source for c in whole.candidates.values()
    }


class WatchedProposer:
    """Remembers which generations it was asked to plan."""

    def __init__(self, proposer: Proposer) -> None:
        self.name, self.max_parallel = proposer.name, proposer.max_parallel
        self.propose, self.repair = proposer.propose, proposer.repair
        self._proposer = proposer
        self.planned: list[int] = []

    def plan(self, generation: int, samples: int, archive: Archive) -> list[Slot]:
        self.planned.append(generation)
        return self._proposer.plan(generation, samples, archive)


def test_a_plan_of_today_is_not_made_again(tmp_path: Path) -> None:
    """Of a run that began in format 1, the generation that it plans now says all that its slots take."""
    root = copied("search", tmp_path, lines=after_first_training(rows_of(RECORDED / "search")))
    with going_on(root) as evolution:
        evolution.run()
    rows = rows_of(root)
    cut = next(
        n for n, row in enumerate(rows) if row["type"] == "generation_planned" and row["v"] == FORMAT_VERSION
    )
    (root / "events.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[: cut + 1]))
    with going_on(root) as evolution:
        watched = WatchedProposer(evolution.make_proposer(0))
        evolution.make_proposer = lambda _restart: watched
        evolution.run()
    assert watched.planned == [0], "generation 0 stands in format 1, and says too little"
    assert candidates_of(state_of(root)) == candidates_of(state_of(RECORDED / "search"))
