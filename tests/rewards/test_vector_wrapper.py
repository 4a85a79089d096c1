"""A vector of environments pays what a single one does, for every task, autoreset mode and vectorisation."""

from __future__ import annotations

import copy
import functools
import pickle
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import jax.numpy as jnp
import numpy as np
import pytest
from bundled_tasks import every_task
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, SyncVectorEnv, VectorEnv

from eureka_agent.errors import TaskError
from eureka_agent.rewards.loader import load_reward
from eureka_agent.rewards.vector_wrapper import VectorRewardWrapper
from eureka_agent.rewards.wrapper import RewardWrapper
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import GymWorlds

WORLDS, STEPS, LIMIT, SEED = 2, 12, 5, 3
TASKS = every_task()
OBSERVED = ["cartpole", "pendulum", "acrobot", "mountain_car", "mountain_car_weak"]
"""Those that read nothing from inside an environment."""


def reward_of_everything(task: Task) -> str:
    """Return a reward that every signal and its past have a part in."""
    lines = []
    for place, signal in enumerate(task.all_signals):
        value = f"np.sum(np.cos({signal.name}), axis=-1)" if signal.shape else f"np.cos({signal.name})"
        lines.append(f"    total = total + {0.1 + 0.01 * place} * {value}")
    names = [signal.name for signal in task.all_signals]
    first = (
        next(signal.name for signal in task.signals if not signal.shape)
        if any(not signal.shape for signal in task.signals)
        else f"{names[0]}[:, 0]"
    )
    return (
        f"import numpy as np\n\n\ndef compute_reward({', '.join(names)}):\n"
        f"    total = np.zeros_like(1.0 * {first})\n"
        + "\n".join(lines)
        + '\n    return total, {"total": total}\n'
    )


def limited(task: Task) -> gym.Env:
    return gym.wrappers.TimeLimit(task.make_env(), LIMIT)


@functools.cache
def task_of(name: str) -> Task:
    return find_task(name)


@functools.cache
def actions_of(name: str) -> list[list[Any]]:
    env = task_of(name).make_env()
    env.action_space.seed(SEED)
    return [[env.action_space.sample() for _ in range(WORLDS)] for _ in range(STEPS)]


def paid_singly(make: Callable[[], gym.Env], reward: str, task: Any, actions: list[list[Any]]) -> np.ndarray:
    """Return what each world is paid on its own, `(STEPS, WORLDS)`."""
    columns = []
    for world in range(WORLDS):
        env = RewardWrapper(make(), reward, task)
        env.reset(seed=SEED + world)
        column = []
        for row in actions:
            _, paid, terminated, truncated, _ = env.step(row[world])
            column.append(paid)
            if terminated or truncated:
                env.reset()
        columns.append(column)
        env.close()
    return np.array(columns).T


def paid_together(wrapped: VectorRewardWrapper, actions: list[list[Any]]) -> np.ndarray:
    """Return what each world of a vector is paid for the same actions, steps that are resets left out."""
    mode = vars(wrapped.env.unwrapped)["autoreset_mode"]  # Gymnasium 1.2's metadata tell the last vector's
    wrapped.reset(seed=SEED)
    taken, paid = [0] * WORLDS, [[] for _ in range(WORLDS)]
    while min(taken) < len(actions):
        rows = [actions[min(t, len(actions) - 1)][world] for world, t in enumerate(taken)]
        _, rewards, terminated, truncated, infos = wrapped.step(np.array(rows))
        for world in np.flatnonzero(infos["reward_valid"]):
            paid[world].append(rewards[world])
            taken[world] += 1
        done = np.asarray(terminated) | np.asarray(truncated)
        if mode is AutoresetMode.DISABLED and done.any():
            wrapped.reset(options={"reset_mask": done})
    wrapped.close()
    return np.array([column[: len(actions)] for column in paid]).T


def vectors(kind: type[Any], make: Callable[[], gym.Env]) -> list[VectorEnv]:
    return [kind([make] * WORLDS, autoreset_mode=mode) for mode in AutoresetMode]


@pytest.mark.parametrize("name", TASKS)
def test_every_task_pays_alike_alone_in_a_vector_and_in_training(name: str) -> None:
    task, actions = task_of(name), actions_of(name)
    reward = reward_of_everything(task)
    make = functools.partial(limited, task)
    alone = paid_singly(make, reward, name, actions)
    for vector in vectors(SyncVectorEnv, make):
        together = paid_together(VectorRewardWrapper(vector, reward, task=name), actions)
        np.testing.assert_allclose(together, alone, rtol=1e-5, err_msg=str(vector.metadata["autoreset_mode"]))
    worlds, function = GymWorlds(task, 1, [SEED]), load_reward(reward)
    worlds.reset()
    trained = [float(function(worlds.step(np.array([row[0]])).signals).reward[0]) for row in actions[:LIMIT]]
    np.testing.assert_allclose(alone[:LIMIT, 0], trained, rtol=1e-5)


@pytest.mark.parametrize("name", OBSERVED)
def test_environments_in_other_processes_pay_alike(name: str) -> None:
    task, actions = task_of(name), actions_of(name)
    reward = reward_of_everything(task)
    make = functools.partial(limited, task)
    alone = paid_singly(make, reward, name, actions)
    for vector in vectors(AsyncVectorEnv, make):
        together = paid_together(VectorRewardWrapper(vector, reward, task=name), actions)
        np.testing.assert_allclose(together, alone, rtol=1e-5, err_msg=str(vector.metadata["autoreset_mode"]))


def test_a_task_that_reads_inside_says_that_other_processes_are_out_of_reach() -> None:
    make = functools.partial(gym.make, "Hopper-v5")
    vector = AsyncVectorEnv([make] * WORLDS)
    try:
        with pytest.raises(
            TaskError, match=r"reads its signals from inside each environment.*AsyncVectorEnv"
        ):
            VectorRewardWrapper(vector, reward_of_everything(task_of("hopper")), task="hopper")
    finally:
        vector.close()


def test_wrapped_where_they_are_made_they_pay_in_other_processes_too() -> None:
    """As that error advises."""
    reward, actions = reward_of_everything(task_of("hopper")), actions_of("hopper")
    make = functools.partial(limited, task_of("hopper"))
    vector = AsyncVectorEnv(
        [lambda: RewardWrapper(make(), reward, "hopper")] * WORLDS, autoreset_mode=AutoresetMode.SAME_STEP
    )
    vector.reset(seed=SEED)
    paid = np.array([vector.step(np.array(row))[1] for row in actions])
    vector.close()
    np.testing.assert_allclose(paid, paid_singly(make, reward, "hopper", actions), rtol=1e-5)


def test_the_last_state_inside_is_the_one_before_the_reset() -> None:
    """Hopper's fall: its height is far from where it begins anew."""
    reward = 'def compute_reward(height):\n    tall = 1.0 * height\n    return tall, {"tall": tall}\n'
    venv = SyncVectorEnv([lambda: gym.make("Hopper-v5")], autoreset_mode=AutoresetMode.SAME_STEP)
    wrapped = VectorRewardWrapper(venv, reward, task="hopper")
    wrapped.reset(seed=0)
    while True:
        _, rewards, terminated, _, infos = wrapped.step(np.ones((1, 3), dtype=np.float32))
        if terminated[0]:
            break
    np.testing.assert_allclose(rewards[0], infos["final_obs"][0][0], rtol=1e-5)


CHANGE = """
import numpy as np


def compute_reward(pole_angle, prev_pole_angle, action, prev_action):
    turned = np.abs(pole_angle - prev_pole_angle)
    switched = np.sum(np.abs(action - prev_action), axis=-1)
    return turned + switched, {"turned": turned, "switched": switched}
"""


def test_a_batched_implementation_pays_as_computed_by_hand() -> None:
    vector = gym.make_vec("CartPole-v1", num_envs=WORLDS, vectorization_mode="vector_entry_point")
    wrapped = VectorRewardWrapper(vector, CHANGE, task="cartpole")
    before, _ = wrapped.reset(seed=SEED)
    before, previous, resets = np.array(before), np.zeros((WORLDS, 2)), 0
    for step in range(40):
        actions = np.array([1, step % 2])
        observations, rewards, *_, infos = wrapped.step(actions)
        after, taken = np.array(observations), np.eye(2)[actions]
        by_hand = np.abs(after[:, 2] - before[:, 2]) + np.abs(taken - previous).sum(axis=-1)
        valid = infos["reward_valid"]
        np.testing.assert_allclose(rewards, np.where(valid, by_hand, 0.0), rtol=1e-4, atol=1e-6)
        before, previous = after, np.where(valid[:, None], taken, 0.0)
        resets += int((~valid).sum())
    assert resets > 2


class Batched(VectorEnv):
    """A vectorisation of its own: resets within the step, and keeps last observations as one batch."""

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(self, array: Callable[[Any], Any] = np.asarray) -> None:
        self.num_envs, self.array = WORLDS, array
        self.single_observation_space = gym.spaces.Box(0.0, 100.0, (1,), np.float32)
        self.single_action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed: Any = None, options: Any = None) -> Any:
        self.count = np.arange(WORLDS, dtype=np.float32)
        return self.array(self.count[:, None].copy()), {}

    def step(self, actions: Any) -> Any:
        self.count = self.count + 1.0
        last, done = self.count[:, None].copy(), self.count >= 4.0
        self.count = np.where(done, 0.0, self.count).astype(np.float32)
        infos = {"final_obs": self.array(last), "_final_obs": done} if done.any() else {}
        rest = (self.count[:, None].copy(), np.ones(WORLDS), done, np.zeros(WORLDS, dtype=bool))
        return *map(self.array, rest), infos


@pytest.mark.parametrize("array", [np.asarray, jnp.asarray])
def test_a_vectorisation_may_keep_its_last_observations_as_a_batch(array: Callable[[Any], Any]) -> None:
    climb = (
        "def compute_reward(obs, prev_obs):\n    up = obs[:, 0] + 10.0 * prev_obs[:, 0]\n    "
        'return up, {"up": up}\n'
    )
    wrapped = VectorRewardWrapper(Batched(array), climb)
    wrapped.reset()
    paid = [wrapped.step(np.zeros(WORLDS, dtype=np.int64))[1].tolist() for _ in range(5)]
    assert paid == [[1.0, 12.0], [12.0, 23.0], [23.0, 34.0], [34.0, 1.0], [1.0, 12.0]]


def test_a_mode_that_nobody_names_is_asked_for() -> None:
    vector = Batched()
    vector.metadata = {}
    with pytest.raises(TaskError, match="does not say how it resets"):
        VectorRewardWrapper(vector, CHANGE, task="cartpole")


def test_native_returns_are_told_where_episodes_end() -> None:
    for vector in vectors(SyncVectorEnv, functools.partial(gym.make, "CartPole-v1", max_episode_steps=4)):
        wrapped = VectorRewardWrapper(vector, CHANGE, task="cartpole")
        wrapped.reset(seed=SEED)
        told, mode = [], vector.metadata["autoreset_mode"]
        for _ in range(12):
            *_, truncated, infos = wrapped.step(np.array([0, 1]))
            if "native_return" in infos:
                assert infos["_native_return"].tolist() == [True, True]
                told.append(infos["native_return"].tolist())
            if mode is AutoresetMode.DISABLED and truncated.any():
                wrapped.reset(options={"reset_mask": truncated})
        assert told == [[4.0, 4.0]] * (2 if mode is AutoresetMode.NEXT_STEP else 3)


def test_what_was_returned_stays_as_it_was() -> None:
    """Components may be views of what the wrapper remembers; changing them changes nothing there."""
    echo = (
        "def compute_reward(pole_angle, prev_pole_angle):\n    return pole_angle - prev_pole_angle, "
        '{"now": pole_angle, "before": prev_pole_angle}\n'
    )
    wrapped = VectorRewardWrapper(gym.make_vec("CartPole-v1", WORLDS), echo, task="cartpole")
    wrapped.reset(seed=SEED)
    last = np.zeros(WORLDS, dtype=np.float32)
    real = np.zeros(WORLDS, dtype=bool)
    for _ in range(30):
        *_, infos = wrapped.step(np.ones(WORLDS, dtype=np.int64))
        parts = infos["reward_components"]
        both = real & infos["reward_valid"]
        np.testing.assert_array_equal(parts["before"][both], last[both])
        last, real = parts["now"].copy(), infos["reward_valid"]
        parts["now"] *= 100.0


OBSERVED_CHANGE = """
import numpy as np


def compute_reward(obs, prev_obs, prev_action):
    turned = np.abs(obs[:, 2] - prev_obs[:, 2])
    pushed = 0.1 * prev_action[:, 1]
    return turned + pushed, {"turned": turned, "pushed": pushed}
"""


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
@pytest.mark.parametrize(("name", "reward"), [("cartpole", CHANGE), (None, OBSERVED_CHANGE)])
def test_a_copied_vector_goes_on_where_it_was(
    copied: Callable[[Any], Any], name: str | None, reward: str
) -> None:
    wrapped = VectorRewardWrapper(gym.make_vec("CartPole-v1", WORLDS), reward, task=name)
    wrapped.reset(seed=SEED)
    for _ in range(5):
        wrapped.step(np.zeros(WORLDS, dtype=np.int64))
    other = copied(wrapped)
    for step in range(30):
        actions = np.array([step % 2, 1])
        np.testing.assert_array_equal(other.step(actions)[1], wrapped.step(actions)[1])
