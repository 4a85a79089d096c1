"""A reward that dies where a better policy gets is found before training."""

from __future__ import annotations

import numpy as np
import pytest

from eureka_agent.critique.ranges import check_ranges
from eureka_agent.critique.rows import Rows
from eureka_agent.rewards import load_reward, validated
from eureka_agent.rewards.findings import Finding
from eureka_agent.tasks.task import Signal
from eureka_agent.training.reward_provider import RewardBatch

SIGNALS = (
    Signal("position", (), low=-1.2, high=0.6),
    Signal("goal", (), low=-1.0, high=1.0),
    Signal("speed", ()),
    Signal("legs", (), low=1.0, high=3.0, dtype="int32"),
    Signal("action", (2,), low=-1.0, high=1.0),
    Signal("turn", (4,), low=-1.0, high=1.0),
    Signal("choice", (3,), low=0.0, high=1.0),
)


def recorded() -> Rows:
    """Random play stays near the middle of every range."""
    random = np.random.default_rng(0)
    turn = random.normal(size=(1, 256, 4))
    signals = {
        "position": random.uniform(-0.7, -0.3, (1, 256)),
        "goal": random.uniform(-0.1, 0.1, (1, 256)),
        "speed": random.uniform(0.5, 1.0, (1, 256)),
        "legs": random.integers(1, 3, (1, 256)),
        "action": random.uniform(-0.5, 0.5, (1, 256, 2)),
        "turn": turn / np.linalg.norm(turn, axis=-1, keepdims=True),
        "choice": np.eye(3)[random.integers(0, 3, (1, 256))],
    }
    types = {signal.name: signal.dtype for signal in SIGNALS}
    return Rows({n: x.astype(types[n]) for n, x in signals.items()}, np.zeros((1, 256), bool))


def found(expression: str) -> list[Finding]:
    """Return what is found in a reward of these signals that pays an expression."""
    rows = recorded()
    names = [name for name in rows.signals if name in expression]
    head = f"import numpy as np\ndef compute_reward({', '.join(names)}):"
    text = f"{head}\n    r = {expression}\n    return r, {{'r': r}}\n"
    reward = load_reward(text)

    def run(asked: Rows) -> RewardBatch:
        flat = {name: x.reshape(-1, *x.shape[2:]) for name, x in asked.signals.items()}
        with np.errstate(all="ignore"):
            output = validated(reward(flat), asked.count)
        shaped = {name: x.reshape(asked.first.shape) for name, x in output.components.items()}
        return RewardBatch(output.reward.reshape(asked.first.shape), shaped)

    read = Rows({name: rows.signals[name] for name in names}, rows.first)
    run(read)
    return list(check_ranges(run, read, SIGNALS))


REFUSED = [
    ("np.sqrt(0.4 - position)", "`position` at ", "-1.2 to 0.6"),  # at the upper bound, and just before
    ("np.log(position + 1.2)", "`position` at -1.2 ", "-1.2 to 0.6"),
    ("1.0 / (position - 0.17)", "", ""),
    ("1.0 / goal", "`goal` at 0 ", "-1 to 1"),
    ("1.0 / (legs - 3.0)", "`legs` at 3 ", "1 to 3"),
    ("np.sqrt(1.5 - np.sum(np.square(action), axis=-1))", "`action` at [", "-1 to 1"),
    ("np.sqrt(0.4 - position) + np.sqrt(0.5 - goal)", "`goal` at ", ""),
]


@pytest.mark.parametrize(("expression", "place", "declared"), REFUSED, ids=[e for e, _, _ in REFUSED])
def test_what_dies_within_a_declared_range_is_refused(expression: str, place: str, declared: str) -> None:
    findings = found(expression)
    if not place:  # between two values that are asked; nobody can try them all
        assert findings == []
        return
    assert {(f.rule, f.severity) for f in findings} == {("declared-range", "error")}
    assert any(place in f.what for f in findings)
    assert any(declared in f.why for f in findings)
    assert all("NaN" in f.what or "inf" in f.what for f in findings)
    assert "np.maximum" in findings[0].fix


WARNED = [
    "np.sqrt(1.9 + position - np.abs(goal))",  # both at once only
    "1.0 / speed",  # no bounds: nobody says that it can be 0
    "np.arcsin(2.0 * (turn[:, 0] * turn[:, 2] - turn[:, 1] * turn[:, 3]))",  # a quaternion
]


@pytest.mark.parametrize("expression", WARNED)
def test_what_may_never_occur_is_a_warning(expression: str) -> None:
    assert {(f.rule, f.severity) for f in found(expression)} == {("declared-range", "warning")}


FINE = [
    "np.sqrt(np.maximum(0.4 - position, 0.0))",
    "1.0 / (1e-3 + np.abs(speed) + np.abs(goal))",
    "np.arccos(np.clip(turn[:, 0], -1.0, 1.0))",
    "np.log(1e-9 + np.sum(choice * np.abs(turn[:, :3]), axis=-1))",
    "1.0 / np.sum(choice, axis=-1)",  # one of the choices is always taken
]


@pytest.mark.parametrize("expression", FINE)
def test_what_is_finite_everywhere_is_left_alone(expression: str) -> None:
    assert found(expression) == []
