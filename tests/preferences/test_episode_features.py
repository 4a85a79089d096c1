"""What of an episode preferences are learned over."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trajectory_fakes import running

from eureka_agent.preferences.features import CLIPPED, MOST_FEATURES, FeatureSet, choose_features
from eureka_agent.trajectories import Trajectory

LONGEST = 50


def episodes(count: int = 30, *, scale: float = 1.0, offset: float = 0.0) -> list[Trajectory]:
    """Return episodes of different length: a height, a twin of it, a speed, an identifier."""
    generator = np.random.default_rng(0)
    made = []
    for _ in range(count):
        steps = int(generator.integers(1, LONGEST + 1))
        height = generator.normal(generator.normal(), 0.3, steps)
        signals = {
            "height": offset + scale * height,
            "twin": 2 * height,
            "speed": generator.normal(0, 1 + generator.random(), (steps, 2)),
            "still": np.full(steps, 3.0),
            "prev_height": height,
        }
        as_floats = {name: array.astype(np.float32) for name, array in signals.items()}
        made.append(running(as_floats | {"who": np.full(steps, len(made), np.int32)}))
    return made


def test_few_and_different_ones_are_chosen_and_the_length_comes_first() -> None:
    chosen = choose_features(episodes())
    assert 3 < len(chosen) <= MOST_FEATURES
    assert chosen.names[0] == "number of steps"
    rows = np.array([chosen.of(one) for one in episodes()])
    assert np.linalg.matrix_rank(rows, tol=1e-3) == len(chosen)
    assert not [name for name in chosen.names if "still" in name or "who" in name or "prev_" in name]
    heights = {f.statistic for f in chosen.features if f.signal == "height"}
    twins = {f.statistic for f in chosen.features if f.signal == "twin"}
    assert not heights & twins


def test_the_first_of_them_say_most_of_what_all_statistics_say() -> None:
    made = episodes()
    every = np.array([choose_features(made, most=100).of(one) for one in made])
    few = np.array([choose_features(made, most=6).of(one) for one in made])
    left = every - few @ np.linalg.lstsq(few, every, rcond=None)[0]
    assert (left**2).sum() < 0.35 * (every**2).sum()


def test_features_are_standardised_and_clipped() -> None:
    made = episodes()
    chosen = choose_features(made)
    rows = np.array([chosen.of(one) for one in made])
    assert np.abs(rows.mean(axis=0)).max() < 0.05
    far = running({name: 1e6 * array for name, array in made[0].signals.items()})
    assert np.abs(chosen.of(far)).max() == CLIPPED


@given(scale=st.floats(0.1, 100), offset=st.floats(-100, 100))
def test_the_unit_of_a_signal_and_its_origin_change_nothing(scale: float, offset: float) -> None:
    made, other = episodes(), episodes(scale=scale, offset=offset)
    features, others = choose_features(made), choose_features(other)
    assert [(f.statistic, f.signal) for f in features.features] == [
        (f.statistic, f.signal) for f in others.features
    ]
    for one, same in zip(made, other, strict=True):
        assert features.of(one) == pytest.approx(others.of(same), abs=0.02)


def test_a_set_survives_json() -> None:
    chosen = choose_features(episodes())
    assert FeatureSet.from_json(json.loads(json.dumps(chosen.to_json()))) == chosen


@pytest.mark.parametrize(
    "change",
    [
        {"scale": (0.0, 1.0)},
        {"centre": (0.0,)},
        {"scale": (float("nan"), 1.0)},
        {"rank": 1},
        {"features": ({"statistic": "import os"},) * 2},
    ],
)
def test_what_is_no_set_is_refused(change: dict[str, object]) -> None:
    two = choose_features(episodes(), most=2).to_json()
    assert len(FeatureSet.from_json(two)) == 2
    with pytest.raises(ValueError, match="no features"):
        FeatureSet.from_json(two | change)


def test_episodes_that_are_all_the_same_have_no_features() -> None:
    same = [running({"height": np.ones(5, np.float32)})] * 3
    assert len(choose_features(same)) == 0
    assert len(choose_features(same[:1])) == 0
    assert choose_features([]).of(same[0]).shape == (0,)


def test_a_long_vector_is_looked_at_as_a_whole() -> None:
    generator = np.random.default_rng(1)
    made = [
        running({"scan": (generator.random() + generator.random((9, 40))).astype(np.float32)})
        for _ in range(9)
    ]
    assert {feature.element for feature in choose_features(made).features} == {None}
