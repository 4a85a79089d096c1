"""What each number of a vector is: from the environment's documentation, and the bounds of its space."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import gymnasium as gym
import numpy as np

from eureka_agent.tasks.docsections import MENTIONS_REWARD
from eureka_agent.tasks.task import Element, Signal

MOST = 32
"""Vectors up to this length are told element by element."""
_UNIT = re.compile(r"\(([^()]+)\)\s*$")
_RULE = re.compile(r"^[\s|:-]+$")
_LARGEST = 1e30
"""A bound beyond this says nothing: spaces put float32's greatest number where there is none."""


def with_elements(signal: Signal, space: gym.Space, doc: str) -> Signal:
    """Return the signal of a vector space with its elements, if they differ in anything that is known."""
    if not isinstance(space, gym.spaces.Box) or len(signal.shape) != 1 or not 1 < signal.shape[0] <= MOST:
        return signal
    words = _documented(doc, signal.shape[0]) or ((("", ""),) * signal.shape[0])
    bounds = zip(space.low.reshape(-1), space.high.reshape(-1), strict=True)
    elements = tuple(
        Element(meaning, unit, _finite(low), _finite(high))
        for (meaning, unit), (low, high) in zip(words, bounds, strict=True)
    )
    return signal if len(set(elements)) == 1 else replace(signal, elements=elements)


def _finite(bound: float) -> float | None:
    return float(f"{bound:.6g}") if np.isfinite(bound) and abs(bound) < _LARGEST else None


def _documented(doc: str, size: int) -> tuple[tuple[str, str], ...] | None:
    """Return meaning and unit of each element from the first table of observations with so many rows."""
    for header, rows in _tables(doc):
        if len(header) < 2 or not header[0].startswith("num") or "observation" not in header[1]:
            continue
        unit_at = next((place for place, name in enumerate(header) if "unit" in name), None)
        found = {int(row[0]): row for row in rows if row[0].isdecimal() and len(row) > 1}
        if sorted(found) == list(range(size)):
            return tuple(_words(found[index], unit_at) for index in range(size))
    return None


def _words(row: list[str], unit_at: int | None) -> tuple[str, str]:
    meaning = "" if MENTIONS_REWARD.search(row[1]) else row[1]
    told = row[unit_at] if unit_at is not None and unit_at < len(row) else ""
    unit = _UNIT.search(told)
    return meaning, unit.group(1) if unit else told.strip("-")


def _tables(doc: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Yield the header, in small letters, and the rows of each Markdown table."""
    table: list[list[str]] = []
    for line in [*doc.splitlines(), ""]:
        if line.lstrip().startswith("|"):
            if not _RULE.match(line):
                table.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif table:
            yield [name.lower() for name in table[0]], table[1:]
            table = []


def told_elements(signal: Signal) -> Mapping[str, Element]:
    """Return the elements of a signal by the expression that a reward reads each with."""
    return {f"{signal.name}[:, {index}]": element for index, element in enumerate(signal.elements)}
