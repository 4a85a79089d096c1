"""A run as it is watched in a terminal: nothing else draws the status line, or hears a key."""

from __future__ import annotations

import os
import pty
import re
import select
import sys
import time
from pathlib import Path

LIMIT_S = 300.0
OPTIONS = (
    "--generations", "40", "--samples", "2", "--env-steps", "512", "--confirm-seeds", "2", "--target", "1e9",
    "--model", "search",
)  # fmt: skip


def watched(runs: Path, *, press: bytes, at: bytes) -> tuple[str, int]:
    """Run in a terminal, press a key once something is shown; return what was shown, and the exit status."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ |= {"TERM": "xterm", "COLUMNS": "160"}
        command = [sys.executable, "-m", "eureka_agent", "evolve", "cartpole", *OPTIONS, "--runs", str(runs)]
        os.execv(sys.executable, command)
    shown, pressed, end = b"", False, time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 1.0)[0]:
            continue
        try:
            told = os.read(terminal, 65536)
        except OSError:  # the child closed it
            break
        shown += told
        if not told:
            break
        if at in shown and not pressed:
            os.write(terminal, press)
            pressed = True
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode(errors="replace")), os.waitstatus_to_exitcode(
        status
    )


def test_a_run_is_drawn_and_the_key_ends_its_search(tmp_path: Path) -> None:
    shown, code = watched(tmp_path, press=b"f", at=b"Generation 1")
    assert code == 0, shown[-2000:]
    assert "Traceback" not in shown
    assert "f: finish" in shown
    assert "training steps" in shown
    assert "Finishing: what is being trained is trained" in shown
    assert "The search ends: its person asked to finish" in shown
    assert "Generation 39" not in shown
