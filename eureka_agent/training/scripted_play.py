"""Scripted behaviours are played on the task's own simulator, to the end of each episode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import StepResult
from eureka_agent.training.simulators import Simulator, SimulatorFactory
from eureka_agent.trajectories.recording import record
from eureka_agent.trajectories.scripted import STAGE, Script, scripts_of
from eureka_agent.trajectories.trajectory import Origin, Trajectory

Array = np.ndarray
EPISODES = 3
"""Of each behaviour, from the same starts."""
FEWEST_EPISODES = 2
"""One says nothing of how far its score may lie from another's."""
MOST_ROWS = 40_000
"""Steps of all behaviours together: what a reward is paid for in milliseconds."""
MOST_S = 30.0
"""A slow environment is played for about as long at most."""


def play_scripted(task: Task, *, seed: int, steps_a_second: float | None = None) -> list[Trajectory]:
    """Return whole episodes of every scripted behaviour, each with its fitness and its behaviour as origin.

    There are none where episodes are so long, or the environment (`steps_a_second`) so slow, that not even
    two of each can be afforded. Where nobody named a time limit, behaviours that do not come to an end in
    time are left out. Raises TaskError and TrajectoryError where the environment does not bear such actions.
    """
    factory = SimulatorFactory(task)
    names = list(scripts_of(factory.action_space, seed))
    limit = task.max_episode_steps if task.time_limit_known else 1
    episodes = affordable(len(names), limit, steps_a_second)
    if episodes < FEWEST_EPISODES:
        return []
    starts = [seed + episode for episode in range(episodes)]
    plays = [
        _Play(name, own, scripts_of(factory.action_space, own)[name]) for name in names for own in starts
    ]
    simulator = factory.make([play.seed for play in plays])
    try:
        simulator.reset()
        _play(simulator, plays, int(min(task.max_episode_steps, _rows(steps_a_second) // len(plays))))
    finally:
        simulator.close()
    endless = {play.name for play in plays if not play.ended}
    return [_recorded(task, play) for play in plays if play.name not in endless]


def affordable(behaviours: int, episode_steps: int, steps_a_second: float | None) -> int:
    """Return how many episodes of each behaviour may be played."""
    return min(EPISODES, int(_rows(steps_a_second) // (behaviours * episode_steps)))


def _rows(steps_a_second: float | None) -> float:
    return MOST_ROWS if steps_a_second is None else min(MOST_ROWS, steps_a_second * MOST_S)


@dataclass
class _Play:
    """One world with what it has played so far."""

    name: str
    seed: int
    script: Script
    actions: list[Array] = field(default_factory=list)
    signals: list[dict[str, Array]] = field(default_factory=list)
    native: list[float] = field(default_factory=list)
    terminated: bool = False
    truncated: bool = False

    @property
    def ended(self) -> bool:
        return self.terminated or self.truncated

    def take(self, action: Array, result: StepResult, world: int) -> None:
        self.actions.append(action)
        self.signals.append({name: array[world] for name, array in result.signals.items()})
        self.native.append(float(result.native_reward[world]))
        self.terminated, self.truncated = bool(result.terminated[world]), bool(result.truncated[world])


def _play(simulator: Simulator, plays: Sequence[_Play], steps: int) -> None:
    """Play each to the end of its first episode."""
    going = list(plays)
    for step in range(steps):
        actions = np.stack([play.script(step) for play in going])
        result = simulator.step(actions)
        for world, play in enumerate(going):
            play.take(actions[world], result, world)
        left = [world for world, play in enumerate(going) if not play.ended]
        if not left:
            return
        if len(left) < len(going):
            simulator.retain(np.asarray(left))
            going = [going[world] for world in left]


def _recorded(task: Task, play: _Play) -> Trajectory:
    signals = {name: np.stack([step[name] for step in play.signals]) for name in play.signals[0]}
    episode = record(
        task,
        signals,
        action=np.stack(play.actions),
        native_reward=np.asarray(play.native),
        terminated=play.terminated,
        truncated=play.truncated,
        seed=play.seed,
    )
    return replace(episode, origin=Origin(candidate=play.name, stage=STAGE))
