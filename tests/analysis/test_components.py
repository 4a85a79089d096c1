"""Components that never fire, flood, saturate, or do the opposite of their names."""

from __future__ import annotations

import numpy as np
import pytest
from analysis_fakes import episode

from eureka_agent.analysis.components import (
    observe_before_the_end,
    observe_component_curves,
    observe_saturation,
)
from eureka_agent.trajectories import Trajectory


def kinds(**curves: list[float]) -> dict[str, str]:
    found = observe_component_curves(curves)
    return {seen.text.split("'")[1]: str(seen.kind) for seen in found}


def test_a_component_that_is_zero_throughout_never_fires() -> None:
    assert kinds(goal=[0.0, 0.0], alive=[1.0, 1.0]) == {"goal": "never fires", "alive": "floods"}
    assert kinds(goal=[0.0, 0.1], alive=[0.1, 0.1]) == {}


def test_a_component_floods_only_others() -> None:
    assert kinds(alive=[1.0, 1.0]) == {}
    assert kinds(alive=[9.0, 9.0], speed=[-1.0, -1.0]) == {"alive": "floods"}
    assert kinds(alive=[8.0, 8.0], speed=[-2.0, -2.0]) == {}


@pytest.mark.parametrize(
    ("name", "values", "wrong"),
    [
        ("torque_penalty", [0.2, 0.1], True),
        ("torque_penalty", [-0.2, -0.1], False),
        ("torque_penalty", [-0.2, 0.1], False),
        ("Cost", [1.0, 1.0], True),
        ("landing_bonus", [-1.0, -0.1], True),
        ("landing_bonus", [1.0, 0.1], False),
        ("costless", [1.0, 0.1], False),
        ("speed", [-1.0, -1.0], False),
    ],
)
def test_a_name_says_which_sign_is_meant(name: str, values: list[float], wrong: bool) -> None:
    assert ("wrong sign" in kinds(**{name: values}).values()) == wrong


def test_no_curve_says_nothing() -> None:
    assert kinds() == {}
    assert kinds(goal=[]) == {}


def paid(**components: np.ndarray) -> Trajectory:
    steps = len(next(iter(components.values())))
    reward = np.sum([np.zeros(steps), *components.values()], axis=0).astype(np.float32)
    given = {name: values.astype(np.float32) for name, values in components.items()}
    return episode(steps, "it fell", height=np.zeros(steps), reward=reward, components=given)


def test_a_component_that_rests_at_its_largest_value_saturates() -> None:
    high = np.where(np.arange(100) < 95, 1.0, 0.3)
    (seen,) = observe_saturation([paid(near=high, far=np.linspace(0, 1, 100))])
    assert seen.text == "Component 'near' saturates: 95% of steps at its largest, 1."
    rare, constant = np.where(np.arange(100) < 95, 0.0, 1.0), np.ones(100)
    assert list(observe_saturation([paid(rare=rare, constant=constant)])) == []
    assert list(observe_saturation([paid(near=high[-10:])])) == []
    assert list(observe_saturation([episode(30, height=np.zeros(30))])) == []


def test_what_is_paid_before_the_end_is_told_where_it_is_something_else() -> None:
    late = np.where(np.arange(50) < 40, 0.0, 5.0)
    (seen,) = observe_before_the_end(paid(alive=np.ones(50), dive=late), 4)
    assert (
        seen.text == "In the last 10 steps before 'it fell' 'alive' is 17% of what is paid, before that 100%."
    )
    assert (seen.episode, seen.steps) == (4, (40, 49))
    assert list(observe_before_the_end(paid(alive=np.ones(50), dive=np.ones(50)))) == []
    assert list(observe_before_the_end(paid(alive=np.ones(12), dive=late[-12:]))) == []
    assert list(observe_before_the_end(episode(50, "it fell", height=np.zeros(50)))) == []
