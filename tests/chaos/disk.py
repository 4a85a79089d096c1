"""A small disk of its own for one run, that can be filled up. Only root can mount one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SIZE = 12 * 2**20
"""Bytes of the disk; an undisturbed run of the size that is tried needs less than a tenth."""


@dataclass(frozen=True)
class Disk:
    """A mounted tmpfs."""

    root: Path

    @property
    def filler(self) -> Path:
        """The file that takes all the space."""
        return self.root / "filler"

    def fill(self, left: int) -> None:
        """Take the free space but for about `left` bytes."""
        block = b"\0" * 65536
        with self.filler.open("ab", buffering=0) as file:
            try:
                while file.write(block) == len(block):
                    pass
            except OSError:
                pass  # it is full now, which was the aim
        os.truncate(self.filler, max(0, self.filler.stat().st_size - left))

    def free(self) -> None:
        """Give the space back."""
        self.filler.unlink(missing_ok=True)


def why_no_disk(scratch: Path) -> str:
    """Return why no disk can be mounted here, or an empty string."""
    if os.geteuid() != 0:
        return "only root can mount a disk of limited size"
    try:
        with small_disk(scratch / "trial"):
            return ""
    except (OSError, subprocess.CalledProcessError) as error:
        return f"a disk of limited size cannot be mounted: {error}"


@contextmanager
def small_disk(root: Path) -> Iterator[Disk]:
    """Mount a tmpfs of `SIZE` bytes at `root` while the block runs."""
    root.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(root)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield Disk(root)
    finally:
        subprocess.run(["umount", "--lazy", str(root)], check=True, capture_output=True)
