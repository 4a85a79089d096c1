"""What people prefer as the fitness of a task: a utility that was learned from their answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from eureka_agent.preferences.features import NO_FEATURES, FeatureSet
from eureka_agent.tasks.task import FitnessSpec, Task

Array = np.ndarray
SUMMARY = (
    "how much people prefer the behaviour, learned from their answers: 0 for the mean recorded episode, and "
    "1 for what lies a usual distance above it"
)


@dataclass(frozen=True)
class PreferenceFitness:
    """The utility of an episode by a fitted model; before any answer it is 0 for every episode."""

    features: FeatureSet = NO_FEATURES
    weights: tuple[float, ...] = ()
    """One for each feature."""

    def __post_init__(self) -> None:
        if len(self.weights) != len(self.features) or not np.isfinite(self.weights).all():
            raise ValueError(f"{len(self.features)} features have {len(self.weights)} finite weights")

    def __call__(self, signals: Mapping[str, Array]) -> float:
        """Return the utility of a whole episode from `{signal: (T, ...)}`; KeyError where it lacks one."""
        return float(self.features.of_signals(signals) @ np.array(self.weights))

    @property
    def version(self) -> int:
        """Another model has another version: its scores are not compared with this one's."""
        text = json.dumps(self.to_json(), sort_keys=True)
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1

    def to_json(self) -> dict[str, Any]:
        """Return plain values, from which `from_json` makes the same."""
        return {"features": self.features.to_json(), "weights": list(self.weights)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PreferenceFitness:
        """Read plain values; ValueError for what is no such fitness."""
        return cls(FeatureSet.from_json(data["features"]), tuple(map(float, data["weights"])))


def judged_by_people(task: Task, fitness: PreferenceFitness) -> Task:
    """Return the task with what people prefer in the place of its own fitness, of which nothing is left."""
    spec = FitnessSpec(SUMMARY, "episode", version=fitness.version)
    return replace(task, fitness=spec, fitness_step=None, fitness_episode=fitness, fitness_parts=None)
