"""`bench`: what this machine can do."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Measure what this machine can do.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep `speed` a command of its own."""


@app.command()
def speed(
    case: Annotated[
        list[str] | None, typer.Option(help="cartpole or half_cheetah; both when not given.")
    ] = None,
    trainer: Annotated[str, typer.Option(help="population or sb3.")] = "population",
    parallel: Annotated[
        int | None, typer.Option(help="Threads, or processes of sb3; else one a core.")
    ] = None,
    candidates: Annotated[int | None, typer.Option(help="Candidates; else the case's own number.")] = None,
    env_steps: Annotated[int | None, typer.Option(help="Steps of learning each; else the case's.")] = None,
    unsafe_isolation: Annotated[
        bool, typer.Option(help="Accept a machine that cannot contain code.")
    ] = False,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead of text.")
    ] = False,
) -> None:
    """Train a generation of real rewards, start-up and evaluation included, and say how long it took."""
    from eureka_agent.cli.output import print_json, print_table
    from eureka_agent.evolution.speed import measure_speed

    report = measure_speed(
        case, trainer=trainer, parallel=parallel, candidates=candidates, env_steps=env_steps,
        unsafe_isolation=unsafe_isolation,
    )  # fmt: skip
    if json_output:
        print_json(report)
        return
    columns = (
        "case", "candidates", "steps each", "all steps", "wall", "CPU", "memory", "a minute", "a CPU minute",
    )  # fmt: skip
    rows = [
        (r.case, r.candidates, r.env_steps_each, r.env_steps, f"{r.wall_s:.1f} s", f"{r.cpu_s:.1f} s",
         f"{r.memory_mb:.0f} MB", round(r.candidates_a_minute, 2), round(r.candidates_a_cpu_minute, 2))
        for r in report.rows
    ]  # fmt: skip
    print_table("", columns, rows)
    typer.echo(f"{trainer}, {report.rows[0].parallel} at a time; {report.machine}, {report.cores} cores")
    for name, settings in report.settings.items():
        typer.echo(f"{name}: {', '.join(f'{key} = {value}' for key, value in settings.items())}")
