from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
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
    steps_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.noise import Noise, softened
from eureka_agent.intrinsic.annotation.questions import Label
from eureka_agent.intrinsic.models.gate import Verdict
from eureka_agent.intrinsic.models.ranking import Ranking, davidson_loss
from eureka_agent.intrinsic.models.settings import ModelSettings
from eureka_agent.intrinsic.shares import Share


def compared(worth: dict[str, float], count: int, seed: int) -> list[Label]:
    rng = np.random.default_rng(seed)
    texts = list(worth)
    pairs = [rng.choice(len(texts), 2, replace=False) for _ in range(count)]
    return [
        better(texts[i], texts[j], (1 + np.sign(worth[texts[i]] - worth[texts[j]])) / 2) for i, j in pairs
    ]


@pytest.fixture(scope="module")
def expert() -> Ranking:
    worth = lights(300, seed=0)
    model = Ranking(seed=1)
    rollouts(model, compared(worth, 450, seed=1), list(worth)[:40], count=120, each=10)
    return model


def test_learns_a_conjunction_from_pairs(expert: Ranking) -> None:
    fresh = lights(200, seed=99)
    scores, good = expert.estimate(list(fresh)), np.array(list(fresh.values())) > 0.5
    assert (scores[good][:, None] > scores[~good][None, :]).mean() > 0.9
    assert expert.verdict.open


def test_the_paid_tensor_is_the_normalised_thresholded_one(expert: Ranking) -> None:
    """The original wrote it to a variable that nothing read, and paid the raw score (arXiv 2410.23022)."""
    texts = list(lights(60, seed=5))
    often = [text for number, text in enumerate(texts) for _ in range(1 + number % 3)]
    model = Ranking(ModelSettings(memory=0.0), seed=1)
    model.load_state_dict(expert.state_dict())
    model.observe(column(often))
    raw = model._student.outputs(often)
    cut = np.sort(raw)[math.ceil(len(raw) / 2) - 1]
    expected = np.clip((raw - cut) / raw.std(), 0, 5)
    paid = model.reward(column(often)).ravel()
    np.testing.assert_allclose(paid, expected, atol=1e-3)
    assert 0.2 < (paid > 0).mean() <= 0.5
    assert np.abs(paid - raw).max() > 0.1


class Scores:
    """Stands for what was learned: captions are numbers, and these their scores."""

    def outputs(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([float(text) for text in texts])

    def learn(self) -> int:
        return 0

    def __contains__(self, key: object) -> bool:
        return False


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=40), st.sampled_from([0.0, 0.25, 0.5, 0.9]))
def test_nothing_is_paid_below_zero_and_a_better_caption_never_less(scores: list[int], share: float) -> None:
    """Where few captions are far better than most, the median lies below the mean."""
    model = Ranking(ModelSettings(memory=0.0, quantile=share), seed=1)
    model._student = Scores()  # pyright: ignore[reportAttributeAccessIssue]
    model.verdict = Verdict(open=True, accuracy=1.0, low=0.9, labels=100)
    steps = column([str(score) for score in sorted(scores)])
    model.observe(steps)
    paid = model.reward(steps).ravel()
    assert (paid >= 0).all()
    assert (np.diff(paid) >= 0).all()
    assert (paid[-1] > 0) == (max(scores) > sorted(scores)[max(0, math.ceil(share * len(scores)) - 1)])


@pytest.mark.parametrize("quantile", [0.25, 0.9])
def test_pays_above_the_quantile_of_what_was_encountered(expert: Ranking, quantile: float) -> None:
    model = Ranking(ModelSettings(memory=0.0, quantile=quantile, clip=0.05), seed=1)
    model.load_state_dict(expert.state_dict())
    steps = column(list(lights(80, seed=5)))
    model.observe(steps)
    paid = model.reward(steps)
    above = round(80 * (1 - quantile))
    assert above - 8 <= np.count_nonzero(paid) <= above
    assert paid.max() == pytest.approx(0.05)


def test_one_caption_alone_is_no_better_than_others(expert: Ranking) -> None:
    model = Ranking(ModelSettings(memory=0.0), seed=1)
    model.load_state_dict(expert.state_dict())
    steps = column(["you rest"] * 4)
    model.observe(steps)
    assert not model.reward(steps).any()


@pytest.mark.parametrize("seed", [0, 1])
def test_random_answers_keep_the_gate_closed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = Ranking(seed=1)
    texts = list(lights(60, seed=seed))
    labels = [
        replace(label, value=float(rng.choice([0.0, 0.5, 1.0])))
        for label in compared(dict.fromkeys(texts, 0.0), 200, seed)
    ]
    paid = 0
    for number in range(40):
        model.ingest(labels[number * 5 : (number + 1) * 5])
        model.observe(column(texts[:20]))
        paid += bool(model.reward(column(texts[:20])).any())
    assert paid <= 2


def test_the_tie_parameter_is_learned() -> None:
    texts = list(lights(40, seed=0))
    worth = dict.fromkeys(texts, 0.0)
    always, never = Ranking(seed=1), Ranking(seed=1)
    ties = compared(worth, 100, seed=0)
    wins = compared({text: float(i) for i, text in enumerate(texts)}, 100, seed=0)
    rollouts(always, ties, texts, count=30, each=10)
    rollouts(never, wins, texts, count=30, each=10)
    assert always.log_ties > 0.5 > -1.0 > never.log_ties


def test_a_pair_in_the_other_order_is_the_same_label() -> None:
    one, other = Ranking(SMALL, seed=1), Ranking(SMALL, seed=1)
    one.ingest([better("a", "b", 0.8), better("d", "c", 0.0)])
    other.ingest([better("b", "a", 0.2), better("c", "d", 1.0)])
    for name in ("student/lessons/keys", "student/exam/keys"):
        np.testing.assert_array_equal(one.state_dict()[name], other.state_dict()[name])
    np.testing.assert_allclose(
        one.state_dict()["student/lessons/values"], other.state_dict()["student/lessons/values"]
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1_000))
def test_no_pair_is_proposed_twice_or_after_its_answer(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = Ranking(replace(SMALL, most_asked=1_000), seed=seed)
    answered = [better("t1", "t0"), better("t2", "t5", 0.5)]
    model.ingest(answered)
    known = {label.question.key for label in answered}
    for _ in range(8):
        texts = [f"t{rng.integers(6)}" for _ in range(10)]
        for question in model.observe(column(texts)):
            assert question.is_pair
            assert question.key not in known
            known.add(question.key)
    assert len(known) <= 15


def test_pairs_whose_answers_never_came_are_asked_again() -> None:
    model = Ranking(ModelSettings(unanswered=5), seed=1)
    steps = column([f"level {i}" for i in range(6)])
    asked = [len({q.key for q in model.observe(steps)}) for _ in range(12)]
    assert sum(asked[:5]) == 15
    assert sum(asked[5:]) >= 15
    saved = model.state_dict()
    resumed = Ranking(ModelSettings(unanswered=5), seed=1)
    resumed.load_state_dict(saved)
    assert sum(len(resumed.observe(steps)) for _ in range(4)) == 15


def test_each_new_caption_is_compared_a_few_times() -> None:
    model = Ranking(ModelSettings(pairs=40, comparisons=3), seed=1)
    model.observe(column([f"old {i}" for i in range(20)]))
    new = ["new key", "new door", "new lamp"]
    pairs = model.observe(column(["old 1"] * 50 + new))
    often = Counter(text for question in pairs for text in question.captions)
    assert all(often[text] >= 3 for text in new)


def test_either_caption_may_come_first() -> None:
    model = Ranking(ModelSettings(pairs=64), seed=1)
    pairs = model.observe(column([f"caption {i:02}" for i in range(40)]))
    firsts = sum(question.captions[0] < question.captions[1] for question in pairs)
    assert len(pairs) == 64
    assert 16 < firsts < 48


def test_pairs_that_are_nearly_even_are_asked_first(expert: Ranking) -> None:
    texts = list(lights(40, seed=7))
    model = Ranking(ModelSettings(acquisition="disagreement", memory=0.0, comparisons=1, pairs=10), seed=1)
    model.load_state_dict(expert.state_dict())
    model.observe(column(texts))
    asked = [q for _ in range(20) for q in model.observe(column(texts))]
    fresh = asked[-60:]
    gap = [abs(np.diff(model._student.outputs(q.captions))[0]) for q in fresh]
    drawn = np.random.default_rng(0).choice(model._student.outputs(texts), (500, 2))
    assert np.mean(gap) < 0.6 * np.abs(np.diff(drawn)).mean()


def test_thousands_of_captions_leave_as_many_as_allowed() -> None:
    model = Ranking(SMALL, seed=1)
    for batch in range(5):
        model.ingest([better(f"a {batch} {i}", f"b {batch} {i}") for i in range(200)])
        model.observe(column([f"caption {batch} {i}" for i in range(200)]))
        saved = model.state_dict()
        assert len(saved["student/lessons/values"]) == SMALL.most_labels
        assert len(saved["student/exam/values"]) == SMALL.most_held_out
        assert len(saved["encountered/weights"]) == SMALL.remembered
        assert len(model._asked) <= 2 * SMALL.most_asked


def test_labels_of_single_captions_and_other_variants_teach_it_nothing() -> None:
    model = Ranking(SMALL, seed=1, variant="stern")
    model.ingest([said("a", 1.0, "stern"), better("a", "b"), better("a", "b", variant="mild")])
    assert len(model._student.lessons) + len(model._student.exam) == 0
    assert {q.variant for q in model.observe(column(["a", "b"]))} == {"stern"}


def test_steps_without_captions_are_paid_nothing(expert: Ranking) -> None:
    fresh = Ranking(seed=1)
    for model in (fresh, expert):
        assert model.reward(steps_of([None, None])).tolist() == [[0, 0]]
        assert model.reward(NOTHING).shape == (0, 3)
    assert fresh.observe(NOTHING) == []
    assert fresh.observe(column(["alone"])) == []


def test_errors_leave_ties_out(expert: Ranking) -> None:
    errors = expert.errors()
    assert len(errors) == expert.verdict.labels < len(expert._student.exam)
    assert 1 - np.mean(list(errors.values())) == pytest.approx(expert.verdict.accuracy)


def test_a_model_without_labels_errs_about_nothing() -> None:
    model = Ranking(SMALL, seed=1)
    assert model.errors() == {}
    assert model.estimate(["anything"]).tolist() == [0.0]
    assert model.estimate([]).shape == (0,)


def test_the_loss_is_davidsons() -> None:
    outputs = np.array([[1.5, 0.5], [0.2, 0.9], [0.0, 2.0]])
    values, log_ties = np.array([1.0, 0.5, 0.25]), -0.3
    strength, ties = np.exp(outputs), math.exp(log_ties)
    between = ties * np.sqrt(strength.prod(axis=1))
    total = strength.sum(axis=1) + between
    expected = [
        -math.log(strength[0, 0] / total[0]),
        -math.log(between[1] / total[1]),
        -0.25 * math.log(strength[2, 0] / total[2]) - 0.75 * math.log(strength[2, 1] / total[2]),
    ]
    found = davidson_loss(outputs, values, share=0.5, extra=log_ties)
    np.testing.assert_allclose(found.losses, expected)
    step = 1e-6
    for place in (0, 1):
        moved = outputs.copy()
        moved[:, place] += step
        slope = (davidson_loss(moved, values, share=0.5, extra=log_ties).losses - found.losses) / step
        np.testing.assert_allclose(found.by_output[:, place], slope, atol=1e-5)
    slope = (davidson_loss(outputs, values, share=0.5, extra=log_ties + step).losses - found.losses) / step
    np.testing.assert_allclose(found.by_extra, slope, atol=1e-5)


@pytest.mark.parametrize("value", [0.6, 0.8, 0.95])
def test_an_uncertain_label_asks_for_a_lead_of_its_log_odds_and_no_tie(value: float) -> None:
    """Softened labels are margins: taken as ties they would let leads grow without an end."""
    outputs, log_ties = np.zeros((1, 2)), -0.5
    for _ in range(8_000):
        found = davidson_loss(outputs, np.array([value]), share=0.5, extra=log_ties)
        outputs = outputs - 0.5 * found.by_output
        log_ties -= 0.5 * float(np.asarray(found.by_extra).item())
    assert outputs[0, 0] - outputs[0, 1] == pytest.approx(math.log(value / (1 - value)), rel=0.05)
    assert log_ties < -4.0


def test_softened_labels_are_learned_with_smaller_leads() -> None:
    texts = [f"{state} torch {n}" for n in range(30) for state in ("lit", "cold")]
    leads = []
    for rate in (0.0, 0.1, 0.3):
        pairs = [better(texts[2 * n], texts[2 * m + 1]) for n in range(30) for m in range(5)]
        model = Ranking(seed=0)
        rollouts(model, softened(pairs, Noise(rate, Share(0, 0))), texts, count=60, each=5)
        lit, cold = model._student.outputs(texts).reshape(-1, 2).mean(axis=0)
        leads.append(lit - cold)
    assert leads[0] > leads[1] > leads[2] > 0.0


def test_a_state_of_another_kind_is_refused() -> None:
    from eureka_agent.intrinsic.models.retrieval import Retrieval

    with pytest.raises(ConfigError, match="kind 'ranking', not 'retrieval'"):
        Retrieval().load_state_dict(Ranking(SMALL, seed=1).state_dict())


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["words", "characters"]), st.sampled_from([None, 2]))
def test_a_restored_model_goes_on_alike(seed: int, encoder: str, member: int | None) -> None:
    made = replace(SMALL, encoder=encoder)  # pyright: ignore[reportArgumentType]
    goes_on_alike(lambda: Ranking(made, seed=seed, member=member), seed, pairs=True)
