"""What a run came to, in one sentence, decided from its log and from random play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import CountingProposer, FakeTrainer, make_evolution

from eureka_agent.api.evolve import result_of
from eureka_agent.api.runs import list_run_summaries, show
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.evolution import confirmation
from eureka_agent.evolution.loop import Evolution
from eureka_agent.report.conclusion import Conclusion, conclude, conclusion_of
from eureka_agent.store.event_types import (
    CandidateProposed,
    CandidateRefused,
    RunConfirmed,
    TrainingFinished,
)
from eureka_agent.store.events import read_events
from eureka_agent.store.lock import run_lock
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import TrainingFailure, TrainingJob

SEEDS = (0.0, 0.1, -0.1, 0.05, -0.05)
RANDOM = (9.0, 11.0, 10.0, 10.0)


def evaluation(replicate: int, scores: Sequence[float], stage: str = "confirm") -> Evaluation:
    return Evaluation(
        stage=stage, replicate=replicate, seed=replicate, fitness=float(np.mean(scores)),
        episode_fitness=tuple(scores), env_steps=100, wall_s=1.0, best_checkpoint=0,
    )  # fmt: skip


def confirmed(
    root: Path, scores: Mapping[str, Sequence[float]], *, direction: str = "maximize", spread: float = 0.0
) -> Evolution:
    """Return a run whose candidate, reference and sparse got these means on fresh seeds."""
    evolution = make_evolution(root)
    log = evolution.log
    log.append(CandidateProposed(candidate=Candidate(0, 0, "seed", source="x")))
    log.append(_finished("0-00", _around(scores["0-00"][0], 0, spread, "search")))
    for name, values in scores.items():
        for number, value in enumerate(values):
            log.append(_finished(name, _around(value, number, spread, "confirm")))
    task = _with_direction(evolution.task, direction)
    finalist = evolution.state.candidates["0-00"]
    log.append(RunConfirmed(confirmation=confirmation.confirm(evolution.state, task, [finalist.id])))
    assert evolution.state.facts is not None
    evolution.state.facts = replace(evolution.state.facts, direction=direction)
    return evolution


def _finished(name: str, one: Evaluation) -> TrainingFinished:
    return TrainingFinished(
        name=name, stage=one.stage, replicate=one.replicate, seed=one.seed, evaluation=one
    )


def _around(mean: float, replicate: int, spread: float, stage: str) -> Evaluation:
    return evaluation(replicate, [mean - spread, mean, mean + spread], stage)


def _with_direction(task: Task, direction: Any) -> Task:
    return replace(task, fitness=replace(task.fitness, direction=direction))


def seeds(mean: float, count: int = 5) -> tuple[float, ...]:
    return tuple(mean + offset for offset in SEEDS[:count])


def scores(mine: Sequence[float], reference: Sequence[float], sparse: float = 50.0) -> dict[str, Any]:
    return {"0-00": mine, "reference": reference, "sparse": seeds(sparse, len(mine))}


@pytest.mark.parametrize(
    ("mine", "reference", "direction", "kind", "says"),
    [
        (
            seeds(90.0),
            seeds(60.0),
            "maximize",
            "better",
            "0-00 is better than the reference: it scored 90, the reference 60",
        ),
        (
            seeds(60.0),
            seeds(90.0),
            "maximize",
            "worse",
            "0-00 is worse than the reference: it scored 60, the reference 90",
        ),
        (
            seeds(60.0),
            seeds(90.0),
            "minimize",
            "better",
            "0-00 is better than the reference: it scored 60, the reference 90",
        ),
        (
            seeds(90.0),
            seeds(60.0),
            "minimize",
            "worse",
            "0-00 is worse than the reference: it scored 90, the reference 60",
        ),
        ((60.0, 90.0, 70.0), (90.0, 61.0, 70.0), "maximize", "same", "is not distinguishable from the ref"),
    ],
)
def test_the_winner_is_held_against_the_reference(
    tmp_path: Path, mine: Any, reference: Any, direction: str, kind: str, says: str
) -> None:
    evolution = confirmed(tmp_path, scores(mine, reference), direction=direction)
    found = conclude(evolution.state)
    assert found.kind == kind
    assert says in found.sentence
    assert "1 reward tried in " in found.sentence
    assert found.sentence.endswith("for $0.00.")


def test_the_difference_stands_with_its_interval(tmp_path: Path) -> None:
    evolution = confirmed(tmp_path, scores((70.0, 72.0, 74.0), (60.0, 60.0, 60.0)))
    said = conclude(evolution.state).sentence
    assert "a difference of +12 (95 % interval +7.032 to +16.97 over 3 fresh seeds)" in said


def test_no_difference_at_all_has_no_sign(tmp_path: Path) -> None:
    evolution = confirmed(tmp_path, scores((500.0,) * 3, (500.0,) * 3))
    said = conclude(evolution.state).sentence
    assert (
        "it scored 500, the reference 500, a difference of 0 (95 % interval 0 to 0 over 3 fresh seeds)"
        in said
    )


def test_one_fresh_seed_distinguishes_nothing(tmp_path: Path) -> None:
    found = conclude(confirmed(tmp_path, scores((90.0,), (60.0,))).state)
    assert found.kind == "same"
    assert "it scored 90, the reference 60, on one fresh seed, which has no interval" in found.sentence


def test_without_the_reference_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    evolution = confirmed(tmp_path, {"0-00": seeds(90.0), "reference": (60.0,), "sparse": seeds(50.0)})
    found = conclude(evolution.state)
    assert found.kind == "alone"
    assert "the reference could not be trained on all of them" in found.sentence


def test_a_log_that_does_not_say_which_direction_is_better_claims_neither(tmp_path: Path) -> None:
    evolution = confirmed(tmp_path, scores(seeds(90.0), seeds(60.0)))
    evolution.state.facts = None
    found = conclude(evolution.state, RANDOM)
    assert found.kind == "different"
    assert "0-00 is different from the reference" in found.sentence


@pytest.mark.parametrize("direction", ["maximize", "minimize"])
@pytest.mark.parametrize(("level", "spread", "random"), [(10.2, 1.0, RANDOM), (-200.0, 0.0, (-200.0,) * 4)])
def test_where_all_scored_like_random_play_nothing_was_learned(
    tmp_path: Path, direction: str, level: float, spread: float, random: Sequence[float]
) -> None:
    flat = scores((level,) * 3, (level,) * 3, sparse=level)
    flat["sparse"] = (level,) * 3
    evolution = confirmed(tmp_path, flat, direction=direction, spread=spread)
    found = conclude(evolution.state, random)
    assert found.kind == "unlearned"
    assert found.sentence.startswith("Nothing was learned: all 10 trainings")
    assert f"random play, {np.mean(random):.4g} on average" in found.sentence


def test_a_baseline_that_learned_is_enough_to_say_who_did_not(tmp_path: Path) -> None:
    evolution = confirmed(tmp_path, scores((10.0,) * 5, seeds(60.0)), spread=1.0)
    found = conclude(evolution.state, RANDOM)
    assert found.kind == "worse"
    assert (
        "is worse than the reference, and no better than random play: it scored 10, the reference 60"
        in found.sentence
    )


@pytest.mark.parametrize("random", [(), (10.0,)])
def test_where_random_play_is_not_known_nothing_is_said_of_it(tmp_path: Path, random: Any) -> None:
    evolution = confirmed(tmp_path, scores((10.0,) * 3, (10.0,) * 3, sparse=10.0), spread=1.0)
    assert conclude(evolution.state, random).kind == "same"


def test_a_fitness_that_never_differs_is_pointed_out_and_makes_nobody_better(tmp_path: Path) -> None:
    """Means of two and of three times 0.1 differ by rounding alone."""
    evolution = confirmed(tmp_path, {"0-00": (0.1,) * 3, "reference": (0.1,) * 3, "sparse": (0.1,) * 2})
    found = conclude(evolution.state)
    assert found.kind == "same"
    assert found.sentence.endswith(
        " The fitness never differed: every training scored 0.1, so that nothing can be said of one reward "
        "against another."
    )
    assert conclude(evolution.state, (0.1,) * 7).kind == "unlearned"
    assert evolution.state.confirmation is not None
    assert all(row.human_normalized is None for row in evolution.state.confirmation.table)
    differing = confirmed(tmp_path / "differing", scores((10.0,) * 3, (10.0,) * 3, sparse=10.0))
    assert "never differed" not in conclude(differing.state).sentence


def test_why_the_reference_could_not_be_trained_is_said(tmp_path: Path) -> None:
    def fail(job: TrainingJob) -> TrainingFailure | None:
        return TrainingFailure("failed", "The fitness is nan.") if job.name == "reference" else None

    evolution = make_evolution(tmp_path, trainer=FakeTrainer(fail=fail), generations=1)
    evolution.run()
    found = conclude(evolution.state)
    assert found.kind == "alone"
    assert "could not be trained on all of them (The fitness is nan);" in found.sentence


def failing(_: TrainingJob) -> TrainingFailure:
    return TrainingFailure("failed", "It fell over.")


def test_a_run_in_which_everything_failed_has_failed(tmp_path: Path) -> None:
    root = tmp_path / "runs" / "doomed"
    broken = frozenset({"0-00", "0-01"})
    evolution = make_evolution(
        root, proposer=CountingProposer(broken=broken), trainer=FakeTrainer(fail=failing), generations=1
    )
    evolution.run()
    found = result_of(evolution.folder, evolution.state)
    assert (found.reward, found.verdict.kind) == (None, "failed")
    assert found.verdict.sentence.startswith("No reward was found: 2 refused, 2 failed; 4 rewards tried in")
    [listed] = list_run_summaries(root.parent)
    assert (listed.status, listed.ended) == ("failed", True)
    summary = evolution.folder.summary.read_text()
    assert "No reward was found" in summary.splitlines()[2]
    assert "- It fell over." in summary


def test_all_doors_say_the_same_sentence_and_figure(tmp_path: Path) -> None:
    root = tmp_path / "runs" / "whole"
    evolution = make_evolution(root, trainer=FakeTrainer(noise=0.5))
    evolution.run()
    said = conclusion_of(evolution.folder, evolution.state)
    [listed] = list_run_summaries(root.parent)
    view = show("whole", runs=root.parent)
    result = result_of(evolution.folder, RunState.of(read_events(evolution.folder.events)))
    assert result.verdict == view.verdict == said == Conclusion(said.kind, listed.verdict)
    assert evolution.folder.summary.read_text().splitlines()[2].endswith(said.sentence)
    assert evolution.state.confirmation is not None
    row = evolution.state.confirmation.row(evolution.state.confirmation.winner)
    assert row is not None
    assert (listed.best, listed.fitness) == (view.best, view.fitness) == (row.name, row.fitness)
    assert (listed.status, listed.confirmed) == ("finished", True)


def test_before_the_confirmation_the_figure_is_of_the_search_and_says_so(tmp_path: Path) -> None:
    root = tmp_path / "runs" / "half"
    evolution = make_evolution(root)
    evolution.propose(0, CountingProposer())
    evolution.train(0)
    evolution.judge(0)
    [listed] = list_run_summaries(root.parent)
    assert (listed.status, listed.confirmed) == ("unfinished, generation 0", False)
    assert f"the best so far is {listed.best}, with {listed.fitness:.4g} in the search" in listed.verdict
    assert "4 rewards tried" in listed.verdict


def test_a_live_run_is_running(tmp_path: Path) -> None:
    root = tmp_path / "runs" / "live"
    evolution = make_evolution(root)
    evolution.propose(0, CountingProposer())
    with run_lock(root):
        [listed] = list_run_summaries(root.parent)
        assert listed.status == "running, generation 0"
        assert (show("live", runs=root.parent).running or "").isdecimal()
    assert show("live", runs=root.parent).running is None


def test_the_history_shows_what_was_known_then(tmp_path: Path) -> None:
    """A later duel changes the leader's mean, but not what the first one knew."""
    evolution = make_evolution(tmp_path, trainer=FakeTrainer(noise=2.0), generations=3)
    evolution.run()
    state = evolution.state
    leader = state.leaders[0]
    assert leader is not None
    candidate = state.candidates[leader]
    first = candidate.fitnesses()[0]
    assert len(candidate.fitnesses()) > 1, "the case that this is about"
    assert candidate.fitness != first
    [row] = [line for line in evolution.folder.summary.read_text().splitlines() if line.startswith("| 0 | ")]
    assert row.startswith(f"| 0 | {leader} | {first:.4g} |")


def test_costs_of_unknown_price_are_not_left_out(tmp_path: Path) -> None:
    evolution = confirmed(tmp_path, scores(seeds(90.0), seeds(60.0)))
    evolution.state.cost_usd, evolution.state.cost_unknown = 0.25, 3
    evolution.state.decided_after_s = 5400.0
    said = conclude(evolution.state).sentence
    assert said.endswith("in 1.5 h for $0.25 and 3 replies of unknown price.")


def test_refused_candidates_alone_are_counted(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path)
    refused = Candidate(0, 0, "seed", status=Status.REFUSED, reason="It is broken.")
    evolution.log.append(CandidateRefused(candidate=refused))
    assert conclude(evolution.state).kind == "open"
    evolution.log.append(RunConfirmed(confirmation=confirmation.confirm(evolution.state, evolution.task, [])))
    assert conclude(evolution.state).sentence.startswith("No reward was found: 1 refused; 1 reward tried in")


def test_a_winner_without_a_row_is_no_crash(tmp_path: Path) -> None:
    """As a log from elsewhere may have it."""
    evolution = confirmed(tmp_path, scores(seeds(90.0), seeds(60.0)))
    assert evolution.state.confirmation is not None
    evolution.state.confirmation = replace(evolution.state.confirmation, table=())
    assert conclude(evolution.state, RANDOM).sentence.startswith("Reward 0-00 is called best without a score")
