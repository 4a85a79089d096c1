"""A person may end a search early: what is being trained is trained, and the best are confirmed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from fakes import CountingProposer, FakeTrainer, make_evolution

import eureka_agent
from eureka_agent.analysis.briefing import Briefing
from eureka_agent.design.proposer import Draft, Slot
from eureka_agent.evolution.loop import FINISHING, Interrupted
from eureka_agent.store.event_types import TrainingFinished
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.lock import run_lock
from eureka_agent.store.state import RunState
from eureka_agent.training.job import TrainingJob


def ask(root: Path) -> None:
    RunFolder(root).finish_request.touch()


def test_the_generation_that_is_trained_is_the_last_one(tmp_path: Path) -> None:
    def ask_now(job: TrainingJob) -> None:
        ask(tmp_path)

    evolution = make_evolution(tmp_path, trainer=FakeTrainer(fail=ask_now))
    evolution.run()
    state = evolution.state
    assert set(state.slots) == {0}
    assert state.stopped == FINISHING
    assert state.finished
    assert state.confirmation is not None
    assert state.confirmation.winner is not None
    assert FINISHING in (tmp_path / "summary.md").read_text()


def test_while_rewards_are_proposed_no_further_one_is(tmp_path: Path) -> None:
    class Asking(CountingProposer):
        max_parallel = 1

        def propose(self, slot: Slot, briefing: Briefing) -> Draft:
            if slot.id == "1-01":
                ask(tmp_path)
            return super().propose(slot, briefing)

    proposer = Asking()
    evolution = make_evolution(tmp_path, proposer=proposer)
    evolution.run()
    assert proposer.proposed[-1] == "1-01"
    assert set(evolution.state.candidates) == {"0-00", "0-01", "0-02", "0-03", "1-00", "1-01"}
    assert evolution.state.confirmation is not None


def test_a_stopped_run_is_confirmed_without_proposing_anything(tmp_path: Path) -> None:
    stop, trainer = threading.Event(), FakeTrainer()

    def stop_in_second_generation(job: TrainingJob) -> None:
        if job.name == "1-00":
            stop.set()

    trainer.fail = stop_in_second_generation
    with pytest.raises(Interrupted):
        make_evolution(tmp_path, trainer=trainer, stop=stop).run()
    ask(tmp_path)
    proposer = CountingProposer()
    again = make_evolution(tmp_path, proposer=proposer)
    again.run()
    assert not proposer.proposed
    assert again.state.finished
    assert again.state.stopped == FINISHING


def test_a_search_that_is_over_was_not_ended_by_who_asks_afterwards(tmp_path: Path) -> None:
    stop, trainer = threading.Event(), FakeTrainer()

    def stop_while_confirming(job: TrainingJob) -> None:
        if job.stage == "confirm":
            stop.set()

    trainer.fail = stop_while_confirming
    with pytest.raises(Interrupted):
        make_evolution(tmp_path, trainer=trainer, stop=stop).run()
    ask(tmp_path)
    again = make_evolution(tmp_path)
    again.run()
    assert again.state.finished
    assert not again.state.stopped


def test_before_anything_was_trained_there_is_no_winner(tmp_path: Path) -> None:
    tmp_path.mkdir(exist_ok=True)
    ask(tmp_path)
    evolution = make_evolution(tmp_path)
    evolution.run()
    assert evolution.state.finished
    assert not evolution.state.candidates
    assert evolution.state.confirmation is not None
    assert evolution.state.confirmation.winner is None


@pytest.mark.parametrize("restarts", [2, 3])
def test_no_restart_begins_afterwards(tmp_path: Path, restarts: int) -> None:
    def ask_now(job: TrainingJob) -> Any:
        ask(tmp_path)

    evolution = make_evolution(tmp_path, trainer=FakeTrainer(fail=ask_now), restarts=restarts)
    evolution.run()
    assert set(evolution.state.slots) == {0}


TINY: dict[str, Any] = {
    "generations": 3, "samples": 1, "confirm_seeds": 2, "confirm_top": 1, "film": False, "env_steps": 4096,
    "model": "search", "max_episode_steps": 200,
}  # fmt: skip


def begun(runs: Path) -> RunFolder:
    """Start a run and stop it once a candidate is trained."""
    stop = threading.Event()
    with pytest.raises(Interrupted):
        eureka_agent.evolve(
            "gym:CartPole-v1", runs=runs, stop=stop,
            on_event=lambda event, _: stop.set() if event.type == "training_finished" else None, **TINY,
        )  # fmt: skip
    return list_runs(runs)[-1]


def test_a_run_that_nobody_works_on_is_confirmed_at_once(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    result = eureka_agent.finish(runs=tmp_path)
    assert result is not None
    assert result.winner == "0-00"
    assert set(RunState.of(read_events(folder.events)).candidates) == {"0-00"}
    assert eureka_agent.finish(runs=tmp_path) == result, "a finished run only has results"


def test_a_run_that_a_process_works_on_is_left_to_it(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    with run_lock(folder.root):
        assert eureka_agent.finish(runs=tmp_path) is None
    assert folder.finish_request.exists()
    assert not RunState.of(read_events(folder.events)).finished


def test_who_calls_evolve_may_set_an_event_instead(tmp_path: Path) -> None:
    finish = threading.Event()

    def first_is_trained(event: object, state: RunState) -> None:
        if isinstance(event, TrainingFinished):
            finish.set()

    result = eureka_agent.evolve(
        "cartpole", runs=tmp_path, model="search", generations=9, samples=2, env_steps=256, confirm_top=1,
        confirm_seeds=2, on_event=first_is_trained, finish=finish, target=1e9,
    )  # fmt: skip
    state = RunState.of(read_events(RunFolder(result.folder).events))
    assert state.stopped == FINISHING
    assert set(state.slots) == {0}
