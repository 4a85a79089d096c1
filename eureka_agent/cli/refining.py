"""`prune` and `tune`: a reward that exists, made shorter or better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eureka_agent.cli import completing
from eureka_agent.cli.evolve import Trust
from eureka_agent.cli.options import UNCONTAINED, Json, Results, Runs, takes
from eureka_agent.escaping import visible

if TYPE_CHECKING:
    from eureka_agent.analysis.noninferiority import Comparison
    from eureka_agent.api.prune import PruneReport
    from eureka_agent.api.tune import TuneReport
    from eureka_agent.evolution.workbench import Scores

Subject = Annotated[
    str,
    typer.Argument(
        metavar="RUN|TASK",
        help="A finished run; or, before a REWARD, a task as in `train`.",
        autocompletion=completing.runs_or_tasks,
    ),
]
Reward = Annotated[
    str | None,
    typer.Argument(
        metavar="REWARD", help="A reward file, reference, or hack:<name>; default: the run's confirmed best."
    ),
]
ConfirmSeeds = Annotated[int, typer.Option(help="Fresh seeds at the end. At least 2.")]
Trainer = Annotated[str | None, typer.Option(help="population or sb3; default: the run's, else population.")]
Device = Annotated[str | None, typer.Option(help="auto, gpu or cpu; default: the run's, else auto.")]

_SHARED = {
    "env_steps": "Training steps; default: the run's or the task's.",
    "seed": "Root seed of these trainings.",
    "worlds": "Parallel worlds per training on a GPU.",
    "unsafe_isolation": UNCONTAINED,
}


@takes("env", "envs", **_SHARED)
def prune(
    run_or_task: Subject = "latest",
    reward: Reward = None,
    *,
    seeds: Annotated[int, typer.Option(help="Seeds that each reward is trained on. At least 2.")] = 4,
    confirm_seeds: ConfirmSeeds = 5,
    trainer: Trainer = None,
    device: Device = None,
    output: Results = None,
    runs: Runs = Path("runs"),
    trust: Trust = False,
    json_output: Json = False,
    **options: Any,
) -> None:
    """Remove components of a reward that it does as well without, and digits of its numbers."""
    from eureka_agent.api.prune import prune as run
    from eureka_agent.cli.output import print_json

    report = run(
        run_or_task, reward, seeds=seeds, confirm_seeds=confirm_seeds, trainer=trainer, device=device,
        output=output, runs=runs, trust=trust, tell=_tell, **options,
    )  # fmt: skip
    if json_output:
        print_json(report.to_json())
    else:
        _print_pruning(report)
    raise typer.Exit(1 if report.failed else 0)


@takes("env", "envs", **_SHARED)
def tune(
    run_or_task: Subject = "latest",
    reward: Reward = None,
    *,
    seeds: Annotated[int, typer.Option(help="Seeds that each of the 12 rewards is trained on.")] = 1,
    confirm_seeds: ConfirmSeeds = 5,
    trainer: Trainer = None,
    device: Device = None,
    output: Results = None,
    runs: Runs = Path("runs"),
    trust: Trust = False,
    json_output: Json = False,
    **options: Any,
) -> None:
    """Try other weights of a reward, and keep them only if they are better on fresh seeds."""
    from eureka_agent.api.tune import tune as run
    from eureka_agent.cli.output import print_json

    report = run(
        run_or_task, reward, seeds=seeds, confirm_seeds=confirm_seeds, trainer=trainer, device=device,
        output=output, runs=runs, trust=trust, tell=_tell, **options,
    )  # fmt: skip
    if json_output:
        print_json(report.to_json())
    else:
        _print_tuning(report)
    raise typer.Exit(1 if report.failed else 0)


def _tell(text: str) -> None:
    typer.echo(visible(text), err=True)


def _print_pruning(report: PruneReport) -> None:
    from eureka_agent.cli.output import print_table

    done = report.pruning
    rows = [
        (worth.component, _difference(worth.without), "yes" if worth.may_go else "no", worth.left_alone)
        for worth in done.components
    ]
    columns = ("component", "fitness without it − with it", "may go", "why it was not judged")
    print_table(f"Components of {report.reward} (positive: better without it)", columns, rows)
    typer.echo("")
    confirmed = done.confirmed
    rows = [
        ("full", _mean(done.full), _mean(confirmed.full if confirmed else None)),
        ("sparse baseline", _mean(done.sparse), None),
    ]
    if done.changed:
        rows.append(("pruned", None, _mean(confirmed.pruned if confirmed else None)))
    if done.margin is not None:
        print_table("", ("reward", "fitness", "on fresh seeds"), rows)
    if done.rounding is not None:
        verdict = "kept" if done.rounding.not_inferior else "not kept"
        typer.echo(f"All numbers rounded: {done.rounding.difference} against the full reward; {verdict}.")
    _print_end(report)
    if report.pruned_reward is not None:
        typer.echo(f"Pruned reward: {report.pruned_reward}")


def _print_tuning(report: TuneReport) -> None:
    from eureka_agent.cli.output import print_table

    done = report.tuning
    rows = [
        (
            f"{n}{' (the reward itself)' if not n else ''}", *point.values, _mean(point.search),
            _mean(point.confirmed), _difference(point.against_original),
        )
        for n, point in enumerate(done.points)
    ]  # fmt: skip
    columns = ("point", *(number.name for number in done.numbers), "fitness", "on fresh seeds", "difference")
    if rows:
        print_table(f"Numbers of {report.reward}", columns, rows)
    if done.left_out:
        typer.echo(visible(f"Not varied: {', '.join(number.name for number in done.left_out)}."))
    _print_end(report)
    if report.tuned_reward is not None:
        typer.echo(f"Tuned reward: {report.tuned_reward}")


def _print_end(report: PruneReport | TuneReport) -> None:
    known = f", {report.held} were there already" if report.held else ""
    typer.echo(visible(report.verdict))
    typer.echo(f"Fitness: {report.fitness_summary}. {report.trainings} trainings{known}: {report.folder}")


def _mean(scores: Scores | None) -> str | None:
    from eureka_agent.analysis.statistics import t_interval
    from eureka_agent.cli.output import number

    if scores is None or not (scores.fitness or scores.failure):
        return None
    if not scores.fitness:
        return f"failed ({scores.failure[:80]})"
    return number(scores.fitness[0]) if len(scores.fitness) == 1 else str(t_interval(scores.fitness))


def _difference(comparison: Comparison | None) -> str | None:
    return None if comparison is None else str(comparison.difference)
