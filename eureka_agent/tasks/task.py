"""What is to be learned: the task, as data that every other part reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import gymnasium as gym
import numpy as np

from eureka_agent.resources import usable_memory_mb

Array = np.ndarray
Signals = dict[str, Array]
State = Mapping[str, Array]
"""What a simulator shows of its worlds, each array with a leading axis `num_envs`: `obs` (dictionary
observations as `obs_<key>`), numeric `info` entries under their own names."""


@dataclass(frozen=True)
class Element:
    """One number of a vector."""

    meaning: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Signal:
    """A named, documented array measured after each control step; `prev_<name>` is one step earlier."""

    name: str
    shape: tuple[int, ...]
    """Shape for one world; `()` is a scalar. Arrays carry a leading axis `num_envs` before it."""
    unit: str = ""
    meaning: str = ""
    low: float | None = None
    high: float | None = None
    dtype: Literal["float32", "int32"] = "float32"
    elements: tuple[Element, ...] = ()
    """What each number of a vector is, in order; empty where they do not differ in what is known."""

    @property
    def previous(self) -> Signal:
        """The same signal one control step earlier."""
        meaning = f"{self.name} one control step earlier"
        return Signal(f"prev_{self.name}", self.shape, self.unit, meaning, self.low, self.high, self.dtype)


PROGRESS = Signal("progress", (), meaning="share of the training that is done", low=0.0, high=1.0)
"""What every task offers rewards beside its own signals. Nobody measures it: who trains or evaluates fills it
in, and it has no `prev_`. A task that declares a signal of this name keeps its own."""


@dataclass(frozen=True)
class FitnessSpec:
    """How behaviour is scored. The designer reads the words, never the code."""

    summary: str
    """One sentence a person would agree with, e.g. "steps the pole stays up, at most 500"."""
    reduce: Literal["sum", "mean", "last", "max", "any", "episode", "native_return"]
    """How per-step fitness becomes an episode's; `episode` if the task scores whole episodes itself."""
    direction: Literal["maximize", "minimize"] = "maximize"
    solved: float | None = None
    target: float | None = None
    version: int = 1
    """Which definition of the fitness this is: scores by another one are not compared with it."""

    @property
    def sign(self) -> float:
        """+1 or -1, such that `sign * fitness` is always better when larger."""
        return 1.0 if self.direction == "maximize" else -1.0


@dataclass(frozen=True)
class TrainingBudget:
    """What one candidate may spend on learning, and how it is looked at while it learns."""

    env_steps: int = 50_000
    """Environment steps of learning; evaluation comes on top and is counted in results."""
    quick_steps: int | None = None
    """As many in a quick search; None is a quarter of `env_steps`."""
    checkpoints: int = 10
    eval_episodes: int = 10
    """Episodes of each evaluation set; checkpoints are chosen on one set, scored on another."""
    score_episodes: int | None = None
    """Episodes that the chosen checkpoint is scored on; None is as many as it was chosen on."""
    evaluation_stated: bool = False
    """Whether somebody decided on these three; else a run fits them to the length of its trainings."""
    wall_s: float = 600.0
    memory_mb: int = field(default_factory=usable_memory_mb)
    """Memory limit of a training process; by default what this machine can spare."""

    @property
    def quick(self) -> int:
        """Environment steps of learning in a quick search."""
        quick = self.quick_steps or max(1, self.env_steps // 4)
        return min(quick, self.env_steps)  # a task that extends another may have inherited more

    @property
    def scoring_episodes(self) -> int:
        """Episodes that the chosen checkpoint is scored on."""
        return self.eval_episodes if self.score_episodes is None else self.score_episodes


@dataclass(frozen=True)
class Stage:
    """One stage of a curriculum: the task with other arguments of its environment."""

    name: str
    env_steps: int
    """Steps of learning here, where the whole training has as many as all stages together; see Lesson."""
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the environment that differ from the task's."""
    max_episode_steps: int | None = None
    until: float | None = None
    """Fitness in this stage's own environment from which the next stage begins early."""


@dataclass(frozen=True)
class CaptionPart:
    """Words for one number of a step, by the range it lies in; a caption joins those of several parts."""

    signal: str
    edges: tuple[float, ...]
    """Where one range ends and the next begins, ascending; a number on an edge is in the upper range."""
    words: tuple[str, ...]
    """One for each range, the lowest first: one more than `edges`. Empty words say nothing of their range."""
    element: int | None = None
    """Which number of a signal `(d,)`; None for a scalar."""


@dataclass(frozen=True)
class TaskRef:
    """How another process finds the same task: JSON-serialisable, nothing of a live environment."""

    kind: Literal["folder", "gym", "factory", "pickled", "constructor"]
    value: str
    """A folder's path, a Gymnasium id, `module:function`, a base64 cloudpickle of a constructor, or (in logs,
    where no pickle stands) the digest of one."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Overrides of what the task would say itself: goal, name, max_episode_steps, show_env_reward, …

    `kwargs` are further arguments of the environment, `stage` is the index of the stage that is meant, and
    with `stages` = False the task has no curriculum."""


class Behaviour(Protocol):
    """The code of a task: batched functions over arrays with a leading axis `num_envs`."""

    def read_state(self, env: gym.Env) -> Mapping[str, Array]:
        """Return extra state of one environment, each `(...)` without a leading axis; often nothing."""
        ...

    def initial_signals(self, state: State) -> Signals:
        """Return every signal (no `prev_`) of freshly reset worlds, `(num_envs, ...)`; the action is zero."""
        ...

    def signals(self, before: State, action: Array, after: State) -> Signals:
        """Return every signal of one control step; `action` is `(num_envs, d)`, one-hot if discrete."""
        ...


@dataclass(frozen=True)
class Task:
    """An environment, a description in words, its signals, a fitness, a training budget."""

    name: str
    description: str
    safety: str
    signals: tuple[Signal, ...]
    """All but the `prev_` ones; `all_signals` has both, `readable_signals` all that a reward may ask for."""
    fitness: FitnessSpec
    budget: TrainingBudget
    algorithm: Mapping[str, Any]
    """Settings of the trainer's algorithm, by the trainer's own names (e.g. `n_envs`, `gamma`)."""
    env_id: str
    max_episode_steps: int
    make_env: Callable[[], gym.Env]
    """Build one environment, its time limit applied."""
    behaviour: Behaviour
    reference: str
    """Source of the reference reward, or `"native"` for the environment's own."""
    reference_origin: str
    """Where the reference comes from: `"the environment's own reward"`, `"hand-written"`, …"""
    hacks: Mapping[str, str]
    """Name to source of rewards that cheat and must lose to the reference."""
    context: str
    """Observation and termination code and constants, for the designer's prompt; holds no reward."""
    ref: TaskRef
    safety_signals: tuple[str, ...] = ()
    """Signals that `safety` is about: quantiles hide the rare step that hurts, so their extremes are told."""
    tags: tuple[str, ...] = ()
    fitness_step: Callable[[Signals], Array] | None = None
    """Per-step fitness `(num_envs,)`; None where only whole episodes can be scored."""
    fitness_episode: Callable[[Mapping[str, Array]], float] | None = None
    """Whole-episode fitness from `{signal: (T, ...)}`; set only where `fitness.reduce == "episode"`."""
    events: Callable[[Signals], Mapping[str, Array]] | None = None
    """Name to `(num_envs,)`: in which worlds something holds that a person would speak of. Those of the step
    that ended an episode are why it ended; an episode that never ends early only passes through them."""
    fitness_parts: Callable[[Mapping[str, Array]], Mapping[str, Array]] | None = None
    """Of a score that asks for several things at once: name to the steps `(T,)` on which one of them holds,
    from `{signal: (T, ...)}` of a whole episode. Where they never hold together the score is 0."""
    info: Mapping[str, str] = field(default_factory=dict)
    """Entries of `info` that stand in the state: name there to key in the environment's `info`."""
    late_info: tuple[str, ...] = ()
    """Those of `info` that only steps bring, by their names in the state; they are 0 after a reset."""
    notices: tuple[str, ...] = ()
    """Sentences to tell the person when a run begins: what is left out, say."""
    reads_inside: bool = True
    """False where `behaviour.read_state` reads nothing: such a task needs no environment at hand."""
    state: tuple[str, ...] = ()
    """Fields of MuJoCo's `MjData` that stand in the state under their own names, e.g. `qpos`."""
    stages: tuple[Stage, ...] = ()
    """A curriculum, in order; stage `i` is the task of its reference with the option `stage` = i."""
    time_limit_known: bool = True
    """False if nobody named a time limit and `max_episode_steps` is only a bound."""
    folder: Path | None = None
    bases: tuple[Path, ...] = ()
    """Task folders whose parts this one takes over, nearest first."""
    captions: tuple[CaptionPart, ...] = ()
    """How steps are described to an annotator; empty where the task does not say. It touches no score."""
    env_reward: str = ""
    """The environment's own reward in words or code; empty unless the person asked to show it."""

    @property
    def all_signals(self) -> tuple[Signal, ...]:
        """Every signal that is measured, `prev_` ones after the others."""
        return self.signals + tuple(signal.previous for signal in self.signals)

    @property
    def readable_signals(self) -> tuple[Signal, ...]:
        """Every signal a reward may ask for by name: those that are measured, then `progress`."""
        return self.all_signals + ((PROGRESS,) if self.offers_progress else ())

    @property
    def offers_progress(self) -> bool:
        """Whether `progress` means the share of the training, and no signal of the task's own."""
        return all(signal.name != PROGRESS.name for signal in self.signals)

    def measured(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of the signals `names` that are measured at each step: all but `progress`."""
        return tuple(name for name in names if name != PROGRESS.name or not self.offers_progress)

    def signal(self, name: str) -> Signal | None:
        """Return the measured signal called `name`, or None."""
        return next((signal for signal in self.all_signals if signal.name == name), None)
