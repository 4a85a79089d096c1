"""Held-out episodes of many policies at once; worlds whose episode is over are no longer stepped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eureka_agent.errors import EurekaError
from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import StepResult
from eureka_agent.training.evaluation import EpisodeSet, check_it_ends
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.rollout import Actions
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.trajectories.keeping import measured_episodes
from eureka_agent.trajectories.recording import record
from eureka_agent.trajectories.trajectory import Simulator, Trajectory

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

    Returns one set a policy, or the error that its episodes caused; its first `recorded` episodes are kept.
    Raises TaskError where the environment itself misbehaves.
    """
    candidates, episodes = len(seeds), len(seeds[0])
    worlds = factory.make([seed for own in seeds for seed in own])
    try:
        actions = Actions(policies.network, worlds.action_space)
        observation = worlds.reset()
        shape = (candidates, episodes, *observation.shape[1:])
        log = _Log(candidates * episodes, watched_worlds(task, candidates, episodes, recorded))
        running = np.arange(candidates * episodes)
        while len(running):
            log.begin_step(task)
            chosen = actions.flat(policies.best_actions(observation.reshape(shape)))[running]
            step = worlds.step(chosen)
            log.add(running, chosen, step)
            observation = observation.copy()
            observation[running] = step.policy_obs
            if step.done.any():
                going_on = np.flatnonzero(~step.done)
                running = running[going_on]
                if len(running):
                    worlds.retain(going_on)
    finally:
        worlds.close()
    return log.records(task, seeds).sets(recorded)


def watched_worlds(task: Task, candidates: int, episodes: int, recorded: int) -> Array:
    """Return the indices `(watched,)` of worlds whose signals are kept: each candidate's first episodes."""
    count = measured_episodes(task, episodes, recorded)
    return np.concatenate([np.arange(k * episodes, k * episodes + count) for k in range(candidates)])


@dataclass(frozen=True)
class Records:
    """What happened in every world, whoever stepped it; rows past an episode's end mean nothing."""

    task: Task
    seeds: Sequence[Sequence[int]]
    """Of every world, E for each of K policies."""
    arrays: Mapping[str, Array]
    """`native` and, where there is one, `fitness` `(T, worlds)`; `action` and `signal/<name>`
    `(T, watched, ...)`."""
    lengths: Array
    """int `(worlds,)`: steps of each episode."""
    terminated: Array
    """bool `(worlds,)`: the episode ended in a terminal state; else at the time limit."""
    place: Array
    """int `(worlds,)`: a world's place among the watched, or -1."""
    simulator: Simulator = "cpu"

    def sets(self, recorded: int) -> list[EpisodeSet | EurekaError]:
        """Return the episodes of every policy, or the error that scoring them raised; the first are kept."""
        return [self._set(k, recorded) for k in range(len(self.seeds))]

    def _set(self, k: int, recorded: int) -> EpisodeSet | EurekaError:
        seeds = self.seeds[k]
        worlds = range(k * len(seeds), (k + 1) * len(seeds))
        try:
            kept = [self._trajectory(world, seeds[i]) for i, world in enumerate(worlds[:recorded])]
            known = [one.fitness for one in kept if one.fitness is not None]
            others = [self._score(world) for world in worlds[len(kept) :]]
        except EurekaError as error:
            return error
        lengths = tuple(int(self.lengths[world]) for world in worlds)
        return EpisodeSet((*known, *others), lengths, sum(lengths), tuple(kept))

    def _trajectory(self, world: int, seed: int) -> Trajectory:
        signals = self._watched(world)
        terminated = bool(self.terminated[world])
        return record(
            self.task,
            {name.removeprefix("signal/"): a for name, a in signals.items() if name.startswith("signal/")},
            action=signals["action"],
            native_reward=self._of("native", world),
            terminated=terminated,
            truncated=not terminated or int(self.lengths[world]) >= self.task.max_episode_steps,
            seed=int(seed),
            simulator=self.simulator,
            fitness_steps=self._steps(world),
        )

    def _score(self, world: int) -> float:
        """Return the fitness of an episode that is not kept."""
        scored, native_return = TaskFitness(self.task), float(self._of("native", world).sum())
        if not scored.by_episode:
            return scored.of_steps(self._steps(world), native_return)
        signals = {name.removeprefix("signal/"): a for name, a in self._watched(world).items()}
        return scored.of_signals(signals, native_return)

    def _steps(self, world: int) -> Array | None:
        return self._of("fitness", world) if "fitness" in self.arrays else None

    def _of(self, name: str, world: int) -> Array:
        return self.arrays[name][: int(self.lengths[world]), world]

    def _watched(self, world: int) -> dict[str, Array]:
        """Return action and signals of a watched world."""
        length, place = int(self.lengths[world]), int(self.place[world])
        return {
            name: array[:length, place]
            for name, array in self.arrays.items()
            if name == "action" or name.startswith("signal/")
        }


class _Log:
    """What happened in every world, a row of all worlds a step."""

    def __init__(self, num_worlds: int, watched: Array) -> None:
        self._rows: dict[str, list[Array]] = {}
        self._place = np.full(num_worlds, -1)
        self._place[watched] = np.arange(len(watched))
        self._count = len(watched)
        self._num_worlds = num_worlds
        self._lengths = np.zeros(num_worlds, dtype=np.int64)
        self._terminated = np.zeros(num_worlds, dtype=bool)

    def begin_step(self, task: Task) -> None:
        """Raise TaskError where those that still run were to have ended."""
        check_it_ends(task, int(self._lengths.max(initial=0)) + 1)

    def add(self, running: Array, actions: Array, step: StepResult) -> None:
        """Take in a step of the worlds that are running, and the actions that they took."""
        self._lengths[running] += 1
        self._terminated[running] = step.terminated
        self._put("native", running, step.native_reward, self._num_worlds)
        if step.fitness_step is not None:
            self._put("fitness", running, step.fitness_step, self._num_worlds)
        places = self._place[running]
        seen = np.flatnonzero(places >= 0)
        if self._count and len(seen):
            self._put("action", places[seen], actions[seen], self._count)
            for name, array in step.signals.items():
                self._put(f"signal/{name}", places[seen], array[seen], self._count)

    def _put(self, name: str, rows: Array, values: Array, width: int) -> None:
        row = np.zeros((width, *values.shape[1:]), values.dtype)
        row[rows] = values
        self._rows.setdefault(name, []).append(row)

    def records(self, task: Task, seeds: Sequence[Sequence[int]]) -> Records:
        """Return everything that was added."""
        arrays = {name: np.stack(rows) for name, rows in self._rows.items()}
        return Records(task, seeds, arrays, self._lengths, self._terminated, self._place)
