"""What stands between generated code and the machine, and how it is reported."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

LAYER_NAMES = ("bubblewrap", "own uid", "rlimits", "no_new_privs", "landlock", "seccomp")
"""Every layer, from the outside in; each is tried, and none is needed for another to work."""

PURPOSES = {
    "bubblewrap": "no network, no other processes, no files but the interpreter and libraries",
    "own uid": "cannot touch your files and processes, nor those of other workers",
    "rlimits": "bounded memory and processor time; no processes, no files",
    "no_new_privs": "gains no rights by running programs; nobody can trace it",
    "landlock": "no files, no TCP, no abstract sockets, no signals to others",
    "seccomp": "only the system calls that computing needs",
}
"""What each layer means for generated code, in words for a person."""


@dataclass(frozen=True)
class Layer:
    """One layer of isolation: whether it `held` on this machine, and in what way or why not."""

    name: str
    held: bool
    detail: str


@dataclass(frozen=True)
class IsolationReport:
    """What contains the reward workers of a run; written into the run's record.

    `contained` is True only where the self-test's escape attempts were all blocked.
    `attempts` says for each what happened.
    """

    backend: str
    layers: tuple[Layer, ...]
    contained: bool
    attempts: tuple[EscapeAttempt, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON-serialisable dictionaries and lists."""
        return asdict(self)


@dataclass(frozen=True)
class EscapeAttempt:
    """One forbidden thing that the self-test tried: `denied` or not, and the error or what was reached."""

    name: str
    denied: bool
    detail: str
