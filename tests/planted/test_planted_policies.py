"""What is kept of policies plays again, and its scores are those of what is played."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from planted_judging import RECORDINGS
from planted_policies import Kept, played_policies, read_kept, write_kept

from eureka_agent.tasks.registry import find_task
from eureka_agent.trajectories.trajectory import Trajectory


def test_kept_episodes_are_read_as_they_were_written(tmp_path: Path) -> None:
    kept = [Kept("early", 3, np.eye(2)), Kept("late", 2**40, np.ones((5, 2)))]
    write_kept(tmp_path / "kept.npz", kept)
    for before, after in zip(kept, read_kept(tmp_path / "kept.npz"), strict=True):
        assert (after.policy, after.seed) == (before.policy, before.seed)
        np.testing.assert_array_equal(after.actions, before.actions)
    assert read_kept(tmp_path / "none.npz") == []


@pytest.mark.parametrize("name", ["acrobot", "cartpole", "pendulum"])
def test_kept_policies_play_again(name: str) -> None:
    task = find_task(name)
    played = played_policies(task, read_kept(RECORDINGS / f"{name}.npz"))
    assert len(played) >= 3
    assert all(episode.ended and episode.fitness is not None for e in played.values() for episode in e)


def test_an_episode_that_began_later_is_not_kept() -> None:
    episode = Trajectory(
        signals={"x": np.zeros(2)}, terminated=True, truncated=False, ending="fell", action=np.zeros(2),
        seed=1, earlier=1,
    )  # fmt: skip
    with pytest.raises(ValueError, match="cannot be played again"):
        Kept.of("late", episode)
