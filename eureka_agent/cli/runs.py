"""`runs`, `show`, `report`, `export` and `doctor`: commands that only look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eureka_agent.cli import completing
from eureka_agent.cli.options import Force, Json, Run, Runs
from eureka_agent.escaping import visible

if TYPE_CHECKING:
    from eureka_agent.api.runs import RunSummary
    from eureka_agent.archive.candidate import Candidate


def runs(runs: Runs = Path("runs"), json_output: Json = False) -> None:
    """List the runs, oldest first."""
    from eureka_agent.api.runs import list_run_summaries
    from eureka_agent.cli.output import print_json, print_table

    found = list_run_summaries(runs)
    if json_output:
        print_json(found)
    elif not found:
        typer.echo(f"There are no runs in {runs} yet. Start one with `eureka-agent evolve cartpole`.")
    else:
        columns = ("run", "proposer", "status", "best", "fitness", "verdict")
        rows = [(r.name, r.model, _status(r), r.best, _fitness(r), r.verdict) for r in found]
        print_table("", columns, rows)


def _status(summary: RunSummary) -> str:
    """Return a run's status; one that is somebody else's needs consent before it goes on."""
    foreign = summary.own is False and not summary.ended
    return f"{summary.status[:200]}{' (not recorded as yours)' if foreign else ''}"


def _fitness(summary: RunSummary) -> str | None:
    """Return the figure of a run's best; one from the search alone says so."""
    if summary.fitness is None:
        return None
    return f"{summary.fitness:.4g}{'' if summary.confirmed else ' (search)'}"


def show(
    run: Run = "latest",
    full: Annotated[
        bool, typer.Option("--full", help="Whole sentences in the table, over as many lines as they take.")
    ] = False,
    runs: Runs = Path("runs"),
    json_output: Json = False,
) -> None:
    """Show a run: is it better, why, what did it cost, its candidates, and the best reward."""
    from dataclasses import asdict

    from eureka_agent.analysis.safety import safety_words
    from eureka_agent.api.runs import how_to_go_on
    from eureka_agent.api.runs import show as look
    from eureka_agent.cli.output import answer_lines, print_json, print_table
    from eureka_agent.cli.progress import as_typed

    view = look(run, runs=runs)
    confirmed = {row["name"]: row["fitness"] for row in view.confirmation.get("table", ())}
    if json_output:
        candidates = [
            {"id": c.id, "fitness": c.fitness, "confirmed_fitness": confirmed.get(c.id), **asdict(c)}
            for c in view.candidates
        ]
        print_json({**vars(view), "candidates": candidates})
        return
    for line in answer_lines(view.answer):
        typer.echo(line)
    safe = any(c.safety() for c in view.candidates)
    columns = (
        "candidate", "operator", "parents", "status", "in the search", "on fresh seeds",
        *(("safety (99 % below)",) if safe else ()), "why",
    )  # fmt: skip
    rows = [
        (
            c.id, c.operator, " ".join(c.parents), c.status, c.fitness, confirmed.get(c.id),
            *((safety_words(c.safety()),) if safe else ()), _why(c, full),
        )
        for c in view.candidates
    ]  # fmt: skip
    typer.echo("")
    print_table(view.name, columns, rows, cropped=None if full else "why")
    if not view.summary:  # which says it, too
        if view.sequence:
            typer.echo(visible(f"A sequence of rewards: {view.sequence}."))
        for line in view.analyst:
            typer.echo(visible(line))
    typer.echo("")
    typer.echo(
        visible(view.summary or f"No summary yet. {how_to_go_on(as_typed(view.folder), view.running)}")
    )
    if view.recorded_trainings:
        size = view.recorded_bytes / 2**20
        typer.echo(f"Recorded episodes: {size:,.1f} MiB of {view.recorded_trainings} trainings.")
    if view.best_source:
        typer.echo(visible(view.best_source))


def _why(candidate: Candidate, full: bool) -> str:
    """Return why a candidate became what it is; an early stop in few words, unless all of them are wanted."""
    stop = candidate.stopped
    if full or stop is None or candidate.reason != stop.reason:
        return candidate.reason
    return stop.short


def report(
    run: Run = "latest",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write it; default: report.html in the run's folder."),
    ] = None,
    force: Force = False,
    runs: Runs = Path("runs"),
    json_output: Json = False,
) -> None:
    """Write a report of a run as one HTML file: is it better, why, what did it cost, and every step."""
    from eureka_agent.api.reporting import write_report
    from eureka_agent.cli.output import print_json

    path = write_report(run, output, runs=runs, force=force)
    if json_output:
        print_json({"report": path})
        return
    typer.echo(f"Wrote {visible(str(path))}. Open it in any browser.")


def export(
    run: Run = "latest",
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the reward.")] = Path(
        "reward.py"
    ),
    candidate: Annotated[
        str | None,
        typer.Option(
            help="A candidate's id; default: the confirmed best.", autocompletion=completing.candidates
        ),
    ] = None,
    force: Force = False,
    runs: Runs = Path("runs"),
    json_output: Json = False,
) -> None:
    """Write a run's reward as a plain Python module to import into your own code."""
    from eureka_agent.api.runs import export as write
    from eureka_agent.api.runs import usage_of
    from eureka_agent.cli.output import print_json

    path = write(run, output, candidate=candidate, runs=runs, force=force)
    lines = usage_of(run, path, candidate=candidate, runs=runs)
    if json_output:
        print_json({"reward": path, "use": lines})
        return
    typer.echo(f"Wrote {path}.")
    if lines:
        typer.echo(visible("Use it:\n" + "\n".join(f"    {line}" for line in lines)))


def doctor(json_output: Json = False) -> None:
    """Check this machine: isolation of generated code, libraries, cores, tasks."""
    from eureka_agent.api.doctor import doctor as examine
    from eureka_agent.cli.isolation import print_isolation
    from eureka_agent.cli.output import print_json, print_table
    from eureka_agent.evolution.expected_time import in_words

    report = examine()
    if json_output:
        print_json(report)
        return
    print_isolation(report)
    print_table("", ("library", "version"), list(report.versions.items()))
    typer.echo("")
    typer.echo(f"{report.cores} cores; tasks: {', '.join(report.tasks)}")
    times = ", ".join(f"{task} {in_words(seconds)}" for task, seconds in report.run_seconds.items())
    typer.echo(f"A default run takes at most about: {times or 'not known yet for any task'}.")
    typer.echo("`eureka-agent evolve TASK --dry-run` measures it for a task.")
    for line in report.advice:
        typer.echo(f"- {line}")
