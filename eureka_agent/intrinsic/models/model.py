"""The seam: a reward that is learned from labels while a policy trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.saving import Saved

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class CaptionedSteps:
    """T steps of N worlds as an intrinsic reward sees them."""

    captions: Captions
    first: Array
    """bool `(T, N)`: the step was the first of its episode."""
    features: Array | None = None
    """float32 `(T, N, d)`: numbers that tell steps apart where captions do not, for models that read them."""

    def __post_init__(self) -> None:
        if self.features is None:
            return
        shape, steps = self.features.shape, self.captions.index.shape
        if len(shape) != 3 or shape[:2] != steps:
            raise ValueError(f"features {shape} are not (T, N, d) of steps {steps}")


class IntrinsicReward(Protocol):
    """Learned from labels of captions; pays steps.

    All calls come from one thread, once a rollout and in this order: `ingest` what was answered meanwhile,
    `observe`, `reward`. None of them waits for an annotator.
    """

    def ingest(self, labels: Sequence[Label]) -> None:
        """Learn from answers, in a time that does not grow with the number of labels so far."""
        ...

    def observe(self, steps: CaptionedSteps) -> Sequence[Question]:
        """Take note of what is encountered, and return what it would have answered, most wanted first."""
        ...

    def reward(self, steps: CaptionedSteps) -> Array:
        """Return the reward of each step, float32 `(T, N)` and finite; 0 where nothing is known."""
        ...

    def state_dict(self) -> Saved:
        """Return everything that a later `load_state_dict` needs for equal calls to have equal results."""
        ...

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is another kind's or another goal's."""
        ...


@runtime_checkable
class Examined(Protocol):
    """A model that holds labels out."""

    def errors(self) -> Mapping[tuple[str, ...], bool]:
        """Return whether it is wrong about each of its held-out labels, by their captions."""
        ...


@runtime_checkable
class Expects(Protocol):
    """A model that can be asked before it learns what an annotator answers."""

    def expected(self, questions: Sequence[Question]) -> Array:
        """Return the answer that it expects to each question, float64 `(n,)` from 0 to 1.

        NaN where it has learned the answer already, and where it has no opinion.
        """
        ...


@runtime_checkable
class Waits(Protocol):
    """A model that does not ask again at once what it has asked."""

    def pending(self) -> Sequence[Question]:
        """Return what it asked lately and was not answered: whoever goes on from its state asks it again."""
        ...


@runtime_checkable
class ReadsFeatures(Protocol):
    """A model that pays steps by their features, whatever their captions say."""

    @property
    def feature_count(self) -> int:
        """How many features a step has; 0 before the first rollout."""
        ...
