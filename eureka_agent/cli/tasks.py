"""`tasks` and `init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from eureka_agent.cli.options import Json, takes


@takes("envs")
def tasks(*, json_output: Json = False, **options: Any) -> None:
    """List the available tasks. Any Gymnasium environment works too: gym:<id>."""
    from eureka_agent.cli.output import print_json, print_table
    from eureka_agent.tasks import list_tasks
    from eureka_agent.tasks.registry import missing_packages

    found = list_tasks(**options)
    if json_output:
        print_json(found)
        return
    rows = [(t.name, t.env_id, t.fitness) for t in found]
    print_table("", ("task", "environment", "fitness"), rows)
    for line in missing_packages(found):
        typer.echo(line)


def init(
    name: Annotated[str, typer.Argument(help="Name of the new task; its folder is <folder>/<name>.")],
    env: Annotated[str, typer.Option(help="A Gymnasium id, module:Id-v0, or module:function.")],
    goal: Annotated[str, typer.Option(help="The goal in words.")],
    folder: Annotated[Path, typer.Option(help="Where task folders live.")] = Path("envs"),
    json_output: Json = False,
) -> None:
    """Create a task folder that runs as it is, for you to edit."""
    from eureka_agent.cli.output import print_json
    from eureka_agent.tasks.scaffold import write_task

    path = write_task(name, env_id=env, goal=goal, folder=folder)
    if json_output:
        print_json({"task": path})
    else:
        found = name if folder == Path("envs") else path.as_posix()
        typer.echo(f"Wrote {path}. Edit task.toml and task.py, then: eureka-agent evolve {found}")
