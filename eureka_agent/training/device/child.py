"""The inside of the device trainer's child: a generation's jobs in, a result file for each out.

Nothing generated runs here as Python. Rewards come as traced programs, in files that processes with generated
code in them wrote, and are admitted one by one; who is not admitted has failed, and the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax

from eureka_agent.errors import RewardError, TrainingError
from eureka_agent.isolation.limits import limit_trainer
from eureka_agent.rewards.jax_export import SignalShape
from eureka_agent.rewards.jax_program import admit
from eureka_agent.rewards.source import parse_reward
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import TaskRef, TrainingBudget
from eureka_agent.training.device.platform import configure_device
from eureka_agent.training.device.population import DevicePopulation
from eureka_agent.training.device.reward_provider import (
    DeviceNativeReward,
    DeviceRewardProvider,
    DeviceSparseReward,
    DeviceSteps,
    TracedRewardProvider,
)
from eureka_agent.training.device.settings import device_settings
from eureka_agent.training.device.worlds import DeviceWorlds
from eureka_agent.training.population.candidate_learner import Learned, TrainingCandidate
from eureka_agent.training.population.child import GenerationTraining
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.population.network import Network
from eureka_agent.training.reward_sample import RewardSample
from eureka_agent.training.simulators.choosing import device_physics
from eureka_agent.trajectories.batch import TrajectoryBatch


def main(payload: dict[str, Any], fds: list[int]) -> None:
    """Train all jobs of `payload` and write `result.json` into each one's folder."""
    started = time.monotonic()
    gpu = payload["platform"] == "gpu"
    limit_trainer(None if gpu else payload["memory_mb"])
    configure_device(payload["platform"], Path(payload["cache"]) if payload["cache"] else None)
    memory = "the memory there is" if gpu else f"{payload['memory_mb']} MB of memory"
    _DeviceGeneration(payload, fds, started).run(memory)


class _DeviceGeneration(GenerationTraining):
    """The jobs of one child, on a device."""

    def train(self) -> None:
        """Train everything; raises what keeps all jobs from being trained."""
        payload = self.payload
        self.task = replace(
            load_task(TaskRef(**payload["task"])),
            budget=TrainingBudget(**payload["budget"]),
            algorithm=payload["algorithm"],
        )
        settings = device_settings(self.task, payload["worlds"])
        worlds = DeviceWorlds(self.task, device_physics(self.task))
        dim = int(worlds.policy_space.shape[0])
        self.learner = Learner(
            Network.of(dim, worlds.action_space, settings.hidden_sizes, sde=False), settings
        )
        if payload["race"] is not None:
            self._race = self._make_race(payload["race"])
        candidates = [made for name in self.jobs if (made := self._admitted(name, worlds)) is not None]
        if not candidates:
            return
        DevicePopulation(
            self.task,
            candidates,
            worlds=worlds,
            learner=self.learner,
            env_steps=payload["env_steps"],
            on_end=self.on_end,
            race=self._race,
        ).run()

    def _admitted(self, name: str, worlds: DeviceWorlds) -> TrainingCandidate[DeviceRewardProvider] | None:
        """Return a job's candidate; None, and its failure written, where its reward is not admitted."""
        job = self.jobs[name]
        try:
            return TrainingCandidate(name, job["seed"], self._device_provider(job, worlds))
        except (RewardError, TrainingError) as error:
            self.ended.add(name)
            if self._race is not None:
                self._race.leave([name])
            self.write(name, {"failure": {"status": "failed", "reason": f"{error.what} {error.fix}".strip()}})
            return None

    def samples(self, candidate: TrainingCandidate, end: Learned) -> Sequence[RewardSample]:
        """Return what the reward's program pays, on the device, for the first episode that was scored."""
        provider = candidate.provider
        if not isinstance(provider, TracedRewardProvider):
            return ()
        batch = TrajectoryBatch.in_a_row(end.scoring.trajectories[:1])
        signals, first = {name: batch.signals[name] for name in provider.signals}, batch.first
        steps = DeviceSteps(signals, native_reward=first, done=first, first=first)
        paid = jax.device_get(jax.jit(provider)(steps, provider.initial_memory(1)))
        return [RewardSample.of(signals, first, paid.reward, paid.components)]

    def _device_provider(self, job: dict[str, Any], worlds: DeviceWorlds) -> DeviceRewardProvider:
        if job["kind"] == "native":
            return DeviceNativeReward()
        if job["kind"] == "sparse":
            return DeviceSparseReward(self.task, worlds, self.learner.settings.n_envs)
        shapes = [SignalShape(s.name, s.shape, s.dtype) for s in self.task.all_signals]
        module = Path(job["module"]).read_bytes()
        return TracedRewardProvider(admit(module, parse_reward(job["source"]), job["components"], shapes))
