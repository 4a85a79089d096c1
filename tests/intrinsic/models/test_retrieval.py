from __future__ import annotations

import numpy as np
import pytest
from annotator_fakes import Answering
from caption_streams import NOTHING, SMALL, better, column, goes_on_alike, said, steps_of
from hypothesis import given, settings
from hypothesis import strategies as st

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.asking import SynchronousAnnotation
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.questions import Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.learned import LearnedReward
from eureka_agent.intrinsic.models.retrieval import Retrieval
from eureka_agent.intrinsic.models.settings import ModelSettings

SOFT = ModelSettings(retrieval_threshold=None)


def test_pays_the_label_of_each_caption_and_nothing_for_others() -> None:
    model = Retrieval(SOFT)
    model.ingest([said("key found", 1.0), said("wall hit", 0.25)])
    paid = model.reward(steps_of(["key found", "new"], [None, "wall hit"]))
    np.testing.assert_array_equal(paid, np.array([[1.0, 0.0], [0.0, 0.25]], np.float32))
    assert paid.dtype == np.float32


def test_with_a_threshold_it_pays_one_above_it() -> None:
    model = Retrieval(ModelSettings(retrieval_threshold=0.6))
    model.ingest([said("a", 0.61), said("b", 0.6), said("c", 1.0)])
    assert model.reward(column(["a", "b", "c", "d"])).ravel().tolist() == [1, 0, 1, 0]


def test_nothing_is_paid_for_a_caption_of_which_the_annotator_was_unsure() -> None:
    model = Retrieval()
    model.ingest([said("cannot tell", 0.5), said("good", 1.0)])
    assert model.reward(column(["cannot tell", "good"])).ravel().tolist() == [0, 1]


def test_a_threshold_of_zero_pays_for_no_caption_without_a_label() -> None:
    model = Retrieval(ModelSettings(retrieval_threshold=0.0))
    model.ingest([said("a", 0.1)])
    assert model.reward(column(["a", "b"])).ravel().tolist() == [1, 0]


def test_asks_every_caption_without_a_label_the_most_frequent_first() -> None:
    model = Retrieval()
    model.ingest([said("known", 1.0)])
    asked = model.observe(column(["rare", "often", "known", "often", "known", "known"]))
    assert asked == [Question(("often",)), Question(("rare",))]


def test_of_two_labels_the_later_stands() -> None:
    model = Retrieval(SOFT)
    model.ingest([said("a", 0.0), said("a", 1.0)])
    assert model.reward(column(["a"])).item() == 1.0
    model.ingest([said("a", 0.25)])
    assert model.reward(column(["a"])).item() == 0.25


def test_pairs_and_other_variants_teach_it_nothing() -> None:
    model = Retrieval(SOFT, variant="stern")
    model.ingest([better("a", "b"), said("a", 1.0), said("b", 1.0, "mild")])
    assert len(model) == 0
    model.ingest([said("a", 1.0, "stern")])
    assert model.reward(column(["a", "b"])).ravel().tolist() == [1, 0]
    assert model.observe(column(["b"])) == [Question(("b",), "stern")]


def test_the_captions_not_seen_for_longest_are_dropped() -> None:
    model = Retrieval(ModelSettings(capacity=2))
    model.ingest([said("a", 1.0), said("b", 1.0)])
    model.observe(column(["a"]))
    model.ingest([said("c", 1.0)])
    assert model.reward(column(["a", "b", "c"])).ravel().tolist() == [1, 0, 1]


def test_ten_thousand_captions_leave_as_many_as_allowed() -> None:
    model = Retrieval(ModelSettings(capacity=50))
    for batch in range(10):
        model.ingest([said(f"caption {batch} {i}", 1.0) for i in range(1_000)])
        assert len(model) == 50


def test_steps_without_captions_and_no_steps_are_paid_nothing() -> None:
    model = Retrieval()
    assert model.reward(steps_of([None, None])).tolist() == [[0, 0]]
    assert model.reward(NOTHING).shape == (0, 3)
    assert model.observe(NOTHING) == []


def test_unknown_captions_are_estimated_half() -> None:
    model = Retrieval()
    model.ingest([said("a", 0.9)])
    assert model.estimate(["a", "b"]).tolist() == [0.9, 0.5]


def test_a_state_of_another_goal_is_refused() -> None:
    saved = Retrieval(goal="win").state_dict()
    with pytest.raises(ConfigError, match="goal 'win', not 'lose'"):
        Retrieval(goal="lose").load_state_dict(saved)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_a_restored_table_goes_on_alike(seed: int) -> None:
    goes_on_alike(lambda: Retrieval(SMALL), seed, pairs=False)


def test_a_forgotten_caption_is_known_again_when_it_is_met_again() -> None:
    """The pending set remembered that it had been answered, so that it was never paid again."""
    annotator = Answering()
    asking = SynchronousAnnotation(annotator, Backlog())
    learned = LearnedReward(Retrieval(ModelSettings(capacity=2)), asking, num_envs=1, beta=0.0)

    def paid(*texts: str) -> list[float]:
        captions = Captions.of([[text] for text in texts])
        first = np.zeros(captions.index.shape, bool)
        learned.pay(captions, first)  # what is asked in a rollout is known in the next one
        return learned.pay(captions, first).ravel().tolist()

    assert paid("a", "b") == [1.0, 1.0]
    assert paid("c", "d") == [1.0, 1.0], "a and b are forgotten"
    assert paid("a", "b") == [1.0, 1.0]
    assert sum(len(batch) for batch in annotator.batches) == 4, "each caption was asked once"
    assert learned.tally.labels == 6
