"""A run as it is watched in a terminal: nothing else draws the status line, or hears a key."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

LIMIT_S = 300.0
OPTIONS = (
    "--generations", "40", "--samples", "2", "--env-steps", "512", "--confirm-seeds", "2", "--target", "1e9",
    "--model", "search",
)  # fmt: skip


IN_ITS_TERMINAL = (
    "import fcntl, runpy, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "runpy.run_module('eureka_agent', run_name='__main__', alter_sys=True)"
)
"""Takes its standard input as its terminal first, as a shell gives it to a command."""


def watched(runs: Path, *, press: bytes, at: bytes) -> tuple[str, int]:
    """Run in a terminal, press a key once something is shown; return what was shown, and the exit status."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", IN_ITS_TERMINAL, "evolve", "cartpole", *OPTIONS, "--runs", str(runs)],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "160"},
    )  # fmt: skip
    os.close(theirs)
    shown, pressed, end = b"", False, time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        if not select.select([ours], [], [], 1.0)[0]:
            continue
        try:
            told = os.read(ours, 65536)
        except OSError:  # the child closed it
            break
        shown += told
        if at in shown and not pressed:
            os.write(ours, press)
            pressed = True
    code = child.wait(LIMIT_S)
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode(errors="replace")), code


def test_a_run_is_drawn_and_the_key_ends_its_search(tmp_path: Path) -> None:
    shown, code = watched(tmp_path, press=b"f", at=b"Generation 1")
    assert code == 0, shown[-2000:]
    assert "Traceback" not in shown
    assert "f: finish" in shown
    assert "training steps" in shown
    assert "Finishing: what is being trained is trained" in shown
    assert "The search ends: its person asked to finish" in shown
    assert "Generation 39" not in shown
