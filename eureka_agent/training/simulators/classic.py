"""Gymnasium's classic control, many worlds at once: the same arithmetic, one generator a world.

Constants are read from an environment built by the task, so that a customised one stays what it is. Every
expression keeps Gymnasium's order and precision; see `tests/training/simulators/test_classic.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eureka_agent.training.simulators.batched import PhysicsStep

Array = np.ndarray
Generators = Sequence[np.random.Generator]


class _Classic:
    """State as float64 `(num_envs, n)`; `_fresh` marks worlds not stepped since their reset."""

    size: int

    def __init__(self, env: Any, num_envs: int) -> None:
        self.env = env
        self.observation_space = env.observation_space
        self.action_space = env.action_space
        self._state = np.zeros((num_envs, self.size))
        self._fresh = np.ones(num_envs, dtype=bool)

    def reset(self, worlds: Array, generators: Generators) -> None:
        """Draw each world's state from its generator; see `Physics.reset`."""
        for world, generator in zip(worlds, generators, strict=True):
            self._state[world] = self.draw(generator)
        self._fresh[worlds] = True

    def draw(self, generator: np.random.Generator) -> Any:
        """Return one world's first state."""
        raise NotImplementedError

    @classmethod
    def fits(cls, env: Any) -> bool:
        """Whether an environment is set up such that all this holds."""
        return True

    def step(self, actions: Array) -> PhysicsStep:
        """Step every world; see `Physics.step`."""
        raise NotImplementedError

    def retain(self, worlds: Array) -> None:
        """Keep these worlds only."""
        self._state, self._fresh = self._state[worlds], self._fresh[worlds]

    def snapshot(self) -> Mapping[str, Array]:
        """Return states and what is fresh; see `Physics.snapshot`."""
        return {"state": self._state, "fresh": self._fresh}

    def restore(self, worlds: Array, snapshot: Mapping[str, Array]) -> None:
        """Put these worlds into earlier states; see `Physics.restore`."""
        self._state[worlds], self._fresh[worlds] = snapshot["state"], snapshot["fresh"]

    def state(self) -> Mapping[str, Array]:
        """Return the observation; see `Physics.state`."""
        return {"obs": self.observe()}

    def observe(self) -> Array:
        """Return float32 `(num_envs, d)`."""
        return self._state.astype(np.float32)


class CartPole(_Classic):
    """`gymnasium.envs.classic_control.CartPoleEnv`."""

    size = 4

    def draw(self, generator: np.random.Generator) -> Any:
        """Draw four numbers near zero."""
        return generator.uniform(low=-0.05, high=0.05, size=(4,))

    def step(self, actions: Array) -> PhysicsStep:
        """Integrate by Euler's method; `actions` are choices `(n,)`, see `Physics.step`."""
        env = self.env
        x, x_dot, theta, theta_dot = self._state.T
        force = np.where(actions == 1, env.force_mag, -env.force_mag)
        cos, sin = np.cos(theta), np.sin(theta)
        temp = (force + env.polemass_length * np.square(theta_dot) * sin) / env.total_mass
        theta_acc = (env.gravity * sin - cos * temp) / (
            env.length * (4.0 / 3.0 - env.masspole * np.square(cos) / env.total_mass)
        )
        x_acc = temp - env.polemass_length * theta_acc * cos / env.total_mass
        if env.kinematics_integrator == "euler":
            columns = (
                x + env.tau * x_dot,
                x_dot + env.tau * x_acc,
                theta + env.tau * theta_dot,
                theta_dot + env.tau * theta_acc,
            )
        else:
            x_dot = x_dot + env.tau * x_acc
            theta_dot = theta_dot + env.tau * theta_acc
            columns = (x + env.tau * x_dot, x_dot, theta + env.tau * theta_dot, theta_dot)
        self._state = np.stack(columns, axis=1)
        limit = env.theta_threshold_radians
        x, theta = self._state[:, 0], self._state[:, 2]
        terminated = (x < -env.x_threshold) | (x > env.x_threshold) | (theta < -limit) | (theta > limit)
        return PhysicsStep(self._reward(terminated), terminated)

    def _reward(self, terminated: Array) -> Array:
        if self.env._sutton_barto_reward:
            return np.where(terminated, -1.0, 0.0)
        return np.ones(len(terminated))


class Pendulum(_Classic):
    """`gymnasium.envs.classic_control.PendulumEnv`."""

    size = 2
    _HIGH = np.array([np.pi, 1.0])

    def draw(self, generator: np.random.Generator) -> Any:
        """Draw an angle and a velocity."""
        return generator.uniform(low=-self._HIGH, high=self._HIGH)

    def step(self, actions: Array) -> PhysicsStep:
        """Rotate by one time step under torques `(n, 1)` in N m; see `Physics.step`."""
        env = self.env
        theta, speed = self._state.T
        torque = np.clip(actions[:, 0], -env.max_torque, env.max_torque)  # float32, as Gymnasium keeps it
        wrapped = ((theta + np.pi) % (2 * np.pi)) - np.pi
        costs = wrapped**2 + 0.1 * speed**2 + 0.001 * (torque**2)
        gravity = 3 * env.g / (2 * env.l) * np.sin(theta)
        speed = speed + (gravity + 3.0 / (env.m * env.l**2) * torque) * env.dt
        speed = np.clip(speed, -env.max_speed, env.max_speed)
        self._state = np.stack([theta + speed * env.dt, speed], axis=1)
        return PhysicsStep(-costs, np.zeros(len(speed), dtype=bool))

    def observe(self) -> Array:
        """Return cosine, sine and velocity in rad/s, float32 `(n, 3)`."""
        theta, speed = self._state.T
        return np.stack([np.cos(theta), np.sin(theta), speed], axis=1).astype(np.float32)


class MountainCar(_Classic):
    """`gymnasium.envs.classic_control.Continuous_MountainCarEnv`.

    Gymnasium's state is float64 after a reset and float32 from the first step on; so is the arithmetic here.
    """

    size = 2

    def draw(self, generator: np.random.Generator) -> Any:
        """Draw a position in the valley, at rest."""
        return generator.uniform(low=-0.6, high=-0.4), 0.0

    def step(self, actions: Array) -> PhysicsStep:
        """Drive by one time step; `actions` are choices `(n,)`, see `Physics.step`."""
        env = self.env
        force = np.clip(actions[:, 0], np.float32(env.min_action), np.float32(env.max_action))
        state = self._moved(self._state.astype(np.float32), force)
        terminated = (state[:, 0] >= np.float32(env.goal_position)) & (state[:, 1] >= env.goal_velocity)
        if self._fresh.any():
            fresh = self._fresh
            exact = self._moved(self._state[fresh], force[fresh])
            terminated[fresh] = (exact[:, 0] >= env.goal_position) & (exact[:, 1] >= env.goal_velocity)
            state[fresh] = exact
        self._state = state.astype(np.float64)
        self._fresh = np.zeros_like(self._fresh)
        reward = np.where(terminated, 100.0, 0.0) - np.square(actions[:, 0].astype(np.float64)) * 0.1
        return PhysicsStep(reward, terminated)

    def _moved(self, state: Array, force: Array) -> Array:
        """Return the next position and velocity, computed in the precision of `state`."""
        env, kind = self.env, state.dtype.type
        position, velocity = state.T
        slope = (0.0025 * np.cos((3 * position).astype(np.float64))).astype(np.float32)
        velocity = velocity + (force * np.float32(env.power) - slope)
        velocity = np.clip(velocity, kind(-env.max_speed), kind(env.max_speed))
        position = np.clip(position + velocity, kind(env.min_position), kind(env.max_position))
        at_wall = (position == kind(env.min_position)) & (velocity < 0)
        return np.stack([position, np.where(at_wall, kind(0.0), velocity)], axis=1)


class Acrobot(_Classic):
    """`gymnasium.envs.classic_control.AcrobotEnv`, without torque noise."""

    size = 4

    @classmethod
    def fits(cls, env: Any) -> bool:
        """Torque noise would be drawn step by step."""
        return env.torque_noise_max == 0.0

    def draw(self, generator: np.random.Generator) -> Any:
        """Draw four numbers near hanging down, rounded to float32."""
        return generator.uniform(low=-0.1, high=0.1, size=(4,)).astype(np.float32)

    def step(self, actions: Array) -> PhysicsStep:
        """Integrate by the Runge-Kutta method; `actions` are choices `(n,)`, see `Physics.step`."""
        env = self.env
        torque = np.asarray(env.AVAIL_TORQUE, dtype=np.float64)[actions]
        columns = self._runge_kutta(np.concatenate([self._state, torque[:, None]], axis=1), env.dt)
        first, second = _wrap(columns[:, 0]), _wrap(columns[:, 1])
        speeds = [
            np.clip(columns[:, 2], -env.MAX_VEL_1, env.MAX_VEL_1),
            np.clip(columns[:, 3], -env.MAX_VEL_2, env.MAX_VEL_2),
        ]
        self._state = np.stack([first, second, *speeds], axis=1)
        self._fresh = np.zeros_like(self._fresh)
        terminated = -np.cos(first) - np.cos(second + first) > 1.0
        return PhysicsStep(np.where(terminated, 0.0, -1.0), terminated)

    def observe(self) -> Array:
        """Return cosine and sine of both angles and both velocities in rad/s, float32 `(n, 6)`."""
        observed = _angles_shown(self._state).astype(np.float32)
        if self._fresh.any():  # Gymnasium's state is float32 until the first step
            observed[self._fresh] = _angles_shown(self._state[self._fresh].astype(np.float32))
        return observed

    def _runge_kutta(self, start: Array, dt: float) -> Array:
        half = dt / 2.0
        k1 = self._derivative(start)
        k2 = self._derivative(start + half * k1)
        k3 = self._derivative(start + half * k2)
        k4 = self._derivative(start + dt * k3)
        return start + dt / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4)

    def _derivative(self, augmented: Array) -> Array:
        """Return the derivative of angles, velocities and torque, "book" version unless the class says so."""
        env, g = self.env, 9.8
        m1, m2, l1 = env.LINK_MASS_1, env.LINK_MASS_2, env.LINK_LENGTH_1
        lc1, lc2, i1, i2 = env.LINK_COM_POS_1, env.LINK_COM_POS_2, env.LINK_MOI, env.LINK_MOI
        theta1, theta2, speed1, speed2, torque = augmented.T
        cos2, sin2 = np.cos(theta2), np.sin(theta2)
        d1 = m1 * lc1**2 + m2 * (l1**2 + lc2**2 + 2 * l1 * lc2 * cos2) + i1 + i2
        d2 = m2 * (lc2**2 + l1 * lc2 * cos2) + i2
        phi2 = m2 * lc2 * g * np.cos(theta1 + theta2 - math.pi / 2.0)
        phi1 = (
            -m2 * l1 * lc2 * speed2**2 * sin2
            - 2 * m2 * l1 * lc2 * speed2 * speed1 * sin2
            + (m1 * lc1 + m2 * l1) * g * np.cos(theta1 - math.pi / 2)
            + phi2
        )
        pulled = torque + d2 / d1 * phi1 - phi2
        if env.book_or_nips != "nips":
            pulled = torque + d2 / d1 * phi1 - m2 * l1 * lc2 * speed1**2 * sin2 - phi2
        acc2 = pulled / (m2 * lc2**2 + i2 - d2**2 / d1)
        acc1 = -(d2 * acc2 + phi1) / d1
        return np.stack([speed1, speed2, acc1, acc2, np.zeros_like(torque)], axis=1)


def _angles_shown(state: Array) -> Array:
    first, second = state[:, 0], state[:, 1]
    return np.stack(
        [np.cos(first), np.sin(first), np.cos(second), np.sin(second), state[:, 2], state[:, 3]], axis=1
    )


def _wrap(angle: Array) -> Array:
    """Wrap into [-pi, pi] by whole turns, one at a time as Gymnasium does."""
    turn = math.pi - -math.pi
    while (beyond := angle > math.pi).any():
        angle = np.where(beyond, angle - turn, angle)
    while (beyond := angle < -math.pi).any():
        angle = np.where(beyond, angle + turn, angle)
    return angle


CLASSIC: dict[str, type[_Classic]] = {
    "gymnasium.envs.classic_control.cartpole:CartPoleEnv": CartPole,
    "gymnasium.envs.classic_control.pendulum:PendulumEnv": Pendulum,
    "gymnasium.envs.classic_control.continuous_mountain_car:Continuous_MountainCarEnv": MountainCar,
    "gymnasium.envs.classic_control.acrobot:AcrobotEnv": Acrobot,
}
"""By module and class."""
