"""How commands print: tables for people, one JSON object for programs, errors in three short lines."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from eureka_agent.errors import EurekaError
from eureka_agent.escaping import one_line, visible

if TYPE_CHECKING:
    from eureka_agent.report.views.in_short import InShort

WIDTH_OF_FILES = 140
"""Width of a table written to a file or a pipe; rich would assume 80 columns and break every cell."""

_LABEL = 9
"""Width of what stands before a line at the end of a run."""

_documents: list[TextIO] = []
"""Where documents go once stdout is everybody's; empty means stdout."""


def keep_stdout_for_documents() -> None:
    """Send what anybody else prints to stderr from now on, C code included: an environment may say hello."""
    sys.stdout.flush()
    _documents.append(os.fdopen(os.dup(1), "w"))
    os.dup2(2, 1)


def print_json(value: Any) -> None:
    """Print one JSON document; numbers that JSON cannot represent become null."""
    text = json.dumps(_plain(value), indent=2, allow_nan=False)
    print(text, file=_documents[-1] if _documents else sys.stdout, flush=True)


def answer_lines(answer: InShort) -> list[str]:
    """Return whether a run's reward is better, why, and what it cost, a line each."""
    return [f"{name + ':':<{_LABEL}}{one_line(told)}" for name, told in answer.lines]


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, cropped: str | None = None
) -> None:
    """Print a table; text is shown literally, never interpreted as markup.

    The column called `cropped` takes what room the others leave, and what does not fit is cut off there.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(one_line(title), style="table.title"),
        title_justify="left",
        show_edge=False,
        pad_edge=False,
        header_style="bold",
    )
    for place, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=place == 0)
    for row in rows:
        cells = [Text(one_line(number(cell))) for cell in row]
        if cropped is not None:
            cell = cells[columns.index(cropped)]
            cell.no_wrap, cell.overflow = True, "ellipsis"
        table.add_row(*cells)
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH_OF_FILES
    console.print(table)


def number(value: Any) -> str:
    """Return a cell's text: numbers with four significant digits, None as a dash."""
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def fail(error: EurekaError) -> int:
    """Print an error and return the exit code."""
    if "--json" in sys.argv:
        print_json({"error": {"what": error.what, "allowed": error.allowed, "next": error.fix}})
    print(visible(f"Error: {error}"), file=sys.stderr)
    return error.exit_code


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(dataclasses.asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Path):
        return str(value)
    return value
