"""Drawings: marks that differ in shape, scales that hold what they must, curves of any length."""

from __future__ import annotations

import math
import re
from itertools import combinations
from typing import get_args
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.report.html.curve_charts import component_charts, learning_chart
from eureka_agent.report.html.fitness_chart import fitness_chart
from eureka_agent.report.html.interval_chart import interval_chart
from eureka_agent.report.html.marks import LEGEND, mark
from eureka_agent.report.html.scale import Scale, short, thinned, without_outliers
from eureka_agent.report.views.curves import ComponentCurve, ComponentsView, LearningCurves
from eureka_agent.report.views.fitness import FitnessView, How, Leader, Level, Mark

NUMBERS = st.floats(-1e300, 1e300, allow_nan=False, allow_infinity=False)


def level(name: str, mean: float, low: float | None, high: float | None, *seeds: float) -> Level:
    return Level(name, mean, low, high, seeds or (mean,), None, "")


def places(drawing: str) -> list[float]:
    return [float(number) for number in re.findall(r'\s(?:x1?|y1?|cx|cy|x2|y2)="([^"]+)"', drawing)]


def test_marks_differ_without_colour() -> None:
    shapes = {how: re.sub(r'(fill|stroke)="var[^"]*"', "", mark(how, 0, 0)) for how in LEGEND}
    for one, other in combinations(shapes, 2):
        assert shapes[one] != shapes[other], (one, other)
    assert {*LEGEND, "timed out"} == set(get_args(How))


@given(st.lists(NUMBERS, max_size=8), NUMBERS)
def test_a_scale_takes_any_number(values: list[float], other: float) -> None:
    scale = Scale.of(values, 10.0, 110.0)
    assert 10.0 <= scale(other) <= 110.0
    assert all(scale.holds(value) for value in values)
    ticks = scale.ticks()
    assert len(ticks) <= 12
    assert all(scale.low <= tick <= scale.high for tick in ticks)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-7, 43, [0, 10, 20, 30, 40]),
        (0.001, 0.0042, [0.001, 0.002, 0.003, 0.004]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert Scale(low, high, 0, 1).ticks() == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-0.0, "0"), (0.0125, "0.0125"), (999.4, "999"), (999.6, "1,000"), (1000, "1,000"),
        (-2500, "-2,500"), (123_456, "123,456"), (1e6, "1e+06"), (-3e300, "-3e+300"),
    ],
)  # fmt: skip
def test_thousands_on_an_axis_are_written_out(value: float, words: str) -> None:
    assert short(value) == words


def test_one_ruined_training_does_not_press_the_others_into_a_line() -> None:
    scores = [1.0, 2.0, 3.0, 2.5, 1.5, -1e6]
    assert min(without_outliers(scores, [3.0])) == 1.0
    assert -1e6 in without_outliers(scores, [-1e6]), "but who is to be seen is"
    assert without_outliers([5.0] * 9 + [7.0], [5.0]) == [5.0] * 9 + [7.0, 5.0]


@pytest.mark.parametrize("length", [0, 1, 2, 200, 201, 100_000])
def test_long_curves_are_thinned_and_keep_their_ends(length: int) -> None:
    points = thinned([float(number) for number in range(length)])
    assert len(points) <= 202
    if length > 1:
        assert (points[0], points[-1]) == ((0.0, 0.0), (1.0, float(length - 1)))


def test_an_interval_a_hundred_times_as_wide_as_its_seeds_is_cut_with_arrows() -> None:
    rows = [
        level("0-00", 428.0, -1876.0, 2014.0, 300.0, 500.0),
        level("reference", 359.0, 300.0, 420.0, 350.0, 368.0),
    ]
    drawing = interval_chart(rows, "maximize", width=600).inline("i")
    ElementTree.fromstring(drawing)
    assert all(0 <= place <= 600 for place in places(drawing))
    arrows = drawing.count("<polygon")
    assert arrows == 3, "two arrows and a star"


def test_which_way_is_better_is_written() -> None:
    rows = [level("0-00", 1.0, None, None)]
    drawn = {one: interval_chart(rows, one, width=340).inline("i") for one in ("maximize", "minimize", None)}
    assert "higher is better →" in drawn["maximize"]
    assert "← lower is better" in drawn["minimize"]
    assert "better" not in drawn[None]


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(sorted(LEGEND)), st.none() | NUMBERS), max_size=40
    ),
    st.sampled_from([960.0, 340.0]),
)
def test_whatever_the_scores_are_they_are_drawn_within(
    found: list[tuple[int, How, float | None]], width: float
) -> None:
    marks = tuple(Mark(f"{g}-{n:02d}", g, n, how, fitness) for n, (g, how, fitness) in enumerate(found))
    leaders = tuple(
        Leader(one.generation, one.candidate, one.fitness) for one in marks if one.fitness is not None
    )
    fresh = (level("9-00", 1.0, -1e9, 1e9, 0.0, 2.0), level("reference", 0.5, 0.5, 0.5, 0.5, 0.5))
    view = FitnessView("", "maximize", marks, leaders[:3], fresh, "9-00", (0, 2))
    drawing = fitness_chart(view, width=width).inline("f")
    tree = ElementTree.fromstring(drawing)
    height = float(tree.attrib["viewBox"].split()[3])
    assert all(math.isfinite(place) and -8 <= place <= max(width, height) + 8 for place in places(drawing))
    hints = [title.text or "" for title in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert all(any(hint.startswith(f"{one.candidate}: ") for hint in hints) for one in marks)


@pytest.mark.parametrize(
    "values", [(), (1.0,), (0.0, 0.0), (1e300, -1e300), tuple(float(n) for n in range(9_999))]
)
def test_curves_of_any_length_are_drawn(values: tuple[float, ...]) -> None:
    curve = ComponentCurve("near", values, tuple(0.5 for _ in values), 0.5)
    view = ComponentsView("0-00", "search", 0, values, 5, (curve,), 0)
    for drawing in (chart.inline("c") for chart in component_charts(view)):
        ElementTree.fromstring(drawing)
        assert len(drawing) < 20_000


def test_names_at_the_ends_of_lines_do_not_lie_on_each_other() -> None:
    curves = [LearningCurves(name, ((0.0, 1.0),)) for name in ("0-00", "reference", "sparse")]
    tree = ElementTree.fromstring(learning_chart(curves, width=340).inline("l"))
    texts = {one.text: float(one.attrib["y"]) for one in tree.iter("{http://www.w3.org/2000/svg}text")}
    ends = sorted(texts[name] for name in ("0-00", "reference", "sparse"))
    assert ends[1] - ends[0] >= 14
    assert ends[2] - ends[1] >= 14
