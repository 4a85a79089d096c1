"""What labels say of single steps, as one more signal of a task: `intrinsic`.

A model that learns no more is a function of a step's caption, and so of its signals. As a signal it is
measured, recorded and told like every other, and reward code may read it by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import gymnasium as gym
import numpy as np

from eureka_agent.errors import ConfigError, RewardError
from eureka_agent.intrinsic.captioning.captions import Array, Captioner
from eureka_agent.intrinsic.models.model import CaptionedSteps, IntrinsicReward
from eureka_agent.rewards.source import parse_reward
from eureka_agent.tasks.task import Behaviour, Signal, Signals, State, Task
from eureka_agent.trajectories.trajectory import Trajectory

INTRINSIC = Signal(
    "intrinsic",
    (),
    meaning="what a reward learned from an annotator's labels pays for the step; 0 where it knows nothing",
    low=0.0,
)


def reads_judgement(source: str) -> bool:
    """Tell whether reward code reads `intrinsic`, now or one step earlier; False for what is no reward."""
    try:
        arguments = parse_reward(source).arguments
    except RewardError:
        return False
    return not {INTRINSIC.name, INTRINSIC.previous.name}.isdisjoint(arguments)


@dataclass(frozen=True, eq=False)
class Judgement:
    """Pays single steps by their captions: every step for itself, whatever came before it."""

    captioner: Captioner
    """One whose captions depend on the step alone."""
    model: IntrinsicReward | None = None
    """It does not learn here; None pays nothing: nobody has labelled anything yet."""

    def __call__(self, signals: Mapping[str, Array]) -> Array:
        """Return what is paid for n steps, float32 `(n,)`, from their signals, each `(n, ...)`."""
        read = {name: _rounded(signals[name])[:, None] for name in self.captioner.signals}
        first = np.ones((len(next(iter(read.values()))), 1), bool)
        if self.model is None:
            return np.zeros(len(first), np.float32)
        captions = self.captioner(read, first)
        return self.model.reward(CaptionedSteps(captions, first))[:, 0]


def _rounded(array: Array) -> Array:
    """Return floating numbers as signals have them: a range's edge must not depend on who measured."""
    return np.asarray(array, np.float32) if array.dtype.kind == "f" else array


@dataclass(frozen=True, eq=False)
class JudgedBehaviour:
    """A task's code, and what a judgement says of each step."""

    base: Behaviour
    judgement: Judgement

    def read_state(self, env: gym.Env) -> Mapping[str, Array]:
        """Return what the task reads from an environment."""
        return self.base.read_state(env)

    def initial_signals(self, state: State) -> Signals:
        """Return every signal of freshly reset worlds; see `Behaviour`."""
        return self._judged(self.base.initial_signals(state))

    def signals(self, before: State, action: Array, after: State) -> Signals:
        """Return every signal of one control step; see `Behaviour`."""
        return self._judged(self.base.signals(before, action, after))

    def _judged(self, measured: Signals) -> Signals:
        return {**measured, INTRINSIC.name: self.judgement(measured)}


def judged(task: Task, judgement: Judgement) -> Task:
    """Return the task with the signal `intrinsic`, or with this judgement in the place of another.

    Raises ConfigError where the task has a signal of that name itself.
    """
    if isinstance(task.behaviour, JudgedBehaviour):
        return replace(task, behaviour=replace(task.behaviour, judgement=judgement))
    if task.signal(INTRINSIC.name) is not None:
        raise ConfigError(
            f"Task '{task.name}' measures a signal '{INTRINSIC.name}' of its own.",
            allowed="a task without such a signal, where rewards are learned from captions",
            fix="Give the task's signal another name.",
        )
    behaviour = JudgedBehaviour(task.behaviour, judgement)
    return replace(task, signals=(*task.signals, INTRINSIC), behaviour=behaviour)


def judgement_of(task: Task) -> Judgement | None:
    """Return what a task's steps are judged by; None where nothing judges them."""
    return task.behaviour.judgement if isinstance(task.behaviour, JudgedBehaviour) else None


def offering(task: Task) -> Task:
    """Return a task whose rewards may ask for `intrinsic`, which nobody measures yet."""
    return replace(task, signals=(*task.signals, INTRINSIC))


def without(task: Task) -> Task:
    """Return a task whose rewards may not ask for `intrinsic`."""
    return replace(task, signals=tuple(signal for signal in task.signals if signal != INTRINSIC))


def rejudged(episode: Trajectory, judgement: Judgement) -> Trajectory:
    """Return a recorded episode with the signal `intrinsic` as this judgement has it.

    One that lacks what captions tell of is returned as it is.
    """
    names = judgement.captioner.signals
    if not all(name in episode.signals and f"prev_{name}" in episode.signals for name in names):
        return episode
    before = {name: episode.signals[f"prev_{name}"] for name in names}
    paid = {INTRINSIC.name: judgement(episode.signals), INTRINSIC.previous.name: judgement(before)}
    return replace(episode, signals={**episode.signals, **paid})
