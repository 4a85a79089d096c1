from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from design_fakes import trained

from eureka_agent.analysis.trajectories import write_trajectories
from eureka_agent.design.trained import trained_in
from eureka_agent.store.layout import RunFolder


def test_the_steps_of_all_episodes_of_the_first_search_training_are_told(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    one = trained(0, 1, 5.0)
    again = [replace(one.evaluations[0], replicate=1), replace(one.evaluations[0], stage="confirm")]
    one = replace(one, evaluations=(*again, *one.evaluations))
    episodes = [{"height": np.zeros(90)}, {"height": np.full(10, 4.0)}]
    write_trajectories(folder.training("0-01", "search", 0), episodes)
    write_trajectories(folder.training("0-01", "search", 1), [{"height": np.full(9, -7.0)}])
    assert trained_in(folder)(one) == {"height": "0, 0, 4"}


def test_nothing_is_told_where_nothing_was_recorded(tmp_path: Path) -> None:
    assert trained_in(RunFolder(tmp_path))(trained(0, 1, 5.0)) == {}
