"""Tasks without a folder: any Gymnasium environment, observations as signals, its return as fitness."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import gymnasium as gym
import numpy as np

from eureka_agent.tasks import building
from eureka_agent.tasks.context import EnvironmentContext, environment_context
from eureka_agent.tasks.elements import with_elements
from eureka_agent.tasks.observe import ActionCodec, dropped_from, info_names, leaves_of, numeric_info
from eureka_agent.tasks.patience import at_most
from eureka_agent.tasks.task import Array, FitnessSpec, Signal, Signals, State, Task, TaskRef, TrainingBudget

PROBE_EPISODES = 2
PROBE_STEPS = 100
BUILD_WALL_S = 120.0
PROBE_WALL_S = 120.0
"""The steps of the probe are to take less; so few a second are too few to learn from."""

NATIVE_RETURN = FitnessSpec("the environment's own score of an episode, higher is better", "native_return")

SUCCESS: Mapping[str, FitnessSpec] = {
    "is_success": FitnessSpec("the share of episodes that end in success, as the environment says", "last"),
    "success": FitnessSpec("the share of episodes that succeed at some step, as the environment says", "any"),
}
"""Entries of `info` that say whether a goal is reached, and the fitness that they make."""

AS_BEFORE = "as_before"
"""Option of a reference: the task as versions made it whose logs hold no plan of evaluation."""


@dataclass(frozen=True)
class GenericBehaviour:
    """Shows the state as it is: observation leaves, `info` entries, the action."""

    names: tuple[str, ...]
    """State entries that are signals."""
    action_dim: int

    def read_state(self, env: gym.Env) -> Mapping[str, Array]:
        """Read nothing more from inside an environment."""
        return {}

    def initial_signals(self, state: State) -> Signals:
        """Return the state's entries and a zero action."""
        num_envs = len(state[self.names[0]])
        action = np.zeros((num_envs, self.action_dim), dtype=np.float32)
        return {name: state[name] for name in self.names} | {"action": action}

    def signals(self, before: State, action: Array, after: State) -> Signals:
        """Return the entries of the state after the step, and the action."""
        return {name: after[name] for name in self.names} | {"action": action}


def generic_task(ref: TaskRef) -> Task:
    """Build the task of a `gym`, `factory` or `pickled` reference; raises TaskError if that fails."""
    options = ref.options
    kwargs = options.get("kwargs", {})
    registered: int | None = None
    if ref.kind == "gym":
        constructor, registered = building.gym_constructor(ref.value, kwargs)
        label = env_id = ref.value
    elif ref.kind == "factory":
        constructor = building.factory_constructor(ref.value, options.get("path"), kwargs)
        label = env_id = ref.value
    else:
        constructor = building.unpickled(ref.value)
        label, env_id = "The given constructor's environment", options.get("name", "custom")
    with at_most(BUILD_WALL_S, f"Building {label}"):
        env = building.build(constructor, label)
    known = options.get("max_episode_steps") or registered or building.time_limit(env)
    limit = known or building.ASSUMED_LIMIT
    make_env = building.guarded(constructor, label, limit)
    env.close()
    return _assembled(ref, env_id, make_env, limit, known is not None)


def _assembled(
    ref: TaskRef, env_id: str, make_env: building.Constructor, limit: int, limit_known: bool
) -> Task:
    options = ref.options
    env = make_env()
    context = environment_context(env)
    with at_most(PROBE_WALL_S, f"A first look at {env_id}, {PROBE_STEPS} random steps,"):
        info = probe_info(env)
    if options.get(AS_BEFORE) or _has_faster_physics(env):
        info = tuple(entry for entry in info if not entry.late)
    task = spaces_task(
        env,
        name=options.get("name") or default_name(env_id),
        info=info,
        goal=options.get("goal") or default_goal(context, env_id),
        context=context.text,
    )
    threshold = env.spec.reward_threshold if env.spec is not None else None
    env.close()
    if not options.get(AS_BEFORE):
        task = _scored(task, threshold)
    return replace(
        task,
        env_id=env_id,
        make_env=make_env,
        max_episode_steps=limit,
        time_limit_known=limit_known,
        budget=TrainingBudget(**({"env_steps": n} if (n := options.get("env_steps")) else {})),
        ref=ref,
        env_reward=context.reward if options.get("show_env_reward") else "",
    )


def _has_faster_physics(env: gym.Env) -> bool:
    """Tell whether an environment is one of Gymnasium's own.

    Their batched simulators know no entries that only steps bring, and the observation holds what these say.
    """
    return type(env.unwrapped).__module__.startswith("gymnasium.envs.")


def _scored(task: Task, threshold: float | None) -> Task:
    """Return a task scored by its successes where the environment tells of them, else by its return.

    `threshold` is the return from which the environment's authors count it as solved.
    """
    for key, fitness in SUCCESS.items():
        name = next((name for name, known in task.info.items() if known == key), None)
        if name is not None and (signal := task.signal(name)) is not None and signal.shape == ():
            return replace(task, fitness=fitness, fitness_step=_Flag(name))
    if threshold is None or not np.isfinite(threshold):
        return task
    return replace(task, fitness=replace(task.fitness, target=float(threshold)))


@dataclass(frozen=True)
class _Flag:
    """The fitness of a step: whether a signal is true."""

    name: str

    def __call__(self, signals: Signals) -> Array:
        return (signals[self.name] > 0).astype(np.float32)


def spaces_task(env: gym.Env, *, name: str, info: Sequence[InfoEntry], goal: str, context: str) -> Task:
    """Return a task whose signals are an environment's observation, action and given `info` entries.

    `make_env` returns `env` itself: enough to track its signals, not to train.
    """
    leaves = leaves_of(env.observation_space)
    doc = inspect.getdoc(type(env.unwrapped)) or ""
    codec = ActionCodec.of(env.action_space)
    taken = [leaf.name for leaf in leaves]
    names = info_names([entry.key for entry in info], taken)
    extra = tuple(
        Signal(signal_name, entry.shape, meaning=_meaning(entry), dtype=entry.dtype)
        for (signal_name, _), entry in zip(names.items(), info, strict=True)
    )
    return Task(
        name=name,
        description=goal,
        safety="",
        signals=(*(with_elements(leaf.signal, leaf.space, doc) for leaf in leaves), codec.signal, *extra),
        fitness=NATIVE_RETURN,
        budget=TrainingBudget(),
        algorithm={},
        env_id=name,
        max_episode_steps=building.time_limit(env) or building.ASSUMED_LIMIT,
        make_env=lambda: env,
        behaviour=GenericBehaviour((*taken, *names), codec.dim),
        reference="native",
        reference_origin="the environment's own reward",
        hacks={},
        context=context,
        ref=TaskRef("gym", name),
        info=names,
        reads_inside=False,
        late_info=tuple(name for name, entry in zip(names, info, strict=True) if entry.late),
        notices=tuple(
            f"{dropped} is words, which no policy here reads: it is left out."
            for dropped in dropped_from(env.observation_space)
        ),
    )


def default_name(env_id: str) -> str:
    """Return a short name for a task that was given none: `CartPole-v1` becomes `cartpole_v1`."""
    tail = env_id.rpartition(":")[2]
    return re.sub(r"\W+", "_", tail).strip("_").lower() or "task"


def default_goal(context: EnvironmentContext, env_id: str) -> str:
    """Return the environment's own description where it has one: the goal when nobody states one."""
    return context.description or f"Do well in the environment {env_id}."


@dataclass(frozen=True)
class InfoEntry:
    """One numeric entry of `info` that may be a signal."""

    key: str
    shape: tuple[int, ...]
    dtype: Literal["float32", "int32"]
    late: bool = False
    """Whether only steps bring it; it is 0 after a reset."""


def _meaning(entry: InfoEntry) -> str:
    return f"info['{entry.key}']" + (", 0 before the first step" if entry.late else "")


def names_reward(text: str) -> bool:
    """Tell whether a name speaks of rewards: such entries are never shown to a designer."""
    return "reward" in text.lower()


def probe_info(env: gym.Env, *, seed: int = 0) -> tuple[InfoEntry, ...]:
    """Return the numeric `info` entries present at every one of about 100 random steps.

    Those that no reset brings come last, single numbers only, and are `late`. Keys that match `reward` are
    never among them: HalfCheetah's `info` holds the parts of its reward.
    """
    env.action_space.seed(seed)
    begun: list[dict[str, Array]] = []
    seen: list[dict[str, Array]] = []
    steps = 0
    for episode in range(PROBE_EPISODES):
        _, info = env.reset(seed=seed + episode)
        begun.append(_numeric(info))
        ended = False
        while not ended and steps < PROBE_STEPS * (episode + 1) // PROBE_EPISODES:
            _, _, terminated, truncated, info = env.step(env.action_space.sample())
            seen.append(_numeric(info))
            ended = terminated or truncated
            steps += 1
    early = [entry for key in begun[0] if (entry := _entry(key, [*begun, *seen])) is not None]
    late = [
        replace(entry, late=True)
        for key in seen[0]
        if not any(key in info for info in begun)
        and (entry := _entry(key, seen)) is not None
        and not entry.shape
    ]
    return (*early, *late)


def _numeric(info: Mapping[str, Any]) -> dict[str, Array]:
    arrays = {key: numeric_info(value) for key, value in info.items() if isinstance(key, str)}
    return {key: array for key, array in arrays.items() if array is not None and not names_reward(key)}


def _entry(key: str, seen: Sequence[Mapping[str, Array]]) -> InfoEntry | None:
    """Return the entry of one key if every `info` seen has it, in one shape."""
    if any(key not in info or info[key].shape != seen[0][key].shape for info in seen):
        return None
    whole = all(info[key].dtype.kind in "iu" for info in seen)
    return InfoEntry(key, seen[0][key].shape, "int32" if whole else "float32")
