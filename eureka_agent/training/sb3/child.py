"""The Stable-Baselines3 trainer inside its child."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eureka_agent.errors import EurekaError, StoreError
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.child import TrainingSession, payer_of, sampled
from eureka_agent.training.evaluation_rewards import Payer
from eureka_agent.training.protocol import TrainRequest
from eureka_agent.training.reward_sample import RewardSample
from eureka_agent.training.sb3.policy_file import FILE, save_model
from eureka_agent.training.sb3.ppo import Trained, train_ppo
from eureka_agent.trajectories.trajectory import Trajectory


class Sb3Training:
    """See `ChildBackend`."""

    _trained: Trained
    _task: Task

    def configure(self, request: TrainRequest) -> None:
        """Nothing is to be set up."""

    def train(self, session: TrainingSession) -> None:
        """Train one job after the other."""
        self._task = session.task
        for name in session.left:
            candidate = session.candidate(name, PpoSettings.of(session.task.algorithm).n_envs)
            try:
                self._trained = train_ppo(
                    session.task,
                    candidate,
                    env_steps=session.request.env_steps,
                    processes=session.request.cores,
                    on_checkpoint=session.on_checkpoint,
                )
            except StoreError:
                raise
            except EurekaError as error:
                session.on_end(candidate, error)
            else:
                session.on_end(candidate, self._trained.learned)

    def save(self, folder: Path, learned: Learned) -> None:
        """Write the model that was just trained."""
        normalize = self._trained.normalize
        save_model(folder / FILE, self._trained.model, normalize.obs_rms if normalize.norm_obs else None)

    def samples(
        self, candidate: TrainingCandidate[Any], episodes: Sequence[Trajectory]
    ) -> Sequence[RewardSample]:
        """Return steps that a generated reward paid for while it was learned from."""
        return sampled(candidate)

    def payer(self, candidate: TrainingCandidate[Any]) -> Payer | None:
        """Return what pays steps that nothing is learned from."""
        return payer_of(candidate, self._task)
