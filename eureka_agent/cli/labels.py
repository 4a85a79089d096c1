"""`labels`: what annotators said of captions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eureka_agent.cli.options import Json
from eureka_agent.escaping import visible


def labels(
    file: Annotated[Path, typer.Argument(help="A file of labels, or the folder that oni wrote it to.")],
    *,
    goal: Annotated[
        str | None, typer.Option(help="Only labels by this goal; default: all, and to correct the only one.")
    ] = None,
    containing: Annotated[str, typer.Option(help="Only captions with these words.")] = "",
    most: Annotated[int, typer.Option(help="The most labels shown; those in the middle are left out.")] = 40,
    correct: Annotated[
        str | None, typer.Option(help="A caption whose label is wrong; the right one is --value.")
    ] = None,
    other: Annotated[str, typer.Option(help="What --correct is compared with, for a pair.")] = "",
    value: Annotated[
        float | None, typer.Option(help="1: helpful, or better than --other; 0: the contrary; or between.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write all labels to this file as CSV.")] = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            help="Draw which captions are paid most and least, and how often they are met: an SVG file."
        ),
    ] = None,
    json_output: Json = False,
) -> None:
    """Look at the labels of captions, correct one, write them as CSV, or draw what captions are paid."""
    from eureka_agent.api import labels as api
    from eureka_agent.cli.output import print_json, print_table

    if correct is not None:
        if value is None:
            raise typer.BadParameter("--correct needs --value, from 0 to 1.")
        kept = api.correct_label(file, correct, value, other=other, goal=goal)
        typer.echo(visible(f"Kept: {kept.value:g} for '{kept.caption}' (goal: {kept.goal})."))
        return
    if picture is not None:
        from eureka_agent.api.caption_pictures import draw_captions

        typer.echo(f"Drawn: {draw_captions(file, picture)}")
        return
    if csv is not None:
        typer.echo(f"{api.export_labels(file, csv):,} labels written to {csv}.")
        return
    found = api.labels(file, goal=goal, containing=containing)
    if json_output:
        print_json(found)
        return
    half = max(1, most // 2)
    shown = found if len(found) <= 2 * half else [*found[:half], *found[-half:]]
    pairs = any(row.other for row in shown)
    cells = [
        (f"{row.value:.2f}", visible(row.caption), *((visible(row.other),) if pairs else ()), visible(row.by))
        for row in shown
    ]
    print_table("", ("label", "caption", *(("compared with",) if pairs else ()), "by"), cells)
    left = len(found) - len(shown)
    typer.echo(f"{len(found):,} labels{f', {left:,} between these not shown' if left else ''}.")
