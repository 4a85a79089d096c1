"""Random network distillation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from caption_streams import steps_of
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.learned import LearnedReward
from eureka_agent.intrinsic.models.distillation import (
    Adam,
    Layers,
    RandomNetworkDistillation,
    _outputs,
    _slopes,
)
from eureka_agent.intrinsic.models.kinds import make_model
from eureka_agent.intrinsic.models.model import CaptionedSteps
from eureka_agent.intrinsic.models.moments import RunningMoments
from eureka_agent.intrinsic.models.settings import ModelSettings

Array = np.ndarray
WORLDS = 2
FEW = ModelSettings(batch=8, most_updates=3, novelty_hidden=6, novelty_outputs=4)


def steps(features: Array) -> CaptionedSteps:
    shape = features.shape[:2]
    return CaptionedSteps(Captions(np.full(shape, -1, np.int32), ()), np.zeros(shape, bool), features)


def met(rng: np.random.Generator, around: float, length: int = 64, width: int = 5) -> Array:
    return rng.normal(around, 1.0, (length, WORLDS, width)).astype(np.float32)


def run(model: RandomNetworkDistillation, features: Array) -> Array:
    given = steps(features)
    assert not model.observe(given)
    return model.reward(given)


def test_what_was_met_often_is_paid_little_and_what_is_new_much() -> None:
    rng, model = np.random.default_rng(0), RandomNetworkDistillation(seed=0)
    first = run(model, met(rng, 0.0)).mean()
    known = [run(model, met(rng, 0.0)).mean() for _ in range(150)][-1]
    assert known < 0.3 * first
    assert run(model, met(rng, 6.0)).mean() > 5 * known


def test_a_rollout_is_paid_before_it_is_learned_from() -> None:
    rng = np.random.default_rng(0)
    features = met(rng, 0.0)
    once, twice = RandomNetworkDistillation(seed=0), RandomNetworkDistillation(seed=0)
    paid = run(once, features)
    twice.observe(steps(features))
    np.testing.assert_array_equal(twice.reward(steps(features)), twice.reward(steps(features)))
    np.testing.assert_array_equal(paid, twice.reward(steps(features)))
    assert run(once, features).mean() < paid.mean()


def test_a_step_pays_the_same_wherever_it_stands_and_every_step_of_a_rollout_counts() -> None:
    rng, model = np.random.default_rng(1), RandomNetworkDistillation(FEW, seed=3)
    features = met(rng, 0.0, length=30)
    run(model, features)
    paid = model.reward(steps(features))
    np.testing.assert_allclose(model.reward(steps(features[::-1])), paid[::-1], rtol=1e-5)
    np.testing.assert_allclose(model.reward(steps(features[-1:])), paid[-1:], rtol=1e-5)


def test_updates_of_a_rollout_are_bounded_whatever_its_length() -> None:
    model = RandomNetworkDistillation(FEW, seed=0)
    run(model, met(np.random.default_rng(0), 0.0, length=500))
    assert len(model._kept) == FEW.batch * FEW.most_updates
    run(model, met(np.random.default_rng(0), 0.0, length=500))
    assert model._adam._steps == FEW.most_updates


def test_seeds_decide_and_nothing_else() -> None:
    features = met(np.random.default_rng(0), 0.0)
    paid = [run(RandomNetworkDistillation(seed=seed), features) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(paid[0], paid[1])
    assert not np.array_equal(paid[0], paid[2])


def test_units_of_features_do_not_matter_and_constant_ones_are_nothing() -> None:
    rng = np.random.default_rng(0)
    features = met(rng, 0.0)
    scaled = np.concatenate([features * 1000 + 5, np.full((64, WORLDS, 1), 3.0)], axis=2).astype(np.float32)
    model = RandomNetworkDistillation(seed=0)
    run(model, scaled)
    assert model._inputs.normalised(scaled.reshape(-1, 6), 5.0)[:, -1].any() == False  # noqa: E712
    moved = scaled.copy()
    moved[..., -1] += 100.0
    np.testing.assert_array_equal(model.reward(steps(moved)), model.reward(steps(scaled)))


@settings(max_examples=60, deadline=None)
@given(
    npst.arrays(np.float32, st.tuples(st.integers(0, 6), st.just(WORLDS), st.integers(1, 4))),
    st.integers(1, 4),
)
def test_whatever_features_are_what_is_paid_is_finite_and_bounded(features: Array, times: int) -> None:
    model = RandomNetworkDistillation(FEW, seed=0)
    for _ in range(times):
        paid = run(model, features)
        assert paid.shape == features.shape[:2]
        assert paid.dtype == np.float32
        assert ((paid >= 0) & (paid <= FEW.clip)).all()
    other = RandomNetworkDistillation(FEW, seed=0)
    other.load_state_dict(model.state_dict())
    np.testing.assert_array_equal(run(model, features), run(other, features))


def test_steps_without_features_and_with_others_are_refused() -> None:
    model = RandomNetworkDistillation(FEW, seed=0)
    with pytest.raises(ConfigError, match="these have none"):
        model.observe(steps_of(["a", "b"]))
    run(model, met(np.random.default_rng(0), 0.0))
    with pytest.raises(ConfigError, match="3 features, and had 5 before"):
        run(model, met(np.random.default_rng(0), 0.0, width=3))
    with pytest.raises(ValueError, match=r"not \(T, N, d\)"):
        CaptionedSteps(Captions.of([["a"]]), np.zeros((1, 1), bool), np.zeros((2, 1, 3)))


def test_a_state_of_another_size_or_seed_is_refused() -> None:
    saved = RandomNetworkDistillation(FEW, seed=0).state_dict()
    for other in (
        RandomNetworkDistillation(FEW, seed=1),
        RandomNetworkDistillation(seed=0),
        make_model("count", seed=0),
    ):
        with pytest.raises(ConfigError, match=r"seed 0|hidden 6|kind 'rnd'"):
            other.load_state_dict(saved)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("kept", np.full((3, 5), np.nan)),
        ("kept", np.zeros((3, 4))),
        ("inputs/moments", np.full((3, 5), -1.0)),
        ("inputs/moments", np.zeros((3, 4))),
        ("scale/moments", np.full((3, 1), np.inf)),
        ("predictor/hidden.values", np.zeros((5, 5))),
        ("predictor/output.square", np.full((6, 4), -1.0)),
        ("predictor/steps", np.array(-1)),
        ("features", np.array(2**30)),
    ],
)
def test_damage_is_told(name: str, damage: Array) -> None:
    model = RandomNetworkDistillation(FEW, seed=0)
    run(model, met(np.random.default_rng(0), 0.0))
    saved = dict(model.state_dict())
    assert name in saved
    saved[name] = damage
    with pytest.raises(ConfigError, match="damaged"):
        RandomNetworkDistillation(FEW, seed=0).load_state_dict(saved)


def test_slopes_are_those_of_the_loss() -> None:
    rng = np.random.default_rng(0)
    layers = Layers(*(rng.normal(size=shape) for shape in ((3, 4), (4,), (4, 2), (2,))))
    rows, wanted = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    found = _slopes(layers, rows, wanted)
    for values, slopes in zip(layers, found, strict=True):
        for place in np.ndindex(values.shape):
            losses = []
            for change in (1e-6, -2e-6):
                values[place] += change
                losses.append(np.mean((_outputs(layers, rows) - wanted) ** 2))
            values[place] += 1e-6
            assert slopes[place] == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-5)


def test_adam_goes_downhill() -> None:
    layers = Layers(*(np.ones(shape, np.float32) for shape in ((1, 1), (1,), (1, 1), (1,))))
    adam = Adam(layers, rate=0.01)
    for _ in range(500):
        adam.step(Layers(*(2 * (values - 3) for values in layers)))
    assert all(values == pytest.approx(3.0, abs=0.05) for values in layers)


ROWS = st.lists(
    st.lists(
        st.one_of(st.floats(-1e6, 1e6, width=32), st.just(np.nan), st.just(np.inf)), min_size=2, max_size=2
    ),
    max_size=12,
)


@given(st.lists(ROWS, max_size=4))
def test_moments_are_those_of_all_rows_together(parts: list[list[list[float]]]) -> None:
    moments = RunningMoments(2)
    for part in parts:
        moments.add(np.array(part, np.float32).reshape(-1, 2))
    rows = np.array([row for part in parts for row in part]).reshape(-1, 2)
    for column in range(2):
        known = rows[np.isfinite(rows[:, column]), column]
        expected = known.std() if len(known) else 0.0
        assert moments.deviations[column] == pytest.approx(expected, rel=1e-4, abs=0.1)


class Answers:
    """Answers nothing, and is asked nothing."""

    def submit(self, questions: Sequence[Question]) -> None:
        assert not questions

    def collect(self) -> list[Label]:
        return []


def test_captions_are_listed_by_what_their_steps_were_paid() -> None:
    learned = LearnedReward(make_model("rnd", seed=0), Answers(), num_envs=1, beta=0.0)
    captions = Captions.of([["usual"], ["usual"], ["strange"], [None]] * 8)
    features = np.array([[[0.0]], [[0.1]], [[9.0]], [[0.0]]] * 8, np.float32)
    first = np.zeros(captions.index.shape, bool)
    for _ in range(40):
        learned.pay(captions, first, features)
    best, worst = learned.paid_captions()
    assert (best.caption, worst.caption) == ("strange", "usual")
    assert best.now == best.paid > worst.now
    assert learned.accuracy is None
