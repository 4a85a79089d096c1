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
    candidates += [Path.cwd() / kind, _PACKAGE / "_bundled" / kind, _PACKAGE.parent / kind]
    seen: dict[Path, None] = {}
    for folder in candidates:
        if folder.is_dir():
            seen.setdefault(folder.resolve())
    return list(seen)


def cache_folder(kind: str) -> Path | None:
    """Return this person's own folder for what can be made again, made if need be; None where none can be.

    `EUREKA_AGENT_CACHE`, or `eureka-agent` in the system's cache folder.
    """
    system = os.environ.get("XDG_CACHE_HOME")
    own = os.environ.get("EUREKA_AGENT_CACHE")
    try:
        base = Path(own) if own else (Path(system) if system else Path.home() / ".cache") / "eureka-agent"
        folder = (base / kind).absolute()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    # Compiled programs are loaded from here: nobody else may have put them there.
    return folder if folder.stat().st_uid == os.getuid() else None


def usable_cores() -> int:
    """Return the number of CPU cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
