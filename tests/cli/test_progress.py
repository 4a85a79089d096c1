"""How far a run is, told from steps of learning."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from eureka_agent.cli.progress import LOOKING, Progress
from eureka_agent.store.event_types import TrainingCheckpoint, TrainingStarted
from eureka_agent.store.state import RunState


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def job(name: str) -> dict[str, Any]:
    return {"name": name, "stage": "search", "replicate": 0, "seed": 1}


def test_without_a_terminal_a_line_a_minute_says_how_far_a_generation_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock, state = Clock(), RunState()
    state.config = {
        "restarts": 1, "generations": 1, "samples": 2, "search_seeds": 1, "confirm_top": 1,
        "confirm_seeds": 1, "env_steps": 1000,
    }  # fmt: skip
    state.slots = {0: ()}
    progress = Progress(quiet=False, clock=clock)
    for name in ("0-00", "0-01"):
        progress.on_event(TrainingStarted(**job(name)), state)
    lines: list[str] = []
    for minute in range(1, 5):
        for half in (1, 2):
            clock.now += 30.0
            steps = 100 * (2 * (minute - 1) + half)
            for name in ("0-00", "0-01"):
                told = TrainingCheckpoint(**job(name), checkpoint=0, env_steps=steps, fitness=1.0, error=0.1)
                progress.on_event(told, state)
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 1
    # Two searches, a winner and two baselines of 1000 steps each; the first of two candidates tells the line.
    assert lines == ["  30 % of 5,000 training steps · about 7 min left"]


class OfOneThread(dict[str, Any]):
    """Notes that another thread than the one that made it looked: it may be changing just then."""

    def __init__(self) -> None:
        super().__init__()
        self.owner, self.looked = threading.get_ident(), threading.Event()

    def values(self) -> Any:
        if threading.get_ident() != self.owner:
            self.looked.set()
        return super().values()


def test_the_line_of_a_terminal_is_made_where_events_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    state = RunState()
    state.config = {
        "restarts": 1, "generations": 1, "samples": 2, "search_seeds": 1, "confirm_top": 1,
        "confirm_seeds": 1, "env_steps": 1000,
    }  # fmt: skip
    state.slots, state.candidates = {0: ()}, OfOneThread()
    with Progress(quiet=False, silent_s=3600.0) as progress:
        progress.on_event(TrainingStarted(**job("0-00")), state)
        looked = state.candidates.looked.wait(1.2)  # it is drawn twice a second
    assert not looked
    assert "training 0-00" in capsys.readouterr().out


def test_who_waits_for_the_first_event_is_told_what_for(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(quiet=False, silent_s=0.0) as progress:
        said = ""
        while LOOKING not in said:
            said += capsys.readouterr().err
    with Progress(quiet=False, silent_s=3600.0) as progress:
        progress.on_event(TrainingStarted(**job("0-00")), RunState())
    assert "Looking" not in capsys.readouterr().err
