"""Tasks without a folder: any Gymnasium environment, observations as signals, its return as fitness."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import gymnasium as gym
import numpy as np

from eureka_agent.tasks import building
from eureka_agent.tasks.context import EnvironmentContext, environment_context
from eureka_agent.tasks.elements import with_elements
from eureka_agent.tasks.info_entries import PROBE_STEPS, InfoEntry, offered, probe_info
from eureka_agent.tasks.observe import ActionCodec, dropped_from, info_names, leaves_of
from eureka_agent.tasks.patience import at_most
from eureka_agent.tasks.task import Array, FitnessSpec, Signal, Signals, State, Task, TaskRef, TrainingBudget

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
        info, notices = offered(env, probe_info(env))
    if options.get(AS_BEFORE):
        info, notices = tuple(entry for entry in info if not entry.late), ()
    task = spaces_task(
        env,
        name=options.get("name") or default_name(env_id),
        info=info,
        goal=options.get("goal") or default_goal(context, env_id),
        context=context.text,
        doc=inspect.getdoc(type(env.unwrapped)) or "",
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
        notices=(*task.notices, *notices),
    )


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


def spaces_task(
    env: gym.Env, *, name: str, info: Sequence[InfoEntry], goal: str, context: str, doc: str = ""
) -> Task:
    """Return a task whose signals are an environment's observation, action and given `info` entries.

    `doc` is the environment's documentation, whose table names elements of an observation. `make_env` returns
    `env` itself: enough to track its signals, not to train.
    """
    leaves = leaves_of(env.observation_space)
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


def _meaning(entry: InfoEntry) -> str:
    return f"info['{entry.key}']" + (", 0 before the first step" if entry.late else "")
