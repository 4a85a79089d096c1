"""Labels that were voted on, softened once."""

from __future__ import annotations

from collections.abc import Sequence

from annotator_fakes import ask
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.intrinsic.annotation.noise import noise_of, softened
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.annotation.softening import Softened, Softening
from eureka_agent.intrinsic.shares import Share

NONE = Share(0, 0)


def voted(caption: str, *answers: float, variant: str = "") -> Label:
    return Label.of_answers(ask(caption, variant=variant), answers)


def test_labels_that_come_together_are_softened_by_what_all_their_votes_tell() -> None:
    labels = [voted("a", 1.0, 1.0, 1.0), voted("b", 0.0, 0.0, 1.0), voted("c", 0.0, 0.0, 0.0)]
    softening = Softening()
    noise = noise_of([label.answers for label in labels])
    assert softening(labels) == softened(labels, noise)
    assert 0.0 < noise.rate < 0.5
    assert softening.noise() == noise


def test_variants_have_noise_of_their_own() -> None:
    softening = Softening([voted("a", 1.0, 0.0, 0.0, variant="wavering")])
    steady = voted("b", 1.0, 1.0, variant="steady")
    assert softening([steady]) == [steady]
    assert softening.noise("steady").rate == 0.0
    assert softening.noise("wavering").differing == Share(2, 3)
    assert softening.noise("nobody").differing == NONE


def test_labels_without_several_answers_stay_and_none_counts_twice() -> None:
    known = [voted("a", 1.0, 0.0)]
    softening = Softening(known)
    person = Label(ask("b"), 0.7)
    assert softening([person]) == [person]
    values = [softening([voted("a", 1.0, 0.0, 1.0)])[0].value for _ in range(3)]
    assert softening.noise().differing == Share(1, 1)
    assert len(set(values)) == 1
    assert 0.5 < values[0] < 1.0


def test_an_annotators_answers_are_softened_once_on_their_way() -> None:
    class Asks:
        def __init__(self) -> None:
            self.asked: list[Question] = []
            self.answered = [voted("a", 1.0, 1.0, 0.0)]

        def submit(self, questions: Sequence[Question]) -> None:
            self.asked += questions

        def collect(self) -> list[Label]:
            answered, self.answered = self.answered, []
            return answered

    asks, softening = Asks(), Softening()
    softened_asks = Softened(asks, softening)
    softened_asks.submit([ask("a")])
    assert asks.asked == [ask("a")]
    (label,) = softened_asks.collect()
    assert (label,) == tuple(softened([voted("a", 1.0, 1.0, 0.0)], softening.noise()))
    assert softened_asks.collect() == []


@given(st.lists(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=5), max_size=8))
def test_what_comes_in_pieces_tells_the_same_noise_as_all_of_it(answers: list[list[float]]) -> None:
    softening = Softening()
    for place, given_answers in enumerate(answers):
        softening([voted(f"caption {place}", *given_answers)])
    assert softening.noise() == noise_of(answers)
