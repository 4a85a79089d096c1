"""Learning from labels that are too few for any to be spared for an exam alone: cross-validation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from eureka_agent.intrinsic.models.encoding import Encoder
from eureka_agent.intrinsic.models.labelled import Key
from eureka_agent.intrinsic.models.settings import ModelSettings
from eureka_agent.intrinsic.models.student import Objective, Student
from eureka_agent.intrinsic.saving import Array, nested, part_of, places_of
from eureka_agent.seeds import seed_for

_MOST = 10
"""Students; where fewer labels than one in so many are held out, there is one, and the rest is not tried."""


class HeldOut(NamedTuple):
    """Labels and what a student says that has not learned from them."""

    keys: list[Key]
    values: Array
    """float64 `(n,)`"""
    outputs: Array
    """float64 `(n,)`: of single captions."""


class Folds:
    """A student, and beside it others that hold out other labels of single captions, while labels are few.

    Of fifteen labels three are held out, which can tell nothing. So each of `hold_out` students holds out a
    part of its own: every label is learned from by all but one of them, and guessed by that one. The mean of
    their outputs counts. Once there are more than `settings.few` labels, the first student goes on alone; it
    never learned from what it holds out. Credits bound how much the others cost: `updates_per_label` times
    `few` each, over all time.
    """

    def __init__(
        self, settings: ModelSettings, objective: Objective, *, seed: int, member: int | None = None
    ) -> None:
        self._settings, self._objective, self._seed, self._member = settings, objective, seed, member
        self._encoder = Encoder(settings.encoder, dimension=settings.dimension, cache=settings.cache)
        count = settings.hold_out if settings.hold_out <= _MOST else 1
        self._students = [self._student(number) for number in range(count)]

    def _student(self, number: int) -> Student:
        seed = seed_for(self._seed, "fold", number) if number else self._seed
        return Student(
            self._settings,
            self._objective,
            seed=seed,
            member=self._member,
            encoder=self._encoder,
            part=number,
        )

    @property
    def first(self) -> Student:
        """The student that stays."""
        return self._students[0]

    @property
    def several(self) -> bool:
        """Whether others stand beside the first."""
        return len(self._students) > 1

    def __contains__(self, key: object) -> bool:
        """Whether a question with these captions has been answered."""
        return key in self.first

    def add(self, key: Key, value: float) -> None:
        """Take a label, to learn from or to hold out."""
        for student in self._students:
            student.add(key, value)
        if len(self.first.lessons) + len(self.first.exam) > self._settings.few:
            del self._students[1:]

    def learn(self) -> int:
        """Make the updates that are due in one rollout; return how many they were."""
        return sum(student.learn() for student in self._students)

    def outputs(self, texts: list[str]) -> Array:
        """Return the students' mean number for each caption, float64 `(len(texts),)`."""
        return np.mean([student.outputs(texts) for student in self._students], axis=0)

    def held_out(self) -> HeldOut:
        """Return all labels that are held out by a student, with its own outputs."""
        keys: list[Key] = []
        values, outputs = [np.zeros(0)], [np.zeros(0)]
        for student in self._students:
            drawn = student.exam.all()
            keys += drawn.keys
            values.append(drawn.values)
            outputs.append(student.of_labels(drawn)[:, 0])
        return HeldOut(keys, np.concatenate(values), np.concatenate(outputs))

    def state_dict(self) -> dict[str, Array]:
        """Return the states of all students."""
        saved = self.first.state_dict() | {"students": np.array(len(self._students))}
        for number, student in enumerate(self._students[1:], start=1):
            saved |= nested(f"fold {number}", student.state_dict())
        return saved

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result."""
        count = int(places_of(saved, "students", (), _MOST + 1))
        allowed = self._settings.hold_out if self._settings.hold_out <= _MOST else 1
        self._students = [self._student(number) for number in range(min(max(count, 1), allowed))]
        self.first.load_state_dict(saved)
        for number, student in enumerate(self._students[1:], start=1):
            student.load_state_dict(part_of(saved, f"fold {number}"))
