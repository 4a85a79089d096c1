"""Files that are either the old version or the new one, never half of either."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eureka_agent.errors import StoreError

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
