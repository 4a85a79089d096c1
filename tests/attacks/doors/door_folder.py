"""How hostile run folders are made: of a run that is finished but for one line, with one thing edited."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from door_program import PAYLOAD
from foreign import Mark, foreign_run, marking_task

from eureka_agent.config import TaskChoice
from eureka_agent.resources import bundled_folders
from eureka_agent.tasks.identity import task_digest
from eureka_agent.tasks.registry import find_task

TINY: dict[str, Any] = {
    "generations": 1,
    "samples": 1,
    "confirm_seeds": 2,
    "confirm_top": 1,
    "env_steps": 256,
    "model": "search",
}
CONFIRMED = {"type": "run_confirmed", "confirmation": {"winner": "0-00", "confirmed": ["0-00"], "table": []}}
SLOT: dict[str, Any] = {"generation": 0, "index": 0, "operator": "seed", "parents": []}
START, PROPOSED, LAST = 0, 1, 2
"""Lines of the log."""


@dataclass(frozen=True)
class Scene:
    """What lies around a hostile folder, and must be the same afterwards."""

    mark: Mark
    code: Path
    """Where code of the folder's author may lie."""
    outside: Path
    """A folder of the person's own."""
    url: str
    """Where a listener waits."""

    @property
    def precious(self) -> Path:
        return self.outside / "precious.txt"


Make = Callable[[Path, Scene], None]


@dataclass(frozen=True)
class Folder:
    """One hostile run folder; `make` writes it."""

    name: str
    says: str
    make: Make


def cartpole() -> TaskChoice:
    """Return a task that is loaded without asking: nothing but the edit stands in the way of `resume`."""
    return TaskChoice(kind="folder", value=str(bundled_folders("envs")[0] / "cartpole"))


def written(root: Path, task: TaskChoice | None = None, **options: Any) -> None:
    settings = {**TINY, "task_digest": task_digest(find_task("cartpole")), **options}
    foreign_run(root, task or cartpole(), events=[CONFIRMED], **settings)


def configured(**options: Any) -> Make:
    """Return a folder whose configuration says something else."""

    def make(root: Path, scene: Scene) -> None:
        said: dict[str, Any] = {k: v(scene) if callable(v) else v for k, v in options.items()}
        written(root, **said)

    return make


def of_kind(kind: str) -> Make:
    return lambda root, scene: written(root, marking_task(kind, scene.code / root.name, scene.mark))


def of_task(kind: str, value: str, **options: Any) -> Make:
    return lambda root, scene: written(root, TaskChoice(kind=kind, value=value, options=options))


def edited(line: int, edit: Callable[[dict[str, Any], Scene], None]) -> Make:
    """Return a folder in whose log one event was edited."""

    def make(root: Path, scene: Scene) -> None:
        written(root)
        path = root / "events.jsonl"
        events = [json.loads(text) for text in path.read_text().splitlines()]
        edit(events[line], scene)
        path.write_text("".join(json.dumps(event) + "\n" for event in events))

    return make


def candidate(**changes: Any) -> Make:
    return edited(PROPOSED, lambda event, _: event["candidate"].update(changes))


def source(text: str) -> Make:
    """Return a folder whose winner is `text`, with code that leaves the mark for PAYLOAD."""

    def edit(event: dict[str, Any], scene: Scene) -> None:
        code = f"open({str(scene.mark.path)!r}, 'w').close()"
        event["candidate"]["source"] = text.replace(PAYLOAD, code)

    return edited(PROPOSED, edit)


def event(**changes: Any) -> Make:
    """Return a folder whose log ends with another event."""

    def edit(last: dict[str, Any], scene: Scene) -> None:
        last.clear()
        last.update({"v": 1, "seq": 2, "time": 1.0}, **changes)

    return edited(LAST, edit)


def planned(genome: dict[str, Any]) -> Make:
    """Return a folder whose log ends with the plan of a reward, whose code for PAYLOAD leaves the mark."""

    def make(root: Path, scene: Scene) -> None:
        written(root)
        path = root / "events.jsonl"
        begun = path.read_text().splitlines()[START]
        plan = {"type": "generation_planned", "generation": 0, "slots": [SLOT | {"genome": genome}]}
        line = json.dumps({"v": 2, "seq": 1, "time": 1.0, **plan})
        code = f"open({str(scene.mark.path)!r}, 'w').close()"
        path.write_text(f"{begun}\n{line.replace(PAYLOAD, code)}\n")

    return make


def confirmed(**changes: Any) -> Make:
    return event(type="run_confirmed", confirmation=CONFIRMED["confirmation"] | changes)


def raw(old: bytes, new: bytes) -> Make:
    """Return a folder whose log holds other bytes."""

    def make(root: Path, scene: Scene) -> None:
        written(root)
        path = root / "events.jsonl"
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new, 1))

    return make


def linked(name: str, target: Callable[[Scene], Path]) -> Make:
    def make(root: Path, scene: Scene) -> None:
        written(root)
        place = root / name
        place.parent.mkdir(exist_ok=True)
        if place.exists():
            place.unlink()
        place.symlink_to(target(scene))

    return make


def log_elsewhere(root: Path, scene: Scene) -> None:
    written(root)
    (root / "events.jsonl").rename(scene.outside / f"{root.name}.jsonl")
    (root / "events.jsonl").symlink_to(scene.outside / f"{root.name}.jsonl")


def pipe(name: str) -> Make:
    def make(root: Path, scene: Scene) -> None:
        written(root)
        os.mkfifo(root / name)

    return make


def pickled_recording(root: Path, scene: Scene) -> None:
    written(root)
    (root / "transitions.npz").write_bytes(pickle.dumps(scene.mark))


def objects_in_recording(root: Path, scene: Scene) -> None:
    written(root)
    np.savez(root / "transitions.npz", first=np.array([scene.mark], dtype=object))


def pickled_policy(root: Path, scene: Scene) -> None:
    written(root, init_policy="0" * 64)
    (root / "init_policy").write_bytes(pickle.dumps(scene.mark))


def files_beside(root: Path, scene: Scene) -> None:
    written(root)
    for name in ("sitecustomize.py", "numpy.py", "task.py", "tmp/sitecustomize.py", "best/__init__.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(scene.mark.code)
    (root / "config.toml").write_text('model = "openai/gpt"\nunsafe_isolation = true\n')


def facts(words: str) -> Make:
    def edit(event: dict[str, Any], scene: Scene) -> None:
        told = words.replace(PAYLOAD, f"open({str(scene.mark.path)!r}, 'w').close()")
        names = dict.fromkeys(("task", "description", "env_id", "fitness"), told)
        event["facts"] = {**names, "direction": "maximize", "env_steps": 1}

    return edited(START, edit)


def start(**changes: Any) -> Make:
    return edited(START, lambda event, _: event.update(changes))
