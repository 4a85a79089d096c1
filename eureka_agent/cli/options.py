"""The options of commands, generated from their declarations; none is declared twice."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_origin

import typer

from eureka_agent.cli import completing
from eureka_agent.config import RunConfig
from eureka_agent.config.option import Declared, Option, declared_in

T = TypeVar("T")
TASK = "A task name, a task folder, or gym:<id>."
UNCONTAINED = "Run generated code even if this machine cannot contain it."

TaskName = Annotated[str, typer.Option("--task", help=TASK, autocompletion=completing.tasks)]
Run = Annotated[
    str,
    typer.Argument(
        help="A run's name, a unique prefix of it, its folder, or latest.", autocompletion=completing.runs
    ),
]
Runs = Annotated[Path, typer.Option(help="Folder of the runs.")]
Results = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Folder for trainings and results; default: its own in --runs."),
]
Seeds = Annotated[int, typer.Option(help="Number of trainings, each with a fresh seed. At least 1.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


@dataclass(frozen=True)
class TaskOptions:
    """How a task is found, and what overrides its own settings."""

    env: Annotated[
        str | None, Option("The environment: an id, module:Id-v0, or a constructor module:function.")
    ] = None
    goal: Annotated[str | None, Option("The goal in words; replaces the task's own.")] = None
    max_episode_steps: Annotated[int | None, Option("Time limit for an environment that has none.")] = None
    show_env_reward: Annotated[bool, Option("Show the environment's own reward to the designer.")] = False
    stages: Annotated[bool, Option("Use the task's curriculum, if it has one.")] = True
    envs: Annotated[Path | None, Option("Folder of tasks, searched first.")] = None


_DECLARED = {option.name: option for group in (TaskOptions, RunConfig) for option in declared_in(group)}

OF_A_TASK = tuple(option.name for option in declared_in(TaskOptions))
OF_A_RUN = tuple(option.name for option in declared_in(RunConfig) if not option.about.derived)


def takes(*names: str, **words: str) -> Callable[[Any], Any]:
    """Give a command declared options: `names` with their own help, those in `words` with the help given.

    They reach it as `**options`, and are listed where its keyword-only parameters begin.
    """
    helps = {name: _DECLARED[name].about.help for name in names} | words
    return _giving([_parameter(_DECLARED[name], text) for name, text in helps.items()])


def takes_group(group: type) -> Callable[[Any], Any]:
    """Give a command the options that a dataclass declares; `taken` makes it of what a person typed."""
    return _giving([_parameter(option, option.about.help) for option in declared_in(group)])


def taken(group: type[T], options: dict[str, Any]) -> T:
    """Take a group's options out of those of a command, and return the group."""
    return group(**{option.path[0]: options.pop(option.name) for option in declared_in(group)})


def _giving(generated: list[inspect.Parameter]) -> Callable[[Any], Any]:
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
    bare = str if get_origin(kind) is Literal else kind  # the code that uses it reports the allowed values
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[
            bare,
            typer.Option(
                help=f"{text}{_range(option.about)}",
                autocompletion=completing.completer_of(option.name, kind),
            ),
        ],
    )


def _range(about: Option) -> str:
    """Return a sentence on which numbers an option takes; empty where any will do."""
    if about.ge is not None and about.le is not None:
        return f" From {about.ge:g} to {about.le:g}."
    if about.ge is not None:
        return f" At least {about.ge:g}."
    return "" if about.gt is None else f" More than {about.gt:g}."
