"""Real trainings, tiny: one process a candidate, one reward worker a candidate."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.isolation.layout import SignalLayout
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded, Native, Reward, Sparse
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.driver import TrainingDriver
from eureka_agent.training.executor import scrubbed_environment
from eureka_agent.training.job import Outcome, TrainingFailure, TrainingJob
from eureka_agent.training.results import read_result
from eureka_agent.training.sb3.backend import Sb3Backend
from eureka_agent.training.trainers import drive
from eureka_agent.trajectories import played_again, read_trajectories

GOOD = """import numpy as np


def compute_reward(pole_angle, cart_position):
    upright = np.exp(-np.square(pole_angle / 0.1))
    centred = {weight} * np.square(cart_position)
    return upright + centred, {{"upright": upright, "centred": centred}}
"""

HANGS = """import numpy as np


def compute_reward(pole_angle):
    reward = pole_angle
    for i in range(250):
        for j in range(250):
            for k in range(250):
                reward = np.cos(reward)
    return reward, {"reward": reward}
"""

NAN = """import numpy as np


def compute_reward(pole_angle):
    reward = np.log(pole_angle)
    return reward, {"reward": reward}
"""

CRASHES = GOOD.format(weight=-0.75)


class CrashingSandbox(RewardSandbox):
    """Kills the worker of one reward right after it was started, as a segmentation fault would."""

    def spawn(
        self, source_text: str, layout: SignalLayout, *, timeout_s: float = 10.0, plain: bool = False
    ) -> Any:
        worker = super().spawn(source_text, layout, timeout_s=timeout_s, plain=plain)
        if source_text == CRASHES:
            assert worker.child is not None
            self._started().kill(worker.child)
        return worker


@pytest.fixture(scope="module")
def task() -> Task:
    chosen = find_task("cartpole")
    budget = replace(chosen.budget, checkpoints=2, eval_episodes=2, wall_s=60.0)
    return replace(chosen, budget=budget)


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainingDriver]:
    with CrashingSandbox() as sandbox:
        scratch = tmp_path_factory.mktemp("home")
        made = drive(Sb3Backend(sandbox), scratch=scratch, parallel=2, stop=threading.Event())
        yield made
        made.close()


def job(name: str, paid_by: Reward | str, folder: Path, env_steps: int = 1024) -> TrainingJob:
    reward = Coded(paid_by) if isinstance(paid_by, str) else paid_by
    return TrainingJob(name, "search", 0, 1, reward, folder / name, env_steps)


def run(trainer: TrainingDriver, task: Task, jobs: list[TrainingJob]) -> list[Outcome | None]:
    return trainer.train(task, jobs, on_start=lambda _: None, on_outcome=lambda *_: None)


def comparable(outcome: Outcome | None) -> Evaluation:
    assert isinstance(outcome, Evaluation), outcome
    return replace(outcome, wall_s=0.0)


def test_a_hang_a_crash_and_a_nan_leave_the_other_three_trained_as_if_alone(
    task: Task, trainer: TrainingDriver, tmp_path: Path
) -> None:
    good = {f"good-{n}": GOOD.format(weight=-0.1 * (n + 1)) for n in range(3)}
    bad = {"hangs": HANGS, "crashes": CRASHES, "nan": NAN}
    names = ["hangs", "good-0", "crashes", "good-1", "nan", "good-2"]
    jobs = [job(name, {**good, **bad}[name], tmp_path / "together") for name in names]
    together = dict(zip(names, run(trainer, task, jobs), strict=True))
    for name, source in good.items():
        (alone,) = run(trainer, task, [job(name, source, tmp_path / "alone")])
        assert comparable(together[name]) == comparable(alone)
    failures = {name: failure(together[name]) for name in bad}
    assert failures["hangs"].status == "timed out"
    assert "finite" in failures["nan"].reason or "NaN" in failures["nan"].reason
    assert "ended" in failures["crashes"].reason


def failure(outcome: Outcome | None) -> TrainingFailure:
    assert isinstance(outcome, TrainingFailure), outcome
    return outcome


def test_baselines_need_no_worker(task: Task, trainer: TrainingDriver, tmp_path: Path) -> None:
    native, sparse = run(
        trainer, task, [job("native", Native(), tmp_path), job("sparse", Sparse(), tmp_path)]
    )
    assert comparable(native).components == ("native",)
    assert comparable(sparse).components == ("fitness",)
    assert comparable(native).isolation == comparable(sparse).isolation == ""


def test_curves_have_one_value_a_checkpoint_and_steps_include_evaluation(
    task: Task, trainer: TrainingDriver, tmp_path: Path
) -> None:
    checkpoints: list[float] = []
    (outcome,) = trainer.train(
        task,
        [job("one", GOOD.format(weight=-0.1), tmp_path)],
        on_start=lambda _: None,
        on_outcome=lambda *_: None,
        on_checkpoint=lambda _, reached: checkpoints.append(reached.fitness),
    )
    evaluation = comparable(outcome)
    assert tuple(checkpoints) == evaluation.curves["fitness"]
    assert set(evaluation.curves) == {
        "reward",
        "component/upright",
        "component/centred",
        "fitness",
        "fitness_error",
        "episode_length",
        "evaluation/reward",
        "evaluation/return",
        "evaluation/return_error",
        "evaluation/component/upright",
        "evaluation/component/centred",
    }
    assert {len(curve) for curve in evaluation.curves.values()} == {2}
    assert 1024 < evaluation.env_steps <= trainer.steps_of(task, 1024)
    assert (tmp_path / "one" / "policy.zip").exists()
    assert "rlimits + no_new_privs" in comparable(outcome).isolation
    kept = read_trajectories(tmp_path / "one" / "trajectories.npz")
    assert tuple(trajectory.fitness for trajectory in kept) == evaluation.episode_fitness
    assert kept[0].origin.env_steps == 512 * (evaluation.best_checkpoint + 1)
    at_checkpoints = read_trajectories(tmp_path / "one" / "checkpoints.npz")
    assert [one.origin.env_steps for one in at_checkpoints] == [512, 1024]
    for one in (kept[1], *at_checkpoints):
        again = played_again(task, one)
        for name, array in again.arrays.items():
            np.testing.assert_array_equal(one.arrays[name], array, err_msg=name)
        upright = np.exp(-np.square(one.signals["pole_angle"] / 0.1))
        np.testing.assert_allclose(one.components["upright"], upright, rtol=1e-5)


def test_a_training_past_its_wall_limit_is_killed(
    task: Task, trainer: TrainingDriver, tmp_path: Path
) -> None:
    short = replace(task, budget=replace(task.budget, wall_s=0.3, env_steps=10_000_000))
    (outcome,) = run(trainer, short, [job("slow", Native(), tmp_path, env_steps=10_000_000)])
    assert isinstance(outcome, TrainingFailure)
    assert outcome.status == "timed out"
    assert "0.3 s" in outcome.reason


def test_after_a_stop_nothing_new_starts(task: Task, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with RewardSandbox() as sandbox:
        trainer = drive(Sb3Backend(sandbox), scratch=tmp_path / "home", parallel=1, stop=stop)
        started: list[TrainingJob] = []
        jobs = [job("never", Native(), tmp_path)]
        assert trainer.train(task, jobs, on_start=started.append, on_outcome=lambda *_: None) == [None]
        trainer.close()
    assert not started


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"job": "x"}',
        '{"job": "other", "evaluation": {}}',
        '{"job": "x", "evaluation": {"stage": 1}}',
    ],
)
def test_only_a_complete_result_for_this_job_is_accepted(tmp_path: Path, content: str) -> None:
    path = tmp_path / "result.json"
    path.write_text(content)
    assert isinstance(read_result(path, "x", 0), TrainingFailure)


def test_exit_code_zero_without_a_result_is_a_failure(tmp_path: Path) -> None:
    outcome = read_result(tmp_path / "result.json", "x", 0)
    assert isinstance(outcome, TrainingFailure)
    assert "without a result" in outcome.reason


def test_keys_do_not_reach_a_trainer(tmp_path: Path) -> None:
    source = {**os.environ, "OPENAI_API_KEY": "canary", "MY_TOKEN": "canary"}
    assert "canary" not in json.dumps(scrubbed_environment(tmp_path, source))
