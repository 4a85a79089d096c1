"""How often answers are wrong by chance, and what follows."""

from __future__ import annotations

import numpy as np
import pytest
from annotator_fakes import ask
from hypothesis import example, given
from hypothesis import strategies as st

from eureka_agent.intrinsic.annotation.noise import Noise, RecentAgreement, noise_of, softened
from eureka_agent.intrinsic.annotation.questions import Label
from eureka_agent.intrinsic.shares import Share

NONE = Share(0, 0)


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.3])
def test_the_rate_is_found_from_repeated_answers(rate: float) -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 4_000)
    answers = (truth[:, None] ^ (rng.random((4_000, 3)) < rate)).astype(float)
    assert noise_of(answers.tolist()).rate == pytest.approx(rate, abs=0.015)


def test_ties_and_single_answers_say_nothing_of_noise() -> None:
    assert noise_of([[1.0], [0.5, 0.5], [0.5, 1.0], []]) == Noise(0.0, Share(0, 0))
    assert noise_of([[1.0, 0.0, 0.5], [1.0, 1.0]]) == Noise(0.49, Share(1, 2))


def test_answers_that_contradict_each_other_all_the_time_leave_a_rate_below_one_half() -> None:
    assert noise_of([[1.0, 0.0]] * 5).rate == 0.49


def test_one_vote_is_as_sure_as_the_noise_allows_and_more_are_surer() -> None:
    labels = [Label(ask("a"), 1.0), Label(ask("b"), 0.0), Label(ask("c"), 1.0, votes=2), Label(ask("d"), 0.5)]
    soft = softened(labels, Noise(0.2, NONE))
    assert [label.value for label in soft] == pytest.approx([0.8, 0.2, 0.64 / 0.68, 0.5])
    assert [label.question for label in soft] == [label.question for label in labels]
    assert [label.votes for label in soft] == [1, 1, 2, 1]


def test_votes_of_three_to_one_count_as_two_more() -> None:
    (label,) = softened([Label(ask("a"), 0.75, votes=4)], Noise(0.1, NONE))
    assert label.value == pytest.approx(0.81 / 0.82)


@given(st.floats(0, 1), st.integers(1, 10_000), st.floats(0, 0.49))
@example(0.5, 1, 5e-324)
@example(1.0, 10_000, 5e-324)
def test_softened_labels_are_labels_and_keep_their_side(value: float, votes: int, rate: float) -> None:
    (label,) = softened([Label(ask("a"), value, votes)], Noise(rate, NONE))
    assert 0.0 <= label.value <= 1.0
    assert (label.value - 0.5) * (value - 0.5) >= 0.0


def test_agreement_with_the_newest_labels_forgets_the_old_ones() -> None:
    recent = RecentAgreement(window=4)
    assert recent.share == Share(0, 0)
    good = [Label(ask("a"), 1.0), Label(ask("b"), 0.0), Label(ask("c"), 0.5), Label(ask("d"), 1.0)]
    recent.add([0.9, 0.1, 0.9, 0.7], good)
    assert recent.share == Share(3, 3)
    recent.add([0.2, 0.2, 0.8], [good[0], good[3], good[1]])
    assert recent.share == Share(1, 4)


def test_expectations_and_labels_belong_together() -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        RecentAgreement().add([1.0], [])
