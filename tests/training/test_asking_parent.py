"""A job's questions on their way to the parent, and the answers on theirs back."""

from __future__ import annotations

import json

from eureka_agent.intrinsic.questions import Label, Question
from eureka_agent.training.asking_parent import AGAIN_AFTER, MOST_AT_ONCE, Answers, AskingParent
from eureka_agent.training.conversation import MAX_FROM_CHILD
from eureka_agent.training.protocol import Answered, Asked, AskedQuestion, to_json

GOLD = Question(("gold",))


def asking(job: str = "a") -> tuple[AskingParent, list[Asked], Answers]:
    told: list[Asked] = []
    answers = Answers()
    return AskingParent(job, told.append, answers), told, answers


def test_a_question_under_way_is_not_asked_again() -> None:
    asks, told, _ = asking()
    asks.submit([GOLD])
    asks.submit([GOLD])
    assert [asked.questions for asked in told] == [(AskedQuestion(captions=("gold",)),)]


def test_a_pair_under_way_is_not_asked_turned_round() -> None:
    asks, told, _ = asking()
    pair = Question(("gold", "a door"))
    asks.submit([pair])
    asks.submit([pair.swapped])
    assert len(told) == 1


def test_answers_reach_the_job_they_are_for() -> None:
    asks, _, answers = asking("a")
    answers.put(Answered(job="b", captions=("gold",), value=0.0))
    answers.put(Answered(job="a", captions=("gold",), value=1.0))
    assert asks.collect() == [Label(GOLD, 1.0)]
    assert asks.collect() == []


def test_what_was_never_answered_is_asked_again_after_a_while() -> None:
    asks, told, _ = asking()
    asks.submit([GOLD])
    for _ in range(AGAIN_AFTER + 1):
        asks.collect()
        asks.submit([GOLD])
    assert len(told) == 2


def test_one_rollout_asks_a_bounded_number_and_the_most_wanted_first() -> None:
    asks, told, _ = asking()
    asks.submit([Question((f"door {number}",)) for number in range(MOST_AT_ONCE + 5)])
    (asked,) = told
    assert [one.captions[0] for one in asked.questions] == [
        f"door {number}" for number in range(MOST_AT_ONCE)
    ]


def test_long_captions_go_in_several_messages_the_most_wanted_last() -> None:
    asks, told, _ = asking()
    captions = [f"{number} " + "\U0001f6aa" * 400 for number in range(10)]
    asks.submit([Question((caption,)) for caption in captions])
    assert len(told) > 1
    assert all(len(json.dumps(to_json(asked))) < MAX_FROM_CHILD for asked in told)
    assert [one.captions[0] for asked in reversed(told) for one in asked.questions] == captions
