"""Read-only questions about recorded episodes, each answered by arithmetic on what was recorded.

A closed set: whoever asks, a language model included, gets numbers of the run's episodes and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from eureka_agent.analysis.columns import columns_of
from eureka_agent.errors import did_you_mean
from eureka_agent.escaping import one_line
from eureka_agent.trajectories.trajectory import Array, Trajectory

Episodes = Mapping[str, Sequence[Trajectory]]
"""Recorded episodes by candidate."""

MOST_ROWS = 24
MOST_NAMES = 8
MOST_CONDITIONS = 3
_QUANTILES = (0.0, 0.05, 0.5, 0.95, 0.99, 1.0)

Names = Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_NAMES)]
Index = Annotated[int, Field(ge=0, le=1_000_000_000)]


class QueryError(ValueError):
    """A question about something that was not recorded; the message says what was."""


class _Query(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Query):
    """Restricts a question to the steps in which a column lies above or below a value."""

    name: str
    is_: Annotated[Literal["above", "below"], Field(alias="is")]
    value: float


Where = Condition | Annotated[tuple[Condition, ...], Field(min_length=1, max_length=MOST_CONDITIONS)]
"""One condition, or several that must all hold."""


class Window(_Query):
    """The values of columns in a stretch of one episode; at most `MOST_ROWS` of its steps, evenly spread."""

    query: Literal["window"]
    candidate: str
    episode: Index
    first: Index
    last: Index
    names: Names


class Statistics(_Query):
    """Mean and quantiles of columns over all recorded steps of a candidate, or over some of them."""

    query: Literal["statistics"]
    candidate: str
    names: Names
    where: Where | None = None


class Comparison(_Query):
    """Means and medians of columns of two candidates, side by side."""

    query: Literal["comparison"]
    candidate: str
    other: str
    names: Names


class Crossing(_Query):
    """In every episode the first step in which a condition holds, with the values of columns there."""

    query: Literal["first"]
    candidate: str
    where: Where
    names: Names


Query = Annotated[Window | Statistics | Comparison | Crossing, Field(discriminator="query")]


def answer(query: Query, episodes: Episodes) -> str:
    """Return the answer as a short table; QueryError for names, candidates or steps without a record."""
    match query:
        case Window():
            return _window(query, episodes)
        case Statistics():
            return _statistics(query, episodes)
        case Comparison():
            return _comparison(query, episodes)
        case Crossing():
            return _crossings(query, episodes)


def _window(query: Window, episodes: Episodes) -> str:
    played = _of(query.candidate, episodes)
    if query.episode >= len(played):
        raise QueryError(f"{query.candidate} has episodes 0 to {len(played) - 1}, not {query.episode}.")
    trajectory = played[query.episode]
    first, last = query.first, min(query.last, trajectory.length - 1)
    if first > last:
        raise QueryError(f"Episode {query.episode} has steps 0 to {trajectory.length - 1}; first ≤ last.")
    columns = [_column(trajectory, name) for name in query.names]
    steps = np.unique(np.linspace(first, last, min(MOST_ROWS, last - first + 1)).round().astype(int))
    rows = [(str(step), *(_number(column[step]) for column in columns)) for step in steps]
    return _table(("step", *query.names), rows)


def _statistics(query: Statistics, episodes: Episodes) -> str:
    played = _of(query.candidate, episodes)
    masks = [_mask(trajectory, query.where) for trajectory in played]
    steps, all_steps = sum(int(mask.sum()) for mask in masks), sum(len(mask) for mask in masks)
    if not steps:
        return f"None of {all_steps} steps meets the condition."
    rows = []
    for name in query.names:
        values = np.concatenate([_column(t, name)[mask] for t, mask in zip(played, masks, strict=True)])
        rows.append((name, *map(_number, (values.mean(), *np.quantile(values, _QUANTILES)))))
    head = ("column", "mean", "min", "5 %", "median", "95 %", "99 %", "max")
    return f"{steps} of {all_steps} steps.\n{_table(head, rows)}"


def _comparison(query: Comparison, episodes: Episodes) -> str:
    both = [_of(name, episodes) for name in (query.candidate, query.other)]
    rows = []
    for name in query.names:
        values = [np.concatenate([_column(trajectory, name) for trajectory in played]) for played in both]
        rows.append((name, *(_number(float(f(v))) for v in values for f in (np.mean, np.median))))
    names = (query.candidate, query.other)
    return _table(("column", *(f"{what} {name}" for name in names for what in ("mean", "median"))), rows)


def _crossings(query: Crossing, episodes: Episodes) -> str:
    rows = []
    for number, trajectory in enumerate(_of(query.candidate, episodes)):
        columns = [_column(trajectory, name) for name in query.names]
        held = np.flatnonzero(_mask(trajectory, query.where))
        values = [_number(column[held[0]]) for column in columns] if len(held) else [""] * len(columns)
        place = str(held[0]) if len(held) else "never"
        rows.append((str(number), f"{place} of {trajectory.length}", *values))
    return _table(("episode", "first step", *query.names), rows)


def _of(candidate: str, episodes: Episodes) -> Sequence[Trajectory]:
    if not (played := episodes.get(candidate)):
        known = ", ".join(name for name in episodes if episodes[name]) or "none"
        raise QueryError(
            f"No episodes of '{one_line(candidate)[:20]}' were recorded; there are those of {known}."
        )
    return played


def _column(trajectory: Trajectory, name: str) -> Array:
    columns = columns_of(trajectory)
    if name not in columns:
        known = ", ".join(columns)
        raise QueryError(
            f"There is no '{one_line(name)[:60]}'.{did_you_mean(name, columns)} There are {known}."
        )
    return columns[name]


def _mask(trajectory: Trajectory, where: Where | None) -> Array:
    """Return bool `(T,)`: the steps that a question is about."""
    mask = np.ones(trajectory.length, dtype=bool)
    for one in (where,) if isinstance(where, Condition) else where or ():
        column = _column(trajectory, one.name)
        mask &= column > one.value if one.is_ == "above" else column < one.value
    return mask


def _number(value: Any) -> str:
    return f"{float(value) + 0.0:.3g}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
