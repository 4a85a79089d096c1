"""Playing a saved policy in a separate process: an environment is third-party code."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.errors import EurekaError, TaskError
from eureka_agent.files import write_json
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import Task, TaskRef
from eureka_agent.training.evaluation import evaluate
from eureka_agent.training.executor import ChildEnd, ChildLimits, LocalExecutor
from eureka_agent.training.filming import LIBRARIES, Wanted, film
from eureka_agent.training.policies import read_policy
from eureka_agent.training.population.policy_file import SavedPolicy, save_policy
from eureka_agent.training.population.rollout import Actions
from eureka_agent.trajectories.files import FILE, read_trajectories, write_trajectories
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
ENTRY = "eureka_agent.training.playing:main"
WALL_S = 900.0


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
            "task": asdict(task.ref),
            "folder": name,
            "seeds": [seed_for(seed, "play", index) for index in range(episodes)],
            "video": None if wanted.video is None else f"video{wanted.video.suffix}",
            "frames": wanted.frames is not None,
        }
        executor = LocalExecutor(
            entry=ENTRY, preload=("eureka_agent.training.playing",), scratch=folder / "home", parallel=1,
            stop=threading.Event(),
        )  # fmt: skip
        try:
            end = executor.run_child(payload, (), ChildLimits(wall_s, task.budget.memory_mb))
        finally:
            executor.close()
        _raise_if_failed(task, folder / "played.json", end, wall_s, wanted)
        _hand_over(folder, wanted)
        return read_trajectories(folder / FILE)


def main(payload: dict[str, Any], _fds: list[int]) -> None:
    """In the child: play, record if requested, and write the result or the error."""
    folder = Path(payload["folder"])
    try:
        task = load_task(TaskRef(**payload["task"]))
        _play(task, payload, folder)
        answer: dict[str, Any] = {"error": None}
    except EurekaError as error:
        answer = {"error": {"what": error.what, "allowed": error.allowed, "fix": error.fix}}
    write_json(folder / "played.json", answer)


def _play(task: Task, payload: dict[str, Any], folder: Path) -> None:
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


def _raise_if_failed(task: Task, answer: Path, end: ChildEnd, wall_s: float, wanted: Wanted) -> None:
    if end.timed_out:
        raise TaskError(
            f"Playing {task.name} took longer than {wall_s:g} s.",
            allowed="episodes and pictures that fit into that",
            fix="Play fewer episodes, or without pictures.",
        )
    if not answer.exists():
        filmed = f" If it renders, that may be why: {LIBRARIES}." if wanted else ""
        raise TaskError(
            f"The environment of {task.name} ended its process (exit code {end.exit_code}).",
            allowed="an environment that can be built, reset, stepped and, for pictures, rendered",
            fix=f"Step it by hand in a fresh Python to see what it does.{filmed}",
        )
    error = json.loads(answer.read_text())["error"]
    if error is not None:
        raise TaskError(**error)


def _hand_over(folder: Path, wanted: Wanted) -> None:
    """Bring whole pictures where they are wanted; what a failed rendering left is not brought."""
    if wanted.video is not None:
        wanted.video.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / f"video{wanted.video.suffix}", wanted.video)
    if wanted.frames is not None:
        shutil.copytree(folder / "frames", wanted.frames, dirs_exist_ok=True)
