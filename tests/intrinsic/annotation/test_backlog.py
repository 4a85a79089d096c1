"""The pending set."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from annotator_fakes import ask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.questions import Label, Question


def asks(*captions: str) -> list[Question]:
    return [ask(caption) for caption in captions]


def test_the_newest_are_taken_first_and_the_most_wanted_of_a_batch_before_the_others() -> None:
    backlog = Backlog()
    backlog.add(asks("old", "older"))
    backlog.add(asks("new", "less new"))
    assert backlog.take(3) == asks("new", "less new", "old")
    assert backlog.take(3) == asks("older")
    assert backlog.take(3) == []


def test_what_waits_is_in_flight_or_is_answered_is_not_added_again() -> None:
    backlog = Backlog()
    assert backlog.add(asks("a", "b")) == 2
    assert backlog.add(asks("a", "b")) == 0
    backlog.take(1)
    assert backlog.add(asks("a", "b")) == 0
    backlog.answered([Label(ask("a"), 1.0)])
    assert backlog.add(asks("a", "b")) == 0
    assert backlog.take(5) == asks("b")
    assert backlog.take(5) == []


def test_what_is_met_again_goes_to_the_front() -> None:
    backlog = Backlog(bound=2)
    backlog.add(asks("a"))
    backlog.add(asks("b"))
    backlog.add(asks("a"))
    backlog.add(asks("c"))
    assert backlog.take(5) == asks("c", "a")


def test_both_orders_of_a_pair_are_one_question_and_variants_are_several() -> None:
    backlog = Backlog()
    assert backlog.add([ask("a", "b"), ask("b", "a"), ask("a", "b", variant="v")]) == 2


def test_the_oldest_are_dropped_and_may_be_asked_again() -> None:
    backlog = Backlog(bound=2)
    backlog.add(asks("a", "b"))
    backlog.add(asks("c"))
    assert backlog.counts.dropped == 1
    assert backlog.counts.waiting == 2
    assert backlog.add(asks("b")) == 1


def test_an_answer_in_the_other_order_is_turned_round() -> None:
    backlog = Backlog()
    backlog.add([ask("b", "a")])
    backlog.take(1)
    assert backlog.answered([Label(ask("a", "b"), 0.75, votes=3)]) == [Label(ask("b", "a"), 0.25, votes=3)]


def test_answers_to_what_was_not_asked_or_twice_are_counted_and_left_out() -> None:
    backlog = Backlog()
    backlog.add(asks("a"))
    backlog.take(1)
    label = Label(ask("a"), 1.0)
    assert backlog.answered([Label(ask("b"), 1.0), label, label]) == [label]
    assert backlog.counts.unasked == 2
    assert backlog.counts.answered == 1


def test_a_late_answer_counts_though_its_question_waits_again() -> None:
    backlog = Backlog()
    backlog.add(asks("a"))
    backlog.failed(backlog.take(1))
    assert len(backlog.answered([Label(ask("a"), 1.0)])) == 1
    assert backlog.take(1) == []


def test_a_question_without_usable_answers_is_given_up_after_its_attempts() -> None:
    backlog = Backlog(attempts=3)
    backlog.add(asks("a"))
    for attempt in range(3):
        assert backlog.take(1) == asks("a"), attempt
        backlog.failed(asks("a"))
    assert backlog.take(1) == []
    assert backlog.counts.given_up == 1
    assert backlog.add(asks("a")) == 0


def test_a_question_that_nobody_could_be_asked_loses_no_attempt() -> None:
    backlog = Backlog(attempts=1)
    backlog.add(asks("a", "b"))
    for _ in range(5):
        backlog.put_back(backlog.take(2))
    assert backlog.take(2) == asks("a", "b")


def test_what_fails_without_being_in_flight_changes_nothing() -> None:
    backlog = Backlog()
    backlog.add(asks("a"))
    before = backlog.counts
    backlog.failed(asks("a", "b"))
    backlog.put_back(asks("a", "b"))
    assert backlog.counts == before


def test_what_is_known_from_elsewhere_is_not_asked() -> None:
    backlog = Backlog()
    backlog.add(asks("a"))
    backlog.remember(asks("a", "b"))
    assert backlog.add(asks("a", "b")) == 0
    assert backlog.take(1) == []


def test_what_is_asked_again_is_answered_again_without_anybody() -> None:
    """A model may keep fewer labels than the pending set."""
    backlog = Backlog()
    backlog.add([ask("a"), ask("b", "c"), ask("given up")])
    backlog.take(3)
    backlog.answered([Label(ask("a"), 1.0), Label(ask("b", "c"), 0.25)])
    backlog.give_up([ask("given up")])
    assert backlog.again() == []
    assert backlog.add([ask("a"), ask("c", "b"), ask("given up"), ask("new")]) == 1
    assert sorted(backlog.again(), key=lambda label: label.value) == [
        Label(ask("c", "b"), 0.75),
        Label(ask("a"), 1.0),
    ]
    assert backlog.again() == []
    assert backlog.take(5) == [ask("new")]


def test_only_so_many_answered_questions_are_remembered_those_that_are_still_met() -> None:
    backlog = Backlog(remembered=2)
    backlog.remember(asks("a", "b"))
    backlog.add(asks("a"))
    backlog.remember(asks("c"))
    assert [backlog.add(asks(caption)) for caption in "abc"] == [0, 1, 0]


@pytest.mark.parametrize("settings", [{"bound": 0}, {"attempts": 0}, {"remembered": 0}])
def test_a_backlog_without_room_is_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="backlog"):
        Backlog(**settings)


CAPTIONS = st.sampled_from("abcde")
QUESTIONS = st.one_of(
    CAPTIONS.map(lambda caption: ask(caption)),
    st.tuples(CAPTIONS, CAPTIONS).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: ask(*pair)),
)


class BacklogMachine(RuleBasedStateMachine):
    """Nothing is in flight twice, nothing is asked after its answer, and the bounds hold."""

    def __init__(self) -> None:
        super().__init__()
        self.backlog = Backlog(bound=4, attempts=2)
        self.in_flight: list[Question] = []
        self.done: set[Question] = set()
        self.failures: Counter[Question] = Counter()

    @rule(questions=st.lists(QUESTIONS, max_size=6))
    def add(self, questions: list[Question]) -> None:
        self.backlog.add(questions)

    @rule(most=st.integers(0, 3))
    def take(self, most: int) -> None:
        taken = self.backlog.take(most)
        assert len(taken) <= most
        assert not {question.key for question in taken} & ({q.key for q in self.in_flight} | self.done)
        self.in_flight += taken
        assert len({question.key for question in self.in_flight}) == len(self.in_flight)

    @rule(data=st.data(), swap=st.booleans())
    def answer(self, data: st.DataObject, swap: bool) -> None:
        if self.in_flight:
            asked = data.draw(st.sampled_from(self.in_flight))
            given = asked.swapped if swap and asked.is_pair else asked
            (label,) = self.backlog.answered([Label(given, 1.0)])
            assert label == Label(asked, 0.0 if given != asked else 1.0)
            self.in_flight.remove(asked)
            self.done.add(asked.key)

    @rule(question=QUESTIONS)
    def answer_to_anything(self, question: Question) -> None:
        accepted = self.backlog.answered([Label(question, 0.5)])
        assert not (accepted and question.key in self.done)
        if accepted:
            self.in_flight = [asked for asked in self.in_flight if asked.key != question.key]
            self.done.add(question.key)

    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        if self.in_flight:
            asked = data.draw(st.sampled_from(self.in_flight))
            before = self.backlog.counts
            self.backlog.failed([asked])
            self.in_flight.remove(asked)
            if self.backlog.counts.given_up > before.given_up:
                self.done.add(asked.key)

    @rule(data=st.data())
    def put_back(self, data: st.DataObject) -> None:
        if self.in_flight:
            asked = data.draw(st.sampled_from(self.in_flight))
            self.backlog.put_back([asked])
            self.in_flight.remove(asked)

    @invariant()
    def counts_agree(self) -> None:
        counts = self.backlog.counts
        assert counts.waiting <= 4
        assert counts.in_flight == len(self.in_flight)
        assert counts.answered + counts.given_up == len(self.done)


TestBacklogMachine = BacklogMachine.TestCase


def stream(seed: int, steps: int = 300, distinct: int = 500) -> list[list[str]]:
    """Minibatches of captions as a game writes them: a few all the time, most of them seldom."""
    draw = random.Random(seed)
    weights = [1.0 / (rank + 1) for rank in range(distinct)]
    return [draw.choices([f"message {n}" for n in range(distinct)], weights, k=128) for _ in range(steps)]


def waste(minibatches: list[list[str]], latency: int, *, pending_set: bool) -> float:
    """Share of answers that had been given before, with one batch of 100 in flight that takes `latency`."""
    backlog, labelled, answers = Backlog(), set(), 0
    queue: list[str] = []
    in_flight: list[str] = []
    for time, captions in enumerate(minibatches):
        unseen = [caption for caption in dict.fromkeys(captions) if caption not in labelled]
        queue += unseen  # ONI: unseen is what is not labelled, whether or not somebody was asked
        backlog.add(asks(*unseen))
        if time % latency:
            continue
        answers += len(in_flight)
        labelled |= set(in_flight)
        backlog.answered(Label(question, 1.0) for question in asks(*in_flight))
        in_flight, queue = queue[-100:], []
        if pending_set:
            in_flight = [question.captions[0] for question in backlog.take(100)]
    return 1.0 - len(labelled) / answers


def test_a_pending_set_wastes_nothing_where_half_the_work_was_waste() -> None:
    """The scenario of a latency of 20 minibatches: without the set 48 % of a measured stream were repeats."""
    minibatches = stream(0)
    assert waste(minibatches, 20, pending_set=False) > 0.3
    assert waste(minibatches, 20, pending_set=True) == 0.0
