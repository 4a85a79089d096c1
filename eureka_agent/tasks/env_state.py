"""The state of one Gymnasium environment as plain data, if it supports that.

Three kinds do:

- an environment with methods `get_state()` and `set_state(state)`, whose state is plain (see `plain.packed`);
- one with MuJoCo's data at `env.unwrapped.data`: positions to warm start by `mj_getState`, the fields that a
  step left behind, and every attribute of the environment that is plain (a goal, say);
- any other one whose attributes are all plain, as `state` of classic control, besides its spaces and spec.

What JAX holds is plain, too: arrays, random keys and trees of them; its compiled functions remember nothing.

The generator `np_random` and the steps that its time limit has counted come along. Wrappers that might
remember something else make it offer nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gymnasium as gym
from gymnasium import wrappers
from gymnasium.envs.registration import EnvSpec

from eureka_agent.errors import TaskError
from eureka_agent.tasks.guard import Guard
from eureka_agent.tasks.jax_state import is_compiled, packed_tree, unpacked_tree
from eureka_agent.tasks.mujoco_state import EndWhenUnstable, mujoco_data, read_physics, write_physics
from eureka_agent.tasks.plain import packed, unpacked

_HARMLESS = (
    Guard,
    EndWhenUnstable,
    wrappers.TimeLimit,
    wrappers.OrderEnforcing,
    wrappers.PassiveEnvChecker,
)
"""Wrappers that change nothing but when an episode ends."""
_FIXED = (gym.Space, EnvSpec)
"""Attributes that no step changes."""
_TREE = "leaves"


def bare(env: gym.Env) -> Any | None:
    """Return the environment inside wrappers that change nothing, or None if one of them might."""
    while isinstance(env, gym.Wrapper):
        if type(env) not in _HARMLESS:
            return None
        env = env.env
    return env


def no_state(env: gym.Env) -> str:
    """Return why an environment's state cannot be saved, in a sentence; empty where it can."""
    try:
        _read(env)
    except TypeError as error:
        return str(error)
    return ""


def read_state_of(env: gym.Env) -> Any:
    """Return an environment's complete state, JSON-able; raises TaskError if unsupported."""
    try:
        return _read(env)
    except TypeError as error:
        raise TaskError(
            f"The state of {type(env.unwrapped).__name__} cannot be saved: {error}",
            allowed="attributes that are plain numbers and arrays, MuJoCo's data, or get_state() and "
            "set_state(state)",
            fix="Give the environment these two methods.",
        ) from error


def write_state_of(env: gym.Env, state: Any) -> None:
    """Restore an environment, already reset, to a state of its kind; raises TaskError if it is none."""
    try:
        _write(env, state)
    except TypeError as error:
        raise TaskError(
            f"The state is not one of {type(env.unwrapped).__name__}: {error}",
            allowed="states of the environment as it is installed here",
            fix="Begin anew, or install the version that the state was saved with.",
        ) from error


def _write(env: gym.Env, state: Any) -> None:
    inner: Any = bare(env)
    for wrapper, elapsed in zip(_time_limits(env), state["elapsed"], strict=True):
        wrapper._elapsed_steps = elapsed
    if "own" in state:
        inner.set_state(_unpacked(state["own"], inner.get_state))
    if "physics" in state:
        write_physics(inner, unpacked(state["physics"]))
    for name, value in state["attributes"].items():
        setattr(inner, name, _unpacked(value, lambda name=name: getattr(inner, name)))


def _packed(value: Any) -> Any:
    """Return the JSON-able form of a value, or of the leaves of JAX's; raises TypeError without one."""
    try:
        return packed(value)
    except TypeError as error:
        try:
            return {_TREE: packed_tree(value)}
        except TypeError:
            raise error from None


def _unpacked(given: Any, now: Callable[[], Any]) -> Any:
    """Return the value of `_packed`; `now` returns what is there, whose structure a tree has."""
    if isinstance(given, dict) and _TREE in given:
        return unpacked_tree(given[_TREE], now())
    return unpacked(given)


def _read(env: gym.Env) -> dict[str, Any]:
    """Return the state; raises TypeError where some of it is not plain."""
    inner = bare(env)
    if inner is None:
        raise TypeError("one of its wrappers may keep state.")
    state: dict[str, Any] = {"elapsed": [wrapper._elapsed_steps for wrapper in _time_limits(env)]}
    if callable(getattr(inner, "get_state", None)) and callable(getattr(inner, "set_state", None)):
        generator = {"_np_random": packed(inner.np_random)}
        return state | {"own": _packed(inner.get_state()), "attributes": generator}
    if mujoco_data(inner) is not None:
        return state | {"physics": packed(read_physics(inner)), "attributes": _attributes(inner, all_=False)}
    return state | {"attributes": _attributes(inner, all_=True)}


def _attributes(inner: Any, *, all_: bool) -> Mapping[str, Any]:
    """Return the plain attributes; raises TypeError if `all_` must be and one is not."""
    found = {}
    for name, value in vars(inner).items():
        if isinstance(value, _FIXED) or is_compiled(value):
            continue
        try:
            found[name] = _packed(value)
        except TypeError as error:
            if all_:
                raise TypeError(f"its attribute '{name}' = {error}") from error
    return found


def _time_limits(env: gym.Env) -> list[Any]:
    found = []
    while isinstance(env, gym.Wrapper):
        if isinstance(env, wrappers.TimeLimit):
            found.append(env)
        env = env.env
    return found
