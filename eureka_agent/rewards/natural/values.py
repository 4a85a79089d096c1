"""What an expression of a natural reward holds, as its author's library would have it.

Shapes are those of one world (`rows`); where the worlds lie is kept beside them. In unbatched code there
is no axis of worlds at all; in batched code `before` says how many axes stand before it (`np.stack([a, b])`
puts one there). In portable code the worlds always lead, and the rows follow in the same order.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Dtype = Literal["b", "i", "f"]
Numbers = float | tuple["Numbers", ...]

MAX_RANK = 6
MAX_LEAVES = 4096
"""Values in a list or dictionary: each may stand in another one several times."""
MAX_CONSTANT = 256
"""Numbers in a constant array that is written out."""


class ShapeError(Exception):
    """Shapes that do not fit; the message says which."""


@dataclass(frozen=True)
class ArrayValue:
    """Numbers: an array, or one number."""

    rows: tuple[int, ...] = ()
    dtype: Dtype = "f"
    worlds: bool = True
    """Whether it differs from world to world, and so has a row for each in portable code."""
    before: int = 0
    """In batched code: how many axes its author has before the worlds."""
    python: bool = False
    """A number of Python's own, not of the library."""
    number: Numbers | None = field(default=None, compare=False)
    """The numbers themselves where the text tells them."""
    buffer: int = field(default=0, compare=False)
    """Which memory it lies in; 0 for what nothing can write into."""
    whole: bool = field(default=True, compare=False)
    """Whether it is that memory as it was made, rather than a view of it."""
    picked: str = ""
    """The mask by which rows were picked (`x[mask]`), as code; their number is unknown."""

    @property
    def plain(self) -> bool:
        """Whether it is one number a world, or one number."""
        return not self.rows


@dataclass(frozen=True)
class TextValue:
    """A text: a key of a dictionary; None where it is not known."""

    text: str | None = None
    among: tuple[str, ...] = ()
    """In a loop over texts: all that it may be, one after the other."""


@dataclass(frozen=True)
class ItemsValue:
    """A list or tuple, or whatever else is taken apart in order."""

    items: tuple[Value, ...]
    known: bool = True
    """Whether `items` are all of them; else there is one that stands for each."""
    names: tuple[str, ...] = ()
    """Of a named tuple, e.g. ("values", "indices")."""
    owner: str = field(default="", compare=False)
    """Who made it, where the function did not: a default, a constant or the caller."""


@dataclass(frozen=True)
class TableValue:
    """A dictionary."""

    items: Mapping[str, Value] = field(default_factory=dict)
    buffer: int = field(default=0, compare=False)
    owner: str = field(default="", compare=False)
    """Who made it, where the function did not: a default, a constant or the caller."""


@dataclass(frozen=True)
class CountValue:
    """How many worlds there are."""


@dataclass(frozen=True)
class ShapeValue:
    """`x.shape`."""

    of: ArrayValue


@dataclass(frozen=True)
class NothingValue:
    """None."""


@dataclass(frozen=True)
class SettingValue:
    """What concerns the library and not the numbers: a device, a layout."""


@dataclass(frozen=True)
class TypeValue:
    """A type of numbers, e.g. `np.float32`."""

    dtype: Dtype
    python: bool = False


_NAMED_TYPES: Mapping[str, Dtype] = {
    **dict.fromkeys(("float", "float32", "float64", "f", "f4", "f8", "d"), "f"),
    **dict.fromkeys(("int", "int32", "int64", "i", "i4", "i8"), "i"),
    "bool": "b",
}


def type_of(value: Value) -> TypeValue | None:
    """Return the type that a value is, or that its text names as NumPy does, e.g. `"float32"`."""
    if isinstance(value, TextValue) and value.text is not None and value.text in _NAMED_TYPES:
        return TypeValue(_NAMED_TYPES[value.text])
    return value if isinstance(value, TypeValue) else None


@dataclass(frozen=True)
class PathValue:
    """Something of a library by its path, e.g. `torch.nn.functional`."""

    library: str
    path: str


@dataclass(frozen=True)
class OneLineValue:
    """A function of one expression, to be written where it is called."""

    parameters: tuple[str, ...]
    defaults: Mapping[str, ast.expr]
    body: ast.expr
    name: str


@dataclass(frozen=True)
class SliceValue:
    """`slice(a, b, c)` of known numbers."""

    lower: int | None = None
    upper: int | None = None
    step: int | None = None


@dataclass(frozen=True)
class RecordValue:
    """A class, or an instance of one, that only holds constants."""

    items: Mapping[str, Value]
    texts: Mapping[str, str] = field(compare=False)
    """What each is written as."""


Value = (
    ArrayValue | TextValue | ItemsValue | TableValue | CountValue | ShapeValue | NothingValue | SettingValue
    | TypeValue | PathValue | OneLineValue | SliceValue | RecordValue
)  # fmt: skip

GHOSTS = (
    CountValue, ShapeValue, SettingValue, TypeValue, PathValue, OneLineValue, SliceValue, RecordValue,
)  # fmt: skip
"""What has no place in portable code: names of such values are dropped."""

NUMBER = ArrayValue(worlds=False, python=True)


def number_value(value: float) -> ArrayValue:
    """Return the value of a literal number."""
    dtype: Dtype = "b" if isinstance(value, bool) else "i" if isinstance(value, int) else "f"
    return ArrayValue(dtype=dtype, worlds=False, python=True, number=value)


def wider(*dtypes: str) -> Dtype:
    """Return the type that holds all of these."""
    return "f" if "f" in dtypes else "i" if "i" in dtypes else "b"


def broadcast_shapes(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of arrays that are combined element by element."""
    rank = max(map(len, shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    made = []
    for sizes in zip(*padded, strict=True):
        large = {size for size in sizes if size != 1}
        if len(large) > 1:
            raise ShapeError(" and ".join(map(str, shapes)))
        made.append(large.pop() if large else 1)
    return tuple(made)


def broadcast(values: list[ArrayValue], *, batched: bool) -> tuple[tuple[int, ...], int]:
    """Return rows and `before` of values that are combined element by element; raises ShapeError."""
    of_worlds = [value for value in values if value.worlds]
    if not batched or not of_worlds:
        return broadcast_shapes(*(value.rows for value in values)), 0
    tails = {len(value.rows) - value.before for value in of_worlds}
    if len(tails) > 1:
        raise ShapeError(" and ".join(shown_shape(value, batched=True) for value in of_worlds))
    tail = tails.pop()
    lead = broadcast_shapes(*(value.rows[: value.before] for value in of_worlds))
    shapes = [value.rows[value.before :] for value in of_worlds]
    shapes += [_against(value, tail, bool(lead)) for value in values if not value.worlds]
    return lead + broadcast_shapes(*shapes), len(lead)


def _against(constant: ArrayValue, tail: int, lead: bool) -> tuple[int, ...]:
    """Return what a constant's shape is against the axes behind the worlds."""
    if len(constant.rows) <= tail:
        return constant.rows
    if len(constant.rows) == tail + 1 and constant.rows[0] == 1 and not lead:
        return constant.rows[1:]
    raise ShapeError(f"{constant.rows} and an array of {tail + 1} axes")


def shown_shape(value: ArrayValue, *, batched: bool) -> str:
    """Return a shape as its author knows it."""
    sizes = list(map(str, value.rows))
    if batched and value.worlds:
        sizes.insert(value.before, "num_envs")
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def buffers_of(value: Value) -> list[int]:
    """Return every memory that a value holds on to."""
    if isinstance(value, ArrayValue):
        return [value.buffer] if value.buffer else []
    if isinstance(value, ItemsValue):
        return [b for item in value.items for b in buffers_of(item)]
    if isinstance(value, TableValue):
        return [b for item in value.items.values() for b in buffers_of(item)]
    return []


def leaves(value: Value) -> int:
    """Return how many values a list or dictionary holds, those within others counted each time."""
    if isinstance(value, ItemsValue):
        return sum(map(leaves, value.items)) + 1
    if isinstance(value, TableValue):
        return sum(map(leaves, value.items.values())) + 1
    return 1


def owned(value: Value, owner: str) -> Value:
    """Return lists and dictionaries as ones that the function did not make."""
    if isinstance(value, ItemsValue):
        return replace(value, items=tuple(owned(item, owner) for item in value.items), owner=owner)
    if isinstance(value, TableValue):
        items = {name: owned(item, owner) for name, item in value.items.items()}
        return replace(value, items=items, owner=owner)
    return value


def joined_value(a: Value | None, b: Value | None) -> Value | None:
    """Return what holds one or the other, or None where the two have nothing in common."""
    if isinstance(a, ArrayValue) and isinstance(b, ArrayValue):
        return _joined_arrays(a, b)
    if isinstance(a, TextValue) and isinstance(b, TextValue):
        return a if a == b else TextValue(None, _all_texts(a, b))
    if isinstance(a, ItemsValue) and isinstance(b, ItemsValue):
        return _joined_items(a, b)
    if isinstance(a, TableValue) and isinstance(b, TableValue):
        made = {key: joined_value(a.items.get(key), b.items.get(key)) for key in (*a.items, *b.items)}
        return TableValue({key: value for key, value in made.items() if value is not None}, a.buffer)
    return a if a == b else None


def _all_texts(a: TextValue, b: TextValue) -> tuple[str, ...]:
    """Return what two texts may be, in order; nothing where one of them may be anything."""
    made = [each.among or ((each.text,) if each.text is not None else ()) for each in (a, b)]
    return tuple(dict.fromkeys([*made[0], *made[1]])) if all(made) else ()


def _joined_arrays(a: ArrayValue, b: ArrayValue) -> ArrayValue | None:
    if a.rows != b.rows or a.before != b.before or a.picked != b.picked:
        return None
    same = a.number == b.number
    return replace(
        a, dtype=wider(a.dtype, b.dtype), worlds=a.worlds or b.worlds, python=a.python and b.python,
        number=a.number if same else None, buffer=a.buffer or b.buffer,
        whole=a.whole and b.whole and a.buffer == b.buffer,
    )  # fmt: skip


def _joined_items(a: ItemsValue, b: ItemsValue) -> Value | None:
    if a.known and b.known and len(a.items) == len(b.items):
        made = [joined_value(x, y) for x, y in zip(a.items, b.items, strict=True)]
        return None if None in made else ItemsValue(tuple(v for v in made if v is not None))
    every = [*a.items, *b.items]
    item = every[0] if every else None
    for other in every[1:]:
        item = joined_value(item, other)
    return None if every and item is None else ItemsValue((item,) if item is not None else (), known=False)
