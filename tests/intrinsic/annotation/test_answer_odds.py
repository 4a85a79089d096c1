"""How sure a model was of its answers."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Sequence

import pytest
from annotator_fakes import ask, rows_of
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.intrinsic.annotation.answer_odds import surer
from eureka_agent.intrinsic.annotation.answers import answer_grammar, numbers_for
from eureka_agent.intrinsic.annotation.model_annotator import ModelAnnotator
from eureka_agent.llm.formed import Form, FormedReply, TokenOdds
from eureka_agent.llm.model import Message, Reply, Usage

WORDS = {"A": 1.0, "B": 0.0, "?": 0.5}
PAIRS = {"LEFT": 1.0, "RIGHT": 0.0, "SAME": 0.5}
STOP = threading.Event()


def said(text: str, **chances: float) -> list[TokenOdds]:
    """A reply, cut into tokens as they come; where a line ends in a word, that might have been another."""
    told = tuple((word.replace("unsure", "?"), math.log(chance)) for word, chance in chances.items())
    found: list[TokenOdds] = []
    for line in text.splitlines(keepends=True):
        head, bar, word = line.rstrip("\n").rpartition("| ")
        found += [TokenOdds(head, ()), TokenOdds(bar[:1], ())]
        found += [TokenOdds(" " + word if bar else word, told), TokenOdds(line[len(line.rstrip()) :], ())]
    return found


def test_an_answer_is_the_probability_of_yes_against_no() -> None:
    odds = said("11 | up | A\n12 | down | B\n", A=0.2, B=0.05, unsure=0.7, xyz=0.05)
    assert surer([1.0, 0.0], [11, 12], WORDS, odds) == pytest.approx([0.8, 0.8])


def test_spellings_of_a_word_count_together_and_what_begins_two_for_neither() -> None:
    token = TokenOdds(" A", ((" A", math.log(0.3)), ("a", math.log(0.1)), ("**A", math.log(0.1)),
                             ("B\n", math.log(0.5)), (" ", -0.1), ("", -0.1), ("Apple", -0.1)))  # fmt: skip
    assert surer([1.0], [11], WORDS, [TokenOdds("11 |", ()), token]) == pytest.approx([0.5])


def test_a_word_of_several_tokens_is_known_by_its_first() -> None:
    begun = TokenOdds("LE", (("LE", math.log(0.6)), ("RIGHT", math.log(0.1)), ("R", math.log(0.1))))
    reply = [TokenOdds("11", ()), TokenOdds(" | ", ()), begun, TokenOdds("FT", (("FT", 0.0),))]
    assert surer([1.0], [11], PAIRS, reply) == pytest.approx([0.75])


@pytest.mark.parametrize(
    ("values", "odds"),
    [
        ([1.0], ()),
        ([None], said("11 | up | A", A=0.5, B=0.5)),
        ([0.5], said("11 | up | ?", A=0.5, B=0.1, unsure=0.4)),
        ([1.0], said("11 | up | A", unsure=0.9)),
        ([1.0], said("12 | up | A", A=0.5, B=0.5)),
        ([1.0], said("11 | up | B", A=0.5, B=0.5)),
        ([1.0], [TokenOdds("11 | up | A", ())]),
    ],
)
def test_where_they_tell_nothing_an_answer_stays_what_it_is(
    values: list[float | None], odds: Sequence[TokenOdds]
) -> None:
    assert surer(values, [11], WORDS, odds) == values


def test_what_was_thought_before_the_answer_does_not_count() -> None:
    thought = said("<think>\n11 | perhaps | A\n", A=0.9, B=0.1)
    assert surer([1.0], [11], WORDS, [*thought, *said("</think>\n11 | up | A\n", A=0.6, B=0.4)]) == (
        pytest.approx([0.6])
    )


@given(st.text("1|AB? \n*x", max_size=80), st.integers(0, 2**16))
def test_whatever_is_told_is_a_label_on_any_cut_of_a_reply(text: str, seed: int) -> None:
    cuts = random.Random(seed)
    odds, rest = [], text
    while rest:
        size = cuts.randint(1, 4)
        odds.append(TokenOdds(rest[:size], ((rest[:size], -cuts.random() * 9), ("A", -1.0), ("B", -2.0))))
        rest = rest[size:]
    for value in surer([1.0, 0.0, 0.5, None], [1, 11, 111, 1111], WORDS, odds):
        assert value is None or 0.0 <= value <= 1.0


class Sure:
    """A model that tells its probabilities: of captions with a flag more than of others."""

    name, max_parallel = "sure", 1

    def __init__(self, *, word: str = "A") -> None:
        self.forms: list[Form] = []
        self._word = word

    def reply(self, key: str, messages: Sequence[Message], stop: threading.Event) -> Reply:
        raise AssertionError("it was not asked for a form")

    def reply_in_form(
        self, key: str, messages: Sequence[Message], stop: threading.Event, form: Form
    ) -> FormedReply:
        self.forms.append(form)
        odds: list[TokenOdds] = []
        for number, texts in rows_of(messages).items():
            yes = 0.4 if "flag" in texts[0] else 0.1
            odds += said(f"{number} | because | {self._word}\n", A=yes, B=0.4, unsure=0.2)
        text = "".join(token.text for token in odds)
        return FormedReply(Reply(text, Usage(0, 0, 0.0), self.name, 0.0), tuple(odds))


def test_labels_of_a_model_that_answers_always_the_same_tell_captions_apart() -> None:
    model = Sure()
    questions = [ask("a flag"), ask("a wall")]
    labels = ModelAnnotator(model, "reach the flag").annotate(questions, STOP)
    assert [label and label.value for label in labels] == pytest.approx([0.5, 0.2])
    assert model.forms == [Form(answer_grammar(numbers_for(questions), tuple(WORDS)), odds=True)]


def test_a_model_that_cannot_answer_in_the_form_is_not_held_to_it_again() -> None:
    model = Sure(word="hm")
    annotator = ModelAnnotator(model, "reach the flag")
    for _ in range(2):
        assert annotator.annotate([ask("a flag")], STOP) == [None]
    assert [bool(form.grammar) for form in model.forms] == [True, False]
    assert all(form.odds for form in model.forms)
