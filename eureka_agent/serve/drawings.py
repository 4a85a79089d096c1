"""Draws episodes in a process of its own, one at a time, and keeps the pictures while the dashboard runs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eureka_agent.errors import TaskError
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Episode
from eureka_agent.training.video import can_encode

WALL_S = 300.0
MOST_KEPT = 200
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_BOOT = (
    "import sys; sys.path += [folder for folder in sys.argv[2:] if folder not in sys.path]; "
    "from eureka_agent.serve.drawing import main; main(sys.argv[1])"
)
"""Files of the folder in which the dashboard was started are no modules of the child's."""


@dataclass(frozen=True)
class Drawn:
    """A file, and what it shows."""

    path: Path
    told: str
    """In words; empty of a film."""


class Drawings:
    """What was drawn, in a temporary folder: nothing is ever written into a run."""

    def __init__(self) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="eureka-dashboard-", ignore_cleanup_errors=True)
        self._drawing = threading.Lock()
        self._changing = threading.Lock()  # guards what is below
        self._kept: dict[str, Drawn] = {}
        self._closed = False
        self._child: subprocess.Popen[str] | None = None

    def close(self) -> None:
        """End the drawing that is being made, begin none of those that wait, and remove what was drawn."""
        with self._changing:
            self._closed = True
            if self._child is not None:
                _kill(self._child)
        with self._drawing:
            self._place.cleanup()

    @property
    def film_suffix(self) -> str:
        """In which format films are made here."""
        return ".mp4" if can_encode() else ".gif"

    def drawn(self, folder: RunFolder, run_id: str, episode: Episode, suffix: str) -> Drawn:
        """Return the contact sheet (.jpg) or the film of an episode; TaskError where it cannot be drawn.

        Raises it, too, once this is closed, and for a run that is not recorded as one's own and whose task is
        none of the package's: its code would be run.
        """
        names = [str(folder.root), run_id, *map(str, asdict(episode).values()), suffix]
        key = hashlib.sha256("\0".join(names).encode(errors="replace")).hexdigest()[:32]
        if known := self._known(key):  # a film is asked for in parts, which wait for no other drawing
            return known
        with self._drawing:  # whoever trains needs the cores
            known = self._known(key)
            if known is None:
                path = Path(self._place.name) / f"{key}{suffix}"
                known = Drawn(path, self._draw(folder, episode, path))
                self._keep(key, known)
            return known

    def _known(self, key: str) -> Drawn | None:
        with self._changing:
            known = self._kept.get(key)
        return known if known is not None and known.path.is_file() else None

    def _keep(self, key: str, drawn: Drawn) -> None:
        with self._changing:
            self._kept[key] = drawn
            while len(self._kept) > MOST_KEPT:
                oldest = self._kept.pop(next(iter(self._kept)))
                with contextlib.suppress(OSError):
                    oldest.path.unlink()

    def _draw(self, folder: RunFolder, episode: Episode, path: Path) -> str:
        order = {"folder": str(folder.root), "episode": asdict(episode), "path": str(path)}
        child = self._begin(json.dumps(order))
        try:
            told, _ = child.communicate(timeout=WALL_S)
            answer: dict[str, Any] = json.loads(told.splitlines()[-1])
        except subprocess.TimeoutExpired as error:
            raise TaskError(f"Drawing took longer than {WALL_S:g} s.") from error
        except (LookupError, ValueError) as error:
            raise TaskError("The process that draws ended without an answer.") from error
        finally:
            self._end(child)
        if answer["error"] is not None:
            raise TaskError(**answer["error"])
        return str(answer["told"])

    def _begin(self, order: str) -> subprocess.Popen[str]:
        boot = [sys.executable, "-P", "-s", "-c", _BOOT, order]
        command = [*boot, *filter(None, sys.path), str(_PACKAGE_ROOT)]
        with self._changing:
            if self._closed:
                raise TaskError("The dashboard stops: nothing is drawn any more.")
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                text=True, errors="replace", start_new_session=True,
            )  # fmt: skip
            return self._child

    def _end(self, child: subprocess.Popen[str]) -> None:
        """End what is left of a child, and what it started."""
        with self._changing:
            self._child = None
            _kill(child)
        if child.stdout is not None:
            child.stdout.close()
        child.wait()


def _kill(child: subprocess.Popen[str]) -> None:
    """Kill a child with its process group; one that has ended is left: another may have its number."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
