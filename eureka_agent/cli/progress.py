"""Live progress of a run: one line a step, and on a terminal a status line that moves."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.text import Text

from eureka_agent.cli.output import number
from eureka_agent.escaping import visible
from eureka_agent.store.checked import BASELINES
from eureka_agent.store.event_types import (
    CandidateRefused,
    DuelResolved,
    Event,
    GenerationJudged,
    GenerationPlanned,
    Notice,
    RequestFailed,
    RequestSent,
    RunStarted,
    SearchStopped,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
)
from eureka_agent.store.records import Duel, Judgement
from eureka_agent.store.state import RunState

if TYPE_CHECKING:
    from eureka_agent.api.evolve import RunResult


@contextmanager
def draining(stop: threading.Event) -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into `stop`, and a second one into the end of the process."""

    def handle(signum: int, _frame: object) -> None:
        if stop.is_set():
            os._exit(128 + signum)  # the log is on the disk, and children end with this process
        stop.set()
        print(
            "\nFinishing what is running; press Ctrl-C again to stop now. Nothing journalled is lost.",
            file=sys.stderr,
        )

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {s: signal.signal(s, handle) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)


class Progress:
    """Shows events as they are journalled: generation, candidate, status, fitness, best, cost, time left."""

    def __init__(self, *, quiet: bool) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._quiet = quiet
        self._state = RunState()
        self._running: dict[str, float] = {}
        self._durations: list[float] = []
        self._live: Live | None = None

    def __enter__(self) -> Progress:
        if not self._quiet and self._console.is_terminal:
            self._live = Live(
                get_renderable=self._status, console=self._console, refresh_per_second=2, transient=True
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def on_event(self, event: Event, state: RunState) -> None:
        """Take in one event of the run and the state after it."""
        self._state = state
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
                self._running[_job(event)] = time.monotonic()
            case TrainingFailed():
                self._running.pop(_job(event), None)
                self._say(f"  {event.name:<10} {event.status}: {event.reason[:160]}")
            case TrainingFinished():
                self._on_training(event)
            case Notice():
                self._say(f"  {event.text}")
            case GenerationJudged():
                self._on_verdict(event.judgement)
            case DuelResolved():
                self._on_verdict(event.duel)
            case SearchStopped():
                ends = f"The search ends: {event.reason}. Confirming the best on fresh seeds."
                self._say(ends, style="bold")
            case _:
                pass  # nothing that a person need see

    def interrupted(self) -> None:
        """Say how to go on."""
        self._say("Stopped. Give the same command again, or `eureka-agent resume`, to go on.", style="bold")

    def finished(self, result: RunResult) -> None:
        """Say where the reward and the summary are, and what to do next."""
        if result.reward is None:
            self._say("No reward could be trained.", style="bold red")
            self._say(f"Why: {_short(result.summary)}")
            return
        for row in result.confirmation["table"]:
            interval = "" if row["low"] is None else f" [{row['low']:.4g}, {row['high']:.4g}]"
            self._say(
                f"  {row['name']:<10} {row['fitness']:.4g}{interval} on {len(row['seeds'])} fresh seeds"
            )
        reward = _short(result.reward)
        self._say(f"Reward:  {reward}", style="bold green")
        self._say(f"Summary: {_short(result.summary)}", style="bold green")
        self._say(f"Next:    eureka-agent show {result.folder.name}")
        self._say(f"         eureka-agent export {result.folder.name} -o reward.py")
        self._say('         env = eureka_agent.RewardWrapper(gymnasium.make(...), "reward.py")')

    def _on_start(self, event: RunStarted) -> None:
        model = event.config["model"]
        layers = [layer.name for layer in event.isolation.layers if layer.held] if event.isolation else []
        who = "search, which is not a language model" if model == "search" else model
        because = f" ({event.model_because})" if event.model_because else ""
        self._say(
            f"Rewards are proposed by {who}{because}; "
            f"generated code is held by {', '.join(layers) or 'nothing'}."
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

    def _on_training(self, event: TrainingFinished) -> None:
        started = self._running.pop(_job(event), None)
        if started is not None:
            self._durations.append(time.monotonic() - started)
        what = "baseline" if event.name in BASELINES else self._state.candidates[event.name].operator
        stage = "confirmed" if event.stage == "confirm" else "trained"
        if event.evaluation.stopped:
            stage = "stopped"
        fitness = number(float(event.evaluation.fitness))
        seed = f" (seed {event.replicate})" if event.replicate or event.stage == "confirm" else ""
        self._say(f"  {event.name:<10} {what:<8} {stage:<10} fitness {fitness}{seed}")

    def _on_verdict(self, verdict: Judgement | Duel) -> None:
        leader = verdict.incumbent
        fitness = self._state.candidates[leader].fitness if leader else None
        self._say(f"  best so far: {leader or '—'} with fitness {number(fitness)} ({verdict.reason})")

    def _status(self) -> Text:
        running = ", ".join(
            f"{name} {time.monotonic() - since:.0f} s" for name, since in self._running.items()
        )
        return Text(
            f"  training {running or '—'} · {self._state.env_steps:,} steps · ${self._state.cost_usd:.2f}"
            f"{self._time_left()}",
            style="dim",
        )

    def _time_left(self) -> str:
        done = sum(len(c.evaluations) for c in self._state.candidates.values())
        done += sum(len(evaluations) for evaluations in self._state.baselines.values())
        if not self._durations or self._expected <= done:
            return ""
        side_by_side = max(1, len(self._running))
        left = (self._expected - done) * sum(self._durations) / len(self._durations) / side_by_side
        return f" · about {max(1, round(left / 60))} min left"

    @property
    def _expected(self) -> int:
        """Trainings of a run that goes its whole length."""
        config = self._state.config
        search = config["restarts"] * config["generations"] * config["samples"] * config["search_seeds"]
        return search + (config["confirm_top"] + len(BASELINES)) * config["confirm_seeds"]

    def _say(self, text: str, style: str = "") -> None:
        if not self._quiet:
            self._console.print(Text(visible(text.replace("\n", " ")), style=style))


def _job(event: TrainingStarted | TrainingFailed | TrainingFinished) -> str:
    return f"{event.name}/{event.stage}-{event.replicate}"


def _short(path: Path) -> str:
    """Return a path as the person would type it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
