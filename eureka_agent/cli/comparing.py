"""`compare` and `plot`: rewards beside each other, and one over the signals that it reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eureka_agent.cli.options import UNCONTAINED, Force, Json, Results, Runs, TaskName, takes
from eureka_agent.escaping import visible

if TYPE_CHECKING:
    from eureka_agent.api.compare import CompareReport
    from eureka_agent.report.views.comparison import ComparedReward, ComparisonView

_PLACES = 4
"""Places of a training at which the terminal tells the fitness."""


@takes(
    "env",
    "envs",
    env_steps="Training steps; default: the task's.",
    seed="Root seed of these trainings.",
    worlds="Parallel worlds per training on a GPU.",
    unsafe_isolation=UNCONTAINED,
)
def compare(
    rewards: Annotated[
        list[str],
        typer.Argument(
            metavar="REWARD REWARD…",
            help="2 to 8 reward files, or the task's own: reference, sparse, native, hack:<name>. "
            "All are compared with the first.",
        ),
    ],
    task: TaskName,
    *,
    seeds: Annotated[int, typer.Option(help="Seeds that each is trained on. At least 1.")] = 3,
    film: Annotated[bool, typer.Option("--film", help="Film the kept policy of each reward.")] = False,
    trainer: Annotated[str | None, typer.Option(help="population or sb3; default: population.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, gpu or cpu; default: auto.")] = None,
    output: Results = None,
    runs: Runs = Path("runs"),
    json_output: Json = False,
    **options: Any,
) -> None:
    """Train rewards side by side on the same seeds: who is better, what they pay, where they disagree."""
    from eureka_agent.api.compare import compare as run
    from eureka_agent.cli.output import print_json

    report = run(
        *rewards, task=task, seeds=seeds, film=film, trainer=trainer, device=device, output=output,
        runs=runs, tell=lambda text: typer.echo(visible(text), err=True), **options,
    )  # fmt: skip
    if json_output:
        print_json(report.to_json())
    else:
        _print(report)
    raise typer.Exit(1 if report.failed else 0)


@takes("env", "envs", unsafe_isolation=UNCONTAINED)
def plot(
    reward: Annotated[str, typer.Argument(help="A reward file, reference, or hack:<name>.")],
    task: TaskName,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A .html or .svg file; default: <name>_plot.html, here."),
    ] = None,
    signals: Annotated[str, typer.Option(help="Two that a contour is drawn over, e.g. speed,obs[3].")] = "",
    policy: Annotated[
        Path | None, typer.Option(help="A saved policy whose steps are recorded; default: random actions.")
    ] = None,
    force: Force = False,
    json_output: Json = False,
    **options: Any,
) -> None:
    """Draw what each component of a reward pays over the signals that it reads, and over one episode."""
    from eureka_agent.api.plot import plot as run
    from eureka_agent.cli.output import print_json, print_table

    report = run(reward, task, output=output, signals=signals, policy=policy, force=force, **options)
    if json_output:
        print_json(report)
        return
    rows = [
        (name, ", ".join(reads) or _unmoved(report.constant.get(name)))
        for name, reads in report.components.items()
    ]
    print_table("", ("component", "depends on, most first"), rows)
    for note in report.notes:
        typer.echo(visible(note))
    typer.echo(visible(f"Wrote {report.path}. Open it in any browser."))


def _unmoved(constant: float | None) -> str:
    return "what the reward remembers" if constant is None else f"nothing: always {constant:.4g}"


def _print(report: CompareReport) -> None:
    view = report.view
    _print_fitness(view)
    for one in view.rewards:
        if one.about:
            typer.echo(visible(f"{one.letter}: {one.about}"))
    for one in view.rewards:
        if one.sentence:
            typer.echo(visible(one.sentence))
    _print_learning(view)
    _print_components(view)
    _print_agreement(view)
    for note in view.notes:
        typer.echo(visible(note))
    known = f", {report.held} were there already" if report.held else ""
    typer.echo(f"Fitness: {view.measured_as}. {report.trainings} trainings{known}.")
    _print_last(report)


def _print_last(report: CompareReport) -> None:
    """Print what somebody wants who reads nothing else: what came of it, the page, and the films."""
    from eureka_agent.report.views.comparison import best_first

    if told := best_first(report.view):
        typer.echo(visible(f"\n{told}"))
    typer.echo(visible(f"Page with curves, code and what they disagree about: {report.page}"))
    if report.films:
        typer.echo(visible(f"Films: {' '.join(map(str, report.films))}"))


def _print_fitness(view: ComparisonView) -> None:
    from eureka_agent.cli.output import print_table

    first = view.rewards[0].letter
    rows = [(one.letter, one.name, _level(one), one.difference) for one in view.rewards]
    columns = ("", "reward", "fitness", f"difference to {first} (positive: better)")
    typer.echo(visible(f"{view.task}: {view.verdict}"))
    print_table("", columns, rows)


def _level(one: ComparedReward) -> str:
    return f"failed ({one.failure[:80]})" if one.failure else str(one.level)


def _print_learning(view: ComparisonView) -> None:
    from eureka_agent.cli.output import print_table

    rows, columns = [], ("", *(f"{view.env_steps * n // _PLACES:,} steps" for n in range(1, _PLACES + 1)))
    for one in view.rewards:
        if one.curves is None:
            continue
        points = list(zip(*one.curves.seeds, strict=True))
        places = [max(len(points) * n // _PLACES, 1) - 1 for n in range(1, _PLACES + 1)]
        cells = (points[place] for place in places)
        rows.append((one.letter, *(_range(values) for values in cells)))
    if rows:
        typer.echo("\nFitness while they learned: mean (lowest to highest seed)")
        print_table("", columns, rows)


def _range(values: tuple[float, ...]) -> str:
    mean = sum(values) / len(values)
    return f"{mean:.4g} ({min(values):.4g} to {max(values):.4g})"


def _print_components(view: ComparisonView) -> None:
    from eureka_agent.cli.output import print_table
    from eureka_agent.report.words import percent

    rows = [
        (one.letter, part.component, part.mean, None if part.spread is None else percent(part.spread))
        for one in view.rewards
        for part in one.contributions
    ]
    if rows:
        typer.echo("\nWhat components pay at the kept policies, and their share of the total's ups and downs")
        print_table("", ("", "component", "mean a step", "share"), rows)


def _print_agreement(view: ComparisonView) -> None:
    from eureka_agent.cli.output import print_table

    def told(value: float | None) -> str | None:
        return None if value is None else f"{value:+.2f}"

    rows: list[tuple[str, str | None, str | None]] = [
        (f"{found.one}, {found.other}", told(found.steps), told(found.returns)) for found in view.agreements
    ]
    rows += [(f"{one.letter}, fitness", None, told(one.with_fitness)) for one in view.rewards]
    typer.echo(
        "\nAgreement about the same recorded steps and episodes (+1: the same order, -1: the opposite)"
    )
    print_table("", ("", "steps (Spearman)", "episodes (Kendall)"), rows)
