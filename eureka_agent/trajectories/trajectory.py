"""One recorded episode: the format shared by every reader."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from eureka_agent.errors import TrajectoryError

Array = np.ndarray
Simulator = Literal["cpu", "device"]
VERSION = 2
"""Version of the format; incremented when a field is added or changes its meaning. 1 had no `progress`."""
LONGEST_ENDING = 200


@dataclass(frozen=True)
class Origin:
    """Which policy acted: the training that it comes from, and when; empty for random actions."""

    candidate: str = ""
    """Id of a candidate, or name of a baseline; of a scripted episode the behaviour's name."""
    stage: str = ""
    """"search", "choose", "confirm", or "scripted" where no policy acted."""
    replicate: int | None = None
    checkpoint: int | None = None
    """Index of the checkpoint that was kept."""
    env_steps: int | None = None
    """Environment steps of learning up to that checkpoint."""


class Beginning(NamedTuple):
    """What decides in which state the first episode of a seeded world begins: equal ones begin alike."""

    seed: int
    simulator: Simulator


@dataclass(frozen=True, eq=False)
class Trajectory:
    """T control steps of one world, from a reset to the end of the episode or of the recording.

    All arrays have a leading axis of T steps and are finite; unknown fields are None. With `seed` and
    `action` a deterministic simulator can replay the episode (`trajectories/replay.py`). Raises
    TrajectoryError on construction if parts are inconsistent.
    """

    signals: Mapping[str, Array]
    """Each `(T, ...)`, float32 or int32, `prev_` ones included."""
    terminated: bool
    """The last step led to a terminal state."""
    truncated: bool
    """The time limit was reached with the last step."""
    ending: str
    """Why the episode ended, in words: the task's event, or one of `ending.GENERIC`."""
    action: Array | None = None
    """`(T, ...)` as given to the simulator's `step`, before any clipping."""
    native_reward: Array | None = None
    """Floating `(T,)`, the environment's own reward as the simulator gave it."""
    reward: Array | None = None
    """float32 `(T,)`, what the policy's reward function pays; None where it was not asked."""
    components: Mapping[str, Array] = field(default_factory=dict)
    """float32 `(T,)` each; empty where the reward was not asked."""
    fitness: float | None = None
    """Of the whole episode; None where it did not end."""
    fitness_so_far: Array | None = None
    """float32 `(T,)`, as if the episode had ended with each step; None where that was not asked."""
    fitness_version: str = ""
    """`Fitness.version` of what scored it."""
    seed: int | None = None
    """What the world's generator was seeded with."""
    earlier: int = 0
    """Episodes that the world had played since it was seeded: they must be played again first."""
    simulator: Simulator = "cpu"
    """Where it was played: the same seed begins differently on a device."""
    origin: Origin = field(default_factory=Origin)
    progress: float = 1.0
    """The share of its training, from 0 to 1, that the policy had behind it: the signal `progress`. 1 where
    no policy acted, or nobody wrote it down."""
    version: int = VERSION

    def __post_init__(self) -> None:
        if self.version != VERSION:
            raise _wrong(f"its version is {self.version}", f"version {VERSION}")
        if not self.signals:
            raise _wrong("it has no signals", "one at least, `(T, ...)`")
        for name, array in self.arrays.items():
            self._check(name, array)
        for name in (*self.arrays, *self._words):
            self._check_name(name)
        if self.components and self.reward is None:
            raise _wrong("it has components and no reward", "both or none")
        if self.fitness is not None and not math.isfinite(self.fitness):
            raise _wrong(f"its fitness is {self.fitness}", "a finite number")
        if not 0.0 <= self.progress <= 1.0:
            raise _wrong(f"its progress is {self.progress}", "a number from 0 to 1")
        if self.earlier < 0 or (self.seed or 0) < 0:
            raise _wrong(f"its seed is {self.seed}, episodes before it {self.earlier}", "0 or more")
        if not self.ending.isprintable() or not 0 < len(self.ending) <= LONGEST_ENDING:
            raise _wrong(f"ending is {self.ending[:50]!r}", f"a line of up to {LONGEST_ENDING} letters")

    def paid(self, reward: Array, components: Mapping[str, Array]) -> Trajectory:
        """Return the episode with what a reward pays for it; what it had before is not checked again."""
        made = copy.copy(self)
        object.__setattr__(made, "reward", reward)
        object.__setattr__(made, "components", components)
        for name, array in {"reward": reward, **{f"component/{n}": c for n, c in components.items()}}.items():
            made._check_name(name)
            made._check(name, array)
        return made

    def at_progress(self, progress: float) -> Trajectory:
        """Return the episode as of a policy after this share of a training; nothing is copied."""
        made = copy.copy(self)
        object.__setattr__(made, "progress", progress)
        return made

    def _check_name(self, name: str) -> None:
        if not name.isprintable() or len(name) > LONGEST_ENDING:
            raise _wrong(f"something in it is called {name[:50]!r}", f"up to {LONGEST_ENDING} letters")

    def _check(self, name: str, array: Array) -> None:
        shape, steps = np.shape(array), np.shape(next(iter(self.signals.values())))[:1]
        scalar = not name.startswith("signal/") and name != "action"
        if not steps or shape[:1] != steps or steps == (0,) or (scalar and len(shape) != 1):
            allowed = f"`{'(T,)' if scalar else '(T, ...)'}` with the same T of all, one at least"
            raise _wrong(f"'{name}' has shape {shape}", allowed)
        if array.dtype.kind not in "fiub" or not np.isfinite(array).all():
            raise _wrong(f"'{name}' ({array.dtype}) is not finite", "numbers, without NaN and infinity")

    @property
    def _words(self) -> tuple[str, ...]:
        return (self.fitness_version, self.origin.candidate, self.origin.stage)

    @property
    def length(self) -> int:
        """Control steps."""
        return len(next(iter(self.signals.values())))

    @property
    def beginning(self) -> Beginning | None:
        """What its first state follows from; None where that is not known, or lies in earlier episodes."""
        return beginning_of(self.seed, self.earlier, self.simulator)

    @property
    def ended(self) -> bool:
        """Whether the episode ended with the last step."""
        return self.terminated or self.truncated

    @property
    def arrays(self) -> dict[str, Array]:
        """All per-step arrays `(T, ...)`: `signal/<name>`, `component/<name>`, other fields by name."""
        own = {name: getattr(self, name) for name in ("action", "native_reward", "reward", "fitness_so_far")}
        return {
            **{f"signal/{name}": array for name, array in self.signals.items()},
            **{f"component/{name}": array for name, array in self.components.items()},
            **{name: array for name, array in own.items() if array is not None},
        }


def beginning_of(seed: int | None, earlier: int, simulator: Simulator) -> Beginning | None:
    """Return where an episode begins; None without a seed, and after other episodes of its world."""
    return Beginning(seed, simulator) if seed is not None and earlier == 0 else None


def _wrong(what: str, allowed: str) -> TrajectoryError:
    return TrajectoryError(f"This is no trajectory: {what}.", allowed=allowed)
