"""Scoring a policy on held-out episodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from eureka_agent.seeds import seed_for
from eureka_agent.tasks.fitness import episode_fitness
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import GymWorlds, StepResult

Array = np.ndarray
Act = Callable[[Array], Array]
"""Policy observations `(num_envs, dim)` to actions, deterministically."""
RECORDED_EPISODES = 3
"""How many scoring episodes are kept as trajectories."""


@dataclass(frozen=True)
class Episode:
    """One evaluation episode."""

    fitness: float
    length: int
    signals: dict[str, Array]
    """Each `(T, ...)`, `prev_` ones included."""


@dataclass(frozen=True)
class EpisodeSet:
    """The first episode of each seed."""

    episodes: tuple[Episode, ...]
    env_steps: int
    """Steps of all worlds, those past the end of their first episode included."""

    @property
    def fitness(self) -> float:
        """Mean fitness."""
        return float(np.mean([episode.fitness for episode in self.episodes]))

    @property
    def error(self) -> float:
        """Standard error of the mean fitness."""
        return float(np.std([episode.fitness for episode in self.episodes]) / np.sqrt(len(self.episodes)))

    @property
    def length(self) -> float:
        """Mean length in control steps."""
        return float(np.mean([episode.length for episode in self.episodes]))


def episode_seeds(task: Task, seed: int, purpose: Literal["select", "score"]) -> list[int]:
    """Return the seeds of a candidate's evaluation episodes; equal training seeds have equal ones.

    Those that checkpoints are selected by and those that the chosen one is scored on are disjoint.
    """
    return [seed_for(seed, purpose, index) for index in range(task.budget.eval_episodes)]


def evaluate(task: Task, act: Act, seeds: Sequence[int]) -> EpisodeSet:
    """Run one episode from each seed, all worlds side by side.

    Raises TaskError where the environment breaks its promises and TrainingError where actions are not finite.
    """
    worlds = GymWorlds(task, len(seeds), seeds)
    try:
        observation = worlds.reset()
        steps: list[StepResult] = []
        ends: dict[int, int] = {}
        while len(ends) < len(seeds):
            step = worlds.step(act(observation))
            steps.append(step)
            observation = step.policy_obs
            for world in np.flatnonzero(step.done):
                ends.setdefault(int(world), len(steps))
        episodes = tuple(_episode(task, steps, world, ends[world]) for world in range(len(seeds)))
        return EpisodeSet(episodes, len(steps) * len(seeds))
    finally:
        worlds.close()


def _episode(task: Task, steps: Sequence[StepResult], world: int, length: int) -> Episode:
    names = [signal.name for signal in task.all_signals]
    signals = {name: np.stack([step.signals[name][world] for step in steps[:length]]) for name in names}
    native_return = float(sum(step.native_reward[world] for step in steps[:length]))
    return Episode(episode_fitness(task, signals, native_return), length, signals)
