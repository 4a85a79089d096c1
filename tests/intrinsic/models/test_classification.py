from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from caption_streams import (
    NOTHING,
    SMALL,
    better,
    column,
    goes_on_alike,
    lights,
    rollouts,
    said,
    shuffled,
    steps_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.models.classification import Classification, helpful_loss
from eureka_agent.intrinsic.models.settings import ModelSettings


def taught(labels: dict[str, float], *, count: int = 160, **changed: object) -> Classification:
    model = Classification(ModelSettings(**changed), seed=1)  # pyright: ignore[reportArgumentType]
    known = [said(text, value) for text, value in labels.items()]
    rollouts(model, known, list(labels)[:20], count=count, each=10)
    return model


@pytest.fixture(scope="module")
def expert() -> Classification:
    return taught(lights(300, seed=0))


def test_learns_a_conjunction_that_no_sum_of_words_can_tell(expert: Classification) -> None:
    fresh = lights(400, seed=99)
    right = (expert.estimate(list(fresh)) > 0.5) == (np.array(list(fresh.values())) > 0.5)
    assert right.mean() > 0.9
    assert expert.verdict.open
    assert expert.verdict.accuracy > 0.9


def test_a_sum_of_words_cannot_tell_it() -> None:
    """What the test above is worth: least squares on single words is at chance."""
    labels, fresh = lights(300, seed=0), lights(400, seed=99)
    words = sorted({word for text in labels for word in text.split()})

    def features(texts: list[str]) -> np.ndarray:
        return np.array([[1.0, *(word in text.split() for word in words)] for text in texts])

    known = features(list(labels))
    penalty = 0.1 * np.eye(known.shape[1])
    weights = np.linalg.solve(known.T @ known + penalty, known.T @ np.array(list(labels.values())))
    guessed = features(list(fresh)) @ weights > 0.5
    assert (guessed == (np.array(list(fresh.values())) > 0.5)).mean() < 0.65


def test_pays_the_probability_above_the_threshold_and_else_nothing(expert: Classification) -> None:
    texts = list(lights(50, seed=5))
    chances = expert.estimate(texts)
    paid = expert.reward(column(texts)).ravel()
    np.testing.assert_allclose(paid, np.where(chances > 0.5, chances, 0.0), atol=1e-5)
    assert 0 < np.count_nonzero(paid) < 50


def test_pays_one_where_it_is_told_to(expert: Classification) -> None:
    hard = Classification(ModelSettings(soft=False, threshold=0.8), seed=1)
    hard.load_state_dict(expert.state_dict())
    texts = list(lights(50, seed=5))
    paid = hard.reward(column(texts)).ravel()
    assert paid.tolist() == (expert.estimate(texts) > 0.8).astype(float).tolist()


@pytest.mark.parametrize("seed", [0, 1])
def test_shuffled_labels_keep_the_gate_closed(seed: int) -> None:
    model = Classification(seed=1)
    labels = shuffled(lights(200, seed), seed)
    known = [said(text, value) for text, value in labels.items()]
    paid = 0
    for number in range(40):
        model.ingest(known[number * 5 : (number + 1) * 5])
        model.observe(column(list(labels)[:10]))
        paid += bool(model.reward(column(list(labels)[:10])).any())
    assert paid <= 2


def test_pays_nothing_before_enough_labels_are_held_out() -> None:
    labels = {f"word{i} good": 1.0 for i in range(20)} | {f"word{i} bad": 0.0 for i in range(20)}
    model = taught(labels, count=20, enough=50)
    assert (model.estimate(["new good"]) > model.estimate(["new bad"])).all()
    assert not model.reward(column(["new good", "new bad"])).any()
    assert taught(labels, count=20, enough=3, enough_of_each=1).reward(column(["new good"])).item() > 0.5


def test_the_gate_closes_again_when_held_out_labels_contradict_it(expert: Classification) -> None:
    model = Classification(seed=1)
    model.load_state_dict(expert.state_dict())
    assert model.informed
    model.ingest([said(text, 1 - value) for text, value in lights(300, seed=0).items()])
    assert not model.informed
    assert not model.reward(column(list(lights(20, seed=5)))).any()


def test_of_two_labels_of_one_caption_the_later_stands() -> None:
    twice, once = Classification(SMALL, seed=1), Classification(SMALL, seed=1)
    texts = [f"caption {i}" for i in range(10)]
    twice.ingest([said(text, 0.0) for text in texts] + [said(text, 1.0) for text in texts])
    once.ingest([said(text, 1.0) for text in texts])
    for name in ("student/lessons/values", "student/lessons/keys", "student/exam/values"):
        np.testing.assert_array_equal(twice.state_dict()[name], once.state_dict()[name])


def test_learning_is_bounded_and_credits_are_kept() -> None:
    limits = ModelSettings(updates_per_label=2.0, most_updates=5, most_credits=60, hold_out=10**9)
    model = Classification(limits, seed=1)
    model.ingest([said(f"caption {i}", i % 2) for i in range(10)])
    done = []
    for _ in range(6):
        before = model.state_dict()["student/progress"][0]
        model.observe(column(["caption 1"]))
        done.append(model.state_dict()["student/progress"][0] - before)
    assert done == [5, 5, 5, 5, 0, 0]
    model.ingest([said(f"more {i}", i % 2) for i in range(1_000)])
    assert model.state_dict()["student/progress"][1] == 60


def test_a_label_that_is_repeated_pays_for_nothing() -> None:
    model = Classification(ModelSettings(hold_out=10**9), seed=1)
    for _ in range(10):
        model.ingest([said("a", 1.0)])
    assert model.state_dict()["student/progress"][1] == ModelSettings().updates_per_label


def test_learning_rests_when_the_held_out_loss_does_not_fall() -> None:
    labels = shuffled(lights(120, seed=3), seed=3)
    restless = taught(labels, count=60, updates_per_label=8.0, patience=10**6)
    patient = taught(labels, count=60, updates_per_label=8.0, patience=5)
    assert updates(patient) < updates(restless)


def updates(model: Classification) -> float:
    return model.state_dict()["student/progress"][0]


def rested(**changed: object) -> Classification:
    """Return a model that has learned what can be learned from labels without meaning."""
    labels = shuffled(lights(120, seed=3), seed=3)
    model = taught(labels, count=60, few=1, updates_per_label=8.0, patience=2, **changed)
    before = updates(model)
    rollouts(model, [], list(labels)[:5], count=3, each=1)
    assert updates(model) == before
    return model


@pytest.mark.parametrize("news", ["changed", "new"])
def test_a_model_that_rests_wakes_with_as_many_labels_where_no_more_are_kept(news: str) -> None:
    """All labels that there is room for were there when it began to rest, so that they cannot grow."""
    room = ModelSettings().most_labels if news == "changed" else 60
    model = rested(most_labels=room)
    old = shuffled(lights(120, seed=3), seed=3)
    told = {text: 1 - value for text, value in old.items()} if news == "changed" else lights(120, seed=8)
    before, kept = updates(model), len(model.state_dict()["student/lessons/values"])
    rollouts(model, [said(text, value) for text, value in told.items()], list(told)[:5], count=4, each=30)
    assert len(model.state_dict()["student/lessons/values"]) == kept
    assert updates(model) > before


def test_a_model_that_rests_is_not_woken_by_a_few_labels() -> None:
    model = rested()
    before = updates(model)
    rollouts(model, [said(f"new {i}", 1.0) for i in range(5)], ["new 1"], count=4, each=5)
    assert updates(model) == before


def test_thousands_of_captions_leave_as_many_as_allowed() -> None:
    model = Classification(SMALL, seed=1)
    for batch in range(5):
        model.ingest([said(f"caption {batch} {i}", 1.0) for i in range(400)])
        model.observe(column([f"caption {batch} {i}" for i in range(50)]))
        saved = model.state_dict()
        assert len(saved["student/lessons/values"]) == SMALL.most_labels
        assert len(saved["student/exam/values"]) == SMALL.most_held_out


def test_asks_captions_without_a_label_by_frequency_while_the_gate_is_closed() -> None:
    model = Classification(seed=1)
    model.ingest([said("known", 1.0), better("rare", "often")])
    asked = model.observe(column(["rare", "often", "known", "often"]))
    assert [question.captions for question in asked] == [("often",), ("rare",)]


def test_asks_by_acquisition_when_the_gate_is_open(expert: Classification) -> None:
    texts = list(lights(60, seed=7))
    for acquisition in ("optimism", "disagreement"):
        model = Classification(ModelSettings(acquisition=acquisition, optimism=0.5), seed=1)
        model.load_state_dict(expert.state_dict())
        asked = [question.captions[0] for question in model.observe(column(texts))]
        chance = np.clip(model.estimate(asked), 1e-9, 1 - 1e-9)
        doubt = -chance * np.log2(chance) - (1 - chance) * np.log2(1 - chance)
        score = doubt if acquisition == "disagreement" else chance + 0.5 * doubt
        assert (np.diff(score) < 1e-4).all()


def test_no_more_questions_than_allowed() -> None:
    model = Classification(ModelSettings(questions=7), seed=1)
    assert len(model.observe(column([f"caption {i}" for i in range(50)]))) == 7


def test_labels_of_other_variants_teach_it_nothing() -> None:
    model = Classification(SMALL, seed=1, variant="stern")
    model.ingest([said(f"caption {i}", 1.0) for i in range(30)])
    assert len(model.state_dict()["student/lessons/values"]) == 0
    assert {q.variant for q in model.observe(column(["a", "b"]))} == {"stern"}


def test_steps_without_captions_are_paid_nothing(expert: Classification) -> None:
    assert expert.reward(steps_of([None, None])).tolist() == [[0, 0]]
    assert expert.reward(NOTHING).shape == (0, 3)
    assert expert.observe(NOTHING) == []


def test_errors_are_those_on_held_out_labels(expert: Classification) -> None:
    errors = expert.errors()
    assert len(errors) == expert.verdict.labels
    assert 1 - np.mean(list(errors.values())) == pytest.approx(expert.verdict.accuracy, abs=0.05)


def test_a_model_without_labels_errs_about_nothing() -> None:
    model = Classification(SMALL, seed=1)
    assert model.errors() == {}
    assert np.isfinite(model.estimate(["anything"])).all()
    assert model.estimate([]).shape == (0,)


def test_the_loss_weighs_both_answers_alike_and_its_slopes_are_right() -> None:
    outputs, values = np.array([[0.3], [-1.2], [0.7]]), np.array([0.8, 0.0, 0.5])
    found = helpful_loss(outputs, values, share=0.2, extra=0.0)
    chances = 1 / (1 + np.exp(-outputs[:, 0]))
    expected = [-2.5 * 0.6 * math.log(chances[0]), -0.625 * math.log(1 - chances[1]), 0.0]
    np.testing.assert_allclose(found.losses, expected)
    step = 1e-6
    moved = helpful_loss(outputs + step, values, share=0.2, extra=0.0).losses
    np.testing.assert_allclose((moved - found.losses) / step, found.by_output[:, 0], rtol=1e-4)


def test_a_label_that_is_barely_yes_is_not_taken_for_no() -> None:
    """The mean of these labels is 0.65; a small model's odds are as lopsided."""
    values = {"red": 0.95, "green": 0.6, "blue": 0.4}
    labels = {f"{colour} lamp number {number}": v for colour, v in values.items() for number in range(80)}
    model = taught(labels)
    assert model.informed
    chances = model.estimate([f"{colour} lamp number 200" for colour in values])
    np.testing.assert_array_equal(chances > 0.5, [True, True, False])


def test_states_of_other_kinds_and_encoders_are_refused(expert: Classification) -> None:
    from eureka_agent.intrinsic.models.ranking import Ranking

    with pytest.raises(ConfigError, match="kind 'classification', not 'ranking'"):
        Ranking(seed=1).load_state_dict(expert.state_dict())
    with pytest.raises(ConfigError, match="encoder 'words', not 'characters'"):
        Classification(ModelSettings(encoder="characters"), seed=1).load_state_dict(expert.state_dict())


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["words", "characters"]), st.sampled_from([None, 2]))
def test_a_restored_model_goes_on_alike(seed: int, encoder: str, member: int | None) -> None:
    made = replace(SMALL, encoder=encoder)  # pyright: ignore[reportArgumentType]
    goes_on_alike(lambda: Classification(made, seed=seed, member=member), seed, pairs=False)
