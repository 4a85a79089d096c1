"""Playing a saved policy: scored as trainings are, paid by any reward, filmed without a screen."""

from __future__ import annotations

from ctypes.util import find_library
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import rendered_envs
from typer.testing import CliRunner

import eureka_agent
from eureka_agent.cli.app import app
from eureka_agent.errors import ConfigError, StoreError, TaskError
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.evaluation import evaluate
from eureka_agent.training.filming import SINGLE_FRAMES
from eureka_agent.training.policies import network_of, read_policy
from eureka_agent.training.population.policy_file import save_policy
from eureka_agent.training.rendering import choose_backend, follow


def saved(folder: Path, task: Any) -> Path:
    network = network_of(task)
    flat = np.random.default_rng(0).normal(size=network.size).astype(np.float32)
    save_policy(folder / "policy.npz", network, flat, None)
    return folder / "policy.npz"


def test_a_policy_is_scored_and_paid(tmp_path: Path) -> None:
    task = find_task("pendulum")
    path = saved(tmp_path, task)
    report = eureka_agent.play(path, "pendulum", episodes=3, seed=4, reward="reference")
    seeds = [seed_for(4, "play", index) for index in range(3)]
    expected = evaluate(task, read_policy(path).act, seeds, recorded=3)
    assert tuple(e.fitness for e in report.episodes) == expected.scores
    assert [e.length for e in report.episodes] == [200, 200, 200]
    reward = eureka_agent.load_reward(task.folder / "reference.py")  # type: ignore[operator]
    for played, episode in zip(report.episodes, expected.trajectories, strict=True):
        paid = reward({name: episode.signals[name] for name in reward.source.arguments})
        assert played.reward == pytest.approx(float(np.sum(paid.reward)), rel=1e-4)
        assert played.reward == pytest.approx(sum(played.components.values()), rel=1e-4)
    assert "[" in report.summary


def test_what_is_paid_beside_the_components_is_told(tmp_path: Path) -> None:
    path, reward = saved(tmp_path, find_task("pendulum")), tmp_path / "reward.py"
    lines = "up = np.cos(angle)", "return up + 2.0, {'up': up}"
    reward.write_text("import numpy as np\ndef compute_reward(angle):\n    " + "\n    ".join(lines) + "\n")
    (played,) = eureka_agent.play(path, "pendulum", episodes=1, reward=reward).episodes
    assert played.residual == pytest.approx(400.0)
    words = ["play", str(path), "--task", "pendulum", "--episodes", "1", "--reward", str(reward)]
    shown = CliRunner().invoke(app, words).stdout
    assert "residual" in shown
    assert "400" in shown


def test_the_first_episode_is_filmed(tmp_path: Path) -> None:
    imageio = pytest.importorskip("imageio.v3")
    path = saved(tmp_path, find_task(env=rendered_envs.make))
    film, frames = tmp_path / "made" / "film.gif", tmp_path / "frames"
    report = eureka_agent.play(path, "steps", env=rendered_envs.make, episodes=2, video=film, frames=frames)
    assert (report.video, report.frames) == (film, frames)
    names = sorted(file.name for file in frames.iterdir())
    steps = [int(name.removeprefix("step-").removesuffix(".png")) for name in names]
    assert len(names) == SINGLE_FRAMES
    assert (steps[0], steps[-1]) == (0, rendered_envs.LENGTH - 1)
    for step, name in zip(steps, names, strict=True):
        assert (imageio.imread(frames / name)[..., 0] == step).all()
    assert len(imageio.imread(film, index=None)) == rendered_envs.LENGTH // 2, "25 of 50 pictures a second"


@pytest.mark.skipif(find_library("EGL") is None, reason="needs libegl1")
def picture_at(position_m: float) -> np.ndarray:
    choose_backend()
    env = gym.make("HalfCheetah-v5", render_mode="rgb_array")
    follow(env)
    env.reset(seed=0)
    env.render()
    env.unwrapped.data.qpos[0] = position_m  # type: ignore[attr-defined]
    env.step(np.zeros(6, np.float32))
    picture = np.asarray(env.render(), int)
    env.close()
    return picture


def test_a_robot_that_ran_far_is_still_in_the_picture() -> None:
    picture = picture_at(40.0)
    skin = (picture[..., 0] > picture[..., 1] + 25) & (picture[..., 0] > picture[..., 2] + 25)
    assert skin.sum() > 300, "the floor is grey and green"


def test_a_robot_that_ran_far_is_still_on_the_floor() -> None:
    near, far = (picture_at(position)[-40:].std() for position in (0.0, 400.0))
    assert far > 0.5 * near > 10.0, "squares in two colours; beyond a floor of 80 m there was nothing"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (rendered_envs.make_broken, "no display"),
        (rendered_envs.make_blind, "render_mode"),
        (lambda render_mode=None: rendered_envs.make(render_mode), "its constructor takes no render_mode"),
    ],
)
def test_what_cannot_be_rendered_says_what_to_do(make: Any, words: str, tmp_path: Path) -> None:
    pytest.importorskip("imageio")
    path = saved(tmp_path, find_task(env=make))
    with pytest.raises(TaskError) as caught:
        eureka_agent.play(path, "steps", env=make, episodes=1, frames=tmp_path / "frames")
    assert words in caught.value.what
    assert caught.value.fix
    assert words != "no display" or "libegl1" in caught.value.fix
    assert not (tmp_path / "frames").exists()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"video": "film.avi"}, ConfigError, r"film\.avi"),
        ({"episodes": 0}, ConfigError, "0 episodes"),
        ({"reward": "native"}, ConfigError, "has no source code"),
        ({"task": "cartpole"}, ConfigError, "length 3 .* cartpole has observations of length 4"),
        ({"policy": "nowhere.npz"}, StoreError, "not a saved policy"),
    ],
)
def test_bad_input_is_told_before_anything_is_played(
    options: dict[str, Any], error: type[Exception], words: str, tmp_path: Path
) -> None:
    given = {"policy": saved(tmp_path, find_task("pendulum")), "task": "pendulum", **options}
    with pytest.raises(error, match=words):
        eureka_agent.play(given.pop("policy"), given.pop("task"), **given)
