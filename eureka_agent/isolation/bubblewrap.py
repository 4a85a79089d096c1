"""The outer sandbox: the command line that starts a program in namespaces of its own with few files."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_SYSTEM_FOLDERS = ("/usr", "/lib", "/lib32", "/lib64", "/bin")
_OPTIONAL_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/nix/store")
_DEVICES = ("/dev/null", "/dev/urandom")


def find_bubblewrap() -> str | None:
    """Return the path of `bwrap`, or None where it is not installed."""
    return shutil.which("bwrap")


def wrap_commands(bwrap: str) -> list[list[str]]:
    """Return the argv prefixes worth trying, best first.

    As root the host's user namespace is kept, so that workers can take unused user ids of their own; in a
    container, root often may not do that and a new user namespace is the second choice.
    """
    keep_ids = ["--cap-drop", "ALL"]
    for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_KILL"):  # CAP_KILL: to kill workers of other ids
        keep_ids += ["--cap-add", capability]
    new_user = ["--unshare-user", "--cap-drop", "ALL"]
    kinds = [keep_ids, new_user] if os.geteuid() == 0 else [new_user]
    return [[bwrap, *_NAMESPACES, *kind, *_files(), "--"] for kind in kinds]


_NAMESPACES = (
    *("--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--die-with-parent", "--new-session"),
)


def _files() -> list[str]:
    """Return the mounts: the interpreter, NumPy, this package and the system's libraries, all read-only."""
    arguments: list[str] = []
    for folder in map(Path, _SYSTEM_FOLDERS):
        if folder.is_symlink():
            arguments += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            arguments += ["--ro-bind", str(folder), str(folder)]
    for path in _without_nested(_python_folders()):
        arguments += ["--ro-bind", str(path), str(path)]
    for name in _OPTIONAL_FILES:
        arguments += ["--ro-bind-try", name, name]
    for device in _DEVICES:
        arguments += ["--dev-bind", device, device]
    return [*arguments, "--proc", "/proc", "--remount-ro", "/", "--chdir", "/"]


def _python_folders() -> list[Path]:
    package = Path(__file__).resolve().parents[1]
    folders = {Path(sys.prefix), Path(sys.base_prefix), Path(np.__file__).parents[1], package}
    executable = Path(sys.executable)
    while executable.is_symlink():  # a virtual environment's interpreter is often a chain of links
        executable = executable.parent / executable.readlink()
        folders.add(executable.parent)
    folders |= {folder.resolve() for folder in folders}
    return sorted(folders)


def _without_nested(folders: Sequence[Path]) -> list[Path]:
    """Drop folders inside others (given sorted) and inside the system's."""
    kept: list[Path] = []
    for folder in folders:
        inside_system = any(folder.is_relative_to(name) for name in _SYSTEM_FOLDERS)
        if not inside_system and not any(folder.is_relative_to(other) for other in kept):
            kept.append(folder)
    return kept
