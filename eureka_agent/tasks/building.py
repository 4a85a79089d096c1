"""How environments are built: from a Gymnasium id, a factory's name or a constructor in memory."""

from __future__ import annotations

import base64
import functools
import importlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import cloudpickle
import gymnasium as gym
from gymnasium.wrappers import TimeLimit

from eureka_agent.errors import TaskError, did_you_mean
from eureka_agent.tasks.culprit import FOREIGN, raised
from eureka_agent.tasks.guard import Guard
from eureka_agent.tasks.mujoco_state import route_warnings, watched
from eureka_agent.tasks.packages import package_of, registered_by_plugins

ASSUMED_LIMIT = 10_000
"""Bound on the steps of an episode where nobody named a time limit."""

Constructor = Callable[[], gym.Env]


def build(constructor: Constructor, label: str) -> gym.Env:
    """Call a constructor; raises TaskError naming the exception if it fails or gives no environment."""
    route_warnings()
    try:
        env: Any = constructor()
    except TaskError:
        raise
    except gym.error.DependencyNotInstalled as error:
        raise TaskError(
            f"{label} cannot be built: {error}", fix="Install what the message names, then try again."
        ) from error
    except FOREIGN as error:
        raise TaskError(
            f"{label} cannot be built: {raised(error)}",
            fix="Build it alone in Python to see the whole traceback.",
        ) from error
    if not isinstance(env, gym.Env):
        raise TaskError(
            f"{label} gave a {type(env).__name__}, which is not a Gymnasium environment.",
            allowed="a single gymnasium.Env (not a vector environment, not an older gym.Env)",
            fix="Return one environment; old ones can be wrapped with shimmy.",
        )
    _check_spaces(env, label)
    return env


def _check_spaces(env: gym.Env, label: str) -> None:
    """Raise TaskError unless an environment says what it observes and what it can be told."""
    for name in ("observation_space", "action_space"):
        space = getattr(env, name, None)
        if not isinstance(space, gym.Space):
            got = "has no" if space is None else f"has a {type(space).__name__} as"
            raise TaskError(
                f"{label} {got} {name}.",
                allowed="a Gymnasium space, e.g. gymnasium.spaces.Box(-1.0, 1.0, (2,))",
                fix=f"Set self.{name} in the environment's __init__.",
            )


def guarded(constructor: Constructor, label: str, max_episode_steps: int) -> Constructor:
    """Return a constructor of the same environment, its promises checked and its time limit applied."""

    def make() -> gym.Env:
        return TimeLimit(Guard(watched(build(constructor, label))), max_episode_steps)

    return make


def time_limit(env: gym.Env) -> int | None:
    """Return the smallest time limit that an environment's wrappers or its spec carry, or None."""
    limits = [env.spec.max_episode_steps] if env.spec is not None else []
    while isinstance(env, gym.Wrapper):
        limits.append(getattr(env, "_max_episode_steps", None))
        env = env.env
    return min((limit for limit in limits if limit is not None), default=None)


def gym_constructor(env_id: str, kwargs: Mapping[str, Any]) -> tuple[Constructor, int | None]:
    """Return the constructor of a registered environment, without its time limit, and that limit.

    `env_id` may stand after the module whose import registers it: `module:Id-v0`. Raises TaskError with the
    nearest registered ids, or the import that is missing.
    """
    module, _, bare = env_id.rpartition(":")
    if module:
        import_module(module, path=str(Path.cwd()))
    if bare not in gym.registry:
        registered_by_plugins(bare)
    try:
        spec = gym.spec(bare)
    except gym.error.Error as error:
        raise _unknown_id(env_id, error) from error

    def make() -> gym.Env:
        if ".mujoco" in str(spec.entry_point):
            _import_mujoco()
            route_warnings()
        return gym.make(bare, max_episode_steps=-1, disable_env_checker=True, **kwargs)

    return make, spec.max_episode_steps


def _import_mujoco() -> None:
    """Import MuJoCo, which loads the renderer that MUJOCO_GL names whether anything is rendered or not."""
    try:
        import_module("mujoco", path=None)
    except TaskError as error:
        backend = os.environ.get("MUJOCO_GL")
        if backend is None:
            raise
        raise TaskError(
            f"{error.what} (MUJOCO_GL is '{backend}')",
            allowed="egl with libegl1, libegl-mesa0 and libgl1-mesa-dri; osmesa with libosmesa6; or unset",
            fix="Install what it needs, or unset MUJOCO_GL.",
        ) from error


def _unknown_id(env_id: str, error: gym.error.Error) -> TaskError:
    bare = env_id.rpartition(":")[2]
    if env_id == bare and (package := package_of(bare)) is not None:
        return TaskError(
            f"Gymnasium knows no environment '{env_id}' unless the package '{package}' is imported.",
            allowed=f"the id after the module that registers it: {package}:{bare}",
            fix=f"Name it gym:{package}:{bare}.",
        )
    ids = sorted(gym.registry)
    similar = [known for known in ids if known.split("-v")[0].lower() == bare.split("-v")[0].lower()]
    hint = f" Did you mean '{similar[-1]}'?" if similar else did_you_mean(bare, ids)
    return TaskError(
        f"Gymnasium knows no environment '{env_id}'.{hint}",
        allowed=f"a registered id ({len(ids)} here, e.g. CartPole-v1); {str(error).splitlines()[0]}",
        fix="List them with gymnasium.pprint_registry(). One that an import registers is named module:Id-v0, "
        "one that your own function builds module:function.",
    )


def import_module(name: str, path: str | None) -> Any:
    """Import a module, looking also in the folder `path`; raises TaskError naming the exception."""
    if path is not None and path not in sys.path:
        sys.path.append(path)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and not f"{name}.".startswith(f"{error.name}."):
            raise TaskError(f"Module '{name}' needs '{error.name}', which is not installed.") from error
        raise TaskError(
            f"There is no module '{name}'.",
            allowed="a module that Python can import here",
            fix="Start from the folder that holds it, or install its package.",
        ) from error
    except FOREIGN as error:
        raise TaskError(
            f"Importing '{name}' raised {raised(error)}", fix="Import it alone in Python to see why."
        ) from error


def factory_constructor(value: str, path: str | None, kwargs: Mapping[str, Any]) -> Constructor:
    """Return the constructor that `module:function` names; raises TaskError if there is none."""
    module_name, _, attribute = value.partition(":")
    found: Any = import_module(module_name, path)
    for part in attribute.split("."):
        if not hasattr(found, part):
            names = [name for name in vars(found) if not name.startswith("_")]
            raise TaskError(
                f"'{module_name}' has no '{attribute}'.{did_you_mean(part, names)}",
                allowed="module:function, where the function (or class) builds one environment",
            )
        found = getattr(found, part)
    if not callable(found):
        raise TaskError(f"'{value}' is a {type(found).__name__}, not something that can be called.")
    return cast("Constructor", functools.partial(found, **kwargs))


def importable_name(constructor: Constructor) -> tuple[str, str] | None:
    """Return `("module:function", folder it is imported from)` if that finds the very same object."""
    module_name = getattr(constructor, "__module__", None)
    attribute = getattr(constructor, "__qualname__", "<none>")
    module = sys.modules.get(module_name or "")
    file = getattr(module, "__file__", None)
    if module_name in (None, "__main__", "builtins") or "<" in attribute or file is None:
        return None
    found: Any = module
    for part in attribute.split("."):
        found = getattr(found, part, None)
    if found is not constructor:
        return None
    is_package = Path(file).name == "__init__.py"
    return f"{module_name}:{attribute}", str(Path(file).parents[module_name.count(".") + int(is_package)])


def pickled(constructor: Constructor) -> str:
    """Return a constructor as base64 text; raises TaskError if it cannot be sent to another process."""
    try:
        return base64.b64encode(cloudpickle.dumps(constructor)).decode("ascii")
    except Exception as error:
        raise TaskError(
            f"The constructor cannot be sent to another process: {type(error).__name__}: {error}",
            allowed="a function that builds the environment, not one that returns a living one",
            fix="Pass `lambda: gym.make(...)` or an importable function.",
        ) from error


def unpickled(text: str) -> Constructor:
    """Return the constructor that `pickled` wrote."""
    return cloudpickle.loads(base64.b64decode(text))
