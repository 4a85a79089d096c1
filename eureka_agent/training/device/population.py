"""PPO on a list of rewards on a device: the whole generation advances by one program an iteration.

What stays on the host is the calendar: when to look, what to remember, whom to end. Candidates that cannot go
on are told at the next look. The shapes of a program are fixed, so that the rows of those that ended are
computed on until a program of half the size holds everybody else; then that one is compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from eureka_agent.errors import EurekaError, RewardError, TrainingError
from eureka_agent.tasks.task import Task
from eureka_agent.training.device.evaluation import DeviceScoring
from eureka_agent.training.device.iteration import GenerationState, Iteration, IterationReport
from eureka_agent.training.device.reward_provider import DeviceRewardProvider
from eureka_agent.training.device.rollout import DevicePolicies
from eureka_agent.training.device.statistics import DeviceMoments
from eureka_agent.training.device.worlds import DeviceWorlds
from eureka_agent.training.population.candidate_learner import TrainingCandidate
from eureka_agent.training.population.learner import Learner
from eureka_agent.training.population.population import (
    OnEnd,
    checkpoint_steps,
    episode_seeds,
)
from eureka_agent.training.population.race import Race
from eureka_agent.trajectories.keeping import KEPT_EPISODES


class DevicePopulation:
    """Trains its candidates; ends are told one by one through `on_end`."""

    def __init__(
        self,
        task: Task,
        candidates: Sequence[TrainingCandidate[DeviceRewardProvider]],
        *,
        worlds: DeviceWorlds,
        learner: Learner,
        env_steps: int,
        on_end: OnEnd,
        race: Race | None = None,
    ) -> None:
        """`race` is where candidates that are clearly behind get stopped; without one all go to the end."""
        self._task, self._learner, self._candidates = task, learner, list(candidates)
        self._iteration = Iteration(worlds, learner, [candidate.provider for candidate in candidates])
        self._scoring = DeviceScoring(task, worlds, learner.network)
        self.generation: GenerationState = self._iteration.begin([candidate.seed for candidate in candidates])
        self._reports: list[IterationReport] = []
        self._ended: set[str] = set()
        self._total, self._steps = env_steps, 0
        self._due = checkpoint_steps(env_steps, task.budget.checkpoints, learner.settings.rollout)
        self._on_end, self._race = on_end, race

    def run(self) -> None:
        """Train all to the end of the budget and score them."""
        while self._running and self._steps < self._total:
            self.iterate()
            self._look()
        self._score(self._running)

    def iterate(self) -> None:
        """Collect one rollout of every candidate and learn from it, without waiting for the device."""
        self.generation, report = self._iteration(self.generation)
        self._reports.append(report)
        self._steps += self._learner.settings.rollout

    @property
    def size(self) -> int:
        """How many candidates the program computes, ended ones among them."""
        return len(self._candidates)

    @property
    def _running(self) -> list[int]:
        """The rows of the candidates that go on."""
        return [k for k, candidate in enumerate(self._candidates) if candidate.name not in self._ended]

    def _look(self) -> None:
        """Evaluate every candidate if a checkpoint is due, remember its best policy, stop who is behind."""
        if self._steps not in self._due:
            return
        means = self._read_reports()
        if not self._running:
            return
        policies = self._iteration.policies(self.generation)
        seeds = [episode_seeds(self._task, candidate, "select") for candidate in self._candidates]
        found = self._scoring(policies, seeds)
        flats, moments = jax.device_get((self.generation.flat, self.generation.moments))
        for k in self._running:
            episodes = found[k]
            if isinstance(episodes, EurekaError):
                self._end(k, episodes)
                continue
            sign = self._task.fitness.sign
            self._candidates[k].env_steps += episodes.env_steps
            self._candidates[k].remember(episodes, means[k], sign, np.array(flats[k]), moments.on_host(k))
        self._stop()
        self._shrink()

    def _stop(self) -> None:
        """Score and end the candidates that the race says are clearly behind."""
        if self._race is None or not self._running:
            return
        sign, running = self._task.fitness.sign, [self._candidates[k] for k in self._running]
        behind = self._race.meet(
            {candidate.name: candidate.last_checkpoint_score(sign) for candidate in running}
        )
        for candidate in running:
            if candidate.name in behind:
                candidate.stop(behind[candidate.name], env_steps=self._steps, of=self._due[-1])
        self._score([k for k in self._running if self._candidates[k].name in behind])

    def _shrink(self) -> None:
        """Go on with a smaller program where one holds everybody who goes on; ended ones fill it up."""
        running = self._running
        size = bucket(len(running))
        if not running or self._steps >= self._total or size >= self.size:
            return
        ended = [k for k in range(self.size) if k not in running]
        kept = sorted((running + ended)[:size])
        self._candidates = [self._candidates[k] for k in kept]
        self._iteration, self.generation = self._iteration.narrowed(self.generation, kept)

    def _read_reports(self) -> list[dict[str, float]]:
        """Bring the iterations' reports to the host and end who could not go on; return their means."""
        reports, self._reports = jax.device_get(self._reports), []
        for report in reports:
            for k in self._running:
                candidate = self._candidates[k]
                candidate.env_steps += self._learner.settings.rollout
                candidate.faults += int(report.faults[k])
                if problem := _problem(report, k):
                    self._end(k, problem)
        return [_means(reports, k, one.provider.components) for k, one in enumerate(self._candidates)]

    def _score(self, rows: Sequence[int]) -> None:
        """Score the chosen checkpoints of some candidates on episodes that chose nothing, and end them."""
        if not rows:
            return
        policies = self._chosen()
        seeds = [episode_seeds(self._task, candidate, "score") for candidate in self._candidates]
        found = self._scoring(policies, seeds, recorded=KEPT_EPISODES)
        for k in rows:
            episodes = found[k]
            failed = isinstance(episodes, EurekaError)
            self._end(k, episodes if failed else self._candidates[k].learned(episodes))

    def _chosen(self) -> DevicePolicies:
        """Return the policies of the best checkpoints; whoever has none is there with what it is now."""
        now = self._iteration.policies(self.generation)
        best = [candidate.best for candidate in self._candidates]
        flats = [now.flat[k] if one is None else one.flat for k, one in enumerate(best)]
        if now.moments is None:
            return DevicePolicies(np.stack(flats), None)
        held = jax.device_get(now.moments)
        kept = [held.on_host(k) if one is None else one.moments for k, one in enumerate(best)]
        moments = DeviceMoments(
            np.stack([one.mean for one in kept]).astype(np.float32),
            np.stack([one.var for one in kept]).astype(np.float32),
            np.array([one.count for one in kept], np.float32),
        )
        return DevicePolicies(np.stack(flats), moments)

    def _end(self, k: int, end: Any) -> None:
        self._ended.add(self._candidates[k].name)
        self._on_end(self._candidates[k], end)


def bucket(candidates: int) -> int:
    """Return the size of the program for so many candidates: a power of two, so that few get compiled."""
    return 1 << max(0, candidates - 1).bit_length()


def _problem(report: IterationReport, k: int) -> EurekaError | None:
    """Return why a candidate cannot go on after an iteration, or None."""
    for name, count in report.bad_rewards[k].items():
        if count:
            what = name if name.startswith("component") else f"the {name}"
            return RewardError(
                f"{what} is NaN or infinite in {int(count)} values of a rollout.",
                allowed="finite numbers within float32",
                fix="Guard divisions, logarithms and exponentials: np.maximum(x, 1e-6), np.clip(x, -10, 10).",
            )
    if not report.finite_weights[k]:
        return TrainingError(
            "Training diverged: the policy's weights are no longer finite.",
            fix="Bound the reward or lower the learning rate.",
        )
    return None


def _means(reports: Sequence[IterationReport], k: int, components: Sequence[str]) -> dict[str, float]:
    """Return a candidate's mean reward and components over some iterations; empty where there are none."""
    if not reports:
        return {}
    rows = [
        {
            "reward": report.reward[k],
            **{f"component/{name}": report.components[k][name] for name in components},
        }
        for report in reports
    ]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
