"""Films and contact sheets are made in a separate process: an environment is third-party code."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from eureka_agent.analysis.happenings import happenings, most_telling, with_gaps_filled
from eureka_agent.analysis.moments import joined
from eureka_agent.analysis.typical import Typical
from eureka_agent.errors import EurekaError, StoreError, TaskError
from eureka_agent.files import write_atomic
from eureka_agent.report.films.frame import FrameMaker
from eureka_agent.report.films.payments import lines_of
from eureka_agent.report.films.sheet import LEAST, MOST, as_jpeg, contact_sheet
from eureka_agent.report.films.when import when
from eureka_agent.tasks.task import Task
from eureka_agent.training.apart import WALL_S, answer_apart, work_apart
from eureka_agent.training.filming import steps_a_picture
from eureka_agent.training.playing import RENDERING
from eureka_agent.training.rendering import Rendering, rendering
from eureka_agent.training.video import Video
from eureka_agent.trajectories.ending import events_of
from eureka_agent.trajectories.files import read_trajectories, write_trajectories
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
ENTRY = "eureka_agent.report.films.making:main"
JPEG_BYTES = 95_000
"""Of a sheet as JPEG: three of them stand in a report."""
MARKS = 40
"""Happenings that are marked below a film; of more of them some."""
HOLD_S = 1.0
"""The last picture of a film stays for so long."""


@dataclass(frozen=True, eq=False)
class FilmOrder:
    """An episode of which a film, a contact sheet, or both are wanted."""

    episode: Trajectory
    title: str
    video: Path | None = None
    """An .mp4 or .gif."""
    sheet: Path | None = None
    """A .jpg or .png."""
    most_pictures: int | None = None
    """Pictures of the film, where it may not have all: those nearest to what happens."""
    lost: int | None = None
    """The step with which the episode was lost, where that is known: it is marked in red."""


@dataclass(frozen=True)
class Filmed:
    """What became of an order: what its contact sheet shows, in words, or why there is nothing."""

    told: str = ""
    error: TaskError | None = None


def film_episodes(
    task: Task,
    orders: Sequence[FilmOrder],
    *,
    random_play: Path | None = None,
    wall_s: float = WALL_S,
    stop: threading.Event | None = None,
) -> list[Filmed]:
    """Make films and sheets, and return what became of each order.

    `random_play` is a recording by which rest and tremors are measured. Raises TaskError where the process
    ended without an answer, StoreError where a file cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="eureka-film-") as name:
        folder = Path(name)
        told = [_told(folder, number, order) for number, order in enumerate(orders)]
        payload = {"orders": told, "random_play": None if random_play is None else str(random_play.resolve())}
        answer = work_apart(
            task, ENTRY, folder, payload, doing="Filming", hint=RENDERING, wall_s=wall_s, stop=stop
        )
        made = [
            Filmed(**one) if not one["error"] else Filmed(error=TaskError(**one["error"]))
            for one in answer["made"]
        ]
        for number, (order, one) in enumerate(zip(orders, made, strict=True)):
            if one.error is None:
                _hand_over(folder, number, order)
        return made


def main(payload: dict[str, Any], _fds: list[int]) -> None:
    """In the child: play the episodes again, draw, and write what was made or the error."""

    def make(task: Task, folder: Path) -> dict[str, Any]:
        return {"made": [_make(task, one, payload["random_play"], folder) for one in payload["orders"]]}

    answer_apart(payload, make)


def _told(folder: Path, number: int, order: FilmOrder) -> dict[str, Any]:
    """Write an episode for the child, and return what else it needs."""
    write_trajectories(folder / f"{number}.npz", [order.episode])
    return {
        "number": number,
        "title": order.title,
        "video": order.video.suffix if order.video else None,
        "sheet": order.sheet.suffix if order.sheet else None,
        "most": order.most_pictures,
        "lost": order.lost,
    }


def _hand_over(folder: Path, number: int, order: FilmOrder) -> None:
    """Bring whole pictures where they are wanted; what a failed rendering left is not brought."""
    for path in (order.video, order.sheet):
        if path is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(folder / f"{number}{path.suffix}", path)
            except OSError as error:
                raise StoreError(
                    f"Could not write {path}: {error.strerror or error}.",
                    allowed="a path in a folder with free space and write permission",
                ) from error


def _make(task: Task, order: dict[str, Any], random_play: str | None, folder: Path) -> dict[str, Any]:
    try:
        return {"told": _draw(task, order, random_play, folder), "error": None}
    except EurekaError as error:
        return {"told": "", "error": {"what": error.what, "allowed": error.allowed, "fix": error.fix}}


def _draw(task: Task, order: dict[str, Any], random_play: str | None, folder: Path) -> str:
    """Play an episode again, draw its film and its sheet, and return what the sheet shows."""
    number = order["number"]
    (episode,) = read_trajectories(folder / f"{number}.npz")
    typical = None if random_play is None else Typical.of(read_trajectories(Path(random_play)))
    notes = happenings(episode, events_of(task, episode.signals), typical, order["lost"])
    told = joined({0: "the start"}, most_telling(notes, MOST - 1))
    in_sheet = with_gaps_filled(list(told), LEAST, episode.length) if order["sheet"] else []
    with rendering(task, episode) as shown:
        pictures = _play(shown, task, episode, order, notes, in_sheet, folder)
        if not order["sheet"]:
            return ""
        sheet = contact_sheet(pictures, told, order["title"], shown.seconds_a_step)
        _save(sheet, folder / f"{number}{order['sheet']}")
        seen = [f"{when(step, shown.seconds_a_step)} {told.get(step, '')}".strip() for step in in_sheet]
        return f"{len(in_sheet)} frames of {order['title']}: {'; '.join(seen)}."


def _play(
    shown: Rendering, task: Task, episode: Trajectory, order: dict[str, Any], notes: Mapping[int, str],
    in_sheet: Collection[int], folder: Path,
) -> list[tuple[int, Array]]:  # fmt: skip
    """Write the film, if one is wanted, and return the pictures of the sheet."""
    every = steps_a_picture(shown.fps)
    filmed = list(range(0, episode.length, every)) if order["video"] else []
    filmed = nearest(filmed, notes, order["most"] or len(filmed))
    maker = FrameMaker(
        order["title"], episode.length, lines_of(episode, task.safety_signals), most_telling(notes, MARKS),
        shown.seconds_a_step, shown.fps,
    )  # fmt: skip
    kept: list[tuple[int, Array]] = []
    frame, fps = None, shown.fps / every
    with Video(folder / f"{order['number']}{order['video']}", fps) as video:
        wanted = {*filmed, *in_sheet, episode.length - 1}
        for step, picture in shown.pictures(wanted):
            if step in in_sheet:
                kept.append((step, picture))
            if filmed and (step in filmed or step == episode.length - 1):
                frame = maker.frame(step, picture)
                video.add(frame)
        for _ in range(round(HOLD_S * fps) if frame is not None else 0):
            video.add(frame)  # pyright: ignore[reportArgumentType]
    return kept


def nearest(steps: Sequence[int], notes: Collection[int], most: int) -> list[int]:
    """Return at most `most` of some steps, in order: those nearest to the first one and to what happens."""
    places = np.array(sorted({0, *notes}))
    distance = {step: int(np.abs(places - step).min()) for step in steps}
    return sorted(sorted(steps, key=lambda step: (distance[step], step))[:most])


def _save(sheet: Image.Image, path: Path) -> None:
    if path.suffix == ".png":
        sheet.save(path, "PNG")
    else:
        write_atomic(path, as_jpeg(sheet, JPEG_BYTES))
