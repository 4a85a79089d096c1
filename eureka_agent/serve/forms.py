"""From the fields of a form to what is said: one of the records of `store/said.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from eureka_agent.serve.body import FormError
from eureka_agent.store.said import said_from_json

Fields = Mapping[str, str]


def said_of(fields: Fields) -> Any:
    """Return what a form says; FormError, in a person's words, where it says nothing or what cannot be."""
    kind = fields.get("kind", "")
    if kind not in _READ:
        raise FormError(f"Nothing was said: a form says one of {', '.join(_READ)}.")
    told = {"kind": kind, **_READ[kind](fields)}
    try:
        return said_from_json(told)
    except ValueError as error:
        raise FormError(f"This cannot be said: {error}.") from error


def _comment(fields: Fields) -> dict[str, Any]:
    text = _text(fields, "text")
    if not text:
        raise FormError("Nothing was said: the sentence is empty.")
    told = {"text": text, "concern": _text(fields, "concern") or "wish"}
    return {**told, "about": about} if (about := _text(fields, "about")) else told


def _rating(fields: Fields) -> dict[str, Any]:
    """Return what a thumb says, or so many stars: a form has buttons for both."""
    about, why = _about(fields), _text(fields, "why")
    thumb = _text(fields, "thumb")
    if thumb in _THUMBS:
        return {"about": about, "value": _THUMBS[thumb], "of": 1, "why": why}
    if thumb:
        raise FormError("A thumb is up or down.")
    value = _number(fields, "stars", "Nothing was said: choose a thumb, or one to five stars.")
    return {"about": about, "value": value, "of": 5, "why": why}


def _preference(fields: Fields) -> dict[str, Any]:
    better = _text(fields, "better")
    if not better:
        raise FormError("Nothing was said: choose which of the two is better, or neither.")
    sides = {side: _episode(fields, side) for side in ("first", "second")}
    return {**sides, "better": better, "why": _text(fields, "why")}


def _episode(fields: Fields, side: str) -> dict[str, Any]:
    name = _text(fields, side)
    if not name:
        raise FormError("Nothing was said: name both candidates.")
    missing = "Nothing was said: which episodes were compared is missing. Open the comparison again."
    places = {part: _number(fields, f"{side}_{part}", missing) for part in ("replicate", "number")}
    return {"name": name, **places}


def _balance(fields: Fields) -> dict[str, Any]:
    """Return what a slider says: left of its middle more of the first, right of it more of the second."""
    value = _number(fields, "slider", "Nothing was said: move the slider to one side.")
    first, second = _text(fields, "first"), _text(fields, "second")
    if value == 0:
        raise FormError("Nothing was said: in the middle of the slider all stays as it is.")
    more, less = (first, second) if value < 0 else (second, first)
    return {"about": _about(fields), "more": more, "less": less, "strength": abs(value) / 100.0}


def _mark(fields: Fields) -> dict[str, Any]:
    return {"about": _about(fields), "why": _text(fields, "why")}


def _withdrawal(fields: Fields) -> dict[str, Any]:
    return {"number": _number(fields, "number", "Nothing was taken back: no number was given.")}


_READ: dict[str, Callable[[Fields], dict[str, Any]]] = {
    "comment": _comment,
    "rating": _rating,
    "preference": _preference,
    "balance": _balance,
    "veto": _mark,
    "pin": _mark,
    "withdrawal": _withdrawal,
}
_THUMBS = {"up": 1, "down": 0}


def _text(fields: Fields, name: str) -> str:
    return " ".join(fields.get(name, "").split())


def _about(fields: Fields) -> str:
    if about := _text(fields, "about"):
        return about
    raise FormError("Nothing was said: name the candidate that it is about.")


def _number(fields: Fields, name: str, missing: str) -> int:
    text = _text(fields, name)
    if not text:
        raise FormError(missing)
    try:
        if len(text) > 9:
            raise ValueError
        return int(text)
    except ValueError as error:
        raise FormError(f"{text[:20]!r} is no whole number.") from error
