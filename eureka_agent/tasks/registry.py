"""Finding tasks by name, and again in another process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gymnasium as gym

from eureka_agent.errors import TaskError, did_you_mean
from eureka_agent.resources import resource_folders
from eureka_agent.tasks import building
from eureka_agent.tasks.folder import TASK_FILE, folder_task
from eureka_agent.tasks.generic import generic_task
from eureka_agent.tasks.packages import is_environment_id, missing
from eureka_agent.tasks.schema import read_task_file
from eureka_agent.tasks.task import Task, TaskRef


@dataclass(frozen=True)
class TaskSummary:
    """One line of the list of tasks."""

    name: str
    description: str
    env_id: str
    fitness: str
    tags: tuple[str, ...]
    folder: Path
    missing: str = ""
    """Packages that it needs and that are not installed, in words; empty where it can be used."""


def find_task(
    name_or_ref: str | TaskRef | Path | None = None,
    *,
    env: str | Callable[[], gym.Env] | None = None,
    envs: Path | None = None,
    goal: str | None = None,
    max_episode_steps: int | None = None,
    show_env_reward: bool = False,
    env_steps: int | None = None,
    stages: bool = True,
) -> Task:
    """Find a task by a bundled name, a folder's path, `gym:<id>`, `module:function` or a reference.

    With `env` (an id, `module:function` or a constructor) the environment is that one, and
    `name_or_ref` is only the task's name. The other options override what the task says itself; without
    `stages` it has no curriculum. Raises TaskError with the nearest name and the list of tasks if there is
    none.
    """
    given = {
        "goal": goal,
        "max_episode_steps": max_episode_steps,
        "show_env_reward": show_env_reward or None,
        "env_steps": env_steps,
        "stages": None if stages else False,
    }
    options = {key: value for key, value in given.items() if value is not None}
    ref = task_ref(name_or_ref, env=env, envs=envs)
    return load_task(replace(ref, options={**ref.options, **options}))


def task_ref(
    name_or_ref: str | TaskRef | Path | None = None,
    *,
    env: str | Callable[[], gym.Env] | None = None,
    envs: Path | None = None,
) -> TaskRef:
    """Return the reference of what a person typed; see `find_task`. Nothing is loaded."""
    if env is not None:
        ref = environment_ref(env)
        name = {} if name_or_ref is None else {"name": str(name_or_ref)}
        return replace(ref, options={**ref.options, **name})
    if isinstance(name_or_ref, TaskRef):
        return name_or_ref
    if name_or_ref is None:
        raise TaskError("No task was named.", allowed=_known(envs))
    if not isinstance(name_or_ref, str | Path):
        raise TaskError(
            f"A task is named, and this is a {type(name_or_ref).__name__}.",
            allowed="a bundled name, a folder's path, gym:<id>, module:function or a TaskRef",
            fix="Pass the name, or `task.ref` of a task that was found before.",
        )
    return _resolved(str(name_or_ref), envs)


def load_task(ref: TaskRef) -> Task:
    """Load the task of a reference, in this process or in another; raises TaskError.

    This runs the task's code: a reference that was read from a file is not loaded unless a person trusts it.
    """
    if ref.kind == "folder":
        return folder_task(ref)
    if ref.kind in ("gym", "factory", "pickled"):
        return generic_task(ref)
    raise TaskError(
        f"A task of the kind '{ref.kind:.40}' cannot be loaded from its name: its task was not loaded.",
        allowed="folder, gym, factory; a constructor in memory must be passed again",
        fix="Name the environment with --env module:function, or pass its constructor as `env`.",
    )


def environment_ref(env: str | Callable[[], gym.Env]) -> TaskRef:
    """Return the reference of an environment given as an id, `module:function` or a constructor.

    An id may stand after the module whose import registers it: what ends in -v and a number is one.
    """
    if isinstance(env, str):
        bare = env.removeprefix("gym:")
        if bare != env or ":" not in env or is_environment_id(env):
            return TaskRef("gym", bare)
        return TaskRef("factory", env, {"path": str(Path.cwd())})
    if not callable(env):
        raise TaskError(
            f"env is a {type(env).__name__}, not a constructor.",
            allowed="an id, 'module:Id-v0', 'module:function', or a function that builds an environment",
            fix="Pass `lambda: env_class(...)`, not an environment itself: training builds several.",
        )
    if (found := building.importable_name(env)) is not None:
        return TaskRef("factory", found[0], {"path": found[1]})
    return TaskRef("pickled", building.pickled(env))


def _resolved(name: str, envs: Path | None) -> TaskRef:
    if name.startswith("gym:"):
        return environment_ref(name)
    for root in resource_folders("envs", envs):
        if (root / name / TASK_FILE).is_file():
            return TaskRef("folder", str((root / name).resolve()))
    if (Path(name) / TASK_FILE).is_file():
        return TaskRef("folder", str(Path(name).resolve()))
    if Path(name).is_dir() and ("/" in name or name in (".", "..")):
        raise TaskError(
            f"The folder {name} contains no {TASK_FILE}.", fix="Create one with `eureka-agent init`."
        )
    if ":" in name:
        return environment_ref(name)
    raise _unknown(name, envs)


def _unknown(name: str, envs: Path | None) -> TaskError:
    names = [task.name for task in list_tasks(envs=envs)]
    registered = [f"gym:{known}" for known in gym.registry]
    hint = did_you_mean(name, names) or did_you_mean(f"gym:{name}", registered)
    return TaskError(
        f"There is no task '{name}'.{hint}",
        allowed=_known(envs),
        fix="Name a task, or create one with `eureka-agent init`.",
    )


def _known(envs: Path | None) -> str:
    names = ", ".join(task.name for task in list_tasks(envs=envs)) or "(no task folders found)"
    return f"{names}; a task folder's path; gym:<id>; or --env module:function or module:Id-v0"


def list_tasks(*, envs: Path | None = None) -> list[TaskSummary]:
    """Return every task folder that can be found, by name; the first folder searched wins a name.

    Only `task.toml` is read; raises TaskError if one is not valid.
    """
    found: dict[str, TaskSummary] = {}
    for root in resource_folders("envs", envs):
        for path in sorted(root.glob(f"*/{TASK_FILE}")):
            if path.parent.name not in found:
                found[path.parent.name] = _summary(path)
    return [found[name] for name in sorted(found)]


def missing_packages(tasks: Sequence[TaskSummary]) -> list[str]:
    """Return sentences on which tasks cannot be used, and what to install: one for each set of packages."""
    names: dict[str, list[str]] = {}
    for task in tasks:
        if task.missing:
            names.setdefault(task.missing, []).append(task.name)
    return [
        f"Without {lacking} these cannot be used: {', '.join(those)}." for lacking, those in names.items()
    ]


def _summary(path: Path) -> TaskSummary:
    file = read_task_file(path)
    sentence: Any = " ".join(file.description.split())
    environment = file.environment.id or file.environment.factory or ""
    return TaskSummary(
        path.parent.name,
        sentence,
        environment,
        file.fitness.summary,
        file.tags,
        path.parent,
        missing(file.environment.packages, extra=file.environment.extra),
    )
