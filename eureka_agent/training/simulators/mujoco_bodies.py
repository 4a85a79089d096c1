"""What makes each of Gymnasium's MuJoCo environments that one: observation, ending, reward, first state.

Constants are read from an environment built by the task. `data` maps names of `MjData` to arrays
`(num_envs, ...)`; MuJoCo itself is not needed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray
Data = Mapping[str, Array]


def _nothing(_env: Any, data: Data) -> Array:
    return np.zeros(len(data["qpos"]))


def _always(_env: Any) -> bool:
    return True


@dataclass(frozen=True)
class MujocoBody:
    """One environment class of Gymnasium."""

    draw: Callable[[Any, Any], tuple[Array, Array]]
    """First positions and velocities of one world, from NumPy's generator or `mjx.KeyedGenerator`."""
    observe: Callable[[Any, Data], Array]
    """float64 `(num_envs, d)`."""
    before: Callable[[Any, Data], Array]
    """What the reward needs from the state before a step, `(num_envs,)`; a new array."""
    outcome: Callable[[Any, Array, Array, Data], tuple[Array, Array]]
    """Native reward and termination, from what `before` gave, the actions and the new state."""
    reads: tuple[str, ...] = ()
    """Fields it needs besides positions and velocities."""
    info: Mapping[str, Callable[[Any, Data], Array]] = field(default_factory=dict)
    """Entries of `info` that are there after a reset and after every step."""
    fits: Callable[[Any], bool] = _always
    """Whether an environment is set up such that all this holds."""
    draw_traced: Callable[[Any, Any], tuple[Array, Array]] | None = None
    """What `draw` draws from, without branching on values, where `draw` does; from `mjx.KeyedGenerator`."""


def _uniform(env: Any, generator: np.random.Generator) -> tuple[Array, Array]:
    scale, model = env._reset_noise_scale, env.model
    qpos = env.init_qpos + generator.uniform(low=-scale, high=scale, size=model.nq)
    return qpos, env.init_qvel + generator.uniform(low=-scale, high=scale, size=model.nv)


def _normal_velocity(env: Any, generator: np.random.Generator) -> tuple[Array, Array]:
    scale, model = env._reset_noise_scale, env.model
    qpos = env.init_qpos + generator.uniform(low=-scale, high=scale, size=model.nq)
    return qpos, env.init_qvel + scale * generator.standard_normal(model.nv)


def _observer(skipped: int, *, clip: float | None = None) -> Callable[[Any, Data], Array]:
    """Return an observation of positions (the first `skipped` left out where so set up) and velocities."""

    def observe(env: Any, data: Data) -> Array:
        velocity = data["qvel"] if clip is None else np.clip(data["qvel"], -clip, clip)
        position = data["qpos"]
        if env._exclude_current_positions_from_observation:
            position = position[:, skipped:]
        return np.concatenate([position, velocity], axis=1)

    return observe


_observe_positions = _observer(2)


def _rows(array: Array) -> Array:
    return array.reshape(len(array), -1)


def _humanoid_observe(env: Any, data: Data) -> Array:
    parts = [_observe_positions(env, data)]
    if env._include_cinert_in_observation:
        parts.append(_rows(data["cinert"][:, 1:]))
    if env._include_cvel_in_observation:
        parts.append(_rows(data["cvel"][:, 1:]))
    if env._include_qfrc_actuator_in_observation:
        parts.append(data["qfrc_actuator"][:, 6:])
    return np.concatenate(parts, axis=1)


def _x_position(_env: Any, data: Data) -> Array:
    return data["qpos"][:, 0].copy()


def _y_position(_env: Any, data: Data) -> Array:
    return data["qpos"][:, 1].copy()


def _height_gained(env: Any, data: Data) -> Array:
    return data["qpos"][:, 1] - env.init_qpos[1]


def _distance(_env: Any, data: Data) -> Array:
    return np.linalg.norm(data["qpos"][:, :2], ord=2, axis=1)


def _control_cost(env: Any, actions: Array) -> Array:
    return env._ctrl_cost_weight * np.sum(np.square(actions), axis=1)


def _never(count: int) -> Array:
    return np.zeros(count, dtype=bool)


def _run_outcome(env: Any, before: Array, actions: Array, data: Data) -> tuple[Array, Array]:
    """Forward velocity less control; never over: HalfCheetah and Swimmer."""
    velocity = (data["qpos"][:, 0] - before) / env.dt
    reward = env._forward_reward_weight * velocity - _control_cost(env, actions)
    return reward, _never(len(reward))


def _legged(healthy: Callable[[Any, Data], Array], position: Callable[[Any, Data], Array]) -> Any:
    """Return the outcome of a body that must stay healthy: velocity and health less control."""

    def outcome(env: Any, before: Array, actions: Array, data: Data) -> tuple[Array, Array]:
        well = healthy(env, data)
        velocity = (position(env, data) - before) / env.dt
        reward = env._forward_reward_weight * velocity + well * env._healthy_reward
        ended = ~well if env._terminate_when_unhealthy else _never(len(well))
        return reward - _control_cost(env, actions), ended

    return outcome


def _inside(values: Array, bounds: tuple[float, float]) -> Array:
    return (bounds[0] < values) & (values < bounds[1])


def _walker_healthy(env: Any, data: Data) -> Array:
    qpos = data["qpos"]
    return _inside(qpos[:, 1], env._healthy_z_range) & _inside(qpos[:, 2], env._healthy_angle_range)


def _hopper_healthy(env: Any, data: Data) -> Array:
    state = np.concatenate([data["qpos"], data["qvel"]], axis=1)[:, 2:]
    return _inside(state, env._healthy_state_range).all(axis=1) & _walker_healthy(env, data)


def _ant_healthy(env: Any, data: Data) -> Array:
    low, high = env._healthy_z_range
    height = data["qpos"][:, 2]
    finite = np.isfinite(data["qpos"]).all(axis=1) & np.isfinite(data["qvel"]).all(axis=1)
    return finite & (low <= height) & (height <= high)


def _humanoid_healthy(env: Any, data: Data) -> Array:
    return _inside(data["qpos"][:, 2], env._healthy_z_range)


def _torso(env: Any, data: Data) -> Array:
    return data["xpos"][:, env.model.body(env._main_body).id, 0].copy()


def _centre(env: Any, data: Data) -> Array:
    """Return the x of the whole body's centre of mass, from the bodies' centres."""
    mass = env.model.body_mass
    return np.einsum("b,nbj->nj", mass, data["xipos"])[:, 0] / mass.sum()


def _without_contact_forces(env: Any) -> bool:
    """Contact forces are computed after the step, which the batch does not do."""
    return not env._include_cfrc_ext_in_observation and env._contact_cost_weight == 0.0


def _reacher_draw(env: Any, generator: np.random.Generator) -> tuple[Array, Array]:
    model = env.model
    qpos = generator.uniform(low=-0.1, high=0.1, size=model.nq) + env.init_qpos
    while True:
        goal = generator.uniform(low=-0.2, high=0.2, size=2)
        if np.linalg.norm(goal) < 0.2:
            break
    qpos[-2:] = goal
    qvel = env.init_qvel + generator.uniform(low=-0.005, high=0.005, size=model.nv)
    qvel[-2:] = 0
    return qpos, qvel


def _reacher_draw_traced(env: Any, generator: Any) -> tuple[Array, Array]:
    """As `_reacher_draw`; a point of the disc by its angle and the square root of its share of the area."""
    model = env.model
    qpos = generator.uniform(low=-0.1, high=0.1, size=model.nq) + env.init_qpos
    radius = 0.2 * np.sqrt(generator.uniform(low=0.0, high=1.0, size=1))
    angle = generator.uniform(low=0.0, high=2.0 * np.pi, size=1)
    qvel = env.init_qvel + generator.uniform(low=-0.005, high=0.005, size=model.nv)
    goal = [radius * np.cos(angle), radius * np.sin(angle)]
    return np.concatenate([qpos[:-2], *goal]), np.concatenate([qvel[:-2], np.zeros(2)])


def _reach(env: Any, data: Data) -> Array:
    ids = [env.model.body(name).id for name in ("fingertip", "target")]
    return data["xpos"][:, ids[0]] - data["xpos"][:, ids[1]]


def _reacher_observe(env: Any, data: Data) -> Array:
    qpos, qvel = data["qpos"], data["qvel"]
    angles = qpos[:, :2]
    return np.concatenate(
        [np.cos(angles), np.sin(angles), qpos[:, 2:], qvel[:, :2], _reach(env, data)[:, :2]], axis=1
    )


def _reacher_outcome(env: Any, _before: Array, actions: Array, data: Data) -> tuple[Array, Array]:
    distance = np.linalg.norm(_reach(env, data), axis=1)
    effort = np.square(actions).sum(axis=1)
    reward = -distance * env._reward_dist_weight - effort * env._reward_control_weight
    return reward, _never(len(reward))


_XY = {"x_position": _x_position, "y_position": _y_position, "distance_from_origin": _distance}
_XZ = {"x_position": _x_position, "z_distance_from_origin": _height_gained}

BODIES: dict[str, MujocoBody] = {
    "gymnasium.envs.mujoco.half_cheetah_v5:HalfCheetahEnv": MujocoBody(
        _normal_velocity, _observer(1), _x_position, _run_outcome, info={"x_position": _x_position}
    ),
    "gymnasium.envs.mujoco.swimmer_v5:SwimmerEnv": MujocoBody(
        _uniform, _observer(2), _x_position, _run_outcome, info=_XY
    ),
    "gymnasium.envs.mujoco.hopper_v5:HopperEnv": MujocoBody(
        _uniform, _observer(1, clip=10.0), _x_position, _legged(_hopper_healthy, _x_position), info=_XZ
    ),
    "gymnasium.envs.mujoco.walker2d_v5:Walker2dEnv": MujocoBody(
        _uniform, _observer(1, clip=10.0), _x_position, _legged(_walker_healthy, _x_position), info=_XZ
    ),
    "gymnasium.envs.mujoco.ant_v5:AntEnv": MujocoBody(
        _normal_velocity,
        _observe_positions,
        _torso,
        _legged(_ant_healthy, _torso),
        reads=("xpos",),
        info=_XY,
        fits=_without_contact_forces,
    ),
    "gymnasium.envs.mujoco.humanoid_v5:HumanoidEnv": MujocoBody(
        _uniform,
        _humanoid_observe,
        _centre,
        _legged(_humanoid_healthy, _centre),
        reads=("xipos", "cinert", "cvel", "qfrc_actuator"),
        info=_XY,
        fits=_without_contact_forces,
    ),
    "gymnasium.envs.mujoco.reacher_v5:ReacherEnv": MujocoBody(
        _reacher_draw,
        _reacher_observe,
        _nothing,
        _reacher_outcome,
        reads=("xpos",),
        draw_traced=_reacher_draw_traced,
    ),
}
"""By module and class; an environment of another class, even a subclass, is none of these."""
