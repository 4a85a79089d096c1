"""`oni`: rewards learned online from an annotator's labels of captions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eureka_agent.cli import completing
from eureka_agent.cli.options import TASK, UNCONTAINED, Json, Seeds, takes
from eureka_agent.escaping import visible

if TYPE_CHECKING:
    from eureka_agent.api.oni import OniProgress, OniReport

SHOWN = 8
"""Captions shown at either end."""


@takes(
    "env",
    "envs",
    seed="Root seed.",
    env_steps="Training steps; default: the task's.",
    trainer="population: all seeds in one process; sb3: one process per seed.",
    budget_usd="The most the annotator may cost.",
    unsafe_isolation=UNCONTAINED,
)
def oni(
    task: Annotated[str, typer.Argument(help=TASK, autocompletion=completing.tasks)],
    goal: Annotated[str, typer.Option(help="The sentence by which captions are judged.")],
    annotator: Annotated[
        str,
        typer.Option(
            help="Who labels captions: rules:<file.toml>, labels:<file.jsonl>, manual, or a language model "
            "as after evolve --model. Needed but with --model-kind count or rnd."
        ),
    ] = "none",
    model_kind: Annotated[
        str, typer.Option(help="retrieval, classification, ranking, count or rnd.")
    ] = "retrieval",
    *,
    reward: Annotated[
        str,
        typer.Option(help="The reward beside the learned one: a file, sparse, native, reference or none."),
    ] = "none",
    reward_coefficient: Annotated[float, typer.Option(help="What that is multiplied by.")] = 1.0,
    coefficient: Annotated[float, typer.Option(help="What the learned reward is multiplied by.")] = 1.0,
    coefficient_end: Annotated[
        float | None, typer.Option(help="What it is multiplied by at the end; default: the same throughout.")
    ] = None,
    beta: Annotated[
        float | None,
        typer.Option(
            help="It is divided by this power of how often its caption was seen in the episode; default: 1, "
            "and 0 with --model-kind rnd."
        ),
    ] = None,
    ensemble: Annotated[int, typer.Option(help="Models whose rewards are blended. At least 1.")] = 1,
    blend: Annotated[str, typer.Option(help="mean, worst, uncertainty or nominal_to_minimum.")] = "mean",
    captions: Annotated[
        str, typer.Option(help="What is captioned: signals, events, or message with --message.")
    ] = "signals",
    message: Annotated[str, typer.Option(help="The signal that holds the environment's text.")] = "",
    window: Annotated[int, typer.Option(help="Steps whose captions are joined. At least 1.")] = 1,
    features: Annotated[
        str,
        typer.Option(help="Signals that --model-kind rnd tells steps apart by: a,b; default: all numbers."),
    ] = "",
    seeds: Seeds = 1,
    labels: Annotated[
        Path | None, typer.Option(help="File of known labels, added to; default: labels.jsonl in --output.")
    ] = None,
    most_requests: Annotated[int, typer.Option(help="The most requests to a language model.")] = 3_000,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for policies and labels.")] = Path(
        "oni"
    ),
    json_output: Json = False,
    **options: Any,
) -> None:
    """Train policies with a reward that is learned, while they train, from labels of captions."""
    from eureka_agent.api.oni import oni as run
    from eureka_agent.cli.output import print_json
    from eureka_agent.intrinsic.options import IntrinsicOptions

    learned = IntrinsicOptions(
        kind=model_kind, coefficient=coefficient, coefficient_end=coefficient_end,
        reward_coefficient=reward_coefficient, beta=beta, ensemble=ensemble, blend=blend, captions=captions,
        message=message, window=window,
        features=tuple(name.strip() for name in features.split(",") if name.strip()),
    )  # fmt: skip
    report = run(
        task, goal=goal, annotator=annotator, learned=learned, reward=reward, seeds=seeds, labels=labels,
        most_requests=most_requests, output=output,
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
        words.append(f"{learned.paid:.0%} of the last steps paid")
    words.append(f"{asking.waiting + asking.in_flight:,} questions open")
    if asking.failed:
        words.append(f"{asking.failed:,} without a usable answer")
    if asking.over:
        words.append("nobody is asked any more")
    typer.echo("; ".join(words))


def _print_report(report: OniReport) -> None:
    from eureka_agent.cli.output import print_table
    from eureka_agent.intrinsic.paid_captions import most_and_least

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
    for notice in report.notices:
        typer.echo(visible(notice))
    asked = report.asking
    price = "cost unknown" if report.cost_usd is None else f"${report.cost_usd:.2f}"
    cost = f" in {report.requests:,} requests ({price})" if report.requests else ""
    typer.echo(
        f"{asked.answered:,} questions answered{cost}, {asked.known:,} of them known before: {report.labels}"
    )
    typer.echo(f"Fitness {report.summary} ({report.fitness_summary})")
