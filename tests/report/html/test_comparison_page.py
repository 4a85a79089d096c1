"""The page of a comparison: whole, small, by itself, and harmless whatever stands in it."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest
from page_reading import Page
from test_hostile_report import EVIL, LETTERS

from eureka_agent.analysis.agreement import Agreement, Apart
from eureka_agent.analysis.contributions import Contribution
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.report.films.making import JPEG_BYTES
from eureka_agent.report.html.comparison_page import render_comparison
from eureka_agent.report.views.comparison import ComparedReward, ComparisonView, Player
from eureka_agent.report.views.curves import LearningCurves

LETTERS_OF_REWARDS = "ABCDEFGH"


def reward(letter: str, words: str, checkpoints: int = 10) -> ComparedReward:
    scores = tuple(np.random.default_rng(ord(letter)).normal(size=3).tolist())
    one_line = words.replace("\n", " ")  # each line of a difference is an element of the page
    curves = tuple(tuple(np.linspace(0.0, score, checkpoints).tolist()) for score in scores)
    return ComparedReward(
        letter, words, scores,
        level=t_interval(scores), difference=t_interval(scores), sentence=f"{letter} against A.",
        curves=LearningCurves(letter, curves),
        contributions=(Contribution(words, 1.0, 1.5), Contribution("cost", -1.0, None)),
        with_fitness=0.5, paid=(1.0, None), code=words,
        code_change=f"--- a\n+++ b\n@@\n-{one_line}\n+{one_line}",
        about=words, film="film-A.mp4", sheet="film-A.jpg", shows=words,
    )  # fmt: skip


def view_of(words: str, number: int = 2, checkpoints: int = 10) -> ComparisonView:
    letters = LETTERS_OF_REWARDS[:number]
    apart = Apart(words, 3, (0.01, 0.99), (0.0, 9.0), {words or "x": 1.0})
    agreements = [
        Agreement(one, two, 0.25, None, (apart,)) for one in letters for two in letters if one < two
    ]
    return ComparisonView(
        words, words, words, "minimize", 1000, 3, "cpu",
        tuple(reward(letter, words, checkpoints) for letter in letters),
        (Player(words, 3, 300, None), Player("A", 3, 300, 1.0)), tuple(agreements), words, (words,), words,
    )  # fmt: skip


def test_it_says_everything_and_loads_nothing() -> None:
    text = render_comparison(view_of("words", 8, checkpoints=200))
    page = Page(text)
    for said in (
        "8 rewards compared",
        "lower is better",
        "H against A.",
        "step 3",
        "+0.25",
        "film-A.mp4",
        "30%",
    ):
        assert said in page.text
    assert page.count("script") == 0
    assert page.count("img") == 0, "no sheet was given"
    assert not [attrs for _, attrs in page.tags if "http" in str(attrs.get("href", ""))]
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert all(attrs.get("aria-labelledby") for tag, attrs in page.tags if tag == "svg" and "role" in attrs)


def test_the_largest_stays_under_two_megabytes() -> None:
    code = "x = '<&>'\n" * 200_000
    small = replace(view_of("words", 8), rewards=tuple(
        replace(reward(letter, "words"), code=code, code_change=code) for letter in LETTERS_OF_REWARDS
    ))  # fmt: skip
    sheets = {letter: bytes(JPEG_BYTES) for letter in LETTERS_OF_REWARDS}
    assert len(render_comparison(small, sheets).encode()) < 2_000_000


def test_a_sheet_stands_in_the_page_with_words_for_those_who_do_not_see_it() -> None:
    page = Page(render_comparison(view_of("words", 3), {"B": b"a picture"}))
    (shown,) = [attrs for tag, attrs in page.tags if tag == "img"]
    assert shown["src"] == f"data:image/jpeg;base64,{base64.b64encode(b'a picture').decode()}"
    assert shown["alt"] == "words"


@pytest.mark.parametrize("words", EVIL)
def test_hostile_words_stay_words(words: str) -> None:
    harmless = Page(render_comparison(view_of("words")))
    text = render_comparison(view_of(words))
    page = Page(text)
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in harmless.tags]
    assert not any(letter in text for letter in LETTERS)
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)


def test_without_a_training_there_is_no_drawing() -> None:
    failed = [ComparedReward(letter, "a.py", (), "timed out: too slow", paid=(None, None)) for letter in "AB"]
    text = Page(render_comparison(replace(view_of("words"), rewards=tuple(failed)))).text
    assert "failed: timed out: too slow" in text
    assert "No training left a curve." in text
