"""The processes of a running evolution by what they are, read from /proc."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_FORK_LOOP = "eureka_agent.isolation.fork_loop"


@dataclass(frozen=True)
class Process:
    """One process below the run's own."""

    pid: int
    parent: int
    role: str
    """`zygote`, `worker`, `server` (of trainer processes), `trainer`, or `other` (bubblewrap, say)."""


def family(root: int) -> list[Process]:
    """Return every process below `root`, parents first."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found: dict[int, Process] = {}
    waiting = [(pid, root, False) for pid in children.get(root, [])]
    while waiting:
        pid, parent, contained = waiting.pop(0)
        contained = contained or _read(pid, "comm").strip() == "bwrap"
        above = found[parent].role if parent in found else ""
        found[pid] = Process(pid, parent, _role(pid, above, contained=contained))
        waiting += [(child, pid, contained) for child in children.get(pid, [])]
    return list(found.values())


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    return _read(pid, "stat").rpartition(") ")[2][:1] not in ("", "Z", "X")


def _role(pid: int, above: str, *, contained: bool) -> str:
    if above in ("zygote", "worker"):
        return "worker"
    if above in ("server", "trainer"):
        return "trainer"
    if _read(pid, "comm").strip() == "bwrap" or _FORK_LOOP not in _read(pid, "cmdline"):
        return "other"
    return "zygote" if contained or "HOME=" not in _read(pid, "environ") else "server"


def _parents() -> Iterator[tuple[int, int]]:
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            fields = _read(int(folder.name), "stat").rpartition(") ")[2].split()
            if len(fields) > 1:
                yield int(folder.name), int(fields[1])


def _read(pid: int, name: str) -> str:
    try:
        return (PROC / str(pid) / name).read_bytes().decode(errors="replace")
    except OSError:
        return ""  # it has ended meanwhile, or is another user's
