"""Who asks the annotator, and when."""

from __future__ import annotations

import threading

import pytest
from annotator_fakes import Answering, Failing, Held, ask

from eureka_agent.errors import BudgetExhaustedError, ConfigError, ModelError
from eureka_agent.intrinsic.annotation.asking import AsynchronousAnnotation, SynchronousAnnotation
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.by_variant import ByVariant
from eureka_agent.intrinsic.annotation.cached import Cached
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.annotation.replayed import Replayed

DOWN = ModelError("the server is down")


def asks(*captions: str) -> list[Question]:
    return [ask(caption) for caption in captions]


def captions_of(labels: list[Label]) -> list[str]:
    return [label.question.captions[0] for label in labels]


class Notices(list[str]):
    """What a person was told, and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[threading.Thread] = set()

    def __call__(self, text: str) -> None:
        self.append(text)
        self.threads.add(threading.current_thread())


class Waits:
    """Notes how long somebody would have waited, and waits for nothing; `several` is set after so many."""

    def __init__(self, several: int = 1) -> None:
        self.seconds: list[float] = []
        self.several = threading.Event()
        self._many = several

    def __call__(self, stop: threading.Event, seconds: float) -> None:
        self.seconds.append(seconds)
        if len(self.seconds) >= self._many:
            self.several.set()


def test_every_few_rollouts_the_newest_are_asked_and_labels_come_once() -> None:
    annotator = Answering()
    asking = SynchronousAnnotation(annotator, Backlog(), every=2, batch=2)
    asking.submit(asks("a", "b"))
    assert asking.collect() == []
    asking.submit(asks("c"))
    assert captions_of(asking.collect()) == ["c", "a"]
    assert asking.collect() == []
    asking.submit([])
    asking.submit([])
    assert captions_of(asking.collect()) == ["b"]
    assert annotator.batches == [asks("c", "a"), asks("b")]


def test_the_same_rollouts_get_the_same_labels() -> None:
    streams = [[asks("a", "b"), asks("c", "a"), asks("d", "e", "f"), []] for _ in range(2)]
    given = []
    for rollouts in streams:
        asking = SynchronousAnnotation(
            Answering(lambda q: float(q.captions[0] < "d")), Backlog(bound=3), batch=2
        )
        labels = []
        for questions in rollouts:
            asking.submit(questions)
            labels.append(asking.collect())
        given.append((labels, asking.statistics()))
    assert given[0] == given[1]


def test_statistics_say_what_became_of_the_questions() -> None:
    annotator = Answering(lambda q: None if q.captions[0] in "xy" else 1.0)
    cache = LabelCache()
    cache.put(annotator.source, [Label(ask("a"), 1.0)])
    asking = SynchronousAnnotation(Cached(annotator, cache), Backlog(bound=4, attempts=2), batch=3)
    for questions in (asks("a", "b", "x", "c", "d"), [], []):
        asking.submit(questions)
    asking.collect()
    found = asking.statistics()
    assert (found.asked, found.answered, found.known, found.failed) == (5, 3, 1, 2)
    assert (found.given_up, found.dropped, found.waiting, found.in_flight) == (1, 1, 0, 0)
    assert not found.over


@pytest.mark.parametrize(
    "shuffle", [lambda labels: labels[::-1], lambda labels: [*labels, *labels], lambda labels: labels[1:]]
)
def test_answers_are_sorted_by_what_they_are_about(shuffle) -> None:
    class Careless(Answering):
        def annotate(self, questions, stop):
            labels = super().annotate(questions, stop)
            return [Label(ask("never asked"), 1.0), *shuffle(labels)]

    asking = SynchronousAnnotation(
        Careless(lambda q: 0.25 if "a" in q.captions else 0.75), Backlog(attempts=2), batch=5
    )
    asking.submit(asks("a", "b", "c"))
    asking.submit([])
    labels = asking.collect()
    assert {label.question.captions[0]: label.value for label in labels}.items() <= {
        "a": 0.25,
        "b": 0.75,
        "c": 0.75,
    }.items()
    assert len(labels) == len(set(captions_of(labels))) >= 2
    assert asking.statistics().unasked >= 1


def test_a_failure_is_told_and_nothing_is_lost() -> None:
    notices = Notices()
    asking = SynchronousAnnotation(Failing(DOWN), Backlog(attempts=1), notice=notices)
    asking.submit(asks("a"))
    assert asking.collect() == []
    assert notices == ["Captions could not be labelled, and will be tried again: the server is down"]
    asking.submit([])
    assert captions_of(asking.collect()) == ["a"]
    assert asking.statistics().failures == 1


def test_after_several_failures_in_a_row_nobody_is_asked_any_more() -> None:
    annotator, notices = Failing(DOWN, DOWN, DOWN), Notices()
    asking = SynchronousAnnotation(annotator, Backlog(), give_up_after=2, notice=notices)
    for _ in range(4):
        asking.submit(asks("a"))
        asking.collect()
    assert len(annotator.batches) == 2
    assert notices[-1] == "No captions are labelled any more, after 2 failures in a row: the server is down"
    assert asking.statistics().over
    assert asking.statistics().waiting == 1


def test_an_answer_between_failures_begins_the_count_anew() -> None:
    annotator = Failing(DOWN)
    asking = SynchronousAnnotation(annotator, Backlog(), give_up_after=2)
    asking.submit(asks("a"))
    asking.submit(asks("b"))
    annotator._errors.append(DOWN)
    asking.submit(asks("c"))
    assert not asking.statistics().over


def test_an_annotator_whose_answers_cannot_be_read_is_asked_less_often_and_then_given_up() -> None:
    annotator, notices = Answering(lambda q: None), Notices()
    asking = SynchronousAnnotation(annotator, Backlog(), batch=2, give_up_after=3, notice=notices)
    asked = []
    for number in range(30):
        asking.submit(asks(f"a{number}", f"b{number}"))
        asking.collect()
        asked.append(len(annotator.batches))
    assert asked[:12] == [1, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5]
    assert asked[-1] == 6
    assert notices == [
        "Captions will be asked about less often: no answer to 6 questions in 3 requests could be read.",
        "No captions are labelled any more: no answer to 12 questions in 6 requests could be read.",
    ]
    assert asking.statistics().over


def test_one_usable_answer_ends_the_doubt_and_a_few_odd_captions_begin_none() -> None:
    annotator = Answering(lambda q: 1.0 if q.captions[0] == "clear" else None)
    asking = SynchronousAnnotation(annotator, Backlog(attempts=1), batch=10, give_up_after=2)
    for number in range(9):
        asking.submit(asks(f"a{number}"))
    assert len(annotator.batches) == 9
    asking.submit(asks("clear"))
    for number in range(3):
        asking.submit(asks(*[f"{number} {i}" for i in range(10)]))
    assert not asking.statistics().over


def test_the_thread_waits_longer_for_an_annotator_whose_answers_cannot_be_read() -> None:
    waits = Waits()
    annotator = Answering(lambda q: None)
    asking = AsynchronousAnnotation(
        annotator, Backlog(attempts=9), batch=1, give_up_after=3, first_wait_s=2.0, wait=waits
    )
    asking.submit(asks("a"))
    asking._thread.join()
    assert waits.seconds == [2.0, 4.0, 8.0]
    assert len(annotator.batches) == 6


def test_money_that_is_spent_is_not_tried_again() -> None:
    annotator, notices = Failing(BudgetExhaustedError("the budget of $1 is spent")), Notices()
    asking = SynchronousAnnotation(annotator, Backlog(), notice=notices)
    for _ in range(3):
        asking.submit(asks("a"))
    asking.collect()
    assert len(annotator.batches) == 1
    assert notices == ["No captions are labelled any more: the budget of $1 is spent"]


def test_nobody_is_asked_after_closing() -> None:
    annotator = Answering()
    asking = SynchronousAnnotation(annotator, Backlog())
    asking.submit(asks("a"))
    asking.close()
    asking.submit(asks("b"))
    assert captions_of(asking.collect()) == ["a"]
    assert len(annotator.batches) == 1


@pytest.mark.parametrize("settings", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_settings_without_sense_are_refused(settings: tuple[int, int, int]) -> None:
    every, batch, failures = settings
    with pytest.raises(ConfigError):
        SynchronousAnnotation(Answering(), Backlog(), every=every, batch=batch, give_up_after=failures)


def until(asking: AsynchronousAnnotation, captions: int) -> list[Label]:
    """Collect so many labels, however long the thread takes."""
    labels: list[Label] = []
    while len(labels) < captions:
        labels += asking.collect()
    return labels


def test_training_goes_on_while_an_answer_is_awaited() -> None:
    annotator = Held()
    asking = AsynchronousAnnotation(annotator, Backlog(), batch=2)
    asking.submit(asks("a", "b"))
    annotator.began.wait()
    for caption in "cdab":
        asking.submit(asks(caption))  # none of these calls waits
        assert asking.collect() == []
    found = asking.statistics()
    assert (found.in_flight, found.waiting, found.answered) == (2, 2, 0)
    annotator.go.release(2)
    assert captions_of(until(asking, 4)) == ["a", "b", "d", "c"]
    asking.close()
    assert annotator.batches == [asks("a", "b"), asks("d", "c")]


def test_nothing_is_asked_twice_however_often_it_is_met() -> None:
    annotator = Held()
    asking = AsynchronousAnnotation(annotator, Backlog(), batch=4)
    annotator.go.release(100)
    labels: list[Label] = []
    for _ in range(200):
        asking.submit(asks(*"abcdefgh"))
        labels += asking.collect()
    while len(set(captions_of(labels))) < 8:
        labels += until(asking, 1)
    asking.close()  # what is met again after its answer is answered again, and nobody is asked
    assert set(captions_of(labels)) == set("abcdefgh")
    assert sorted(q.captions[0] for batch in annotator.batches for q in batch) == list("abcdefgh")


def test_after_failures_the_thread_waits_twice_as_long_each_time_and_asks_again() -> None:
    annotator, notices, waits = Failing(*[DOWN] * 4), Notices(), Waits()
    asking = AsynchronousAnnotation(
        annotator, Backlog(attempts=1), first_wait_s=2.0, longest_wait_s=10.0, wait=waits, notice=notices
    )
    asking.submit(asks("a"))
    assert captions_of(until(asking, 1)) == ["a"]
    asking.close()
    assert waits.seconds == [2.0, 4.0, 8.0, 10.0]
    assert len(notices) == 4
    assert notices.threads == {threading.current_thread()}


def test_an_annotator_that_stays_away_ends_the_asking_and_the_training_goes_on() -> None:
    notices, waits = Notices(), Waits()
    annotator = Failing(*[DOWN] * 9)
    asking = AsynchronousAnnotation(annotator, Backlog(), give_up_after=3, wait=waits, notice=notices)
    asking.submit(asks("a"))
    asking._thread.join()
    asking.submit(asks("b"))
    assert asking.collect() == []
    assert len(annotator.batches) == 3
    assert "after 3 failures in a row" in notices[-1]
    assert asking.statistics().over


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_in_the_annotators_code_is_told() -> None:
    notices = Notices()
    asking = AsynchronousAnnotation(Failing(KeyError("no such goal")), Backlog(), notice=notices)
    asking.submit(asks("a"))
    asking._thread.join()
    asking.submit(asks("b"))
    assert asking.collect() == []
    assert notices == [
        "No captions are labelled any more: the annotator failed with KeyError('no such goal')."
    ]
    assert asking.statistics().over


def test_closing_ends_the_thread_and_keeps_what_came() -> None:
    asking = AsynchronousAnnotation(Answering(), Backlog())
    asking.submit(asks("a"))
    while not asking.statistics().answered:
        pass
    asking.close()
    assert not asking._thread.is_alive()
    assert captions_of(asking.collect()) == ["a"]


class Stopped(Answering):
    """Waits until it is told to stop, as a request to a model does."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Event()

    def annotate(self, questions, stop):
        self.began.set()
        stop.wait()
        raise ModelError("stopped while waiting")


@pytest.mark.parametrize("by_close", [True, False])
def test_a_request_that_is_stopped_is_no_failure(by_close: bool) -> None:
    annotator, notices, stop = Stopped(), Notices(), threading.Event()
    asking = AsynchronousAnnotation(annotator, Backlog(), stop=stop, notice=notices)
    asking.submit(asks("a"))
    annotator.began.wait()
    if by_close:
        asking.close()
    else:
        stop.set()
    asking._thread.join()
    assert asking.collect() == []
    found = asking.statistics()
    assert (notices, found.failures, found.waiting, found.in_flight) == ([], 0, 1, 0)


def test_two_of_them_share_nothing() -> None:
    one, two = (SynchronousAnnotation(Answering(), Backlog()) for _ in range(2))
    one.submit(asks("a"))
    assert two.collect() == []
    assert two.statistics().asked == 0


@pytest.mark.parametrize("several", [False, True])
def test_what_a_file_of_labels_does_not_know_is_given_up_at_once_and_is_no_fault(several: bool) -> None:
    cache = LabelCache()
    cache.put(Answering().source, [Label(ask("known"), 1.0)])
    replayed, notices = Replayed(cache, "g"), Notices()
    annotator = ByVariant({"": replayed}) if several else replayed
    asking = SynchronousAnnotation(annotator, Backlog(), batch=1, give_up_after=2, notice=notices)
    for number in range(9):
        asking.submit(asks(f"unknown {number}"))
        assert asking.collect() == []
    asking.submit(asks("known"))
    assert captions_of(asking.collect()) == ["known"]
    found = asking.statistics()
    assert (found.asked, found.failed, found.given_up, found.waiting, found.over) == (10, 0, 9, 0, False)
    assert (notices, replayed.unknown) == ([], 9)
