"""Frames and contact sheets: one size, nothing beyond its place, whatever things are called."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hostile import STRINGS
from PIL import Image
from trajectory_fakes import whole

from eureka_agent.report.films.frame import HEIGHT, PANEL, STRIP, FrameMaker, thinned
from eureka_agent.report.films.lettering import fitted, width_of, wrapped
from eureka_agent.report.films.making import nearest
from eureka_agent.report.films.payments import MOST_COMPONENTS, lines_of
from eureka_agent.report.films.sheet import as_jpeg, contact_sheet

STEPS = 30


def maker(title: str = "0-00", notes: dict[int, str] | None = None, **changes: Any) -> FrameMaker:
    episode = whole(STEPS, **changes)
    return FrameMaker(title, STEPS, lines_of(episode, ["height"]), notes or {}, 0.05, 20.0)


@pytest.mark.parametrize("shape", [(8, 8), (400, 600), (500, 500), (100, 3000), (3000, 100)])
def test_frames_of_an_episode_have_one_even_size(shape: tuple[int, int]) -> None:
    draw, picture = maker(), np.zeros((*shape, 3), np.uint8)
    sizes = {draw.frame(step, picture).shape for step in (0, 1, STEPS - 1)}
    ((height, width, _),) = sizes
    assert height == HEIGHT + STRIP
    assert width >= HEIGHT + PANEL
    assert height % 2 == width % 2 == 0


def test_a_frame_shows_the_picture_and_what_was_paid_until_then() -> None:
    picture, draw = np.full((480, 480, 3), (200, 0, 0), np.uint8), maker()
    first, last = draw.frame(0, picture), draw.frame(STEPS - 1, picture)
    assert (first[:480, :480] == (200, 0, 0)).all()
    assert (first[:480, 480:] != last[:480, 480:]).any()
    assert (last[-STRIP:] < 128).sum() > (first[-STRIP:] < 128).sum(), "the cursor has gone its way"


def test_a_failure_is_marked_in_a_colour_of_its_own_and_a_time_limit_is_not() -> None:
    picture = np.zeros((480, 480, 3), np.uint8)

    def red(ending: str) -> int:
        strip = maker(notes={STEPS - 1: f"the end: {ending}"}).frame(0, picture)[-STRIP:].astype(int)
        return int((strip[..., 0] - strip[..., 1] > 80).sum())

    assert red("the pole fell") > 20
    assert red("time limit") == 0


@pytest.mark.parametrize("words", [*STRINGS, "x" * 5_000, "", "名前" * 40])
def test_hostile_names_stay_on_one_line_within_their_place(words: str) -> None:
    assert width_of(fitted(words, 20, 200), 20) <= 200
    assert "\n" not in fitted(words, 20, 200)
    lines = wrapped(words, 17, 200, 3)
    assert len(lines) <= 3
    assert all(width_of(line, 17) <= 200 for line in lines)
    picture = np.zeros((20, 20, 3), np.uint8)
    maker(words, {0: words}).frame(3, picture)
    contact_sheet([(0, picture)], {0: words}, words, None)


def test_components_that_paid_least_stand_together() -> None:
    parts = {f"part{number}": np.full(STEPS, number, np.float32) for number in range(9)}
    lines = lines_of(whole(STEPS, components=parts, reward=np.ones(STEPS, np.float32)))
    names = [line.name for line in lines]
    assert names[0] == "paid so far"
    assert names[1:MOST_COMPONENTS] == ["part8", "part7", "part6", "part5"]
    assert names[MOST_COMPONENTS] == "5 other components"
    assert lines[MOST_COMPONENTS].values[-1] == STEPS * (0 + 1 + 2 + 3 + 4)
    assert lines[0].values.tolist() == list(range(1, STEPS + 1))


def test_without_a_reward_the_environments_own_is_drawn() -> None:
    names = [line.name for line in lines_of(whole(STEPS, reward=None, components={}), ["height", "gone"])]
    assert names == ["native reward so far", "fitness so far", "|height|"]


@pytest.mark.parametrize("last", [0, 1, 199, 200, 10_000])
def test_lines_of_long_episodes_are_thinned_and_keep_their_end(last: int) -> None:
    steps = thinned(last)
    assert steps[-1] == last
    assert len(steps) <= 402
    assert steps == sorted(set(steps))


def test_of_a_film_that_may_not_have_all_pictures_those_near_what_happens_are_kept() -> None:

    kept = nearest(range(100), [50], 6)
    assert kept == [0, 1, 2, 49, 50, 51]
    assert nearest(range(5), [], 99) == list(range(5))


def test_a_sheet_is_as_small_as_it_must_be() -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (600, 880, 3), np.uint8))
    assert len(as_jpeg(noise, 250_000)) <= 250_000
    assert as_jpeg(noise, 1)[:3] == b"\xff\xd8\xff"
    tiles = [(step, np.zeros((480, 480, 3), np.uint8)) for step in range(9)]
    sheet = contact_sheet(tiles, {0: "the start"}, "0-00", 0.05)
    assert sheet.width < 900
    assert np.asarray(sheet).min() == 0
