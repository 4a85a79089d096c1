"""What the winner looks like beside the reference: contact sheets and the film in `best/`."""

from __future__ import annotations

import base64
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from eureka_agent.errors import StoreError
from eureka_agent.report.best import TITLES, BestPictures, read_pictures
from eureka_agent.report.words import cut
from eureka_agent.store.layout import RunFolder

MOST_BYTES = 100_000
"""Of a sheet: three of them stand in a report."""
LONGEST_WORDS = 1_500
MOST_FILMS = 10
JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True)
class SheetView:
    """One contact sheet."""

    title: str
    told: str
    """What it shows, in words."""
    jpeg: str
    """The file in base64."""
    lost: str = ""
    """Where the episode was lost, or why that is not known; empty where nobody looked."""


@dataclass(frozen=True)
class PicturesView:
    """What was drawn of a run's best."""

    sheets: tuple[SheetView, ...]
    film: str
    """Where the film lies, from the run's folder; empty where there is none."""
    other_films: tuple[tuple[str, str], ...]
    """Who else was filmed, by name, and where that film lies."""
    not_drawn: str
    """What lacks, and why."""


def pictures_view(folder: RunFolder) -> PicturesView | None:
    """Return what was drawn of a run's best; None where nothing was, or it cannot be read."""
    drawn = read_pictures(folder)
    if drawn is None:
        return None
    read = [(one, _jpeg(folder.best_pictures.with_name(f"{one.kind}.jpg"))) for one in drawn.sheets[:3]]
    sheets = tuple(
        SheetView(
            TITLES[one.kind],
            cut(one.told, LONGEST_WORDS),
            base64.b64encode(content).decode(),
            cut(one.lost, LONGEST_WORDS),
        )
        for one, content in read
        if content
    )
    film = "best/film.mp4" if drawn.film and folder.best_film.is_file() else ""
    return PicturesView(sheets, film, _others(folder, drawn), cut(drawn.not_drawn, LONGEST_WORDS))


def _others(folder: RunFolder, drawn: BestPictures) -> tuple[tuple[str, str], ...]:
    """Return the films of others that are there; names that this program does not give lead nowhere."""
    found: list[tuple[str, str]] = []
    for name in drawn.films[:MOST_FILMS]:
        with suppress(StoreError):
            path = folder.other_film(name)
            if path.is_file():
                found.append((name, path.relative_to(folder.root).as_posix()))
    return tuple(found)


def _jpeg(path: Path) -> bytes:
    """Return a JPEG file's content; nothing where it is something else, a link, or larger than ours are."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            return b""
        content = file.read(MOST_BYTES)
    return content if content.startswith(JPEG) else b""
