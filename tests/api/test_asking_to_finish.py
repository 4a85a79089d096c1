"""Who asks to finish is heard at once, between events, and not before."""

from __future__ import annotations

import threading
from pathlib import Path

from eureka_agent.api.finishing import noting
from eureka_agent.store.layout import RunFolder

PATIENCE_S = 60.0


def _appears(path: Path) -> bool:
    """Wait for a file; False only where it never comes."""
    tick = threading.Event()
    return any(path.exists() or tick.wait(0.01) for _ in range(int(PATIENCE_S / 0.01)))


def test_the_request_is_on_the_disk_without_any_event(tmp_path: Path) -> None:
    finish, folder = threading.Event(), RunFolder(tmp_path)
    with noting(finish, folder):
        assert not folder.finish_request.exists()
        finish.set()
        assert _appears(folder.finish_request)


def test_asked_as_the_last_thing_it_is_there_when_the_process_goes_on(tmp_path: Path) -> None:
    finish, folder = threading.Event(), RunFolder(tmp_path)
    with noting(finish, folder):
        finish.set()
    assert folder.finish_request.exists()


def test_who_does_not_ask_leaves_nothing(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with noting(threading.Event(), folder), noting(None, folder):
        pass
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_written_the_run_goes_on(tmp_path: Path) -> None:
    finish = threading.Event()
    finish.set()
    with noting(finish, RunFolder(tmp_path / "gone")):
        pass
    assert not (tmp_path / "gone").exists()
