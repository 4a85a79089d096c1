from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
from design_fakes import make_task, trained
from trajectory_fakes import running

from eureka_agent.design.trained import Evaluate, PolicyStats, RewardStats, trained_in
from eureka_agent.errors import RewardError
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.layout import RunFolder
from eureka_agent.training.reward_provider import RewardBatch
from eureka_agent.trajectories import Trajectory, TrajectoryBatch, write_trajectories

TASK = make_task()
AT_RANDOM = TrajectoryBatch.of([running({"height": np.full(5, -1.0)}) for _ in range(4)])


def evaluate(batch: TrajectoryBatch) -> RewardBatch:
    """Pay for height, and for beginnings."""
    height = batch.signals["height"].astype(np.float32)
    return RewardBatch(height + 10 * batch.first, {"height": height, "begun": 10 * batch.first})


def evaluate_not(batch: TrajectoryBatch) -> RewardBatch:
    raise RewardError("component 'root' is NaN in row 3")


def pays(reward: Coded) -> AbstractContextManager[Evaluate]:
    return nullcontext(evaluate)


def cannot(reward: Coded) -> AbstractContextManager[Evaluate]:
    return nullcontext(evaluate_not)


def recorded(folder: RunFolder, ending: str = "terminated") -> None:
    episodes = [{"height": np.full(90, -0.0)}, {"height": np.full(10, 4.0)}]
    kept(folder, 0, [replace(running(episode), ending=ending) for episode in episodes])
    kept(folder, 1, [running({"height": np.full(9, -7.0)})])


def kept(folder: RunFolder, training: int, episodes: list[Trajectory]) -> None:
    write_trajectories(folder.training("0-01", "search", training) / "trajectories.npz", episodes)


def test_the_steps_of_all_episodes_of_the_first_search_training_are_told(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    one = trained(0, 1, 5.0)
    again = [replace(one.evaluations[0], replicate=1), replace(one.evaluations[0], stage="confirm")]
    one = replace(one, evaluations=(*again, *one.evaluations))
    recorded(folder)
    met = trained_in(folder, TASK, AT_RANDOM, pays)(one)
    assert met.lengths == (90, 10)
    assert met.ends == {"height": "0"}, "of the first episode that did not last 100 steps"
    assert met.signals == {"height": "0, 0, 4"}
    assert met.rewards == RewardStats({"height": "0.4; 0, 0, 4", "begun": "0.2; 0, 0, 0"}, "0.6; 0, 0, 4")
    assert met.rewards_at_random == RewardStats(
        {"height": "-1; -1, -1, -1", "begun": "2; 0, 0, 10"}, "1; -1, -1, 9"
    )


def test_the_tasks_own_word_for_an_end_is_told(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    recorded(folder, "the cart left the track")
    told = trained_in(folder, TASK, AT_RANDOM, pays)
    assert told(trained(0, 1, 5.0)).ended_by == "the cart left the track"
    recorded(folder)
    assert told(trained(0, 1, 5.0)).ended_by == "", "what everybody knows is not worth a word"


def test_signals_are_told_where_the_reward_fails_on_what_was_recorded(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    recorded(folder)
    met = trained_in(folder, replace(TASK, max_episode_steps=10), AT_RANDOM, cannot)(trained(0, 1, 5.0))
    assert met == PolicyStats((90, 10), {"height": "0, 0, 4"}), "one had all its steps, as far as is known"


def test_nothing_is_told_where_nothing_was_recorded(tmp_path: Path) -> None:
    assert trained_in(RunFolder(tmp_path), TASK, AT_RANDOM, pays)(trained(0, 1, 5.0)) == PolicyStats()
