"""The population trainer inside its child: candidates are spread over as many threads as there are cores.

Each thread has a population of its own: physics and updates of different threads overlap, because both leave
Python's lock. Where there is no room for all candidates, nobody is trained and the process that asked is told
how many fit.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.errors import TaskError, TrainingError
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.child import TrainingSession, payer_of, sampled
from eureka_agent.training.evaluation_rewards import Payer
from eureka_agent.training.population.candidate_learner import PolicyWeights
from eureka_agent.training.population.encoder import encoder_of
from eureka_agent.training.population.learner import Learner, configure_jax
from eureka_agent.training.population.memory import MB, held_bytes, need_of
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.policy_file import FILE, save_policy
from eureka_agent.training.population.population import Population
from eureka_agent.training.population.race import Race
from eureka_agent.training.population.stage_group import stage_envs_of
from eureka_agent.training.protocol import DoesNotFit, TrainRequest
from eureka_agent.training.reward_sample import RewardSample
from eureka_agent.training.schedule import CheckpointSchedule
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.trajectories.trajectory import Trajectory

SWITCH_INTERVAL_S = 0.0005
"""How long one thread may keep Python's lock while the other waits for it after a simulator step."""


class PopulationTraining:
    """See `ChildBackend`."""

    learner: Learner
    _task: Task

    def configure(self, request: TrainRequest) -> None:
        """Set up threads and JAX."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        configure_jax(request.cache)

    def train(self, session: TrainingSession) -> None:
        """Train everything, or nothing if it does not fit."""
        request, task = session.request, session.task
        self._task = task
        self._factory = SimulatorFactory(task, threads=1, processes=request.cores)
        self._stages = stage_envs_of(task, request.env_steps, self._factory)
        self.learner = make_learner(task, self._factory)
        self.learner.warm_up()
        need = need_of(task, self._factory, self.learner)
        fitting = need.fitting(task.budget.memory_mb * MB, held_bytes(), request.threads)
        if fitting < len(session.jobs) > 1:
            session.channel.tell(DoesNotFit(fitting=max(1, fitting)))
            return
        if request.race is not None and fitting >= request.race.members:
            rollout = self.learner.settings.rollout
            session.begin_race(
                CheckpointSchedule.of(request.env_steps, checkpoints=task.budget.checkpoints, rollout=rollout)
            )
        names = list(session.jobs)
        groups = [names[first :: request.threads] for first in range(request.threads)]
        with ThreadPoolExecutor(len(groups), thread_name_prefix="population") as pool:
            for future in [pool.submit(self._run_group, session, group) for group in groups]:
                future.result()

    def save(self, folder: Path, learned: Learned) -> None:
        """Write the policy of the chosen checkpoint."""
        save_weights(folder, self.learner, learned.checkpoint.policy)

    def samples(
        self, candidate: TrainingCandidate[Any], episodes: Sequence[Trajectory]
    ) -> Sequence[RewardSample]:
        """Return steps that a generated reward paid for while it was learned from."""
        return sampled(candidate)

    def payer(self, candidate: TrainingCandidate[Any]) -> Payer | None:
        """Return what pays steps that nothing is learned from."""
        return payer_of(candidate, self._task)

    def _run_group(self, session: TrainingSession, names: Sequence[str]) -> None:
        """Train some jobs; whatever happens to them, nobody waits for them afterwards."""
        try:
            self._train_group(session, names, session.race)
        finally:
            session.leave_race(names)

    def _train_group(self, session: TrainingSession, names: Sequence[str], race: Race | None) -> None:
        """Train some jobs in step; where their worlds misbehave, find out whose they are by halves.

        Those halves begin anew, one after the other, so that they are no longer in step with the others:
        they leave the race and are trained to the end.
        """
        candidates = [session.candidate(name, self.learner.settings.n_envs) for name in names]
        try:
            Population(
                session.task,
                candidates,
                factory=self._factory,
                learner=self.learner,
                env_steps=session.request.env_steps,
                on_end=session.on_end,
                on_checkpoint=session.on_checkpoint,
                stages=self._stages,
                race=race,
            ).run()
        except (TaskError, TrainingError) as error:
            left = [candidate for candidate in candidates if candidate.name in session.left]
            if len(left) <= 1:
                for candidate in left:
                    session.on_end(candidate, error)
                return
            session.leave_race(names)
            half = len(left) // 2
            for part in (left[:half], left[half:]):
                self._train_group(session, [candidate.name for candidate in part], None)


def save_weights(folder: Path, learner: Learner, weights: PolicyWeights) -> None:
    """Write a policy into a job's folder, with its observation statistics where they are in use."""
    moments = weights.moments if learner.settings.normalize_observation else None
    save_policy(folder / FILE, learner.network, weights.flat, moments)


def make_learner(task: Task, factory: SimulatorFactory) -> Learner:
    """Return the learner that fits a task's worlds; raises TrainingError where none does."""
    settings = PpoSettings.of(task.algorithm)
    worlds = factory.make([0])
    try:
        dim = int(np.prod(worlds.policy_space.shape))
        network = Network.of(
            dim,
            worlds.action_space,
            settings.hidden_sizes,
            sde=settings.use_sde,
            encoder=encoder_of(settings),
        )
    finally:
        worlds.close()
    return Learner(network, settings)
