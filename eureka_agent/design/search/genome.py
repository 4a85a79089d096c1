"""A reward as data: weighted terms over features, what search varies instead of text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

LINEAR = "linear"
ABSOLUTE = "absolute"
SQUARED = "squared"
NEAR = "near"
PLATEAU = "plateau"
ABOVE = "above"
BELOW = "below"
CHANGE = "change"
APPROACH = "approach"
ALIVE = "alive"
EFFORT = "effort"

SHAPES = (LINEAR, ABSOLUTE, SQUARED, NEAR, PLATEAU, ABOVE, BELOW, CHANGE, APPROACH)
"""What can be made of any feature; `alive` and `effort` stand for themselves."""

MOST_TERMS = 4
CLIP = 10.0
"""Features are clipped to this many scales around their centre: no input makes a reward infinite."""


@dataclass(frozen=True)
class Term:
    """`weight * shape((feature - centre) / scale)`; one component of the reward."""

    shape: str
    signal: str
    """For `alive` any signal, whose rows are counted; for `effort` the action."""
    index: tuple[int, ...] | str = ()
    """Element of the signal, `()` for a scalar one, `"norm"` for a vector's length."""
    weight: float = 1.0
    centre: float = 0.0
    scale: float = 1.0
    """Positive, in the signal's unit."""
    temperature: float = 1.0
    """Width: of the bell (`near`), of the flat top in scales (`plateau`)."""
    unit: str = ""

    @property
    def feature(self) -> tuple[str, tuple[int, ...] | str]:
        """Which number of the world this term looks at."""
        return self.signal, self.index

    def rounded(self) -> Term:
        """Return the term with three significant digits: readable, and equal after a trip through JSON."""
        return replace(
            self,
            weight=_round(self.weight),
            centre=_round(self.centre),
            scale=_round(self.scale),
            temperature=_round(self.temperature),
        )


@dataclass(frozen=True)
class Genome:
    """The terms of one reward, in order."""

    terms: tuple[Term, ...]

    @property
    def signals(self) -> set[str]:
        """Names of the signals that the terms look at."""
        return {term.signal for term in self.terms}

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values that `from_json` reads back."""
        terms = [asdict(term) for term in self.terms]
        return {
            "terms": [{**t, "index": t["index"] if t["index"] == "norm" else list(t["index"])} for t in terms]
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Genome:
        """Rebuild a genome from `to_json`'s dictionary."""
        return cls(
            tuple(
                Term(**{**term, "index": term["index"] if term["index"] == "norm" else tuple(term["index"])})
                for term in data["terms"]
            )
        )


def _round(value: float) -> float:
    return float(f"{value:.3g}")
