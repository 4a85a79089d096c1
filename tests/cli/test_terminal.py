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


def watched(runs: Path, *options: str, press: bytes, at: bytes, times: int = 1) -> tuple[str, int]:
    """Run in a terminal and type something when something is shown, the first `times`; return what was shown.

    The exit status follows.
    """
    ours, theirs = pty.openpty()
    command = ["evolve", "cartpole", *OPTIONS, "--runs", str(runs), *options]
    child = subprocess.Popen(
        [sys.executable, "-c", IN_ITS_TERMINAL, *command],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "160"},
    )  # fmt: skip
    os.close(theirs)
    shown, pressed, end = b"", 0, time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        if not select.select([ours], [], [], 1.0)[0]:
            continue
        try:
            told = os.read(ours, 65536)
        except OSError:  # the child closed it
            break
        shown += told
        if pressed < min(times, shown.count(at)):
            os.write(ours, press)
            pressed += 1
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


def test_a_person_is_asked_in_turn(tmp_path: Path) -> None:
    options = ("--feedback", "--feedback-wait", "0", "--generations", "3")
    typed = b"0-00: keep it upright\n\n"
    shown, code = watched(tmp_path, *options, press=typed, at=b"press Enter to go on", times=3)
    assert code == 0, shown[-2000:]
    assert "Traceback" not in shown
    assert [f"{number}: It is in the log" in shown for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert "Generation 2" in shown
