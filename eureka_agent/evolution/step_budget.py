"""How far a budget of environment steps goes."""

from __future__ import annotations

from eureka_agent.config import RunConfig, choosing_trainings
from eureka_agent.errors import ConfigError
from eureka_agent.evolution.selection import most_again
from eureka_agent.store.checked import BASELINES
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import most_steps


def reserved_trainings(config: RunConfig) -> int:
    """Return how many trainings the search must leave room for: the confirmation, and further seeds."""
    return confirmation_trainings(config) + most_again(config)


def confirmation_trainings(config: RunConfig) -> int:
    """Return how many trainings it takes at most to choose a winner and to confirm it."""
    plan = config.confirmation
    if not plan.chooses:
        return (plan.top + len(BASELINES)) * plan.seeds
    return choosing_trainings(plan.top, plan.choosing) + (1 + len(BASELINES)) * plan.seeds


def check_step_budget(task: Task, config: RunConfig) -> None:
    """Raise ConfigError where `budget_steps` do not pay for one candidate beside what is reserved."""
    if config.budget.steps is None:
        return
    trainings = reserved_trainings(config) + config.search.seeds
    needed = trainings * most_steps(task, config.training.env_steps or task.budget.env_steps)
    if config.budget.steps < needed:
        raise ConfigError(
            f"{config.budget.steps:,} environment steps are too few for one candidate and its confirmation, "
            f"{trainings} trainings in all.",
            allowed=f"at least {needed:,}",
            fix="Raise --budget-steps, or lower --env-steps, --confirm-seeds or --choose-seeds.",
        )
