"""Each layer against code that the loader would never let through."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_helpers import alive

from eureka_agent.isolation import ForkServer, protocol
from eureka_agent.isolation.bubblewrap import find_bubblewrap, wrap_commands
from eureka_agent.isolation.seccomp import assemble

ALONE = {
    "seccomp": ["landlock", "own uid", "rlimits"],
    "landlock": ["seccomp", "own uid", "rlimits"],
    "limits": ["seccomp", "landlock"],
}


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    env = {"OPENBLAS_NUM_THREADS": "1"}
    with ForkServer(entry="sandbox_entries:attack", env=env, single_threaded=True) as started:
        yield started


def _attack(server: ForkServer, name: str, skip: list[str], **limits: int) -> tuple[str, int | None]:
    """Return what the attack said ("" where the process ended first), and the exit code."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    region = protocol.create_region("signals", 4096)
    shown = protocol.read_only(region)
    with ours, theirs:
        payload = {"attack": name, "skip": skip, "limits": limits}
        child = server.fork(payload, [theirs.fileno(), shown])
        theirs.close()
        ours.settimeout(60)
        said = ours.recv(10_000).decode()
        untouched = os.pread(region, 4096, 0) == bytes(4096)
    os.close(shown)
    os.close(region)
    assert untouched
    return said, server.wait(child, 30)


@pytest.mark.parametrize("attack", ["write to a signal", "map it writable", "unprotect it"])
@pytest.mark.parametrize("skip", [["seccomp", "landlock", "own uid"], []])
def test_a_signal_cannot_be_written(server: ForkServer, attack: str, skip: list[str]):
    said, _ = _attack(server, attack, skip)
    assert said.startswith(("ValueError", "PermissionError")), said


@pytest.mark.parametrize("skip", [["seccomp"], []])
def test_a_signal_cannot_be_reopened_or_resized(server: ForkServer, skip: list[str]):
    assert _attack(server, "reopen it", skip)[0].startswith("PermissionError")
    assert "Error" in _attack(server, "resize it", skip)[0]


@pytest.mark.parametrize(
    "attack",
    [
        "make code", "list the root", "open a file", "make a file", "make memory", "open a socket",
        "open a socket pair", "fork", "execute", "kill the parent", "kill everything", "become root",
        "raise its limits",
    ],
)  # fmt: skip
def test_seccomp_alone_denies(server: ForkServer, attack: str):
    said, _ = _attack(server, attack, ALONE["seccomp"])
    assert said.startswith(("PermissionError", "ValueError: not allowed")), said
    assert server.alive()


@pytest.mark.parametrize(
    "attack", ["list the root", "open a file", "make a file", "execute", "kill the parent"]
)
def test_landlock_alone_denies(server: ForkServer, attack: str):
    said, _ = _attack(server, attack, ALONE["landlock"])
    assert said.startswith("PermissionError"), said
    assert server.alive()


def test_limits_alone_deny(server: ForkServer):
    assert _attack(server, "allocate", ALONE["limits"])[0].startswith("MemoryError")
    if os.geteuid() == 0:
        assert _attack(server, "fork", ALONE["limits"])[0].startswith("BlockingIOError")
        assert _attack(server, "become root", ALONE["limits"])[0].startswith("PermissionError")
    said, code = _attack(server, "spin", ALONE["limits"], cpu_s=1)
    assert (said, code) == ("", -signal.SIGKILL)


def test_a_trainer_is_limited_and_gains_no_rights():
    script = (
        "from resource import RLIMIT_CORE, RLIMIT_DATA, getrlimit\n"
        "from eureka_agent.isolation.limits import limit_trainer\n"
        "limit_trainer(512)\n"
        "print(getrlimit(RLIMIT_DATA)[1] >> 20, getrlimit(RLIMIT_CORE)[1])\n"
        "print(*[line for line in open('/proc/self/status') if 'NoNewPrivs' in line])\n"
        "try:\n    bytearray(2**30)\nexcept MemoryError:\n    print('denied')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["512", "0", "NoNewPrivs:", "1", "denied"]


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_ends_in_a_denial_and_fits(machine: str):
    code = assemble(machine)
    assert len(code) % 8 == 0
    assert len(code) // 8 < 4096
    assert code[-4:] == (0x00050001).to_bytes(4, "little")


@pytest.mark.skipif(find_bubblewrap() is None, reason="bubblewrap is not installed")
def test_bubblewrap_shows_little_and_nothing_writable(tmp_path: Path):
    bwrap = find_bubblewrap()
    assert bwrap is not None
    secret = tmp_path / "secret"
    secret.write_text("canary")
    script = (
        "import os\n"
        f"places = [{str(secret)!r}, '/etc/passwd', os.path.expanduser('~/.ssh')]\n"
        "print([os.path.exists(place) for place in places])\n"
        "try:\n    open('/made', 'w')\nexcept OSError as error:\n    print(error.strerror)\n"
    )
    command = [*wrap_commands(bwrap)[0], sys.executable, "-c", script]
    done = subprocess.run(command, env={}, capture_output=True, text=True, timeout=20, check=True)
    shown, refused = done.stdout.splitlines()
    assert shown == "[False, False, False]"
    assert refused == "Read-only file system"
    assert alive(os.getpid())
    assert Path("/made").exists() is False
