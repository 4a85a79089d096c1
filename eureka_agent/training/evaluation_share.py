"""How much of a training is spent on looking at it: at most a fifth, where the task leaves it open."""

from __future__ import annotations

from dataclasses import replace

from eureka_agent.store.records import EvaluationPlan
from eureka_agent.tasks.task import Task

LEARNING_PER_EVALUATION = 4
"""Steps of learning for each step of evaluation: a fifth of all are evaluation."""
FEWEST_CHOOSING = 5
"""Episodes of a checkpoint's evaluation, however long they are."""
FEWEST_SCORING = 10
"""Episodes that score the chosen checkpoint, however long they are."""


def with_fitted_evaluation(task: Task, env_steps: int) -> Task:
    """Return a task whose trainings of `env_steps` spend at most a fifth of their steps on evaluation.

    Fewer checkpoints first, then fewer episodes each; never less than one checkpoint of 5 episodes and 10
    that score it. Episodes count with their time limit. What a task file states stays as it stands.
    """
    budget = task.budget
    if budget.evaluation_stated:
        return task
    episodes = env_steps // LEARNING_PER_EVALUATION // task.max_episode_steps
    scoring = max(FEWEST_SCORING, budget.eval_episodes)
    choosing = min(FEWEST_CHOOSING, budget.eval_episodes)
    checkpoints = min(budget.checkpoints, max(1, (episodes - scoring) // choosing))
    each = min(budget.eval_episodes, max(choosing, (episodes - scoring) // checkpoints))
    return with_evaluation(task, EvaluationPlan(checkpoints, each, scoring))


def evaluation_of(task: Task) -> EvaluationPlan:
    """Return how a task's trainings are evaluated."""
    budget = task.budget
    return EvaluationPlan(budget.checkpoints, budget.eval_episodes, budget.scoring_episodes)


def with_evaluation(task: Task, plan: EvaluationPlan) -> Task:
    """Return a task whose trainings are evaluated as planned."""
    budget = replace(
        task.budget,
        checkpoints=plan.checkpoints,
        eval_episodes=plan.choosing,
        score_episodes=plan.scoring,
        evaluation_stated=True,
    )
    return replace(task, budget=budget)
