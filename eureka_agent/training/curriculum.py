"""A curriculum: which environment each part of a training uses.

A training has as many steps with stages as without: the stages share them in proportion to their own
`env_steps`, and what a stage leaves over because its `until` was reached goes to the last one. Policies are
chosen and scored on the task itself throughout.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from eureka_agent.errors import TaskError
from eureka_agent.tasks.observe import policy_space
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import Task


@dataclass(frozen=True)
class TrainingStage:
    """One part of a training."""

    index: int
    task: Task
    """The task in this stage's environment, for training and for measuring `until`."""
    env_steps: int | None = None
    """Steps after which the next stage begins; None for the last, which gets the rest."""
    until: float | None = None

    def passed(self, fitness: float) -> bool:
        """Whether this fitness in the stage's own environment lets the next one begin."""
        sign = self.task.fitness.sign
        return self.until is not None and sign * fitness >= sign * self.until

    def over(self, steps: int) -> bool:
        """Whether so many steps are all that this stage may take."""
        return self.env_steps is not None and steps >= self.env_steps


def training_stages_of(task: Task, env_steps: int) -> tuple[TrainingStage, ...]:
    """Return the lessons of a training of `env_steps` steps, in order: the stages, or the task itself.

    Raises TaskError if a stage's observations or actions differ from the task's.
    """
    if not task.stages:
        return (TrainingStage(0, task),)
    total = sum(stage.env_steps for stage in task.stages)
    stages = [
        TrainingStage(
            index, stage_task(task, index), max(1, round(env_steps * stage.env_steps / total)), stage.until
        )
        for index, stage in enumerate(task.stages)
    ]
    return (*stages[:-1], replace(stages[-1], env_steps=None, until=None))


def stage_task(task: Task, index: int) -> Task:
    """Return the task in the environment of one of its stages, with the same budget and algorithm."""
    stage = task.stages[index]
    if not stage.kwargs and stage.max_episode_steps is None:
        return replace(task, stages=())
    ref = replace(task.ref, options={**task.ref.options, "stage": index})
    staged = replace(load_task(ref), budget=task.budget, algorithm=task.algorithm)
    seen, wanted = _spaces(staged), _spaces(task)
    if seen != wanted:
        raise TaskError(
            f"Stage '{stage.name}' of {task.name} has {seen}, the task itself {wanted}.",
            allowed="stages that observe and act as the task does: one policy learns in all of them",
            fix="Change the stage's kwargs in task.toml.",
        )
    return staged


def _spaces(task: Task) -> str:
    env = task.make_env()
    try:
        shape = policy_space(env.observation_space).shape
        return f"observations of shape {shape} and actions {env.action_space}"
    finally:
        env.close()
