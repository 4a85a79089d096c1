"""A learned reward at work, with the annotator at hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.captioning.paid_captions import PaidCaptions, most_and_least
from eureka_agent.intrinsic.learned import LearnedReward
from eureka_agent.intrinsic.models.kinds import make_model
from eureka_agent.intrinsic.models.standing import Standing
from eureka_agent.intrinsic.shares import Share


class AnswersLater:
    """Likes captions with gold, and answers at the rollout after the one that asked."""

    def __init__(self) -> None:
        self.submitted: list[list[Question]] = []
        self._arrived: list[Label] = []

    def submit(self, questions: Sequence[Question]) -> None:
        self.submitted.append(list(questions))
        self._arrived += [Label(each, float("gold" in each.captions[0])) for each in questions]

    def collect(self) -> Sequence[Label]:
        arrived, self._arrived = self._arrived, []
        return arrived


def first_of(captions: Captions, *begins: int) -> np.ndarray:
    first = np.zeros(captions.index.shape, dtype=bool)
    first[list(begins)] = True
    return first


GOLD = Captions.of([["gold"], ["wall"], ["gold"], [None]])


def test_nothing_is_paid_before_an_answer_and_the_label_from_then_on() -> None:
    learned = LearnedReward(make_model("retrieval", seed=0), AnswersLater(), num_envs=1, beta=0.0)
    assert learned.pay(GOLD, first_of(GOLD, 0)).ravel().tolist() == [0, 0, 0, 0]
    assert learned.pay(GOLD, first_of(GOLD, 0)).ravel().tolist() == [1, 0, 1, 0]


def test_a_caption_is_worth_less_each_time_it_is_seen_in_an_episode() -> None:
    asks = AnswersLater()
    asks.submit([Question(("gold",))])
    learned = LearnedReward(make_model("retrieval", seed=0), asks, num_envs=1, beta=2.0)
    twice = Captions.of([["gold"], ["gold"], ["gold"]])
    assert learned.pay(twice, first_of(twice, 0, 2)).ravel().tolist() == [1.0, 0.25, 1.0]
    assert learned.pay(twice, first_of(twice)).ravel().tolist() == pytest.approx([1 / 4, 1 / 9, 1 / 16])


def test_an_annotator_that_counts_rollouts_is_told_of_each() -> None:
    asks = AnswersLater()
    learned = LearnedReward(make_model("retrieval", seed=0), asks, num_envs=1)
    silent = Captions.of([[None]])
    for _ in range(3):
        learned.pay(silent, first_of(silent))
    assert asks.submitted == [[], [], []]


def test_a_tally_tells_what_became_of_the_steps() -> None:
    learned = LearnedReward(make_model("retrieval", seed=0), AnswersLater(), num_envs=1, beta=0.0)
    for _ in range(2):
        learned.pay(GOLD, first_of(GOLD, 0))
    tally = learned.tally
    assert (tally.steps, tally.captioned, tally.paid, tally.total, tally.labels) == (8, 6, 2, 2.0, 2)


def test_one_that_goes_on_from_a_saved_state_pays_the_same() -> None:
    asks = AnswersLater()
    learned = LearnedReward(make_model("retrieval", seed=0), asks, num_envs=1, beta=1.0)
    for _ in range(2):
        learned.pay(GOLD, first_of(GOLD))
    other = LearnedReward(make_model("retrieval", seed=0), AnswersLater(), num_envs=1, beta=1.0)
    other.load_state_dict(learned.state_dict())
    assert (learned.pay(GOLD, first_of(GOLD)) == other.pay(GOLD, first_of(GOLD))).all()


def test_captions_are_listed_by_what_the_model_pays_now_though_they_were_not_seen_since() -> None:
    asks = AnswersLater()
    learned = LearnedReward(make_model("retrieval", seed=0), asks, num_envs=1, beta=0.0)
    learned.pay(GOLD, first_of(GOLD, 0))
    walls = Captions.of([["wall"], ["wall"]])
    learned.pay(walls, first_of(walls))
    rows = [(row.caption, row.steps, row.paid, row.now) for row in learned.paid_captions()]
    assert rows == [("gold", 2, 0.0, 1.0), ("wall", 3, 0.0, 0.0)]


def test_the_table_of_captions_is_bounded_and_forgets_what_was_not_seen_for_longest() -> None:
    table = PaidCaptions(kept=2)
    for text in ("a", "b", "a", "c"):
        one = Captions.of([[text]])
        table.add(one, np.zeros((1, 1), np.float32))
    assert set(table.texts) == {"a", "c"}


@pytest.mark.parametrize(("count", "each"), [(1, 3), (2, 3), (4, 3), (5, 3), (6, 3), (20, 3)])
def test_no_caption_is_among_the_best_and_the_worst(count: int, each: int) -> None:
    table = PaidCaptions()
    captions = Captions.of([[f"caption {i}"] for i in range(count)])
    table.add(captions, np.zeros((count, 1), np.float32))
    most, least = most_and_least(table.rows(np.arange(count)), each)
    assert len(most) == len(least) == min(each, count // 2)
    assert not {row.caption for row in most} & {row.caption for row in least}
    if most:
        assert most[0].caption == f"caption {count - 1}"
        assert least[0].caption == "caption 0"


class Told:
    """Answers what a test puts there."""

    def __init__(self) -> None:
        self.labels: list[Label] = []

    def submit(self, questions: Sequence[Question]) -> None: ...

    def collect(self) -> Sequence[Label]:
        labels, self.labels = self.labels, []
        return labels


def lit(text: str) -> float:
    return float("lit" in text)


def pays(learned: LearnedReward, texts: Sequence[str]) -> None:
    captions = Captions.of([[text] for text in texts])
    learned.pay(captions, first_of(captions))


@pytest.mark.parametrize(("kind", "ensemble"), [("classification", 1), ("classification", 2), ("ranking", 1)])
def test_newest_labels_are_compared_with_what_was_expected_before_they_were_learned(
    kind: str, ensemble: int
) -> None:
    """A model that is right about old captions may know nothing of what the policy meets now."""
    asks, texts = Told(), [f"the {state} torch {n}" for n in range(30) for state in ("lit", "cold")]
    learned = LearnedReward(make_model(kind, seed=0, ensemble=ensemble), asks, num_envs=1)

    def labels(some: Sequence[str], value: float) -> list[Label]:
        """The value is that of what is lit."""
        pairs = zip(some[::2], some[1::2], strict=True)
        if kind == "ranking":
            return [Label(Question(pair), value) for pair in pairs]
        return [Label(Question((text,)), abs(1.0 - value - lit(text))) for text in some]

    asks.labels = labels(texts, 1.0)
    pays(learned, texts)
    assert learned.recent == Share(0, 0), "it had learned nothing, so that it expected nothing"
    for _ in range(30):
        pays(learned, texts)
    asks.labels = labels(texts, 1.0)
    pays(learned, texts)
    assert learned.recent.n == 0, "it had learned these already"
    new = [f"a {state} lamp {n}" for n in range(20) for state in ("lit", "cold")]
    asks.labels = labels(new, 1.0)
    pays(learned, new)
    alike = learned.recent
    assert alike.share > 0.9
    other = [f"the {state} fire {n}" for n in range(20) for state in ("lit", "cold")]
    asks.labels = labels(other, 0.0)
    pays(learned, other)
    both = learned.recent
    assert both.n == 2 * alike.n
    assert both.count - alike.count < 0.1 * alike.n, "what is new contradicts what it has learned"
    assert learned.tally.newest == both.n
    assert learned.tally.newest_expected == both.count
    assert learned.accuracy is not None


def test_a_table_of_labels_expects_nothing() -> None:
    asks = Told()
    learned = LearnedReward(make_model("retrieval", seed=0), asks, num_envs=1)
    for _ in range(2):
        asks.labels = [Label(Question(("gold",)), 1.0)]
        learned.pay(GOLD, first_of(GOLD))
    assert learned.standing == Standing()
    assert str(learned.standing) == ""


def test_two_members_that_err_together_are_told() -> None:
    asks, texts = Told(), [f"the {state} torch {n}" for n in range(60) for state in ("lit", "cold")]
    learned = LearnedReward(make_model("classification", seed=0, ensemble=3), asks, num_envs=1)
    rng = np.random.default_rng(0)
    asks.labels = [Label(Question((text,)), float(rng.integers(2))) for text in texts]
    for _ in range(20):
        pays(learned, texts)
    standing = learned.standing
    assert standing.together is not None
    assert standing.together.members == 3
    assert standing.together.labels == standing.held_out.n
    assert 0.2 < standing.together.wrong < 0.8, "labels mean nothing"
    assert standing.together.both <= standing.together.wrong
    assert "its 3 models are wrong about" in str(standing)
