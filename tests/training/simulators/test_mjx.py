"""MJX steps Gymnasium's bodies as MuJoCo does, to float32.

Bodies are compared one control step at a time: where contacts come and go, errors grow from step to step,
whoever computes them. Ant is another case: MJX turns the friction pyramid of a steep capsule on the floor
otherwise than MuJoCo, so that some of its contacts push in other directions.

Compiling MJX for a CPU takes a minute for most bodies. The default suite has one of them, stepped by Euler's
rule, whose program is a quarter as long; `make test-slow` has all seven as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from bundled_tasks import usable_tasks

pytest.importorskip("mujoco.mjx", reason="needs MJX: pip install 'eureka-agent[gpu]'")

import gymnasium as gym
import jax
import jax.numpy as jnp
import mujoco
from mujoco_tasks import Fields, mujoco_task

from eureka_agent.errors import TaskError
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.device.worlds import DeviceWorlds, DeviceWorldState
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.training.simulators.batched import BatchedWorlds
from eureka_agent.training.simulators.choosing import device_physics, no_device_physics
from eureka_agent.training.simulators.mjx import Bodies
from eureka_agent.training.simulators.mujoco_batch import MujocoPhysics

SEEDS = [3, 4, 5, 6]
FORCES = ("impact", "qfrc_constraint")
"""What contacts push with: in float32 the least certain of all signals."""

TASKS = ["half_cheetah", "hopper", "walker", "swimmer_u_turn", "reacher", "ant", "humanoid"]


def changed(task: Task, change: Callable[[Any], None]) -> Task:
    """Return the task with a changed model: another physics, but the same on both sides."""

    def make_env() -> gym.Env:
        env: Any = task.make_env()
        change(env.unwrapped.model)
        return env

    return replace(task, make_env=make_env)


def by_eulers_rule(model: Any) -> None:
    model.opt.integrator = mujoco.mjtIntegrator.mjINT_EULER  # pyright: ignore[reportAttributeAccessIssue]


def without_contacts(model: Any) -> None:
    model.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_CONTACT)  # pyright: ignore[reportAttributeAccessIssue]


def cpu_physics(worlds: BatchedWorlds) -> MujocoPhysics:
    assert isinstance(worlds._physics, MujocoPhysics)
    return worlds._physics


def adopted(device: DeviceWorlds, worlds: BatchedWorlds) -> DeviceWorldState:
    """Return device worlds in the state in which the CPU's are at the beginning of their episodes."""
    physics = cpu_physics(worlds)
    data = physics._read()
    mark = physics._body.before(physics._env, data)
    arrays = (data["qpos"], data["qvel"], np.zeros_like(data["qvel"]), mark)
    state: dict[str, Any] = {name: jnp.asarray(array, jnp.float32) for name, array in worlds.state.items()}
    initial = device._signals(device.task.behaviour.initial_signals(state), "initial_signals", len(SEEDS))
    bodies = Bodies(*(jnp.asarray(array, jnp.float32) for array in arrays))
    return DeviceWorldState(bodies, state, initial, jnp.zeros(len(SEEDS), jnp.int32))


def assert_steps_agree(task: Task, *, steps: int, share: float = 1.0) -> int:
    """Step both from the CPU's states with equal actions, through endings; return how many episodes ended.

    `share` is how many of all steps must agree in every signal.
    """
    worlds = SimulatorFactory(task).make(SEEDS)
    assert isinstance(worlds, BatchedWorlds)
    device = DeviceWorlds(task, device_physics(task))
    step: Callable[..., Any] = jax.jit(device.step)
    worlds.reset()
    rows, ended, agreed = adopted(device, worlds), 0, []
    generator = np.random.default_rng(0)
    space = device.actions.space
    assert isinstance(space, gym.spaces.Box)
    low, high = space.low, space.high
    for _ in range(steps):
        actions = generator.uniform(1.2 * low, 1.2 * high, (len(SEEDS), *low.shape)).astype(np.float32)
        now = adopted(device, worlds)
        rows = rows._replace(bodies=now.bodies._replace(warmstart=rows.bodies.warmstart), state=now.state)
        expected = worlds.step(actions)
        rows, got = step(rows, actions)
        shown = {name: array for name, array in expected.signals.items() if not name.startswith("prev_")}
        same = [close(name, got.signals[name], array) for name, array in shown.items()]
        agreed.append(np.all(same, axis=0))
        for field in ("terminated", "truncated", "first"):
            np.testing.assert_array_equal(getattr(got, field), getattr(expected, field), err_msg=field)
        if share == 1.0:
            assert close("", got.native_reward, expected.native_reward).all()
            assert close("", got.final_observation, expected.final_policy_obs).all()
        assert not np.asarray(got.fault).any()
        ended += int(expected.done.sum())
        rows = device.restart(rows, jnp.asarray(expected.done), adopted(device, worlds))
    assert np.mean(agreed) >= share
    return ended


def close(name: str, got: Any, expected: np.ndarray) -> np.ndarray:
    """Return bool `(n,)`: where all of a row agrees to a thousandth, of itself or of the unit."""
    allowed = 5e-3 if name in FORCES else 1e-3
    same = np.isclose(np.asarray(got), expected, rtol=allowed, atol=allowed)
    return np.asarray(same.reshape(len(same), -1).all(axis=1))


def assert_first_states_agree(task: Task) -> None:
    """Draw first states on the device, and let MuJoCo compute the rest from positions and velocities."""
    device = DeviceWorlds(task, device_physics(task))
    rows = jax.jit(device.begin)(jax.random.split(jax.random.key(0), 64))
    worlds = SimulatorFactory(task).make(list(range(64)))
    assert isinstance(worlds, BatchedWorlds)
    own = worlds.reset()
    physics = cpu_physics(worlds)
    drawn = np.asarray(rows.state["obs"])
    np.testing.assert_allclose(drawn.mean(axis=0), own.mean(axis=0), atol=0.1 + own.std(axis=0).max())
    np.testing.assert_allclose(drawn.std(axis=0), own.std(axis=0), rtol=0.6, atol=1e-3)
    physics._qpos[:], physics._qvel[:] = rows.bodies.qpos, rows.bodies.qvel
    physics._batch.forward(np.arange(64))
    for name, array in physics.state().items():
        if name not in FORCES or "ant" not in task.name:
            assert close(name, rows.state[name], array).all(), name
    assert len(np.unique(drawn[:, 0])) > 32


def test_a_body_steps_ends_and_begins_as_on_the_cpu() -> None:
    task = changed(find_task("hopper"), by_eulers_rule)
    assert assert_steps_agree(task, steps=60) >= len(SEEDS)


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS)
def test_every_body_steps_ends_and_begins_as_on_the_cpu(name: str) -> None:
    task = replace(find_task(name), max_episode_steps=40)
    with_contacts = 0.5 if name == "ant" else 1.0
    assert assert_steps_agree(task, steps=120, share=with_contacts) >= 2 * len(SEEDS)
    assert_first_states_agree(task)


@pytest.mark.slow
def test_an_ant_in_the_air_steps_as_on_the_cpu() -> None:
    task = replace(changed(find_task("ant"), without_contacts), max_episode_steps=40)
    assert assert_steps_agree(task, steps=120) >= 2 * len(SEEDS)


@pytest.mark.parametrize(
    ("env_id", "fields", "said"),
    [
        ("Ant-v5", ("qpos",), "has no version for a GPU"),  # observes contact forces
        ("HalfCheetah-v5", ("cfrc_ext",), "reads cfrc_ext"),
        ("CartPole-v1", (), "has no version for a GPU"),
    ],
)
def test_what_a_device_cannot_run_is_said(env_id: str, fields: tuple[str, ...], said: str) -> None:
    task = find_task("cartpole") if env_id == "CartPole-v1" else mujoco_task(env_id, fields)
    assert said in no_device_physics(task)
    with pytest.raises(TaskError, match=said):
        device_physics(task)


def test_every_mujoco_task_that_comes_along_runs_on_a_device() -> None:
    tasks = [task for one in usable_tasks() if "mujoco" in (task := find_task(one.name)).tags]
    assert len(tasks) >= 14
    assert {task.name: no_device_physics(task) for task in tasks} == {task.name: "" for task in tasks}


def test_a_task_that_computes_something_inside_the_environment_stays_on_the_cpu() -> None:
    class Doubled(Fields):
        def read_state(self, env: Any) -> Any:
            return {name: 2 * array for name, array in super().read_state(env).items()}

    task = replace(mujoco_task("HalfCheetah-v5"), behaviour=Doubled(("qpos", "qvel"), 6))
    assert "does not compute" in no_device_physics(task)
