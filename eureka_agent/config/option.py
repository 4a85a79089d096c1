"""What is said of an option once, beside its field; from this it is checked, typed, logged and explained."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from typing import Any, NamedTuple, get_args, get_type_hints


class Typed(NamedTuple):
    """What a person gives, where that is not what is kept: a path for what is read from it, `auto`, …"""

    type: Any
    default: Any


@dataclass(frozen=True)
class Option:
    """Stands in a field's `Annotated[...]`, beside its type."""

    help: str
    """A sentence for the person: of `--help`, and of whoever reads the field."""
    _: KW_ONLY
    name: str = ""
    """What it is called on the command line, in Python and in logs; as the field where this is empty."""
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    derived: bool = False
    """Found by the program; nobody types it."""
    changes_results: bool = True
    """Without, runs that differ only in this are the same run."""
    typed: Typed | None = None


@dataclass(frozen=True)
class Declared:
    """An option where it was found: its field's place, type and default, and what is said of it."""

    name: str
    path: tuple[str, ...]
    """Field names from the root of the configuration, e.g. ("training", "env_steps")."""
    type: Any
    default: Any
    """`dataclasses.MISSING` where the option must be given."""
    about: Option

    def of(self, config: Any) -> Any:
        """Return the option's value in a configuration."""
        return functools.reduce(getattr, self.path, config)


def declared_in(group: type, path: tuple[str, ...] = ()) -> Iterator[Declared]:
    """Yield the options of a dataclass and of the groups in it, in the order of its fields."""
    hints = get_type_hints(group, include_extras=True)
    for field in dataclasses.fields(group):
        place, kind = (*path, field.name), hints[field.name]
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            yield from declared_in(kind, place)
        else:
            bare, about = get_args(kind)
            yield Declared(about.name or field.name, place, bare, field.default, about)
