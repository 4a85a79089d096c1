"""`labels`: what annotators said of captions: to look at, to correct, to take elsewhere."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from eureka_agent.errors import ConfigError, did_you_mean
from eureka_agent.escaping import one_line
from eureka_agent.files import write_atomic
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.questions import Question
from eureka_agent.intrinsic.captioning.captions import tidied

PERSON = "a person"
COLUMNS = ("caption", "other", "value", "votes", "by", "goal")


@dataclass(frozen=True)
class KnownLabel:
    """One label of a file."""

    caption: str
    other: str
    """What it was compared with; empty where it was judged alone."""
    value: float
    """Probability that it is helpful, or better than the other one."""
    votes: int
    by: str
    """The annotator's name, or `PERSON`."""
    goal: str


def labels(
    file: Path | str,
    *,
    goal: str | None = None,
    containing: str = "",
) -> list[KnownLabel]:
    """Return the labels of a file, the highest first; corrections stand above what they correct.

    Of `goal` only, where one is given, and with captions that contain some words, in any case of letters.
    Raises ConfigError where there is no file.
    """
    rows = [
        KnownLabel(
            label.question.captions[0],
            label.question.captions[1] if label.question.is_pair else "",
            label.value,
            label.votes,
            PERSON if source is None else source.annotator,
            about,
        )
        for about, source, label in _opened(file).kept()
    ]
    wanted = [
        row
        for row in rows
        if goal in (None, row.goal) and containing.lower() in f"{row.caption}\n{row.other}".lower()
    ]
    return sorted(wanted, key=lambda row: (-row.value, row.by != PERSON, row.caption))


def correct_label(
    file: Path | str, caption: str, value: float, *, other: str = "", goal: str | None = None
) -> KnownLabel:
    """Keep a person's label of a caption, or of a pair: it stands above what any annotator says to that goal.

    The goal may be left out where the file has one only. Raises ConfigError for a caption, a value or a goal
    that cannot be.
    """
    cache = _opened(file)
    about = _goal(cache, goal)
    captions = tuple(text for text in (tidied(caption), tidied(other)) if text)
    known = dict.fromkeys(text for _, _, label in cache.kept() for text in label.question.captions)
    for text in captions:
        if text not in known:
            raise ConfigError(
                f"No label in the file is about the caption '{text}'.{did_you_mean(text, known)}",
                allowed=f"one of its {len(known):,} captions",
                fix="Copy it from what `eureka-agent labels` shows.",
            )
    try:
        question = Question(captions)
        cache.corrected(question, value, goal=about)
    except ValueError as error:
        raise ConfigError(
            f"This label cannot be kept: {error}.",
            allowed="a caption, or two that differ, and a value from 0 to 1",
            fix="Correct what you gave.",
        ) from error
    return KnownLabel(captions[0], captions[1] if question.is_pair else "", value, 1, PERSON, about)


def export_labels(file: Path | str, to: Path | str) -> int:
    """Write the labels of a file as CSV, and return how many there are."""
    rows = labels(file)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows([_plain(getattr(row, column)) for column in COLUMNS] for row in rows)
    write_atomic(Path(to), text.getvalue().encode(errors="backslashreplace"))
    return len(rows)


def _plain(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@") else cell


def _opened(file: Path | str) -> LabelCache:
    path = Path(file)
    if path.is_dir():
        path = path / "labels.jsonl"
    if not path.is_file():
        raise ConfigError(
            f"There are no labels in {path}.",
            allowed="a file of labels, or the folder that `oni` wrote it to",
            fix="Check the path.",
        )
    return LabelCache(path)


def _goal(cache: LabelCache, goal: str | None) -> str:
    goals = list(dict.fromkeys(about for about, _, _ in cache.kept()))
    if goal is None and len(goals) == 1:
        return goals[0]
    tidy = one_line(goal or "")
    if not tidy:
        raise ConfigError(
            f"The file has labels for {len(goals)} goals.",
            allowed="; ".join(goals) or "the sentence that captions are judged by",
            fix="Say which goal the correction is for.",
        )
    return tidy
