"""Some members who train in the same stage in worlds of their own, all in step since they entered it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np

from eureka_agent.errors import EurekaError
from eureka_agent.tasks.task import Task
from eureka_agent.training.curriculum import TrainingStage, training_stages_of
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.candidate_learner import CandidateLearner
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.population.rollout import Collector
from eureka_agent.training.simulators import SimulatorFactory

Array = np.ndarray


class StageEnvs(NamedTuple):
    """A stage and what makes its worlds."""

    stage: TrainingStage
    factory: SimulatorFactory


def stage_envs_of(task: Task, env_steps: int, factory: SimulatorFactory) -> tuple[StageEnvs, ...]:
    """Return what a training trains in in order; `factory` makes the worlds of the task itself."""
    return tuple(
        StageEnvs(stage, SimulatorFactory(stage.task, threads=factory.threads, processes=factory.processes))
        for stage in training_stages_of(task, env_steps)
    )


class StageGroup:
    """Members in one simulator; whoever leaves takes everything but the worlds along."""

    def __init__(
        self, stage_envs: StageEnvs, members: Sequence[CandidateLearner], learner: Learner, *, since: int
    ) -> None:
        """`since` is how many steps of the training were taken before this one began."""
        self.stage_envs, self.since = stage_envs, since
        self.members = list(members)
        seeds = [seed for member in members for seed in member.begin()]
        self._collector = Collector(
            stage_envs.stage.task,
            stage_envs.factory.make(seeds),
            learner.network,
            learner.settings,
            candidates=len(self.members),
        )

    def train_iteration(
        self, policies_of: Callable[[Sequence[CandidateLearner]], Policies], *, progress: float
    ) -> dict[CandidateLearner, EurekaError]:
        """Collect one rollout and let everybody learn from their part; return who cannot go on, and why.

        `progress` is the share of the whole training that is done.
        """
        wanted = sorted({name for member in self.members for name in member.candidate.provider.signals})
        noise = [member.draw_noise() for member in self.members]
        rollouts = self._collector.collect(policies_of(self.members), noise, wanted, progress=progress)
        failed: dict[CandidateLearner, EurekaError] = {}
        for member, rollout in zip(self.members, rollouts, strict=True):
            try:
                member.learn(rollout, policies_of([member]))
            except EurekaError as error:
                failed[member] = error
        return failed

    def release(self, leaving: Collection[CandidateLearner]) -> None:
        """Go on without some members and their worlds; with nobody left the worlds are closed."""
        kept = [index for index, member in enumerate(self.members) if member not in leaving]
        if len(kept) == len(self.members):
            return
        self.members = [self.members[index] for index in kept]
        if kept:
            self._collector.retain(kept)
        else:
            self._collector.close()

    def close(self) -> None:
        """Close the worlds."""
        self._collector.close()
