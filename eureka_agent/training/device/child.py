"""The device trainer inside its child: a generation is one program.

Nothing generated runs here as Python. Rewards come as traced programs, in files that processes with generated
code in them wrote, and are admitted one by one; who is not admitted has failed, and the others go on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eureka_agent.errors import RewardError, TrainingError
from eureka_agent.rewards.jax_export import SignalShape
from eureka_agent.rewards.jax_program import admit
from eureka_agent.rewards.source import parse_reward
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.child import TrainingSession
from eureka_agent.training.device.platform import configure_device
from eureka_agent.training.device.population import DevicePopulation
from eureka_agent.training.device.reward_provider import (
    DeviceNativeReward,
    DeviceRewardProvider,
    DeviceSparseReward,
    EpisodePay,
    TracedRewardProvider,
)
from eureka_agent.training.device.settings import device_settings
from eureka_agent.training.device.worlds import DeviceWorlds
from eureka_agent.training.evaluation_rewards import Payer
from eureka_agent.training.population.child import save_weights
from eureka_agent.training.population.encoder import encoder_of
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.population.network import Network
from eureka_agent.training.protocol import DeviceRequest, JobRequest, TracedRewardFile, TrainRequest
from eureka_agent.training.reward_sample import RewardSample
from eureka_agent.training.schedule import CheckpointSchedule
from eureka_agent.training.simulators.choosing import device_physics
from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.trajectory import Trajectory


class DeviceTraining:
    """See `ChildBackend`."""

    learner: Learner

    def configure(self, request: TrainRequest) -> None:
        """Set JAX up."""
        configure_device(_device(request).platform, request.cache)

    def train(self, session: TrainingSession) -> None:
        """Train everything; raises what keeps all jobs from being trained."""
        request, task = session.request, session.task
        settings = device_settings(task, _device(request).worlds)
        worlds = DeviceWorlds(task, device_physics(task))
        dim = int(worlds.policy_space.shape[0])
        self.learner = Learner(
            Network.of(
                dim,
                worlds.actions.space,
                settings.hidden_sizes,
                sde=False,
                encoder=encoder_of(settings),
            ),
            settings,
        )
        session.begin_race(
            CheckpointSchedule.of(
                request.env_steps, checkpoints=task.budget.checkpoints, rollout=settings.rollout
            )
        )
        candidates = [made for job in request.jobs if (made := self._admitted(session, job, worlds))]
        if candidates:
            DevicePopulation(
                task,
                candidates,
                worlds=worlds,
                learner=self.learner,
                env_steps=request.env_steps,
                on_end=session.on_end,
                on_checkpoint=session.on_checkpoint,
                race=session.race,
            ).run()

    def save(self, folder: Path, learned: Learned) -> None:
        """Write the policy of the chosen checkpoint."""
        save_weights(folder, self.learner, learned.checkpoint.policy)

    def samples(
        self, candidate: TrainingCandidate[Any], episodes: Sequence[Trajectory]
    ) -> Sequence[RewardSample]:
        """Return what the reward's program paid, on the device, for the first of the episodes."""
        provider = candidate.provider
        if not isinstance(provider, TracedRewardProvider) or episodes[0].reward is None:
            return ()
        batch = TrajectoryBatch.in_a_row(episodes[:1])
        signals = {name: batch.signals[name] for name in provider.signals}
        components = {name: values[:, None] for name, values in episodes[0].components.items()}
        paid, progress = episodes[0].reward[:, None], episodes[0].progress
        return [RewardSample.of(signals, batch.first, paid, components, progress=progress)]

    def payer(self, candidate: TrainingCandidate[Any]) -> Payer | None:
        """Return what pays whole episodes by the candidate's program."""
        provider = candidate.provider
        paid_by_host = isinstance(provider, DeviceSparseReward)
        return None if paid_by_host else Payer(EpisodePay(provider), rows=sys.maxsize)

    def _admitted(
        self, session: TrainingSession, job: JobRequest, worlds: DeviceWorlds
    ) -> TrainingCandidate[DeviceRewardProvider] | None:
        """Return a job's candidate; None, and its failure written, where its reward is not admitted."""
        try:
            return TrainingCandidate(job.job, job.seed, self._provider(session, job, worlds))
        except (RewardError, TrainingError) as error:
            session.fail(job.job, error)
            return None

    def _provider(
        self, session: TrainingSession, job: JobRequest, worlds: DeviceWorlds
    ) -> DeviceRewardProvider:
        if job.kind == "native":
            return DeviceNativeReward()
        if job.kind == "sparse":
            return DeviceSparseReward(session.task, worlds, self.learner.settings.n_envs)
        assert isinstance(job.reward, TracedRewardFile)
        shapes = [SignalShape(s.name, s.shape, s.dtype) for s in session.task.readable_signals]
        module, source = job.reward.module.read_bytes(), parse_reward(job.reward.source)
        admitted = admit(module, source, list(job.reward.components), shapes)
        return TracedRewardProvider(admitted, session.task)


def _device(request: TrainRequest) -> DeviceRequest:
    assert request.device is not None
    return request.device
