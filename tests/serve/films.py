"""Films for tests that need none of a simulator: a number that counts, of a length that the episode says."""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from eureka_agent.errors import TaskError
from eureka_agent.serve.drawings import Drawings, Drawn
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import Episode
from eureka_agent.training.video import Video

FPS = 10


class ReadyFilms(Drawings):
    """Draws at once: films of one second, and one more for each number of an episode."""

    def __init__(self, *, suffix: str = ".mp4", without: Collection[str] = ()) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []
        self._suffix, self._without, self._making = suffix, without, threading.Lock()
        self._made = TemporaryDirectory(prefix="films-for-tests-")

    @property
    def film_suffix(self) -> str:
        return self._suffix

    def drawn(self, folder: RunFolder, run_id: str, episode: Episode, suffix: str) -> Drawn:
        self.asked.append((episode.name, suffix))
        if episode.name in self._without and suffix != ".jpg":
            raise TaskError("It was not drawn.")
        path = Path(self._made.name) / f"{episode.name}-{episode.number}{suffix}"
        with self._making:
            if not path.exists():  # a browser may be reading it
                _draw(path, FPS * (1 + episode.number))
        return Drawn(path, "some frames")


def _draw(path: Path, pictures: int) -> None:
    if path.suffix == ".jpg":
        Image.new("RGB", (64, 48), "white").save(path)
        return
    with Video(path, FPS) as video:
        for number in range(pictures):
            video.add(np.full((48, 64, 3), 255 * number // pictures, np.uint8))
