"""Questions of several jobs at one desk."""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.intrinsic.annotation.asking import SynchronousAnnotation
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.training.annotation_desk import AnnotationDesk

DOOR, GOLD = Question(("a door opens",)), Question(("gold",))
PAIR = Question(("gold", "a door opens"))


class FakeAsks:
    def __init__(self) -> None:
        self.submitted: list[Question] = []
        self.answered: list[Label] = []

    def submit(self, questions: Sequence[Question]) -> None:
        self.submitted += questions

    def collect(self) -> Sequence[Label]:
        answered, self.answered = self.answered, []
        return answered


def test_an_answer_goes_to_every_job_that_asked_and_to_no_other() -> None:
    asks = FakeAsks()
    desk = AnnotationDesk(asks)
    desk.ask("a", [DOOR])
    desk.ask("b", [DOOR])
    desk.ask("c", [GOLD])
    asks.answered.append(Label(DOOR, 1.0))
    assert list(desk.answers(["a", "b", "c"])) == [("a", Label(DOOR, 1.0)), ("b", Label(DOOR, 1.0))]
    assert not list(desk.answers(["a", "b", "c"])), "nothing is told twice"


def test_a_child_is_told_its_own_jobs_answers_only() -> None:
    asks = FakeAsks()
    desk = AnnotationDesk(asks)
    desk.ask("a", [DOOR])
    desk.ask("b", [DOOR])
    asks.answered.append(Label(DOOR, 1.0))
    assert [job for job, _ in desk.answers(["b"])] == ["b"]
    assert [job for job, _ in desk.answers(["a"])] == ["a"], "it waited for the other child's poll"


def test_a_job_that_asks_later_is_answered_at_once() -> None:
    asks = FakeAsks()
    desk = AnnotationDesk(asks)
    desk.ask("a", [DOOR])
    asks.answered.append(Label(DOOR, 0.0))
    list(desk.answers(["a"]))
    desk.ask("b", [DOOR])
    assert list(desk.answers(["b"])) == [("b", Label(DOOR, 0.0))]
    assert asks.submitted == [DOOR], "the annotator read it once"


def test_a_pair_is_answered_whichever_way_round_it_was_asked() -> None:
    asks = FakeAsks()
    desk = AnnotationDesk(asks)
    desk.ask("a", [PAIR])
    desk.ask("b", [PAIR.swapped])
    asks.answered.append(Label(PAIR, 0.9))
    told = dict(desk.answers(["a", "b"]))
    for label in told.values():
        first = label.value if label.question.captions[0] == "gold" else 1.0 - label.value
        assert first == 0.9
    assert set(told) == {"a", "b"}


def test_memory_is_bounded() -> None:
    asks = FakeAsks()
    desk = AnnotationDesk(asks, remembered=2)
    for number in range(3):
        question = Question((f"door {number}",))
        desk.ask("a", [question])
        asks.answered.append(Label(question, 1.0))
        list(desk.answers(["a"]))
    desk.ask("a", [Question(("door 0",))])
    assert len(asks.submitted) == 4, "the oldest was forgotten and is asked again"
    desk.ask("a", [Question(("door 2",))])
    assert len(asks.submitted) == 4


def test_what_is_known_is_answered_though_the_annotator_never_answers() -> None:
    asks = FakeAsks()
    known = {GOLD: Label(GOLD, 1.0)}
    desk = AnnotationDesk(asks, look_up=known.get)
    desk.ask("a", [DOOR, GOLD])
    assert list(desk.answers(["a"])) == [("a", Label(GOLD, 1.0))]
    assert asks.submitted == [DOOR]
    assert desk.known == 1


def test_the_most_wanted_is_read_first() -> None:
    backlog = Backlog()
    read: list[str] = []

    class Reads:
        name = "reads"

        def annotate(self, questions: Sequence[Question], stop: object) -> Sequence[Label | None]:
            read.extend(question.captions[0] for question in questions)
            return [None for _ in questions]

    desk = AnnotationDesk(SynchronousAnnotation(Reads(), backlog, batch=2))
    desk.ask("a", [Question((f"wanted {number}",)) for number in range(5)])
    assert read == ["wanted 0", "wanted 1"]
