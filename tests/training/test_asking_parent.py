"""A job's questions on their way to the parent, and the answers on theirs back."""

from __future__ import annotations

import json
from collections.abc import Sequence

from eureka_agent.intrinsic.annotation.asking import SynchronousAnnotation
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.training.annotation_desk import AnnotationDesk
from eureka_agent.training.asking_parent import MOST_AT_ONCE, Answers, AskingParent
from eureka_agent.training.conversation import MAX_FROM_CHILD
from eureka_agent.training.protocol import Answered, Asked, to_json

GOLD = Question(("gold",))


def asking(job: str = "a") -> tuple[AskingParent, list[Asked], Answers]:
    told: list[Asked] = []
    answers = Answers()
    return AskingParent(job, told.append, answers), told, answers


def test_answers_reach_the_job_they_are_for() -> None:
    asks, _, answers = asking("a")
    answers.put(Answered(job="b", captions=("gold",), value=0.0))
    answers.put(Answered(job="a", captions=("gold",), value=1.0))
    assert asks.collect() == [Label(GOLD, 1.0)]
    assert asks.collect() == []


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


def test_what_every_rollout_meets_is_answered_before_what_was_met_once() -> None:
    read: list[str] = []

    class Reads:
        name = "reads"

        def annotate(self, questions: Sequence[Question], stop: object) -> Sequence[Label | None]:
            read.extend(question.captions[0] for question in questions)
            return [Label(question, 1.0) for question in questions]

    desk = AnnotationDesk(SynchronousAnnotation(Reads(), Backlog(), every=4, batch=2))

    def pass_on(asked: Asked) -> None:
        desk.ask(asked.job, [Question(one.captions) for one in asked.questions])

    asks = AskingParent("a", pass_on, Answers())
    for rollout in range(4):
        asks.submit([GOLD, *(Question((f"door {rollout}-{number}",)) for number in range(20))])
    assert read[0] == "gold"


def test_captions_that_nobody_can_judge_keep_no_others_from_being_asked() -> None:
    asks, told, _ = asking()
    refused = [Question((f"nonsense {number}",)) for number in range(2 * MOST_AT_ONCE)]
    for _ in range(8):
        asks.submit([*refused, GOLD])  # what was refused stays the most wanted
    assert ("gold",) in {one.captions for asked in told for one in asked.questions}
