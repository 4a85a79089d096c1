"""The options that commands take from where they are declared; none is declared in two commands."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin

import typer

from eureka_agent.config import RunConfig
from eureka_agent.config.option import Declared, Option, declared_in

TASK = "A task's name, its folder, or gym:<id>."
UNCONTAINED = "Accept a machine that cannot contain code."

TaskName = Annotated[str, typer.Option("--task", help=TASK)]
Run = Annotated[str, typer.Argument(help="A run's name, a unique prefix, its folder, or latest.")]
Runs = Annotated[Path, typer.Option(help="Folder that holds the runs.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


@dataclass(frozen=True)
class TaskOptions:
    """How a task is found, and what is taken instead of what it says itself."""

    env: Annotated[str | None, Option("Constructor of an environment: package.module:function.")] = None
    goal: Annotated[str | None, Option("What is wanted, in words; replaces the task's own.")] = None
    max_episode_steps: Annotated[int | None, Option("Time limit of an environment without one.")] = None
    show_env_reward: Annotated[bool, Option("Show the environment's own reward to the designer.")] = False
    stages: Annotated[bool, Option("Train by the task's curriculum, where it has one.")] = True
    envs: Annotated[Path | None, Option("Folder of tasks, searched before the others.")] = None


_DECLARED = {option.name: option for group in (TaskOptions, RunConfig) for option in declared_in(group)}

OF_A_TASK = tuple(option.name for option in declared_in(TaskOptions))
OF_A_RUN = tuple(option.name for option in declared_in(RunConfig) if not option.about.derived)


def takes(*names: str, **words: str) -> Callable[[Any], Any]:
    """Give a command declared options: `names` with their own help, those in `words` with another.

    They reach it as `**options`, and are listed where its keyword-only parameters begin.
    """
    helps = {name: _DECLARED[name].about.help for name in names} | words
    generated = [_parameter(_DECLARED[name], text) for name, text in helps.items()]

    def give(command: Any) -> Any:
        own = inspect.signature(command, eval_str=True)
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        first, later = ([p for p in own.parameters.values() if p.kind is kind] for kind in kinds)
        command.__signature__ = own.replace(parameters=[*first, *generated, *later])
        command.__annotations__ = {p.name: p.annotation for p in command.__signature__.parameters.values()}
        return command

    return give


def _parameter(option: Declared, text: str) -> inspect.Parameter:
    kind, default = option.about.typed or (option.type, option.default)
    bare = str if get_origin(kind) is Literal else kind  # whoever uses it says what there is instead
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[bare, typer.Option(help=text)],
    )
