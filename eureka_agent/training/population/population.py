"""PPO on a list of rewards: several candidates learn side by side in one simulator, all in step.

Candidates share nothing but the clock: policies, optimisers, normalisation and random numbers are their own,
and equal seeds give equal worlds and equal first policies. What one candidate learns is bit for bit the same
whoever learns beside it, up to the checkpoint at which a race stops it, if one does.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from eureka_agent.archive.candidate import EarlyStop
from eureka_agent.errors import EurekaError, TrainingError
from eureka_agent.seeds import generator_for, seed_for
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.halving import Behind, Look
from eureka_agent.training.population.learner import Experience, Learner, LearnerState
from eureka_agent.training.population.moments import Moments, ReturnScale
from eureka_agent.training.population.paying import Payer
from eureka_agent.training.population.race import Race
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
    """A candidate that learned to the end, or until it was stopped."""

    checkpoint: Checkpoint
    """The chosen one."""
    curves: dict[str, list[float]]
    scoring: EpisodeSet
    env_steps: int
    """All steps: learning, looking at checkpoints, scoring."""
    faults: int
    """Learning steps in which the simulator warned."""
    stopped: EarlyStop | None


@dataclass
class Candidate:
    """One reward and everything that learns from it."""

    name: str
    seed: int
    payer: Payer
    env_steps: int = 0
    """All steps so far."""
    faults: int = 0
    curves: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    best: Checkpoint | None = None
    stopped: EarlyStop | None = None


class _Pupil:
    """A candidate while it learns."""

    def __init__(self, candidate: Candidate, learner: Learner) -> None:
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


OnEnd = Callable[[Candidate, Learned | EurekaError], None]


class Population:
    """Trains its candidates; ends are told one by one through `on_end`."""

    def __init__(
        self,
        task: Task,
        candidates: Sequence[Candidate],
        *,
        factory: SimulatorFactory,
        learner: Learner,
        env_steps: int,
        on_end: OnEnd,
        race: Race | None = None,
    ) -> None:
        """`race` is where candidates that are clearly behind get stopped; without one all go to the end."""
        self._task, self._factory, self._learner = task, factory, learner
        self._settings: PpoSettings = learner.settings
        self._pupils = [_Pupil(candidate, learner) for candidate in candidates]
        self._total = env_steps
        self._steps = 0
        self._on_end, self._race = on_end, race
        self._due = looks_at(env_steps, task.budget.checkpoints, learner.settings.rollout)
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
            self._score(self._pupils)
            self._pupils = []
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

    def _episode_seeds(self, candidate: Candidate, purpose: str) -> list[int]:
        episodes = self._task.budget.eval_episodes
        return [seed_for(candidate.seed, purpose, index) for index in range(episodes)]

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
        """Evaluate every candidate if a checkpoint is due, remember its best policy, stop who is behind."""
        if not self._pupils or self._steps not in self._due:
            return
        seeds = [self._episode_seeds(pupil.candidate, "select") for pupil in self._pupils]
        found = score(self._task, self._factory, self._policies(self._pupils), seeds)
        failed: set[int] = set()
        for index, (pupil, episodes) in enumerate(zip(self._pupils, found, strict=True)):
            if isinstance(episodes, EurekaError):
                self._on_end(pupil.candidate, episodes)
                failed.add(index)
            else:
                self._remember(pupil, episodes)
        self._drop(failed)
        self._stop()

    def _stop(self) -> None:
        """Score and drop the candidates that the race says are clearly behind."""
        if self._race is None or not self._pupils:
            return
        behind = self._race.meet({pupil.candidate.name: self._last_look(pupil) for pupil in self._pupils})
        stopped = {i for i, pupil in enumerate(self._pupils) if pupil.candidate.name in behind}
        for index in stopped:
            candidate = self._pupils[index].candidate
            candidate.stopped = self._early_stop(candidate, behind[candidate.name])
        self._score([self._pupils[index] for index in sorted(stopped)])
        self._drop(stopped)

    def _last_look(self, pupil: _Pupil) -> Look:
        curves = pupil.candidate.curves
        return Look(self._task.fitness.sign * curves["fitness"][-1], curves["fitness_error"][-1])

    def _early_stop(self, candidate: Candidate, behind: Behind) -> EarlyStop:
        return EarlyStop(
            checkpoint=len(candidate.curves["fitness"]),
            env_steps=self._steps,
            of=self._due[-1],
            behind=behind.gap,
            allowed=behind.allowed,
        )

    def _remember(self, pupil: _Pupil, episodes: EpisodeSet) -> None:
        candidate = pupil.candidate
        candidate.env_steps += episodes.env_steps
        for name, value in pupil.tally.take().items():
            candidate.curves[name].append(value)
        candidate.curves["fitness"].append(episodes.fitness)
        candidate.curves["fitness_error"].append(episodes.error)
        candidate.curves["episode_length"].append(episodes.length)
        value = self._task.fitness.sign * episodes.fitness
        if candidate.best is None or value > candidate.best.score:
            index = len(candidate.curves["fitness"]) - 1
            candidate.best = Checkpoint(index, value, pupil.state.flat, pupil.moments.copy())

    def _score(self, pupils: Sequence[_Pupil]) -> None:
        """Score each candidate's chosen checkpoint on episodes that chose nothing, and end it."""
        if not pupils:
            return
        chosen = [pupil.candidate.best for pupil in pupils]
        best = [checkpoint for checkpoint in chosen if checkpoint is not None]
        policies = self._stacked([c.flat for c in best], [c.moments for c in best])
        seeds = [self._episode_seeds(pupil.candidate, "score") for pupil in pupils]
        found = score(self._task, self._factory, policies, seeds, recorded=RECORDED_EPISODES)
        for pupil, checkpoint, episodes in zip(pupils, best, found, strict=True):
            candidate = pupil.candidate
            if isinstance(episodes, EurekaError):
                self._on_end(candidate, episodes)
                continue
            candidate.env_steps += episodes.env_steps
            learned = Learned(
                checkpoint,
                dict(candidate.curves),
                episodes,
                candidate.env_steps,
                candidate.faults,
                candidate.stopped,
            )
            self._on_end(candidate, learned)


def looks_at(env_steps: int, checkpoints: int, rollout: int) -> list[int]:
    """Return the steps of learning at which candidates are looked at: at the end of a rollout, increasing.

    The last is the end of training. There are fewer than `checkpoints` where rollouts are long.
    """
    due = (round(env_steps * (index + 1) / checkpoints) for index in range(checkpoints))
    return sorted({math.ceil(max(1, steps) / rollout) * rollout for steps in due})
