"""What a run's log says of its task in plain words, so that a reader need not load the task."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from eureka_agent.config import RunConfig
from eureka_agent.store import checked
from eureka_agent.tasks.task import Task

_DIRECTIONS = ("maximize", "minimize")


@dataclass(frozen=True)
class TaskFacts:
    """What stands in the header of a saved reward, and is not in the configuration."""

    task: str
    """The task's name."""
    description: str
    env_id: str
    fitness: str
    """What the fitness measures, in a sentence."""
    direction: str
    """"maximize" or "minimize"."""
    env_steps: int
    """Environment steps of each training."""
    own_progress: bool = False
    """Whether the task measures a signal `progress` of its own, which is no share of a training."""

    @classmethod
    def of(cls, task: Task, config: RunConfig) -> TaskFacts:
        """Return the facts of a run of `task`."""
        steps = config.training.env_steps or task.budget.env_steps
        fitness, own = task.fitness, not task.offers_progress
        return cls(
            task.name, task.description, task.env_id, fitness.summary, fitness.direction, steps, own
        )  # fmt: skip

    @classmethod
    def from_json(cls, data: Any) -> TaskFacts:
        """Read what `to_json` wrote, whoever wrote the log; ValueError or TypeError for anything else."""
        facts = cls(**checked.mapping(data, "facts"))
        for name in ("task", "description", "env_id", "fitness"):
            checked.text(getattr(facts, name), f"facts.{name}")
        checked.choice(facts.direction, "facts.direction", _DIRECTIONS)
        checked.whole(facts.env_steps, "facts.env_steps", most=10**15)
        checked.flag(facts.own_progress, "facts.own_progress")
        return facts

    def to_json(self) -> checked.Json:
        """Return a plain dictionary that `from_json` reads back."""
        return asdict(self)
