from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.rewards.refining.tunable import tunable_numbers, with_numbers
from eureka_agent.tasks.registry import find_task

TEXT = '''import numpy as np

W = {"a": 2.0, "b": 1.0, "off": 0.0}
GAIN, LIMIT, SCALE = 0.3, 2.5, 0.7
P, STAND = 2.0, 1.2
MEMORY = {"best": 5.0}


def compute_reward(x, y, memory):
    """Pay."""
    hit = np.where(y > 1.5, 10.0, 0.0)
    far = 4.0 * (x - STAND) / SCALE
    near = -0.5 * np.exp(-np.square(x) / 0.1) * W["a"]  # a bell
    beyond = W["b"] * np.where(x > LIMIT, 1.0, 0.0) * GAIN
    reward = hit + near + 3.0 * beyond - far + y ** P + 7.0
    return reward, {"hit": hit, "near": near, "beyond": 4.0 * beyond, "far": far}, {"best": memory["best"]}
'''


def test_weights_come_first_then_constants_and_nothing_that_is_form() -> None:
    found = [(number.name, number.value) for number in tunable_numbers(TEXT)]
    assert found == [
        ("hit, line 11", 10.0), ("far, line 12", 4.0), ("near, line 13", 0.5), ("reward, line 15", 3.0),
        ("W['a']", 2.0), ("W['b']", 1.0), ("GAIN", 0.3), ("SCALE", 0.7),
    ]  # fmt: skip


def test_a_constant_that_is_a_weight_counts_as_one() -> None:
    text = (
        "FAR, BASE = 3.0, 2.0\n\n\ndef compute_reward(x, y):\n    far = FAR * x / BASE\n"
        '    low = -0.2 * y - 0.1 * x * y\n    return far + low, {"far": far, "low": low}\n'
    )
    assert [(n.name, n.value) for n in tunable_numbers(text)] == [
        ("FAR", 3.0), ("low, line 6", 0.2), ("low, line 6", 0.1), ("BASE", 2.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["x", "np.square(x)", "x ** 2.0", "np.clip(x, -3.0, 3.0)", "np.where(x > 2.0, 1.0, 0.0)", "3.0 * x"],
)
def test_a_reward_without_numbers_whose_ratio_matters_has_none(line: str) -> None:
    text = f'import numpy as np\ndef compute_reward(x):\n    a = {line}\n    return a, {{"a": a}}\n'
    assert tunable_numbers(text) == []


def test_a_sole_weight_beside_another_component_matters() -> None:
    text = 'def compute_reward(x, y):\n    a = 3.0 * x\n    return a + y, {"a": a, "y": y}\n'
    assert [number.value for number in tunable_numbers(text)] == [3.0]


def test_factors_of_what_is_only_reported_are_left_alone() -> None:
    text = (
        "def compute_reward(x, y):\n    parts = {}\n    parts['a'] = 2.0 * x\n    parts['b'] = 3.0 * y\n"
        "    return {total}, parts\n"
    )
    assert [n.value for n in tunable_numbers(text.replace("{total}", "5.0 * x + y"))] == [5.0]
    assert [n.value for n in tunable_numbers(text.replace("{total}", "parts['a'] + parts['b']"))] == [
        2.0,
        3.0,
    ]


@given(st.lists(st.floats(0.25, 4.0), min_size=8, max_size=8))
def test_other_numbers_stand_where_the_first_stood_and_keep_their_signs(factors: list[float]) -> None:
    numbers = tunable_numbers(TEXT)
    values = [number.value * factor for number, factor in zip(numbers, factors, strict=True)]
    made = with_numbers(TEXT, numbers, values)
    again = tunable_numbers(made)
    assert [number.name for number in again] == [number.name for number in numbers]
    assert [number.value for number in again] == [float(f"{value:.3g}") for value in values]
    assert with_numbers(made, again, [number.value for number in numbers]).count("\n") == TEXT.count("\n")
    assert "-np.square(x) / 0.1" in made
    assert "= -" in made


def test_the_reward_itself_is_left_letter_by_letter() -> None:
    source = find_task("mountain_car").reference
    numbers = tunable_numbers(source)
    assert [number.value for number in numbers] == [1000.0, 10.0, 0.001]
    assert with_numbers(source, numbers, [1000.0, 10.0, 0.001]) == source
