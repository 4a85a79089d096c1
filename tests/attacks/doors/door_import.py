"""Imports files where they do no harm: in a container without network, where one folder is writeable."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from eureka_agent.isolation.bubblewrap import find_bubblewrap
from eureka_agent.isolation.sandbox import zygote_environment

HERE = Path(__file__).parent
CHECKOUT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Imported:
    """What came of importing one file."""

    effects: tuple[str, ...]
    """What it did beside defining its names."""
    error: str
    impure: tuple[str, ...]
    """In which way it pays the same rows differently."""


def import_all(
    files: Mapping[str, Path], drop: Path, shapes: Mapping[str, Sequence[int]] | None = None
) -> dict[str, Imported]:
    """Import files one after another in one child; with `shapes` of signals they are asked for rewards, too.

    Only `drop` is writeable, where there is a container at all: programs leave a mark there and nothing else.
    """
    request = {"files": {name: str(path) for name, path in files.items()}, "shapes": shapes or {}}
    done = subprocess.run(
        [*_container(drop), sys.executable, str(HERE / "door_child.py")],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        cwd=drop,
        env={**zygote_environment(), "PYTHONPATH": str(CHECKOUT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {
        name: Imported(tuple(told["effects"]), told["error"], tuple(told["impure"]))
        for name, told in answer.items()
    }


def _container(drop: Path) -> list[str]:
    bwrap = find_bubblewrap()
    if bwrap is None or not _works(bwrap):
        return []
    return [bwrap, *_OPTIONS, "--bind", str(drop), str(drop), "--"]


_OPTIONS = (
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
    *("--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session"),
)


@cache
def _works(bwrap: str) -> bool:
    return subprocess.run([bwrap, *_OPTIONS, "--", "true"], capture_output=True, check=False).returncode == 0
