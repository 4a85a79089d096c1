"""What the attackers are after: keys, files, sockets, processes. Looking at it tells whether one succeeded.

Nothing here is protected by file permissions: everything may be read, written and entered by everyone, so
that only the isolation can be what stopped an attack.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import eureka_agent

KEY_VARIABLE = "OPENAI_API_KEY"
PRIZE = "PRIZE"
"""An attack says so where success shows in its own process only: memory granted, a system call allowed."""

TOOK_PRIZE = "it took the prize"

_SET_CHILD_SUBREAPER = 36
_VICTIM = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)  # PR_SET_PTRACER: anybody, where Yama asks
secret = ctypes.create_string_buffer(os.environ["VICTIM_SECRET"].encode())
print(ctypes.addressof(secret), flush=True)
sys.stdin.read()
"""


class Listener(NamedTuple):
    """A socket that nobody should reach."""

    name: str
    socket: socket.socket


class Scene:
    """Decoys, listeners and a victim process; a context manager."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(6)
        names = ("key", "home_key", "file", "victim", "fitness", "seed", "sibling")
        self.secrets = {name: f"CANARY-{name}-{secrets.token_hex(6)}" for name in names}

    def __enter__(self) -> Scene:
        self._stack = contextlib.ExitStack()
        with contextlib.ExitStack() as stack:
            self._folders(stack)
            self._environment(stack)
            self.listeners = list(self._listen(stack))
            self._start_victim(stack)
            # A daemon that left its parents becomes our child, and can be found.
            _be_subreaper(True)
            stack.callback(_be_subreaper, False)
            self._stack = stack.pop_all()
        self._untouched = self._decoys()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def shown(self, name: str) -> Any:
        """Return what an attacker is told of the scene; knowing a place must not help to reach it."""
        tcp, udp = (listener.socket.getsockname()[1] for listener in self.listeners[:2])
        known: dict[str, Any] = {
            "marker": self.token,
            "home": str(self.home),
            "drop": str(self.drop),
            "package": str(_PACKAGE),
            "tcp_port": tcp,
            "udp_port": udp,
            "unix_path": str(self._unix),
            "abstract_name": "\0" + self.token,
            "asker_pid": os.getpid(),
            "victim_pid": self.victim.pid,
            "victim_address": self._victim_address,
            "victim_length": len(self.secrets["victim"]),
        }
        return known[name]

    def effects(self, heard: str) -> list[str]:
        """Return everything that an attack changed or found out; `heard` is all that its worker sent."""
        found = [f"it found out: {name}" for name, secret in self.secrets.items() if secret in heard]
        found += [TOOK_PRIZE] if PRIZE in heard else []
        found += [f"something reached the {one.name} listener" for one in self.listeners if _reached(one)]
        found += [f"it made {path}" for path in self._made()]
        before, self._untouched = self._untouched, self._decoys()
        found += ["a decoy was changed"] if self._untouched != before else []
        return [*found, *self._harm_to_victim()]

    def _folders(self, stack: contextlib.ExitStack) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="attacked-"))
        stack.callback(shutil.rmtree, self.root)
        self.home, self.drop = self.root / "home", self.root / "drop"
        (self.home / ".ssh").mkdir(parents=True)
        self.drop.mkdir()
        (self.home / ".ssh" / "id_ed25519").write_text(self.secrets["home_key"])
        (self.drop / "precious.txt").write_text(self.secrets["file"])
        for path in [self.root, *self.root.rglob("*")]:
            path.chmod(0o777)

    def _environment(self, stack: contextlib.ExitStack) -> None:
        for name, value in ((KEY_VARIABLE, self.secrets["key"]), ("HOME", str(self.home))):
            before = os.environ.get(name)
            os.environ[name] = value
            stack.callback(_restore, name, before)

    def _listen(self, stack: contextlib.ExitStack) -> Iterator[Listener]:
        self._unix = self.root / "listener"
        places: list[tuple[str, int, int, Any]] = [
            ("TCP", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("UDP", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("Unix", socket.AF_UNIX, socket.SOCK_STREAM, str(self._unix)),
            ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, "\0" + self.token),
        ]
        for name, family, kind, address in places:
            listening = stack.enter_context(socket.socket(family, kind))
            listening.bind(address)
            listening.setblocking(False)
            if kind == socket.SOCK_STREAM:
                listening.listen()
            yield Listener(name, listening)
        self._unix.chmod(0o777)

    def _start_victim(self, stack: contextlib.ExitStack) -> None:
        environment = {**os.environ, "VICTIM_SECRET": self.secrets["victim"]}
        self.victim = subprocess.Popen(
            [sys.executable, "-c", _VICTIM],
            stdin=subprocess.PIPE,  # it lives as long as this is open
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        stack.callback(_end, self.victim)
        assert self.victim.stdout is not None
        self._victim_address = int(self.victim.stdout.readline())
        self._victim_rights = _rights(self.victim.pid)

    def _decoys(self) -> dict[str, tuple[str, int]]:
        """Return path, content and mode of every file that lies about."""
        every = [*self.home.rglob("*"), *self.drop.rglob("*")]
        files = [path for path in every if path.is_file() and not path.is_symlink()]
        return {str(path): (path.read_text(errors="replace"), path.stat().st_mode) for path in files}

    def _made(self) -> list[Path]:
        """Return files and folders that carry the attackers' mark, and remove them."""
        shallow = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path("/"), Path.cwd(), _PACKAGE)
        found = [path for place in shallow if place.is_dir() for path in place.glob(f"*{self.token}*")]
        found += [path for path in self.root.rglob(f"*{self.token}*") if path not in found]
        for path in found:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        return found

    def _harm_to_victim(self) -> list[str]:
        if self.victim.poll() is not None:
            return ["the victim was killed"]
        before, self._victim_rights = self._victim_rights, _rights(self.victim.pid)
        if self._victim_rights == before:
            return []
        with contextlib.suppress(subprocess.TimeoutExpired):  # who was killed takes a moment to die
            self.victim.wait(timeout=1)
            return ["the victim was killed"]
        return ["the victim was changed"]


_PACKAGE = Path(eureka_agent.__file__).parent


def _rights(pid: int) -> tuple[str, ...]:
    """Return what others could change of a process: stopped, traced, signalled, limits, cores, priority."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    state = "stopped" if any(line.startswith("State:\tT") for line in status) else "running"
    marks = ("TracerPid", "SigPnd", "ShdPnd")
    signalled = str([line for line in status if line.startswith(marks)])
    nice = os.getpriority(os.PRIO_PROCESS, pid)
    cores = sorted(os.sched_getaffinity(pid))
    return state, signalled, Path(f"/proc/{pid}/limits").read_text(), str(cores), str(nice)


def _reached(listener: Listener) -> bool:
    try:
        if listener.socket.type == socket.SOCK_DGRAM:
            listener.socket.recv(100)
        else:
            listener.socket.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _restore(name: str, before: str | None) -> None:
    if before is None:
        del os.environ[name]
    else:
        os.environ[name] = before


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


def _be_subreaper(on: bool) -> None:
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)
