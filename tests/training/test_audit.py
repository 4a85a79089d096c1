"""After training the saved file is asked again, and who pays otherwise has failed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "evolution"))

from fakes import FakeTrainer

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards import load_reward
from eureka_agent.rewards.output import validated
from eureka_agent.rewards.reward import Coded, Native
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.audit import AS_PLAIN, ON_CPU, ON_DEVICE, Agreement, AuditedTrainer
from eureka_agent.training.job import Outcome, TrainingFailure, TrainingJob
from eureka_agent.training.reward_sample import FILE, RewardSample, write_samples
from eureka_agent.trajectories import TrajectoryBatch, inspect_environment

REWARD = """import numpy as np

SCALE = np.array([0.5, 0.25])


def compute_reward(pole_angle, action):
    upright = np.exp(-np.square(pole_angle / 0.1))
    effort = -np.sum(np.square(action) * SCALE, axis=-1)
    return upright + effort, {"upright": upright, "effort": effort}
"""

MEMORY = """import numpy as np

MEMORY = {"steps": 0.0}


def compute_reward(pole_angle, memory):
    steps = memory["steps"] + 1.0
    return pole_angle + steps, {"steps": steps}, {"steps": steps}
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RewardSandbox]:
    with RewardSandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def task() -> Task:
    return find_task("cartpole")


@pytest.fixture(scope="module")
def recording(task: Task) -> TrajectoryBatch:
    return inspect_environment(task, seed=0, steps=512)


def paid_in_training(source: str, recording: TrajectoryBatch) -> RewardSample:
    """Return what a training with `source` would have kept: its reward on random play."""
    reward = load_reward(source)
    shape = recording.first.shape
    memory = reward.initial_memory(shape[1]) if reward.source.uses_memory else None
    rewards, columns = [], []
    for t in range(shape[0]):
        if memory is not None:
            memory = reward.reset_memory(memory, recording.first[t])
        output = validated(reward({n: a[t] for n, a in recording.signals.items()}, memory), shape[1])
        memory = output.memory
        rewards.append(output.reward)
        columns.append(output.components)
    signals = {name: recording.signals[name] for name in reward.source.arguments}
    components = {name: np.stack([column[name] for column in columns]) for name in columns[0]}
    return RewardSample(signals, recording.first, np.stack(rewards), components)


Spoil = Callable[[RewardSample], RewardSample]


def outcome_of(
    source: str,
    folder: Path,
    task: Task,
    sandbox: RewardSandbox,
    recording: TrajectoryBatch,
    *,
    spoil: Spoil = lambda sample: sample,
    saved: str | None = None,
    stage: str = "search",
    on_device: bool = False,
) -> Outcome | None:
    """Train with a fake that keeps what `source` pays, and audit the file that holds `saved`."""
    common: dict[str, Any] = {"replicate": 0, "seed": 1, "env_steps": 1}
    job = TrainingJob(name="0-00", stage=stage, reward=Coded(source), folder=folder / "search-0", **common)
    write_samples(job.folder, [spoil(paid_in_training(source, recording))])
    path = folder / "reward.py"
    if saved is not None:
        path.write_text(saved)
    trainer = AuditedTrainer(
        FakeTrainer(), sandbox, saved=lambda _: path, recording=recording, on_device=on_device
    )
    told: list[Outcome] = []
    (returned,) = trainer.train(
        task, [job], on_start=lambda _: None, on_outcome=lambda _, outcome: told.append(outcome)
    )
    assert told == [returned]
    return returned


@pytest.mark.parametrize("stage", ["search", "confirm"])
@pytest.mark.parametrize("source", [REWARD, MEMORY])
def test_a_file_that_pays_what_was_trained_with_passes(
    source: str, stage: str, tmp_path: Path, task: Task, sandbox: RewardSandbox, recording: TrajectoryBatch
) -> None:
    outcome = outcome_of(source, tmp_path, task, sandbox, recording, stage=stage)
    assert isinstance(outcome, Evaluation)
    assert (tmp_path / "reward.py").read_text() == source
    assert not (tmp_path / "search-0" / FILE).exists()


def test_on_a_cpu_one_bit_is_too_much_and_on_a_device_it_is_not(
    tmp_path: Path, task: Task, sandbox: RewardSandbox, recording: TrajectoryBatch
) -> None:
    def one_bit(sample: RewardSample) -> RewardSample:
        reward = sample.reward.copy()
        reward[3, 1] = np.nextafter(reward[3, 1], np.float32(np.inf))
        return replace(sample, reward=reward)

    common = (task, sandbox, recording)
    outcome = outcome_of(REWARD, tmp_path / "cpu", *common, spoil=one_bit)
    assert isinstance(outcome, TrainingFailure)
    assert "the reward is another one than in training" in outcome.reason
    assert (tmp_path / "cpu" / "search-0" / FILE).exists()
    assert isinstance(
        outcome_of(REWARD, tmp_path / "device", *common, spoil=one_bit, on_device=True), Evaluation
    )


def test_another_file_than_was_trained_with_fails(
    tmp_path: Path, task: Task, sandbox: RewardSandbox, recording: TrajectoryBatch
) -> None:
    other = REWARD.replace("0.5, 0.25", "0.5, 0.75")
    outcome = outcome_of(REWARD, tmp_path, task, sandbox, recording, saved=other)
    assert isinstance(outcome, TrainingFailure)
    refused = outcome_of(REWARD, tmp_path / "b", task, sandbox, recording, saved="import os\n" + REWARD)
    assert isinstance(refused, TrainingFailure)
    assert "breaks the contract" in refused.reason


def test_a_component_counts_as_much_as_the_reward(
    tmp_path: Path, task: Task, sandbox: RewardSandbox, recording: TrajectoryBatch
) -> None:
    def spoil(sample: RewardSample) -> RewardSample:
        return replace(sample, components={**sample.components, "effort": sample.components["upright"]})

    outcome = outcome_of(REWARD, tmp_path, task, sandbox, recording, spoil=spoil)
    assert isinstance(outcome, TrainingFailure)
    assert "`effort`" in outcome.reason


def test_a_reward_that_counts_rows_through_broadcasting_pays_otherwise_in_smaller_batches(
    tmp_path: Path, task: Task, sandbox: RewardSandbox, recording: TrajectoryBatch
) -> None:
    """It passes the static rules; what it pays was computed with all rows of a rollout at once."""
    rows = recording.first.size
    source = f"""import numpy as np


def compute_reward(pole_angle):
    many = np.sum(np.where(pole_angle[:, None] - pole_angle > -1e9, 1.0, 0.0), axis=-1)
    return np.where(many >= {rows}.0, 100.0, 0.0) + pole_angle, {{"angle": pole_angle}}
"""

    def at_once(sample: RewardSample) -> RewardSample:
        return replace(sample, reward=sample.reward + np.float32(100.0))

    outcome = outcome_of(source, tmp_path, task, sandbox, recording, spoil=at_once)
    assert isinstance(outcome, TrainingFailure)
    assert "how many there are" in outcome.reason


@pytest.mark.parametrize("stage", ["search", "confirm"])
def test_who_pays_otherwise_as_plain_python_fails(
    stage: str, tmp_path: Path, task: Task, sandbox: RewardSandbox, recording: TrajectoryBatch
) -> None:
    """Constants have float32 in the loader and float64 in plain NumPy, which a reward can make its own."""
    source = """import numpy as np

SMALL = np.array([0.1])


def compute_reward(pole_angle):
    return pole_angle + 100.0 * (SMALL[0] + 1e-9 != SMALL[0]), {"angle": pole_angle}
"""
    outcome = outcome_of(source, tmp_path, task, sandbox, recording, stage=stage)
    assert isinstance(outcome, TrainingFailure)
    assert "imported as plain Python, the reward" in outcome.reason


def test_without_steps_to_compare_by_nobody_passes(
    tmp_path: Path, task: Task, sandbox: RewardSandbox, recording: TrajectoryBatch
) -> None:
    common: dict[str, Any] = {"stage": "search", "replicate": 0, "seed": 1, "env_steps": 1}
    job = TrainingJob(name="0-00", reward=Coded(REWARD), folder=tmp_path / "search-0", **common)
    trainer = AuditedTrainer(
        FakeTrainer(), sandbox, saved=lambda _: tmp_path / "reward.py", recording=recording
    )
    (outcome,) = trainer.train(task, [job], on_start=lambda _: None, on_outcome=lambda *_: None)
    assert isinstance(outcome, TrainingFailure)
    assert "kept no steps" in outcome.reason


def test_baselines_are_not_audited(
    tmp_path: Path, task: Task, sandbox: RewardSandbox, recording: TrajectoryBatch
) -> None:
    common: dict[str, Any] = {"stage": "confirm", "replicate": 0, "seed": 1, "env_steps": 1}
    job = TrainingJob(name="reference", reward=Native(), folder=tmp_path, **common)
    trainer = AuditedTrainer(FakeTrainer(), sandbox, saved=lambda _: None, recording=recording)
    (outcome,) = trainer.train(task, [job], on_start=lambda _: None, on_outcome=lambda *_: None)
    assert isinstance(outcome, Evaluation)


def test_a_device_may_differ_at_thresholds_and_no_more() -> None:
    paid = np.ones(10_000, np.float32)
    few, many = paid.copy(), paid.copy()
    few[:10], many[:11] = 2.0, 2.0
    assert not ON_DEVICE.broken(paid, few)
    assert ON_DEVICE.broken(paid, many)
    assert not ON_DEVICE.broken(paid, paid * np.float32(1 + 5e-5))
    assert ON_CPU.broken(paid, paid * np.float32(1 + 1e-6))


def test_what_is_left_where_large_numbers_cancel_is_not_held_against_a_file() -> None:
    """A distance of 100 m in 32 bits is exact to some micrometres: so is what it shrank by in one step."""
    shrunk = np.full(1000, 1e-3, np.float32)
    plain = shrunk + np.float32(2e-5)
    assert ON_DEVICE.broken(shrunk, plain)
    assert not AS_PLAIN.broken(shrunk, plain)
    assert AS_PLAIN.broken(shrunk, shrunk + np.float32(1e-2))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("agreement", [ON_CPU, ON_DEVICE, AS_PLAIN])
def test_no_steps_are_no_difference(agreement: Agreement) -> None:
    assert not agreement.broken(np.zeros(0), np.zeros(0))
