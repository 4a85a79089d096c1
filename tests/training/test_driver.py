"""One driver for every backend: what it believes of its children, and what it does when they fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import RewardError
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.isolation.messages import MalformedMessageError
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.annotation_desk import AnnotationDesk
from eureka_agent.training.backend import PreparedReward
from eureka_agent.training.driver import TrainingDriver
from eureka_agent.training.executor import ChildEnd, ChildLimits
from eureka_agent.training.job import Outcome, TrainingFailure, TrainingJob
from eureka_agent.training.protocol import CheckpointReached, WorkerReward

Say = Callable[[Mapping[str, Any]], None]


class FakeBackend:
    """Prepares any reward but those that say that they are broken, and counts what is released."""

    name, inside, preload, cache, device = "fake", "fake:Fake", (), None, None

    def __init__(self, *, together: bool = True) -> None:
        self.together = together
        self.held: list[str] = []

    def steps_of(self, task: Task, env_steps: int) -> int:
        return env_steps

    def check(self, jobs: Sequence[TrainingJob]) -> None:
        pass

    def prepare(self, task: Task, reward: Coded, folder: Path) -> PreparedReward:
        if reward.text == "broken":
            raise RewardError("It is broken.")
        self.held.append(folder.name)
        release = self.held.remove
        return PreparedReward(WorkerReward(handle={}), "walls", (10, 11), lambda: release(folder.name))

    def close(self) -> None:
        pass


class FakeExecutor:
    """Runs `child` in this process in place of a child: its rows, and what to say with."""

    parallel = 2

    def __init__(self, child: Callable[[list[dict[str, Any]], Say], ChildEnd | None]) -> None:
        self.child = child
        self.requests: list[Mapping[str, Any]] = []
        self.speak: Callable[[], Iterable[Mapping[str, Any]]] = tuple
        self.limits: list[ChildLimits] = []

    def converse(
        self,
        payload: Mapping[str, Any],
        request: Mapping[str, Any],
        fds: Any,
        limits: Any,
        hear: Say,
        speak: Any = tuple,
    ) -> ChildEnd:
        self.speak = speak
        self.requests.append(request)
        self.limits.append(limits)
        try:
            return self.child(request["jobs"], lambda said: hear(json.loads(json.dumps(said)))) or ChildEnd(0)
        except MalformedMessageError as error:
            return ChildEnd(None, fault=f"ended for sending {error}")

    def map(self, run: Callable[[Any], None], items: Sequence[Any], *, most: int) -> None:
        for item in items:
            run(item)

    def close(self) -> None:
        pass

    @property
    def trained(self) -> list[list[str]]:
        return [[row["job"].split("/")[0] for row in request["jobs"]] for request in self.requests]


def train(
    child: Callable[[list[dict[str, Any]], Say], ChildEnd | None],
    folder: Path,
    names: str = "abcd",
    *,
    together: bool = True,
    sources: Mapping[str, str] | None = None,
    on_checkpoint: Any = None,
    steps: int = 100,
) -> tuple[list[Outcome | None], FakeExecutor, list[str]]:
    task = find_task("cartpole")
    task = replace(task, budget=replace(task.budget, checkpoints=4, wall_s=10.0, env_steps=100))
    jobs = [
        TrainingJob(n, "search", 0, 1, Coded((sources or {}).get(n, "good")), folder / n, steps)
        for n in names
    ]
    backend, executor, notices = FakeBackend(together=together), FakeExecutor(child), []
    driver = TrainingDriver(backend, executor, stop=threading.Event(), notify=notices.append)
    started: list[str] = []
    outcomes = driver.train(
        task,
        jobs,
        on_start=lambda job: started.append(job.name),
        on_outcome=lambda *_: None,
        on_checkpoint=on_checkpoint,
    )
    assert started == list(names)
    assert not backend.held, "workers end with their jobs"
    return outcomes, executor, notices


def write_result(row: Mapping[str, Any], fitness: float = 1.0) -> None:
    evaluation = {
        "stage": row["stage"], "replicate": row["replicate"], "seed": row["seed"], "fitness": fitness,
        "episode_fitness": [fitness], "env_steps": 1, "wall_s": 0.1, "best_checkpoint": 0,
        "isolation": row["isolation"],
    }  # fmt: skip
    Path(row["folder"], "result.json").write_text(json.dumps({"job": row["job"], "evaluation": evaluation}))


def finish(row: Mapping[str, Any], say: Say) -> None:
    write_result(row)
    say({"type": "finished", "job": row["job"]})


def reached(row: Mapping[str, Any], checkpoint: int) -> dict[str, Any]:
    return {
        "type": "checkpoint_reached", "job": row["job"], "checkpoint": checkpoint,
        "env_steps": 25 * (checkpoint + 1), "fitness": 0.5, "error": 0.1,
    }  # fmt: skip


def good(outcomes: Sequence[Outcome | None]) -> list[bool]:
    return [isinstance(outcome, Evaluation) for outcome in outcomes]


def failure(outcome: Outcome | None) -> TrainingFailure:
    assert isinstance(outcome, TrainingFailure), outcome
    return outcome


def test_jobs_are_trained_together_and_checkpoints_are_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []

    def child(rows: list[dict[str, Any]], say: Say) -> None:
        for checkpoint in range(2):
            for row in rows:
                say(reached(row, checkpoint))
        for row in rows:
            finish(row, say)

    def on_checkpoint(job: TrainingJob, at: CheckpointReached) -> None:
        told.append((job.name, at.checkpoint, at.env_steps))

    outcomes, executor, _ = train(child, tmp_path, "ab", on_checkpoint=on_checkpoint)
    assert good(outcomes) == [True, True]
    assert told == [("a", 0, 25), ("b", 0, 25), ("a", 1, 50), ("b", 1, 50)]
    (request,) = executor.requests
    assert [(row["first_fd"], row["fds"]) for row in request["jobs"]] == [(0, 2), (2, 2)]
    assert request["threads"] == 2
    assert executor.limits[0].wall_s == 10.0


def test_a_backend_that_trains_one_by_one_gets_a_child_a_job(tmp_path: Path) -> None:
    def child(rows: list[dict[str, Any]], say: Say) -> None:
        finish(rows[0], say)

    outcomes, executor, _ = train(child, tmp_path, "abc", together=False)
    assert good(outcomes) == [True] * 3
    assert executor.trained == [["a"], ["b"], ["c"]]
    assert {request["threads"] for request in executor.requests} == {1}


def test_a_reward_that_does_not_load_fails_alone(tmp_path: Path) -> None:
    def child(rows: list[dict[str, Any]], say: Say) -> None:
        for row in rows:
            finish(row, say)

    outcomes, executor, _ = train(child, tmp_path, "ab", sources={"a": "broken"})
    assert failure(outcomes[0]).reason == "It is broken."
    assert executor.trained == [["b"]]


def test_complete_files_count_though_the_child_died_before_it_could_say_so(tmp_path: Path) -> None:
    def child(rows: list[dict[str, Any]], say: Say) -> ChildEnd:
        for row in rows:
            write_result(row)
        return ChildEnd(-9)

    outcomes, executor, notices = train(child, tmp_path)
    assert good(outcomes) == [True] * 4
    assert len(executor.requests) == 1
    assert not notices


def test_what_does_not_fit_is_trained_in_as_many_parts_as_it_takes(tmp_path: Path) -> None:
    def child(rows: list[dict[str, Any]], say: Say) -> None:
        if len(rows) > 2:
            say({"type": "does_not_fit", "fitting": 2})
            return
        for row in rows:
            finish(row, say)

    outcomes, executor, notices = train(child, tmp_path, "abcde")
    assert good(outcomes) == [True] * 5
    assert executor.trained == [list("abcde"), ["a", "b"], ["c", "d"], ["e"]]
    assert "hold 2 of 5 candidates" in notices[0]


def _ends_a_job_that_has_no_result(row: dict[str, Any], say: Say) -> None:
    say({"type": "finished", "job": row["job"]})


def _ends_a_job_twice(row: dict[str, Any], say: Say) -> None:
    finish(row, say)
    say({"type": "failed", "job": row["job"]})


def _ends_a_job_of_others(_row: dict[str, Any], say: Say) -> None:
    say({"type": "finished", "job": "z/search-0"})


def _reaches_a_checkpoint_twice(row: dict[str, Any], say: Say) -> None:
    say(reached(row, 1))
    say(reached(row, 1))


def _reaches_a_checkpoint_that_is_none(row: dict[str, Any], say: Say) -> None:
    say(reached(row, 4))


def _says_that_all_do_not_fit(_row: dict[str, Any], say: Say) -> None:
    say({"type": "does_not_fit", "fitting": 4})


def _says_what_is_no_message(_row: dict[str, Any], say: Say) -> None:
    say({"type": "finished", "job": ["a"]})


@pytest.mark.parametrize(
    "misbehave",
    [
        _ends_a_job_that_has_no_result,
        _ends_a_job_of_others,
        _reaches_a_checkpoint_twice,
        _reaches_a_checkpoint_that_is_none,
        _says_that_all_do_not_fit,
        _says_what_is_no_message,
    ],
)
def test_a_child_that_says_what_it_may_not_has_failed_and_costs_nobody_else(
    tmp_path: Path, misbehave: Callable[[dict[str, Any], Say], None]
) -> None:
    def child(rows: list[dict[str, Any]], say: Say) -> None:
        for row in rows:
            if row["job"].startswith("c/"):
                misbehave(row, say)
        for row in rows:
            finish(row, say)

    outcomes, executor, notices = train(child, tmp_path)
    assert good(outcomes) == [True, True, False, True]
    assert "ended for sending" in failure(outcomes[2]).reason
    assert failure(outcomes[2]).crashed
    assert executor.trained == [list("abcd"), ["a", "b"], ["c", "d"], ["c"], ["d"]]
    assert "ended for sending" in notices[0]


def test_a_job_ends_once(tmp_path: Path) -> None:
    def child(rows: list[dict[str, Any]], say: Say) -> None:
        _ends_a_job_twice(rows[0], say)

    outcomes, _, _ = train(child, tmp_path, "a")
    assert good(outcomes) == [True]


def test_a_child_at_its_limit_fails_all_that_it_left(tmp_path: Path) -> None:
    def child(rows: list[dict[str, Any]], say: Say) -> ChildEnd:
        finish(rows[0], say)
        return ChildEnd(None, timed_out=True)

    outcomes, executor, _ = train(child, tmp_path, "abc")
    assert good(outcomes) == [True, False, False]
    assert {failure(outcome).status for outcome in outcomes[1:]} == {"timed out"}
    assert executor.limits[0].wall_s == 20.0, "three candidates on two cores"


def test_a_training_of_more_steps_than_the_tasks_may_take_longer(tmp_path: Path) -> None:
    def child(_rows: list[dict[str, Any]], _say: Say) -> ChildEnd:
        return ChildEnd(None, timed_out=True)

    for steps, wall_s in ((50, 10.0), (300, 30.0)):
        outcomes, executor, _ = train(child, tmp_path / str(steps), "a", steps=steps)
        assert executor.limits[0].wall_s == wall_s
        assert f"after {wall_s:g} s" in failure(outcomes[0]).reason


class AnswersEverything:
    """An annotator that likes whatever it reads."""

    def __init__(self) -> None:
        self.answered: list[Label] = []

    def submit(self, questions: Sequence[Question]) -> None:
        self.answered += [Label(question, 1.0) for question in questions]

    def collect(self) -> Sequence[Label]:
        answered, self.answered = self.answered, []
        return answered


def ask(caption: str, folder: Path, desk: AnnotationDesk | None) -> tuple[list[Any], Outcome | None]:
    """Return what a child is told that asks about a caption, and what becomes of its job."""
    told: list[Any] = []

    def child(rows: list[dict[str, Any]], say: Say) -> None:
        say({"type": "asked", "job": rows[0]["job"], "questions": [{"captions": [caption]}]})
        told.extend(executor.speak())
        finish(rows[0], say)

    executor = FakeExecutor(child)
    driver = TrainingDriver(FakeBackend(), executor, stop=threading.Event(), desk=desk)
    job = TrainingJob("a", "search", 0, 1, Coded("good"), folder / "a", 100)
    outcomes = driver.train(find_task("cartpole"), [job], on_start=lambda _: None, on_outcome=lambda *_: None)
    return told, outcomes[0]


def test_a_question_of_a_job_is_answered_to_its_child(tmp_path: Path) -> None:
    told, outcome = ask("the pole stands", tmp_path, AnnotationDesk(AnswersEverything()))
    assert [(each["job"], each["captions"], each["value"]) for each in told] == [
        ("a/search-0", ["the pole stands"], 1.0)
    ]
    assert isinstance(outcome, Evaluation)


@pytest.mark.parametrize("caption", ["two\nlines", " padded ", "\x1b[2J"])
def test_a_caption_that_no_captioner_writes_ends_the_child(tmp_path: Path, caption: str) -> None:
    _, outcome = ask(caption, tmp_path, AnnotationDesk(AnswersEverything()))
    assert isinstance(outcome, TrainingFailure)
    assert "a caption that is not one line" in outcome.reason


def test_a_question_where_nobody_answers_ends_the_child(tmp_path: Path) -> None:
    _, outcome = ask("the pole stands", tmp_path, None)
    assert isinstance(outcome, TrainingFailure)
    assert "a question where nobody answers any" in outcome.reason
