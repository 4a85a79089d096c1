"""Feedback on its way to a run: anybody may leave a file, the process that works on the run takes it up.

`feedback/<name>.json` is a message; once it is taken up it is gone, and `feedback/answers/<name>.json` says
what was done with it. Names begin with the time, so that messages are taken in the order in which they were
left.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eureka_agent.errors import StoreError
from eureka_agent.escaping import one_line
from eureka_agent.files import read_own_text, write_json
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.said import said_from_json

_NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")
MOST_BYTES = 64_000
"""Largest message, or answer; its texts are limited, too (`store/said.py`)."""
MOST_WAITING = 1_000
"""Messages that may lie in the inbox of a run that nobody works on."""
_LEFT_BEHIND = 200
"""Answers that are kept."""


@dataclass(frozen=True)
class Message:
    """Something said, and how it came."""

    name: str
    said: Any
    """One of `said.SAID`."""
    through: str


@dataclass(frozen=True)
class Answer:
    """What a run did with a message."""

    taken: bool
    """False where it was refused: nothing was journalled then."""
    text: str
    """In a person's words."""
    number: int | None = None
    """Under which it can be taken back."""


class InboxFullError(ValueError):
    """Nobody takes up what lies there already."""


def leave(folder: RunFolder, said: Any, through: str) -> str:
    """Leave what was said for the process that works on the run; return the message's name.

    Raises InboxFullError where too much waits already, StoreError where nothing can be written, or elsewhere
    by a link.
    """
    _refuse_link(folder)
    if len(_names(folder.feedback)) >= MOST_WAITING:
        raise InboxFullError(f"{MOST_WAITING:,} messages wait already, and nobody takes them up")
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    write_json(folder.feedback / f"{name}.json", {"said": asdict(said), "through": through})
    return name


def waiting(folder: RunFolder) -> Iterator[tuple[str, Message | str]]:
    """Yield the messages that were left, oldest first; in the place of one that is none, what is wrong.

    Of an inbox that is a link none are: they could not be answered, and would be taken up again and again.
    """
    for name in _names(folder.feedback) if _link(folder) is None else ():
        yield name, _read(folder.feedback / f"{name}.json", name)


def is_waiting(folder: RunFolder, name: str) -> bool:
    """Tell whether a message lies there that nobody has taken up yet."""
    return name in _names(folder.feedback)


def answer(folder: RunFolder, name: str, given: Answer) -> None:
    """Say what was done with a message, and take it out of the inbox; StoreError as in `leave`."""
    _refuse_link(folder)
    write_json(_answers(folder) / f"{name}.json", asdict(given))
    with suppress(OSError):
        (folder.feedback / f"{name}.json").unlink()
    for old in _names(_answers(folder))[:-_LEFT_BEHIND]:
        with suppress(OSError):
            (_answers(folder) / f"{old}.json").unlink()


def answer_to(folder: RunFolder, name: str) -> Answer | None:
    """Return what was done with a message; None while nothing was."""
    if not _NAME.fullmatch(name) or _link(folder) is not None:
        return None
    path = _answers(folder) / f"{name}.json"
    try:
        if path.lstat().st_size > MOST_BYTES:
            return None
        text = read_own_text(path)
        told = json.loads(text) if text else None
        return None if told is None else Answer(bool(told["taken"]), str(told["text"]), told.get("number"))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def mark(folder: RunFolder) -> object:
    """Return what differs once a message was left, taken up or answered."""
    return tuple(_names(folder.feedback)), tuple(_names(_answers(folder)))


def answers_by_number(folder: RunFolder) -> dict[int, str]:
    """Return what the run answered to what it took up, by its number; the oldest answers are gone."""
    found = (answer_to(folder, name) for name in _names(_answers(folder)))
    return {one.number: one.text for one in found if one is not None and isinstance(one.number, int)}


def _refuse_link(folder: RunFolder) -> None:
    if (place := _link(folder)) is not None:
        raise StoreError(
            f"{one_line(str(place))} is a symbolic link: nothing was written there.",
            allowed="a folder of the run itself, or none yet",
            fix="Look at it, then remove the link.",
        )


def _link(folder: RunFolder) -> Path | None:
    """Return the folder that is somewhere else by a link, None where neither is."""
    return next((place for place in (folder.feedback, _answers(folder)) if place.is_symlink()), None)


def _answers(folder: RunFolder) -> Path:
    return folder.feedback / "answers"


def _names(place: Path) -> list[str]:
    try:
        found = [name.removesuffix(".json") for name in os.listdir(place) if name.endswith(".json")]
    except OSError:
        return []
    return sorted(name for name in found if _NAME.fullmatch(name))


def _read(path: Path, name: str) -> Message | str:
    """Return a message, or what is wrong with it: anybody who may write in the folder may have left it."""
    try:
        status = path.lstat()
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if not stat.S_ISREG(status.st_mode):
        return "it is no plain file"
    if status.st_size > MOST_BYTES:
        return f"it has {status.st_size:,} bytes, of {MOST_BYTES:,} allowed"
    try:
        told = json.loads(read_own_text(path))
        return Message(name, said_from_json(told["said"]), one_line(str(told.get("through", "")))[:40])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        return one_line(str(error))[:300] or "it is no message"
