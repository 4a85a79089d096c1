"""The same source computes with another library: functions, what they call, closures and constants."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from eureka_agent.tasks.portable import Portable
from eureka_agent.tasks.registry import find_task

SCALE = np.array([1.0, 2.0])


class Counting(ModuleType):
    """NumPy under another name, which counts what is looked up in it."""

    def __init__(self) -> None:
        super().__init__("counting")
        self.__dict__["looked_up"] = []

    def __getattr__(self, name: str) -> Any:
        self.__dict__["looked_up"].append(name)
        return getattr(np, name)


def squared(x):
    return np.square(x)


def length(x, *, weight=2.0):
    return weight * np.sqrt(np.sum(squared(x) * SCALE, axis=-1))


def shifted(by):
    def shift(x):
        return np.add(squared(x), by(x))

    return shift


def rows_of(x):
    return [np.negative(row) for row in x]


class Behaviour:
    factor = 3.0

    def signals(self, x):
        return self.factor * np.cos(x)


def test_functions_and_what_they_call_look_names_up_in_the_other_library() -> None:
    library = Counting()
    portable = Portable(library)
    x = np.array([[3.0, 4.0]])
    np.testing.assert_array_equal(portable.function(length)(x, weight=1.0), length(x, weight=1.0))
    assert library.looked_up == ["sqrt", "sum", "square"]
    library.looked_up.clear()
    np.testing.assert_array_equal(portable.function(shifted(squared))(x), shifted(squared)(x))
    assert library.looked_up == ["add", "square", "square"]
    library.looked_up.clear()
    portable.function(rows_of)(x)
    assert library.looked_up == ["negative"]


def test_methods_keep_their_object_and_originals_their_library() -> None:
    library = Counting()
    made = Portable(library).function(Behaviour().signals)
    assert made(np.zeros(2)).tolist() == [3.0, 3.0]
    assert library.looked_up == ["cos"]
    squared(np.ones(1))
    assert library.looked_up == ["cos"]


@pytest.mark.parametrize("name", ["cartpole", "pendulum", "acrobot", "mountain_car"])
def test_a_tasks_signals_and_fitness_are_the_same_traced(name: str) -> None:
    jnp = pytest.importorskip("jax.numpy")
    from eureka_agent.trajectories import inspect_environment

    task = find_task(name)
    recording = inspect_environment(task, seed=1, steps=128)
    traced = Portable(jnp).task(task)
    if task.fitness_step is None or traced.fitness_step is None:
        pytest.skip("scores whole episodes")
    rows = {key: array[:, 0] for key, array in recording.signals.items()}
    got = traced.fitness_step({key: jnp.asarray(array) for key, array in rows.items()})
    assert not isinstance(got, np.ndarray)
    np.testing.assert_allclose(got, task.fitness_step(rows), rtol=1e-4, atol=1e-5)
