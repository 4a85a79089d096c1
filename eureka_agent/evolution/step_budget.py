"""How far a budget of environment steps goes."""

from __future__ import annotations

from collections import Counter

from eureka_agent.config import RunConfig, choosing_trainings
from eureka_agent.errors import ConfigError
from eureka_agent.evolution.selection import planned_again
from eureka_agent.store.checked import BASELINES
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import most_steps

Trainings = Counter[int]
"""How many trainings there are of each number of steps."""


def candidate_steps(task: Task, config: RunConfig) -> int:
    """Return the steps of a candidate's training."""
    return config.training.env_steps or task.budget.env_steps


def reserved_trainings(task: Task, config: RunConfig) -> Trainings:
    """Return the trainings that a generation must leave room for: the confirmation, and further seeds."""
    again = Counter({candidate_steps(task, config): trainings_again(task, config)})
    return confirmation_trainings(task, config) + again


def trainings_again(task: Task, config: RunConfig) -> int:
    """Return how many trainings on another seed a generation leads to, of those that nothing saved pays for.

    A leader at the target has one, as long as it was trained on one seed.
    """
    at_target = config.search.seeds == 1 and target_of(task, config) is not None
    return planned_again(config) + at_target


def target_of(task: Task, config: RunConfig) -> float | None:
    """Return the fitness at which a search has enough; None where none is."""
    return task.fitness.target if config.search.target is None else config.search.target


def baselines_of(config: RunConfig) -> tuple[str, ...]:
    """Return what is confirmed beside the winner; where people judge there is no fitness to pay as sparse."""
    return BASELINES[:1] if config.people.judge else BASELINES


def confirmation_trainings(task: Task, config: RunConfig) -> Trainings:
    """Return the trainings that it takes at most to choose a winner and to confirm it.

    In a sequence the rewards before are trained once on each of these seeds, and sparse for all of its steps.
    """
    plan, before, steps = config.confirmation, config.training.after, candidate_steps(task, config)
    confirmed = 1 if plan.chooses else plan.top
    found = Counter({steps: choosing_trainings(plan.top, plan.choosing) + (confirmed + 1) * plan.seeds})
    if "sparse" in baselines_of(config):
        found[steps + sum(one.env_steps for one in before)] += plan.seeds
    for one in before:
        found[one.env_steps] += plan.seeds + (plan.choosing if plan.chooses else 0)
    return found


def check_step_budget(task: Task, config: RunConfig, rollout: int | None = None) -> None:
    """Raise ConfigError where `budget_steps` do not pay for one candidate beside what is reserved.

    `rollout` is how many steps are taken between updates, by default as the task's settings say.
    """
    if config.budget.steps is None:
        return
    first = Counter({candidate_steps(task, config): config.search.seeds})
    trainings = reserved_trainings(task, config) + first
    needed = steps_of(trainings, task, rollout)
    if config.budget.steps < needed:
        raise ConfigError(
            f"{config.budget.steps:,} environment steps are too few for one candidate and its confirmation, "
            f"{trainings.total()} trainings in all.",
            allowed=f"at least {needed:,}",
            fix="Raise --budget-steps, train for fewer steps (--env-steps or --quick), or lower "
            "--confirm-seeds or --choose-seeds.",
        )


def steps_of(trainings: Trainings, task: Task, rollout: int | None = None) -> int:
    """Return how many environment steps they take at most, evaluation included."""
    return sum(count * most_steps(task, env_steps, rollout) for env_steps, count in trainings.items())
