"""A wrapped environment goes where people send it: specifications, pickles, copies, checkers, processes."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env

from eureka_agent.rewards.loader import load_reward
from eureka_agent.rewards.wrapper import RewardWrapper
from eureka_agent.tasks.registry import find_task

TURNED = """
import numpy as np

MEMORY = {"steps": 0.0}


def compute_reward(pole_angle, prev_pole_angle, prev_action, memory):
    turned = np.abs(pole_angle - prev_pole_angle)
    pushed = 0.1 * prev_action[:, 1]
    steps = memory["steps"] + 1.0
    return turned + pushed + steps, {"turned": turned, "pushed": pushed, "steps": steps}, {"steps": steps}
"""

OBSERVED = '''
def compute_reward(obs, prev_obs):
    """Pay the motion of the cart."""
    moved = obs[:, 0] - prev_obs[:, 0]
    return moved, {"moved": moved}
'''

FORWARD = """
def compute_reward(x_velocity, height):
    forward = x_velocity + 0.1 * height
    return forward, {"forward": forward}
"""


def cartpole() -> RewardWrapper:
    return RewardWrapper(gym.make("CartPole-v1"), TURNED, task="cartpole")


def generic() -> RewardWrapper:
    return RewardWrapper(gym.make("CartPole-v1"), OBSERVED)


def hopper() -> RewardWrapper:
    return RewardWrapper(gym.make("Hopper-v5"), FORWARD, task=find_task("hopper"))


MAKERS = [cartpole, generic, hopper]


def paid(env: gym.Env, *, seed: int | None = 0, steps: int = 20) -> list[float]:
    """Return what an environment pays for the same actions; without a seed it goes on where it is."""
    if seed is not None:
        env.reset(seed=seed)
    env.action_space.seed(1)
    return [float(env.step(env.action_space.sample())[1]) for _ in range(steps)]


@pytest.mark.parametrize("make", MAKERS)
def test_it_is_made_again_from_its_specification(make: Callable[[], gym.Env]) -> None:
    spec = make().spec
    assert spec is not None
    assert paid(gym.make(spec), steps=8) == paid(make(), steps=8)


@pytest.mark.parametrize("make", [cartpole, generic])
def test_its_specification_may_be_written_down(make: Callable[[], gym.Env]) -> None:
    spec = make().spec
    assert spec is not None
    assert paid(gym.make(EnvSpec.from_json(spec.to_json())), steps=8) == paid(make(), steps=8)


def test_a_file_that_is_gone_stands_in_the_specification(tmp_path: Path) -> None:
    path = tmp_path / "reward.py"
    path.write_text(TURNED)
    spec = RewardWrapper(gym.make("CartPole-v1"), path, task="cartpole").spec
    path.unlink()
    assert spec is not None
    assert paid(gym.make(spec), steps=8) == paid(cartpole(), steps=8)


def test_a_loaded_reward_stands_in_the_specification() -> None:
    spec = RewardWrapper(gym.make("CartPole-v1"), load_reward(TURNED), task="cartpole").spec
    assert spec is not None
    assert paid(gym.make(spec), steps=8) == paid(cartpole(), steps=8)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("package", [pickle, cloudpickle])
def test_it_is_pickled(make: Callable[[], gym.Env], package: Any) -> None:
    assert paid(package.loads(package.dumps(make())), steps=8) == paid(make(), steps=8)


@pytest.mark.parametrize("make", [cartpole, generic])
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_a_copy_goes_on_in_the_middle_of_an_episode(
    make: Callable[[], gym.Env], copied: Callable[[Any], Any]
) -> None:
    env = make()
    paid(env, steps=5)
    other = copied(env)
    assert paid(other, seed=None, steps=3) == paid(env, seed=None, steps=3)


def test_a_copy_is_independent() -> None:
    env = cartpole()
    paid(env, steps=3)
    other = copy.deepcopy(env)
    before = paid(copy.deepcopy(env), seed=None, steps=3)
    paid(other, seed=None, steps=3)
    assert paid(env, seed=None, steps=3) == before


def _send(env: gym.Env, connection: Any) -> None:
    connection.send(paid(env, steps=8))


@pytest.mark.parametrize("make", MAKERS)
def test_it_is_sent_to_a_process_that_was_started_anew(make: Callable[[], gym.Env]) -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_send, args=(make(), there))
    process.start()
    there.close()
    assert here.recv() == paid(make(), steps=8)
    process.join()


@pytest.mark.filterwarnings("ignore:.*wrapped:UserWarning")
@pytest.mark.parametrize("make", MAKERS)
def test_gymnasiums_own_checker_has_nothing_to_say(make: Callable[[], gym.Env]) -> None:
    check_env(make(), skip_render_check=True)


def test_the_native_return_is_told_at_the_end_of_an_episode() -> None:
    env = cartpole()
    for episode in range(2):
        env.reset(seed=episode)
        steps, ended, info = 0, False, {}
        while not ended:
            assert "native_return" not in info
            *_, terminated, truncated, info = env.step(0)
            steps, ended = steps + 1, terminated or truncated
        assert info["native_return"] == float(steps)


def test_what_stands_inside_is_read_as_it_was() -> None:
    """The simulator's arrays change in place; the state before a step must stay what it was."""
    velocity = 'def compute_reward(x_velocity):\n    v = 1.0 * x_velocity\n    return v, {"v": v}\n'
    env = RewardWrapper(gym.make("Hopper-v5"), velocity, task="hopper")
    env.reset(seed=0)
    before = env.unwrapped.data.qpos[0]  # pyright: ignore[reportAttributeAccessIssue]
    _, reward, *_, info = env.step(np.ones(3, dtype=np.float32))
    assert reward == pytest.approx((info["x_position"] - before) / 0.008, rel=1e-4)
