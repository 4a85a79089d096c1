"""Figures of a run: whole SVG files that depend on no page, with the legend that they need."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hostile import STRINGS
from synthetic_run import synthetic_run

from eureka_agent.report.html import figures
from eureka_agent.report.html.marks import LIGHT
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.views.curves import components_view, learning_curves
from eureka_agent.report.views.fitness import fitness_view
from eureka_agent.report.views.lineage import lineage_view
from eureka_agent.resources import bundled_folders
from eureka_agent.store.state import RunState

SVG = "{http://www.w3.org/2000/svg}"


def figures_of(state: RunState, best: str | None) -> dict[str, Picture]:
    fitness = fitness_view(state)
    return {
        "search": figures.search_figure(fitness),
        "confirmation": figures.confirmation_figure(fitness),
        "learning": figures.learning_figure(learning_curves(state)),
        "lineage": figures.lineage_figure(lineage_view(state, {}, best), fitness),
        "components": figures.components_figure(components_view(state, best)),
    }


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> RunState:
    return synthetic_run(tmp_path_factory.mktemp("run") / "a-run", generations=3, samples=9)


@pytest.fixture(scope="module")
def best(state: RunState) -> str:
    assert state.confirmation is not None
    assert state.confirmation.winner is not None
    return state.confirmation.winner


def texts(picture: Picture) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(picture.svg()).iter(f"{SVG}text")]


def test_a_figure_is_a_whole_file_with_colours_of_its_own(state: RunState, best: str, tmp_path: Path) -> None:
    for name, picture in figures_of(state, best).items():
        path = picture.save(tmp_path / f"{name}.svg")
        text = path.read_text()
        tree = ElementTree.fromstring(text)
        assert tree.tag == f"{SVG}svg", name
        assert "var(--" not in text, name
        assert picture._repr_svg_() == text
        assert text in picture._repr_html_()
        for x in re.findall(r'\s(?:x1|x2|cx)="([^"]+)"', text):
            assert -8 <= float(x) <= picture.width + 8, name


def test_light_paper_is_that_of_the_page() -> None:
    style = (bundled_folders("templates")[-1] / "report" / "style.css").read_text()
    for name, colour in LIGHT.items():
        assert f"--{name}: {colour};" in style.partition("@media")[0]


def test_the_legend_names_the_marks_that_are_there(state: RunState, best: str) -> None:
    drawn = figures_of(state, best)
    for name in ("search", "lineage"):
        words = texts(drawn[name])
        assert {"the winner", "stopped early", "refused before training"} <= set(words)
        assert "not trained: others were preferred" not in words


def test_the_line_to_the_best_is_named(state: RunState, best: str) -> None:
    lineage = lineage_view(state, {}, best)
    picture = figures.lineage_figure(lineage, fitness_view(state))
    assert len(lineage.line) == 3
    assert {step.candidate for step in lineage.line} <= set(texts(picture))
    assert " to ".join(step.candidate for step in lineage.line) in picture.description
    joined = picture.svg().count("<polyline")
    assert joined == sum(bool(step.parents) for step in lineage.tree)


def test_every_component_stands_under_its_name(state: RunState, best: str) -> None:
    view = components_view(state, best)
    assert view is not None
    words = " ".join(texts(figures.components_figure(view)))
    for one in view.components:
        assert one.name[:19] in words


def test_where_there_is_nothing_to_draw_the_figure_says_so() -> None:
    for picture in figures_of(RunState(), None).values():
        (said,) = texts(picture)
        assert said.endswith(".")


@pytest.mark.parametrize("words", [*STRINGS, '="var(--ink)"', '"/><script>alert(1)</script>'])
def test_words_of_others_are_letters_in_a_figure(state: RunState, best: str, words: str) -> None:
    evil = replace(state.candidates[best], operator=words, proposer=words)
    drawn = figures_of(replace(state, candidates={**state.candidates, best: evil}), best)
    view = components_view(state, best)
    assert view is not None
    named = replace(view, candidate=words, components=(replace(view.components[0], name=words),))
    for picture in (*drawn.values(), figures.components_figure(named)):
        kinds = {one.tag.removeprefix(SVG) for one in ElementTree.fromstring(picture.svg()).iter()}
        assert kinds <= {"svg", "title", "rect", "line", "polyline", "polygon", "circle", "text", "g"}
