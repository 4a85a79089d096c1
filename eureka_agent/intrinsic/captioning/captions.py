"""What an annotator reads of steps: captions, and who writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

Array = np.ndarray
NONE = -1
"""The index of a step without a caption."""
LONGEST = 512
"""Characters of a caption; what is longer is cut, so that no step can fill memory or a prompt."""


@dataclass(frozen=True, eq=False)
class Captions:
    """The captions of T steps of N worlds, each distinct text once."""

    index: Array
    """int32 `(T, N)`: where in `texts` a step's caption is, `NONE` where a step has none."""
    texts: tuple[str, ...]
    """The distinct captions, none of them empty; every one belongs to some step."""

    def __post_init__(self) -> None:
        if self.index.ndim != 2 or self.index.dtype != np.int32:
            raise ValueError(f"index is int32 (T, N), not {self.index.dtype} {self.index.shape}")
        if self.index.size and not NONE <= self.index.min() <= self.index.max() < len(self.texts):
            raise ValueError(f"index goes beyond the {len(self.texts)} texts")

    @classmethod
    def of(cls, rows: Sequence[Sequence[str | None]]) -> Captions:
        """Return those of T rows of N texts; None and blank ones are no caption, long ones are cut."""
        numbers: dict[str, int] = {}
        index = np.array([[_number(text, numbers) for text in row] for row in rows], dtype=np.int32)
        return cls(index.reshape(len(rows), len(rows[0]) if len(rows) else 0), tuple(numbers))

    @property
    def counts(self) -> Array:
        """int64 `(len(texts),)`: how many steps have each caption."""
        return np.bincount(self.index[self.index != NONE], minlength=len(self.texts))

    def spread(self, values: Array) -> Array:
        """Return `values`, one a text, as float32 `(T, N)`: 0 where there is no caption."""
        padded = np.append(np.asarray(values, np.float32), np.float32(0.0))
        return padded[self.index]  # NONE is -1: the last


def _number(text: str | None, numbers: dict[str, int]) -> int:
    tidy = tidied(text)
    return NONE if not tidy else numbers.setdefault(tidy, len(numbers))


def tidied(text: str | None) -> str:
    """Return a caption as it is kept: printable, on one line, at most `LONGEST` characters; maybe empty."""
    if not text:
        return ""
    printable = text[: 4 * LONGEST]
    if not printable.isprintable():
        printable = "".join(c if c.isprintable() else " " for c in printable)
    return " ".join(printable.split())[:LONGEST].rstrip()


class Captioner(Protocol):
    """Writes captions of measured steps."""

    signals: tuple[str, ...]
    """The signals it reads."""

    def __call__(self, signals: Mapping[str, Array], first: Array) -> Captions:
        """Return the captions of T steps of N worlds.

        `signals` are `(T, N, ...)`; `first`, bool `(T, N)`, tells the first steps of episodes. A step's
        signals are those after it and before any reset, so that the last step of an episode is captioned.
        """
        ...


@runtime_checkable
class Remembering(Protocol):
    """A captioner whose captions depend on earlier rollouts, too."""

    def state_dict(self) -> Mapping[str, Array]:
        """Return what it remembers, as arrays without objects."""
        ...

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is of another captioner or damaged."""
        ...
