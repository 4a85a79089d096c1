from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import numpy as np
from design_fakes import SOURCE, make_task
from trajectory_fakes import running

from eureka_agent.design.policy_stats import Evaluate, PolicyMeasurement
from eureka_agent.design.reflection import earnings
from eureka_agent.errors import RewardError
from eureka_agent.rewards.residual import RESIDUAL
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.records import PolicyStats, RewardStats
from eureka_agent.training.reward_provider import RewardBatch
from eureka_agent.trajectories import Trajectory, TrajectoryBatch

TASK = make_task()
REWARD = Coded(SOURCE)
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


def episodes(ending: str = "terminated") -> list[Trajectory]:
    both = [{"height": np.full(90, -0.0)}, {"height": np.full(10, 4.0)}]
    return [replace(running(signals), ending=ending) for signals in both]


def test_all_steps_of_all_episodes_are_described() -> None:
    met = PolicyMeasurement(TASK, AT_RANDOM, pays)(REWARD, episodes())
    assert met.lengths == (90, 10)
    assert met.ends == {"height": "0"}, "of the first episode that did not last 100 steps"
    assert met.signals == {"height": "0, 0, 4"}
    assert met.rewards == RewardStats({"height": "0.4; 0, 0, 4", "begun": "0.2; 0, 0, 0"}, "0.6; 0, 0, 4")
    assert met.rewards_at_random == RewardStats(
        {"height": "-1; -1, -1, -1", "begun": "2; 0, 0, 10"}, "1; -1, -1, 9"
    )


def test_what_is_paid_beside_the_components_is_described_last() -> None:
    def beside(batch: TrajectoryBatch) -> RewardBatch:
        height = batch.signals["height"].astype(np.float32)
        return RewardBatch(height + 2.0, {"height": height})

    met = PolicyMeasurement(TASK, AT_RANDOM, lambda reward: nullcontext(beside))(REWARD, episodes())
    assert met.rewards == RewardStats({"height": "0.4; 0, 0, 4", RESIDUAL: "2; 2, 2, 2"}, "2.4; 2, 2, 6")
    assert [row[0] for row in earnings(met)] == ["`height`", f"`{RESIDUAL}`", "`reward`"]


def test_random_play_is_paid_at_the_progress_of_the_policy_it_is_compared_with() -> None:
    def share(batch: TrajectoryBatch) -> RewardBatch:
        return RewardBatch(batch.progress, {"share": batch.progress})

    kept = [episode.at_progress(0.5) for episode in episodes()]
    met = PolicyMeasurement(TASK, AT_RANDOM, lambda reward: nullcontext(share))(REWARD, kept)
    assert (
        met.rewards
        == met.rewards_at_random
        == RewardStats({"share": "0.5; 0.5, 0.5, 0.5"}, "0.5; 0.5, 0.5, 0.5")
    )


def test_the_tasks_own_word_for_an_end_is_told() -> None:
    measure = PolicyMeasurement(TASK, AT_RANDOM, pays)
    assert measure(REWARD, episodes("the cart left the track")).ended_by == "the cart left the track"
    assert measure(REWARD, episodes()).ended_by == "", "what everybody knows is not worth a word"


def test_signals_are_described_where_the_reward_fails_on_what_was_recorded() -> None:
    met = PolicyMeasurement(replace(TASK, max_episode_steps=10), AT_RANDOM, cannot)(REWARD, episodes())
    assert met == PolicyStats((90, 10), {"height": "0, 0, 4"}), "one had all its steps, as far as is known"


def test_nothing_is_described_where_nothing_was_recorded() -> None:
    assert PolicyMeasurement(TASK, AT_RANDOM, pays)(REWARD, []) == PolicyStats()
