from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from caption_streams import SMALL, better, column, goes_on_alike, said
from hypothesis import given, settings
from hypothesis import strategies as st

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.models.classification import Classification
from eureka_agent.intrinsic.models.ensemble import Ensemble, blended
from eureka_agent.intrinsic.models.kinds import make_model
from eureka_agent.intrinsic.models.model import CaptionedSteps
from eureka_agent.intrinsic.models.retrieval import Retrieval
from eureka_agent.intrinsic.models.settings import ModelSettings
from eureka_agent.intrinsic.saving import Saved

VALUES = np.array([[0.0, 1.0], [1.0, 1.0], [0.5, 1.0], [0.5, 1.0]])


@dataclass
class Opinion:
    """A member with fixed estimates, which it pays."""

    estimates: Mapping[str, float]
    wrong: Mapping[tuple[str, ...], bool] = field(default_factory=dict)
    informed: bool = True
    questions: Sequence[Question] | None = None

    def ingest(self, labels: Sequence[Label]) -> None:
        del labels

    def observe(self, steps: CaptionedSteps) -> Sequence[Question]:
        return self.questions or [Question((text,)) for text in steps.captions.texts]

    def reward(self, steps: CaptionedSteps) -> np.ndarray:
        return steps.captions.spread(self.estimate(steps.captions.texts))

    def estimate(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self.estimates[text] for text in texts])

    def expected(self, questions: Sequence[Question]) -> np.ndarray:
        return np.array([self.estimates[question.captions[0]] for question in questions])

    def errors(self) -> Mapping[tuple[str, ...], bool]:
        return self.wrong

    def state_dict(self) -> Saved:
        return {}

    def load_state_dict(self, saved: Saved) -> None:
        del saved


def test_blends_are_what_they_say() -> None:
    deviation = np.sqrt(np.mean(np.array([0.5, 0.5, 0.0, 0.0]) ** 2))
    np.testing.assert_allclose(blended("mean", VALUES, 0.5), [0.5, 1.0])
    np.testing.assert_allclose(blended("worst", VALUES, 0.5), [0.0, 1.0])
    np.testing.assert_allclose(blended("uncertainty", VALUES, 0.5), [0.5 - 0.5 * deviation, 1.0])
    np.testing.assert_allclose(blended("nominal_to_minimum", VALUES, 0.25), [0.125, 1.0])


def test_the_blend_is_what_is_paid() -> None:
    members = [Opinion({"a": 0.25, "b": 1.0}), Opinion({"a": 0.75, "b": 0.0})]
    paid = {
        blend: Ensemble(members, blend=blend).reward(column(["a", "b"])).ravel().tolist()
        for blend in ("mean", "worst")
    }
    assert paid == {"mean": [0.5, 0.5], "worst": [0.25, 0.0]}


def test_questions_are_merged_without_repeats() -> None:
    members = [
        Opinion({}, informed=False, questions=[Question(("a",)), Question(("b",))]),
        Opinion(
            {}, informed=False, questions=[Question(("b",)), Question(("b",), "stern"), Question(("c",))]
        ),
    ]
    asked = Ensemble(members).observe(column(["a", "b", "c"]))
    assert asked == [Question(("a",)), Question(("b",)), Question(("b",), "stern"), Question(("c",))]


def test_a_pair_in_both_orders_is_asked_once() -> None:
    members = [Opinion({}, informed=False, questions=[Question(pair)]) for pair in (("a", "b"), ("b", "a"))]
    assert Ensemble(members).observe(column(["a", "b"])) == [Question(("a", "b"))]


def test_asks_first_what_may_be_very_good_or_what_members_disagree_about() -> None:
    members = [
        Opinion({"sure": 0.95, "disputed": 0.1, "bad": 0.0, "open": 0.4}),
        Opinion({"sure": 0.95, "disputed": 0.9, "bad": 0.1, "open": 0.6}),
    ]
    steps = column(["bad", "open", "sure", "disputed"])
    for acquisition, expected in {
        "optimism": ["sure", "disputed", "open", "bad"],
        "disagreement": ["disputed", "open", "bad", "sure"],
    }.items():
        ensemble = Ensemble(members, settings=ModelSettings(acquisition=acquisition, optimism=1.0))  # pyright: ignore
        assert [question.captions[0] for question in ensemble.observe(steps)] == expected


def test_pairs_are_asked_where_members_disagree_which_is_better() -> None:
    even, disputed = Question(("a", "b")), Question(("a", "c"))
    members = [
        Opinion({"a": 0.0, "b": 1.0, "c": 2.0}, questions=[even, disputed]),
        Opinion({"a": 1.0, "b": 2.0, "c": -2.0}, questions=[even, disputed]),
    ]
    ensemble = Ensemble(members, settings=ModelSettings(acquisition="disagreement"))
    assert ensemble.observe(column(["a", "b", "c"])) == [disputed, even]


def test_members_with_a_variant_learn_from_its_labels_alone() -> None:
    members = [Retrieval(variant=name) for name in ("mild", "stern")]
    ensemble = Ensemble(members, blend="mean")
    ensemble.ingest([said("a", 1.0, "mild"), said("b", 1.0, "mild"), said("b", 1.0, "stern")])
    assert ensemble.reward(column(["a", "b"])).ravel().tolist() == [0.5, 1.0]
    assert ensemble.observe(column(["a"])) == [Question(("a",), "stern")]


def test_members_without_one_share_labels_and_weigh_them_differently() -> None:
    members = [Classification(SMALL, seed=1, member=number) for number in (0, 1)]
    ensemble = Ensemble(members)
    labels = [said(f"caption {i}", i % 2) for i in range(20)]
    ensemble.ingest(labels)
    states = [member.state_dict() for member in members]
    keys, weights = [
        [state[f"student/lessons/{name}"].tolist() for state in states] for name in ("keys", "weights")
    ]
    assert keys[0] == keys[1]
    assert weights[0] != weights[1]
    again = Classification(SMALL, seed=2, member=1)
    again.ingest(labels[::-1])
    assert sorted(again.state_dict()["student/lessons/weights"]) == sorted(weights[1])


def test_shared_errors_stand_beside_what_independence_would_give() -> None:
    alike = {(f"c{i}",): i < 2 for i in range(10)}
    other = {(f"c{i}",): i in (1, 9) for i in range(10)}
    apart = {("elsewhere",): True}
    found = Ensemble([Opinion({}, wrong) for wrong in (alike, alike, other, apart)]).shared_errors()
    np.testing.assert_allclose(found.together[0, :3], [0.2, 0.2, 0.1])
    np.testing.assert_allclose(found.expected[0, :3], [0.04, 0.04, 0.04])
    assert found.labels.tolist()[0] == [10, 10, 10, 0]
    assert np.isnan(found.together[0, 3])
    assert np.isnan(found.expected[3, 0])
    np.testing.assert_array_equal(found.together, found.together.T)


def test_an_ensemble_errs_where_at_least_half_of_its_members_do() -> None:
    opinions = [{("a",): True, ("b",): True, ("c",): False}, {("a",): True, ("b",): False, ("c",): False}]
    errors = Ensemble([Opinion({}, wrong) for wrong in [*opinions, {("d",): True}]]).errors()
    assert errors == {("a",): True, ("b",): True, ("c",): False, ("d",): True}


def test_members_hold_out_the_same_labels() -> None:
    ensemble = make_model("classification", seed=1, ensemble=3, settings=SMALL)
    assert isinstance(ensemble, Ensemble)
    ensemble.ingest([said(f"caption {i}", i % 2) for i in range(40)])
    labels = ensemble.shared_errors().labels
    assert labels.min() == labels.max() > 3


def test_no_members_and_unknown_blends_are_refused() -> None:
    with pytest.raises(ValueError, match="has members"):
        Ensemble([])
    with pytest.raises(ConfigError, match="Did you mean 'worst'"):
        Ensemble([Retrieval()], blend="wurst")  # pyright: ignore[reportArgumentType]


def test_the_state_of_one_member_or_of_fewer_is_refused() -> None:
    two = make_model("ranking", seed=1, ensemble=2, settings=SMALL)
    with pytest.raises(ConfigError, match="members 2, not 3"):
        make_model("ranking", seed=1, ensemble=3, settings=SMALL).load_state_dict(two.state_dict())
    with pytest.raises(ConfigError, match="kind 'ensemble', not 'ranking'"):
        make_model("ranking", seed=1, settings=SMALL).load_state_dict(two.state_dict())
    two.ingest([better("a", "b")])


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["classification", "ranking"]))
def test_a_restored_ensemble_goes_on_alike(seed: int, kind: str) -> None:
    goes_on_alike(
        lambda: make_model(kind, seed=seed, ensemble=2, blend="uncertainty", settings=SMALL),
        seed,
        pairs=kind == "ranking",
    )
