"""Held-out episodes of many policies at once; worlds whose episode is over are no longer stepped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eureka_agent.errors import EurekaError
from eureka_agent.tasks.fitness import episode_fitness, fitness_of_steps
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import StepResult
from eureka_agent.training.evaluation import Episode, EpisodeSet
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.rollout import Actions
from eureka_agent.training.simulators import SimulatorFactory

Array = np.ndarray


def score(
    task: Task,
    factory: SimulatorFactory,
    policies: Policies,
    seeds: Sequence[Sequence[int]],
    *,
    recorded: int = 0,
) -> list[EpisodeSet | EurekaError]:
    """Run one episode from each of E seeds for each of K policies.

    Returns one set a policy, or the error that its episodes caused; the signals of its first `recorded`
    episodes are kept. Raises TaskError where the environment itself misbehaves.
    """
    candidates, episodes = len(seeds), len(seeds[0])
    worlds = factory.make([seed for own in seeds for seed in own])
    try:
        actions = Actions(policies.network, worlds.action_space)
        observation = worlds.reset()
        shape = (candidates, episodes, *observation.shape[1:])
        log = _Log(task, candidates * episodes, watched_worlds(task, candidates, episodes, recorded))
        running = np.arange(candidates * episodes)
        while len(running):
            chosen = actions.flat(policies.best_actions(observation.reshape(shape)))
            step = worlds.step(chosen[running])
            log.add(running, step)
            observation = observation.copy()
            observation[running] = step.policy_obs
            if step.done.any():
                going_on = np.flatnonzero(~step.done)
                running = running[going_on]
                if len(running):
                    worlds.retain(going_on)
        records = log.records()
        return [
            records.episodes(range(k * episodes, (k + 1) * episodes), recorded) for k in range(candidates)
        ]
    finally:
        worlds.close()


def watched_worlds(task: Task, candidates: int, episodes: int, recorded: int) -> Array:
    """Return the worlds whose signals must be kept: all where whole episodes are scored."""
    if task.fitness.reduce == "episode":
        return np.arange(candidates * episodes)
    kept = [np.arange(k * episodes, k * episodes + min(recorded, episodes)) for k in range(candidates)]
    return np.concatenate(kept)


@dataclass(frozen=True)
class Records:
    """What happened in every world, whoever stepped it; rows past an episode's end mean nothing."""

    task: Task
    arrays: Mapping[str, Array]
    """`native` and, where there is one, `fitness` `(T, worlds)`; `signal/<name>` `(T, watched, ...)`."""
    lengths: Array
    """int `(worlds,)`: steps of each episode."""
    place: Array
    """int `(worlds,)`: a world's place among the watched, or -1."""

    def episodes(self, worlds: range, recorded: int) -> EpisodeSet | EurekaError:
        """Return the episodes of some worlds, or the error that scoring them raised."""
        try:
            found = tuple(self._episode(world, kept=i < recorded) for i, world in enumerate(worlds))
        except EurekaError as error:
            return error
        return EpisodeSet(found, int(self.lengths[worlds.start : worlds.stop].sum()))

    def _episode(self, world: int, *, kept: bool) -> Episode:
        length, place = int(self.lengths[world]), int(self.place[world])
        signals = {
            name.removeprefix("signal/"): array[:length, place]
            for name, array in self.arrays.items()
            if name.startswith("signal/") and place >= 0
        }
        native_return = float(self.arrays["native"][:length, world].sum())
        if self.task.fitness.reduce == "episode":
            fitness = episode_fitness(self.task, signals, native_return)
        else:
            steps = self.arrays["fitness"][:length, world] if "fitness" in self.arrays else None
            fitness = fitness_of_steps(self.task, steps, native_return)
        return Episode(fitness, length, signals if kept else {})


class _Log:
    """What happened in every world, a row of all worlds a step."""

    def __init__(self, task: Task, num_worlds: int, watched: Array) -> None:
        self._task = task
        self._rows: dict[str, list[Array]] = {}
        self._place = np.full(num_worlds, -1)
        self._place[watched] = np.arange(len(watched))
        self._count = len(watched)
        self._num_worlds = num_worlds
        self.lengths = np.zeros(num_worlds, dtype=np.int64)

    def add(self, running: Array, step: StepResult) -> None:
        self.lengths[running] += 1
        self._put("native", running, step.native_reward, self._num_worlds)
        if step.fitness_step is not None:
            self._put("fitness", running, step.fitness_step, self._num_worlds)
        places = self._place[running]
        seen = np.flatnonzero(places >= 0)
        if self._count and len(seen):
            for name, array in step.signals.items():
                self._put(f"signal/{name}", places[seen], array[seen], self._count)

    def _put(self, name: str, rows: Array, values: Array, width: int) -> None:
        row = np.zeros((width, *values.shape[1:]), values.dtype)
        row[rows] = values
        self._rows.setdefault(name, []).append(row)

    def records(self) -> Records:
        """Return everything that was added."""
        arrays = {name: np.stack(rows) for name, rows in self._rows.items()}
        return Records(self._task, arrays, self.lengths, self._place)
