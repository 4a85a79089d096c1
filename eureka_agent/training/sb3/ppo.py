"""PPO on one reward by Stable-Baselines3, in step with the calendar of all trainers (arXiv 1707.06347).

Checkpoints are chosen on one set of held-out episodes and scored on another: the maximum over ten noisy
scores is optimistic, and must not be what candidates are compared by.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecNormalize

from eureka_agent.errors import EurekaError
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.training.calendar import Evaluated, Failures, OnCheckpoint, TrainingCalendar
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.curriculum import TrainingStage, training_stages_of
from eureka_agent.training.evaluation import EpisodeSet, episode_seeds, evaluate
from eureka_agent.training.evaluation_rewards import PAID_EPISODES
from eureka_agent.training.reward_provider import RewardProvider
from eureka_agent.training.sb3.policy_file import load_into
from eureka_agent.training.sb3.rollout_rewards import ReturnNormalizer, RolloutRewards
from eureka_agent.training.sb3.settings import sb3_settings
from eureka_agent.training.sb3.vec_env import TaskVecEnv
from eureka_agent.training.schedule import CheckpointSchedule
from eureka_agent.training.simulators.gym_worlds import GymWorldsMaker
from eureka_agent.trajectories.keeping import KEPT_EPISODES

Array = np.ndarray
Candidate = TrainingCandidate[RewardProvider]

_NOT_PPO = (
    "n_envs",
    "hidden_sizes",
    "normalize_observation",
    "normalize_reward",
    "encoder",
    "glyphs",
    "vocabulary",
    "embedding",
)


@dataclass(frozen=True)
class Trained:
    """A finished training: the chosen policy is loaded in `model`."""

    model: PPO
    normalize: VecNormalize
    learned: Learned


class PolicyState(NamedTuple):
    """What is kept of a policy at a checkpoint."""

    parameters: dict[str, Any]
    statistics: Any
    """Of observations; None where they are not normalised."""


def train_ppo(
    task: Task,
    candidate: Candidate,
    *,
    env_steps: int,
    on_checkpoint: OnCheckpoint | None = None,
    processes: int = 1,
) -> Trained:
    """Train one policy; the same arguments give the same policy on the same machine.

    Environments are stepped in so many processes at most, which changes nothing but the time it takes.
    Raises what the candidate's provider raises, TaskError or TrainingError from the worlds, and TrainingError
    for settings that the trainer does not have.
    """
    torch.set_num_threads(1)
    ppo = sb3_settings(task)
    settings = asdict(ppo)
    stages = training_stages_of(task, env_steps)
    makers = _Makers(task, stages, processes)
    env = TaskVecEnv(_worlds(makers, stages[0], ppo.n_envs, candidate.seed), candidate.provider.signals)
    normalize = VecNormalize(env, norm_obs=ppo.normalize_observation, norm_reward=False)
    scale = ReturnNormalizer(ppo.n_envs, ppo.gamma) if ppo.normalize_reward else None
    schedule = CheckpointSchedule.of(env_steps, checkpoints=task.budget.checkpoints, rollout=ppo.rollout)
    rewards = RolloutRewards(env, candidate, scale, schedule)
    ended: list[Learned | EurekaError] = []
    try:
        model = _make_model(normalize, settings, candidate.seed)
        if candidate.start is not None:
            load_into(model, normalize, candidate.start)
        learner = _Learner(
            task, candidate, model, normalize, rewards, makers=makers, stages=stages, schedule=schedule
        )
        calendar = TrainingCalendar(
            task, learner, schedule, on_end=lambda _, end: ended.append(end), on_checkpoint=on_checkpoint
        )
        model.learn(env_steps, callback=[rewards, _Turns(calendar)])
        calendar.finish()
    finally:
        normalize.close()
    (end,) = ended
    if isinstance(end, EurekaError):
        raise end
    return Trained(model, normalize, end)


class _Makers:
    """What makes the worlds of a task and of the stages of its curriculum."""

    def __init__(self, task: Task, stages: Sequence[TrainingStage], processes: int) -> None:
        tasks = {id(each): each for each in (task, *(stage.task for stage in stages))}
        self._of = {
            key: GymWorldsMaker(each, each.make_env(), processes=processes) for key, each in tasks.items()
        }

    def __getitem__(self, task: Task) -> GymWorldsMaker:
        return self._of[id(task)]


def _worlds(makers: _Makers, stage: TrainingStage, n_envs: int, seed: int) -> GymWorlds:
    return makers[stage.task]([seed_for(seed, "world", index) for index in range(n_envs)])


def _make_model(env: VecNormalize, settings: dict[str, Any], seed: int) -> PPO:
    own = {name: value for name, value in settings.items() if name not in _NOT_PPO}
    hidden = list(settings["hidden_sizes"])
    return PPO("MlpPolicy", env, policy_kwargs={"net_arch": hidden}, seed=seed, device="cpu", **own)


class _Turns(BaseCallback):
    """Tells the calendar how far learning is, after each update."""

    def __init__(self, calendar: TrainingCalendar) -> None:
        super().__init__()
        self._calendar = calendar

    def _on_step(self) -> bool:
        return True

    def _on_rollout_start(self) -> None:
        # Called before each rollout, so after the update that followed the previous one.
        if self.num_timesteps:
            self._calendar.reach(self.num_timesteps)

    def _on_training_end(self) -> None:
        self._calendar.reach(self.num_timesteps)


class _Learner:
    """One candidate and its model, as `Learners` has it; what goes wrong is raised."""

    def __init__(
        self,
        task: Task,
        candidate: Candidate,
        model: PPO,
        normalize: VecNormalize,
        rewards: RolloutRewards,
        *,
        makers: _Makers,
        stages: Sequence[TrainingStage],
        schedule: CheckpointSchedule,
    ) -> None:
        self._task, self._candidate, self._schedule = task, candidate, schedule
        self._model, self._normalize, self._rewards = model, normalize, rewards
        self._makers = makers
        self._stages, self._several = list(stages), len(stages) > 1
        self._since = 0
        self.candidates: list[Candidate] = [candidate]

    def settle(self) -> Failures:
        """Nothing is left undone."""
        return {}

    def evaluate(self, candidates: Sequence[Candidate]) -> Evaluated:
        """Run the episodes that checkpoints are chosen by, in the task's own environment."""
        return {self._candidate: self._evaluated(self._task, "select", recorded=PAID_EPISODES)}

    def means(self, candidate: Candidate) -> Mapping[str, float]:
        """Return mean reward and components since the last call."""
        return self._rewards.tally.take()

    def stage(self, candidate: Candidate) -> int | None:
        """Return the index of the stage that is trained in; None without a curriculum."""
        return self._stages[0].index if self._several else None

    def policy(self, candidate: Candidate) -> PolicyState:
        """Return a copy of the model's policy as it is now."""
        statistics = getattr(self._normalize, "obs_rms", None)
        return PolicyState(copy.deepcopy(self._model.policy.state_dict()), copy.deepcopy(statistics))

    def advance(self, steps: int, *, evaluated: bool) -> Failures:
        """Turn to the next stage once this one took its steps, or its exam is passed."""
        stage = self._stages[0]
        if self._schedule.over(steps):
            return {}
        passed = False
        if evaluated and stage.until is not None:
            exam = self._evaluated(stage.task, "select")
            self._candidate.env_steps += exam.env_steps
            passed = stage.passed(exam.fitness)
        if passed or stage.over(steps - self._since):
            self._move_on(steps)
        return {}

    def score(self, candidates: Sequence[Candidate]) -> Evaluated:
        """Put the chosen checkpoint back into the model, and run episodes that chose nothing."""
        chosen: PolicyState = self._candidate.chosen.policy
        self._model.policy.load_state_dict(chosen.parameters)
        self._normalize.obs_rms = chosen.statistics
        return {self._candidate: self._evaluated(self._task, "score", recorded=KEPT_EPISODES)}

    def drop(self, candidates: Collection[TrainingCandidate[Any]]) -> None:
        """Learn no more."""
        self.candidates = []

    def _evaluated(self, task: Task, purpose: Literal["select", "score"], *, recorded: int = 0) -> EpisodeSet:
        seeds = episode_seeds(self._task, self._candidate.seed, purpose)
        return evaluate(task, self._act, seeds, recorded=recorded, make=self._makers[task])

    def _act(self, observation: Array) -> Array:
        seen = self._normalize.normalize_obs(observation)
        return self._model.predict(seen, deterministic=True)[0]  # pyright: ignore[reportArgumentType]

    def _move_on(self, steps: int) -> None:
        """Go on in the worlds of the next stage; policy, optimiser and statistics stay as they are."""
        self._stages.pop(0)
        self._since = steps
        env = self._normalize.venv
        assert isinstance(env, TaskVecEnv)
        env.enter(_worlds(self._makers, self._stages[0], env.num_envs, self._candidate.seed))
        self._rewards.begin()
        # The rollout that begins now takes its first observation from here.
        self._model._last_obs = self._normalize.reset()
        self._model._last_episode_starts = np.ones(env.num_envs, dtype=bool)
