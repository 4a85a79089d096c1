"""The settings of a run as a command that repeats it, with what such a command cannot hold."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from eureka_agent.config import recorded_config
from eureka_agent.config.run_config import declared
from eureka_agent.errors import ConfigError
from eureka_agent.escaping import one_line
from eureka_agent.report.words import cut
from eureka_agent.store.state import RunState
from eureka_agent.tasks.identity import CONSTRUCTORS

LONGEST = 300
"""Characters of a setting."""
FILES = {
    "seed_reward": "seed_reward.py",
    "human_reward": "human_reward.py",
    "init_policy": "init_policy",
    "after": "RUN",
}
"""Options whose value is a file or a run; the log holds its text or its digest, not where it lay."""
_OF_THE_TASK = ("goal", "max_episode_steps", "show_env_reward")
"""Overrides of a task that the command line has options for."""


@dataclass(frozen=True)
class RepeatingView:
    """How to do it again."""

    command: str
    """Empty where the task was a constructor in memory, or the settings are of another version."""
    notes: tuple[str, ...]
    """What the command does not say."""
    settings: tuple[tuple[str, str], ...]
    """Every option with its value, as the log has it."""
    versions: tuple[tuple[str, str], ...]
    """What was installed of what results depend on; empty in logs that do not say."""


def repeating_view(state: RunState, versions: Mapping[str, str]) -> RepeatingView:
    """Return how a run is repeated; `versions` stand in its first event."""
    settings = {name: value for name, value in state.config.items() if value is not None and name != "task"}
    task = state.config.get("task", {})
    return RepeatingView(
        command=cut(_command(state), 4_000),
        notes=tuple(_notes(state)),
        settings=tuple(
            (cut(name, 60), cut(one_line(str(value)), LONGEST))
            for name, value in {"task": task.get("value", "?"), **settings}.items()
        ),
        versions=tuple((cut(name, 60), cut(version, 60)) for name, version in versions.items()),
    )


def _command(state: RunState) -> str:
    try:
        config = recorded_config(state.config).to_json()
    except (ConfigError, LookupError, TypeError, ValueError):  # of a version that has other options
        return ""
    task = state.config.get("task", {})
    if task.get("kind") in CONSTRUCTORS:
        return ""
    words = ["eureka-agent", "evolve", *_task(task)]
    for option in declared():
        value, name = config[option.name], f"--{option.name.replace('_', '-')}"
        unsaid = option.default if option.about.typed is None else option.about.typed.default
        if option.about.derived or not _is_said(option.name, value, unsaid, config):
            continue
        if isinstance(value, bool):
            words.append(name if value else f"--no-{name.removeprefix('--')}")
        else:
            words += [name, FILES.get(option.name, one_line(str(value)))]
    return " ".join(map(shlex.quote, [*words, "--new"]))


def _is_said(name: str, value: Any, unsaid: Any, config: Mapping[str, Any]) -> bool:
    """Tell whether an option was given by a person, who does not give the policy that a run before left."""
    if name == "init_policy" and config["after"]:
        return False
    return bool(value) if name == "after" else value != unsaid


def _task(task: Mapping[str, Any]) -> Iterator[str]:
    kind, value = task.get("kind"), one_line(str(task.get("value", "?")))
    if kind == "folder":
        yield PurePath(value).name
    elif kind == "gym":
        yield f"gym:{value}"
    else:
        yield from ("--env", value)
    options = task.get("options", {})
    for name in _OF_THE_TASK:
        if options.get(name) not in (None, False):
            yield f"--{name.replace('_', '-')}"
            yield from [] if options[name] is True else [one_line(str(options[name]))]
    if options.get("stages") is False:
        yield "--no-stages"


def _notes(state: RunState) -> Iterator[str]:
    task, config = state.config.get("task", {}), state.config
    if task.get("kind") in CONSTRUCTORS:
        yield (
            "The environment was a constructor in memory: repeat it in Python with "
            "eureka_agent.evolve(env=make_env, …) and the settings below."
        )
    if task.get("kind") == "folder":
        digest = one_line(str(config.get("task_digest", "")))
        yield (
            f"The task's folder had the digest {digest or 'that this log does not tell'}: an edited task "
            "gives other scores."
        )
    for name, file in FILES.items():
        if config.get(name) and not (name == "init_policy" and config.get("after")):
            what = "a run" if name == "after" else "a file"
            yield f"--{name.replace('_', '-')}: {file} stands for {what}; {_WHERE[name]}"
    if state.replies:
        yield (
            "A language model answers differently each time. To repeat the search with the same replies, at "
            "no cost, give --model replay:RUN/replies.jsonl with this run's folder as RUN."
        )
    else:
        yield "No language model was asked: with the same settings the same rewards are proposed."


_WHERE = {
    "seed_reward": "its text is that of the first candidate.",
    "human_reward": "its text stands in the run's config.toml.",
    "init_policy": "the run's folder holds a copy.",
    "after": "its rewards are best/before-1.py and so on.",
}
