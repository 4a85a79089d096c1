"""Two episodes beside each other: whether they begin alike, and films of both."""

from __future__ import annotations

from pathlib import Path

import pytest
from door import guest, unfinished
from films import ReadyFilms
from page_reading import Page
from trajectory_fakes import whole

from eureka_agent.store.layout import RunFolder
from eureka_agent.trajectories import write_trajectories
from eureka_agent.trajectories.files import FILE

PAIR = "first=0-00&first_replicate=0&first_number=0&second=0-01&second_replicate=0&second_number=0"
OTHER = "first=0-00&first_replicate=0&first_number=0&second=0-01&second_replicate=0&second_number=1"


@pytest.fixture
def going(tmp_path: Path) -> RunFolder:
    """A run that goes on, whose first two candidates began alike in their first episodes only."""
    folder = unfinished(tmp_path / "going", samples=3)
    for name, seeds in (("0-00", (1, 2)), ("0-01", (1, 3))):
        training = folder.training(name, "search", 0)
        training.mkdir(parents=True)
        write_trajectories(training / FILE, [whole(4, seed=seed) for seed in seeds])
    return folder


def films_of(page: Page) -> list[dict[str, str | None]]:
    return [attrs for tag, attrs in page.tags if tag == "video"]


def test_a_person_is_told_what_begins_alike(going: RunFolder) -> None:
    page = Page(guest(going.root.parent).get(f"/run/going/compare?{PAIR}").text)
    assert "Both begin from the same state : only the behaviour differs." in page.text


def test_of_two_that_begin_differently_a_pair_that_does_not_is_offered(going: RunFolder) -> None:
    client = guest(going.root.parent)
    page = Page(client.get(f"/run/going/compare?{OTHER}").text)
    assert "They begin from different states" in page.text
    (offered,) = [
        attrs["href"] or "" for tag, attrs in page.tags if tag == "a" and "/compare?" in (attrs["href"] or "")
    ]
    assert offered == f"/run/going/compare?{PAIR}"
    assert "Both begin from the same state" in client.get(offered).text


def test_where_nothing_else_begins_alike_nothing_is_offered(going: RunFolder) -> None:
    write_trajectories(going.training("0-01", "search", 0) / FILE, [whole(4, seed=seed) for seed in (7, 8)])
    page = Page(guest(going.root.parent).get(f"/run/going/compare?{OTHER}").text)
    assert "They begin from different states." in page.text
    assert not [attrs for tag, attrs in page.tags if tag == "a" and "/compare?" in (attrs["href"] or "")]


def test_where_recordings_do_not_say_nothing_is_said(going: RunFolder) -> None:
    write_trajectories(going.training("0-01", "search", 0) / FILE, [whole(4, seed=None)])
    assert "begin from" not in Page(guest(going.root.parent).get(f"/run/going/compare?{PAIR}").text).text


def test_nothing_is_filmed_before_somebody_asks(going: RunFolder) -> None:
    drawings = ReadyFilms()
    page = Page(guest(going.root.parent, drawings=drawings).get(f"/run/going/compare?{PAIR}").text)
    assert films_of(page) == []
    assert "Film both" in page.text
    assert drawings.asked == []


def test_both_are_filmed_for_a_piece_of_the_page(going: RunFolder) -> None:
    drawings = ReadyFilms()
    client = guest(going.root.parent, drawings=drawings)
    answer = client.get(f"/run/going/compare/films?{PAIR}&films=both", headers={"hx-request": "true"})
    films = films_of(Page(answer.text))
    assert [one["aria-label"] for one in films] == ["Film of 0-00", "Film of 0-01"]
    for film in films:
        assert {"muted", "playsinline", "loop", "controls"} <= film.keys()
        assert client.get(film["poster"] or "").headers["content-type"] == "image/jpeg"
        part = client.get(film["src"] or "", headers={"range": "bytes=0-99"})
        assert (part.status_code, len(part.content)) == (206, 100)
        assert part.headers["content-type"] == "video/mp4"
    assert sorted(set(drawings.asked)) == [
        (name, suffix) for name in ("0-00", "0-01") for suffix in (".jpg", ".mp4")
    ]


def test_without_a_script_the_page_itself_has_both_films(going: RunFolder) -> None:
    drawings = ReadyFilms()
    page = Page(guest(going.root.parent, drawings=drawings).get(f"/run/going/compare?{PAIR}&films=both").text)
    place = "?replicate=0&number=0"
    assert [(one["src"], one["poster"]) for one in films_of(page)] == [
        (f"/run/going/candidate/{name}/film{place}", f"/run/going/candidate/{name}/sheet{place}")
        for name in ("0-00", "0-01")
    ]
    assert drawings.asked == [], "a page waits for no drawing"
    (form,) = [attrs for tag, attrs in page.tags if tag == "form"]
    assert form["action"] == "/run/going/say"


def test_where_there_is_no_film_the_contact_sheet_stays_with_the_reason(going: RunFolder) -> None:
    drawings = ReadyFilms(without=("0-01",))
    answer = guest(going.root.parent, drawings=drawings).get(f"/run/going/compare/films?{PAIR}")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert [one["aria-label"] for one in films_of(page)] == ["Film of 0-00"]
    assert "There is no film: It was not drawn." in page.text
    assert [attrs["hx-get"] for _, attrs in page.tags if attrs.get("class") == "picture"] == [
        "/run/going/candidate/0-01/picture?replicate=0&number=0"
    ]


def test_without_an_encoder_films_are_pictures_that_move(going: RunFolder) -> None:
    drawings = ReadyFilms(suffix=".gif")
    page = Page(guest(going.root.parent, drawings=drawings).get(f"/run/going/compare/films?{PAIR}").text)
    assert films_of(page) == []
    assert [attrs["alt"] for _, attrs in page.tags if attrs.get("class") == "film"] == [
        "Film of 0-00", "Film of 0-01",
    ]  # fmt: skip
    assert "pip install" in page.text


@pytest.mark.parametrize("query", [PAIR.replace("0-01", "9-99"), "first=0-00&second=0-00", "first=0-00"])
def test_what_is_no_pair_is_not_filmed(going: RunFolder, query: str) -> None:
    drawings = ReadyFilms()
    client = guest(going.root.parent, drawings=drawings)
    assert client.get(f"/run/going/compare/films?{query}").status_code == 404
    assert drawings.asked == []
