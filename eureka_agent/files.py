"""Files that are either the old version or the new one, never half of either."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eureka_agent.errors import StoreError
from eureka_agent.escaping import one_line

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
"""What the system answers when a disk, and not a program, is at fault."""


def write_atomic(path: Path, data: str | bytes) -> None:
    """Write `data` to a temporary sibling and rename it over `path`; StoreError if it cannot."""
    content = data.encode(errors="replace") if isinstance(data, str) else data
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise disk_error(path, error) from error


def write_json(path: Path, value: Any) -> None:
    """Write `value` as readable JSON, atomically; NaN is refused because other readers choke on it."""
    write_atomic(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def read_own_text(path: Path) -> str:
    """Return the text of a plain file; empty where there is none, or a link or a pipe in its place."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return ""
        with open(descriptor, encoding="utf-8", errors="replace", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def refuse_links(folder: Path) -> None:
    """Raise StoreError for anything under `folder` but files and folders: a link would lead us elsewhere."""
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place) / name
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                kind = "a symbolic link" if stat.S_ISLNK(mode) else "neither a file nor a folder"
                raise StoreError(
                    f"{one_line(str(path))} is {kind}: nothing was read or written there.",
                    allowed="plain files and folders in a run that is not recorded as yours",
                    fix="Look at it, then remove it, or leave this run alone.",
                )


def disk_error(path: Path, error: OSError) -> StoreError:
    """Say what an OSError on a run's file means for the person."""
    return StoreError(
        f"Could not write {path}: {error.strerror or error}.",
        allowed="a run folder on a disk with free space and write permission",
        fix="Free some space, then give the same command again: the run continues where it stopped, "
        "and what was journalled is not repeated.",
    )


@contextlib.contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn what a full or broken disk under `folder` raises, in any library, into a StoreError."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise
        raise disk_error(Path(error.filename) if error.filename else folder, error) from error


def remove_half_written(folder: Path) -> None:
    """Remove what killed processes left of `write_atomic` under `folder`; nobody else may write there."""
    for path in folder.rglob(".*.tmp"):
        path.unlink(missing_ok=True)
