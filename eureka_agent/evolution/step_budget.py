"""How far a budget of environment steps goes."""

from __future__ import annotations

from eureka_agent.config import RunConfig, choosing_trainings
from eureka_agent.errors import ConfigError
from eureka_agent.evolution.selection import planned_again
from eureka_agent.store.checked import BASELINES
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import most_steps


def reserved_trainings(task: Task, config: RunConfig) -> int:
    """Return how many trainings a generation must leave room for: the confirmation, and further seeds."""
    return confirmation_trainings(config) + trainings_again(task, config)


def trainings_again(task: Task, config: RunConfig) -> int:
    """Return how many trainings on another seed a generation leads to, of those that nothing saved pays for.

    A leader at the target has one, as long as it was trained on one seed.
    """
    at_target = config.search.seeds == 1 and target_of(task, config) is not None
    return planned_again(config) + at_target


def target_of(task: Task, config: RunConfig) -> float | None:
    """Return the fitness at which a search has enough; None where none is."""
    return task.fitness.target if config.search.target is None else config.search.target


def confirmation_trainings(config: RunConfig) -> int:
    """Return how many trainings it takes at most to choose a winner and to confirm it."""
    plan = config.confirmation
    if not plan.chooses:
        return (plan.top + len(BASELINES)) * plan.seeds
    return choosing_trainings(plan.top, plan.choosing) + (1 + len(BASELINES)) * plan.seeds


def check_step_budget(task: Task, config: RunConfig, rollout: int | None = None) -> None:
    """Raise ConfigError where `budget_steps` do not pay for one candidate beside what is reserved.

    `rollout` is how many steps are taken between updates, by default as the task's settings say.
    """
    if config.budget.steps is None:
        return
    trainings = reserved_trainings(task, config) + config.search.seeds
    needed = trainings * most_steps(task, config.training.env_steps or task.budget.env_steps, rollout)
    if config.budget.steps < needed:
        raise ConfigError(
            f"{config.budget.steps:,} environment steps are too few for one candidate and its confirmation, "
            f"{trainings} trainings in all.",
            allowed=f"at least {needed:,}",
            fix="Raise --budget-steps, or lower --env-steps, --confirm-seeds or --choose-seeds.",
        )
