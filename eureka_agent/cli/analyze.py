"""`analyze`: what happened in a run, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eureka_agent.cli import completing
from eureka_agent.cli.options import TASK, UNCONTAINED, Json, Run, Runs, takes
from eureka_agent.escaping import visible

if TYPE_CHECKING:
    from eureka_agent.analysis.moments import KeyMoments
    from eureka_agent.analysis.siblings import Family
    from eureka_agent.analysis.whole import CandidateAnalysis
    from eureka_agent.store.records import AnalystReport

WITH_REWARDS = "Load the task and ask each reward what it pays for the recorded steps."
WITH_MOMENTS = "Load the task and find the step with which the worst episode was lost, by simulation."
PICTURES = "Folder for pictures of the worst and the best episode, with frames where the task renders."
TRUST = "Where the task is loaded: agree to everything that somebody else's log asks for."


@takes("env", "envs", unsafe_isolation=UNCONTAINED)
def analyze(
    run: Run = "latest",
    candidate: Annotated[
        str | None,
        typer.Argument(help="A candidate's id; else all, briefly.", autocompletion=completing.candidates),
    ] = None,
    *,
    runs: Runs = Path("runs"),
    with_rewards: Annotated[bool, typer.Option("--with-rewards", help=WITH_REWARDS)] = False,
    with_moments: Annotated[bool, typer.Option("--with-moments", help=WITH_MOMENTS)] = False,
    pictures: Annotated[Path | None, typer.Option("--pictures", help=PICTURES)] = None,
    task: Annotated[str | None, typer.Option("--task", help=TASK, autocompletion=completing.tasks)] = None,
    trust: Annotated[bool, typer.Option("--trust", help=TRUST)] = False,
    json_output: Json = False,
    **options: Any,
) -> None:
    """Show what happened in a run's trainings, and why: endings, behaviour, what rewards really pay for."""
    from eureka_agent.api.analyze import analyze as look
    from eureka_agent.cli.output import print_json, print_table

    found = look(
        run, candidate, runs=runs, with_rewards=with_rewards, with_moments=with_moments, pictures=pictures,
        task=task, trust=trust, **options,
    )  # fmt: skip
    if json_output:
        print_json(found.to_json())
        return
    if candidate is None:
        rows = [
            (line.id, line.status, line.fitness, ", ".join(line.outcomes)[:80], _main(line.main))
            for line in found.lines
        ]
        print_table(found.name, ("candidate", "status", "fitness", "episodes", "main findings"), rows)
    for family in found.families:
        _print_family(family)
    if found.detail is not None:
        _print_detail(found.detail)
    if found.report is not None:
        _print_report(found.report)
    for path in found.pictures:
        typer.echo(f"Picture: {path}")
    for why in found.missing:
        typer.echo(visible(why))


def _print_family(family: Family) -> None:
    from eureka_agent.cli.output import number, print_table

    typer.echo("")
    rows = [(c.id, c.changed, c.moved or "—", c.fitness, c.gained) for c in family.children]
    title = (
        f"Children of {family.parent} (fitness {number(family.fitness)}) in generation {family.generation}"
    )
    columns = ("candidate", "the reward", "behaviour against the parent's", "fitness", "gained")
    print_table(title, columns, rows)


def _main(findings: tuple[Any, ...]) -> str:
    return " ".join(f"[{finding.kind}] {finding.text}" for finding in findings) or "—"


def _print_detail(detail: CandidateAnalysis) -> None:
    from eureka_agent.cli.output import print_table

    typer.echo("")
    rows = [(o.episode, o.name, o.length, o.fitness, o.native_return) for o in detail.outcomes]
    kept = "" if detail.kept_checkpoint is None else f" of the policy at checkpoint {detail.kept_checkpoint}"
    title = f"Candidate {detail.candidate}: recorded episodes{kept}"
    print_table(title, ("episode", "outcome", "steps", "fitness", "native return"), rows)
    typer.echo("")
    findings = [(finding.kind, finding.text, finding.citation) for finding in detail.findings]
    print_table("Findings", ("kind", "what was seen", "where"), findings)
    for word, moments in (("Worst", detail.worst), ("Best", detail.best)):
        if moments is not None:
            _print_moments(word, moments)
    if detail.code_diff:
        typer.echo("")
        typer.echo(visible(detail.code_diff))


def _print_report(report: AnalystReport) -> None:
    from eureka_agent.cli.output import print_table
    from eureka_agent.report.analyst_lines import analyst_line

    typer.echo("")
    rows = [
        (cause.claim, "; ".join(f"{e.candidate}, episode {e.episode}, step {e.step}" for e in cause.evidence),
         cause.suggestion or None)
        for cause in report.causes
    ]  # fmt: skip
    print_table("What the analyst said (a language model's words)", ("cause", "where", "suggestion"), rows)
    if line := analyst_line(report):
        typer.echo(visible(f"{line[0].upper()}{line[1:]}"))


def _print_moments(word: str, moments: KeyMoments) -> None:
    from eureka_agent.cli.output import print_table

    typer.echo("")
    columns = ("step", *moments.columns, "what happened")
    told = zip(moments.steps, moments.rows, moments.notes, strict=True)
    rows = [(step, *map(_short, row), note) for step, row, note in told]
    print_table(f"{word} episode: {moments.episode}", columns, rows)


def _short(value: float) -> str:
    """Return three significant digits, of small numbers one: so many columns stand side by side."""
    return f"{value:.3g}" if abs(value) >= 0.1 else f"{value + 0.0:.1g}"
