"""`check` and `train`: one reward file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eureka_agent.escaping import visible

Task = Annotated[str, typer.Option("--task", help="A task's name, its folder, or gym:<id>.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def check(
    reward: Annotated[Path, typer.Argument(help="A Python file with compute_reward.")],
    task: Task,
    env: Annotated[
        str | None, typer.Option(help="Constructor of an environment: package.module:function.")
    ] = None,
    envs: Annotated[Path | None, typer.Option(help="Folder of tasks, searched before the others.")] = None,
    unsafe_isolation: Annotated[
        bool, typer.Option(help="Accept a machine that cannot contain code.")
    ] = False,
    json_output: Json = False,
) -> None:
    """Say what the critic thinks of a reward: static rules, then a run on the task's transitions."""
    from eureka_agent.api.check import check as examine
    from eureka_agent.cli.output import print_json

    findings = examine(reward, task, env=env, envs=envs, unsafe_isolation=unsafe_isolation)
    refused = any(finding.severity == "error" for finding in findings)
    if json_output:
        print_json({"refused": refused, "findings": findings})
    else:
        for finding in findings:
            place = f"{reward}:{finding.line}" if finding.line else str(reward)
            typer.echo(visible(f"{place}: {finding.severity} [{finding.rule}] {finding.what}"))
            typer.echo(visible(f"    Why: {finding.why}\n    Do:  {finding.fix}"))
        errors = sum(finding.severity == "error" for finding in findings)
        verdict = "refused" if refused else "accepted"
        typer.echo(f"{reward} is {verdict}: {errors} errors, {len(findings) - errors} warnings.")
    raise typer.Exit(1 if refused else 0)


def train(
    task: Annotated[str, typer.Argument(help="A task's name, its folder, or gym:<id>.")],
    reward: Annotated[
        str,
        typer.Option(help="A reward file, or one of the task's own: reference, sparse, native, hack:<name>."),
    ],
    seeds: Annotated[int, typer.Option(help="How many trainings, with fresh seeds each.")] = 1,
    seed: Annotated[int, typer.Option(help="Root of the seeds.")] = 0,
    env_steps: Annotated[int | None, typer.Option(help="Steps of learning; else the task's.")] = None,
    trainer: Annotated[
        str, typer.Option(help="population: all seeds in one process; sb3: a process for each.")
    ] = "population",
    device: Annotated[str, typer.Option(help="auto, gpu or cpu.")] = "auto",
    worlds: Annotated[int | None, typer.Option(help="Worlds of each seed on a GPU; else 2048.")] = None,
    stages: Annotated[bool, typer.Option(help="Train by the task's curriculum, where it has one.")] = True,
    init_policy: Annotated[
        Path | None, typer.Option(help="A saved policy (policy.npz or policy.zip) to start from.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for policies and curves.")] = Path(
        "trained"
    ),
    env: Annotated[
        str | None, typer.Option(help="Constructor of an environment: package.module:function.")
    ] = None,
    envs: Annotated[Path | None, typer.Option(help="Folder of tasks, searched before the others.")] = None,
    unsafe_isolation: Annotated[
        bool, typer.Option(help="Accept a machine that cannot contain code.")
    ] = False,
    json_output: Json = False,
) -> None:
    """Train policies with a reward and say what fitness they reach."""
    from eureka_agent.api.train import train as run
    from eureka_agent.cli.output import print_json, print_table

    trained = run(
        task, reward, seeds=seeds, seed=seed, env_steps=env_steps, output=output, trainer=trainer,
        device=device, worlds=worlds, stages=stages, init_policy=init_policy, env=env, envs=envs,
        unsafe_isolation=unsafe_isolation,
    )  # fmt: skip
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
