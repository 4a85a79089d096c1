"""A simulator that goes on from a snapshot does, bit for bit, what it did the first time."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from mujoco_tasks import mujoco_task

from eureka_agent.errors import TaskError
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.snapshot import Snapshot
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import GymWorlds, StepResult
from eureka_agent.training.simulators import Simulator, SimulatorFactory

SEEDS, LIMIT = [3, 4, 5], 12
NO_CONTACTS: dict[str, Any] = {"include_cfrc_ext_in_observation": False, "contact_cost_weight": 0.0}
CLASSIC = ["cartpole", "pendulum", "mountain_car", "acrobot"]
BODIES = {"Hopper-v5": {}, "Reacher-v5": {}, "Ant-v5": NO_CONTACTS, "Humanoid-v5": NO_CONTACTS}
CASES = [
    *[(name, kind) for name in CLASSIC for kind in ("ours", "gymnasium")],
    *[(name, kind) for name in BODIES for kind in ("ours", "gymnasium")],
    ("gym:MountainCar-v0", "gymnasium"),  # its state is an array after a reset, a tuple after a step
    ("Ant-v5 with contacts", "gymnasium"),
]


def short_task(name: str) -> Task:
    """A time limit within which every world is reset a few times."""
    if name not in BODIES and "Ant" not in name:
        return replace(find_task(name), max_episode_steps=LIMIT)
    pytest.importorskip("mujoco.batch")
    env_id = name.split()[0]
    kwargs = BODIES.get(name, {})
    return replace(mujoco_task(env_id, ("qpos", "qvel", "xpos"), **kwargs), max_episode_steps=LIMIT)


def made(task: Task, kind: str, seeds: list[int]) -> Simulator:
    if kind == "gymnasium":
        worlds = GymWorlds(task, len(seeds), seeds)
        for env in worlds.envs:
            env._max_episode_steps = LIMIT  # pyright: ignore[reportAttributeAccessIssue]
        return worlds
    worlds = SimulatorFactory(task, threads=2).make(seeds)
    assert not isinstance(worlds, GymWorlds)
    return worlds


def actions_for(worlds: Simulator, steps: int) -> list[np.ndarray]:
    worlds.action_space.seed(0)
    return [np.stack([worlds.action_space.sample() for _ in range(worlds.num_envs)]) for _ in range(steps)]


def written_and_read(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as it comes back from files."""
    file = io.BytesIO()
    np.savez(file, **snapshot.arrays)  # pyright: ignore[reportArgumentType]
    file.seek(0)
    arrays = dict(np.load(file, allow_pickle=False))
    return replace(snapshot, arrays=arrays, worlds=tuple(json.loads(json.dumps(snapshot.worlds))))


def assert_equal(expected: list[StepResult], got: list[StepResult]) -> None:
    for one, other in zip(expected, got, strict=True):
        for name in ("policy_obs", "final_policy_obs", "native_reward", "terminated", "truncated", "first"):
            np.testing.assert_array_equal(getattr(other, name), getattr(one, name), err_msg=name)
        assert set(one.signals) == set(other.signals)
        for name, array in one.signals.items():
            np.testing.assert_array_equal(other.signals[name], array, err_msg=name)


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_the_same_actions_lead_to_the_same_steps_through_resets(name: str, kind: str) -> None:
    task = short_task(name)
    worlds = made(task, kind, SEEDS)
    assert worlds.supports_snapshot
    seen = worlds.reset()
    actions = actions_for(worlds, 7 + 3 * LIMIT)
    for row in actions[:7]:
        seen = worlds.step(row).policy_obs
    snapshot = worlds.snapshot()
    expected = [worlds.step(row) for row in actions[7:]]
    assert sum(int(step.done.sum()) for step in expected) >= 2 * len(SEEDS)

    np.testing.assert_array_equal(worlds.restore(snapshot), seen)
    assert_equal(expected, [worlds.step(row) for row in actions[7:]])
    elsewhere = made(task, kind, [91, 92, 93])  # as in another process, never reset
    elsewhere.restore(written_and_read(snapshot))
    assert_equal(expected, [elsewhere.step(row) for row in actions[7:]])


@pytest.mark.parametrize(
    ("name", "kind"), [("cartpole", "ours"), ("Hopper-v5", "ours"), ("cartpole", "gymnasium")]
)
def test_one_world_goes_on_in_the_place_of_others_and_the_rest_is_left_alone(name: str, kind: str) -> None:
    task = short_task(name)
    worlds, undisturbed = made(task, kind, SEEDS), made(task, kind, SEEDS)
    for simulator in (worlds, undisturbed):
        simulator.reset()
    actions = actions_for(worlds, 5 + 2 * LIMIT)
    for row in actions[:5]:
        worlds.step(row)
        undisturbed.step(row)
    middle = worlds.snapshot(np.array([1]))
    assert middle.num_envs == 1
    worlds.restore(middle.rows([0, 0]), np.array([0, 2]))
    for row in actions[5:]:
        row = np.repeat(row[1:2], 3, axis=0)
        expected, got = undisturbed.step(row), worlds.step(row)
        for world in range(3):
            np.testing.assert_array_equal(got.policy_obs[world], expected.policy_obs[1])
            for signal, array in expected.signals.items():
                np.testing.assert_array_equal(got.signals[signal][world], array[1], err_msg=signal)


@pytest.mark.parametrize("name", ["cartpole", "Hopper-v5"])
def test_retained_worlds_are_saved_and_restored(name: str) -> None:
    task = short_task(name)
    worlds = made(task, "ours", SEEDS)
    worlds.reset()
    worlds.retain(np.array([0, 2]))
    actions = actions_for(worlds, 2 * LIMIT)
    worlds.step(actions[0])
    snapshot = worlds.snapshot()
    expected = [worlds.step(row) for row in actions[1:]]
    worlds.restore(snapshot)
    assert_equal(expected, [worlds.step(row) for row in actions[1:]])


def test_a_snapshot_is_not_changed_by_what_happens_afterwards() -> None:
    worlds = made(short_task("mountain_car"), "ours", SEEDS)
    worlds.reset()
    snapshot = worlds.snapshot()
    before = {name: array.copy() for name, array in snapshot.arrays.items()}
    for row in actions_for(worlds, LIMIT):
        worlds.step(row)
    worlds.restore(snapshot)
    worlds.step(actions_for(worlds, 1)[0])
    for name, array in before.items():
        np.testing.assert_array_equal(snapshot.arrays[name], array)


def test_what_does_not_fit_is_refused() -> None:
    cartpole, pendulum = (made(short_task(name), "ours", SEEDS) for name in ("cartpole", "pendulum"))
    with pytest.raises(ValueError, match=r"call reset\(\)"):
        cartpole.snapshot()
    cartpole.reset()
    with pytest.raises(TaskError, match=r"Pendulum of pendulum cannot go on from .* CartPole of cartpole"):
        pendulum.restore(cartpole.snapshot())
    with pytest.raises(TaskError, match="2 worlds was to be restored into 3"):
        cartpole.restore(cartpole.snapshot(np.array([0, 1])))
