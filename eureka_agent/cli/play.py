"""`play`: a saved policy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def play(
    policy: Annotated[Path, typer.Argument(help="policy.npz or policy.zip, as `train` leaves it.")],
    task: Annotated[str, typer.Option("--task", help="A task's name, its folder, or gym:<id>.")],
    episodes: Annotated[int, typer.Option(help="How many episodes are played and scored.")] = 10,
    seed: Annotated[int, typer.Option(help="Root of the episodes' seeds.")] = 0,
    reward: Annotated[
        str | None,
        typer.Option(help="Also tell what a reward pays: a file, reference, or hack:<name>."),
    ] = None,
    video: Annotated[
        Path | None, typer.Option(help="Film the first episode: a .gif, or an .mp4 with imageio-ffmpeg.")
    ] = None,
    frames: Annotated[
        Path | None, typer.Option(help="Folder for single frames of the first episode, as PNG.")
    ] = None,
    env: Annotated[
        str | None, typer.Option(help="Constructor of an environment: package.module:function.")
    ] = None,
    envs: Annotated[Path | None, typer.Option(help="Folder of tasks, searched before the others.")] = None,
    unsafe_isolation: Annotated[
        bool, typer.Option(help="Accept a machine that cannot contain code.")
    ] = False,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead of text.")
    ] = False,
) -> None:
    """Run a saved policy: its fitness, what a reward pays it, and what it looks like."""
    from eureka_agent.api.play import play as run
    from eureka_agent.cli.output import print_json, print_table

    report = run(
        policy, task, episodes=episodes, seed=seed, reward=reward, video=video, frames=frames, env=env,
        envs=envs, unsafe_isolation=unsafe_isolation,
    )  # fmt: skip
    if json_output:
        print_json(report)
        return
    names = list(report.episodes[0].components)
    rows = [
        (index, e.fitness, e.length, e.reward, *(e.components[name] for name in names))
        for index, e in enumerate(report.episodes)
    ]
    print_table("", ("episode", "fitness", "steps", "reward", *names), rows)
    typer.echo(f"Fitness {report.summary} ({report.fitness_summary})")
    for what, where in (("video", report.video), ("frames", report.frames)):
        if where is not None:
            typer.echo(f"The first episode's {what}: {where}")
