"""The runs of a folder side by side: one that is strange or out of sight spoils none of the others."""

from __future__ import annotations

import gc
import os
import weakref
from pathlib import Path

import pytest
from door import guest, unfinished
from page_reading import Page

from eureka_agent.serve.parts import Renderer
from eureka_agent.serve.runs import MOST_OPEN, Runs
from eureka_agent.serve.shown_run import Card, ShownRun


class Broken(ShownRun):
    """A run with whose log nobody reckoned."""

    def card(self) -> Card:
        raise ZeroDivisionError("of <all> things")


class RunsWithOneBroken(Runs):
    """Runs of which the one called `broken` is."""

    def shown(self, name: str) -> ShownRun | None:
        run = super().shown(name)
        return Broken(run.folder, self.renderer) if run is not None and name == "broken" else run


def test_a_folder_whose_name_no_address_can_tell_is_not_shown(tmp_path: Path) -> None:
    folder = unfinished(tmp_path / "one", samples=3)
    try:
        os.rename(folder.root, os.fsencode(tmp_path) + b"/\xff\xfe")
    except OSError:
        pytest.skip("This file system takes no such name.")
    unfinished(tmp_path / "two", samples=3)
    answer = guest(tmp_path).get("/")
    assert (answer.status_code, "/run/two" in answer.text) == (200, True)


def test_one_run_that_cannot_be_shown_leaves_the_others(tmp_path: Path) -> None:
    unfinished(tmp_path / "broken", samples=3)
    unfinished(tmp_path / "two", samples=3)
    told = Page(RunsWithOneBroken(tmp_path, Renderer()).refresh()["runs"].html).text
    assert "cannot be read: ZeroDivisionError: of <all> things" in told
    assert "two" in told


def test_a_run_that_somebody_watches_stays_the_same_however_many_others_are_opened(tmp_path: Path) -> None:
    for number in range(MOST_OPEN + 1):
        folder = tmp_path / f"{number:02}"
        folder.mkdir()
        (folder / "events.jsonl").touch()
    runs = Runs(tmp_path, Renderer())
    watched, other = runs.shown("00"), runs.shown("01")
    let_go = weakref.ref(other)
    del other
    for number in range(2, MOST_OPEN + 1):
        runs.shown(f"{number:02}")
    runs.shown("02")
    assert runs.shown("00") is watched
    gc.collect()
    assert let_go() is None
