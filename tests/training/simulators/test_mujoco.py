"""Batched MuJoCo equals Gymnasium's single environments: states bit for bit, through resets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("mujoco.batch")

from mujoco_tasks import Fields, mujoco_task

from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.training.simulators.batched import BatchedWorlds
from eureka_agent.training.simulators.mujoco_batch import MujocoPhysics

SEEDS = [3, 4, 5, 6]
NO_CONTACTS: dict[str, Any] = {"include_cfrc_ext_in_observation": False, "contact_cost_weight": 0.0}
DERIVED = ("qpos", "qvel", "qfrc_actuator", "qfrc_constraint", "geom_xpos", "geom_xmat", "subtree_com")
CASES = [
    ("HalfCheetah-v5", {}),
    ("Hopper-v5", {}),
    ("Walker2d-v5", {}),
    ("Swimmer-v5", {"exclude_current_positions_from_observation": False}),
    ("Reacher-v5", {}),
    ("Ant-v5", NO_CONTACTS),
    ("Humanoid-v5", NO_CONTACTS),
]


def pair(env_id: str, **kwargs: Any) -> tuple[GymWorlds, BatchedWorlds]:
    # A short time limit, so that bodies that never fall are reset too.
    task = replace(mujoco_task(env_id, DERIVED, **kwargs), max_episode_steps=60)
    ours = SimulatorFactory(task, threads=2).make(SEEDS)
    assert isinstance(ours, BatchedWorlds)
    theirs = GymWorlds(task, len(SEEDS), SEEDS)
    for env in theirs.envs:
        env._max_episode_steps = 60  # pyright: ignore[reportAttributeAccessIssue]
    return theirs, ours


@pytest.mark.parametrize(("env_id", "kwargs"), CASES)
def test_equals_gymnasium_through_resets(env_id: str, kwargs: dict[str, Any]) -> None:
    theirs, ours = pair(env_id, **kwargs)
    np.testing.assert_allclose(theirs.reset(), ours.reset(), rtol=1e-6, atol=1e-6)
    generator = np.random.default_rng(0)
    ended = 0
    for _ in range(150):
        actions = generator.standard_normal((len(SEEDS), *theirs.action_space.shape)).astype(np.float32)  # pyright: ignore[reportGeneralTypeIssues, reportOptionalIterable]
        expected, got = theirs.step(actions), ours.step(actions)
        for name in ("qpos", "qvel"):
            np.testing.assert_array_equal(theirs.state[name], ours.state[name], err_msg=name)
        for name, array in expected.signals.items():
            np.testing.assert_allclose(array, got.signals[name], rtol=1e-5, atol=1e-5, err_msg=name)
        for field in ("policy_obs", "final_policy_obs", "native_reward"):
            np.testing.assert_allclose(
                getattr(expected, field), getattr(got, field), rtol=1e-5, atol=1e-5, err_msg=field
            )
        for field in ("terminated", "truncated", "first"):
            np.testing.assert_array_equal(getattr(expected, field), getattr(got, field), err_msg=field)
        ended += int(got.done.sum())
    assert ended >= 2 * len(SEEDS)


@pytest.mark.parametrize("threads", [1, 2])
def test_retained_worlds_go_on_as_if_nothing_had_happened(threads: int) -> None:
    task = replace(mujoco_task("Hopper-v5"), max_episode_steps=30)
    every, some = (SimulatorFactory(task, threads=threads).make(SEEDS) for _ in range(2))
    every.reset()
    some.reset()
    kept = np.array([1, 3])
    generator = np.random.default_rng(1)
    for step in range(80):
        if step == 40:
            some.retain(kept)
        actions = generator.uniform(-1, 1, (len(SEEDS), 3)).astype(np.float32)
        expected, got = every.step(actions), some.step(actions[kept] if step >= 40 else actions)
        if step >= 40:
            np.testing.assert_array_equal(expected.policy_obs[kept], got.policy_obs)
            np.testing.assert_array_equal(expected.signals["qpos"][kept], got.signals["qpos"])


def test_a_world_that_becomes_unstable_ends_and_the_others_go_on() -> None:
    task = mujoco_task("HalfCheetah-v5")
    worlds, undisturbed = (SimulatorFactory(task).make(SEEDS) for _ in range(2))
    assert isinstance(worlds, BatchedWorlds)
    worlds.reset()
    undisturbed.reset()
    physics = worlds._physics
    assert isinstance(physics, MujocoPhysics)
    physics._qvel[2] = 1e11
    actions = np.zeros((4, 6), np.float32)
    got, expected = worlds.step(actions), undisturbed.step(actions)
    assert got.fault is not None
    assert got.fault.tolist() == [False, False, True, False]
    assert got.terminated.tolist() == [False, False, True, False]
    assert np.isfinite(got.final_policy_obs).all()
    others = [0, 1, 3]
    np.testing.assert_array_equal(got.policy_obs[others], expected.policy_obs[others])
    again = worlds.step(actions)
    assert again.fault is None
    assert again.first.tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("env_id", "fields", "kwargs"),
    [
        ("Ant-v5", ("qpos",), {}),  # observes contact forces, which are computed after the step
        ("HalfCheetah-v5", ("cfrc_ext",), {}),
        ("HalfCheetah-v4", ("qpos",), {}),
    ],
)
def test_what_is_not_known_to_be_equal_is_stepped_by_gymnasium(
    env_id: str, fields: tuple[str, ...], kwargs: dict[str, Any]
) -> None:
    assert not SimulatorFactory(mujoco_task(env_id, fields, **kwargs)).batched


def test_a_task_that_computes_something_inside_the_environment_is_stepped_by_gymnasium() -> None:
    class Doubled(Fields):
        def read_state(self, env: Any) -> Any:
            return {name: 2 * array for name, array in super().read_state(env).items()}

    task = replace(mujoco_task("HalfCheetah-v5"), behaviour=Doubled(("qpos", "qvel"), 6))
    assert not SimulatorFactory(task).batched
