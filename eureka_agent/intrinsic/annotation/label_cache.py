"""Labels on disk: what was answered once is not asked again, and a training can be repeated without a model.

A JSON line a label in one file, after a header; lines are only ever appended, whole and by one system call,
so that several processes may share the file. Whatever the file holds is data: a line that is none of ours is
counted and left out. What a person corrected stands above what any annotator said.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eureka_agent.errors import StoreError
from eureka_agent.escaping import one_line
from eureka_agent.files import disk_error
from eureka_agent.intrinsic.annotation.annotators import Source
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import LONGEST

VERSION = 1
_HEADER = (json.dumps({"labels": VERSION}) + "\n").encode()
_LONGEST_LINE = 131_072
_LONGEST_FIELD = 4_000
_MOST_VOTES = 1_000_000
_FIELDS = {"annotator", "prompt", "goal", "captions", "value", "votes"}
_VOTED = _FIELDS | {"answers"}
_CORRECTION = {"goal", "captions", "corrected"}


@dataclass(frozen=True)
class _Kept:
    captions: tuple[str, ...]
    value: float
    votes: int = 1
    source: Source | None = None
    """None for a person's correction."""
    goal: str = ""
    answers: tuple[float, ...] = ()

    def label(self, question: Question) -> Label:
        """Return it as the label of a question."""
        return Label(question, self.value, self.votes, self.answers)


class LabelCache:
    """Labels by who gave them to which prompt and goal; of a pair, by the order in which it was asked."""

    def __init__(self, path: Path | None = None) -> None:
        """Read what `path` holds; with None nothing is written. StoreError for a file of another kind."""
        self.path = path
        self.damaged = 0
        """Lines that were left out."""
        self._labels: dict[tuple[Source, tuple[str, ...]], _Kept] = {}
        self._corrections: dict[tuple[str, tuple[str, ...]], float] = {}
        self._lock = threading.Lock()
        if path is not None:
            self._read(_contents(path))

    def get(self, source: Source, question: Question, *, votes: int = 1) -> Label | None:
        """Return the label of a question, a person's first; None where it is not known.

        A correction of a pair answers both of its orders, an annotator's answer only the order it was asked.
        An annotator's label of fewer `votes` is not known.
        """
        captions = question.captions
        with self._lock:
            if (value := self._corrections.get((source.goal, captions))) is not None:
                return Label(question, value)
            if (value := self._corrections.get((source.goal, captions[::-1]))) is not None:
                return Label(question, 1.0 - value)
            found = self._labels.get((source, captions))
        return None if found is None or found.votes < votes else found.label(question)

    def get_either(self, source: Source, question: Question) -> Label | None:
        """Return the label of a question, or of a pair's other order; None where neither is known.

        For what nobody can be asked again: an annotator may favour the first of two.
        """
        found = self.get(source, question)
        if found is None and question.is_pair and (other := self.get(source, question.swapped)) is not None:
            found = other.turned
        return found

    def begin(self) -> None:
        """Write the header of a new file: a place that takes no labels is known before any is paid for.

        Raises StoreError.
        """
        if self.path is not None and not self.path.exists():
            _append(self.path, b"")

    def put(self, source: Source, labels: Iterable[Label]) -> None:
        """Keep labels; of equal questions the last counts. Raises StoreError where they cannot be written."""
        kept = [
            _Kept(label.question.captions, label.value, label.votes, source, answers=label.answers)
            for label in labels
        ]
        self._write(kept)

    def corrected(self, question: Question, value: float, *, goal: str) -> None:
        """Keep a person's answer: it holds for this goal, whoever is asked with whichever prompt."""
        self._write([_Kept(question.captions, Label(question, value).value, goal=goal)])

    def sources(self) -> tuple[Source, ...]:
        """Return whose labels there are, in the order in which they came."""
        with self._lock:
            return tuple(dict.fromkeys(source for source, _ in self._labels))

    def kept(self) -> list[tuple[str, Source | None, Label]]:
        """Return the goal, the source and the label of everything known; no source where a person corrected.

        An annotator's label that a correction stands above is still among them.
        """
        with self._lock:
            labels = [
                (source.goal, source, kept.label(Question(captions)))
                for (source, captions), kept in self._labels.items()
            ]
            corrections = [
                (goal, None, Label(Question(captions), value))
                for (goal, captions), value in self._corrections.items()
            ]
        return [*corrections, *labels]

    def __len__(self) -> int:
        return len(self._labels) + len(self._corrections)

    def _write(self, kept: Sequence[_Kept]) -> None:
        with self._lock:
            for one in kept:
                self._take(one)
            if self.path is not None and kept:
                _append(self.path, b"".join(_line(one) for one in kept))

    def _take(self, one: _Kept) -> None:
        if one.source is None:
            self._corrections.pop((one.goal, one.captions[::-1]), None)
            self._corrections[one.goal, one.captions] = one.value
        else:
            self._labels[one.source, one.captions] = one

    def _read(self, data: bytes) -> None:
        lines = [line for line in data.split(b"\n") if line.strip()]
        if lines and not (_is_header(lines[0], self.path) or _HEADER.startswith(lines[0])):
            raise StoreError(
                f"{self.path} is no file of labels: it begins with {one_line(_shown(lines[0]))!r}.",
                allowed=f"a new file, or one that begins with {_HEADER.decode().strip()}",
                fix="Name another file.",
            )
        for line in lines[1:]:
            found = None if _is_header(line, self.path) else _read_line(line)
            if found is not None:
                self._take(found)
            elif not _is_header(line, self.path):
                self.damaged += 1


def _contents(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        with open(descriptor, "rb") as file:
            return file.read()
    except OSError as error:  # a folder
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"The labels in {path} cannot be read: {error.strerror}.",
        allowed="a plain file that is no link, or none yet",
        fix="Name another file, or remove this one.",
    )


def _append(path: Path, lines: bytes) -> None:
    """Write lines by one call at the file's end; after half a line of a killed process on a new one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(path, flags, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            before = _HEADER if size == 0 else b"" if os.pread(descriptor, 1, size - 1) == b"\n" else b"\n"
            os.write(descriptor, before + lines)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise disk_error(path, error) from error


def _line(one: _Kept) -> bytes:
    if one.source is None:
        data: dict[str, Any] = {"goal": one.goal, "captions": one.captions, "corrected": one.value}
    else:
        source = {"annotator": one.source.annotator, "prompt": one.source.prompt, "goal": one.source.goal}
        data = {**source, "captions": one.captions, "value": one.value, "votes": one.votes}
        data |= {"answers": one.answers} if one.answers else {}
    return (json.dumps(data, allow_nan=False) + "\n").encode()


def _is_header(line: bytes, path: Path | None) -> bool:
    """Tell whether a line is a header; raises StoreError for that of a later version."""
    if not line.startswith(b'{"labels":'):
        return False
    data = _parsed(line)
    version = data.get("labels") if isinstance(data, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise StoreError(
            f"{path} was written by a later version: its labels are of format {version}.",
            allowed=f"format {VERSION}",
            fix="Update eureka-agent, or name another file.",
        )
    return version == VERSION


def _read_line(line: bytes) -> _Kept | None:
    """Return the label of a line; None where it is none."""
    data = _parsed(line)
    if not isinstance(data, dict) or set(data) not in (_FIELDS, _VOTED, _CORRECTION):
        return None
    captions, votes, answers = data["captions"], data.get("votes", 1), data.get("answers", [])
    value: Any = data.get("value", data.get("corrected"))
    names = [data[name] for name in ("annotator", "prompt", "goal") if name in data]
    plain = _texts(captions, LONGEST) and _texts(names, _LONGEST_FIELD)
    if not plain or not 1 <= len(captions) <= 2 or "" in captions or len(set(captions)) < len(captions):
        return None
    if not (_is_probability(value) and isinstance(answers, list) and all(map(_is_probability, answers))):
        return None
    if type(votes) is not int or not 1 <= votes <= _MOST_VOTES or len(answers) not in (0, votes):
        return None
    source = Source(*names) if "annotator" in data else None
    return _Kept(tuple(captions), float(value), votes, source, data["goal"], tuple(map(float, answers)))


def _is_probability(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _texts(values: object, longest: int) -> bool:
    return isinstance(values, list) and all(isinstance(v, str) and len(v) <= longest for v in values)


def _parsed(line: bytes) -> Any:
    if len(line) > _LONGEST_LINE:
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        return None


def _shown(line: bytes) -> str:
    return line[:40].decode(errors="replace")
