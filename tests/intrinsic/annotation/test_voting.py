"""Each question asked several times."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from annotator_fakes import Answering, Failing, ask, replying

from eureka_agent.errors import BudgetExhaustedError, ConfigError, ModelError
from eureka_agent.intrinsic.annotation.annotators import Source
from eureka_agent.intrinsic.annotation.cached import Cached
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.model_annotator import ModelAnnotator
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.annotation.voting import MOST_VOTES, Voting
from eureka_agent.llm.scripted import ScriptedModel

STOP = threading.Event()
A, B, C = ask("a"), ask("b"), ask("c")


class Rounds(Answering):
    """Answers each round as told, by the question's caption; an error in a round is raised."""

    def __init__(self, *rounds: dict[str, float] | Exception) -> None:
        super().__init__()
        self._rounds = list(rounds)

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> list[Label | None]:
        told = self._rounds.pop(0)
        if isinstance(told, Exception):
            raise told
        self._value = lambda question: told.get(question.captions[0])
        return super().annotate(questions, stop)


def test_a_label_is_the_mean_of_all_answers_which_it_keeps() -> None:
    annotator = Rounds({"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 0.0}, {"a": 1.0})
    labels = Voting(annotator, 3).annotate([A, B, C], STOP)
    assert labels == [Label(A, 2 / 3, 3, (1.0, 0.0, 1.0)), Label(B, 0.0, 2, (0.0, 0.0)), None]


def test_a_round_asks_the_same_in_another_order_and_a_repetition_asks_as_before() -> None:
    questions = [ask(f"caption {n}") for n in range(9)]
    batches = []
    for _ in range(2):
        annotator = Answering()
        Voting(annotator, 3).annotate(questions, STOP)
        batches.append(annotator.batches)
    assert batches[0] == batches[1]
    assert batches[0][0] == questions
    assert all(set(batch) == set(questions) for batch in batches[0])
    assert len({tuple(batch) for batch in batches[0]}) == 3


def test_requests_of_a_model_differ_from_round_to_round() -> None:
    model = ScriptedModel(replying(lambda texts: "A"))
    Voting(ModelAnnotator(model, "g"), 3).annotate([A], STOP)
    assert len({key for key, _ in model.requests}) == 3


@pytest.mark.parametrize("error", [ModelError("down"), BudgetExhaustedError("spent")])
def test_what_was_answered_counts_where_a_later_round_fails(error: Exception) -> None:
    assert Voting(Rounds({"a": 1.0}, error, {"a": 0.0}), 3).annotate([A], STOP) == [Label(A, 1.0)]
    with pytest.raises(type(error)):
        Voting(Failing(error), 3).annotate([A], STOP)


def test_known_labels_of_as_many_votes_are_not_asked_again_and_others_are(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    LabelCache(path).put(Source("answering", "", "g"), [Label(A, 0.0)])
    voted = Answering()
    cached = Cached(Voting(voted, 3), LabelCache(path), votes=3)
    assert cached.annotate([A], STOP) == [Label(A, 1.0, 3, (1.0, 1.0, 1.0))]
    again = Answering()
    for votes in (1, 3):
        cached = Cached(Voting(again, votes), LabelCache(path), votes=votes)
        assert cached.annotate([A], STOP) == [Label(A, 1.0, 3, (1.0, 1.0, 1.0))]
    assert (len(voted.batches), again.batches) == (3, [])


def test_a_person_is_not_outvoted() -> None:
    cache, annotator = LabelCache(), Answering()
    cache.corrected(A, 0.2, goal="g")
    assert Cached(Voting(annotator, 3), cache, votes=3).annotate([A], STOP) == [Label(A, 0.2)]
    assert annotator.batches == []


@pytest.mark.parametrize("votes", [0, -1, MOST_VOTES + 1])
def test_a_number_of_votes_that_there_cannot_be(votes: int) -> None:
    with pytest.raises(ConfigError, match=f"asked {votes} times"):
        Voting(Answering(), votes)
