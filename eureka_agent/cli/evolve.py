"""`evolve`, `resume` and `finish`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eureka_agent.cli import completing
from eureka_agent.cli.options import OF_A_RUN, OF_A_TASK, TASK, Json, Run, Runs, takes

if TYPE_CHECKING:
    from eureka_agent.cli.progress import Progress
    from eureka_agent.evolution.hearing import Turn
    from eureka_agent.evolution.preferring import Question
    from eureka_agent.store.said import Preference

Trust = Annotated[
    bool,
    typer.Option(
        "--trust",
        help="Agree to everything that the log of somebody else's run requests.",
        allow_from_autoenv=False,  # consent is for one run, not for every one that a shell resumes
    ),
]
WAIT_S = 120.0
"""How long somebody who does not answer is waited for."""
Feedback = Annotated[
    bool, typer.Option("--feedback", help="Ask you after each generation what you think of it.")
]
FeedbackWait = Annotated[
    float,
    typer.Option(
        min=0, help="Seconds to wait for your answer before the run goes on; 0: as long as it takes."
    ),
]
HANDED_ON = (
    "The process that is working on the run ends its search once what it trains is trained, and confirms "
    "the best. Look with `eureka-agent show`."
)


@takes(*OF_A_TASK, *OF_A_RUN)
def evolve(
    task: Annotated[str | None, typer.Argument(help=TASK, autocompletion=completing.tasks)] = None,
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="A small budget for each training: `quick_steps` of the task.")
    ] = False,
    one_generation: Annotated[
        bool, typer.Option(help="Ablation: all candidates in a single generation.")
    ] = False,
    runs: Runs = Path("runs"),
    new: Annotated[
        bool, typer.Option("--new", help="Start a new run even if one could be continued.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show the configuration, its estimated cost and time; no run."),
    ] = False,
    feedback: Feedback = False,
    feedback_wait: FeedbackWait = WAIT_S,
    json_output: Json = False,
    **options: Any,
) -> None:
    """Evolve a reward for TASK. The same command continues an unfinished run."""
    from eureka_agent.api.evolve import evolve as run_evolve

    options |= {"quick": quick}
    if one_generation:
        options |= {"generations": 1, "samples": options["generations"] * options["samples"]}
    if dry_run:
        _estimate(task, options | {"runs": runs}, json_output=json_output)
    else:
        start = partial(run_evolve, task, runs=runs, new=new, **options)
        _watch(start, json_output=json_output, finishes=True, wait_s=feedback_wait if feedback else None)


@takes("envs", env="The run's environment: an id, module:Id-v0, or module:function.")
def resume(
    run: Run = "latest",
    *,
    trust: Trust = False,
    task: Annotated[
        str | None,
        typer.Option(help="The run's task: a name, a folder, or gym:<id>.", autocompletion=completing.tasks),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="The run's model: agrees to send requests to it.", autocompletion=completing.models
        ),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="The run's model endpoint: agrees to send your key there.")
    ] = None,
    track: Annotated[
        str | None,
        typer.Option(
            help="Tell trackio, wandb, mlflow or none of the run; default: what a run of yours began with."
        ),
    ] = None,
    unsafe_isolation: Annotated[
        bool, typer.Option("--unsafe-isolation", help="Agree to run generated code without containment.")
    ] = False,
    feedback: Feedback = False,
    feedback_wait: FeedbackWait = WAIT_S,
    runs: Runs = Path("runs"),
    json_output: Json = False,
    **options: Any,
) -> None:
    """Continue an unfinished run. Your own runs need no option; for others, see first what they request."""
    from eureka_agent.api.evolve import resume as run_resume

    go_on = partial(
        run_resume, run, runs=runs, trust=trust, task=task, model=model, base_url=base_url,
        unsafe_isolation=unsafe_isolation, track=track, **options,
    )  # fmt: skip
    _watch(go_on, json_output=json_output, finishes=True, wait_s=feedback_wait if feedback else None)


def finish(
    run: Run = "latest",
    *,
    trust: Trust = False,
    runs: Runs = Path("runs"),
    json_output: Json = False,
) -> None:
    """End a run's search early: what is being trained is trained, then the best are confirmed."""
    from eureka_agent.api.evolve import finish as run_finish

    _watch(partial(run_finish, run, runs=runs, trust=trust), json_output=json_output)


def _estimate(task: str | None, options: dict[str, Any], *, json_output: bool) -> None:
    from eureka_agent.api.evolve import dry_run
    from eureka_agent.cli.estimate import show_estimate

    show_estimate(dry_run(task, measure=True, **options), json_output=json_output)


def _watch(
    start: Callable[..., Any], *, json_output: bool, finishes: bool = False, wait_s: float | None = None
) -> None:
    """Run with live progress; Ctrl-C ends it within 10 s, a second one at once.

    Where `start` takes `finish`, a key ends its search and confirms the best. With `wait_s` the person is
    asked after each generation, and waited for as long.
    """
    from eureka_agent.cli.keys import listening
    from eureka_agent.cli.output import print_json
    from eureka_agent.cli.progress import FINISH_KEY, Progress, draining
    from eureka_agent.evolution.loop import Interrupted

    stop, finish = threading.Event(), threading.Event()
    told: dict[str, Any] = {"finish": finish} if finishes else {}
    with draining(stop), Progress(quiet=json_output) as progress, ExitStack() as stack:
        if finishes:
            pressed = partial(progress.finishing, finish)
            progress.finish_key = stack.enter_context(listening(FINISH_KEY, pressed))
        if wait_s is not None:
            told |= _asking(progress, stop, wait_s or None, json_output=json_output)
        try:
            result = start(on_event=progress.on_event, stop=stop, **told)
        except Interrupted:
            progress.interrupted()
            raise typer.Exit(130) from None
    if json_output:
        print_json(result)
    elif result is None:
        typer.echo(HANDED_ON)
    else:
        progress.finished(result)
    if result is not None and result.reward is None:
        raise typer.Exit(1)


def _asking(
    progress: Progress, stop: threading.Event, wait_s: float | None, *, json_output: bool
) -> dict[str, Any]:
    """Return what lets a person speak and answer, the status line and its key aside meanwhile."""
    from eureka_agent.cli.answering import Answering
    from eureka_agent.cli.asking import Asking, TypedLines
    from eureka_agent.cli.keys import typing

    say = partial(typer.echo, err=json_output)
    try:
        lines = TypedLines(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError):
        typer.echo("Nobody is asked: there is no standard input to answer in.", err=True)
        return {}
    asking = Asking(say, lines, wait_s=wait_s)
    answering = Answering(say, lines, stop=stop, wait_s=wait_s)

    def ask(turn: Turn) -> None:
        with progress.aside(), typing():
            asking(turn)

    def answers(questions: Sequence[Question]) -> Iterator[Preference]:
        with progress.aside(), typing():
            yield from answering(questions)

    return {"ask": ask, "answers": answers}
