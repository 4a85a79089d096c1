"""Fitness on real physics: bodies held by springs in their start pose, thrown and turned by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from eureka_agent.tasks import SignalTracker, TaskFitness, find_task

TURN = 2 * np.pi
Hand = Callable[[int, Any], None]
"""What is done to `MjData` before a step."""


def played(name: str, steps: int, hand: Hand, *, stiffness: float = 3.0) -> float:
    """Return the fitness of an episode in which motors hold the start pose and a hand interferes."""
    task = find_task(name)
    env: Any = task.make_env()
    env.reset(seed=0)
    data, joints = env.unwrapped.data, env.unwrapped.model.nu
    low, high = env.action_space.low, env.action_space.high
    tracker = SignalTracker(task, 1)

    def state() -> dict[str, Any]:
        return {field: np.array(getattr(data, field))[None] for field in task.state}

    tracker.reset(state())
    rows = []
    for step in range(steps):
        hand(step, data)
        spring = -stiffness * data.qpos[-joints:] - 0.1 * np.sign(stiffness) * data.qvel[-joints:]
        action = np.clip(spring, low, high).astype(np.float32)
        terminated = env.step(action)[2]
        rows.append({key: value[0] for key, value in tracker.step(action[None], state()).items()})
        if terminated:
            break
    return TaskFitness(task).of_signals({key: np.stack([row[key] for row in rows]) for key in rows[0]}, 0.0)


def thrown(at: int, *, up: float, turning: float = 0.0, turns: float = 0.0) -> Hand:
    """Throw the body up at a step, turn it at a constant rate, and stop it after some turns."""

    def hand(step: int, data: Any) -> None:
        if step == at:
            data.qvel[1] = up
        if step >= at:
            left = np.sign(turning) * (TURN * turns - abs(data.qpos[2]))
            data.qvel[2] = turning if np.sign(left) == np.sign(turning) and abs(left) > 0.2 else left
            data.qvel[0] = 0.0

    return hand


def rolled(at: int, *, turning: float) -> Hand:
    """Turn the body over on the ground, again and again, pressing it down."""

    def hand(step: int, data: Any) -> None:
        if step >= at:
            data.qvel[1], data.qvel[2] = min(data.qvel[1], -1.0), turning

    return hand


@pytest.mark.parametrize(
    ("name", "at", "steps"), [("half_cheetah_backflip", 20, 100), ("hopper_backflip", 40, 300)]
)
def test_a_backflip_in_the_air_counts_and_its_cheats_do_not(name: str, at: int, steps: int) -> None:
    rate, up = 8.0, 6.0
    assert played(name, steps, thrown(at, up=up, turning=-rate, turns=1.0)) == pytest.approx(1.0, abs=0.05)
    assert played(name, steps, thrown(at, up=up, turning=rate, turns=1.0)) < 0.1
    assert played(name, steps, rolled(at, turning=-rate)) < 0.5
    assert played(name, steps, lambda step, data: None) < 0.1


def test_a_jump_counts_with_its_height() -> None:
    still = played("hopper_jump", 300, lambda step, data: None)
    low = played("hopper_jump", 400, thrown(50, up=2.0))
    high = played("hopper_jump", 400, thrown(50, up=4.0))
    assert still < 0.02
    assert low == pytest.approx(2.0**2 / 19.62, abs=0.1)
    assert high == pytest.approx(4.0**2 / 19.62, abs=0.1)


def test_a_turntable_ant_counts_its_turns() -> None:
    def turntable(step: int, data: Any) -> None:
        data.qvel[:2], data.qvel[3:6] = 0.0, [0.0, 0.0, 3.0]

    assert played("ant_spin", 400, turntable, stiffness=0.0) > 3.0
    assert abs(played("ant_spin", 400, lambda step, data: None, stiffness=0.0)) < 0.2


def test_a_pushed_cheetah_runs_backward() -> None:
    def push(step: int, data: Any) -> None:
        data.qvel[0] = -2.0
        data.qvel[2] = 0.0

    assert played("half_cheetah_backward", 200, push) == pytest.approx(2.0, abs=0.4)
    assert played("half_cheetah", 200, push) < -1.5


@pytest.mark.parametrize(
    "name", ["ant", "half_cheetah", "hopper", "humanoid", "reacher", "swimmer_u_turn", "walker"]
)
def test_a_batched_simulator_gives_the_same_signals(name: str) -> None:
    batches = pytest.importorskip("mujoco.batch", reason="mujoco before 4.0 has no batched stepping")
    task = find_task(name)
    env: Any = task.make_env()
    env.reset(seed=1)
    env.action_space.seed(1)
    model, data = env.unwrapped.model, env.unwrapped.data
    batch = batches.Batch(model, 2, nthread=1)
    fields = {field: batch.bind(field) for field in task.state}
    control = batch.bind("ctrl")
    batch.bind("qpos")[:], batch.bind("qvel")[:] = data.qpos, data.qvel
    batch.forward()

    def single() -> dict[str, Any]:
        return {field: np.array(getattr(data, field))[None] for field in task.state}

    def batched() -> dict[str, Any]:
        return {field: np.array(array) for field, array in fields.items()}

    one, both = SignalTracker(task, 1), SignalTracker(task, 2)
    one.reset(single())
    both.reset(batched())
    for _ in range(30):
        action = env.action_space.sample()
        ended = env.step(action)[2]
        control[:] = action
        batch.step(nstep=env.unwrapped.frame_skip)
        expected = one.step(action[None], single())
        found = both.step(np.stack([action, action]), batched())
        for signal, values in expected.items():
            np.testing.assert_array_equal(found[signal][:1], values, err_msg=signal)
        if ended:
            break
