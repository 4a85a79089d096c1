"""The declaration of an option, next to its field: the source of its checks, flags, logs and help."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from typing import Any, NamedTuple, get_args, get_type_hints


class Typed(NamedTuple):
    """What a person passes, where that differs from the stored value: a path, `auto`, …"""

    type: Any
    default: Any


@dataclass(frozen=True)
class Option:
    """Metadata in a field's `Annotated[...]`, next to its type."""

    help: str
    """One sentence, for `--help` and for readers of the field."""
    _: KW_ONLY
    name: str = ""
    """Its name on the command line, in Python and in logs; the field's name if empty."""
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    derived: bool = False
    """Set by the program, not by a person."""
    changes_results: bool = True
    """If False, runs that differ only in this are the same run."""
    typed: Typed | None = None
    before: Any = ...
    """Value in runs that were started before the option was there; `...` for its default."""


@dataclass(frozen=True)
class Declared:
    """An option as declared: path, type and default of its field, and its metadata."""

    name: str
    path: tuple[str, ...]
    """Field names from the root of the configuration, e.g. ("training", "env_steps")."""
    type: Any
    default: Any
    """`dataclasses.MISSING` where the option must be given."""
    about: Option

    @property
    def before(self) -> Any:
        """Value in runs whose log does not name the option."""
        return self.default if self.about.before is ... else self.about.before

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
