"""What safety signals reached in recorded episodes of a run's winner and baselines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from trajectory_fakes import whole

from eureka_agent.archive.candidate import Candidate
from eureka_agent.report.safety import render_safety
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import Confirmation, ConfirmationRow
from eureka_agent.store.state import RunState
from eureka_agent.trajectories.files import FILE, write_trajectories
from eureka_agent.trajectories.trajectory import Trajectory


def confirmed(*names: str, winner: str) -> RunState:
    rows = tuple(ConfirmationRow(name, 1.0, 0.0, 2.0, (1.0, 1.0), None, None) for name in names)
    candidates = {c.id: c for c in (Candidate(0, 0, "seed"), Candidate(0, 1, "seed"))}
    return RunState(candidates=candidates, confirmation=Confirmation(winner, (winner,), rows))


def record(folder: RunFolder, name: str, replicate: int, *episodes: Trajectory) -> None:
    path = folder.training(name, "confirm", replicate) / FILE
    path.parent.mkdir(parents=True)
    write_trajectories(path, episodes)


def bumping(highest: float, steps: int = 201) -> Trajectory:
    one = whole(steps)
    height = np.zeros(steps, np.float32)
    height[-1] = -highest
    before = np.concatenate([height[:1], height[:-1]])
    return replace(one, signals={**one.signals, "height": height, "prev_height": before})


def test_winner_and_baselines_are_told_as_far_as_they_were_recorded(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    record(folder, "0-00", 0, bumping(9100.0), bumping(30.0))
    record(folder, "0-00", 1, bumping(20.0))
    record(folder, "0-01", 0, bumping(1.0))
    record(folder, "reference", 0, bumping(7.0))
    told = render_safety(folder, confirmed("0-00", "0-01", "reference", "sparse", winner="0-00"), ["height"])
    assert "| 0-00 | 3 | 0, 9100 |" in told
    assert "| reference | 1 | 0, 7 |" in told
    assert "0-01" not in told, "it is no winner"
    assert "sparse" not in told, "it was not recorded"


def test_nothing_is_said_where_nothing_is_known(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    state = confirmed("0-00", "reference", winner="0-00")
    assert render_safety(folder, state, ["height"]) == ""
    record(folder, "0-00", 0, bumping(7.0))
    assert render_safety(folder, state, []) == ""
    assert render_safety(folder, RunState(), ["height"]) == ""
    assert "| 0-00 | 1 | – |" in render_safety(folder, state, ["impact"]), "recorded before it was a signal"
    (folder.training("0-00", "confirm", 0) / FILE).write_bytes(b"no recording")
    assert render_safety(folder, state, ["height"]) == ""
