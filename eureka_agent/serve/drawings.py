"""Draws episodes in a process of its own, one at a time, and keeps the pictures while the dashboard runs."""

from __future__ import annotations

import contextlib
import hashlib
import json
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
        self._place = tempfile.TemporaryDirectory(prefix="eureka-dashboard-")
        self._drawing = threading.Lock()
        self._kept: dict[str, Drawn] = {}

    @property
    def film_suffix(self) -> str:
        """In which format films are made here."""
        return ".mp4" if can_encode() else ".gif"

    def drawn(self, folder: RunFolder, run_id: str, episode: Episode, suffix: str) -> Drawn:
        """Return the contact sheet (.jpg) or the film of an episode; TaskError where it cannot be drawn.

        Raises it, too, for a run that is not recorded as one's own and whose task is none of the package's:
        its code would be run.
        """
        names = [str(folder.root), run_id, *map(str, asdict(episode).values()), suffix]
        key = hashlib.sha256("\0".join(names).encode(errors="replace")).hexdigest()[:32]
        with self._drawing:  # whoever trains needs the cores
            known = self._kept.get(key)
            if known is None or not known.path.is_file():
                path = Path(self._place.name) / f"{key}{suffix}"
                known = Drawn(path, _draw(folder, episode, path))
                self._keep(key, known)
            return known

    def _keep(self, key: str, drawn: Drawn) -> None:
        self._kept[key] = drawn
        while len(self._kept) > MOST_KEPT:
            oldest = self._kept.pop(next(iter(self._kept)))
            with contextlib.suppress(OSError):
                oldest.path.unlink()


def _draw(folder: RunFolder, episode: Episode, path: Path) -> str:
    order = {"folder": str(folder.root), "episode": asdict(episode), "path": str(path)}
    boot = [sys.executable, "-P", "-s", "-c", _BOOT, json.dumps(order)]
    command = [*boot, *filter(None, sys.path), str(_PACKAGE_ROOT)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=WALL_S, check=False,
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired as error:
        raise TaskError(f"Drawing took longer than {WALL_S:g} s.") from error
    except (LookupError, ValueError) as error:
        raise TaskError("The process that draws ended without an answer.") from error
    if answer["error"] is not None:
        raise TaskError(**answer["error"])
    return str(answer["told"])
