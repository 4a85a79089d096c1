"""`check` and `train`: one reward file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from eureka_agent.cli import completing
from eureka_agent.cli.options import TASK, UNCONTAINED, Json, Seeds, TaskName, takes
from eureka_agent.escaping import visible


@takes("env", "envs", unsafe_isolation=UNCONTAINED)
def check(
    reward: Annotated[Path, typer.Argument(help="A Python file that defines compute_reward.")],
    task: TaskName,
    *,
    json_output: Json = False,
    **options: Any,
) -> None:
    """Review a reward with the critic: static rules, then a run on the task's transitions."""
    from eureka_agent.api.check import check as examine
    from eureka_agent.cli.output import print_json

    findings = examine(reward, task, **options)
    refused = any(finding.severity == "error" for finding in findings)
    if json_output:
        print_json({"refused": refused, "findings": findings})
    else:
        for finding in findings:
            place = f"{reward}:{finding.line}" if finding.line else str(reward)
            typer.echo(visible(f"{place}: {finding.severity} [{finding.rule}] {finding.what}"))
            if finding.severity != "note":
                typer.echo(visible(f"    Why: {finding.why}\n    Do:  {finding.fix}"))
        counts = Counter(finding.severity for finding in findings)
        verdict = "refused" if refused else "accepted"
        typer.echo(f"{reward} is {verdict}: {counts['error']} errors, {counts['warning']} warnings.")
    raise typer.Exit(1 if refused else 0)


@takes(
    "stages",
    "env",
    "envs",
    seed="Root seed.",
    env_steps="Training steps; default: the task's.",
    trainer="population: all seeds in one process; sb3: one process per seed.",
    device="auto, gpu or cpu.",
    worlds="Parallel worlds per seed on a GPU; default: 2048.",
    init_policy="A saved policy (policy.npz or policy.zip) to start from.",
    unsafe_isolation=UNCONTAINED,
)
def train(
    task: Annotated[str, typer.Argument(help=TASK, autocompletion=completing.tasks)],
    reward: Annotated[
        list[str],
        typer.Option(
            help="A reward file, or one of the task's own: reference, sparse, native, hack:<name>. Several "
            "train one after the other, each from the policy of the one before."
        ),
    ],
    seeds: Seeds = 1,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for policies and curves.")] = Path(
        "trained"
    ),
    json_output: Json = False,
    **options: Any,
) -> None:
    """Train policies with a reward and report the fitness they reach."""
    from eureka_agent.api.train import train as run
    from eureka_agent.cli.output import print_json, print_table

    trained = run(task, reward, seeds=seeds, output=output, **options)
    if json_output:
        print_json(trained)
    else:
        rows = [
            (t.seed, t.fitness, t.env_steps, f"{t.wall_s:.1f} s", t.folder, t.failure)
            for t in trained.trainings
        ]
        print_table("", ("seed", "fitness", "steps", "time", "folder", "failure"), rows)
        typer.echo(f"Fitness {trained.summary} ({trained.fitness_summary}); on a {trained.device.upper()}")
    raise typer.Exit(1 if all(t.failure for t in trained.trainings) else 0)
