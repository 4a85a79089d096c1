"""`play`: a saved policy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from eureka_agent.cli.options import UNCONTAINED, Json, TaskName, takes


@takes("env", "envs", seed="Root seed of the episodes.", unsafe_isolation=UNCONTAINED)
def play(
    policy: Annotated[Path, typer.Argument(help="policy.npz or policy.zip, as written by `train`.")],
    task: TaskName,
    *,
    episodes: Annotated[int, typer.Option(help="Number of episodes to play and score. At least 1.")] = 10,
    reward: Annotated[
        str | None,
        typer.Option(help="Also evaluate a reward: a file, reference, or hack:<name>."),
    ] = None,
    video: Annotated[
        Path | None, typer.Option(help="Record the first episode: a .gif, or an .mp4 with the extra play.")
    ] = None,
    frames: Annotated[
        Path | None, typer.Option(help="Folder for frames of the first episode, as PNG.")
    ] = None,
    json_output: Json = False,
    **options: Any,
) -> None:
    """Run a saved policy: report its fitness and the reward it receives, record a video."""
    from eureka_agent.api.play import play as run
    from eureka_agent.cli.output import print_json, print_table
    from eureka_agent.rewards.residual import RESIDUAL

    report = run(policy, task, episodes=episodes, reward=reward, video=video, frames=frames, **options)
    if json_output:
        print_json(report)
        return
    names = list(report.episodes[0].components)
    beside = [RESIDUAL] if any(e.residual is not None for e in report.episodes) else []
    rows = [
        (
            index, e.fitness, e.length, e.reward,
            *(e.components[name] for name in names), *[e.residual or 0.0 for _ in beside],
        )
        for index, e in enumerate(report.episodes)
    ]  # fmt: skip
    print_table("", ("episode", "fitness", "steps", "reward", *names, *beside), rows)
    typer.echo(f"Fitness {report.summary} ({report.fitness_summary})")
    for what, where in (("video", report.video), ("frames", report.frames)):
        if where is not None:
            typer.echo(f"The first episode's {what}: {where}")
