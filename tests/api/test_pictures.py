"""Pictures of episodes: with frames where an environment renders, and with the reason where it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rendered_envs

from eureka_agent.analysis.whole import Known, Played, analyze_candidate
from eureka_agent.api.pictures import MOST_FRAMES, NOTHING_DRAWN, Drawn, write_pictures
from eureka_agent.archive.candidate import Candidate
from eureka_agent.errors import StoreError
from eureka_agent.tasks import find_task
from eureka_agent.training.evaluation import evaluate


def drawn(folder: Path, make: Any) -> Drawn:
    task = find_task(env=make)
    played = evaluate(task, lambda seen: np.ones(len(seen), np.int64), [1, 2], recorded=2).trajectories
    candidate = Played(Candidate(0, 0, "given"), played)
    return write_pictures(folder, candidate, analyze_candidate(candidate, Known(1.0)), task)


def test_frames_of_the_worst_and_the_best_episode_are_in_their_pictures(tmp_path: Path) -> None:
    pytest.importorskip("imageio")
    made = drawn(tmp_path / "new" / "folder", rendered_envs.make)
    assert [path.name for path in made.paths] == ["0-00-worst-episode-0.svg", "0-00-best-episode-1.svg"]
    assert made.missing == ()
    for path in made.paths:
        text = path.read_text()
        assert 3 <= text.count("<image") <= MOST_FRAMES
        assert f"1: step {rendered_envs.LENGTH - 1}" in text


@pytest.mark.parametrize(
    ("make", "words"), [(rendered_envs.make_broken, "no display"), (rendered_envs.make_blind, "render_mode")]
)
def test_where_nothing_renders_the_plot_stands_alone_and_says_what_to_do(
    tmp_path: Path, make: Any, words: str
) -> None:
    made = drawn(tmp_path, make)
    assert len(made.paths) == 2
    (why,) = made.missing
    assert why.startswith("Drawn without frames.")
    assert words in why
    assert "Next:" in why
    assert all("<image" not in path.read_text() and "<polyline" in path.read_text() for path in made.paths)


def test_without_recorded_episodes_nothing_is_drawn(tmp_path: Path) -> None:
    nobody = Played(Candidate(0, 0, "given"))
    assert write_pictures(tmp_path, nobody, analyze_candidate(nobody, Known(1.0)), None) == NOTHING_DRAWN


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Could not write"):
        drawn(tmp_path / "file", rendered_envs.make_blind)
