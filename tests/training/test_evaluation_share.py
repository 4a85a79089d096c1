"""Looking at a training costs at most a fifth of its steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eureka_agent.store.records import EvaluationPlan
from eureka_agent.tasks import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluation import episode_seeds
from eureka_agent.training.evaluation_share import evaluation_of, with_evaluation, with_fitted_evaluation
from eureka_agent.training.job import most_steps


def foreign(limit: int) -> Task:
    return find_task("gym:CartPole-v1", max_episode_steps=limit)


@pytest.mark.parametrize("limit", [10, 100, 200, 500, 1000])
@pytest.mark.parametrize("env_steps", [60_000, 200_000, 1_000_000])
def test_evaluation_takes_at_most_a_fifth(limit: int, env_steps: int) -> None:
    task = with_fitted_evaluation(foreign(limit), env_steps)
    evaluated = most_steps(task, env_steps, rollout=1) - env_steps
    plan = evaluation_of(task)
    assert evaluated <= (env_steps + evaluated) / 5
    assert plan.choosing >= 5
    assert plan.scoring >= 10


def test_long_episodes_of_a_short_training_get_the_fewest_that_tell_something() -> None:
    task = with_fitted_evaluation(foreign(1600), 30_000)
    assert evaluation_of(task) == EvaluationPlan(checkpoints=1, choosing=5, scoring=10)


def test_short_episodes_are_evaluated_as_often_as_before() -> None:
    assert evaluation_of(with_fitted_evaluation(foreign(50), 200_000)) == EvaluationPlan(10, 10, 10)


def test_what_a_task_file_states_stands() -> None:
    task = find_task("cartpole")
    assert with_fitted_evaluation(task, 1000) == task


def test_a_task_file_that_says_nothing_is_fitted(tmp_path: Path) -> None:
    shipped = find_task("cartpole").folder
    assert shipped is not None
    toml = (shipped / "task.toml").read_text()
    unsaid = "\n".join(
        line for line in toml.splitlines() if not line.startswith(("checkpoints", "eval_episodes"))
    )
    folder = tmp_path / "unsaid"
    folder.mkdir()
    for file in shipped.glob("*.py"):
        (folder / file.name).write_text(file.read_text())
    (folder / "task.toml").write_text(unsaid)
    assert with_fitted_evaluation(find_task(folder), 30_000).budget.checkpoints == 1


def test_a_fitted_task_stays_as_it_is() -> None:
    task = with_fitted_evaluation(foreign(500), 50_000)
    assert with_fitted_evaluation(task, 1000) == task


def test_choosing_and_scoring_have_their_own_episodes() -> None:
    task = with_evaluation(replace(foreign(500)), EvaluationPlan(2, 5, 10))
    chosen, scored = (episode_seeds(task, 0, purpose) for purpose in ("select", "score"))
    assert (len(chosen), len(scored)) == (5, 10)
    assert not {*chosen} & {*scored}
