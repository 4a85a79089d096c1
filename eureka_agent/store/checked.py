"""Values of a log, which anybody may have written: each is what it must be, or a ValueError says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from eureka_agent.archive.candidate import is_candidate_id
from eureka_agent.escaping import one_line

BASELINES = ("reference", "sparse")
"""Names under which the baselines of the confirmation are journalled."""

STAGES = ("search", "choose", "confirm")
"""What a training is for: to search, to choose among the best, or to report on the chosen one."""

MOST = 999_999
"""Largest generation, index or replicate that a log may name."""

LARGEST = 1e300
"""Largest number: sums of a few still fit into a float."""

_BEFORE = re.compile(r"before-[1-9][0-9]{0,3}")
_OPERATOR = re.compile(r"[a-z][a-z_]{0,31}")
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_NUMERALS = re.compile(r"[-+0-9.einfa,; ]{0,4000}")
_T = TypeVar("_T")

Json = dict[str, Any]
"""An object of JSON, of whose values nothing is known yet."""


def whole(value: Any, what: str, most: int | None = MOST) -> int:
    """Return a whole number from 0 to `most`."""
    return value if is_whole(value, most) else _refuse(what, value, f"a whole number from 0 to {most or '…'}")


def is_whole(value: object, most: int | None = MOST) -> bool:
    """Tell whether `value` is a whole number from 0 to `most`, and not a truth value."""
    return type(value) is int and value >= 0 and (most is None or value <= most)


def number(value: Any, what: str) -> float:
    """Return a finite number that arithmetic can take."""
    fine = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
    return value if fine else _refuse(what, value, "a finite number")


def optional_number(value: Any, what: str) -> float | None:
    """Return a finite number, or None."""
    return None if value is None else number(value, what)


def text(value: Any, what: str) -> str:
    """Return a text."""
    return value if isinstance(value, str) else _refuse(what, value, "a text")


def limited_text(value: Any, what: str, *, most: int, least: int = 0) -> str:
    """Return a text, without the space around it, of at least `least` and at most `most` characters."""
    found = text(value, what).strip()
    if not least <= len(found) <= most:
        raise ValueError(f"{what} cannot have {len(found):,} characters, only {least} to {most:,}")
    return found


def flag(value: Any, what: str) -> bool:
    """Return true or false."""
    return value if isinstance(value, bool) else _refuse(what, value, "true or false")


def mapping(value: Any, what: str) -> Json:
    """Return a table with texts as keys."""
    fine = isinstance(value, Mapping) and all(isinstance(key, str) for key in value)
    return dict(value) if fine else _refuse(what, value, "a table")


def numerals(value: Any, what: str) -> str:
    """Return numbers as prompts show them: `"-0.5, 0, 2e+03; nan, 1, inf"`."""
    fine = isinstance(value, str) and _NUMERALS.fullmatch(value)
    return value if fine else _refuse(what, value, "numbers between commas and semicolons")


def numerals_by_name(value: Any, what: str) -> dict[str, str]:
    """Return a table of `numerals`."""
    return {name: numerals(numbers, what) for name, numbers in mapping(value, what).items()}


def numerals_by_signal(value: Any, what: str) -> dict[str, str]:
    """Return a table of `numerals` whose keys can be names of signals."""
    for name in mapping(value, what):
        if not name.isidentifier():
            _refuse(what, name, "names of signals")
    return numerals_by_name(value, what)


def each(values: Any, what: str, check: Callable[[Any, str], _T]) -> tuple[_T, ...]:
    """Return a list's values, each checked."""
    items: Iterable[Any] = values if isinstance(values, list | tuple) else _refuse(what, values, "a list")
    return tuple(check(value, what) for value in items)


def choice(value: Any, what: str, allowed: Iterable[str]) -> str:
    """Return one of the `allowed` texts."""
    known = tuple(allowed)
    return value if isinstance(value, str) and value in known else _refuse(what, value, " or ".join(known))


def candidate(value: Any, what: str) -> str:
    """Return the id of a candidate."""
    return value if is_candidate_id(value) else _refuse(what, value, "a candidate's id such as 0-03")


def trained(value: Any, what: str) -> str:
    """Return the name of what is trained: a candidate's id, a baseline's name, or that of a reward before."""
    named = isinstance(value, str) and (value in BASELINES or _BEFORE.fullmatch(value) is not None)
    allowed = f"a candidate's id such as 0-03, {', '.join(BASELINES)} or before-1"
    return value if named or is_candidate_id(value) else _refuse(what, value, allowed)


def before_name(number: int) -> str:
    """Return the name under which the `number`-th reward of a sequence is journalled, from 1."""
    return f"before-{number}"


def config(value: Any) -> Json:
    """Return a configuration whose task, model and rewards before are what they must be.

    `make_config` says whether it is a whole one.
    """
    found = mapping(value, "config")
    task = mapping(found.get("task", {}), "config.task")
    for name in ("kind", "value"):
        text(task.get(name, ""), f"config.task.{name}")
    mapping(task.get("options", {}), "config.task.options")
    text(found.get("model", ""), "config.model")
    each(found.get("after", ()), "config.after", _earlier)
    return found


def _earlier(value: Any, what: str) -> tuple[str, int]:
    fine = isinstance(value, list | tuple) and len(value) == 2 and value[1] != 0
    source, steps = value if fine else _refuse(what, value, "a reward and its number of steps")
    return text(source, what), whole(steps, what, most=10**15)


def operator(value: Any, what: str) -> str:
    """Return the name of an operator, which names a template."""
    fine = isinstance(value, str) and _OPERATOR.fullmatch(value)
    return value if fine else _refuse(what, value, "a word of small letters such as rewrite")


def run_id(value: Any, what: str = "run_id") -> str:
    """Return the id of a run, which names a file."""
    fine = isinstance(value, str) and _RUN_ID.fullmatch(value)
    return value if fine else _refuse(what, value, "32 hexadecimal digits")


def _refuse(what: str, value: object, allowed: str) -> Any:
    raise ValueError(f"{what} cannot be {one_line(f'{value!r:.80}')}, only {allowed}")
