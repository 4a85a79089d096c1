"""`evolve` with what people prefer as the fitness, on a real task."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eureka_agent
from eureka_agent.api.asking import questions, recorded_episode
from eureka_agent.config import make_config, recorded_config
from eureka_agent.errors import ConfigError, Interrupted, StoreError
from eureka_agent.evolution.preferring import Question
from eureka_agent.store.event_types import PreferencesFitted, TrainingFinished
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import list_runs
from eureka_agent.store.said import Episode, Preference
from eureka_agent.store.state import RunState
from eureka_agent.trajectories import Trajectory, read_trajectories
from eureka_agent.trajectories.files import FILE, read_scores

TASK = {"kind": "folder", "value": "cartpole"}
SMALL: dict[str, Any] = {
    "model": "search", "generations": 2, "samples": 3, "env_steps": 2_000, "confirm_seeds": 2,
    "confirm_top": 1, "halving": False, "film": False, "fitness": "human", "questions": 5,
}  # fmt: skip
BEFORE = ("prev_cart_position", "prev_pole_angle")
BY_THE_TASK: dict[str, Any] = {**SMALL, "fitness": "task", "generations": 1}


class LikesLongEpisodes:
    """A person who prefers the episode with more steps."""

    def __init__(self, runs: Path) -> None:
        self.runs, self.asked = runs, 0

    def __call__(self, asked: Sequence[Question]) -> Iterator[Preference]:
        for question in asked:
            self.asked += 1
            first, second = map(self._length, question)
            better = "neither" if first == second else "first" if first > second else "second"
            yield Preference(question.first, question.second, better)

    def _length(self, episode: Episode) -> int:
        folder = list_runs(self.runs)[-1].training(episode.name, "search", episode.replicate)
        return read_trajectories(folder / FILE)[episode.number].length


def test_a_run_is_led_by_answers_alone_and_goes_on_after_a_stop(tmp_path: Path) -> None:
    person, stop = LikesLongEpisodes(tmp_path), threading.Event()

    def stops(event: Any, _state: RunState) -> None:
        if event.type == "preferences_fitted":
            stop.set()

    with pytest.raises(Interrupted):
        eureka_agent.evolve("cartpole", runs=tmp_path, answers=person, stop=stop, on_event=stops, **SMALL)
    result = eureka_agent.resume(runs=tmp_path, answers=person)
    assert result.winner is not None
    folder = list_runs(tmp_path)[-1]
    events = list(read_events(folder.events))
    state = RunState.of(events)
    fits = [event for event in events if isinstance(event, PreferencesFitted)]
    assert [fit.answers for fit in fits] == [person.asked // 2, person.asked]
    assert state.learned is not None
    (recorded, *_) = read_trajectories(folder.training("reference", "confirm", 0) / FILE)
    assert recorded.fitness == pytest.approx(
        state.learned.fitness(recorded.signals), abs=1e-6
    )  # by the child
    trained = [
        e for e in events if isinstance(e, TrainingFinished) and (e.stage, e.replicate) == ("search", 0)
    ]
    assert {e.evaluation.fitness for e in trained if e.name.startswith("0-")} == {0.0}
    assert 0.0 not in {e.evaluation.fitness for e in trained if e.name.startswith("1-")}
    lengths = {
        name: np.mean([e.length for e in read_trajectories(folder.training(name, "search", 0) / FILE)])
        for name, replicate in state.measured
        if replicate == 0
    }
    best, worst = max(lengths, key=lengths.__getitem__), min(lengths, key=lengths.__getitem__)
    scores = {name: state.candidates[name].fitness or 0.0 for name in lengths}
    assert scores[best] > scores[worst]
    summary = folder.summary.read_text()
    assert f"learned from {person.asked} answers" in summary
    assert "| number of steps |" in summary
    assert "at most 10 questions" in summary
    assert "sparse (" not in summary
    assert read_scores(folder.recording) == ()  # nobody says what random play would be worth to a later model
    assert read_trajectories(folder.scripted)
    assert "What counts in an episode" in folder.report.read_text()
    with pytest.raises(ConfigError, match="nobody is asked here"):
        eureka_agent.prune(folder.name, runs=tmp_path)
    with pytest.raises(StoreError, match="which no other run has"):
        eureka_agent.dry_run("cartpole", after=folder.name, runs=tmp_path, model="search")


def test_a_front_end_gets_the_next_questions_of_any_run_and_leaves_answers(tmp_path: Path) -> None:
    eureka_agent.evolve("cartpole", runs=tmp_path, **BY_THE_TASK)
    asked = questions(runs=tmp_path, count=4)
    assert len({frozenset(one) for one in asked}) == 4
    assert asked == questions(runs=tmp_path, count=4)
    assert len(questions(runs=tmp_path)) == SMALL["questions"]
    state = RunState.of(read_events(list_runs(tmp_path)[-1].events))
    assert {episode.name for question in asked for episode in question} <= state.candidates.keys()


def test_what_is_said_to_begin_alike_does(tmp_path: Path) -> None:
    """The signals before the first step are those of the reset."""
    eureka_agent.evolve("cartpole", runs=tmp_path, **BY_THE_TASK)
    asked = questions(runs=tmp_path, count=12)
    assert {question.alike for question in asked} == {True, False}
    for question in asked:
        first, second = (_before_the_first_step(recorded_episode(one, runs=tmp_path)) for one in question)
        assert (first == second) == question.alike


def _before_the_first_step(episode: Trajectory) -> list[float]:
    return [array[0].item() for name, array in episode.signals.items() if name in BEFORE]


def test_there_is_nothing_to_ask_before_anything_was_recorded(tmp_path: Path) -> None:
    stop = threading.Event()

    def stops(event: Any, _state: RunState) -> None:
        if event.type == "generation_planned":
            stop.set()

    with pytest.raises(Interrupted):
        eureka_agent.evolve("cartpole", runs=tmp_path, stop=stop, on_event=stops, **SMALL)
    assert questions(runs=tmp_path) == []


def test_the_number_of_questions_is_said_before(tmp_path: Path) -> None:
    assert eureka_agent.dry_run("cartpole", runs=tmp_path, **SMALL).questions == 10
    assert eureka_agent.dry_run("cartpole", runs=tmp_path, **BY_THE_TASK).questions == 0


def test_a_log_from_before_the_option_is_a_run_by_the_tasks_fitness() -> None:
    config = recorded_config({"task": TASK})
    assert config.people.fitness == "task"
    assert config.digest() == make_config({"task": TASK, "choose_seeds": 0}).digest()


@pytest.mark.parametrize(
    ("options", "says"),
    [({"target": 100.0}, "cannot stop at 100"), ({"after": (("x", 1),)}, "go on after another")],
)
def test_what_a_learned_fitness_cannot_be_asked_for(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        make_config({"task": TASK, "fitness": "human"} | options)
