"""`film`: an episode of a trained candidate as a video, and as a contact sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from eureka_agent.cli import completing
from eureka_agent.cli.evolve import Trust
from eureka_agent.cli.options import TASK, UNCONTAINED, Force, Json, Run, Runs, takes
from eureka_agent.escaping import visible


@takes("env", "envs", unsafe_isolation=UNCONTAINED)
def film(
    run: Run = "latest",
    candidate: Annotated[
        str | None,
        typer.Argument(
            help="A candidate's id, reference or sparse; default: the best.",
            autocompletion=completing.candidates_and_baselines,
        ),
    ] = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The film: an .mp4 or a .gif; default: film-CANDIDATE.mp4."),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(help="A contact sheet of key frames: a .png or a .jpg.")
    ] = None,
    episode: Annotated[
        str, typer.Option(help="Which recorded episode: median, best or worst by its fitness.")
    ] = "median",
    seed: Annotated[
        int | None, typer.Option(help="Play a fresh episode of its policy from this seed instead.")
    ] = None,
    moments: Annotated[
        bool, typer.Option("--moments", help="Find the step with which it was lost, by simulation; mark it.")
    ] = False,
    force: Force = False,
    trust: Trust = False,
    task: Annotated[str | None, typer.Option("--task", help=TASK, autocompletion=completing.tasks)] = None,
    runs: Runs = Path("runs"),
    json_output: Json = False,
    **options: Any,
) -> None:
    """Film an episode of what a reward taught, with what each component paid and what happens when."""
    from eureka_agent.api.films import film as make
    from eureka_agent.cli.output import print_json

    made = make(
        run, candidate, output=output, sheet=sheet, episode=episode, seed=seed, moments=moments, force=force,
        trust=trust, task=task, runs=runs, **options,
    )  # fmt: skip
    if json_output:
        print_json(made)
        return
    typer.echo(visible(f"{made.title}: {made.source}."))
    for what, path in (("Film", made.film), ("Contact sheet", made.sheet)):
        if path is not None:
            typer.echo(visible(f"{what}: {path}"))
    if made.told:
        typer.echo(visible(made.told))
    if made.lost:
        typer.echo(visible(made.lost))
