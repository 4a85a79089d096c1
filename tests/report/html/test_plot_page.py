"""A reward over its signals as a page and as a drawing: whole, by itself, and harmless."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from page_reading import Page
from test_hostile_report import EVIL, LETTERS
from trajectory_fakes import running

from eureka_agent.analysis.axes import Axis
from eureka_agent.analysis.slices import CONTOUR, FINE, ROWS, TOTAL, Contour, Shape, Slice
from eureka_agent.escaping import visible
from eureka_agent.report.html.contribution_chart import MOST_POINTS, binned
from eureka_agent.report.html.plot_page import draw_plot, render_plot
from eureka_agent.report.views.reward_plot import RewardPlot


def plot_of(words: str) -> RewardPlot:
    axis = Axis(words, "speed", 0, "level", 0.0, 1.0, (0.2, 0.8), words)
    choice = Axis("action", "action", 0, "choice", 0.0, 2.0, (0.0, 2.0), whole=True)
    values = np.linspace(0.0, 1.0, FINE)
    lines = np.outer(np.arange(ROWS), values)
    slices = (Slice(axis, values, lines), Slice(choice, np.arange(3), np.ones((ROWS, 3))))
    side = np.linspace(0.0, 1.0, CONTOUR)
    contour = Contour(axis, axis, side, side, np.outer(side, side))
    reward = np.sin(np.arange(500.0)).astype(np.float32)
    named = visible(" ".join(words.split())) or "x"  # an episode takes no other name
    episode = running({"speed": reward}, reward=reward, components={named: 0.5 * reward})
    return RewardPlot(
        words, f"rewards/{words}", words,
        (
            Shape(TOTAL, (words,), slices, contour),
            Shape(words, (), constant=1.0),
            Shape("kept", ()),
        ),
        episode, words, {words: np.array([0.25, 0.5])}, (words,), words,
    )  # fmt: skip


def test_the_page_says_what_is_drawn_what_is_constant_and_what_is_remembered() -> None:
    page = Page(render_plot(plot_of("words")))
    for said in ("What words pays in words", "reward: the total", "It is constant: it pays 1 whatever",
                 "it follows from what the reward remembers", "residual (reward − components)"):  # fmt: skip
        assert said in page.text
    assert page.count("script") == 0
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_the_drawing_is_one_svg_with_the_same_parts() -> None:
    text = draw_plot(plot_of("words"))
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("svg")
    words = " ".join(root.itertext())
    for said in ("words for words", "reward", "always 1", "step", "reward over words"):
        assert said in words
    assert len(text) < 400_000


@pytest.mark.parametrize("words", EVIL)
def test_hostile_words_stay_words(words: str) -> None:
    harmless = Page(render_plot(plot_of("words")))
    text = render_plot(plot_of(words))
    assert [tag for tag, _ in Page(text).tags] == [tag for tag, _ in harmless.tags]
    assert not any(letter in text for letter in LETTERS)
    ElementTree.fromstring(draw_plot(plot_of(words)))


def test_a_long_episode_is_drawn_as_means() -> None:
    values = np.arange(10.0 * MOST_POINTS)
    short = binned(values)
    assert len(short) == MOST_POINTS
    assert short.mean() == pytest.approx(values.mean())
    assert binned(values[:5]).tolist() == [0, 1, 2, 3, 4]
