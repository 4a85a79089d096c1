"""What the system prompt says of the code that is taken and refused is what happens to it."""

from __future__ import annotations

import pytest
from design_fakes import make_task

from eureka_agent.rewards.natural import arrived
from eureka_agent.rewards.rules import check_source


def refusals(body: str, before: str = "", arguments: str = "position, action") -> list[str]:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    text = (
        f'import numpy as np\n{before}\n\ndef compute_reward({arguments}):\n{lines}    return r, {{"r": r}}\n'
    )
    task = make_task()
    made = arrived(text, task)
    found = check_source(made.text, [signal.name for signal in task.readable_signals])
    return [finding.rule for finding in found if finding.severity == "error"]


@pytest.mark.parametrize(
    "body",
    [
        "r = -np.square(action).sum(-1)",
        "r = -np.linalg.norm(action, axis=-1)",
        "r = np.zeros_like(position)\nr += position\nr -= 0.1 * (action**2).sum(-1)",
        "r = position * 1.0\nr[position < 0.5] = -1.0",
        "r = position * 1.0\nif position < 0.5:\n    r = r - 1.0",
    ],
)
def test_natural_numpy_is_taken(body: str) -> None:
    assert refusals(body) == []


@pytest.mark.parametrize(
    ("body", "before"),
    [
        ("r = position - np.mean(position)", ""),
        ("r = position / position.shape[0]", ""),
        ("r = position / len(position)", ""),
        ("r = position + position[0]", ""),
        ("r = np.random.normal(size=position.shape)", ""),
        ("global n\nn = n + 1\nr = position * n", "n = 0"),
        ("r = position * time.time()", "import time"),
        ("r = position[position > 0]", ""),
    ],
)
def test_what_is_said_to_be_refused_is(body: str, before: str) -> None:
    assert refusals(body, before)


def test_a_signal_that_nobody_measures_is_refused() -> None:
    assert refusals("r = position * speed", arguments="position, speed")


@pytest.mark.parametrize(
    "body",
    [
        "w = 1.0 - np.clip(2.0 * progress, 0.0, 1.0)\nr = w * position",
        "w = (1.0 - 2.0 * progress).clip(0.0, 1.0)\nr = w * position\nr[progress < 0.5] = 0.0",
    ],
)
def test_weights_may_move_with_the_training(body: str) -> None:
    assert refusals(body, arguments="position, progress") == []


def test_progress_has_no_past_and_is_asked_for_like_a_signal() -> None:
    assert refusals("r = position * prev_progress", arguments="position, prev_progress")
    assert refusals("r = position * progress", arguments="position")


def test_a_local_name_may_be_progress() -> None:
    assert (
        refusals("progress = position - prev_position\nr = progress", arguments="position, prev_position")
        == []
    )
