"""Pictures of a candidate's worst and best episode: a plot with key moments, and frames where they render."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from eureka_agent.analysis.moments import KeyMoments
from eureka_agent.analysis.whole import CandidateAnalysis, Played
from eureka_agent.errors import EurekaError
from eureka_agent.files import write_atomic
from eureka_agent.report.episode_picture import FRAME_COLUMNS, episode_picture
from eureka_agent.tasks.task import Task
from eureka_agent.training.filming import evenly
from eureka_agent.training.frames_apart import frames_of
from eureka_agent.trajectories.trajectory import Trajectory

MOST_FRAMES = 3 * FRAME_COLUMNS
"""Frames of an episode: its key moments, and as many others as fit."""


class Drawn(NamedTuple):
    """Pictures that were written, and what they lack."""

    paths: tuple[Path, ...] = ()
    missing: tuple[str, ...] = ()


NOTHING_DRAWN = Drawn()


def write_pictures(
    folder: Path, played: Played, found: CandidateAnalysis, task: Task | None, not_loaded: str = ""
) -> Drawn:
    """Write a picture of the worst and of the best episode.

    Without `task` there are no frames; `not_loaded` says why. Raises StoreError where the folder cannot be
    written to.
    """
    paths, missing = [], []
    for word, moments in (("worst", found.worst), ("best", found.best)):
        if moments is None:
            continue
        frames, why = {}, not_loaded
        if task is not None:
            frames, why = _frames(task, played.episodes[moments.episode], moments)
        path = folder / f"{found.candidate}-{word}-episode-{moments.episode}.svg"
        write_atomic(path, _picture(played, found, moments, word, frames))
        paths.append(path)
        missing += [f"Drawn without frames. {why}"] if why else []
    return Drawn(tuple(paths), tuple(dict.fromkeys(missing)))


def _picture(
    played: Played, found: CandidateAnalysis, moments: KeyMoments, word: str, frames: Mapping[int, bytes]
) -> str:
    episode = played.episodes[moments.episode]
    scored = "" if episode.fitness is None else f", fitness {episode.fitness:.4g}"
    what = found.outcomes[moments.episode].name
    title = f"Candidate {found.candidate}, {word} episode ({moments.episode})"
    detail = f"{what}, after {episode.length} steps{scored}"
    events = played.events[moments.episode] if played.events else {}
    return episode_picture(episode, moments, title, detail, events, frames)


def _frames(task: Task, episode: Trajectory, moments: KeyMoments) -> tuple[dict[int, bytes], str]:
    """Return frames by step, or none and why."""
    noted = list(moments.noted)[:MOST_FRAMES]
    others = [step for step in evenly(episode.length, MOST_FRAMES) if step not in noted]
    every = max(1, -(-len(others) // max(1, MOST_FRAMES - len(noted))))
    steps = sorted({*noted, *others[::every][: MOST_FRAMES - len(noted)]})
    try:
        return frames_of(task, episode, steps), ""
    except EurekaError as error:
        return {}, str(error)
