"""What is recorded of a training: rewards of every step, whose episodes they are, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from trajectory_fakes import whole

from eureka_agent.errors import RewardError
from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.candidate import Learned
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.evaluation_rewards import Payer
from eureka_agent.training.recorded_rewards import with_rewards
from eureka_agent.training.reward_provider import RewardBatch, RolloutSteps
from eureka_agent.training.schedule import Checkpoint
from eureka_agent.training.training_recording import TrainingRecording
from eureka_agent.trajectories import Origin, Trajectory, read_trajectories
from eureka_agent.trajectories.files import CHECKPOINTS, FILE


class Remembers:
    """Pays the sum of heights since an episode began, and counts what it is asked."""

    signals = ("height",)

    def __init__(self) -> None:
        self.sums: np.ndarray = np.zeros(0, np.float32)
        self.rows: list[int] = []

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        self.rows.append(rollout.first.size)
        paid: np.ndarray = np.zeros(rollout.first.shape, np.float32)
        if len(self.sums) != paid.shape[1]:
            assert rollout.first[0].all(), "memory of other worlds would go on"
            self.sums = np.zeros(paid.shape[1], np.float32)
        for t, (first, height) in enumerate(zip(rollout.first, rollout.signals["height"], strict=True)):
            self.sums = np.where(first, 0, self.sums) + height
            paid[t] = self.sums
        return RewardBatch(paid, {"sum": paid, "half": paid / 2})


def unpaid(steps: int, checkpoint: int | None = None) -> Trajectory:
    return whole(steps, reward=None, components={}, origin=Origin(checkpoint=checkpoint, env_steps=steps))


def learned(kept: Sequence[Trajectory], at_checkpoints: Sequence[Trajectory]) -> Learned:
    scoring = EpisodeSet((1.0,) * len(kept), (1,) * len(kept), 1, tuple(kept))
    return Learned(Checkpoint(1, 9, 0.5, None), {}, scoring, 1, 0, None, tuple(at_checkpoints))


ORIGIN = Origin("0-03", "search", 1, 1, 9)
FITNESS = TaskFitness(find_task("cartpole"))


@pytest.mark.parametrize("most_rows", [1, 2, 3, 7, 100])
def test_an_episode_is_paid_alike_however_many_rows_a_worker_takes(most_rows: int) -> None:
    provider, lengths = Remembers(), [5, 1, 9]
    paid = with_rewards(Payer(provider, most_rows), provider.signals, [unpaid(n) for n in lengths])
    assert max(provider.rows) <= most_rows
    for episode, length in zip(paid, lengths, strict=True):
        expected = np.cumsum(np.arange(length), dtype=np.float32)
        assert episode.reward is not None
        np.testing.assert_array_equal(episode.reward, expected)
        np.testing.assert_array_equal(episode.components["half"], expected / 2)


def test_every_episode_says_whose_it_is_and_what_it_was_paid(tmp_path: Path) -> None:
    provider = Remembers()
    pay = partial(with_rewards, Payer(provider, 64), provider.signals)
    recording = TrainingRecording.of(learned([unpaid(3)], [unpaid(2, 0), unpaid(4, 6)]), ORIGIN, pay, FITNESS)
    assert recording.notes == ()
    recording.write(tmp_path)
    (kept,), others = read_trajectories(tmp_path / FILE), read_trajectories(tmp_path / CHECKPOINTS)
    assert kept.origin == ORIGIN
    steps = [replace(ORIGIN, checkpoint=0, env_steps=2), replace(ORIGIN, checkpoint=6, env_steps=4)]
    assert [one.origin for one in others] == steps
    for one in (kept, *others):
        assert set(one.components) == {"sum", "half"}
        assert one.fitness_so_far is not None
        assert one.seed is not None
        assert one.action is not None


def test_a_reward_that_fails_on_these_steps_costs_the_rewards_only() -> None:
    def fails(episodes: Sequence[Trajectory]) -> Sequence[Trajectory]:
        raise RewardError("the reward is NaN in row 2.")

    recording = TrainingRecording.of(learned([unpaid(3)], [unpaid(2, 0)]), ORIGIN, fails, FITNESS)
    assert [one.reward for one in (*recording.kept, *recording.at_checkpoints)] == [None, None]
    (note,) = recording.notes
    assert "not known: the reward is NaN in row 2." in note


def test_what_does_not_fit_is_told() -> None:
    played = learned([unpaid(3), unpaid(3)], [unpaid(2, 0)])
    recording = TrainingRecording.of(played, ORIGIN, list, FITNESS, most=200)
    (note,) = recording.notes
    assert f"Of 8 steps {recording.length} were recorded" in note
    assert "episodes of checkpoints first" in note
    assert not recording.at_checkpoints


def fast(signals: Mapping[str, np.ndarray]) -> float:
    """Score a whole episode by its greatest height, which beginnings of fewer than 3 steps have none of."""
    return float(signals["height"].max()) if len(signals["height"]) > 2 else float("nan")


@pytest.mark.parametrize(("steps", "known"), [(100, True), (2, False), (40, False)])
def test_beginnings_are_scored_where_a_task_scores_whole_episodes(steps: int, known: bool) -> None:
    task = find_task("cartpole")
    spec = replace(task.fitness, reduce="episode")
    fitness = TaskFitness(replace(task, fitness=spec, fitness_episode=fast))
    episode = replace(unpaid(steps), fitness_so_far=None)
    recording = TrainingRecording.of(learned([episode], []), ORIGIN, list, fitness)
    so_far = recording.kept[0].fitness_so_far
    assert (so_far is not None) is known
    if so_far is not None:
        assert len(np.unique(so_far)) == 32
        assert so_far[-1] == steps - 1
        shown = so_far[4:] <= np.arange(4, steps)
        assert shown.all(), "no step shows the score of a longer beginning"
        assert (np.diff(so_far) >= 0).all()
