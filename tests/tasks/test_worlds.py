"""Batched worlds are single environments side by side: seeds, resets, signals, shapes."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.spaces.utils import flatten

from eureka_agent.errors import TaskError
from eureka_agent.tasks import GymWorlds, SignalTracker, find_task
from eureka_agent.tasks.observe import ActionCodec, as_identifier, info_names, leaves_of, policy_observation


def test_worlds_equal_single_environments_through_resets() -> None:
    worlds = GymWorlds(find_task("cartpole"), 3, [3, 4, 5])
    observed = worlds.reset()
    singles = [gym.make("CartPole-v1") for _ in range(3)]
    expected = np.stack([env.reset(seed=seed)[0] for env, seed in zip(singles, [3, 4, 5], strict=True)])
    generator = np.random.default_rng(0)
    ended = 0
    for _ in range(100):
        np.testing.assert_array_equal(observed, expected)
        actions = generator.integers(0, 2, 3)
        result = worlds.step(actions)
        for world, env in enumerate(singles):
            final, _, terminated, _, _ = env.step(actions[world])
            np.testing.assert_array_equal(result.final_policy_obs[world], final)
            assert result.terminated[world] == terminated
            expected[world] = env.reset()[0] if terminated else final
            ended += int(terminated)
        observed = result.policy_obs
    assert ended > 3


def test_previous_signals_begin_anew_after_a_terminal_step() -> None:
    worlds = GymWorlds(find_task(env="fake_envs:well_behaved"), 2, [0, 1])
    starts = worlds.reset()[:, 0]
    counts, previous, firsts = [], [], []
    for step in range(7):
        result = worlds.step(np.array([1, 1]))
        counts.append(result.signals["obs"][0, 1])
        previous.append(result.signals["prev_obs"][0, 1])
        firsts.append(bool(result.first[0]))
        if step == 4:
            assert result.terminated.all()
            assert (result.signals["obs"][:, 0] == starts).all()  # the final state, before the reset
            assert (result.final_policy_obs[:, 1] == 5).all()
            assert (result.policy_obs[:, 1] == 0).all()
        if step == 5:
            assert (result.signals["prev_action"] == 0).all()  # no action yet in this episode
        elif step > 0:
            assert (result.signals["prev_action"] == [[0, 1], [0, 1]]).all()
    assert counts == [1, 2, 3, 4, 5, 1, 2]
    assert previous == [0, 1, 2, 3, 4, 0, 1]
    assert firsts == [True, False, False, False, False, True, False]


def test_equal_seeds_begin_alike_and_go_on_with_other_episodes() -> None:
    worlds, others = (GymWorlds(find_task("pendulum"), 2, [7, 8]) for _ in range(2))
    first = worlds.reset()
    np.testing.assert_array_equal(others.reset(), first)
    assert not np.array_equal(worlds.reset(), first)


def test_truncation_is_not_termination() -> None:
    worlds = GymWorlds(find_task(env="fake_envs:truncating"), 1, [0])
    worlds.reset()
    results = [worlds.step(np.array([0])) for _ in range(5)]
    assert results[-1].truncated.all()
    assert not results[-1].terminated.any()


def test_info_becomes_signals_without_rewards() -> None:
    task = find_task(env="fake_envs:well_behaved")
    shapes = {signal.name: signal.dtype for signal in task.signals}
    assert shapes == {
        "obs": "float32",
        "action": "float32",
        "count": "int32",
        "height": "float32",
        "falling": "float32",
        "info_for": "float32",
        "info_obs": "float32",
        "odd_key": "float32",
    }
    worlds = GymWorlds(task, 2, [0, 1])
    worlds.reset()
    signals = worlds.step(np.array([0, 0])).signals
    assert signals["count"].dtype == np.int32
    assert signals["height"].tolist() == [0.5, 0.5]
    assert signals["prev_height"].tolist() == [0.0, 0.0]
    assert signals["falling"].dtype == np.float32


def test_nested_observations_become_leaves_and_flatten_as_gymnasium_does() -> None:
    task = find_task(env="fake_envs:nested")
    found = {signal.name: (signal.shape, signal.dtype) for signal in task.signals}
    assert found == {
        "obs_keys": ((4,), "float32"),
        "obs_pair_0": ((2,), "int32"),
        "obs_pair_1": ((1,), "float32"),
        "obs_pose_mode": ((), "int32"),
        "obs_pose_x": ((2, 3), "float32"),
        "action": ((6,), "float32"),
    }
    worlds = GymWorlds(task, 2, [0, 1])
    observed = worlds.reset()
    space = worlds.envs[0].observation_space
    singles = [env.unwrapped for env in (task.make_env(), task.make_env())]
    expected = [np.asarray(flatten(space, env.reset(seed=seed)[0])) for seed, env in enumerate(singles)]
    np.testing.assert_allclose(observed, np.stack(expected), rtol=1e-6)
    assert worlds.policy_space.contains(observed[0])
    action = worlds.step(np.array([[1, 0], [0, 3]])).signals["action"]
    assert action.tolist() == [[0, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 1]]


def test_discrete_spaces_respect_their_start() -> None:
    task = find_task(env="fake_envs:shifted")
    worlds = GymWorlds(task, 2, [0, 1])
    observed = worlds.reset()
    assert observed.shape == (2, 6)
    assert (observed.sum(axis=1) == 1).all()
    result = worlds.step(worlds.actions.from_choices(np.array([0, 2])))
    assert result.signals["action"].tolist() == [[1, 0, 0], [0, 0, 1]]
    assert result.signals["obs"].shape == (2,)
    assert result.signals["obs"].dtype == np.int32


def test_names_are_identifiers_without_collisions() -> None:
    assert as_identifier("a b/c") == "a_b_c"
    assert info_names(["a b", "a_b", "action", "2d", "prev_x"], ["obs"]) == {
        "a_b": "a b",
        "a_b_2": "a_b",
        "info_action": "action",
        "info_2d": "2d",
        "info_prev_x": "prev_x",
    }


def test_multibinary_actions_are_floats() -> None:
    codec = ActionCodec.of(gym.spaces.MultiBinary(3))
    assert codec.encode(np.array([[0, 1, 1]])).dtype == np.float32
    leaves = leaves_of(gym.spaces.Box(-1, 1, (2, 2)))
    assert policy_observation(leaves, {"obs": np.ones((3, 2, 2), np.float32)}).shape == (3, 4)


class TooWide:
    """A behaviour whose signals are not as declared."""

    def read_state(self, env):
        return {}

    def initial_signals(self, state):
        return {"obs": state["obs"], "action": np.zeros((2, 2))}

    def signals(self, before, action, after):
        return {"obs": after["obs"][:, :1], "action": action}


def test_a_signal_of_another_shape_is_named() -> None:
    import dataclasses

    task = dataclasses.replace(find_task("gym:CartPole-v1"), behaviour=TooWide())
    tracker = SignalTracker(task, 2)
    tracker.reset({"obs": np.zeros((2, 4))})
    with pytest.raises(TaskError, match=r"'obs' of signals\(\) has shape \(2, 1\)"):
        tracker.step(np.zeros((2, 2)), {"obs": np.zeros((2, 4))})
