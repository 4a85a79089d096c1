"""What a training keeps of the steps it paid for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from eureka_agent.errors import StoreError
from eureka_agent.training.reward_provider import RewardBatch, RolloutSteps
from eureka_agent.training.reward_sample import (
    FILE,
    MAX_ROWS,
    RewardSample,
    SampledRewardProvider,
    read_samples,
    write_samples,
)


@dataclass
class Steps:
    signals: dict[str, np.ndarray]
    native_reward: np.ndarray
    done: np.ndarray
    first: np.ndarray
    progress: float


def steps(count: int, worlds: int, value: float) -> Steps:
    x = np.full((count, worlds), value, np.float32) + np.arange(worlds, dtype=np.float32)
    first = np.zeros((count, worlds), bool)
    first[0, 0] = True
    return Steps({"x": x, "other": x}, x, ~first, first, progress=value / 4)


class Doubling:
    signals: tuple[str, ...] = ("x",)

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        x = rollout.signals["x"]
        return RewardBatch(2 * x, {"a/b": x, "ü": x})


def test_the_first_and_the_last_rollout_are_kept_whatever_becomes_of_their_arrays() -> None:
    provider = SampledRewardProvider(Doubling())
    assert provider.samples == []
    for value in (1.0, 2.0, 3.0):
        rollout = steps(4, 3, value)
        paid = provider(rollout)
        rollout.signals["x"][:] = -1.0
        paid.reward[:] = -1.0
    first, last = provider.samples
    np.testing.assert_array_equal(first.reward[0], [2.0, 4.0, 6.0])
    np.testing.assert_array_equal(last.signals["x"][0], [3.0, 4.0, 5.0])
    assert set(first.signals) == {"x"}
    assert (first.progress, last.progress) == (0.25, 0.75)


def test_samples_are_bounded_and_keep_one_world_at_least() -> None:
    many, long = steps(64, 100, 1.0), steps(2 * MAX_ROWS, 3, 1.0)
    shapes = [
        RewardSample.of(r.signals, r.first, *Doubling()(r), progress=r.progress).first.shape
        for r in (many, long)
    ]
    assert shapes == [(64, MAX_ROWS // 64), (2 * MAX_ROWS, 1)]


def test_samples_come_back_from_their_file(tmp_path: Path) -> None:
    rollouts = [steps(4, 3, 1.0), steps(2, 5, 2.0)]
    samples = [RewardSample.of(r.signals, r.first, *Doubling()(r), progress=r.progress) for r in rollouts]
    write_samples(tmp_path, samples)
    for sample, back in zip(samples, read_samples(tmp_path), strict=True):
        assert list(back.components) == ["a/b", "ü"]
        np.testing.assert_array_equal(sample.signals["x"], back.signals["x"])
        np.testing.assert_array_equal(sample.reward, back.reward)
        np.testing.assert_array_equal(sample.components["ü"], back.components["ü"])
        np.testing.assert_array_equal(sample.first, back.first)
        assert back.progress == sample.progress


def test_nothing_is_read_where_nothing_was_kept_and_another_file_is_an_error(tmp_path: Path) -> None:
    write_samples(tmp_path, [])
    assert read_samples(tmp_path) == []
    (tmp_path / FILE).write_bytes(b"no archive")
    with pytest.raises(StoreError, match="holds no steps"):
        read_samples(tmp_path)


def test_memory_is_known_from_the_first_step_of_an_episode_on() -> None:
    first = np.array([[1, 0], [0, 0], [0, 1], [0, 0]], bool)
    x = np.zeros((4, 2), np.float32)
    sample = RewardSample({"x": x}, first, x, {})
    np.testing.assert_array_equal(sample.begun, [[1, 0], [1, 0], [1, 1], [1, 1]])
    assert sample.flat().first.shape == (1, 8)
