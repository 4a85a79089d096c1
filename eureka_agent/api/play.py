"""`play`: run a saved policy, score it, evaluate a reward on it, record it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import gymnasium as gym

from eureka_agent.analysis.statistics import t_interval
from eureka_agent.api.check import coded_reward
from eureka_agent.errors import ConfigError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.residual import residual
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluate_reward import RewardEvaluator, with_reward
from eureka_agent.training.filming import Wanted, check_wanted
from eureka_agent.training.playing import play_policy
from eureka_agent.training.policies import check_can_act, read_policy
from eureka_agent.trajectories.trajectory import Trajectory


@dataclass(frozen=True)
class PlayedEpisode:
    """One episode; reward and components are sums over its steps, if a reward was named."""

    fitness: float
    length: int
    reward: float | None = None
    components: dict[str, float] = field(default_factory=dict)
    residual: float | None = None
    """What the reward paid beside its components; None where that is nothing."""


@dataclass(frozen=True)
class PlayReport:
    """The report of `play`."""

    task: str
    policy: Path
    fitness_summary: str
    episodes: tuple[PlayedEpisode, ...]
    video: Path | None = None
    """Of the first episode."""
    frames: Path | None = None

    @property
    def summary(self) -> str:
        """Mean fitness over episodes with its interval."""
        return str(t_interval([episode.fitness for episode in self.episodes]))


def play(
    policy: Path | str,
    task: str,
    *,
    episodes: int = 10,
    seed: int = 0,
    reward: Path | str | None = None,
    video: Path | str | None = None,
    frames: Path | str | None = None,
    env: str | Callable[[], gym.Env] | None = None,
    envs: Path | None = None,
    unsafe_isolation: bool = False,
) -> PlayReport:
    """Run a saved policy of either trainer, deterministically, and score it as trainings are scored.

    `reward` is a file or one of the task's own (`reference`, `hack:<name>`), reported next to the fitness.
    `video` (.gif or .mp4) and `frames` (a folder of PNG) show the first episode. Raises StoreError if the
    file is not a policy, ConfigError if it does not fit the task, TaskError if the environment fails.
    """
    if episodes < 1:
        raise ConfigError(f"Cannot play {episodes} episodes.", allowed="1 or more")
    wanted = Wanted(None if video is None else Path(video), None if frames is None else Path(frames))
    check_wanted(wanted)
    path = Path(policy)
    chosen = find_task(task, env=env, envs=envs)
    saved = read_policy(path)
    check_can_act(saved, chosen, path)
    paid_by = None if reward is None else coded_reward(chosen, str(reward))
    played = play_policy(chosen, saved, episodes=episodes, seed=seed, wanted=wanted)
    if paid_by is not None:
        played = pay(chosen, paid_by, played, unsafe=unsafe_isolation)
    rows = tuple(_told(trajectory) for trajectory in played)
    return PlayReport(chosen.name, path, chosen.fitness.summary, rows, wanted.video, wanted.frames)


def pay(task: Task, reward: Coded, played: Sequence[Trajectory], *, unsafe: bool) -> list[Trajectory]:
    """Return episodes with what a reward pays at the end of a training: a policy file knows no progress."""
    most = max(trajectory.length for trajectory in played)
    with (
        RewardSandbox(unsafe=unsafe) as sandbox,
        RewardEvaluator(reward, task=task, sandbox=sandbox, rows=most) as evaluate,
    ):
        return [with_reward(evaluate.batch, trajectory) for trajectory in played]


def _told(trajectory: Trajectory) -> PlayedEpisode:
    assert trajectory.fitness is not None  # played to its end
    reward = None if trajectory.reward is None else float(trajectory.reward.sum())
    components = {name: float(values.sum()) for name, values in trajectory.components.items()}
    rest = residual(trajectory.reward, trajectory.components) if trajectory.reward is not None else None
    beside = None if rest is None else float(rest.sum())
    return PlayedEpisode(trajectory.fitness, trajectory.length, reward, components, beside)
