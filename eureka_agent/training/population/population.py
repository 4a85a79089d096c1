"""PPO on a list of rewards: several candidates learn side by side in one simulator, all in step.

Candidates share nothing but the clock: policies, optimisers, normalisation and random numbers are their own,
and equal seeds give equal worlds and equal first policies. What one candidate learns is bit for bit the same
whoever learns beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from eureka_agent.errors import EurekaError, TrainingError
from eureka_agent.seeds import generator_for, seed_for
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.learner import Experience, Learner, LearnerState
from eureka_agent.training.population.moments import Moments, ReturnScale
from eureka_agent.training.population.paying import Payer
from eureka_agent.training.population.rollout import Collector, Rollout, draw_noise
from eureka_agent.training.population.scoring import score
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.training.tally import RewardTally

Array = np.ndarray
RECORDED_EPISODES = 3
"""How many scoring episodes are kept as trajectories."""


@dataclass(frozen=True)
class Checkpoint:
    """A policy as it was when it was looked at."""

    index: int
    score: float
    flat: Array
    moments: Moments


@dataclass(frozen=True)
class Learned:
    """A candidate that learned to the end."""

    checkpoint: Checkpoint
    """The chosen one."""
    curves: dict[str, list[float]]
    scoring: EpisodeSet
    env_steps: int
    """All steps: learning, looking at checkpoints, scoring."""
    faults: int
    """Learning steps in which the simulator warned."""


PayerKind = TypeVar("PayerKind")


@dataclass
class Candidate(Generic[PayerKind]):
    """One reward and everything that learns from it."""

    name: str
    seed: int
    payer: PayerKind
    """A `Payer`, or what gives rewards on a device."""
    env_steps: int = 0
    """All steps so far."""
    faults: int = 0
    curves: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    best: Checkpoint | None = None

    def remember(
        self, episodes: EpisodeSet, means: Mapping[str, float], sign: float, flat: Array, moments: Moments
    ) -> None:
        """Take in what a look at a checkpoint found; `means` are of the rewards since the last one."""
        self.env_steps += episodes.env_steps
        for name, value in means.items():
            self.curves[name].append(value)
        self.curves["fitness"].append(episodes.fitness)
        self.curves["episode_length"].append(episodes.length)
        score = sign * episodes.fitness
        if self.best is None or score > self.best.score:
            self.best = Checkpoint(len(self.curves["fitness"]) - 1, score, flat, moments)

    def learned(self, scoring: EpisodeSet) -> Learned:
        """Return what is left of a candidate at its end; `scoring` are its chosen checkpoint's episodes."""
        assert self.best is not None
        self.env_steps += scoring.env_steps
        return Learned(self.best, dict(self.curves), scoring, self.env_steps, self.faults)


class _Pupil:
    """A candidate while it learns."""

    def __init__(self, candidate: Candidate[Payer], learner: Learner) -> None:
        settings = learner.settings
        self.candidate = candidate
        self.state: LearnerState = learner.initial(candidate.seed)
        self.moments = Moments(learner.network.observation)
        self.tally = RewardTally()
        self._learner = learner
        self._scale = ReturnScale(settings.n_envs, settings.gamma) if settings.normalize_reward else None
        self._noise = generator_for(candidate.seed, "exploration")
        self._order = generator_for(candidate.seed, "minibatches")

    def draw_noise(self) -> Array:
        return draw_noise(self._learner.network, self._learner.settings, self._noise)

    def learn(self, rollout: Rollout, policies: Policies) -> None:
        """Take in one rollout; `policies` holds this pupil's alone. Raises EurekaError if it cannot go on."""
        settings = self._learner.settings
        self.candidate.env_steps += rollout.done.size
        self.candidate.faults += rollout.faults
        paid = self.candidate.payer(rollout)
        self.tally.add(paid.reward, paid.components)
        reward = paid.reward if self._scale is None else self._scale(paid.reward, rollout.done)
        seen = policies.normalized(rollout.observation[None].reshape(1, -1, rollout.observation.shape[-1]))
        experience = Experience(
            observation=seen.reshape(rollout.observation.shape),
            last_observation=policies.normalized(rollout.last_observation[None])[0],
            action=rollout.action.astype(np.int32) if self._learner.network.heads else rollout.action,
            reward=reward + settings.gamma * _bootstraps(rollout, policies),
            done=rollout.done,
        )
        self.state = self._learner.update(self.state, experience, self._order)
        if not np.isfinite(self.state.flat).all():
            raise TrainingError(
                "Training diverged: the policy's weights are no longer finite.",
                fix="Bound the reward or lower the learning rate.",
            )
        if settings.normalize_observation:
            self.moments.update(rollout.observation.reshape(-1, rollout.observation.shape[-1]))


def _bootstraps(rollout: Rollout, policies: Policies) -> Array:
    """Return the value after every step that was cut off by a time limit, elsewhere zero: `(T, N)`."""
    cut = rollout.truncated & ~rollout.terminated
    values = np.zeros(cut.shape, dtype=np.float32)
    if cut.any():
        values[cut] = policies.values(policies.normalized(rollout.final_observation[cut][None]))[0]
    return values


def checkpoints(task: Task, env_steps: int) -> list[int]:
    """Return the learning steps after which candidates are looked at."""
    count = task.budget.checkpoints
    return [round(env_steps * (index + 1) / count) for index in range(count)]


def episode_seeds(task: Task, candidate: Candidate, purpose: str) -> list[int]:
    """Return the seeds of a candidate's evaluation episodes; equal training seeds have equal ones."""
    return [seed_for(candidate.seed, purpose, index) for index in range(task.budget.eval_episodes)]


OnEnd = Callable[[Candidate, Learned | EurekaError], None]


class Population:
    """Trains its candidates; ends are told one by one through `on_end`."""

    def __init__(
        self,
        task: Task,
        candidates: Sequence[Candidate[Payer]],
        *,
        factory: SimulatorFactory,
        learner: Learner,
        env_steps: int,
        on_end: OnEnd,
    ) -> None:
        self._task, self._factory, self._learner = task, factory, learner
        self._settings: PpoSettings = learner.settings
        self._pupils = [_Pupil(candidate, learner) for candidate in candidates]
        self._total = env_steps
        self._steps = 0
        self._on_end = on_end
        self._due = checkpoints(task, env_steps)
        seeds = [seed for candidate in candidates for seed in self._world_seeds(candidate)]
        self._collector = Collector(
            task, factory.make(seeds), learner.network, self._settings, candidates=len(candidates)
        )

    def run(self) -> None:
        """Train all to the end of the budget and score them.

        Raises TaskError or TrainingError where the worlds themselves misbehave, whoever caused it.
        """
        try:
            while self._pupils and self._steps < self._total:
                self.iterate()
                self._look()
            self._score()
        finally:
            self._collector.close()

    def iterate(self) -> None:
        """Collect one rollout and learn from it; candidates that cannot go on are ended."""
        wanted = sorted({name for pupil in self._pupils for name in pupil.candidate.payer.signals})
        noise = [pupil.draw_noise() for pupil in self._pupils]
        rollouts = self._collector.collect(self._policies(self._pupils), noise, wanted)
        self._steps += self._settings.rollout
        failed: set[int] = set()
        for index, (pupil, rollout) in enumerate(zip(self._pupils, rollouts, strict=True)):
            try:
                pupil.learn(rollout, self._policies([pupil]))
            except EurekaError as error:
                self._on_end(pupil.candidate, error)
                failed.add(index)
        self._drop(failed)

    @property
    def weights(self) -> list[Array]:
        """The flat parameters of every candidate that still learns."""
        return [pupil.state.flat for pupil in self._pupils]

    def _world_seeds(self, candidate: Candidate) -> list[int]:
        return [seed_for(candidate.seed, "world", index) for index in range(self._settings.n_envs)]

    def _policies(self, pupils: Sequence[_Pupil]) -> Policies:
        return self._stacked([p.state.flat for p in pupils], [p.moments for p in pupils])

    def _stacked(self, flats: Sequence[Array], moments: Sequence[Moments]) -> Policies:
        known = moments if self._settings.normalize_observation else None
        return Policies(self._learner.network, flats, known)

    def _drop(self, failed: set[int]) -> None:
        """Go on without some candidates and their worlds."""
        if not failed:
            return
        kept = [index for index in range(len(self._pupils)) if index not in failed]
        self._pupils = [self._pupils[index] for index in kept]
        if kept:
            self._collector.retain(kept)

    def _look(self) -> None:
        """Evaluate every candidate if a checkpoint is due, and remember its best policy so far."""
        if not self._pupils or not self._due or self._steps < self._due[0]:
            return
        while self._due and self._steps >= self._due[0]:
            self._due.pop(0)
        seeds = [episode_seeds(self._task, pupil.candidate, "select") for pupil in self._pupils]
        found = score(self._task, self._factory, self._policies(self._pupils), seeds)
        failed: set[int] = set()
        for index, (pupil, episodes) in enumerate(zip(self._pupils, found, strict=True)):
            if isinstance(episodes, EurekaError):
                self._on_end(pupil.candidate, episodes)
                failed.add(index)
            else:
                sign = self._task.fitness.sign
                moments = pupil.moments.copy()
                pupil.candidate.remember(episodes, pupil.tally.take(), sign, pupil.state.flat, moments)
        self._drop(failed)

    def _score(self) -> None:
        """Score each candidate's chosen checkpoint on episodes that chose nothing, and end it."""
        if not self._pupils:
            return
        chosen = [pupil.candidate.best for pupil in self._pupils]
        best = [checkpoint for checkpoint in chosen if checkpoint is not None]
        policies = self._stacked([c.flat for c in best], [c.moments for c in best])
        seeds = [episode_seeds(self._task, pupil.candidate, "score") for pupil in self._pupils]
        found = score(self._task, self._factory, policies, seeds, recorded=RECORDED_EPISODES)
        for pupil, episodes in zip(self._pupils, found, strict=True):
            candidate = pupil.candidate
            failed = isinstance(episodes, EurekaError)
            self._on_end(candidate, episodes if failed else candidate.learned(episodes))
        self._pupils = []
