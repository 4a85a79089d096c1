"""Playing a saved policy in a separate process: an environment is third-party code."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.seeds import seed_for
from eureka_agent.tasks.task import Task
from eureka_agent.training.apart import WALL_S, answer_apart, work_apart
from eureka_agent.training.evaluation import evaluate
from eureka_agent.training.filming import Wanted, film
from eureka_agent.training.policies import read_policy
from eureka_agent.training.population.policy_file import SavedPolicy, save_policy
from eureka_agent.training.population.rollout import Actions
from eureka_agent.training.rendering import LIBRARIES
from eureka_agent.trajectories.files import FILE, read_trajectories, write_trajectories
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
ENTRY = "eureka_agent.training.playing:main"
RENDERING = f" If it renders, that may be why: {LIBRARIES}."


def play_policy(
    task: Task, saved: SavedPolicy, *, episodes: int, seed: int, wanted: Wanted, wall_s: float = WALL_S
) -> list[Trajectory]:
    """Play one episode from each of `episodes` seeds; the first is the one that pictures are taken of.

    Raises TaskError saying what the environment does wrong, or what rendering lacks.
    """
    with tempfile.TemporaryDirectory(prefix="eureka-play-") as name:
        folder = Path(name)
        save_policy(folder / "policy.npz", saved.network, saved.flat, saved.moments)
        payload = {
            "seeds": [seed_for(seed, "play", index) for index in range(episodes)],
            "video": None if wanted.video is None else f"video{wanted.video.suffix}",
            "frames": wanted.frames is not None,
        }
        hint = RENDERING if wanted else ""
        work_apart(task, ENTRY, folder, payload, doing="Playing", hint=hint, wall_s=wall_s)
        _hand_over(folder, wanted)
        return read_trajectories(folder / FILE)


def main(payload: dict[str, Any], _fds: list[int]) -> None:
    """In the child: play, record if requested, and write the result or the error."""
    answer_apart(payload, lambda task, folder: _play(task, payload, folder))


def _play(task: Task, payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    saved = read_policy(folder / "policy.npz")
    env = task.make_env()
    actions = Actions(saved.network, env.action_space)
    env.close()

    def act(observation: Array) -> Array:
        return actions.flat(saved.act(observation)[None])

    seeds = payload["seeds"]
    played = evaluate(task, act, seeds, recorded=len(seeds)).trajectories
    write_trajectories(folder / FILE, played)
    video = folder / payload["video"] if payload["video"] else None
    wanted = Wanted(video, folder / "frames" if payload["frames"] else None)
    if wanted:
        film(task, played[0], wanted)
    return {}


def _hand_over(folder: Path, wanted: Wanted) -> None:
    """Bring whole pictures where they are wanted; what a failed rendering left is not brought."""
    if wanted.video is not None:
        wanted.video.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / f"video{wanted.video.suffix}", wanted.video)
    if wanted.frames is not None:
        shutil.copytree(folder / "frames", wanted.frames, dirs_exist_ok=True)
