"""The process that draws: what it imports, how it ends, and what it leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from door import unfinished
from real_server import PATIENCE_S, served, until

from eureka_agent.errors import EurekaError, TaskError
from eureka_agent.serve.drawings import Drawings, Drawn
from eureka_agent.serve.media import THREADS
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Episode

EPISODE = Episode("0-00", 0, 0)


def test_files_of_the_working_directory_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("numpy", "json", "eureka_agent"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EurekaError) as caught:
        Drawings().drawn(RunFolder(tmp_path / "none"), "id", EPISODE, ".jpg")
    assert "Run none never began" in caught.value.what  # the package was found, and looked for the run
    assert not (tmp_path / "ran").exists()


def writing_end(pipe: Path) -> int | None:
    """Open a pipe that a process has opened to read it: it then waits until this end is closed."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


@pytest.fixture
def stuck(tmp_path: Path) -> RunFolder:
    """A run whose log is a pipe that nobody writes: whoever reads it waits."""
    root = tmp_path / "stuck"
    root.mkdir()
    os.mkfifo(root / "events.jsonl")
    return RunFolder(root)


def test_closing_ends_the_drawing_and_all_that_wait(stuck: RunFolder) -> None:
    drawings = Drawings()
    with ThreadPoolExecutor() as pool:
        waiting = [
            pool.submit(drawings.drawn, stuck, "id", Episode("0-00", 0, number), ".jpg")
            for number in range(3)
        ]
        ends: list[int] = []
        until(lambda: (found := writing_end(stuck.events)) is not None and ends.append(found) is None)
        drawings.close()
        told = {str(one.exception(PATIENCE_S)) for one in waiting}
    assert sorted(told) == [
        "The dashboard stops: nothing is drawn any more.", "The process that draws ended without an answer.",
    ]  # fmt: skip
    os.close(*ends)
    assert writing_end(stuck.events) is None


@pytest.fixture
def heeded(how: signal.Signals) -> Iterator[None]:
    """Let processes that are begun here heed a signal, which these tests may ignore: nohup has it so."""
    before = signal.signal(how, signal.SIG_DFL)
    yield
    signal.signal(how, before)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_dashboard_that_is_stopped_leaves_no_folder(
    tmp_path: Path, how: signal.Signals, heeded: None
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    command = [sys.executable, "-m", "eureka_agent", "serve", "--runs", str(tmp_path), "--port", "0"]
    env = {**os.environ, "TMPDIR": str(place)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        with pytest.raises(urllib.error.HTTPError):  # without the token, but it answers
            urllib.request.urlopen(address.partition("?")[0], timeout=PATIENCE_S)
        assert list(place.glob("eureka-dashboard-*"))
        process.send_signal(how)
        process.wait(PATIENCE_S)
    assert not list(place.glob("eureka-dashboard-*"))


class HeldUp(Drawings):
    """Draws episode 0 at once, and others once they may be."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.ready = threading.Event(), threading.Event()

    def _draw(self, folder: RunFolder, episode: Episode, path: Path) -> str:
        if episode.number:
            self.begun.set()
            assert self.ready.wait(PATIENCE_S)
        path.write_bytes(b"drawn")
        return "some frames"


def test_what_is_drawn_already_waits_for_no_drawing(tmp_path: Path) -> None:
    """A browser asks for a film part by part while it plays."""
    drawings = HeldUp()
    drawn = partial(drawings.drawn, RunFolder(tmp_path), "id", suffix=".mp4")
    film = drawn(episode=EPISODE)
    with ThreadPoolExecutor() as pool:
        other = pool.submit(drawn, episode=Episode("0-00", 0, 1))
        try:
            assert drawings.begun.wait(PATIENCE_S)
            assert pool.submit(drawn, episode=EPISODE).result(PATIENCE_S / 4) == film
            assert not other.done()
        finally:
            drawings.ready.set()
        assert other.result(PATIENCE_S).path != film.path
    drawings.close()


class Slow(Drawings):
    """Drawings of which none is ready before it is told to be."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.ready = threading.Semaphore(0), threading.Event()

    def drawn(self, folder: RunFolder, run_id: str, episode: Episode, suffix: str) -> Drawn:
        self.asked.release()
        self.ready.wait(PATIENCE_S)
        raise TaskError("It was not drawn.")


def test_pages_that_need_no_drawing_do_not_wait_for_those_that_do(tmp_path: Path) -> None:
    unfinished(tmp_path / "one", samples=3)
    slow = Slow()
    with served(tmp_path, drawings=slow) as here, ThreadPoolExecutor() as pool:
        sheet = "/run/one/candidate/0-00/sheet?replicate=0&number="
        waiting = [pool.submit(here.ask, f"{sheet}{number}") for number in range(THREADS)]
        try:
            assert all(slow.asked.acquire(timeout=PATIENCE_S) for _ in waiting)
            others = ("compare?first=0-00&second=0-01", "question", "best/film.mp4")
            told = [pool.submit(here.ask, f"/run/one/{other}") for other in others]
            assert [one.result(PATIENCE_S / 4).status for one in told] == [404] * 3
        finally:
            slow.ready.set()
        assert [one.result().status for one in waiting] == [422] * THREADS
