"""Of a training's checkpoints the first, the middle and the last stay recorded, wherever it ends."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from trajectory_fakes import running

from eureka_agent.training.checkpoint_episodes import CheckpointEpisodes


@given(st.integers(1, 12).flatmap(lambda of: st.tuples(st.just(of), st.integers(1, of))))
def test_first_middle_and_latest_are_held(run: tuple[int, int]) -> None:
    checkpoints, reached = run
    episodes = CheckpointEpisodes()
    for index in range(reached):
        played = running({"height": np.full(3, index, np.float32)}, seed=7)
        episodes.offer(index, 100 * (index + 1), [played], checkpoints=checkpoints)
    expected = {0, reached - 1} | ({checkpoints // 2} if checkpoints // 2 < reached else set())
    held = episodes.trajectories
    assert [one.origin.checkpoint for one in held] == sorted(expected)
    for one in held:
        assert one.origin.env_steps == 100 * ((one.origin.checkpoint or 0) + 1)
        assert one.signals["height"][0] == one.origin.checkpoint
        assert one.seed == 7
