"""A key ends a search where there is a terminal, and the terminal is left as it was."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import termios
import textwrap
from pathlib import Path

from eureka_agent.cli.keys import listening

WAIT_S = 60.0

PRESSED_IN_A_TERMINAL = """
    import threading
    from eureka_agent.cli.keys import listening

    pressed = threading.Event()
    with listening("f", pressed.set) as can_be_pressed:
        print("ready" if can_be_pressed else "no terminal", flush=True)
        print("pressed" if pressed.wait(50) else "nothing", flush=True)
"""


def test_where_there_is_no_terminal_nothing_is_read(tmp_path: Path) -> None:
    file = tmp_path / "input"
    file.write_text("fff")
    for stream in (io.StringIO("f"), file.open()):
        with listening("f", lambda: 1 / 0, stream=stream) as can_be_pressed:
            assert not can_be_pressed
        assert stream.read().startswith("f")


def test_the_key_is_heard_in_a_terminal_which_is_left_as_it_was() -> None:
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    child = subprocess.Popen(
        [sys.executable, "-c", _in_a_session_of_its_own()],
        stdin=theirs,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    os.write(ours, b"xyF")
    assert child.stdout.readline() == "pressed\n"
    assert child.wait(WAIT_S) == 0
    assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)


STILL_TYPING = """
    import threading
    from eureka_agent.cli.keys import listening, typing

    pressed = threading.Event()
    with listening("f", pressed.set):
        with typing(deaf_s=3600.0):
            pass
        print("ready", flush=True)
        print("pressed" if pressed.wait(1.0) else "nothing", flush=True)
"""


def test_who_types_on_after_a_turn_does_not_press_the_key() -> None:
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", _in_a_session_of_its_own(STILL_TYPING)],
        stdin=theirs, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    os.write(ours, b"fffly\n")
    assert child.stdout.readline() == "nothing\n"
    assert child.wait(WAIT_S) == 0
    os.close(ours)
    os.close(theirs)


def _in_a_session_of_its_own(program: str = PRESSED_IN_A_TERMINAL) -> str:
    """Return a program that first takes its standard input as its terminal, as a shell gives it."""
    take = "import fcntl, termios\nfcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    return take + textwrap.dedent(program)
