"""Calling other people's code: what it raises becomes an error that says where."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

_OWN = str(Path(__file__).resolve().parents[1])
_INSTALLED = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})

FOREIGN = (Exception, SystemExit)
"""What other people's code may raise and we survive: `sys.exit()` in a step must not end a run."""


def raised(error: BaseException) -> str:
    """Return `KeyError: 'x' at point.py:12`; where an error has no words, the line that raised it."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(_OWN)]
    written = [frame for frame in frames if not frame.filename.startswith(_INSTALLED)] or frames
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, SystemExit):
        words = f"SystemExit: it called sys.exit({error.code!r})"
    if not written:
        return words
    last = written[-1]
    line = "" if str(error) or not last.line else f" (`{last.line}`)"
    return f"{words} at {Path(last.filename).name}:{last.lineno}{line}"
