"""Which numbers a component depends on is measured, and drawn through recorded rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from eureka_agent.analysis.axes import Axis
from eureka_agent.analysis.slices import (
    CONTOUR,
    FINE,
    MOST_SLICES,
    ROWS,
    TOTAL,
    Pay,
    Shape,
    Shapes,
    rows_of_reward,
    shapes_of,
)
from eureka_agent.errors import RewardError

RISING = np.linspace(0.0, 1.0, ROWS, dtype=np.float32)


def axis(name: str) -> Axis:
    return Axis(name, name, 0, "level", 0.0, 1.0, (0.1, 0.9))


A, B, C = axis("a"), axis("b"), axis("c")
ROW = {"a": RISING, "b": RISING[::-1].copy(), "c": RISING}


def pay(rows: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    near, both, bias = 2.0 * rows["a"], rows["a"] * rows["b"], np.ones_like(rows["a"])
    return {TOTAL: near + both + bias + 0.1 * rows["c"], "near": near, "both": both, "bias": bias}


def by_name(found: Shapes) -> dict[str, Shape]:
    return {shape.name: shape for shape in found.shapes}


def test_each_component_is_drawn_along_what_changes_it() -> None:
    calls = []

    def counted(rows: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        calls.append(len(rows["a"]))
        return pay(rows)

    shapes = by_name(shapes_of(counted, ROW, [A, B, C]))
    assert list(shapes) == [TOTAL, "near", "both", "bias"]
    assert shapes[TOTAL].reads == ("a", "b", "c")
    assert shapes["near"].reads == ("a",)
    assert set(shapes["both"].reads) == {"a", "b"}
    assert shapes["bias"].constant == 1.0
    assert len(calls) == 2, "one call to try all, one to draw"
    (slice_,) = shapes["near"].slices
    assert slice_.lines.shape == (ROWS, FINE)
    assert slice_.median == pytest.approx(2.0 * slice_.values)


def test_two_signals_make_a_contour_with_the_rest_as_in_the_median_row() -> None:
    contour = by_name(shapes_of(pay, ROW, [A, B, C]))["both"].contour
    assert contour is not None
    assert contour.paid.shape == (CONTOUR, CONTOUR)
    assert contour.paid == pytest.approx(np.outer(contour.y, contour.x), abs=1e-6)


def test_a_contour_over_chosen_signals_is_that_of_whatever_depends_on_both() -> None:
    shapes = by_name(shapes_of(pay, ROW, [A, B, C], ("c", "a")))
    total = shapes[TOTAL].contour
    assert total is not None
    assert (total.across, total.up) == (C, A)
    assert shapes["near"].contour is None
    middle = 0.5
    expected = 2 * total.y[:, None] + total.y[:, None] * middle + 1 + 0.1 * total.x[None, :]
    assert total.paid == pytest.approx(expected, abs=1e-5)


def failing_where(wrong: Callable[[Mapping[str, np.ndarray]], np.ndarray]) -> Pay:
    def failing(rows: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        if wrong(rows).any():
            raise RewardError("It returned nan in line 7.")
        return pay(rows)

    return failing


def failing_above(limit: float) -> Pay:
    return failing_where(lambda rows: rows["b"] > limit)


def test_an_axis_along_which_the_reward_fails_is_drawn_as_far_as_recorded_steps_reach() -> None:
    found = shapes_of(failing_above(0.95), {**ROW, "b": 0.5 * RISING}, [A, B, C])
    assert found.notes == (
        "b is drawn from 0.1 to 0.9, where recorded steps lie; beyond that it fails: It returned nan in "
        "line 7.",
    )
    both = by_name(found)["both"]
    assert set(both.reads) == {"a", "b"}
    (along,) = [one for one in both.slices if one.axis.name == "b"]
    assert (along.values[0], along.values[-1]) == pytest.approx((0.1, 0.9))


def test_an_axis_along_which_it_always_fails_is_left_out_and_told() -> None:
    found = shapes_of(failing_above(0.6), {**ROW, "b": 0.5 * RISING}, [A, B, C])
    assert found.notes == ("It fails along b, which is not drawn: It returned nan in line 7.",)
    assert by_name(found)["both"].reads == ("a",)


def between(low: float, high: float) -> Pay:
    return failing_where(lambda rows: (low < rows["a"]) & (rows["a"] < high))


STEADY = {**ROW, "a": np.full(ROWS, 0.5, np.float32)}


def test_an_axis_that_fails_between_the_tried_values_is_drawn_as_far_as_recorded_steps_reach() -> None:
    found = shapes_of(between(0.01, 0.09), STEADY, [A])
    assert found.notes == (
        "a is drawn from 0.1 to 0.9, where recorded steps lie; beyond that it fails: It returned nan in "
        "line 7.",
    )
    (along,) = by_name(found)["near"].slices
    assert (along.values[0], along.values[-1]) == pytest.approx((0.1, 0.9))
    assert along.median == pytest.approx(2.0 * along.values)


def test_an_axis_that_fails_between_the_tried_values_of_recorded_steps_is_told() -> None:
    found = shapes_of(between(0.51, 0.56), STEADY, [A, C], ("a", "c"))
    assert found.notes == (
        "It fails along a, which is not drawn: It returned nan in line 7.",
        "It fails over a and c, so that there is no contour over them: It returned nan in line 7.",
    )
    total = by_name(found)[TOTAL]
    assert total.reads == ("a", "c")
    assert [one.axis.name for one in total.slices] == ["c"]


def test_a_contour_that_fails_in_a_corner_is_drawn_as_far_as_recorded_steps_reach() -> None:
    corner = failing_where(lambda rows: (rows["a"] > 0.95) & (rows["b"] > 0.95))
    found = shapes_of(corner, {**STEADY, "b": STEADY["a"]}, [A, B])
    assert found.notes == (
        "The contour over a and b is drawn where recorded steps lie; beyond that it fails: It returned nan "
        "in line 7.",
    )
    shape = by_name(found)[TOTAL]
    assert [(one.values[0], one.values[-1]) for one in shape.slices] == [(0.0, 1.0)] * 2
    assert shape.contour is not None
    assert (shape.contour.x[0], shape.contour.y[-1]) == pytest.approx((0.1, 0.9))


def test_chosen_signals_that_nothing_has_in_common_are_told() -> None:
    def apart(rows: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {TOTAL: rows["a"] + 0.0 * rows["b"]}

    told = ("No component depends on both a and b: there is no contour over them.",)
    assert shapes_of(apart, ROW, [A, B], ("a", "b")).notes == told


def test_of_a_chosen_signal_along_which_it_fails_nothing_else_is_said() -> None:
    found = shapes_of(failing_above(0.6), {**ROW, "b": 0.5 * RISING}, [A, B, C], ("a", "b"))
    assert found.notes == ("It fails along b, which is not drawn: It returned nan in line 7.",)


def test_a_reward_that_fails_everywhere_draws_nothing() -> None:
    def failing(_: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        raise RewardError("No.")

    assert shapes_of(failing, ROW, [A]).shapes == ()


def test_of_many_numbers_those_of_the_largest_effect_are_drawn() -> None:
    many = [axis(f"s{n}") for n in range(9)]
    rows = {one.name: RISING for one in many}

    def weighted(given: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        total = sum((n + 1) * given[f"s{n}"] for n in range(9))
        return {TOTAL: np.asarray(total), "whole": np.asarray(total)}

    (only,) = shapes_of(weighted, rows, many).shapes
    assert only.name == TOTAL, "a single component that is the total is not told twice"
    assert [one.axis.name for one in only.slices] == ["s8", "s7", "s6", "s5"][:MOST_SLICES]
    assert len(only.reads) == 9


def test_rows_lie_evenly_from_the_least_to_the_most_paid() -> None:
    reward = np.array([5.0, 1.0, 3.0, 2.0, 4.0])
    assert reward[rows_of_reward(reward, 3)].tolist() == [1.0, 3.0, 5.0]
