"""Searches in which nothing can be told: all fail, or all score the same. They end, and say so."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeTrainer, make_evolution

from eureka_agent.api.evolve import evolve
from eureka_agent.archive.candidate import Status
from eureka_agent.errors import TaskError
from eureka_agent.report.conclusion import conclude
from eureka_agent.report.effort import confirmed_improvements
from eureka_agent.resources import bundled_folders
from eureka_agent.training.job import TrainingFailure, TrainingJob

RULES = [{"selection": "duels"}, {"selection": "posterior"}, {"selection": "posterior", "search_seeds": 2}]


def failing(stage: str, prefix: str = "") -> FakeTrainer:
    """Fail candidates of one stage, and nothing else."""

    def fail(job: TrainingJob) -> TrainingFailure | None:
        hurt = job.stage == stage and job.name[0].isdigit() and job.name.startswith(prefix)
        return TrainingFailure("failed", "it broke") if hurt else None

    return FakeTrainer(noise=1.0, fail=fail)


class Constant(FakeTrainer):
    """Every policy scores the same, a number that no float holds exactly."""

    def _evaluation(self, job: TrainingJob) -> Any:
        one: Any = super()._evaluation(job)
        return replace(one, fitness=0.1, episode_fitness=(0.1,) * 7)


@pytest.mark.parametrize("options", RULES)
def test_a_generation_that_fails_as_a_whole_is_followed_by_another(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    evolution = make_evolution(tmp_path, trainer=failing("search", "0-"), generations=2, **options)
    evolution.run()
    state = evolution.state
    assert state.judgements[0].incumbent is None
    assert not state.judgements[0].duel
    assert state.judgements[0].reason == "nothing was trained to the end yet"
    assert not any(candidate.parents for candidate in state.candidates.values())
    assert state.confirmation is not None
    assert str(state.confirmation.winner).startswith("1-")


@pytest.mark.parametrize("options", RULES)
def test_a_search_that_fails_as_a_whole_ends_without_a_reward_and_says_why(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    evolution = make_evolution(tmp_path, trainer=failing("search"), generations=2, **options)
    evolution.run()
    assert evolution.state.finished
    assert conclude(evolution.state).sentence.startswith("No reward was found: 8 failed; 8 rewards tried")
    assert "- it broke" in (tmp_path / "summary.md").read_text()
    assert not evolution.state.baselines, "there is nothing to compare with them"


@pytest.mark.parametrize("options", RULES)
@pytest.mark.parametrize("stage", ["choose", "confirm"])
def test_where_all_finalists_fail_there_is_no_winner(
    tmp_path: Path, stage: str, options: dict[str, Any]
) -> None:
    evolution = make_evolution(tmp_path, trainer=failing(stage), generations=2, confirm_top=3, **options)
    evolution.run()
    state = evolution.state
    assert state.confirmation is not None
    assert state.confirmation.winner is None
    assert {state.candidates[name].status for name in state.finalists or ()} == {Status.FAILED}
    said = conclude(state).sentence
    assert said.startswith("No reward was found: the 3 best of the search failed on further seeds; 8 rewards")
    assert "- it broke" in (tmp_path / "summary.md").read_text()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("options", RULES)
def test_a_fitness_that_never_differs_finds_nobody_better(tmp_path: Path, options: dict[str, Any]) -> None:
    evolution = make_evolution(tmp_path, trainer=Constant(), generations=3, **options)
    evolution.run()
    state = evolution.state
    assert conclude(state).kind == "same"
    assert confirmed_improvements(state) == 0
    assert state.confirmation is not None
    assert all((row.low, row.high) == (row.fitness, row.fitness) for row in state.confirmation.table)
    text = (tmp_path / "summary.md").read_text()
    assert "The fitness never differed: every training scored 0.1" in text
    assert "better than" not in text
    for judgement in state.judgements.values():
        assert "beat" not in judgement.reason


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_fitness_that_is_no_number_ends_before_there_is_a_run(tmp_path: Path, value: str) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(bundled_folders("envs")[0] / "cartpole", folder)
    text = (folder / "task.py").read_text()
    paid = 'np.ones_like(signals["pole_angle"])'
    assert paid in text
    (folder / "task.py").write_text(text.replace(paid, f"np.{value} * {paid}"))
    with pytest.raises(TaskError, match=f"the fitness of an episode is {value}") as raised:
        evolve(str(folder), runs=tmp_path / "runs", model="search", env_steps=256)
    assert raised.value.allowed == "a finite number for every episode"
    assert not (tmp_path / "runs").exists()
