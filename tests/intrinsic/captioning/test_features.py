"""Which signals are features of steps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.captioning.features import MOST, features_of, stacked
from eureka_agent.intrinsic.options import IntrinsicOptions
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Signal

TASK = find_task("pendulum")


def test_all_numbers_but_the_action_are_features_unless_some_are_named() -> None:
    assert features_of(TASK) == ("angle", "angular_velocity", "torque")
    assert features_of(TASK, ["torque", "prev_angle", "torque"]) == ("torque", "prev_angle")


@pytest.mark.parametrize(
    ("names", "words"), [(["angel"], "Did you mean 'angle'"), (["touched"], "'touched' is no signal")]
)
def test_what_is_no_number_is_refused(names: list[str], words: str) -> None:
    task = dataclasses.replace(TASK, signals=(*TASK.signals, Signal("touched", (), dtype="int32")))
    assert "touched" not in features_of(task)
    with pytest.raises(ConfigError, match=words):
        features_of(task, names)


def test_pictures_are_no_features() -> None:
    for signals in ((Signal("picture", (64, 65)),), (Signal("count", (), dtype="int32"),)):
        with pytest.raises(ConfigError, match=f"from 1 to {MOST:,}|would be"):
            features_of(dataclasses.replace(TASK, signals=signals))


def test_numbers_stand_beside_each_other() -> None:
    signals = {"a": np.arange(6.0).reshape(3, 2), "b": np.arange(24.0).reshape(3, 2, 2, 2)}
    found = stacked(signals, ("b", "a"), (3, 2))
    assert found.shape == (3, 2, 5)
    assert found.dtype == np.float32
    assert found[2, 1].tolist() == [20.0, 21.0, 22.0, 23.0, 5.0]
    assert stacked({"a": np.zeros((0, 2))}, ("a",), (0, 2)).shape[:2] == (0, 2)


def test_only_the_kind_that_reads_features_gets_them() -> None:
    plan = IntrinsicOptions(kind="rnd").plan(TASK, "", coded=False, paid=True)
    assert plan.captioning.features == ("angle", "angular_velocity", "torque")
    assert plan.beta == 0.0
    assert IntrinsicOptions().plan(TASK, "", coded=False, paid=True).captioning.features == ()
    assert IntrinsicOptions().plan(TASK, "", coded=False, paid=True).beta == 1.0
    with pytest.raises(ConfigError, match="reads captions, and no features"):
        IntrinsicOptions(features=("angle",)).plan(TASK, "", coded=False, paid=True)
