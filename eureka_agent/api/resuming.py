"""The task of a resumed run: the log's if it may be loaded, or the one the user names."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eureka_agent.api.bringing import as_asked
from eureka_agent.api.consent import Consent, bundled, check_consent, check_typed, shown
from eureka_agent.config import RunConfig, TaskChoice, recorded_config
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.files import refuse_links
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.ownership import is_own
from eureka_agent.store.state import RunState
from eureka_agent.tasks.identity import CONSTRUCTORS, is_same_task, task_digest, told_by
from eureka_agent.tasks.registry import load_task, task_ref
from eureka_agent.tasks.task import Task, TaskRef

_LOADED = ("folder", "gym", "factory")
"""Kinds of tasks that a log's words are enough to load."""
_Count = Annotated[int, Field(ge=1)]


class _Options(BaseModel):
    """What a reference's options may be; see `TaskRef`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str | None = None
    goal: str | None = None
    max_episode_steps: _Count | None = None
    show_env_reward: bool | None = None
    env_steps: _Count | None = None
    stages: bool | None = None
    stage: Annotated[int, Field(ge=0)] | None = None
    path: str | None = None
    kwargs: dict[str, Any] = Field(default_factory=dict)


def resumable(folder: RunFolder, state: RunState, consent: Consent) -> tuple[Task, RunConfig]:
    """Return the task and the configuration of a resumed run.

    Raises StoreError if the run is somebody else's and the user has not agreed to what its log requests, or
    if the task has changed; ConfigError if an option contradicts the log.
    """
    config = _config_of(folder, state)
    _check_task(folder, config.task)
    check_typed(config, consent)
    if not is_own(state.run_id, state.config):
        check_consent(folder.name, config, consent)
        refuse_links(folder.root)
    ref = _ref(folder, config.task, consent)
    task = load_task(ref)
    logged = TaskRef(**vars(config.task))
    if not is_same_task(config.task_digest, task_digest(task, logged)):
        raise _another_task(folder, task, consent)
    return as_asked(task, config), config


def _config_of(folder: RunFolder, state: RunState) -> RunConfig:
    if not state.config:
        raise StoreError(
            f"Run {shown(folder.name)} never began: its log contains no configuration.",
            allowed="a run whose log begins with run_started",
            fix="Start it again with `eureka-agent evolve`.",
        )
    try:
        return recorded_config(state.config)
    except ConfigError as error:
        raise StoreError(
            f"The configuration of run {shown(folder.name)} does not fit this version: {shown(error.what)}",
            allowed="a log that this version wrote, or an older one",
            fix="Upgrade eureka-agent, or start another run with `evolve`.",
        ) from error


def _check_task(folder: RunFolder, task: TaskChoice) -> None:
    """Raise StoreError for a reference that this program cannot have written."""
    problem = ""
    if task.kind not in (*_LOADED, *CONSTRUCTORS):
        problem = f"its task is of the kind {shown(task.kind)}"
    elif not task.value.isprintable():
        problem = f"its task is called {shown(task.value)}"
    try:
        _Options.model_validate(task.options)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        problem = problem or f"its task's option {shown(name)} is {shown(first['input'])}"
    if problem:
        raise StoreError(
            f"Run {shown(folder.name)} cannot be resumed, {problem}: its task was not loaded.",
            allowed=f"{', '.join(_LOADED)} or constructor, with the options that `evolve` gives",
            fix="Upgrade eureka-agent if a newer version wrote this log, or start another run with `evolve`.",
        )


def _ref(folder: RunFolder, logged: TaskChoice, consent: Consent) -> TaskRef:
    """Return the reference to load: the user's choice before the log's."""
    if logged.kind in CONSTRUCTORS and consent.env is None:
        raise StoreError(
            f"Run {shown(folder.name)} was started with a constructor in memory, of which only a digest is "
            "kept: its task was not loaded.",
            allowed="the same constructor again",
            fix="Pass it to resume(env=...), or name it with --env module:function.",
        )
    if not consent.names_task:
        own = bundled(logged.value) if logged.kind == "folder" else None
        ref = TaskRef(**vars(logged))
        return replace(ref, value=str(own)) if own is not None else ref
    typed = task_ref(consent.task, env=consent.env, envs=consent.envs)
    if logged.kind not in CONSTRUCTORS:
        _check_same(typed, logged)
    kwargs = {"kwargs": logged.options["kwargs"]} if "kwargs" in logged.options else {}
    return replace(typed, options={**told_by(logged.options), **kwargs, **typed.options})


def _check_same(typed: TaskRef, logged: TaskChoice) -> None:
    """Raise ConfigError where a typed task is another than the log's; folders are compared once loaded."""
    if typed.kind != logged.kind or (typed.kind != "folder" and typed.value != logged.value):
        raise ConfigError(
            f"You named the task {typed.kind} {shown(typed.value)}, but the run's log says "
            f"{logged.kind} {shown(logged.value)}: neither was loaded.",
            allowed="the task that the run was started with, by the same name",
            fix="Correct --task or --env, or start another run with `evolve`.",
        )


def _another_task(folder: RunFolder, task: Task, consent: Consent) -> StoreError:
    if consent.names_task:
        return StoreError(
            f"The task {shown(task.name)} that you named is not the one that run {shown(folder.name)} was "
            "started with: their digests differ.",
            allowed="exactly the same task: scores from different tasks cannot be compared",
            fix="Name the task in the version used by the run, or start another run with `evolve`.",
        )
    return StoreError(
        f"The files of task {task.name} were edited since {folder.name} was started.",
        allowed="an unchanged task: scores from different tasks cannot be compared",
        fix="Undo the edit to continue, or start another run with `evolve`.",
    )
