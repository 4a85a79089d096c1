"""The tasks: whole, repeatable from a seed and raw actions, the same in every process, without snapshots."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from eureka_agent.errors import TaskError
from eureka_agent.rewards import load_reward
from eureka_agent.tasks import GymWorlds, find_task
from eureka_agent.tasks.nethack import MESSAGE
from eureka_agent.training.simulators.env_processes import EnvServer
from eureka_agent.trajectories import inspect_environment, played_again

NETHACK = ["nethack_score", "nethack_staircase", "nethack_oracle", "nethack_reward_free"]
MINIHACK = [pytest.param(name, marks=pytest.mark.minihack) for name in ("minihack_room", "minihack_keyroom")]
EVERY = [*NETHACK, *MINIHACK]


@pytest.mark.parametrize("name", EVERY)
def test_a_task_is_whole_and_its_signals_keep_to_what_is_declared(name: str) -> None:
    task = find_task(name)
    assert task.hacks
    assert task.safety
    assert all(signal.meaning for signal in task.signals)
    assert "In step(action)" in task.context
    recording = inspect_environment(task)
    for signal in task.signals:
        values = recording.signals[signal.name]
        assert values.shape[2:] == signal.shape
        assert signal.low is None or values.min() >= signal.low, signal.name
        assert signal.high is None or values.max() <= signal.high, signal.name


@pytest.mark.parametrize("name", EVERY)
def test_every_reward_pays_finite_numbers_and_the_same_on_jax(name: str) -> None:
    task = find_task(name)
    recording = inspect_environment(task)
    rewards = {**task.hacks} | ({} if task.reference == "native" else {"reference": task.reference})
    rows = {n: a.reshape(-1, *a.shape[2:]) for n, a in recording.signals.items()}
    for kind, source in rewards.items():
        reward = load_reward(source)
        asked = {argument: rows[argument] for argument in reward.source.arguments}
        paid = np.asarray(reward(asked).reward)
        assert np.isfinite(paid).all(), kind
        traced = load_reward(source, library="jax")({n: jnp.asarray(a) for n, a in asked.items()})
        np.testing.assert_allclose(np.asarray(traced.reward), paid, rtol=1e-4, atol=1e-6, err_msg=kind)


@pytest.mark.parametrize("name", EVERY)
def test_recorded_episodes_are_played_again_bit_for_bit(name: str) -> None:
    task = find_task(name, max_episode_steps=60)
    for world in inspect_environment(task, seed=3).worlds[:2]:
        for number, episode in enumerate(world[:2]):
            again = played_again(task, episode, world[:number])
            for signal, array in episode.arrays.items():
                np.testing.assert_array_equal(again.arrays[signal], array, err_msg=signal)
            assert (again.ending, again.fitness) == (episode.ending, episode.fitness)


def test_worlds_in_other_processes_show_the_same() -> None:
    task, seeds = find_task("nethack_score"), [1, 2, 3]
    env = task.make_env()
    server = EnvServer(task, env)
    env.close()
    generator = np.random.default_rng(0)
    with (
        GymWorlds(task, 3, seeds) as here,
        GymWorlds(task, 3, seeds, envs=server.make(seeds, 2)) as elsewhere,
    ):
        np.testing.assert_array_equal(here.reset(), elsewhere.reset())
        for _ in range(150):
            actions = generator.integers(21, size=3)
            ours, theirs = here.step(actions), elsewhere.step(actions)
            np.testing.assert_array_equal(ours.policy_obs, theirs.policy_obs)
            np.testing.assert_array_equal(ours.signals[MESSAGE], theirs.signals[MESSAGE])
    server.close()


def test_no_state_is_offered_and_asking_for_one_says_why() -> None:
    with GymWorlds(find_task("nethack_score"), 1, [0]) as worlds:
        worlds.reset()
        assert not worlds.supports_snapshot
        with pytest.raises(TaskError, match="state of NetHackEnv cannot be saved"):
            worlds.snapshot()


def test_what_is_said_at_the_end_reaches_the_signals_and_not_the_next_episode() -> None:
    task = find_task("nethack_score", max_episode_steps=5000)
    with GymWorlds(task, 4, [0, 1, 2, 3]) as worlds:
        worlds.reset()
        generator, ended = np.random.default_rng(0), 0
        for _ in range(4000):
            step = worlds.step(generator.integers(21, size=4))
            for world in np.flatnonzero(step.terminated):
                ended += 1
                said = step.signals[MESSAGE][world].astype(np.uint8).tobytes().rstrip(b"\0")
                assert said
                assert not said.startswith(b"Hello Agent")
                assert step.signals["died"][world] == 1
                begun = worlds.state[MESSAGE][world].astype(np.uint8).tobytes()
                assert begun.startswith(b"Hello Agent") or b"welcome to NetHack" in begun
            if ended >= 3:
                break
    assert ended >= 3
