"""Films and sheets are made in a process of their own, of what an environment really shows."""

from __future__ import annotations

from ctypes.util import find_library
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rendered_envs
from bundled_tasks import every_task
from PIL import Image

from eureka_agent.errors import StoreError
from eureka_agent.report.films.making import Filmed, FilmOrder, film_episodes
from eureka_agent.tasks import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluation import evaluate
from eureka_agent.training.policies import network_of
from eureka_agent.training.population.policy_file import SavedPolicy
from eureka_agent.training.population.rollout import Actions
from eureka_agent.trajectories.trajectory import Trajectory

pytest.importorskip("av")
needs_egl = pytest.mark.skipif(find_library("EGL") is None, reason="needs libegl1")


def steps_task(make: Any = rendered_envs.make) -> tuple[Task, Trajectory]:
    task = find_task(env=make)
    (episode,) = evaluate(task, lambda seen: np.ones(len(seen), np.int64), [1], recorded=1).trajectories
    return task, episode


def by_random_weights(task: Task) -> Trajectory:
    network = network_of(task)
    flat = np.random.default_rng(0).normal(size=network.size).astype(np.float32)
    saved, env = SavedPolicy(network, 0.3 * flat, None), task.make_env()
    actions = Actions(network, env.action_space)
    env.close()

    def act(seen: np.ndarray) -> np.ndarray:
        return actions.flat(saved.act(seen)[None])

    (episode,) = evaluate(task, act, [0], recorded=1).trajectories
    return episode


def made(task: Task, *orders: FilmOrder) -> list[Filmed]:
    return film_episodes(task, list(orders))


def pictures_of(path: Path) -> list[np.ndarray]:
    import av

    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_a_film_has_every_second_step_at_50_a_second_and_its_end_stays(tmp_path: Path) -> None:
    task, episode = steps_task()
    film, sheet = tmp_path / "new" / "film.mp4", tmp_path / "sheet.png"
    (one,) = made(task, FilmOrder(episode, "0-00", film, sheet))
    assert one.error is None
    pictures = pictures_of(film)
    assert len(pictures) == rendered_envs.LENGTH // 2 + 1 + 25, "the last step, and one second of it"
    reds = [int(picture[200, 200, 0]) for picture in pictures]
    assert reds[:20] == pytest.approx(range(0, 40, 2), abs=3)
    assert reds[-1] == pytest.approx(rendered_envs.LENGTH - 1, abs=3)
    assert Image.open(sheet).size[0] < 900
    assert one.told.startswith("6 frames of 0-00: step 0 the start; ")
    assert f"step {rendered_envs.LENGTH - 1} the end: terminated." in one.told


def test_a_film_may_have_few_pictures(tmp_path: Path) -> None:
    task, episode = steps_task()
    made(task, FilmOrder(episode, "0-00", tmp_path / "film.gif", most_pictures=4))
    with Image.open(tmp_path / "film.gif") as film:
        assert getattr(film, "n_frames", 0) <= 5 + 25


@pytest.mark.parametrize(
    ("make", "change", "words"),
    [
        (rendered_envs.make_broken, {}, "no display"),
        (rendered_envs.make_blind, {}, "render_mode"),
        (rendered_envs.make, {"action": None}, "nothing is known of its actions"),
        (rendered_envs.make, {"seed": None}, "nothing is known of its seed"),
        (rendered_envs.make, {"simulator": "device"}, "played on a device"),
        (rendered_envs.make, {"earlier": 2}, "2 earlier episodes"),
    ],
)
def test_what_cannot_be_filmed_says_so_and_leaves_nothing(
    make: Any, change: dict[str, Any], words: str, tmp_path: Path
) -> None:
    task, episode = steps_task(make)
    (one,) = made(task, FilmOrder(replace(episode, **change), "0-00", tmp_path / "film.mp4"))
    assert one.error is not None
    assert words in one.error.what
    assert one.error.fix
    assert list(tmp_path.iterdir()) == []


def test_one_episode_that_cannot_be_played_keeps_no_other_from_being_filmed(tmp_path: Path) -> None:
    task, episode = steps_task()
    good = FilmOrder(episode, "0-00", sheet=tmp_path / "good.jpg")
    bad = FilmOrder(replace(episode, seed=None), "0-01", sheet=tmp_path / "bad.jpg")
    first, second = made(task, bad, good)
    assert first.error is not None
    assert second.error is None
    assert [path.name for path in tmp_path.iterdir()] == ["good.jpg"]


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    task, episode = steps_task()
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Could not write"):
        made(task, FilmOrder(episode, "0-00", sheet=tmp_path / "file" / "sheet.jpg"))


def _shown(name: str, folder: Path, **limits: int) -> None:
    task = find_task(name)
    order = FilmOrder(by_random_weights(task), name, folder / f"{name}.mp4", folder / f"{name}.jpg", **limits)
    (one,) = made(task, order)
    if one.error is not None and "Install what is missing" in one.error.fix:
        pytest.skip(f"no renderer: {one.error.what}")
    assert one.error is None
    pictures = pictures_of(folder / f"{name}.mp4")
    assert len(pictures) > 2
    assert pictures[0][:480, :400].std() > 5, "something is to be seen"
    assert (folder / f"{name}.jpg").stat().st_size < 100_000
    assert "the end" in one.told


def test_a_pole_is_filmed(tmp_path: Path) -> None:
    pytest.importorskip("pygame")
    _shown("cartpole", tmp_path, most_pictures=10)


@needs_egl
def test_a_robot_is_filmed(tmp_path: Path) -> None:
    _shown("hopper", tmp_path, most_pictures=5)


@pytest.mark.slow
@needs_egl
@pytest.mark.parametrize("name", every_task())
def test_every_task_is_filmed(name: str, tmp_path: Path) -> None:
    _shown(name, tmp_path, most_pictures=20)
