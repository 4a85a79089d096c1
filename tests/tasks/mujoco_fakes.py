"""What the tests of the MuJoCo tasks share: their names, and episodes made up signal by signal."""

from __future__ import annotations

import builtins
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from eureka_agent.tasks import Task, find_task
from eureka_agent.tasks.fitness import TaskFitness

CLASSIC = ["ant", "half_cheetah", "hopper", "humanoid", "reacher", "walker"]
WORDS_ONLY = [
    "ant_spin",
    "half_cheetah_backflip",
    "half_cheetah_backward",
    "hopper_backflip",
    "hopper_jump",
    "humanoid_stand_one_leg",
    "swimmer_u_turn",
    "walker_crouch_walk",
]
MUJOCO = sorted([*CLASSIC, *WORDS_ONLY])

Array = np.ndarray


def score(name: str, start: dict[str, float] | None = None, **signals: Any) -> float:
    """Return a task's fitness of an episode of these signals; `prev_` ones follow from `start` (else 0)."""
    task: Task = find_task(name)
    steps = max(np.size(values) for values in signals.values())
    episode = {key: np.broadcast_to(np.asarray(v, dtype=np.float32), (steps,)) for key, v in signals.items()}
    for key, values in list(episode.items()):
        first = np.float32((start or {}).get(key, 0.0))
        episode[f"prev_{key}"] = np.concatenate([[first], values[:-1]]).astype(np.float32)
    return TaskFitness(task).of_signals(episode, 0.0)


def with_library(path: Path, library: Any) -> ModuleType:
    """Import a task.py, and what it imports of ours, with another array library in NumPy's place."""
    package = "eureka_agent.tasks."

    def imported(
        name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
    ) -> Any:
        if name == "numpy":
            return library
        if name.startswith(package):
            return with_library(Path(__file__).parents[2] / f"{name.replace('.', '/')}.py", library)
        return __import__(name, globals, locals, fromlist, level)

    module = ModuleType(path.stem)
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": imported}
    exec(compile(path.read_text(), str(path), "exec"), module.__dict__)
    return module
