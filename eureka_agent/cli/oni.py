"""`oni`: rewards learned online from an annotator's labels of captions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eureka_agent.cli import completing
from eureka_agent.cli.oni_options import Labelling, Learning
from eureka_agent.cli.options import TASK, UNCONTAINED, Json, Seeds, taken, takes, takes_group
from eureka_agent.escaping import visible

if TYPE_CHECKING:
    from eureka_agent.api.examining import AnnotatorReport
    from eureka_agent.api.oni import OniProgress, OniReport

SHOWN = 8
"""Captions shown at either end."""


@takes_group(Labelling)
@takes_group(Learning)
@takes(
    "env",
    "envs",
    seed="Root seed.",
    env_steps="Training steps; default: the task's.",
    trainer="population: all seeds in one process; sb3: one process per seed.",
    unsafe_isolation=UNCONTAINED,
)
def oni(
    task: Annotated[str, typer.Argument(help=TASK, autocompletion=completing.tasks)],
    goal: Annotated[str, typer.Option(help="The sentence by which captions are judged.")],
    *,
    reward: Annotated[
        str,
        typer.Option(help="The reward beside the learned one: a file, sparse, native, reference or none."),
    ] = "none",
    seeds: Seeds = 1,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for policies and labels.")] = Path(
        "oni"
    ),
    json_output: Json = False,
    **options: Any,
) -> None:
    """Train policies with a reward that is learned, while they train, from labels of captions."""
    from eureka_agent.api.oni import oni as run
    from eureka_agent.cli.output import print_json

    labelling, learning = taken(Labelling, options), taken(Learning, options)
    if labelling.check_annotator and not json_output:
        typer.echo(f"Annotators are examined with up to {labelling.check_annotator:,} captions.")
    report = run(
        task, goal=goal, annotator=labelling.annotators, annotation=labelling.options,
        learned=learning.options, reward=reward, seeds=seeds, output=output,
        on_progress=(lambda _: None) if json_output else _print_progress, **options,
    )  # fmt: skip
    if json_output:
        print_json(report)
    else:
        _print_report(report)
    raise typer.Exit(1 if all(t.failure for t in report.trainings) else 0)


def _print_progress(progress: OniProgress) -> None:
    reached, asking = progress.reached, progress.asking
    learned = reached.learned
    words = [f"seed {progress.replicate}: {reached.env_steps:,} steps, fitness {reached.fitness:.4g}"]
    if learned is not None:
        accuracy = "" if learned.accuracy is None else f", {learned.accuracy:.0%} of those held out right"
        if learned.newest_expected is not None:
            accuracy += f", {learned.newest_expected:.0%} of the newest {learned.newest:,} expected"
        words.append(f"{learned.labels:,} labels{accuracy}")
        words.append(f"{learned.paid:.0%} of the last steps paid, times {progress.coefficient:.3g}")
    words.append(f"{progress.labels_a_second:.3g} labels a second")
    words.append(f"{asking.waiting + asking.in_flight:,} questions open")
    if asking.failed:
        words.append(f"{asking.failed:,} without a usable answer")
    if asking.over:
        words.append("nobody is asked any more")
    typer.echo("; ".join(words))


def _print_report(report: OniReport) -> None:
    from eureka_agent.cli.output import print_table
    from eureka_agent.intrinsic.captioning.paid_captions import most_and_least

    rows = [
        (t.seed, t.fitness, t.env_steps, f"{t.wall_s:.1f} s", t.folder, t.failure) for t in report.trainings
    ]
    print_table("", ("seed", "fitness", "steps", "time", "folder", "failure"), rows)
    trained = next((n for n, one in enumerate(report.trainings) if not one.failure), None)
    if trained is not None:
        most, least = most_and_least(report.captions(trained), SHOWN)
        title = f"Captions of seed {report.trainings[trained].seed}, by what they are paid now"
        shown = [(f"{one.now:.3f}", f"{one.steps:,}", visible(one.caption)) for one in (*most, *least[::-1])]
        print_table(title, ("paid", "steps", "caption"), shown)
    for number, one in enumerate(report.trainings):
        if not one.failure and (standing := str(report.standing(number))):
            typer.echo(f"Seed {one.seed}: {standing}.")
    for one in report.annotators:
        _print_annotator(one)
    for notice in report.notices:
        typer.echo(visible(notice))
    asked = report.asking
    price = "cost unknown" if report.cost_usd is None else f"${report.cost_usd:.2f}"
    cost = f" in {report.requests:,} requests ({price})" if report.requests else ""
    typer.echo(
        f"{asked.answered:,} questions answered{cost}, {asked.known:,} of them known before: {report.labels}"
    )
    typer.echo(f"Fitness {report.summary} ({report.fitness_summary})")


def _print_annotator(one: AnnotatorReport) -> None:
    """Say how far an annotator is to be believed, as far as anybody has looked."""
    if one.noise is not None:
        noise = f"{one.noise.rate:.0%} of its answers are wrong by chance"
        typer.echo(visible(f"{one.annotator}: {noise}; answers that contradict each other: "
                           f"{one.noise.differing}."))  # fmt: skip
    for when, found in (("before the training", one.before), ("after it", one.after)):
        if found is not None:
            typer.echo(visible(f"{one.annotator}, examined {when}: {found}."))
