"""An episode's picture: well-formed, with everything that is known and nothing that is not."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from trajectory_fakes import running, whole

from eureka_agent.analysis.moments import LOST, key_moments
from eureka_agent.report.episode_picture import LEFT, RIGHT, episode_picture
from eureka_agent.report.svg import STROKES

SVG = "{http://www.w3.org/2000/svg}"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8) + (40).to_bytes(4, "big") + (20).to_bytes(4, "big")


def drawn(trajectory=None, happened=None, **parts) -> ElementTree.Element:
    episode = whole(30) if trajectory is None else trajectory
    return ElementTree.fromstring(
        episode_picture(episode, key_moments(episode, happened or {}), "It", **parts)
    )


def words(picture: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


def test_score_pay_signals_events_and_moments_are_drawn() -> None:
    masks = {"it leans": np.arange(30) > 20, "it never flies": np.zeros(30, bool)}
    told = words(drawn(happened={12: f"'it hops'; {LOST}"}, events=masks))
    assert {"It", "fitness so far", "paid in a step", "height", "reward", "near", "far", "it leans"} <= set(
        told
    )
    assert f"step 12: 'it hops'; {LOST}" in told
    assert "step 29: the pole fell" in told
    assert "it never flies" not in told


def test_lines_of_one_panel_differ_in_their_dashes_as_well_as_in_colour() -> None:
    lines = list(drawn().iter(f"{SVG}polyline"))
    paid = [(line.get("stroke"), line.get("stroke-dasharray")) for line in lines[1:4]]
    assert len({colour for colour, _ in paid}) == len({dash for _, dash in paid}) == 3
    assert len({stroke.dash for stroke in STROKES}) == len(STROKES)


def test_every_step_has_its_place_between_the_edges() -> None:
    for line in drawn().iter(f"{SVG}polyline"):
        places = [tuple(map(float, point.split(","))) for point in (line.get("points") or "").split()]
        assert len(places) == 30
        assert LEFT <= places[0][0] < places[-1][0] <= RIGHT
        assert all(np.isfinite(places).ravel())


def test_moments_side_by_side_do_not_cover_each_other() -> None:
    picture = drawn(whole(500), dict.fromkeys(range(100, 108), "hop"))
    places = [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in picture.iter(f"{SVG}circle")]
    assert len(places) == 9
    for index, (x, y) in enumerate(places):
        assert all(abs(x - x2) >= 17 or abs(y - y2) >= 17 for x2, y2 in places[:index])


def test_frames_are_in_the_file_with_the_numbers_of_their_moments() -> None:
    picture = drawn(happened={12: "it hops"}, frames={0: PNG, 12: PNG, 20: PNG})
    images = list(picture.iter(f"{SVG}image"))
    assert len(images) == 3
    assert all((image.get("href") or "").startswith("data:image/png;base64,") for image in images)
    assert float(images[0].get("width", 0)) == pytest.approx(2 * float(images[0].get("height", 0)), rel=0.01)
    assert {"step 0", "1: step 12", "step 20"} <= set(words(picture))


@pytest.mark.parametrize("steps", [1, 2])
def test_short_episodes_of_which_little_is_known(steps: int) -> None:
    picture = drawn(running({"height": np.zeros(steps, np.float32)}))
    assert "height" in words(picture)
    assert "paid in a step" not in words(picture)


def test_names_are_text_whatever_they_say() -> None:
    bad = "</text><script>alert(1)</script>"
    rows = np.arange(3, dtype=np.float32)
    picture = drawn(running({bad: rows}, reward=rows, components={bad: rows, "b": rows}), {1: bad})
    assert not list(picture.iter(f"{SVG}script"))
    assert any("<script>" in word for word in words(picture))
