"""Along what rewards are looked at: what moves with a signal, and from where to where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eureka_agent.analysis.axes import Axis, axes_of
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Element, Signal, Task

ROWS = 50
SPEED = np.linspace(-2.0, 2.0, ROWS, dtype=np.float32)


def task_of(*signals: Signal) -> Task:
    return replace(find_task("cartpole"), signals=signals)


def axes(signal: Signal, values: np.ndarray, *, previous: np.ndarray | None = None) -> list[Axis]:
    recorded = {signal.name: values} | ({} if previous is None else {f"prev_{signal.name}": previous})
    return axes_of(task_of(signal), list(recorded), recorded)


def test_a_previous_value_moves_along_and_the_change_is_an_axis_of_its_own() -> None:
    level, change = axes(Signal("speed", ()), SPEED, previous=SPEED - 0.25)
    assert (level.name, change.name) == ("speed", "speed - prev_speed")
    rows = {"speed": np.array([1, 2], np.float32), "prev_speed": np.array([0.75, 1.75], np.float32)}
    moved = level.moved(rows, np.array([5.0, 6.0, 7.0]))
    assert moved["speed"].tolist() == [5, 6, 7, 5, 6, 7]
    assert (moved["speed"] - moved["prev_speed"]).tolist() == [0.25] * 6
    moved = change.moved(rows, np.array([0.0, 0.5]))
    assert moved["speed"].tolist() == [1, 1, 2, 2]
    assert moved["prev_speed"].tolist() == [1, 0.5, 2, 1.5]
    assert rows["speed"].tolist() == [1, 2], "the rows stay as they are"


def test_a_previous_value_alone_is_an_axis() -> None:
    recorded = {"prev_speed": SPEED}
    (only,) = axes_of(task_of(Signal("speed", ())), ["prev_speed"], recorded)
    assert only.moved({"prev_speed": SPEED[:1]}, np.array([1.0]))["prev_speed"].tolist() == [1.0]


def test_one_element_of_a_vector_moves_alone() -> None:
    third = axes(Signal("obs", (2, 2)), np.stack([SPEED] * 4, 1).reshape(-1, 2, 2))[2]
    assert third.name == "obs[2]"
    moved = third.moved({"obs": np.zeros((1, 2, 2), np.float32)}, np.array([9.0]))
    assert moved["obs"].tolist() == [[[0, 0], [9, 0]]]


def test_a_choice_stays_a_choice() -> None:
    (axis,) = axes(Signal("action", (3,)), np.eye(3, dtype=np.float32)[np.arange(ROWS) % 3])
    assert axis.kind == "choice"
    moved = axis.moved({"action": np.eye(3, dtype=np.float32)[:1]}, axis.grid(9))
    assert moved["action"].tolist() == np.eye(3).tolist()


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [
        (None, None, (-2.4, 2.4)),
        (-3.0, 3.0, (-3.0, 3.0)),
        (-1e6, 1e6, (-2.4, 2.4)),
        (-2.0, None, (-2.0, 2.4)),
        (-np.inf, np.inf, (-2.4, 2.4)),
    ],
)
def test_the_declared_range_is_shown_unless_it_is_far_wider_than_what_happens(
    low: float | None, high: float | None, ends: tuple[float, float]
) -> None:
    (axis,) = axes(Signal("speed", (), low=low, high=high), SPEED)
    assert (axis.low, axis.high) == pytest.approx(ends)
    assert axis.usual == pytest.approx((-1.8, 1.8))


def test_a_signal_that_never_moved_is_still_moved() -> None:
    (axis,) = axes(Signal("speed", ()), np.full(ROWS, 3.0, np.float32))
    assert axis.low < 3.0 < axis.high


def test_elements_bring_their_own_units_and_identifiers_whole_numbers() -> None:
    signal = Signal("obs", (1,), elements=(Element("height", "m", 0.0, 2.5),))
    (axis,) = axes(signal, np.abs(SPEED)[:, None])
    assert (axis.unit, axis.low, axis.high) == ("m", 0.0, 2.5)
    (axis,) = axes(Signal("floor", (), dtype="int32"), np.arange(ROWS, dtype=np.int32) % 4)
    assert axis.grid(61).tolist() == [0, 1, 2, 3]


def test_progress_goes_from_begin_to_end() -> None:
    (axis,) = axes_of(find_task("cartpole"), ["progress"], {})
    assert (axis.low, axis.high) == (0.0, 1.0)
    moved = axis.moved({"progress": np.ones(2, np.float32)}, axis.grid(2))
    assert moved["progress"].tolist() == [0, 1, 0, 1]
