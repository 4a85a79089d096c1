"""Playing a saved policy in a process of its own: an environment is other people's code."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.analysis.trajectories import read_trajectories, write_trajectories
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

Array = np.ndarray
ENTRY = "eureka_agent.training.playing:main"
WALL_S = 900.0


@dataclass(frozen=True)
class Played:
    """One episode with every signal, the `prev_` ones too, each `(T, ...)`."""

    fitness: float
    signals: Mapping[str, Array]

    @property
    def length(self) -> int:
        """Control steps."""
        return len(next(iter(self.signals.values())))


def play_policy(
    task: Task, saved: SavedPolicy, *, episodes: int, seed: int, wanted: Wanted, wall_s: float = WALL_S
) -> list[Played]:
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
        fitness = _fitness(task, folder / "played.json", end, wall_s, wanted)
        _hand_over(folder, wanted)
        return [Played(*both) for both in zip(fitness, read_trajectories(folder), strict=True)]


def main(payload: dict[str, Any], _fds: list[int]) -> None:
    """In the child: play, film if asked to, and write down what happened or why it could not."""
    folder = Path(payload["folder"])
    try:
        task = load_task(TaskRef(**payload["task"]))
        answer: dict[str, Any] = {"error": None, "fitness": _play(task, payload, folder)}
    except EurekaError as error:
        answer = {"error": {"what": error.what, "allowed": error.allowed, "fix": error.fix}}
    write_json(folder / "played.json", answer)


def _play(task: Task, payload: dict[str, Any], folder: Path) -> list[float]:
    saved = read_policy(folder / "policy.npz")
    env = task.make_env()
    actions = Actions(saved.network, env.action_space)
    env.close()

    def act(observation: Array) -> Array:
        return actions.flat(saved.act(observation)[None])

    episodes = evaluate(task, act, payload["seeds"]).episodes
    write_trajectories(folder, [episode.signals for episode in episodes])
    video = folder / payload["video"] if payload["video"] else None
    wanted = Wanted(video, folder / "frames" if payload["frames"] else None)
    if wanted:
        film(task, act, payload["seeds"][0], episodes[0].length, wanted)
    return [episode.fitness for episode in episodes]


def _fitness(task: Task, answer: Path, end: ChildEnd, wall_s: float, wanted: Wanted) -> list[float]:
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
    told = json.loads(answer.read_text())
    if told["error"] is not None:
        raise TaskError(**told["error"])
    return told["fitness"]


def _hand_over(folder: Path, wanted: Wanted) -> None:
    """Bring whole pictures where they are wanted; what a failed rendering left is not brought."""
    if wanted.video is not None:
        wanted.video.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / f"video{wanted.video.suffix}", wanted.video)
    if wanted.frames is not None:
        shutil.copytree(folder / "frames", wanted.frames, dirs_exist_ok=True)
