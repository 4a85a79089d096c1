"""A run that goes on after another chooses and confirms the whole sequence from random weights."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from fakes import STEPS, FakeTrainer, make_evolution, source_worth
from test_loop import archive_of

from eureka_agent.api.bringing import compared_with
from eureka_agent.api.runs import export, show
from eureka_agent.archive.candidate import Evaluation, Status
from eureka_agent.cli.counting import expected_trainings as shown_trainings
from eureka_agent.cli.counting import trainings_over
from eureka_agent.config import Earlier, make_config
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.evolution.expected_time import expected_trainings
from eureka_agent.evolution.loop import Evolution
from eureka_agent.evolution.sequence import RewardSequence
from eureka_agent.report.conclusion import conclude
from eureka_agent.report.views.run import Source, run_report
from eureka_agent.rewards.reward import Coded
from eureka_agent.seeds import seed_for
from eureka_agent.store.layout import RunFolder
from eureka_agent.training.job import TrainingFailure, TrainingJob
from eureka_agent.training.policies import policy_of

FIRST, SECOND = Earlier(source_worth(1.0, "first"), 30), Earlier(source_worth(2.0, "second"), 50)
WARM = "what the winner of the run before had learned"


class RememberingTrainer(FakeTrainer):
    """Leaves policies that say which rewards they were trained with, in order."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.learned: dict[str, list[str]] = {}

    def _evaluation(self, job: TrainingJob) -> Evaluation:
        before = [] if job.init_policy is None else json.loads(job.init_policy.read_text())
        reward = job.reward.text if isinstance(job.reward, Coded) else type(job.reward).__name__
        self.learned[job.key] = [*before, reward]
        job.folder.mkdir(parents=True, exist_ok=True)
        policy_of("population", job.folder).write_text(json.dumps(self.learned[job.key]))
        return super()._evaluation(job)


def make(root: Path, trainer: FakeTrainer, **options: Any) -> Evolution:
    root.mkdir(parents=True, exist_ok=True)
    RunFolder(root).init_policy.write_text(json.dumps([WARM]))
    given: dict[str, Any] = {
        "after": [FIRST, SECOND],
        "init_policy": "ab" * 32,
        "choose_seeds": 2,
        "confirm_top": 3,
    }
    evolution = make_evolution(root, trainer=trainer, **(given | options))
    evolution.task = compared_with(evolution.task, evolution.config)
    return evolution


def finished(root: Path, trainer: FakeTrainer, **options: Any) -> Evolution:
    evolution = make(root, trainer, **options)
    evolution.run()
    return evolution


def failing(name: str, stage: str, replicate: int = 0) -> RememberingTrainer:
    def fail(job: TrainingJob) -> TrainingFailure | None:
        hurt = (job.name, job.stage, job.replicate) == (name, stage, replicate)
        return TrainingFailure("failed", "it paid NaN") if hurt else None

    return RememberingTrainer(fail=fail)


def test_the_search_is_warm_and_the_rest_begins_with_random_weights(tmp_path: Path) -> None:
    trainer = RememberingTrainer(noise=0.5)
    evolution = finished(tmp_path, trainer)
    winner = evolution.state.confirmation and evolution.state.confirmation.winner
    assert winner is not None
    own = evolution.state.candidates[winner].source
    before = [FIRST.source, SECOND.source]
    assert trainer.learned[f"{winner}/search-0"] == [WARM, own]
    for seed in range(3):
        assert trainer.learned[f"{winner}/confirm-{seed}"] == [*before, own]
        assert trainer.learned[f"reference/confirm-{seed}"] == [*before, SECOND.source]
        assert trainer.learned[f"sparse/confirm-{seed}"] == ["Sparse"]
    assert trainer.learned[f"{winner}/choose-0"] == [*before, own]
    steps = {job.name: job.env_steps for job in trainer.jobs if job.stage == "confirm"}
    assert steps == {"before-1": 30, "before-2": 50, winner: STEPS, "reference": STEPS, "sparse": STEPS + 80}


def test_the_rewards_before_are_trained_once_on_each_seed(tmp_path: Path) -> None:
    trainer = RememberingTrainer(noise=0.5)
    evolution = finished(tmp_path, trainer)
    trained = Counter((job.name, job.stage, job.replicate) for job in trainer.jobs)
    assert set(trained.values()) == {1}
    before = [key for key in trained if key[0].startswith("before")]
    assert sorted(before) == [
        (name, stage, seed)
        for name in ("before-1", "before-2")
        for stage, seeds in (("choose", 2), ("confirm", 3))
        for seed in range(seeds)
    ]
    seeds = {(job.stage, job.replicate, job.seed) for job in trainer.jobs}
    assert len(seeds) == len({seed[:2] for seed in seeds}), "they share the seed of what goes on from them"
    assert len(evolution.state.before) == len(before)


def test_the_run_before_gives_the_first_candidate(tmp_path: Path) -> None:
    first = finished(tmp_path, RememberingTrainer()).state.candidates["0-00"]
    assert (first.operator, first.source, first.proposer) == ("given", SECOND.source, "the run before")


def test_all_its_trainings_are_expected(tmp_path: Path) -> None:
    evolution = make(tmp_path, RememberingTrainer(noise=0.5))
    planned = expected_trainings(evolution.task, evolution.config)
    assert planned[30] == planned[50] == 2 + 3
    assert planned[STEPS + 80] == 3
    evolution.run()
    assert shown_trainings(evolution.state) == trainings_over(evolution.state)
    taken = Counter(job.env_steps for job in evolution.trainer.jobs)  # pyright: ignore
    assert all(taken[steps] <= planned[steps] for steps in taken)
    assert taken[30] == planned[30]


def test_any_prefix_of_the_log_resumes_to_the_same_archive(tmp_path: Path) -> None:
    whole = finished(tmp_path / "whole", RememberingTrainer(noise=0.5), generations=1)
    lines = (tmp_path / "whole" / "events.jsonl").read_bytes().splitlines(keepends=True)
    for length in range(1, len(lines), 4):
        root = tmp_path / f"prefix-{length}"
        shutil.copytree(tmp_path / "whole", root)
        (root / "events.jsonl").write_bytes(b"".join(lines[:length]))
        again = finished(root, RememberingTrainer(noise=0.5), generations=1)
        assert archive_of(again.state) == archive_of(whole.state), f"after {length} events"
        assert again.state.before == whole.state.before


def test_after_a_kill_between_two_rewards_only_the_rest_is_trained(tmp_path: Path) -> None:
    finished(tmp_path / "whole", RememberingTrainer(), generations=1)
    lines = (tmp_path / "whole" / "events.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "whole" / "events.jsonl").write_bytes(
        b"".join(lines[: 1 + _last(lines, b'"training_finished"', b'"before-1"', b'"stage":"confirm"')])
    )
    trainer = RememberingTrainer()
    finished(tmp_path / "whole", trainer, generations=1)
    assert {job.stage for job in trainer.jobs} == {"confirm"}
    assert "before-1" not in {job.name for job in trainer.jobs}
    assert trainer.learned["reference/confirm-2"] == [FIRST.source, SECOND.source, SECOND.source]


def _last(lines: list[bytes], *words: bytes) -> int:
    return max(number for number, line in enumerate(lines) if all(word in line for word in words))


@pytest.mark.parametrize("name", ["before-1", "before-2"])
def test_where_a_reward_before_fails_the_finalists_do_and_say_why(tmp_path: Path, name: str) -> None:
    trainer = failing(name, "confirm", 1)
    state = finished(tmp_path, trainer).state
    assert state.finished
    assert state.confirmation is not None
    assert state.confirmation.winner is None
    for finalist in state.finalists or ():
        assert state.candidates[finalist].status is Status.FAILED
        assert (
            "The reward before it, before-2, failed on the same seed: " in state.candidates[finalist].reason
        )
        assert "it paid NaN" in state.candidates[finalist].reason
    assert "before-2, failed on the same seed" in (tmp_path / "summary.md").read_text()
    confirmed = Counter(job.name for job in trainer.jobs if job.stage == "confirm")
    assert confirmed == {
        "before-1": 3, "before-2": 2 + (name == "before-2"), "reference": 2, "sparse": 3
    }, "nobody else can win any more"  # fmt: skip


@pytest.mark.parametrize("name", ["before-1", "before-2"])
def test_a_seed_that_chooses_chooses_nothing_where_a_reward_before_fails_on_it(
    tmp_path: Path, name: str
) -> None:
    trainer = failing(name, "choose", 0)
    state = finished(tmp_path, trainer).state
    assert state.confirmation is not None
    assert state.confirmation.winner is not None
    assert {len(one.seeds) for one in state.confirmation.choice} == {1}
    chose = {(job.name, job.replicate) for job in trainer.jobs if job.stage == "choose"}
    assert {job for job, seed in chose if seed == 0} == {"before-1", name}
    assert not any(one.status is Status.FAILED for one in state.candidates.values())
    told = (tmp_path / "summary.md").read_text()
    assert f"Seed 0 chose nothing: on it {name} failed: it paid NaN" in told


def test_what_is_chosen_and_confirmed_has_other_seeds_than_the_run_before(tmp_path: Path) -> None:
    trainer = RememberingTrainer()
    finished(tmp_path, trainer)
    seeds = {(job.stage, job.replicate): job.seed for job in trainer.jobs}
    assert seeds["search", 0] == seed_for(0, "search", 0)
    for (stage, replicate), seed in seeds.items():
        if stage != "search":
            assert seed != seed_for(0, stage, replicate), "the run before was confirmed on it"
    shared = {(job.stage, job.replicate, job.seed) for job in trainer.jobs}
    assert len(shared) == len(seeds), "all trainings of a seed share it"


def test_a_report_of_a_sequence_says_what_it_is(tmp_path: Path) -> None:
    trainer = failing("before-1", "choose", 0)
    state = finished(tmp_path, trainer).state
    report = run_report(Source("run", state, conclude(state)))
    assert "It is the last of a sequence: before-1.py for 30 steps" in report.sequence
    assert report.fitness.reference == "the reward before, trained on for as long"
    told = " ".join(report.answer.meaning)
    assert "than the reference" not in told
    assert dict(report.cost.steps_by_purpose).get("failed", 0) == 0, "it failed before its first step"
    assert report.cost.trainings == len(trainer.jobs) + 1, "before-2 was given up on that seed"
    assert "a reward before failed" in {cause.name for cause in report.failures.failed}


def test_a_policy_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    finished(tmp_path, RememberingTrainer(), generations=1)
    path = tmp_path / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    cut = _last(lines, b'"training_finished"', b'"before-2"', b'"stage":"confirm"')
    path.write_bytes(b"".join(lines[: cut + 1]))
    policy_of("population", RunFolder(tmp_path).training("before-2", "confirm", 1)).unlink()
    with pytest.raises(StoreError, match=r"before-2/confirm-1/policy.npz is gone"):
        finished(tmp_path, RememberingTrainer(), generations=1)


def test_the_summary_says_what_was_trained_and_what_the_reference_is(tmp_path: Path) -> None:
    evolution = finished(tmp_path, RememberingTrainer(noise=0.5))
    text = (tmp_path / "summary.md").read_text()
    assert "| reference (the reward before, trained on for as long) |" in text
    assert "sparse (fitness as reward, from random weights for the steps of the whole sequence)" in text
    assert (
        "before-1.py for 30 steps, then before-2.py for 50 steps, then reward.py for 100, each from" in text
    )
    assert "Scores of the search are warm" in text
    assert "normalised by the reward before" in text
    assert "those before it as `best/before-1.py`, `best/before-2.py`" in text
    sentence = show(str(tmp_path)).verdict.sentence
    assert "the reward before, trained on for as long: it scored" in sentence
    assert ", the one before " in sentence
    assert show(str(tmp_path)).sequence.startswith("before-1.py for 30 steps")
    assert "    eureka-agent train cartpole --reward before-1.py --env-steps 30 --output trained-1\n" in text
    assert "--env-steps 100 --init-policy trained-2/seed-0/policy.npz --output trained-3" in text
    assert evolution.state.finished


def test_where_nothing_is_better_than_training_on_that_is_said(tmp_path: Path) -> None:
    evolution = finished(tmp_path, RememberingTrainer(), generations=1, samples=1)
    assert evolution.state.confirmation is not None
    assert evolution.state.confirmation.winner == "0-00"
    said = show(str(tmp_path)).verdict
    assert said.kind == "same"
    assert (
        "No reward went further than the one before: 0-00, which is the reward before, trained"
        in said.sentence
    )


def test_a_sequence_of_equal_steps_is_one_command(tmp_path: Path) -> None:
    finished(tmp_path, RememberingTrainer(), after=[Earlier(FIRST.source, STEPS)])
    command = "eureka-agent train cartpole --reward before-1.py --reward reward.py --env-steps 100"
    assert f"    {command}\n" in (tmp_path / "summary.md").read_text()
    saved = (tmp_path / "best" / "reward.py").read_text()
    assert command in " ".join(saved.split())


def test_the_rewards_before_are_saved_and_exported_beside_the_winner(tmp_path: Path) -> None:
    finished(tmp_path / "run", RememberingTrainer())
    assert SECOND.source in (tmp_path / "run" / "best" / "before-2.py").read_text()
    path = export(str(tmp_path / "run"), tmp_path / "mine.py")
    assert path.exists()
    assert FIRST.source in (tmp_path / "before-1.py").read_text()
    assert "number 1 of 3" in (tmp_path / "before-1.py").read_text()
    (tmp_path / "mine.py").unlink()
    with pytest.raises(ConfigError, match=r"before-1.py exists already"):
        export(str(tmp_path / "run"), tmp_path / "mine.py")
    with pytest.raises(ConfigError, match="is what a reward before it"):
        export(str(tmp_path / "run"), tmp_path / "before-2.py", force=True)


def test_a_run_that_goes_on_after_none_is_as_it_was(tmp_path: Path) -> None:
    trainer = RememberingTrainer()
    evolution = make(tmp_path, trainer, after=[], init_policy=None)
    evolution.run()
    assert {job.init_policy for job in trainer.jobs} == {None}
    assert {job.env_steps for job in trainer.jobs} == {STEPS}
    text = (tmp_path / "summary.md").read_text()
    assert "sequence" not in text
    assert "| sparse (fitness as reward) |" in text
    assert {path.name for path in (tmp_path / "best").iterdir()} == {"policy.npz", "reward.py"}


def test_a_saved_policy_alone_is_where_every_training_starts(tmp_path: Path) -> None:
    evolution = make(tmp_path, RememberingTrainer(), after=[])
    sequence = RewardSequence(evolution.config, evolution.folder, STEPS)
    starts = {
        sequence.start(name, stage, 1) for name in ("0-00", "sparse") for stage in ("search", "confirm")
    }
    assert starts == {evolution.folder.init_policy}


@pytest.mark.parametrize(("trainer", "file"), [("population", "policy.npz"), ("sb3", "policy.zip")])
def test_finalists_go_on_from_the_file_that_their_trainer_left(
    tmp_path: Path, trainer: str, file: str
) -> None:
    task = {"kind": "folder", "value": "cartpole"}
    config = make_config({"task": task, "after": [FIRST, SECOND], "trainer": trainer})
    sequence = RewardSequence(config, RunFolder(tmp_path), STEPS)
    assert sequence.start("0-00", "confirm", 1) == tmp_path / "candidates" / "before-2" / "confirm-1" / file
    assert sequence.start("before-1", "confirm", 1) is None
