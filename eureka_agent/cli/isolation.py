"""How `doctor` prints the isolation of generated code on this machine."""

from __future__ import annotations

import typer

from eureka_agent.api.doctor import DoctorReport
from eureka_agent.cli.output import print_table
from eureka_agent.isolation.layers import PURPOSES


def print_isolation(report: DoctorReport) -> None:
    """Print whether code is contained, by which layers, and which escapes a worker attempted."""
    possible = [attempt for attempt in report.attempts if not attempt.denied]
    if report.contained:
        typer.echo(
            f"Generated code is contained (self-test: {len(report.attempts)} of {len(report.attempts)} "
            "escape attempts blocked)."
        )
    else:
        typer.echo(
            f"Generated code is NOT contained (self-test: {len(report.attempts) - len(possible)} of "
            f"{len(report.attempts)} escape attempts blocked)."
        )
    typer.echo("")
    layers = [
        (layer.name, "holds" if layer.held else "MISSING", PURPOSES[layer.name], layer.detail)
        for layer in report.layers
    ]
    print_table("", ("layer", "", "what it means for generated code", "on this machine"), layers)
    typer.echo("")
    tried = [(a.name, "denied" if a.denied else "POSSIBLE", a.detail) for a in report.attempts]
    print_table("", ("tried", "", "answer"), tried)
    typer.echo("")
