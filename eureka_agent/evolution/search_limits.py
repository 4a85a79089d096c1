"""When a search ends before its last generation: its budget is spent, or its target is reached."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from eureka_agent.archive.candidate import Candidate
from eureka_agent.budget import Limits, Spent
from eureka_agent.config import RunConfig
from eureka_agent.evolution.step_budget import candidate_steps, reserved_trainings, target_of
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import Trainer


@dataclass(frozen=True)
class SearchLimits:
    """What a run may still spend, and the fitness at which it has enough."""

    config: RunConfig
    task: Task
    state: RunState
    trainer: Trainer

    def reason_to_stop(self, leader: Candidate | None, beside: int) -> str:
        """Return why no further generation begins, in words; empty where one may.

        `beside` are the trainings on another seed that would be trained beside it.
        """
        if self.state.stopped:
            return self.state.stopped
        if exhausted := self._limits.exhausted(self._spent):
            return exhausted
        if not self.affordable_samples(beside):
            return "the environment steps left are needed for the confirmation"
        if leader is not None and self.at_target(leader):
            return f"{leader.id} reached the target fitness {target_of(self.task, self.config):g}"
        return ""

    def affordable_samples(self, beside: int) -> int:
        """Return how many candidates fit the step budget with `beside` and the confirmation.

        Neither is ever cut.
        """
        steps = candidate_steps(self.task, self.config)
        each = self.trainer.steps_of(self.task, steps)
        reserved = reserved_trainings(self.task, self.config) + Counter({steps: beside})
        return self._limits.affordable(
            self._spent,
            each=each * self.config.search.seeds,
            reserved=sum(count * self.trainer.steps_of(self.task, n) for n, count in reserved.items()),
            wanted=self.config.search.samples,
        )

    def at_target(self, candidate: Candidate) -> bool:
        """Tell whether a candidate's mean fitness reaches the target; never where there is none."""
        target = target_of(self.task, self.config)
        fitness, sign = candidate.fitness, self.task.fitness.sign
        return target is not None and fitness is not None and sign * fitness >= sign * target

    @property
    def _limits(self) -> Limits:
        minutes = self.config.budget.minutes
        return Limits(self.config.budget.steps, self.config.budget.usd, minutes and minutes * 60)

    @property
    def _spent(self) -> Spent:
        state = self.state
        return Spent(state.env_steps, state.cost_usd, state.cost_unbounded, state.active_s)
