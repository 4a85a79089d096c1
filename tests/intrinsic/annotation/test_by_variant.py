"""Several annotators behind one."""

from __future__ import annotations

import threading

import pytest
from annotator_fakes import Answering, Failing, ask

from eureka_agent.errors import BudgetExhaustedError, ConfigError, ModelError
from eureka_agent.intrinsic.annotation.annotators import CountsKnown
from eureka_agent.intrinsic.annotation.asking import SynchronousAnnotation
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.by_variant import ByVariant
from eureka_agent.intrinsic.annotation.cached import Cached
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.questions import Label

STOP = threading.Event()
PLAIN, OTHER, UNKNOWN = ask("a"), ask("a", variant="other"), ask("a", variant="unknown")


def test_each_question_goes_to_the_annotator_of_its_variant() -> None:
    plain, other = Answering(lambda q: 1.0), Answering(lambda q: 0.0)
    both = ByVariant({"": plain, "other": other})
    assert both.annotate([OTHER, PLAIN, UNKNOWN], STOP) == [Label(OTHER, 0.0), Label(PLAIN, 1.0), None]
    assert (plain.batches, other.batches) == ([[PLAIN]], [[OTHER]])
    assert both.name == "answering"


def test_what_was_answered_counts_where_the_next_cannot_be_asked() -> None:
    both = ByVariant({"": Answering(), "other": Failing(ModelError("down"))})
    assert both.annotate([PLAIN, OTHER], STOP) == [Label(PLAIN, 1.0), None]
    with pytest.raises(ModelError):
        ByVariant({"": Failing(ModelError("down"))}).annotate([PLAIN], STOP)


def test_one_that_cannot_be_asked_keeps_no_other_from_it_and_costs_no_attempt() -> None:
    dead, notices = Failing(*[ModelError("down")] * 9), list[str]()
    living = Answering()
    asking = SynchronousAnnotation(
        ByVariant({"dead": dead, "": living}), Backlog(attempts=1), batch=2, notice=notices.append
    )
    asking.submit([ask("a", variant="dead"), ask("b")])
    assert [label.question for label in asking.collect()] == [ask("b")]
    found = asking.statistics()
    assert (found.failures, found.failed, found.given_up, found.waiting) == (1, 0, 0, 1)
    for number in range(8):
        asking.submit([ask(f"a{number}", variant="dead"), ask(f"b{number}")])
        assert [label.question for label in asking.collect()] == [ask(f"b{number}")]
    assert len(dead.batches) == 5
    assert notices == [
        "Captions of the variant 'dead' could not be labelled, and will be tried again: down",
        "Captions of the variant 'dead' are not labelled any more: down",
    ]
    assert not asking.statistics().over


def test_an_interruption_is_no_failure() -> None:
    stop, notices = threading.Event(), list[str]()

    class Interrupted(Failing):
        def annotate(self, questions, stop):
            stop.set()
            return super().annotate(questions, stop)

    both = ByVariant({"": Answering(), "other": Interrupted(ModelError("stopped"))})
    asking = SynchronousAnnotation(both, Backlog(), stop=stop, notice=notices.append)
    asking.submit([PLAIN, OTHER])
    assert [label.question for label in asking.collect()] == [PLAIN]
    found = asking.statistics()
    assert (notices, found.failures, found.failed, found.waiting) == ([], 0, 0, 1)


def test_one_whose_money_is_spent_is_not_asked_again() -> None:
    spent = Failing(BudgetExhaustedError("$1 is spent"))
    both = ByVariant({"spent": spent, "": Answering()})
    for _ in range(3):
        both.annotate([ask("a", variant="spent"), PLAIN], STOP)
    assert len(spent.batches) == 1


def test_where_all_fail_it_is_a_failure() -> None:
    both = ByVariant({"": Failing(ModelError("down")), "other": Failing(ModelError("down"))})
    with pytest.raises(ModelError):
        both.annotate([PLAIN, OTHER], STOP)
    assert both.annotate([PLAIN, OTHER], STOP) == [Label(PLAIN, 1.0), Label(OTHER, 1.0)]


def test_known_answers_of_all_are_counted() -> None:
    cache = LabelCache()
    both = ByVariant({"": Cached(Answering(), cache), "other": Cached(Answering(), cache)})
    both.annotate([PLAIN], STOP)
    both.annotate([PLAIN, OTHER], STOP)
    assert both.known == 2
    assert isinstance(both, CountsKnown)


def test_none_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="no annotator"):
        ByVariant({})
