"""A table that needs no library: lists, dictionaries, a cell of a notebook, and a data frame on request."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eureka_agent.errors import ConfigError, did_you_mean
from eureka_agent.escaping import one_line
from eureka_agent.report.words import cut, figure

if TYPE_CHECKING:
    import pandas

SHOWN = 20
"""Rows that a notebook shows of a longer table."""
LONGEST_CELL = 120


@dataclass(frozen=True)
class Table:
    """Rows with the same fields. Iterating yields each as a dictionary; `table["fitness"]` is a column.

    A value is a number, a text, a truth value, a tuple of texts, or None where there is none.
    """

    fields: tuple[str, ...]
    """Names of the columns, also of a table without rows."""
    values: tuple[tuple[Any, ...], ...]
    """The rows, each in the order of `fields`."""

    @classmethod
    def of(cls, fields: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Table:
        """Return a table of dictionaries that have all fields."""
        return cls(tuple(fields), tuple(tuple(row[name] for name in fields) for row in rows))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return list(self)

    @property
    def columns(self) -> dict[str, list[Any]]:
        """The columns by name: what `pandas.DataFrame` and `polars.DataFrame` take."""
        return {name: self[name] for name in self.fields}

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (dict(zip(self.fields, row, strict=True)) for row in self.values)

    def __getitem__(self, name: str) -> list[Any]:
        """Return a column; ConfigError where there is none of that name."""
        if name not in self.fields:
            raise ConfigError(
                f"The table has no column {name!r}.{did_you_mean(str(name), self.fields)}",
                allowed=", ".join(self.fields),
                fix="Take one of these, or iterate over the table: it yields its rows.",
            )
        place = self.fields.index(name)
        return [row[place] for row in self.values]

    def where(self, **wanted: Any) -> Table:
        """Return the rows that have these values, e.g. `where(phase="confirm", curve="fitness")`."""
        columns = [(self[name], value) for name, value in wanted.items()]
        kept = (all(column[n] == value for column, value in columns) for n in range(len(self)))
        return Table(self.fields, tuple(row for row, keep in zip(self.values, kept, strict=True) if keep))

    def to_pandas(self) -> pandas.DataFrame:
        """Return it as a data frame; ConfigError where pandas is not installed."""
        try:
            import pandas
        except ImportError as missing:
            raise ConfigError(
                "pandas is not installed.",
                allowed="`rows` and `columns`, which need no library",
                fix="Install it with `pip install pandas`.",
            ) from missing
        return pandas.DataFrame(self.columns, columns=list(self.fields))

    def _repr_html_(self) -> str:
        """Return its first rows for the cell of a notebook; every word is escaped, whoever wrote it."""
        head = "".join(f"<th>{_escaped(name)}</th>" for name in self.fields)
        body = "".join(
            f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in self.values[:SHOWN]
        )
        more = f"<p>{SHOWN} of {len(self):,} rows</p>" if len(self) > SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return _escaped(figure(value))
    if isinstance(value, tuple):
        return _escaped(", ".join(map(str, value)))
    return "" if value is None else _escaped(str(value))


def _escaped(words: str) -> str:
    return html.escape(cut(one_line(words), LONGEST_CELL))
