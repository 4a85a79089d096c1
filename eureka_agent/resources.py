"""Where `envs/` and `templates/` are found, and how many threads a child process may use."""

from __future__ import annotations

import os
from pathlib import Path

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
"""Environment variables under which every numerical library keeps to one thread."""

_PACKAGE = Path(__file__).resolve().parent


def resource_folders(kind: str, explicit: Path | None = None) -> list[Path]:
    """Return the existing folders of `kind` ("envs" or "templates"), in the order they are searched.

    Explicit option, environment variable (`EUREKA_AGENT_ENVS`, `EUREKA_AGENT_TEMPLATES`), working folder,
    the wheel's bundle, the checkout's root.
    """
    candidates: list[Path] = []
    if explicit is not None:
        candidates.append(explicit)
    if variable := os.environ.get(f"EUREKA_AGENT_{kind.upper()}"):
        candidates.append(Path(variable))
    candidates += [Path.cwd() / kind, *_bundled(kind)]
    return _existing(candidates)


def bundled_folders(kind: str) -> list[Path]:
    """Return the folders of `kind` that came with the package: nothing that a person or a variable names."""
    return _existing(_bundled(kind))


def _bundled(kind: str) -> list[Path]:
    return [_PACKAGE / "_bundled" / kind, _PACKAGE.parent / kind]


def _existing(candidates: list[Path]) -> list[Path]:
    return list(dict.fromkeys(folder.resolve() for folder in candidates if folder.is_dir()))


def cache_folder(kind: str) -> Path | None:
    """Return this person's own folder for what can be made again, made if need be; None where none can be.

    `EUREKA_AGENT_CACHE`, or `eureka-agent` in the system's cache folder.
    """
    return _own_folder(kind, "EUREKA_AGENT_CACHE", "XDG_CACHE_HOME", ".cache")


def state_folder(kind: str) -> Path | None:
    """Return this person's own folder for what must be kept, made if need be; None where none can be.

    `EUREKA_AGENT_STATE`, or `eureka-agent` in the system's state folder.
    """
    return _own_folder(kind, "EUREKA_AGENT_STATE", "XDG_STATE_HOME", ".local/state")


def _own_folder(kind: str, own: str, system: str, under_home: str) -> Path | None:
    """Return `kind` in the folder that the variable `own` names, else in the system's folder of its kind."""
    chosen, base = os.environ.get(own), os.environ.get(system)
    try:
        root = Path(chosen) if chosen else (Path(base) if base else Path.home() / under_home) / "eureka-agent"
        folder = (root / kind).absolute()
        for place in (folder.parent, folder):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, RuntimeError):
        return None
    # Programs are loaded from here, and runs are trusted for what stands here: nobody else may write.
    return folder if status.st_uid == os.getuid() and not status.st_mode & 0o022 else None


_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_SPARED = 0.75
"""Share of the memory that a training process may take; the rest is for rewards, files and people."""
_LEAST_MB = 4096


def usable_memory_mb(cgroup: Path = _CGROUP_LIMIT) -> int:
    """Return how much memory a training process may take: 4 GiB, and more where the machine has it."""
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = cgroup.read_text().strip() if cgroup.is_file() else "max"
    if limit.isdigit():
        there = min(there, int(limit))
    return max(_LEAST_MB, int(_SPARED * there / 2**20))


def usable_cores() -> int:
    """Return the number of CPU cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
