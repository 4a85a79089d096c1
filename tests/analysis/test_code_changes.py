"""What a child changed in its parent's code."""

from __future__ import annotations

import pytest

from eureka_agent.analysis.code_changes import (
    changed_components,
    changed_words,
    code_difference,
    observe_code,
)

PARENT = '''
"""Words."""
import numpy as np
SCALE = 2.0

def compute_reward(height, speed):
    """More words."""
    near = np.exp(-height)  # a comment
    tall = SCALE * near
    fast = np.tanh(speed)
    return tall + fast, {"tall": tall, "fast": fast}
'''
CHILD = PARENT.replace("-height", "-2.0 * height").replace('"fast": fast', '"quick": fast')


def test_words_and_layout_are_no_difference() -> None:
    other = (
        PARENT.replace("More words.", "Others.")
        .replace("  # a comment", "")
        .replace("SCALE = 2.0", "SCALE=2.0")
    )
    assert code_difference(PARENT, other) == ""
    assert changed_components(PARENT, other) == {}
    assert list(observe_code(PARENT, other, "0-00")) == []


def test_a_component_changes_with_what_it_follows_from() -> None:
    assert changed_components(PARENT, CHILD) == {"fast": "removed", "quick": "added", "tall": "changed"}
    (seen,) = observe_code(PARENT, CHILD, "0-00")
    assert seen.text == ("Against its parent 0-00 the reward added 'quick'; removed 'fast'; changed 'tall'.")
    assert changed_components(PARENT, PARENT.replace("SCALE = 2.0", "SCALE = 3.0")) == {"tall": "changed"}
    assert changed_components(PARENT, PARENT.replace("tanh", "sign")) == {"fast": "changed"}


def test_the_diff_shows_lines_of_code() -> None:
    lines = code_difference(PARENT, CHILD).splitlines()
    assert "-    near = np.exp(-height)" in lines
    assert "+    near = np.exp(-2.0 * height)" in lines
    assert "+    return (tall + fast, {'tall': tall, 'quick': fast})" in lines


def test_what_cannot_be_written_back_is_compared_as_text() -> None:
    odd = PARENT.replace("    near =", """    words = f"{'\x7f'}"\n    near =""")
    assert changed_components(PARENT, odd) == {}
    assert code_difference(PARENT, odd)


def test_what_cannot_be_read_is_compared_as_text_only() -> None:
    assert changed_components(PARENT, "def broken(") == {}
    assert changed_components(PARENT, "x = 1\n") == {}
    assert changed_components(PARENT, "def compute_reward(a):\n    return a, dict(a=a)\n") == {}
    assert "+def broken(" in code_difference(PARENT, "def broken(")
    assert list(observe_code(PARENT, "", "0-00")) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("0.5", "2.5"), "changed 'near' (0.5 → 2.5)"),
        (("0.5 * x", "0.5 * x * x"), "changed 'near'"),
        (("-0.01", "0.01"), "changed 'effort'"),
        (("1, 2, 3, 4", "5, 6, 7, 8"), "changed 'near' (1 → 5, 2 → 6, 3 → 7, …)"),
        (("'near'", "'far'"), "added 'far'; removed 'near'"),
        (("# none", "# some"), ""),
    ],
)
def test_numbers_are_told_where_nothing_else_changed(change: tuple[str, str], words: str) -> None:
    source = """def compute_reward(x):
    weights = 1, 2, 3, 4  # none
    near = 0.5 * x + weights[0]
    effort = -0.01 * x
    return near + effort, {'near': near, 'effort': effort}
"""
    assert changed_words(source, source.replace(*change)) == words
