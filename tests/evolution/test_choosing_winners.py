"""Which finalist is confirmed, and that the seeds that choose are not those that are reported."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from fakes import CountingProposer, FakeTrainer, make_evolution
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.archive.candidate import Candidate, EarlyStop, Evaluation, Status
from eureka_agent.config import choosing_trainings
from eureka_agent.errors import Interrupted
from eureka_agent.evolution.choosing import left, ranked
from eureka_agent.evolution.loop import Evolution
from eureka_agent.store.state import RunState
from eureka_agent.training.job import TrainingFailure, TrainingJob


def state_of(
    scores: dict[str, list[float]],
    failed: dict[str, int] | None = None,
    searched: dict[str, float] | None = None,
    *,
    stopped: bool = False,
) -> RunState:
    """A run whose finalists had these scores on the seeds that choose, and in the search (by default 0)."""
    stop = EarlyStop(checkpoint=1, env_steps=1, of=4, behind=1.0, allowed=0.5) if stopped else None
    made = {}
    for index, (name, values) in enumerate(scores.items()):
        own = (searched or {}).get(name, 0.0)
        evaluations = [Evaluation("search", 0, 0, own, (own,), 1, 0.0, 0, stopped=stop)]
        evaluations += [Evaluation("choose", n, n, v, (v,), 1, 0.0, 0) for n, v in enumerate(values)]
        status = Status.FAILED if name in (failed or {}) else Status.STOPPED if stopped else Status.TRAINED
        made[name] = Candidate(0, index, "seed", status=status, evaluations=tuple(evaluations))
    return RunState(
        candidates=made, failures={(name, "choose", seed) for name, seed in (failed or {}).items()}
    )


SCORES = ([5.0, 3.0, 5.0], [1.0, 9.0, 9.0], [4.0, 0.0], [6.0, 6.0, 6.0])


def jobs_of(trainer: FakeTrainer, stage: str) -> list[tuple[str, int]]:
    return sorted((job.name, job.replicate) for job in trainer.jobs if job.stage == stage)


def finished(root: Path, trainer: FakeTrainer, **options: Any) -> Evolution:
    evolution = make_evolution(root, trainer=trainer, **options)
    evolution.run()
    return evolution


def test_after_each_seed_the_one_leaves_of_whom_least_is_believed() -> None:
    names = ["0-00", "0-01", "0-02", "0-03"]
    state = state_of(dict(zip(names, SCORES, strict=True)))
    assert left(state, names, seeds=0, sign=1.0) == tuple(names)
    assert left(state, names, seeds=1, sign=1.0) == ("0-00", "0-02", "0-03")
    assert left(state, names, seeds=2, sign=1.0) == ("0-00", "0-03")
    assert len(left(state, names, seeds=3, sign=1.0)) == 2, "two are left, however many seeds follow"


def test_scores_of_the_search_count_beside_those_that_choose() -> None:
    state = state_of({"0-00": [2.0], "0-01": [2.1]}, searched={"0-00": 9.0, "0-01": 1.0})
    assert ranked(state, ["0-00", "0-01"], seeds=4, sign=1.0) == ("0-00", "0-01")
    assert ranked(state, ["0-00", "0-01"], seeds=4, sign=-1.0) == ("0-01", "0-00")


def test_who_failed_is_neither_in_the_choice_nor_chosen() -> None:
    state = state_of({"0-00": [9.0, 9.0], "0-01": [1.0, 2.0]}, failed={"0-00": 1})
    assert left(state, ["0-00", "0-01"], seeds=2, sign=1.0) == ("0-01",)
    assert ranked(state, ["0-00", "0-01"], seeds=4, sign=1.0) == ("0-01",)


def test_a_failure_changes_nothing_of_what_was_decided_before_it() -> None:
    names = ["0-00", "0-01", "0-02", "0-03"]
    scores = dict(zip(names, SCORES, strict=True))
    whole, hurt = state_of(scores), state_of({**scores, "0-00": [5.0]}, failed={"0-00": 1})
    assert left(hurt, names, seeds=1, sign=1.0) == left(whole, names, seeds=1, sign=1.0)
    assert left(hurt, names, seeds=2, sign=1.0) == ("0-02", "0-03")


def test_where_only_those_that_were_stopped_early_are_left_seeds_choose_among_them() -> None:
    state = state_of({"0-00": [1.0], "0-01": [2.0]}, searched={"0-00": 9.0, "0-01": 0.0}, stopped=True)
    assert ranked(state, ["0-00", "0-01"], seeds=4, sign=1.0) == ("0-01", "0-00")
    assert ranked(
        state_of({"0-00": []}, searched={"0-00": 9.0}, stopped=True), ["0-00"], seeds=4, sign=1.0
    ) == ("0-00",)


@given(st.dictionaries(st.sampled_from(["0-00", "0-01", "0-02"]), st.lists(
    st.floats(-1e6, 1e6), min_size=4, max_size=4), min_size=1), st.sampled_from([1.0, -1.0]))  # fmt: skip
def test_seed_by_seed_some_are_always_left_and_nobody_comes_back(
    scores: dict[str, list[float]], sign: float
) -> None:
    state, names = state_of(scores), list(scores)
    rounds = [left(state, names, seeds=seeds, sign=sign) for seeds in range(5)]
    assert rounds[0] == tuple(names)
    for before, after in itertools.pairwise(rounds):
        assert len(after) >= min(2, len(names))
        assert set(after) <= set(before)


def test_the_winner_is_chosen_on_its_own_seeds_and_reported_on_others(tmp_path: Path) -> None:
    trainer = FakeTrainer(noise=1.0)
    evolution = finished(tmp_path, trainer, confirm_top=3)
    confirmation = evolution.state.confirmation
    assert confirmation is not None
    assert confirmation.winner is not None
    finalists = evolution.state.finalists or ()
    assert {one.name for one in confirmation.choice} == set(finalists)
    assert confirmation.winner == ranked(evolution.state, finalists, seeds=4, sign=1.0)[0]
    assert [row.name for row in confirmation.table] == [confirmation.winner, "reference", "sparse"]
    confirmed = jobs_of(trainer, "confirm")
    assert {name for name, _ in confirmed} == {confirmation.winner, "reference", "sparse"}
    assert all(len(row.seeds) == 3 for row in confirmation.table)


def test_one_finalist_fewer_is_trained_on_each_further_seed(tmp_path: Path) -> None:
    trainer = FakeTrainer(noise=1.0)
    evolution = finished(tmp_path, trainer, confirm_top=4, choose_seeds=4)
    by_seed = Counter(seed for _, seed in jobs_of(trainer, "choose"))
    assert by_seed == {0: 4, 1: 3, 2: 2, 3: 2}
    assert len(jobs_of(trainer, "choose")) == choosing_trainings(4, 4)
    assert len(evolution.state.finalists or ()) == 4


def test_without_seeds_to_choose_all_finalists_are_confirmed(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    evolution = finished(tmp_path, trainer, confirm_top=2, choose_seeds=0)
    assert not jobs_of(trainer, "choose")
    assert evolution.state.confirmation is not None
    assert set(evolution.state.confirmation.confirmed) == set(evolution.state.finalists or ())
    assert evolution.state.confirmation.choice == ()


def test_where_the_chosen_one_fails_on_a_fresh_seed_the_next_is_confirmed(tmp_path: Path) -> None:
    first: list[str] = []

    def fail(job: TrainingJob) -> TrainingFailure | None:
        if job.stage != "confirm" or not job.name[0].isdigit():
            return None
        first[:] = first or [job.name]
        return TrainingFailure("failed", "it broke") if job.name == first[0] else None

    evolution = finished(tmp_path, FakeTrainer(noise=1.0, fail=fail), confirm_top=3)
    confirmation = evolution.state.confirmation
    assert confirmation is not None
    assert confirmation.winner is not None
    assert confirmation.winner != first[0]
    assert evolution.state.candidates[first[0]].status is Status.FAILED
    baselines = [evolution.state.baselines[name] for name in ("reference", "sparse")]
    assert [len(trained) for trained in baselines] == [3, 3], "they are not trained again"


@pytest.mark.parametrize("stage", ["choose", "confirm"])
def test_a_run_stopped_in_its_confirmation_goes_on_alike(tmp_path: Path, stage: str) -> None:
    whole = finished(tmp_path / "whole", FakeTrainer(noise=1.0))
    stop, first = threading.Event(), FakeTrainer(noise=1.0)

    def interrupt(job: TrainingJob) -> None:
        if job.stage == stage and job.replicate == 1:
            stop.set()

    first.fail = interrupt
    with pytest.raises(Interrupted):
        make_evolution(tmp_path / "cut", trainer=first, stop=stop).run()
    second = FakeTrainer(noise=1.0)
    again = finished(tmp_path / "cut", second)
    assert again.state.confirmation == whole.state.confirmation
    done = [(job.name, job.stage, job.replicate) for job in first.jobs + second.jobs]
    assert len(done) == len(set(done))


@pytest.mark.parametrize("where", [("choose", 0), ("choose", 1), ("confirm", 0), ("confirm", 2)])
def test_a_run_stopped_after_a_failure_of_a_finalist_goes_on_alike(
    tmp_path: Path, where: tuple[str, int]
) -> None:
    """Who failed there is chosen by the seed alone, so that both runs have the same failure."""

    def failing(first: list[str], stop: threading.Event | None) -> FakeTrainer:
        def fail(job: TrainingJob) -> TrainingFailure | None:
            if (job.stage, job.replicate) != where or not job.name[0].isdigit():
                return None
            first[:] = first or [job.name]
            if stop is not None:
                stop.set()
            return TrainingFailure("failed", "it broke") if job.name == first[0] else None

        return FakeTrainer(noise=1.0, fail=fail)

    hurt: list[str] = []
    whole = finished(tmp_path / "whole", failing(hurt, None), confirm_top=5)
    stop = threading.Event()
    first = failing(hurt, stop)
    with pytest.raises(Interrupted):
        make_evolution(tmp_path / "cut", trainer=first, stop=stop, confirm_top=5).run()
    second = failing(hurt, None)
    again = finished(tmp_path / "cut", second, confirm_top=5)
    assert again.state.confirmation == whole.state.confirmation
    done = [(job.name, job.stage, job.replicate) for job in first.jobs + second.jobs]
    assert len(done) == len(set(done))
    alone = {(e.name, e.stage, e.replicate) for e in whole.log.events if e.type == "training_started"}
    assert set(done) == alone


def test_a_finalist_that_fails_makes_no_other_a_finalist(tmp_path: Path) -> None:
    stop = threading.Event()

    def fail(job: TrainingJob) -> TrainingFailure | None:
        if job.stage != "choose":
            return None
        stop.set()
        return TrainingFailure("failed", "it broke")

    first = make_evolution(
        tmp_path, trainer=FakeTrainer(fail=fail), stop=stop, proposer=CountingProposer(), confirm_top=2
    )
    with pytest.raises(Interrupted):
        first.run()
    again = finished(tmp_path, FakeTrainer(), confirm_top=2)
    assert again.state.finalists == first.state.finalists
