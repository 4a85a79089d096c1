"""Live progress of a run: a line per step, and on a terminal a live status line."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.text import Text

from eureka_agent.cli.counting import expected_trainings, steps_of_one, trainings_over
from eureka_agent.cli.keys import restore_terminal
from eureka_agent.cli.output import answer_lines, number
from eureka_agent.cli.time_left import TimeLeft
from eureka_agent.design.said import in_a_line
from eureka_agent.escaping import one_line, visible
from eureka_agent.report.learned import reads_learned
from eureka_agent.report.usage import steps_to_count, usage
from eureka_agent.store.checked import BASELINES
from eureka_agent.store.event_types import (
    CandidateRefused,
    CaptionsJudged,
    DuelResolved,
    Event,
    FeedbackGiven,
    GenerationDrafted,
    GenerationJudged,
    GenerationPlanned,
    Notice,
    RequestFailed,
    RequestSent,
    RunStarted,
    SearchStopped,
    TrainingCheckpoint,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
)
from eureka_agent.store.records import Duel, Judgement
from eureka_agent.store.state import RunState

if TYPE_CHECKING:
    from eureka_agent.api.evolve import RunResult

LINE_EVERY_S = 60.0
"""Seconds between two progress lines where there is no terminal to show a status line."""
_DONE = {"search": "trained", "choose": "compared", "confirm": "confirmed"}
"""What has become of a reward whose training of some stage is over."""
_COLOURS = {"better": "green", "worse": "red", "unlearned": "red"}
"""Of the sentence at the end; whatever else it says is neither good nor bad."""
FINISH_KEY = "f"
"""Ends the search and confirms its best, where a run is watched in a terminal."""
LAST_S = 9.0
"""Seconds that a first signal leaves; trainings are given up a little earlier, and the run ends in order."""
STOPPING = (
    "\nStopping: what ends within some seconds is finished, the rest is given up and done again on resume. "
    "Press Ctrl-C again to stop now. Nothing journalled is lost."
)
GO_ON = "Repeat the command, or run `eureka-agent resume`, to continue."
_UNTOLD_S = 100 * 24 * 3600.0
"""A run of so many generations that nobody waits for all of them ends in another way."""
SILENT_S = 5.0
"""Seconds after which somebody who waits is told what for."""
LOOKING = "Looking at the environment: it is built and played at random. This takes minutes where it is slow."


@contextmanager
def draining(stop: threading.Event, *, last_s: float = LAST_S) -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into `stop`; a second one ends the process.

    So does a first one whose work has not ended by itself `last_s` later: a constructor that hangs, say.
    """
    last: list[threading.Timer] = []

    def handle(signum: int, _frame: object) -> None:
        if stop.is_set():
            restore_terminal()
            os._exit(128 + signum)  # the log is on the disk, and children end with this process
        stop.set()
        print(STOPPING, file=sys.stderr)
        last.append(threading.Timer(last_s, _give_up, (signum,)))
        last[0].daemon = True
        last[0].start()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {s: signal.signal(s, handle) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for timer in last:
            timer.cancel()
        for which, handler in before.items():
            signal.signal(which, handler)


def _give_up(signum: int) -> None:
    print("Stopped. What was running did not end in time and was given up; " + GO_ON, file=sys.stderr)
    sys.stderr.flush()
    restore_terminal()
    os._exit(128 + signum)


class Progress:
    """Shows events as they are journalled: generation, candidate, status, fitness, best, cost, time left."""

    def __init__(
        self, *, quiet: bool, clock: Callable[[], float] = time.monotonic, silent_s: float = SILENT_S
    ) -> None:
        """`silent_s` may pass before the first event without a word."""
        self._looking = threading.Timer(silent_s, self._say_looking)
        self._looking.daemon = True
        self._console = Console(highlight=False, soft_wrap=True)
        self._quiet = quiet
        self._state = RunState()
        self._clock = clock
        self._time_left = TimeLeft(clock)
        self._said_at: float | None = None
        self._live: Live | None = None
        self._line = Text("")
        """What the status line shows: made with every event, because the line is drawn in another thread."""
        self.finish_key = False
        """Whether `FINISH_KEY` can be pressed."""

    def __enter__(self) -> Progress:
        if not self._quiet and self._console.is_terminal:
            self._live = Live(
                get_renderable=lambda: self._line, console=self._console, refresh_per_second=2, transient=True
            )
            self._live.start()
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._looking.cancel()
        if self._live is not None:
            self._live.stop()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the status line away meanwhile: somebody types."""
        if self._live is not None:
            self._live.stop()
        try:
            yield
        finally:
            if self._live is not None:
                self._live.start()

    def on_event(self, event: Event, state: RunState) -> None:
        """Take in one event of the run and the state after it."""
        self._looking.cancel()
        self._state = state
        self._time_left.take(event, state)
        if self._live is not None:
            self._line = self._status()
        match event:
            case RunStarted():
                self._on_start(event)
            case GenerationPlanned():
                self._say(f"Generation {event.generation}: {len(event.slots)} candidates", style="bold")
            case RequestSent() | RequestFailed():
                self._on_request(event)
            case CandidateRefused():
                candidate = event.candidate
                said = f"{candidate.operator:<8} refused    {candidate.reason[:160]}"
                self._say(f"  {candidate.id:<10} {said}")
            case TrainingStarted():
                self._said_at = self._said_at or self._clock()
            case TrainingCheckpoint():
                self._on_checkpoint()
            case TrainingFailed():
                self._say(f"  {event.name:<10} {event.status}: {event.reason[:160]}")
            case TrainingFinished():
                self._on_training(event)
            case Notice():
                self._say(f"  {event.text}")
            case GenerationDrafted():
                names = ", ".join(one.name for one in event.out)
                self._say(f"  {len(event.out)} drafted out: {names}" if event.out else "  none drafted out")
            case FeedbackGiven(through=through) if through != "terminal":
                self._say(f"  You said ({through}): {in_a_line(event.said) or 'something is taken back'}")
            case CaptionsJudged() as said:
                labels = f"{len(said.labels)} labels by {one_line(said.annotator)}"
                self._say(f"  Captions for generation {said.generation}: {labels}")
            case GenerationJudged():
                self._on_verdict(event.judgement)
            case DuelResolved():
                self._on_verdict(event.duel)
            case SearchStopped():
                ends = f"The search ends: {event.reason}. Confirming the best on fresh seeds."
                self._say(ends, style="bold")
            case _:
                pass  # of no interest to a person

    def finishing(self, finish: threading.Event) -> None:
        """Take in that the person wants to finish; once the search is over that says nothing."""
        if self._state.finalists is not None:
            return
        finish.set()
        self._say("Finishing: what is being trained is trained, then the best are confirmed.", style="bold")

    def interrupted(self) -> None:
        """Say how to continue."""
        self._say(f"Stopped. {GO_ON}", style="bold")

    def finished(self, result: RunResult) -> None:
        """Say whether it is better, why, what it cost, where everything is, and what to do next."""
        if result.reward is None:
            self._say_answer(result, style="bold red")
            self._say(f"Report:  {_short(result.report or result.summary)}")
            return
        for row in result.confirmation["table"]:
            interval = "" if row["low"] is None else f" [{row['low']:.4g}, {row['high']:.4g}]"
            self._say(
                f"  {row['name']:<10} {row['fitness']:.4g}{interval} on {len(row['seeds'])} fresh seeds"
            )
        self._say_answer(result, style=f"bold {_COLOURS.get(result.verdict.kind, 'yellow')}")
        self._say(f"Reward:  {_short(result.reward)}")
        self._say(f"Summary: {_short(result.summary)}")
        none = f"none: {result.not_reported or f'make it with eureka-agent report {as_typed(result.folder)}'}"
        self._say(f"Report:  {none if result.report is None else _short(result.report)}")
        if result.film is not None:
            self._say(f"Film:    {_short(result.film)}")
        if result.verdict.kind == "unlearned":
            self._say("Advice:  give every training more steps with --env-steps.")
        run = as_typed(result.folder)
        self._say(f"Next:    eureka-agent show {run}")
        self._say(f"         eureka-agent export {run} -o reward.py")
        winner = self._state.confirmation.winner if self._state.confirmation else None
        steps = steps_to_count(self._state, winner)
        learned = "reward.intrinsic.npz" if winner and reads_learned(self._state, winner) else None
        lines = usage(self._state.config.get("task", {}), "reward.py", steps, learned=learned)
        for line in [*(["Use it:"] if lines else []), *(f"    {line}" for line in lines)]:
            self._say(line)

    def _say_answer(self, result: RunResult, style: str) -> None:
        """Say whether it is better, which stands out, why, and what it cost."""
        better, *rest = answer_lines(result.answer)
        self._say(better, style=style)
        for line in rest:
            self._say(line)

    def _on_start(self, event: RunStarted) -> None:
        model = event.config["model"]
        layers = [layer.name for layer in event.isolation.layers if layer.held] if event.isolation else []
        who = "built-in search (no LLM)" if model == "search" else model
        because = f": {event.model_because}" if event.model_because else ""
        self._say(
            f"Rewards are proposed by {who}{because}. "
            f"Generated code is sandboxed by {', '.join(layers) or 'nothing'}."
        )
        device = event.device
        if device is not None and (device.platform == "gpu" or device.idle_gpu):
            self._say(f"Training on a {device.platform.upper()}. {device.why}".strip())

    def _on_request(self, event: RequestSent | RequestFailed) -> None:
        if isinstance(event, RequestFailed):
            if not event.reason.startswith("stopped"):
                self._say(f"  no reply to {event.key}: {event.reason[:160]}")
        elif event.model.partition(":")[0] == "manual":
            self._say(f"  waiting for a reply to {event.key} (see outbox/ and inbox/ in the run's folder)")

    def _on_checkpoint(self) -> None:
        now = self._clock()
        # A terminal has its status line; a file gets a line now and then.
        if self._live is None and self._said_at is not None and now - self._said_at >= LINE_EVERY_S:
            self._said_at = now
            self._say(f"  {self._how_far()}")

    def _on_training(self, event: TrainingFinished) -> None:
        candidate = self._state.candidates.get(event.name)
        what = candidate.operator if candidate else "baseline" if event.name in BASELINES else "before"
        stage = _DONE[event.stage]
        if event.evaluation.stopped:
            stage = "stopped"
        fitness = number(float(event.evaluation.fitness))
        seed = f" (seed {event.replicate})" if event.replicate or event.stage != "search" else ""
        self._say(f"  {event.name:<10} {what:<8} {stage:<10} fitness {fitness}{seed}")

    def _on_verdict(self, verdict: Judgement | Duel) -> None:
        leader = verdict.incumbent
        fitness = self._state.candidates[leader].fitness if leader else None
        why = "" if verdict.reason == f"{leader} has the best fitness so far" else f" ({verdict.reason})"
        self._say(f"  best so far: {leader or '—'} with fitness {number(fitness)}{why}")

    def _status(self) -> Text:
        """Return the status line, what is cut off first at its end."""
        each, in_progress = steps_of_one(self._state), self._time_left.running
        running = ", ".join(
            f"{name} {_percent(steps, each)}" if each else name for name, steps in in_progress.items()
        )
        spent = f"{self._state.env_steps:,} steps · ${self._state.cost_usd:.2f}{self._offered}"
        far = self._how_far()
        return Text(
            f"  {far}{' · ' if far else ''}{spent} · training {running or '—'}", style="dim", no_wrap=True
        )

    @property
    def _offered(self) -> str:
        searching = self._state.finalists is None and not self._state.stopped
        return f" · {FINISH_KEY}: finish" if self.finish_key and searching else ""

    def _how_far(self) -> str:
        """Return the share of all training steps taken so far, and the time left; nothing before a start."""
        if not self._state.config:
            return ""
        each = steps_of_one(self._state)
        total = expected_trainings(self._state) * each
        taken = trainings_over(self._state) * each + sum(self._time_left.running.values())
        if not total or taken >= total:
            return ""
        left_s = self._time_left.left_s(self._state)
        known = left_s is not None and left_s < _UNTOLD_S
        left = f" · about {max(1, round((left_s or 0.0) / 60))} min left" if known else ""
        return f"{_percent(taken, total)} of {total:,} training steps{left}"

    def _say_looking(self) -> None:
        if not self._quiet:
            print(LOOKING, file=sys.stderr, flush=True)

    def _say(self, text: str, style: str = "") -> None:
        if not self._quiet:
            self._console.print(Text(visible(text.replace("\n", " ")), style=style))


def _percent(part: int, whole: int) -> str:
    return f"{100 * min(1.0, part / whole):.0f} %"


def as_typed(folder: Path) -> str:
    """Return a run's name where commands find it by that from here, else its folder."""
    return folder.name if folder.resolve().parent == Path("runs").resolve() else _short(folder)


def _short(path: Path) -> str:
    """Return a path as a person would type it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
