"""The tables of a run hold what its log holds, row by row."""

from __future__ import annotations

from collections import Counter

import pytest
from synthetic_run import CHECKPOINTS, STEPS, synthetic_run

from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.report.tables.candidates import candidates_table, refusals_table
from eureka_agent.report.tables.trainings import CheckpointSteps, curves_table, trainings_table
from eureka_agent.report.tables.usage import usage_table
from eureka_agent.store.event_types import TrainingCheckpoint
from eureka_agent.store.state import RunState


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> RunState:
    return synthetic_run(tmp_path_factory.mktemp("run") / "a-run", generations=2, samples=9)


def test_a_row_a_candidate(state: RunState) -> None:
    table = candidates_table(state)
    assert table["candidate"] == sorted(state.candidates)
    (winner,) = table.where(winner=True)
    assert state.confirmation is not None
    row = state.confirmation.row(winner["candidate"])
    assert row is not None
    assert (winner["fresh_mean"], winner["fresh_low"]) == (row.fitness, row.low)
    assert winner["parents"] == state.candidates[winner["candidate"]].parents
    assert winner["env_steps"] == STEPS * 9, "a training of the search, and eight on fresh seeds"
    assert {row["stopped_at"] for row in table.where(status="stopped early")} == {40_000}
    for row in table:
        failed = row["status"] in ("refused", "failed")
        assert bool(row["failure"]) == failed
        assert (row["search_fitness"] is None) == failed


def test_a_row_an_error_of_the_critic(state: RunState) -> None:
    table = refusals_table(state)
    assert table["candidate"] == ["0-07", "1-07"]
    assert {(row["rule"], row["line"]) for row in table} == {("unknown-name", 12)}


def test_a_refusal_without_findings_has_its_reason() -> None:
    refused = Candidate(0, 0, "seed", status=Status.REFUSED, reason="No reply held a reward.")
    (row,) = refusals_table(RunState(candidates={"0-00": refused}))
    assert (row["what"], row["rule"], row["line"]) == ("No reply held a reward.", "", None)


def test_a_row_a_reward_and_fresh_seed(state: RunState) -> None:
    table = trainings_table(state, phase="confirm")
    assert set(table["phase"]) == {"confirm"}
    assert state.confirmation is not None
    for name in (state.confirmation.winner, "reference", "sparse"):
        row = state.confirmation.row(name)
        assert row is not None
        assert tuple(table.where(candidate=name)["fitness"]) == row.seeds
    assert table["candidate"][0] == state.confirmation.winner


def test_failed_trainings_have_a_row_and_no_score(state: RunState) -> None:
    failed = [row for row in trainings_table(state) if row["failure"]]
    assert [row["candidate"] for row in failed] == ["0-04", "1-04"]
    assert all(row["fitness"] is None and "not finite" in row["failure"] for row in failed)


def test_curves_are_in_long_form(state: RunState) -> None:
    table = curves_table(state, CheckpointSteps.of([], state))
    assert Counter(table.where(candidate="0-00", curve="component/alive")["checkpoint"]) == Counter(
        range(CHECKPOINTS)
    )
    for name, candidate in state.candidates.items():
        for one in candidate.evaluations:
            rows = table.where(candidate=name, phase=one.stage, replicate=one.replicate, curve="fitness")
            assert tuple(rows["value"]) == one.curves["fitness"]
    whole = table.where(candidate="reference", replicate=0, curve="fitness")
    assert whole["env_step"] == [STEPS * n // CHECKPOINTS for n in range(1, CHECKPOINTS + 1)]
    early = table.where(candidate="0-03", curve="fitness")
    assert early["env_step"][-1] == 40_000, "it was stopped there"


def one_training(**config: object) -> RunState:
    one = Evaluation("search", 0, 1, 1.0, (1.0,), 100, 1.0, 1, {"fitness": (1.0, 2.0)})
    return RunState(config=config, candidates={"0-00": Candidate(0, 0, "seed", evaluations=(one,))})


def test_the_log_says_at_which_steps_there_were_checkpoints() -> None:
    state = one_training(env_steps=1_000)
    reached = [
        TrainingCheckpoint(
            name="0-00", stage="search", replicate=0, seed=1, checkpoint=n, env_steps=at, fitness=0, error=0
        )
        for n, at in ((0, 512), (0, 640), (1, 1_024))
    ]
    assert curves_table(state, CheckpointSteps.of(reached, state))["env_step"] == [640, 1_024]
    assert curves_table(state, CheckpointSteps.of([], state))["env_step"] == [500, 1_000]
    unknown = one_training()
    assert curves_table(unknown, CheckpointSteps.of([], unknown))["env_step"] == [None, None]


def test_a_failed_training_has_the_curve_that_was_seen() -> None:
    state = RunState(candidates={"0-00": Candidate(0, 0, "seed", status=Status.FAILED, reason="It crashed.")})
    state.failed_curves["0-00/search-1"] = ((1.0, 0.1), (2.0, 0.2))
    table = curves_table(state, CheckpointSteps.of([], state))
    assert table.where(curve="fitness", replicate=1)["value"] == [1.0, 2.0]
    assert table.where(curve="fitness_error")["value"] == [0.1, 0.2]


def test_a_row_a_reply(state: RunState) -> None:
    table = usage_table(state)
    assert len(table) == len(state.replies)
    assert sum(table["cost_usd"]) == pytest.approx(state.cost_usd)
    assert sum(table["input_tokens"]) + sum(table["output_tokens"]) == state.tokens


def test_a_run_that_has_not_begun_has_empty_tables() -> None:
    nothing = RunState()
    for table in (
        candidates_table(nothing), refusals_table(nothing), trainings_table(nothing), usage_table(nothing),
        curves_table(nothing, CheckpointSteps.of([], nothing)),
    ):  # fmt: skip
        assert len(table) == 0
        assert table.fields
