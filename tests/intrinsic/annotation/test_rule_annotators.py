"""Annotators without a language model."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from annotator_fakes import ask

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.annotators import Annotator
from eureka_agent.intrinsic.annotation.questions import Question
from eureka_agent.intrinsic.annotation.rules import Factor, Lexicographic, Oracle, Predicate, judge_of


def values(annotator: Annotator, *questions: Question) -> list[float | None]:
    labels = annotator.annotate(questions, threading.Event())
    assert [label.question for label in labels if label] == [
        q for q, label in zip(questions, labels, strict=True) if label
    ]
    return [None if label is None else label.value for label in labels]


def test_a_predicate_labels_captions_and_compares_them() -> None:
    length = Predicate("length", lambda text: min(1.0, len(text) / 4))
    questions = ask("ab"), ask("abcd", "ab"), ask("ab", "abcd"), ask("ab", "cd")
    assert values(length, *questions) == [0.5, 1.0, 0.0, 0.5]


def rules(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    return path


def test_the_first_rule_that_is_found_decides(tmp_path: Path) -> None:
    oracle = Oracle(rules(tmp_path, """
        otherwise = 0.25
        [[rules]]
        pattern = "missed the flag"
        value = 0
        [[rules]]
        pattern = '\\bflag\\b|\\d{3} points'
        value = 1.0
    """))  # fmt: skip
    questions = ask("You missed the FLAG"), ask("the flag!"), ask("flagstone"), ask("120 points")
    assert values(oracle, *questions) == [0.0, 1.0, 0.25, 1.0]
    assert values(oracle, ask("the flag", "a wall"), ask("a wall", "a hill")) == [1.0, 0.5]


def test_other_rules_are_another_source(tmp_path: Path) -> None:
    text = '[[rules]]\npattern = "a"\nvalue = 1\n'
    first = Oracle(rules(tmp_path, text)).source
    assert Oracle(rules(tmp_path, "# the same\n" + text)).source == first
    assert Oracle(rules(tmp_path, text.replace("1", "0"))).source != first


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[rules]]\npattern = "("\nvalue = 1', "no regular expression"),
        ('[[rules]]\npattern = "a"\nvalue = 2', r"rules\.0\.value"),
        ('[[rules]]\npattern = "a"\nworth = 1', r"rules\.0\.(value|worth)"),
        ("rules = []", "at least 1"),
        ("rules = ", "holds no rules"),
        ("", "required"),
    ],
)
def test_a_file_that_holds_no_rules_is_refused(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=complaint):
        Oracle(rules(tmp_path, text))
    with pytest.raises(ConfigError, match="cannot be read"):
        Oracle(tmp_path / "none.toml")


ALIVE = Factor("state", words=("dead", "hurt", "well"))
GOLD = Factor("gold", margin=2.0)
TURNS = Factor("turns", higher_is_better=False)


def test_factors_decide_in_the_order_of_their_rank() -> None:
    heron = Lexicographic([ALIVE, GOLD, TURNS])
    assert values(
        heron,
        ask("dead, gold: 90, turns: 1", "hurt, gold: 1, turns: 9"),
        ask("well, gold: 9, turns: 9", "well, gold: 5, turns: 1"),
        ask("well, gold: 7, turns: 9", "well, gold: 5, turns: 1"),
        ask("well, gold: 7, turns: 1", "well, gold: 5, turns: 1"),
    ) == [0.0, 1.0, 0.0, 0.5]


def test_a_factor_that_one_caption_does_not_tell_is_passed_over() -> None:
    heron = Lexicographic([ALIVE, GOLD])
    assert values(heron, ask("dead, gold 9", "gold -3.5e0"), ask("dead", "gold 5"), ask("dead")) == [
        1.0, None, None,
    ]  # fmt: skip


def test_names_and_words_are_whole_and_the_longest_words_are_meant() -> None:
    assert GOLD.read("marigold: 5") is None
    assert GOLD.read("Gold = 5 of 10") == 5.0
    assert GOLD.read("gold: 1e999") is None
    pole = Factor("pole", words=("fallen", "nearly upright", "upright"))
    assert [pole.read(text) for text in ("the pole is nearly upright", "it is upright", "downright")] == [
        1,
        2,
        None,
    ]


@pytest.mark.parametrize(
    ("caption", "number"),
    [
        ("gold: 5", 5.0), ("gold 5", 5.0), ("gold=5", 5.0), ("Gold : -2.5e1, 7", -25.0), ("gold: .5", 0.5),
        ("gold: 5.", 5.0), ("much gold, gold 3", 3.0), ("gold 5 of 10", 5.0),
        ("gold unknown, health 7", None), ("gold, health 7", None), ("gold", None), ("gold\n7", None),
        ("gold-3", None), ("gold5", None), ("gold 5th", None), ("gold 5.5x", None), ("gold: ", None),
    ],
)  # fmt: skip
def test_a_number_is_read_directly_after_its_name_alone(caption: str, number: float | None) -> None:
    assert Factor("gold").read(caption) == number


@pytest.mark.parametrize("settings", [{"name": ""}, {"margin": -1.0}, {"margin": float("nan")}])
def test_a_factor_that_decides_nothing_is_refused(settings: dict) -> None:
    with pytest.raises(ConfigError, match="decides nothing"):
        Factor(**{"name": "gold", **settings})


def test_other_margins_are_another_source() -> None:
    assert Lexicographic([GOLD]).source != Lexicographic([Factor("gold", margin=1.0)]).source


def test_a_file_of_factors_compares_by_the_first_that_differs(tmp_path: Path) -> None:
    judge = judge_of(rules(tmp_path, """
        [[factors]]
        name = "posture"
        words = ["fallen", "leaning", "upright"]
        [[factors]]
        name = "speed"
        margin = 0.5
        [[factors]]
        name = "effort"
        higher_is_better = false
    """))  # fmt: skip
    slow, fast = "upright, speed 1, effort 2", "upright, speed 3, effort 9"
    assert values(judge, ask("fallen, speed 9", slow), ask(fast, slow)) == [0.0, 1.0]
    assert values(judge, ask("upright, speed 1.2, effort 5", slow)) == [0.0]
    assert values(judge, ask("upright")) == [None]


def test_a_file_of_rules_is_an_oracle(tmp_path: Path) -> None:
    assert isinstance(judge_of(rules(tmp_path, '[[rules]]\npattern = "a"\nvalue = 1\n')), Oracle)


@pytest.mark.parametrize(
    "text",
    [
        "factors = []",
        "[[factors]]\nname = ''",
        "[[factors]]\nname = 'a'\nmargin = -1",
        "[[factors]]\nname = 'a'\nweight = 3",
        "[[factors]]\nname = 'a'\n[[rules]]\npattern = 'b'\nvalue = 1",
    ],
)
def test_what_are_no_factors_is_told(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"holds no rules: (factors|rules)"):
        judge_of(rules(tmp_path, text))
