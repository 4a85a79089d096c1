"""PPO on one reward: learn, look at ten checkpoints, choose one, score it (arXiv 1707.06347).

Checkpoints are chosen on one set of held-out episodes and scored on another: the maximum over ten noisy
scores is optimistic, and must not be what candidates are compared by.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecNormalize

from eureka_agent.seeds import seed_for
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.curriculum import TrainingStage, training_stages_of
from eureka_agent.training.evaluation import EpisodeSet, evaluate
from eureka_agent.training.population.policy_file import SavedPolicy
from eureka_agent.training.reward_provider import RewardProvider
from eureka_agent.training.sb3.policy_file import load_into
from eureka_agent.training.sb3.rollout_rewards import ReturnNormalizer, RolloutRewards
from eureka_agent.training.sb3.vec_env import TaskVecEnv
from eureka_agent.trajectories.keeping import KEPT_EPISODES

Array = np.ndarray

_NOT_PPO = ("n_envs", "hidden_sizes", "normalize_observation", "normalize_reward")


@dataclass(frozen=True)
class Trained:
    """A finished training: the chosen policy is loaded in `model`."""

    model: PPO
    normalize: VecNormalize
    best_checkpoint: int
    best_env_steps: int
    """Steps of learning up to it."""
    curves: dict[str, list[float]]
    scoring: EpisodeSet
    env_steps: int


def train_ppo(
    task: Task, provider: RewardProvider, *, seed: int, env_steps: int, start: SavedPolicy | None = None
) -> Trained:
    """Train one policy; the same arguments give the same policy on the same machine.

    `start` is a policy of the task's own network to start from. Raises what the provider raises, and
    TaskError or TrainingError from the worlds.
    """
    torch.set_num_threads(1)
    settings = asdict(PpoSettings.of(task.algorithm))
    n_envs = settings["n_envs"]
    stages = training_stages_of(task, env_steps)
    env = TaskVecEnv(_worlds(stages[0], n_envs, seed), provider.signals)
    normalize = VecNormalize(env, norm_obs=settings["normalize_observation"], norm_reward=False)
    scale = ReturnNormalizer(n_envs, settings["gamma"]) if settings["normalize_reward"] else None
    rollout_rewards = RolloutRewards(env, provider, scale)
    try:
        model = _make_model(normalize, settings, seed)
        if start is not None:
            load_into(model, normalize, start)
        checkpoints = _Checkpoints(
            task, rollout_rewards, normalize, stages=stages, seed=seed, env_steps=env_steps
        )
        model.learn(env_steps, callback=[rollout_rewards, checkpoints])
        best, learned = checkpoints.load_best(model)
        act = _actor(model, normalize)
        scoring = evaluate(task, act, checkpoints.seeds("score"), recorded=KEPT_EPISODES)
    finally:
        normalize.close()
    steps = env.env_steps + checkpoints.eval_steps + scoring.env_steps
    return Trained(model, normalize, best, learned, dict(checkpoints.curves), scoring, steps)


def _worlds(stage: TrainingStage, n_envs: int, seed: int) -> GymWorlds:
    return GymWorlds(stage.task, n_envs, [seed_for(seed, "world", index) for index in range(n_envs)])


def _make_model(env: VecNormalize, settings: dict[str, Any], seed: int) -> PPO:
    own = {name: value for name, value in settings.items() if name not in _NOT_PPO}
    hidden = list(settings["hidden_sizes"])
    return PPO("MlpPolicy", env, policy_kwargs={"net_arch": hidden}, seed=seed, device="cpu", **own)


def _actor(model: PPO, normalize: VecNormalize):
    def act(observation: Array) -> Array:
        return model.predict(normalize.normalize_obs(observation), deterministic=True)[0]  # pyright: ignore[reportArgumentType]

    return act


@dataclass(frozen=True)
class _Kept:
    """The checkpoint that is the best so far."""

    score: float
    index: int
    env_steps: int
    parameters: dict[str, Any]
    statistics: Any


class _Checkpoints(BaseCallback):
    """Evaluates at evenly spaced points of the training, keeps the best policy, and turns stages."""

    def __init__(
        self,
        task: Task,
        rollout_rewards: RolloutRewards,
        normalize: VecNormalize,
        *,
        stages: Sequence[TrainingStage],
        seed: int,
        env_steps: int,
    ) -> None:
        super().__init__()
        self._stages = list(stages)
        self._several = len(stages) > 1
        self._since = 0
        self.curves: dict[str, list[float]] = defaultdict(list)
        self.eval_steps = 0
        self._task, self._payday, self._normalize, self._seed = task, rollout_rewards, normalize, seed
        count = task.budget.checkpoints
        self._due = [round(env_steps * (index + 1) / count) for index in range(count)]
        self._best: _Kept | None = None

    def seeds(self, purpose: str) -> list[int]:
        """Return the seeds of one evaluation set; the sets of different purposes are disjoint."""
        return [seed_for(self._seed, purpose, index) for index in range(self._task.budget.eval_episodes)]

    def load_best(self, model: PPO) -> tuple[int, int]:
        """Put the chosen checkpoint back into the model; return its index and its steps of learning."""
        assert self._best is not None
        model.policy.load_state_dict(self._best.parameters)
        self._normalize.obs_rms = self._best.statistics
        return self._best.index, self._best.env_steps

    def _on_step(self) -> bool:
        return True

    def _on_rollout_start(self) -> None:
        # Called before each rollout, so after the update that followed the previous one.
        passed = self._look()
        if passed or self._stages[0].over(self.num_timesteps - self._since):
            self._move_on()

    def _move_on(self) -> None:
        """Go on in the worlds of the next stage; policy, optimiser and statistics stay as they are."""
        self._stages.pop(0)
        self._since = self.num_timesteps
        env = self._normalize.venv
        assert isinstance(env, TaskVecEnv)
        env.enter(_worlds(self._stages[0], env.num_envs, self._seed))
        self._payday.begin()
        # The rollout that begins now takes its first observation from here.
        self.model._last_obs = self._normalize.reset()
        self.model._last_episode_starts = np.ones(env.num_envs, dtype=bool)

    def _on_training_end(self) -> None:
        self._look()

    def _look(self) -> bool:
        """Evaluate if a checkpoint is due; return whether its policy needs no more of its stage."""
        if not self._due or self.num_timesteps < self._due[0]:
            return False
        while self._due and self.num_timesteps >= self._due[0]:
            self._due.pop(0)
        model = self.model
        assert isinstance(model, PPO)
        episodes = self._tried(model, self._task)
        for name, value in self._payday.tally.take().items():
            self.curves[name].append(value)
        self.curves["fitness"].append(episodes.fitness)
        self.curves["episode_length"].append(episodes.length)
        stage = self._stages[0]
        if self._several:
            self.curves["stage"].append(float(stage.index))
        score = self._task.fitness.sign * episodes.fitness
        if self._best is None or score >= self._best.score:  # of equals the last, as `Candidate.remember`
            parameters = copy.deepcopy(model.policy.state_dict())
            index = len(self.curves["fitness"]) - 1
            statistics = copy.deepcopy(getattr(self._normalize, "obs_rms", None))
            self._best = _Kept(score, index, self.num_timesteps, parameters, statistics)
        measured = stage.until is not None and bool(self._due)
        return measured and stage.passed(self._tried(model, stage.task).fitness)

    def _tried(self, model: PPO, task: Task) -> EpisodeSet:
        """Run the episodes that checkpoints are chosen by, in the task's or a stage's environment."""
        episodes = evaluate(task, _actor(model, self._normalize), self.seeds("select"))
        self.eval_steps += episodes.env_steps
        return episodes
