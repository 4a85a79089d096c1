"""Gymnasium's MuJoCo environments on MJX: pure functions of arrays, to be traced into a larger program.

Observation, reward, termination and first states are those of `mujoco_bodies.py`, traced. Between control
steps only positions, velocities and the solver's warm start are kept: everything else is computed from them.
MJX computes in float32 and its contact solver is another one than MuJoCo's, so states agree with the CPU's to
a tolerance and drift apart where contacts do.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
import importlib.util
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NamedTuple

from eureka_agent.tasks.portable import Portable
from eureka_agent.training.simulators.mujoco_bodies import MujocoBody

MATRICES = ("xmat", "ximat", "geom_xmat", "site_xmat")
"""Fields that MJX shows as 3 x 3 and MuJoCo as rows of 9."""

_LARGEST = 1e10
"""Beyond it MuJoCo calls a state unstable (mjMAXVAL)."""


class Bodies(NamedTuple):
    """What is kept of n simulations from one control step to the next, float32."""

    qpos: Any
    """`(n, nq)`."""
    qvel: Any
    """`(n, nv)`."""
    warmstart: Any
    """`(n, nv)`: the last accelerations, from which the solver starts."""
    mark: Any
    """`(n,)`: what the native reward compares the next state with, a position along the track."""


class DevicePhysicsStep(NamedTuple):
    """What one control step gave; see `batched.PhysicsStep`."""

    bodies: Any
    state: dict[str, Any]
    """`obs`, entries of `info` and fields, each `(n, ...)` float32."""
    native_reward: Any
    terminated: Any
    fault: Any
    """bool `(n,)`: the state is not finite, or beyond what MuJoCo calls stable."""


class MjxPhysics:
    """The simulations of one Gymnasium environment's model. Every method may be traced, and none keeps state.

    `fields` are entries of `MjData` that the task reads, `info` its entries of `info` by their names in the
    state.
    """

    def __init__(self, env: Any, body: MujocoBody, *, fields: Sequence[str], info: Mapping[str, str]) -> None:
        import jax.numpy as jnp

        self._mjx = mjx_library()
        self.observation_space = env.observation_space
        self.action_space = env.action_space
        self._env: Any = SimpleNamespace(**vars(env), dt=env.dt)
        self._body = traced_body(body, Portable(jnp))
        model = solvable(env.model)
        self._model = self._mjx.put_model(model)
        self._blank = self._mjx.make_data(model)
        self._fields = tuple(fields)
        self._reads = tuple(dict.fromkeys(("qpos", "qvel", *fields, *body.reads)))
        self._info = {name: self._body.info[key] for name, key in info.items()}

    def reset(self, keys: Any) -> tuple[Bodies, dict[str, Any]]:
        """Return the first bodies and states of episodes, one drawn from each of the `keys` `(n,)`."""
        import jax
        import jax.numpy as jnp

        def one(key: Any) -> Any:
            draw = self._body.draw_traced or self._body.draw
            qpos, qvel = draw(self._env, KeyedGenerator(key))
            data = self._blank.replace(qpos=qpos.astype(jnp.float32), qvel=qvel.astype(jnp.float32))
            # MJX writes quaternions back normalised, MuJoCo only when it steps: what was drawn is kept.
            return self._mjx.forward(self._model, data).replace(qpos=data.qpos)

        data = jax.vmap(one)(keys)
        read = self._read(data)
        # A reset of MuJoCo zeroes the warm start; the forward above is there for the derived fields only.
        bodies = Bodies(data.qpos, data.qvel, jnp.zeros_like(data.qvel), self._body.before(self._env, read))
        return bodies, self._shown(read)

    def step(self, bodies: Bodies, actions: Any) -> DevicePhysicsStep:
        """Apply actions `(n, nu)`, which are finite and inside the space, for one control step."""
        import jax
        import jax.numpy as jnp

        def one(body: Bodies, action: Any) -> Any:
            data = self._blank.replace(
                qpos=body.qpos, qvel=body.qvel, qacc_warmstart=body.warmstart, ctrl=action
            )
            stepped, _ = jax.lax.scan(
                lambda data, _: (self._mjx.step(self._model, data), None), data, None, self._env.frame_skip
            )
            return stepped

        data = jax.vmap(one)(bodies, actions)
        read = self._read(data)
        reward, terminated = self._body.outcome(self._env, bodies.mark, actions, read)
        moved = jnp.concatenate([data.qpos, data.qvel, data.qacc_warmstart], axis=1)
        fault = ~(jnp.isfinite(moved) & (jnp.abs(moved) < _LARGEST)).all(axis=1)
        after = Bodies(data.qpos, data.qvel, data.qacc_warmstart, self._body.before(self._env, read))
        return DevicePhysicsStep(after, self._shown(read), reward.astype(jnp.float32), terminated, fault)

    def _read(self, data: Any) -> dict[str, Any]:
        """Return the fields that observation, reward and task need, in MuJoCo's shapes."""
        read = {}
        for name in self._reads:
            inside = data if name in type(data).__dataclass_fields__ else data._impl
            array = getattr(inside, name)
            read[name] = array.reshape(*array.shape[:2], 9) if name in MATRICES else array
        return read

    def _shown(self, read: Mapping[str, Any]) -> dict[str, Any]:
        import jax.numpy as jnp

        state = {"obs": self._body.observe(self._env, read).astype(jnp.float32)}
        state |= {name: show(self._env, read) for name, show in self._info.items()}
        return state | {name: read[name] for name in self._fields}


class KeyedGenerator:
    """The part of NumPy's generator that first states are drawn with, on a key of JAX."""

    def __init__(self, key: Any) -> None:
        self._key = key

    def uniform(self, low: float, high: float, size: int) -> Any:
        """Return float32 `(size,)` from [low, high)."""
        import jax

        return jax.random.uniform(self._next(), (size,), minval=low, maxval=high)

    def standard_normal(self, size: int) -> Any:
        """Return float32 `(size,)`."""
        import jax

        return jax.random.normal(self._next(), (size,))

    def _next(self) -> Any:
        import jax

        self._key, drawn = jax.random.split(self._key)
        return drawn


def solvable(model: Any) -> Any:
    """Return a copy of an `MjModel` whose solver MJX has: Humanoid's projected Gauss-Seidel becomes Newton's.

    Both minimise the same cost; Newton comes closer to the minimum in as many iterations.
    """
    import mujoco

    made = copy.copy(model)
    if made.opt.solver == mujoco.mjtSolver.mjSOL_PGS:  # pyright: ignore[reportAttributeAccessIssue]
        made.opt.solver = mujoco.mjtSolver.mjSOL_NEWTON  # pyright: ignore[reportAttributeAccessIssue]
    return made


def traced_body(body: MujocoBody, portable: Portable) -> MujocoBody:
    """Return a body whose functions compute with another array library."""
    draw = body.draw_traced
    return replace(
        body,
        draw=portable.function(body.draw),
        observe=portable.function(body.observe),
        before=portable.function(body.before),
        outcome=portable.function(body.outcome),
        info={name: portable.function(show) for name, show in body.info.items()},
        draw_traced=None if draw is None else portable.function(draw),
    )


def mjx_missing() -> tuple[str, ...]:
    """Return what of the libraries that this needs is not installed."""
    needed = {"mujoco.mjx": "mujoco-mjx", "jax": "jax", "optax": "optax", "flatbuffers": "flatbuffers"}
    return tuple(package for name, package in needed.items() if not _installed(name))


def _installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # its parent package is not there either
        return False


def mjx_library() -> Any:
    """Import MJX, which says on the terminal that its other backend is not installed."""
    with contextlib.redirect_stdout(io.StringIO()):
        return importlib.import_module("mujoco.mjx")
