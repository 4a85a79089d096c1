"""What others are paid is compared with what a policy's own episodes were paid: at the same progress."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from analysis_fakes import candidate, trained
from trajectory_fakes import whole

from eureka_agent.analysis.others import paid_others
from eureka_agent.trajectories.trajectory import Trajectory


def test_others_are_paid_at_the_progress_that_is_asked_for() -> None:
    seen: list[float] = []

    def pay(episodes: Sequence[Trajectory]) -> Sequence[Trajectory]:
        seen.extend(episode.progress for episode in episodes)
        return [
            episode.paid(np.full(episode.length, episode.progress, np.float32), {}) for episode in episodes
        ]

    best = candidate(trained([2.0]), index=2)
    recorded = {"0-02": [whole(3, progress=0.75), whole(4, progress=0.75)]}
    paid_others(pay, [whole(3), whole(2)], best, recorded, progress=0.5)
    assert seen == [0.5] * 4
    assert recorded["0-02"][0].progress == 0.75
