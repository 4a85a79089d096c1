"""What a value in a reward can be, as far as the text tells: a number, an array of worlds, a mask, …"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Tag = Literal["scalar", "const", "array", "mask", "sequence", "dict", "table", "shape", "any"]
MAX_NESTING = 4
MAX_ELEMENTS = 32


@dataclass(frozen=True)
class Kind:
    """The kind of one value.

    `scalar` is a Python number, `const` an array of literal numbers, `array` and `mask` have a row for
    each world, `table` is a module-level dictionary (never written), `shape` that of such an array (with the
    number of worlds in it), `any` is unknown.
    """

    tag: Tag
    item: Kind | None = None
    """Of a sequence or dictionary: the kind of every value in it."""
    elements: tuple[Kind, ...] | None = None
    """Of a sequence whose length is known: the kind of each."""
    keys: frozenset[str] | None = None
    """Of a dictionary whose keys are known."""

    @property
    def worlds(self) -> bool:
        """Whether the value has a row for each world."""
        return self.tag in ("array", "mask")

    @property
    def holds_worlds(self) -> bool:
        """Whether the value is, or contains, such an array."""
        return self.worlds or (self.item is not None and self.item.holds_worlds)

    @property
    def nesting(self) -> int:
        """How many containers are inside one another."""
        inside = [k.nesting for k in (self.item, *(self.elements or ())) if k is not None]
        return 1 + max(inside, default=0)


Names = dict[str, Kind]
"""What each name of a function holds."""

SCALAR, CONST, ARRAY, MASK, ANY = Kind("scalar"), Kind("const"), Kind("array"), Kind("mask"), Kind("any")
_RANK: dict[Tag, int] = {"scalar": 0, "const": 1, "mask": 2, "array": 3}


def join(a: Kind, b: Kind) -> Kind:
    """Return the kind of a value that is one or the other."""
    if a == b:
        return a
    if a.tag in _RANK and b.tag in _RANK:
        return max(a, b, key=lambda kind: _RANK[kind.tag])
    if a.tag == b.tag == "sequence":
        same = a.elements is not None and b.elements is not None and len(a.elements) == len(b.elements)
        if same:
            return sequence([join(x, y) for x, y in zip(a.elements or (), b.elements or (), strict=True)])
        return Kind("sequence", _join_items(a, b))
    if {a.tag, b.tag} == {"dict", "table"}:
        return Kind("table", _join_items(a, b))
    if a.tag == b.tag:
        keys = a.keys | b.keys if a.keys is not None and b.keys is not None else None
        return Kind(a.tag, _join_items(a, b), keys=keys)
    return ANY


def _join_items(a: Kind, b: Kind) -> Kind | None:
    if a.item is None or b.item is None:
        return a.item or b.item
    return join(a.item, b.item)


def joined(kinds: list[Kind]) -> Kind | None:
    """Return the join of all, or None of none."""
    result = None
    for kind in kinds:
        result = kind if result is None else join(result, kind)
    return result


def sequence(kinds: list[Kind]) -> Kind:
    """Return the kind of a list or tuple of these."""
    flat = [ANY if kind.nesting >= MAX_NESTING else kind for kind in kinds]
    elements = tuple(flat) if len(flat) <= MAX_ELEMENTS else None
    return Kind("sequence", joined(flat), elements)


def dictionary(kinds: list[Kind], keys: frozenset[str] | None) -> Kind:
    """Return the kind of a dictionary with these values."""
    return Kind("dict", joined([ANY if kind.nesting >= MAX_NESTING else kind for kind in kinds]), keys=keys)


def constant(kind: Kind) -> Kind:
    """Return the kind of a module-level constant: no dictionary in it is ever written, however deep."""
    elements = None if kind.elements is None else tuple(constant(element) for element in kind.elements)
    item = None if kind.item is None else constant(kind.item)
    return replace(kind, tag="table" if kind.tag == "dict" else kind.tag, item=item, elements=elements)


def with_item(kind: Kind, key: str | None, value: Kind) -> Kind:
    """Return a dictionary's kind after `d[key] = value`."""
    keys = kind.keys | {key} if kind.keys is not None and key is not None else None
    return replace(kind, item=value if kind.item is None else join(kind.item, value), keys=keys)
