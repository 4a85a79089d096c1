"""What a run that somebody else may have started asks for, and what its person agrees to before it goes on.

A log names code to import, models to pay and addresses to send a key to. Nothing of that is built, imported
or asked unless the run is recorded as the person's own (`store/ownership.py`), or the person agrees to it: to
all at once, or by typing the same again.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium as gym

from eureka_agent.config import SAME_MODEL, RunConfig, TaskChoice
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.escaping import one_line
from eureka_agent.llm.auto import OFFLINE_MODEL
from eureka_agent.llm.endpoint import checked_url
from eureka_agent.resources import bundled_folders
from eureka_agent.tasks.identity import CONSTRUCTORS

_LONGEST = 100
"""Most letters of a value that are shown."""


@dataclass(frozen=True)
class Consent:
    """What a person typed beside the name of the run to resume."""

    trust: bool = False
    """Agree to everything that the log asks for."""
    task: str | None = None
    env: str | Callable[[], gym.Env] | None = None
    envs: Path | None = None
    model: str | None = None
    base_url: str | None = None
    unsafe_isolation: bool = False

    @property
    def names_task(self) -> bool:
        """Whether the person said which task is meant: that one is loaded, wherever the log's lies."""
        return self.task is not None or self.env is not None


@dataclass(frozen=True)
class Item:
    """One thing that a log asks for."""

    what: str
    option: str
    """What to type to agree to this one."""
    agreed: bool


def check_typed(config: RunConfig, consent: Consent) -> None:
    """Raise ConfigError for an option that says something else than the log."""
    pairs = [
        ("--model", consent.model, config.model.name),
        ("--base-url", consent.base_url and checked_url(consent.base_url), config.model.base_url),
        ("--unsafe-isolation", consent.unsafe_isolation or None, config.isolation.unsafe),
    ]
    for option, typed, logged in pairs:
        if typed is not None and typed != logged:
            raise ConfigError(
                f"{option} says {shown(typed)}, and the run's log says {shown(logged)}.",
                allowed="what the log says: a run goes on with what it began with",
                fix=f"Leave {option} out or correct it, or start another run with `evolve`.",
            )


def check_consent(run: str, config: RunConfig, consent: Consent) -> None:
    """Raise StoreError that lists everything a log asks for and its person has not agreed to."""
    missing = [item for item in asked_for(config, consent) if not (item.agreed or consent.trust)]
    if not missing:
        return
    lines = [f"  - {item.what} ({item.option})" for item in missing]
    raise StoreError(
        f"Run {shown(run)} is not recorded as one of yours. Its log asks for:\n"
        + "\n".join(lines)
        + "\nNothing was loaded, asked or written.",
        allowed="a run that you started yourself, or your consent to each of these",
        fix="Give the command the options in brackets; or --trust, which agrees to everything the log says.",
    )


def asked_for(config: RunConfig, consent: Consent) -> Iterator[Item]:
    """Yield what a configuration says that could run code, spend money or send data away."""
    yield from _task_items(config.task, consent)
    if config.model.name != OFFLINE_MODEL:
        option = f"--model {shlex.quote(shown(config.model.name))}"
        yield Item(f"the model {shown(config.model.name)}", option, consent.model is not None)
    for role, name in (("critic", config.critic.model), ("analyzer", config.analyzer.model)):
        if name not in (None, SAME_MODEL, config.model.name):
            yield Item(f"the model {shown(name)} as {role}", "--trust", agreed=False)
    annotator = config.intrinsic.annotator
    if annotator not in (None, SAME_MODEL, config.model.name):
        yield Item(f"captions labelled by {shown(annotator)}", "--trust", agreed=False)
    if config.model.base_url is not None:
        option = f"--base-url {shlex.quote(shown(config.model.base_url))}"
        what = f"requests, with your key, to {shown(config.model.base_url)}"
        yield Item(what, option, consent.base_url is not None)
    if config.isolation.unsafe:
        what = "generated code on a machine that cannot contain it"
        yield Item(what, "--unsafe-isolation", consent.unsafe_isolation)


def _task_items(task: TaskChoice, consent: Consent) -> Iterator[Item]:
    value, path = shown(task.value), task.options.get("path")
    if task.kind == "folder" and bundled(task.value) is None:
        name = shlex.quote(shown(Path(task.value).name))
        yield Item(
            f"the code of the task folder {value}", f"--task {name}, or its folder", consent.names_task
        )
    elif task.kind == "factory":
        what = f"the environment that {value} builds"
        yield Item(what, f"--env {shlex.quote(value)}", consent.names_task)
    elif task.kind == "gym" and ":" in task.value:
        what = f"the environment {value}, for which a module is imported"
        yield Item(what, f"--task {shlex.quote(f'gym:{value}')}", consent.names_task)
    elif task.kind in CONSTRUCTORS:
        yield Item("a constructor", "--env module:function, or resume(env=...)", consent.env is not None)
    if path is not None:
        yield Item(f"modules from the folder {shown(path)}", "--env module:function", consent.names_task)
    if kwargs := task.options.get("kwargs"):
        yield Item(f"an environment with the arguments {shown(kwargs)}", "--trust", agreed=False)


def bundled(folder: str) -> Path | None:
    """Return the task folder that came with the package and is named here; None for any other."""
    try:
        place = Path(folder).resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    return place if place.parent in bundled_folders("envs") else None


def shown(value: Any) -> str:
    """Return a value of a log as one visible line of bounded length."""
    line = one_line(value if isinstance(value, str) else repr(value))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
