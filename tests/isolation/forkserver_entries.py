"""What the children of the fork server tests run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any


def act(payload: dict[str, Any], fds: list[int]) -> None:
    """Do what the payload says; answers go to the first descriptor."""
    match payload["do"]:
        case "exit":
            sys.exit(payload["code"])
        case "talk":
            print("something to write down")  # noqa: T201
            sys.exit(payload["code"])
        case "raise":
            raise ValueError("from the child")
        case "environment":
            os.write(fds[0], repr(dict(os.environ)).encode())
        case "descriptors":
            open_fds = [fd for fd in map(int, os.listdir("/proc/self/fd")) if _is_open(fd)]
            os.write(fds[0], repr((open_fds, fds, os.getsid(0) == os.getpid())).encode())
        case "sleep":
            os.write(fds[0], str(os.getpid()).encode())
            time.sleep(60)
        case "grandchild":
            process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
            os.write(fds[0], str(process.pid).encode())
            time.sleep(60)


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
