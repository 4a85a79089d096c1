"""The MuJoCo tasks: signals mean what they say, constants are the model's, rewards pass the critic."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from mujoco_fakes import CLASSIC, MUJOCO, WORDS_ONLY, with_library

from eureka_agent.critique import Critic, ProbeCheck, StaticCheck, refused
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.tasks import GymWorlds, SignalTracker, Task, find_task
from eureka_agent.tasks import list_tasks as tasks_of
from eureka_agent.tasks.bodies import heading, to_world, up_vector, wrapped
from eureka_agent.trajectories import TrajectoryBatch, inspect_environment

mujoco = pytest.importorskip("mujoco")  # untyped: its own stubs lack functions

ROBOTS = ["ant", "half_cheetah", "hopper", "humanoid", "reacher", "swimmer_u_turn", "walker"]
PLANAR = ["half_cheetah", "hopper", "walker"]
LEGGED = ["ant", "half_cheetah", "hopper", "humanoid", "walker"]


@functools.cache
def recorded(name: str) -> tuple[Task, TrajectoryBatch]:
    task = find_task(name, max_episode_steps=130)
    return task, inspect_environment(task)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RewardSandbox]:
    with RewardSandbox() as sandbox:
        yield sandbox


def inside(env: Any) -> tuple[Any, Any]:
    return env.unwrapped.model, env.unwrapped.data


def test_all_are_listed() -> None:
    assert set(MUJOCO) <= {task.name for task in tasks_of()}


@pytest.mark.parametrize("name", MUJOCO)
def test_a_task_is_whole(name: str) -> None:
    task, recording = recorded(name)
    assert recording.fitness_per_episode.size
    assert {"torque", "impact", "joint_limit_proximity", "action"} <= {signal.name for signal in task.signals}
    assert all(signal.meaning for signal in task.signals)
    assert task.safety
    assert task.fitness.solved is not None
    assert task.fitness.target is not None
    assert 1 <= len(task.hacks) <= 2
    assert "Observation Space" in task.context
    assert "def _get_obs" in task.context
    assert "The goal" not in task.context
    for signal in task.signals:
        values = recording.signals[signal.name]
        assert values.shape[2:] == signal.shape
        assert values.std() > 0, f"{signal.name} never changes"
        assert signal.low is None or values.min() >= signal.low - 1e-4, signal.name
        assert signal.high is None or values.max() <= signal.high + 1e-4, signal.name


@pytest.mark.parametrize("name", [name for name in CLASSIC if name != "half_cheetah"])
def test_classic_tasks_have_the_native_reference(name: str) -> None:
    # That of half_cheetah taught none of five seeds to run in a million steps.
    assert find_task(name).reference == "native"


@pytest.mark.parametrize("name", WORDS_ONLY)
def test_tasks_of_words_have_a_written_reference(name: str) -> None:
    task = find_task(name)
    assert "compute_reward" in task.reference
    assert task.reference_origin in ("hand-written", "written by a language model in a search")


@pytest.mark.parametrize("name", ["ant", "ant_spin", "humanoid", "humanoid_stand_one_leg"])
def test_contact_forces_are_neither_seen_nor_paid_for(name: str) -> None:
    env: Any = find_task(name).make_env().unwrapped
    assert env.observation_structure["cfrc_ext"] == 0
    assert env._contact_cost_weight == 0.0


@pytest.mark.parametrize("name", MUJOCO)
def test_references_and_hacks_pass_the_critic(name: str, sandbox: RewardSandbox) -> None:
    task, recording = recorded(name)
    critic = Critic([StaticCheck(task), ProbeCheck(task, recording, sandbox)])
    rewards = dict(task.hacks) | ({} if task.reference == "native" else {"reference": task.reference})
    for title, source in rewards.items():
        findings = critic(source)
        assert not refused(findings), (title, findings)
        # What scales a shipped reward as a whole stands in none of its components.
        known = {"dominant-component", "no-reaction", "components-sum"}
        assert {f.rule for f in findings} <= known, (title, findings)


def steps_within(recording: TrajectoryBatch, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a signal's changes a step, and its values, for steps that are not an episode's first."""
    now, before = recording.signals[name], recording.signals[f"prev_{name}"]
    later = ~recording.first
    return (now - before)[later], now[later]


@pytest.mark.parametrize("robot", ROBOTS)
def test_velocities_are_changes_per_second(robot: str) -> None:
    task, recording = recorded(robot)
    env: Any = task.make_env().unwrapped
    moved = {
        "x_velocity": "x_position", "y_velocity": "y_position", "fingertip_velocity": "fingertip_position",
    }  # fmt: skip
    names = {signal.name for signal in task.signals}
    for velocity, position in moved.items():
        if velocity in names:
            change, _ = steps_within(recording, position)
            speed = recording.signals[velocity][~recording.first]
            np.testing.assert_allclose(change / env.dt, speed, atol=2e-4)
    sampled = {
        "z_velocity": "height", "pitch_velocity": "pitch", "front_angular_velocity": "front_angle",
        "joint_velocities": "joint_angles",
    }  # fmt: skip
    for velocity, position in sampled.items():
        if velocity in names:
            change, _ = steps_within(recording, position)
            mean = (recording.signals[velocity] + recording.signals[f"prev_{velocity}"])[~recording.first] / 2
            slope = np.sum(mean * change) / np.sum(np.square(change)) * env.dt
            assert 0.6 < slope < 1.4, velocity  # sampled at the step's ends, and legs swing fast
            assert np.corrcoef(mean.ravel(), change.ravel())[0, 1] > 0.8, velocity


@pytest.mark.parametrize("robot", ROBOTS)
def test_first_signals_come_from_the_state(robot: str) -> None:
    task = find_task(robot)
    with GymWorlds(task, 2, [0, 1]) as worlds:
        worlds.reset()
        first = task.behaviour.initial_signals(worlds.state)
        assert not first["action"].any()
        assert not first["torque"].any()
        assert first["joint_velocities"].any()


@pytest.mark.parametrize("robot", ROBOTS)
def test_constants_are_the_model_s(robot: str) -> None:
    task = find_task(robot)
    env = task.make_env()
    env.reset(seed=0)
    model, _ = inside(env)
    constants = vars(task.behaviour.modules[0])  # type: ignore[attr-defined]
    assert pytest.approx(env.unwrapped.dt) == constants["DT_S"]  # type: ignore[attr-defined]
    names = {"ant": ("left_ankle_geom", "right_ankle_geom", "third_ankle_geom", "fourth_ankle_geom")}
    if robot in names:
        assert [model.geom(number).name for number in constants["LOWER_LEGS"]] == list(names[robot])
    words = {"TORSO": "torso", "HEAD": "head", "BACK_FOOT": "bfoot", "FRONT_FOOT": "ffoot", "THIGH": "thigh",
             "FOOT": "foot", "RIGHT_THIGH": "thigh_geom", "LEFT_THIGH": "thigh_left", "RIGHT_FOOT": "foot",
             "LEFT_FOOT": "left"}  # fmt: skip
    for constant, word in words.items():
        if constant in constants:
            assert word in model.geom(constants[constant]).name
    limited = model.jnt_range[model.jnt_limited.astype(bool)]
    if "JOINT_LOW" in constants:
        np.testing.assert_allclose(constants["JOINT_LOW"], limited[:, 0], atol=1e-6)
        np.testing.assert_allclose(constants["JOINT_HIGH"], limited[:, 1], atol=1e-6)
    if "RANGES_DEG" in constants:
        np.testing.assert_allclose(np.radians(constants["RANGES_DEG"]), limited, atol=1e-6)
    if robot == "reacher":
        assert limited[0].tolist() == [-constants["ELBOW_LIMIT_RAD"], constants["ELBOW_LIMIT_RAD"]]
    if robot == "swimmer_u_turn":
        np.testing.assert_allclose(limited[:, 1], constants["JOINT_LIMIT_RAD"], atol=1e-6)


def stepped(robot: str, steps: int = 25) -> tuple[Any, dict[str, Any]]:
    """Return an environment after some random steps, positions recomputed, and its signals."""
    task = find_task(robot)
    env = task.make_env()
    env.reset(seed=3)
    env.action_space.seed(3)
    for _ in range(steps):
        env.step(env.action_space.sample())
    model, data = inside(env)
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    state = {name: np.array(getattr(data, name))[None] for name in task.state}
    signals = task.behaviour.initial_signals(state)
    return env, {name: np.asarray(values)[0] for name, values in signals.items()}


def test_the_fingertip_is_where_the_model_has_it() -> None:
    env, signals = stepped("reacher")
    _, data = inside(env)
    np.testing.assert_allclose(signals["fingertip_position"], data.body("fingertip").xpos[:2], atol=1e-9)
    np.testing.assert_allclose(signals["target_position"], data.body("target").xpos[:2], atol=1e-9)


def test_the_swimmer_s_centre_is_its_centre_of_mass() -> None:
    env, signals = stepped("swimmer_u_turn")
    _, data = inside(env)
    centre = [signals["x_position"], signals["y_position"]]
    np.testing.assert_allclose(centre, data.subtree_com[1, :2], atol=1e-9)
    along = data.geom_xpos[1] - data.geom_xpos[3]
    assert signals["heading"] == pytest.approx(np.arctan2(along[1], along[0]))


@pytest.mark.parametrize("robot", LEGGED)
def test_heights_agree_with_the_collision_engine(robot: str) -> None:
    env, signals = stepped(robot, steps=12)
    model, data = inside(env)
    feet = {"ant": "feet_height", "hopper": "foot_height"}.get(robot)
    heights = signals[feet].ravel().tolist() if feet else [
        signals[name] for name in signals if name.endswith("_foot_height")
    ]  # fmt: skip
    constants = vars(find_task(robot).behaviour.modules[0])  # type: ignore[attr-defined]
    keys = ["BACK_FOOT", "FRONT_FOOT"] if robot == "half_cheetah" else ["RIGHT_FOOT", "LEFT_FOOT"]
    geoms = constants.get("LOWER_LEGS") or [constants[key] for key in (["FOOT"] if feet else keys)]
    floor = model.geom("floor").id
    for geom, height in zip(geoms, heights, strict=True):
        distance = mujoco.mj_geomDistance(model, data, floor, geom, 10.0, None)
        assert height == pytest.approx(distance, abs=1e-6)
    assert signals["height"] == pytest.approx(data.body("torso").xpos[2], abs=1e-6)


@pytest.mark.parametrize("robot", LEGGED)
def test_at_rest_the_ground_carries_the_weight(robot: str) -> None:
    task = find_task(robot)
    env: Any = task.make_env().unwrapped
    env._terminate_when_unhealthy = False
    env.reset(seed=0)
    for _ in range(800):
        env.step(np.zeros(env.action_space.shape, dtype=np.float32))
    state = {name: np.array(getattr(env.data, name))[None] for name in task.state}
    impact = float(task.behaviour.initial_signals(state)["impact"][0])
    weight = 9.81 * float(env.model.body_mass.sum())
    assert impact == pytest.approx(weight, rel=0.02)
    said = next(signal.meaning for signal in task.signals if signal.name == "impact")
    assert f"about {weight:.0f} N" in said


def test_orientation_helpers_agree_with_mujoco() -> None:
    rng = np.random.default_rng(0)
    quaternions = rng.normal(size=(20, 4))
    quaternions /= np.linalg.norm(quaternions, axis=-1, keepdims=True)
    vectors = rng.normal(size=(20, 3))
    for quaternion, vector in zip(quaternions, vectors, strict=True):
        matrix = np.zeros(9)
        mujoco.mju_quat2Mat(matrix, quaternion)
        turn = matrix.reshape(3, 3)
        np.testing.assert_allclose(up_vector(quaternion[None])[0], turn[:, 2], atol=1e-12)
        np.testing.assert_allclose(to_world(quaternion[None], vector[None])[0], turn @ vector, atol=1e-12)
        assert heading(quaternion[None])[0] == pytest.approx(np.arctan2(turn[1, 0], turn[0, 0]))
    np.testing.assert_allclose(
        wrapped(np.array([3.5, -3.5, 7.0])), [3.5 - 2 * np.pi, -3.5 + 2 * np.pi, 7.0 - 2 * np.pi]
    )


@pytest.mark.parametrize("robot", ROBOTS)
def test_signals_run_on_another_array_library(robot: str) -> None:
    task = find_task(robot)
    assert task.folder is not None
    module = with_library(task.folder / "task.py", jnp)
    with GymWorlds(task, 3, [0, 1, 2]) as worlds:
        worlds.reset()
        before = worlds.state
        action = np.stack([worlds.action_space.sample() for _ in range(3)])
        worlds.step(action)
        after = worlds.final_state
        expected = task.behaviour.signals(before, action, after)
        found = jax.jit(module.signals)(
            {k: jnp.asarray(v) for k, v in before.items()},
            jnp.asarray(action),
            {k: jnp.asarray(v) for k, v in after.items()},
        )
    for name, values in expected.items():
        np.testing.assert_allclose(np.asarray(found[name]), values, rtol=1e-4, atol=2e-3, err_msg=name)


def test_an_unstable_simulation_ends_its_episode_and_is_told() -> None:
    env: Any = find_task("half_cheetah").make_env()
    env.reset(seed=0)
    action = np.zeros(6, dtype=np.float32)
    assert env.step(action)[2] is False
    env.unwrapped.data.qvel[0] = np.nan
    with pytest.warns(UserWarning, match="unstable"):
        terminated = env.step(action)[2]
    assert terminated is True
    env.reset()
    assert env.step(action)[2] is False


def test_loading_leaves_no_log_and_says_nothing(tmp_path: Path) -> None:
    program = (
        "from eureka_agent.tasks import find_task\n"
        "for name in ('half_cheetah', 'gym:HalfCheetah-v5'):\n"
        "    env = find_task(name).make_env(); env.reset(seed=0); env.step(env.action_space.sample())\n"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root, "EUREKA_AGENT_ENVS": f"{root}/envs"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_a_tracker_takes_the_declared_state_alone() -> None:
    task = find_task("hopper")
    env: Any = task.make_env()
    env.reset(seed=0)
    state = {name: np.array(getattr(env.unwrapped.data, name))[None] for name in task.state}
    tracker = SignalTracker(task, 1)
    tracker.reset(state)
    signals = tracker.step(np.zeros((1, 3), dtype=np.float32), state)
    assert signals["x_velocity"].tolist() == [0.0]


def test_designers_are_told_how_long_a_control_step_is() -> None:
    assert "dt = 0.008  # seconds of a control step" in find_task("hopper").context
    assert "seconds of a control step" not in find_task("cartpole").context
