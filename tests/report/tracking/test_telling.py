"""A tracker is told of a run once, in the order of its log, and can neither stop nor hold it up."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fakes import make_evolution
from synthetic_run import CHECKPOINTS, synthetic_run
from tracker_fakes import FakeTracker

import eureka_agent
from eureka_agent.api.following import tracked_by
from eureka_agent.config import make_config
from eureka_agent.errors import ConfigError
from eureka_agent.report.tracking.background import InBackground, Sent
from eureka_agent.report.tracking.telling import CURVES
from eureka_agent.report.tracking.tracker import About
from eureka_agent.store.event_types import Event, Notice
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState


def tell_all(tracker: Any, root: Path, events: list[Event], *, wait_s: float = 60.0) -> list[str]:
    """Tell a tracker what a log holds, as a process that goes on with it does; return what was said."""
    folder, said = RunFolder(root), []
    about = About("0" * 32, "a-run", root, {}, resumed=False)
    following = InBackground(tracker, about, folder, events, sent=Sent("fake", folder), tell=said.append)
    following.close(wait_s, threading.Event())
    return said


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "a-run"
    synthetic_run(root, generations=2, samples=4)
    return root


def test_a_tracker_gets_scores_curves_results_and_the_reward(root: Path) -> None:
    (root / "best").mkdir()
    (root / "best" / "reward.py").write_text("reward")
    tracker, events = FakeTracker(), read_events(root / "events.jsonl")
    state = RunState.of(events)
    assert tell_all(tracker, root, events) == []
    logged = tracker.of("log")
    curve = [(values["fitness/0-00.search-0"], step) for values, axis, step in logged
             if axis == "env_step" and "fitness/0-00.search-0" in values]  # fmt: skip
    assert [value for value, _ in curve] == list(state.candidates["0-00"].evaluations[0].curves["fitness"])
    assert len({step for _, step in curve}) == CHECKPOINTS
    scored = [values["candidate/fitness"] for values, axis, _ in logged if axis == "candidate"]
    assert scored == [c.fitness for c in state.candidates.values() if c.fitness is not None]
    assert [step for _, axis, step in logged if axis == "generation"] == [0, 1]
    assert tracker.of("keep") == [("reward.py", "reward")]
    ((summary, done),) = tracker.of("finish")
    assert done
    assert state.confirmation is not None
    assert summary["winner"] == state.confirmation.winner
    assert {"winner_mean", "winner_low", "reference_mean", "sparse_high"} <= set(summary)
    assert all(
        key.split("/")[0] in CURVES for values, axis, _ in logged if axis == "env_step" for key in values
    )


def test_what_was_told_is_not_told_again(root: Path) -> None:
    events, whole = read_events(root / "events.jsonl"), FakeTracker()
    tell_all(whole, root, events)
    (root / "tracked.json").unlink()
    first, second = FakeTracker(), FakeTracker()
    tell_all(first, root, events[: len(events) // 2])
    assert first.of("finish") == [({}, False)], "it goes on later"
    tell_all(second, root, events)
    assert first.of("log") + second.of("log") == whole.of("log")


@pytest.mark.parametrize("fails", ["begin", "log", "keep", "finish"])
def test_a_tracker_that_fails_is_told_of_once(root: Path, fails: str) -> None:
    (root / "summary.md").write_text("summary")
    tracker = FakeTracker(fails)
    (said,) = tell_all(tracker, root, read_events(root / "events.jsonl"))
    assert said.startswith("fake is not told any more: ConnectionError: no route to ")
    assert said.isprintable()
    assert tracker.calls[-1][0] == fails, "nothing is asked of it afterwards"


class Hanging(FakeTracker):
    """Answers nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def log(self, values: Mapping[str, float], *, axis: str, step: int) -> None:
        self.go.wait()
        super().log(values, axis=axis, step=step)


def test_a_tracker_that_hangs_is_left(root: Path) -> None:
    tracker = Hanging()
    said = tell_all(tracker, root, read_events(root / "events.jsonl"), wait_s=0.2)
    assert said == ["fake did not answer in time: it was not told all of the run."]
    tracker.go.set()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"fake": -1}', '{"fake": "all"}', "\x00"])
def test_a_note_that_is_none_of_ours_says_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "tracked.json").write_text(content)
    assert Sent("fake", RunFolder(tmp_path)).number == 0


def test_nobody_is_told_unless_asked() -> None:
    config = make_config({"task": {"kind": "folder", "value": "cartpole"}})
    assert config.tracking.tracker is None
    told = tracked_by(config, "trackio")
    assert told.tracking.tracker == "trackio"
    assert told.digest() == config.digest(), "it is the same run"
    assert tracked_by(told, "none").tracking.tracker is None
    with pytest.raises(ConfigError, match="Did you mean 'wandb'"):
        tracked_by(config, "wanbd")


def test_a_library_that_is_missing_is_named_before_anything_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(ConfigError, match="not installed") as caught:
        eureka_agent.evolve("cartpole", runs=tmp_path / "runs", track="mlflow")
    assert "pip install mlflow" in caught.value.fix
    assert not (tmp_path / "runs").exists()


def test_notices_of_a_tracker_reach_the_log_and_the_run_goes_on(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path / "run", generations=1, samples=2)
    about = About("0" * 32, "run", tmp_path, {}, resumed=False)

    def tell(text: str) -> None:
        evolution.log.append(Notice(text=text))

    sent, before = Sent("fake", evolution.folder), tuple(evolution.log.events)
    following = InBackground(FakeTracker("log"), about, evolution.folder, before, sent=sent, tell=tell)
    evolution.log.listen(following.put)
    evolution.run()
    following.close(60.0, threading.Event())
    assert evolution.state.finished
    assert [text for text in evolution.state.notices if text.startswith("fake is not told")]


def test_a_note_of_somebody_else_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "tracked.json").write_text("[" * 200_000)
    assert Sent("fake", RunFolder(tmp_path)).number == 0


def test_a_library_that_exits_is_told_of_like_one_that_raises(root: Path) -> None:
    class Exits(FakeTracker):
        def begin(self, about: About) -> None:
            raise KeyboardInterrupt

    (said,) = tell_all(Exits(), root, read_events(root / "events.jsonl"))
    assert "it gave up with KeyboardInterrupt" in said


def test_who_stops_a_run_does_not_wait_for_its_tracker(root: Path) -> None:
    let_go, stop = threading.Event(), threading.Event()

    class Hangs(FakeTracker):
        def begin(self, about: About) -> None:
            let_go.wait(60)

    said: list[str] = []
    folder, about = RunFolder(root), About("0" * 32, "a-run", root, {}, resumed=False)
    following = InBackground(Hangs(), about, folder, [], sent=Sent("fake", folder), tell=said.append)
    stop.set()
    following.close(float("inf"), stop)
    let_go.set()
    assert said == ["fake did not answer in time: it was not told all of the run."]
