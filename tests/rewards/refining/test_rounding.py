from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.rewards.refining.rounding import NEAR, rounded, with_rounded_numbers


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-30, max_value=1e30))
def test_a_number_keeps_two_digits_at_most_and_moves_by_five_percent_at_most(value: float) -> None:
    short = rounded(value)
    if short != value:
        assert abs(short - value) <= (NEAR + 1e-9) * value
        assert short == float(f"{short:.1e}")
    assert rounded(short) == short or math.isclose(short, rounded(short), rel_tol=NEAR)


@pytest.mark.parametrize(
    ("value", "short"),
    [(0.2095, 0.2), (2.4, 2.4), (0.137, 0.14), (1000.0, 1000.0), (1.96, 2.0), (3.14159265, 3.14159265),
     (1.5707963, 1.5707963), (0.0, 0.0)],
)  # fmt: skip
def test_one_digit_where_it_is_near_enough_and_multiples_of_pi_stay(value: float, short: float) -> None:
    assert rounded(value) == short


def test_only_quantities_are_rounded_and_the_rest_stays_as_written() -> None:
    text = (
        'import numpy as np\n\nMEMORY = {"best": 123.4}\nGAIN = 1.234e2  # so much\n\n\n'
        "def compute_reward(x, memory):\n"
        "    far = 0.517 * np.sum(x[:, 0:123] ** 2.345, axis=-1) + 365 * x[:, 0]\n"
        "    near = GAIN * np.power(x[:, 0], 2.345)\n"
        '    return far + near, {"far": far, "near": near}, memory\n'
    )
    made = with_rounded_numbers(text)
    assert made.numbers == (("1.234e2", "120.0"), ("0.517", "0.5"), ("365", "360"))
    assert made.text == text.replace("1.234e2", "120.0").replace("0.517", "0.5").replace("365", "360")


def test_where_every_number_is_short_nothing_changes() -> None:
    text = 'def compute_reward(x):\n    return 0.5 * x, {"x": 0.5 * x}\n'
    assert with_rounded_numbers(text) == (text, ())
