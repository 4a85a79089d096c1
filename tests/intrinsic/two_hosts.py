"""Two hosts on one machine: network namespaces with a wire between them, for tests that may make such."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

LEARNER, ANNOTATOR = "192.0.2.1", "192.0.2.2"
"""Their addresses, of the network that is kept for documentation (RFC 5737)."""


@dataclass(frozen=True)
class Host:
    """A network namespace."""

    name: str

    def start(self, *command: str, **options: Any) -> subprocess.Popen[str]:
        """Start a program there; the process is the program itself, so that a signal reaches it."""
        return subprocess.Popen(["ip", "netns", "exec", self.name, *command], text=True, **options)

    @property
    def refused(self) -> int:
        """How many connections from here were refused."""
        told = subprocess.run(
            ["ip", "netns", "exec", self.name, "cat", "/proc/net/snmp"],
            check=True,
            capture_output=True,
            text=True,
        )
        names, values = (line.split() for line in told.stdout.splitlines() if line.startswith("Tcp:"))
        return int(values[names.index("AttemptFails")])


def why_not() -> str:
    """Return why this machine lets nobody make hosts; empty where it does."""
    if shutil.which("ip") is None:
        return "the program 'ip' (iproute2) is not installed"
    tried = subprocess.run(["ip", "netns", "add", _name("tried")], capture_output=True, text=True)
    if tried.returncode:
        return f"network namespaces are not permitted here: {tried.stderr.strip()}"
    subprocess.run(["ip", "netns", "del", _name("tried")], check=True)
    return ""


@contextmanager
def two_hosts() -> Iterator[tuple[Host, Host]]:
    """Make the learner's and the annotator's host for the block; they reach each other and nobody else."""
    learner, annotator = Host(_name("learner")), Host(_name("annotator"))
    with ExitStack() as left:
        for host in (learner, annotator):
            _ip("netns", "add", host.name)
            left.callback(_ip, "netns", "del", host.name)
        _ip(
            "link",
            "add",
            "wire",
            "netns",
            learner.name,
            "type",
            "veth",
            "peer",
            "name",
            "wire",
            "netns",
            annotator.name,
        )
        for host, address in ((learner, LEARNER), (annotator, ANNOTATOR)):
            _ip("-n", host.name, "addr", "add", f"{address}/30", "dev", "wire")
            for device in ("wire", "lo"):
                _ip("-n", host.name, "link", "set", device, "up")
        yield learner, annotator


def _name(role: str) -> str:
    return f"ea-{role}-{os.getpid()}"


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
