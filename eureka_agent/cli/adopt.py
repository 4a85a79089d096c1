"""`adopt`: a reward from a repository becomes one of a task."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eureka_agent.cli.options import Json, TaskName, takes
from eureka_agent.errors import ConfigError
from eureka_agent.escaping import visible

if TYPE_CHECKING:
    from eureka_agent.api.adopt import Adopted
    from eureka_agent.rewards.adopting.mapping import Read


@takes("env", "envs")
def adopt(
    found: Annotated[Path, typer.Argument(help="A Python file with a reward, as it was found; only read.")],
    task: TaskName,
    *,
    function: Annotated[
        str | None, typer.Option(help="Which function is the reward, or Class.method; else it is looked for.")
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", help="What a name means: base_lin_vel=velocity, or speed=obs[3]; repeatable."),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting that the reward needs: tracking_sigma=0.25; repeatable."),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the reward is written.")] = Path(
        "reward.py"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    json_output: Json = False,
    **options: Any,
) -> None:
    """Take a reward as found in a repository, map what it reads to a task's signals, and write it down."""
    from eureka_agent.api.adopt import adopt as take
    from eureka_agent.cli.output import print_json

    asks = sys.stdin.isatty() and not json_output
    adopted = take(
        found, task, function=function, mapped=_pairs("map", mapped), constants=_pairs("set", setting),
        output=output, force=force, choose=_choose if asks else None, **options,
    )  # fmt: skip
    if json_output:
        print_json(adopted)
    else:
        _tell(found, task, adopted)


def _pairs(option: str, given: Sequence[str] | None) -> dict[str, str]:
    """Return `a=b` as a dictionary."""
    found = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise ConfigError(
                f"--{option} cannot be '{text}'.",
                allowed=f"--{option} name=value",
                fix="Write both sides, without spaces or in quotes.",
            )
        found[name.strip()] = value.strip()
    return found


def _choose(read: Read, likely: Sequence[str]) -> str | None:
    """Ask a person what a name means."""
    at = f" (read as {read.place})" if read.place != read.name else ""
    typer.echo(visible(f"The reward reads {read.name}{at}. Likeliest: {', '.join(likely) or 'none'}."))
    said = typer.prompt(
        "It means (a signal, elements as obs[0:3], or nothing)", default="", show_default=False
    )
    return said.strip() or None


def _tell(found: Path, task: str, adopted: Adopted) -> None:
    kind = "list of terms" if adopted.kind == "terms" else adopted.kind
    worlds = {True: ", written for many worlds", False: ", written for one world", None: ""}
    typer.echo(visible(f"{found} is a {kind}{worlds[adopted.batched]}."))
    for name, signal in adopted.reads.items():
        typer.echo(visible(f"  reads {name}: {signal}"))
    for name, value in adopted.constants.items():
        typer.echo(visible(f"  set {name}: {value}"))
    for rewrite in adopted.rewrites:
        typer.echo(visible(f"  rewritten: {rewrite}"))
    for part in adopted.left_out:
        typer.echo(visible(f"  left out: {part}"))
    typer.echo(visible(f"Wrote {adopted.path}. Next: eureka-agent check {adopted.path} --task {task}"))
