"""Scoring a policy on held-out episodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from eureka_agent.errors import TaskError
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.building import ASSUMED_LIMIT
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import GymWorlds, StepResult
from eureka_agent.trajectories.recording import record
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
Act = Callable[[Array], Array]
"""Maps policy observations `(num_envs, dim)` to deterministic actions."""


@dataclass(frozen=True)
class EpisodeSet:
    """Statistics of the first episode of each seed, and some of them as trajectories."""

    scores: tuple[float, ...]
    """Fitness of each."""
    lengths: tuple[int, ...]
    """Control steps of each."""
    env_steps: int
    """Steps of all worlds, those past the end of their first episode included."""
    trajectories: tuple[Trajectory, ...] = ()
    """The first ones, as many as were to be kept."""

    def at_progress(self, progress: float) -> EpisodeSet:
        """Return the set, its trajectories marked as of a policy after this share of a training."""
        return replace(self, trajectories=tuple(one.at_progress(progress) for one in self.trajectories))

    @property
    def fitness(self) -> float:
        """Mean fitness."""
        return float(np.mean(self.scores))

    @property
    def error(self) -> float:
        """Standard error of the mean fitness."""
        return float(np.std(self.scores) / np.sqrt(len(self.scores)))

    @property
    def length(self) -> float:
        """Mean length in control steps."""
        return float(np.mean(self.lengths))


def episode_seeds(task: Task, seed: int, purpose: Literal["select", "score"]) -> list[int]:
    """Return the seeds of a candidate's evaluation episodes; equal training seeds give equal ones.

    Seeds for selecting checkpoints and for scoring the chosen one are disjoint.
    """
    count = task.budget.scoring_episodes if purpose == "score" else task.budget.eval_episodes
    return [seed_for(seed, purpose, index) for index in range(count)]


def check_it_ends(task: Task, steps: int) -> None:
    """Raise TaskError where an episode goes on and on: a simulator may forget the time limit."""
    if steps > (most := max(task.max_episode_steps, ASSUMED_LIMIT)):
        raise TaskError(
            f"An episode of {task.name} goes on after {most:,} steps, its time limit is "
            f"{task.max_episode_steps:,}.",
            allowed="a simulator whose `step` truncates an episode at the task's `max_episode_steps`",
            fix="Let it count steps since the reset, and set `truncated` with the last one.",
        )


def evaluate(
    task: Task,
    act: Act,
    seeds: Sequence[int],
    *,
    recorded: int = 0,
    make: Callable[[Sequence[int]], GymWorlds] | None = None,
) -> EpisodeSet:
    """Run one episode per seed, all worlds in parallel; the first `recorded` are kept.

    `make` builds the task's worlds with seeds; without it they are built in this process.
    Raises TaskError if the environment violates its contract, TrainingError if actions are not finite.
    """
    worlds = GymWorlds(task, len(seeds), seeds) if make is None else make(seeds)
    try:
        observation = worlds.reset()
        steps: list[tuple[Array, StepResult]] = []
        ends: dict[int, int] = {}
        while len(ends) < len(seeds):
            check_it_ends(task, len(steps) + 1)
            action = act(observation)
            step = worlds.step(action)
            steps.append((action, step))
            observation = step.policy_obs
            for world in np.flatnonzero(step.done):
                ends.setdefault(int(world), len(steps))
    finally:
        worlds.close()
    played = [_episode(task, steps[: ends[world]], world, seed) for world, seed in enumerate(seeds)]
    return EpisodeSet(
        scores=tuple(one.fitness for one in played if one.fitness is not None),
        lengths=tuple(one.length for one in played),
        env_steps=len(steps) * len(seeds),
        trajectories=tuple(played[:recorded]),
    )


def _episode(task: Task, steps: Sequence[tuple[Array, StepResult]], world: int, seed: int) -> Trajectory:
    last = steps[-1][1]
    return record(
        task,
        {
            signal.name: np.stack([step.signals[signal.name][world] for _, step in steps])
            for signal in task.all_signals
        },
        action=np.stack([action[world] for action, _ in steps]),
        native_reward=np.stack([step.native_reward[world] for _, step in steps]),
        terminated=bool(last.terminated[world]),
        truncated=bool(last.truncated[world]),
        seed=seed,
    )
