"""A task folder names an encoder: its policies are trained, gone on with, and played from their files."""

from __future__ import annotations

from pathlib import Path

import glyph_envs
import numpy as np
import pytest

from eureka_agent.api.play import play
from eureka_agent.api.train import train
from eureka_agent.errors import ConfigError
from eureka_agent.training.policies import read_policy
from eureka_agent.training.population.encoder import Glyphs

TOML = """
description = "Choose what the glyph to your right asks for."
reference = "native"
[environment]
factory = "glyph_envs:make"
path = "{path}"
max_episode_steps = 16
[[signals]]
name = "right"
meaning = "the glyph to the right"
[fitness]
summary = "how many choices were right"
reduce = "native_return"
[budget]
checkpoints = 1
eval_episodes = 2
[algorithm]
n_envs = 4
n_steps = 32
normalize_observation = true
{algorithm}
"""
PYTHON = """
def initial_signals(state):
    return {"right": state["obs"][:, 41]}
def signals(before, action, after):
    return {"right": after["obs"][:, 41]}
"""


def folder(root: Path, name: str, algorithm: str) -> str:
    path = root / name
    path.mkdir()
    text = TOML.format(path=Path(glyph_envs.__file__).parent, algorithm=algorithm)
    (path / "task.toml").write_text(text)
    (path / "task.py").write_text(PYTHON)
    return str(path)


def test_training_going_on_and_playing_all_look_glyphs_up(tmp_path: Path) -> None:
    task = folder(tmp_path, "crossroads", 'encoder = "glyphs"\nembedding = 4\nhidden_sizes = [16]')
    (first,) = train(task, "sparse", env_steps=256, output=tmp_path / "first").trainings
    assert first.policy is not None, first.failure
    saved = read_policy(first.policy)
    assert saved.network.encoder == Glyphs(81, 5977, 4)
    (second,) = train(
        task, "sparse", env_steps=128, init_policy=first.policy, output=tmp_path / "second"
    ).trainings
    assert second.policy is not None, second.failure
    after = read_policy(second.policy)
    before, now = (each.network.views(each.flat)["glyphs"] for each in (saved, after))
    moved = np.any(before != now, axis=1)
    assert set(np.flatnonzero(moved)) == set(glyph_envs.KINDS), "what was never seen stays where it was"
    report = play(second.policy, task, episodes=2)
    assert [episode.length for episode in report.episodes] == [16, 16]

    other = folder(tmp_path, "plain", "hidden_sizes = [16]")
    with pytest.raises(ConfigError, match="the encoder glyphs"):
        train(other, "sparse", init_policy=first.policy, output=tmp_path / "third")
    assert len(play(first.policy, other, episodes=1).episodes) == 1, "a file brings its own encoder"


def test_what_cannot_be_encoded_fails_with_what_to_do(tmp_path: Path) -> None:
    task = folder(tmp_path, "crossroads", 'encoder = "glyphs"\nglyphs = 200')
    (failed,) = train(task, "sparse", env_steps=64, output=tmp_path / "long").trainings
    assert "200 glyphs of observations of length 87" in failed.failure
    (failed,) = train(task, "sparse", env_steps=64, trainer="sb3", output=tmp_path / "sb3").trainings
    assert "not there with Stable-Baselines3" in failed.failure
