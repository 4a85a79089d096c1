"""The dashboard in Chromium: runs that go on and are over, a candidate, and feedback that is taken up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import NO_BROWSER, OPEN_ALL, TOO_WIDE, WIDTHS, browser
from door import log_of, unfinished
from films import ReadyFilms
from real_server import Served, served
from synthetic_run import synthetic_run
from trajectory_fakes import whole

from eureka_agent.api.evolve import evolve
from eureka_agent.evolution.hearing import Hearing
from eureka_agent.store.event_types import Notice
from eureka_agent.store.lock import run_lock
from eureka_agent.trajectories import write_trajectories
from eureka_agent.trajectories.files import FILE

pytestmark = pytest.mark.skipif(bool(NO_BROWSER), reason=NO_BROWSER)
PATIENCE_MS = 120_000
FILMS = "[...document.querySelectorAll('video')]"


@pytest.fixture(scope="module")
def started() -> Iterator[Any]:
    with browser() as one:
        yield one


class Visitor:
    """A tab that came through the door, and everything that its console said."""

    def __init__(
        self, started: Any, here: Served, size: tuple[int, int] = (1280, 800), **options: Any
    ) -> None:
        self.here, self.said = here, list[str]()
        context = started.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        context.set_default_timeout(PATIENCE_MS)
        self.tab = context.new_page()
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda error: self.said.append(str(error)))
        self.tab.goto(here.door.address)

    def go(self, page: str) -> Any:
        self.tab.goto(f"{self.here.home}{page}")
        return self.tab

    def sees(self, words: str) -> None:
        """Wait until the page says something."""
        self.tab.get_by_text(words).first.wait_for(state="attached")

    def is_live(self) -> None:
        """Wait until the page is told what changes."""
        self.tab.locator("#live.on").wait_for()

    def close(self) -> None:
        self.tab.context.close()


def test_the_token_is_not_in_the_address_and_pages_say_nothing_wrong(tmp_path: Path, started: Any) -> None:
    synthetic_run(tmp_path / "done", generations=2, samples=5)
    unfinished(tmp_path / "going", samples=5)
    with served(tmp_path) as here:
        for size in WIDTHS.values():
            visitor = Visitor(started, here, size)
            visitor.is_live()
            assert "token" not in visitor.tab.url
            for page in (
                "/",
                "/run/done",
                "/run/going",
                "/run/going/candidate/0-00",
                "/run/done/candidate/0-04",
            ):
                tab = visitor.go(page)
                visitor.is_live()
                tab.evaluate(OPEN_ALL)
                assert tab.evaluate(TOO_WIDE) == [], page
            assert visitor.said == []
            visitor.close()


def test_a_page_that_is_open_shows_what_happens_in_the_run(tmp_path: Path, started: Any) -> None:
    folder = unfinished(tmp_path / "going", generations=1, samples=3)
    log, _ = log_of(folder)
    with run_lock(folder.root), served(tmp_path) as here:
        visitor = Visitor(started, here)
        tab = visitor.go("/run/going")
        visitor.is_live()
        tab.evaluate("() => { document.querySelector('#lineage details').open = true; window.same = true; }")
        log.append(Notice(text="The disk is nearly full."))
        visitor.sees("The disk is nearly full.")
        assert tab.evaluate("() => window.same")
        assert tab.evaluate("() => document.querySelector('#lineage details').open")
        visitor.close()


def test_feedback_is_given_taken_up_and_taken_back(tmp_path: Path, started: Any) -> None:
    folder = unfinished(tmp_path / "going", samples=3)
    log, state = log_of(folder)
    with run_lock(folder.root), Hearing(folder, log, state, 5).listening(), served(tmp_path) as here:
        visitor = Visitor(started, here)
        tab = visitor.go("/run/going")
        tab.get_by_label("A sentence").fill("Land softly")
        tab.get_by_label("It is").select_option("unsafe")
        tab.get_by_role("button", name="Say it").first.click()
        visitor.sees("It stands in every prompt from generation 2 on")
        visitor.sees("Unsafe: “Land softly”")
        assert tab.get_by_label("A sentence").input_value() == ""
        tab.get_by_role("button", name="Take back number 1").click()
        visitor.sees("Taken back; what was built on it already stays.")
        visitor.sees("until it was taken back")
        assert state.feedback.standing == ()
        visitor.close()


def test_a_candidate_is_followed_rated_weighed_and_vetoed(tmp_path: Path, started: Any) -> None:
    folder = unfinished(tmp_path / "going", samples=3)
    log, state = log_of(folder)
    with run_lock(folder.root), Hearing(folder, log, state, 5).listening(), served(tmp_path) as here:
        visitor = Visitor(started, here)
        tab = visitor.go("/run/going")
        tab.locator(".chips a", has_text="0-00").click()
        tab.get_by_role("heading", name="Candidate 0-00").wait_for()
        tab.get_by_role("button", name="Thumb up").click()
        visitor.sees("0-00: thumbs up")
        tab.get_by_label("4 ★").check()
        tab.get_by_role("button", name="Rate").click()
        visitor.sees("0-00: 4 of 5 stars")
        tab.get_by_label("Between them").press("End")
        assert tab.locator("output").inner_text() == "more slow, 100 %"
        tab.locator("form", has=tab.locator("#slider")).get_by_role("button", name="Say it").click()
        visitor.sees("Of 0-00: more of `slow`, less of `upright`")
        tab.get_by_role("button", name="Veto").click()
        visitor.sees("A veto stands")
        assert state.feedback.vetoed == {"0-00"}
        assert visitor.said == []
        visitor.close()


def test_what_is_refused_is_said_and_stays_in_the_form(tmp_path: Path, started: Any) -> None:
    folder = unfinished(tmp_path / "going", samples=3)
    with served(tmp_path) as here:
        visitor = Visitor(started, here)
        tab = visitor.go("/run/going")
        tab.get_by_label("A sentence").fill("Land softly")
        tab.get_by_label("About (optional)").fill("7-77")
        tab.get_by_role("button", name="Say it").first.click()
        visitor.sees("There is no candidate 7-77")
        assert tab.get_by_label("A sentence").input_value() == "Land softly"
        assert not folder.feedback.exists()
        tab.get_by_label("About (optional)").fill("")
        tab.get_by_role("button", name="Say it").first.click()
        visitor.sees("No process works on it now: it will be taken up when the run goes on")
        visitor.close()


def test_films_of_two_episodes_play_as_one(tmp_path: Path, started: Any) -> None:
    """The second lasts twice as long as the first, which waits for it at its end."""
    folder = unfinished(tmp_path / "going", samples=3)
    for name in ("0-00", "0-01"):
        training = folder.training(name, "search", 0)
        training.mkdir(parents=True)
        write_trajectories(training / FILE, [whole(4, seed=seed) for seed in (1, 2)])
    pair = "first=0-00&first_replicate=0&first_number=0&second=0-01&second_replicate=0&second_number=1"
    with served(tmp_path, drawings=ReadyFilms()) as here:
        visitor = Visitor(started, here)
        tab = visitor.go(f"/run/going/compare?{pair}")
        tab.get_by_role("button", name="Film both").click()
        tab.get_by_role("button", name="Pause both").wait_for()
        tab.wait_for_function(f"() => {{ const [one, other] = {FILMS}; return one.ended && !other.ended; }}")
        tab.wait_for_function(f"() => {FILMS}.every((film) => film.currentTime < 0.9 && !film.ended)")
        tab.get_by_role("button", name="Pause both").click()
        tab.get_by_role("button", name="Play both").wait_for()
        assert tab.evaluate(f"() => {FILMS}.every((film) => film.paused)")
        tab.get_by_label("Both films").fill("0.5")
        places = tab.evaluate(f"() => {FILMS}.map((film) => film.currentTime)")
        assert places == [pytest.approx(0.5, abs=0.02)] * 2
        tab.get_by_role("button", name="From the start").click()
        tab.wait_for_function(f"() => {FILMS}.every((film) => !film.paused)")
        side_by_side, narrow = (tops(tab, width) for width in (1280, 390))
        assert side_by_side[0] == side_by_side[1]
        assert narrow[0] < narrow[1]
        assert tab.evaluate(TOO_WIDE) == []
        assert visitor.said == []
        visitor.close()


def test_a_film_that_cannot_be_played_makes_room_for_its_contact_sheet(tmp_path: Path, started: Any) -> None:
    unfinished(tmp_path / "going", samples=3)
    pair = "first=0-00&first_replicate=0&first_number=0&second=0-01&second_replicate=0&second_number=1"
    with served(tmp_path, drawings=ReadyFilms(without=("0-01",))) as here:
        visitor = Visitor(started, here)
        tab = visitor.go(f"/run/going/compare?{pair}&films=both")
        tab.get_by_role("button", name="Pause both").wait_for()
        assert tab.evaluate(f"() => {FILMS}.map((film) => film.hidden)") == [False, True]
        assert tab.evaluate("() => [...document.querySelectorAll('details')].map((one) => one.open)") == [
            False,
            True,
        ]
        visitor.close()


def tops(tab: Any, width: int) -> list[float]:
    """Return how far down the two films stand on a page of a width."""
    tab.set_viewport_size({"width": width, "height": 800})
    return tab.evaluate(f"() => {FILMS}.map((film) => film.getBoundingClientRect().top)")


def test_pages_are_read_and_forms_are_sent_without_a_script(tmp_path: Path, started: Any) -> None:
    folder = unfinished(tmp_path / "going", samples=3)
    with served(tmp_path) as here:
        visitor = Visitor(started, here, java_script_enabled=False)
        tab = visitor.go("/run/going")
        visitor.sees("not live without JavaScript")
        visitor.sees("The search: fitness by generation")
        tab.get_by_label("A sentence").fill("Land softly")
        tab.get_by_role("button", name="Say it").first.click()
        tab.get_by_role("heading", name="What became of it").wait_for()
        assert len(list(folder.feedback.glob("*.json"))) == 1
        visitor.close()


def test_a_real_run_is_watched_and_takes_up_what_is_said(tmp_path: Path, started: Any) -> None:
    options: dict[str, Any] = {
        "generations": 3, "samples": 2, "env_steps": 2_048, "confirm_seeds": 2, "confirm_top": 1,
        "target": None, "model": "search", "runs": tmp_path, "film": False,
    }  # fmt: skip
    run = threading.Thread(target=lambda: evolve("cartpole", **options), daemon=True)
    with served(tmp_path) as here:
        visitor = Visitor(started, here)
        run.start()
        tab = visitor.tab
        tab.locator(".run h2 a").click()
        visitor.sees("takes up what you say within a second")
        tab.get_by_label("A sentence").fill("Stay in the middle")
        tab.get_by_role("button", name="Say it").first.click()
        visitor.sees("It is in the log; no language model takes part in this run")
        visitor.sees("“Stay in the middle”")
        tab.locator(".badge", has_text="finished").wait_for()
        run.join()
        visitor.sees("This run is over")
        visitor.close()
