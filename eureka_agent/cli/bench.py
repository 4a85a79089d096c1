"""`bench`: how fast this machine trains."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from eureka_agent.cli.options import UNCONTAINED, Json, takes

app = typer.Typer(help="Measure the speed of this machine.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep `speed` a command of its own."""


@app.command()
@takes(env_steps="Training steps per candidate; default: the case's.", unsafe_isolation=UNCONTAINED)
def speed(
    case: Annotated[
        list[str] | None,
        typer.Option(help="cartpole, half_cheetah or humanoid; default: the first two."),
    ] = None,
    peers: Annotated[bool, typer.Option(help="Also measure Stable-Baselines3.")] = True,
    candidates: Annotated[
        int | None, typer.Option(help="Number of candidates; default: the case's. At least 1.")
    ] = None,
    peer_candidates: Annotated[int, typer.Option(help="Candidates per Stable-Baselines3 process.")] = 2,
    setting: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=JSON", help="A PPO setting, for all trainers.")
    ] = None,
    json_output: Json = False,
    **options: Any,
) -> None:
    """Time the training of a generation of real rewards, start-up and evaluation included."""
    from eureka_agent.api.bench_speed import measure_speed
    from eureka_agent.cli.output import print_json, print_table

    report = measure_speed(
        case, peers=peers, candidates=candidates, peer_candidates=peer_candidates,
        settings=dict(_setting(pair) for pair in setting or ()), **options,
    )  # fmt: skip
    if json_output:
        print_json(report)
        return
    columns = ("case", "trainer", "trained", "wall", "CPU", "a minute", "population is", "of physics")
    rows = [
        (r.case, r.scheme, f"{r.candidates} x {r.env_steps_each:,}", f"{r.wall_s:.1f} s", f"{r.cpu_s:.1f} s",
         round(r.candidates_a_minute, 2), _shown(report.ratio(r), "{:.1f} times"),
         _shown(report.share_of_physics(r), "{:.0%}"))
        for r in report.rows
    ]  # fmt: skip
    print_table("", columns, rows)
    peak = max(r.memory_mb for r in report.rows)
    typer.echo(f"{report.machine}, {report.cores} cores; peak memory of the largest process: {peak:.0f} MB")
    for name, limit in report.physics.items():
        typer.echo(f"{name}: bare physics runs at {limit:,.0f} steps a second on all cores")
    for name, settings in report.settings.items():
        typer.echo(f"{name}: {', '.join(f'{key} = {value}' for key, value in settings.items())}")


def _shown(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def _setting(pair: str) -> tuple[str, Any]:
    import json

    from eureka_agent.errors import ConfigError

    name, equals, text = pair.partition("=")
    try:
        return name.strip(), json.loads(text)
    except ValueError:
        raise ConfigError(
            f"'{pair}' is not a setting{'' if equals else ': it has no ='}.",
            allowed="NAME=VALUE with a number, true, false or a list, e.g. batch_size=256",
            fix="Correct the option --set.",
        ) from None
