"""Annotators without a language model: a function, patterns in a file, factors in the order of their rank."""

from __future__ import annotations

import hashlib
import math
import re
import threading
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.annotators import Source
from eureka_agent.intrinsic.annotation.questions import Label, Question

_NUMBER = r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?"


class Predicate:
    """Labels a caption by a function of its text, a pair by which of its two values is larger."""

    def __init__(self, name: str, function: Callable[[str], float], goal: str = "") -> None:
        """`function` returns a number from 0 to 1, and the same for the same text."""
        self.name = name
        self.source = Source(name, "", goal)
        self._function = function

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> Sequence[Label | None]:
        """Return one label a question; see `Annotator`."""
        return [Label(question, self._value(question)) for question in questions]

    def _value(self, question: Question) -> float:
        values = [self._function(caption) for caption in question.captions]
        return values[0] if len(values) == 1 else preference(values[0] - values[1])


def preference(lead: float) -> float:
    """Return the label of a pair whose first leads by so much: 1, 0, or 0.5 where neither does."""
    return 0.5 if lead == 0.0 else float(lead > 0.0)


class _Rule(BaseModel):
    """One pattern and what a caption is worth in which it is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pattern: Annotated[str, Field(min_length=1)]
    value: Annotated[float, Field(ge=0, le=1)]

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"'{pattern}' is no regular expression: {error}") from error
        return pattern


class _Rules(BaseModel):
    """A whole file of rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: Annotated[tuple[_Rule, ...], Field(min_length=1)]
    otherwise: Annotated[float, Field(ge=0, le=1)] = 0.0


class Oracle(Predicate):
    """Labels by the first rule whose pattern is found in the caption, in any case of letters.

    A file of rules is TOML: tables `[[rules]]` with `pattern`, a regular expression or just words, and a
    `value` from 0 to 1; before them perhaps `otherwise`, the value of all other captions (0 without it).
    """

    def __init__(self, path: Path, goal: str = "") -> None:
        """Read the rules; raises ConfigError for a file that is not of this form."""
        data = _read(path)
        try:
            rules = _Rules.model_validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise _not_rules(path, f"{place}: {first['msg']}") from error
        self._rules = [(re.compile(rule.pattern, re.IGNORECASE), rule.value) for rule in rules.rules]
        self._otherwise = rules.otherwise
        super().__init__(f"rules:{path.name}", self._worth, goal)
        digest = hashlib.sha256(rules.model_dump_json().encode()).hexdigest()[:16]
        self.source = Source(self.name, digest, goal)

    def _worth(self, caption: str) -> float:
        return next((value for pattern, value in self._rules if pattern.search(caption)), self._otherwise)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _not_rules(path, f"it cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise _not_rules(path, str(error)) from error


def _not_rules(path: Path, why: str) -> ConfigError:
    return ConfigError(
        f"{path} holds no rules: {why}.",
        allowed='tables [[rules]] with pattern = "…" and value = 0 to 1, before them perhaps otherwise = …; '
        'or tables [[factors]] with name = "…" and perhaps margin, words, higher_is_better',
        fix="Correct the file.",
    )


@dataclass(frozen=True)
class Factor:
    """One thing that matters, read from a caption."""

    name: str
    """Words directly after which its number stands in a caption: "gold" reads 5 from "gold: 5", "gold 5" and
    "gold=5", and nothing from "gold unknown, health 7"."""
    margin: float = 0.0
    """By how much two captions must differ in it for it to decide (δ)."""
    words: tuple[str, ...] = ()
    """Instead of a number: words that a caption may hold, the worst first; their places are the numbers."""
    higher_is_better: bool = True

    def __post_init__(self) -> None:
        if not self.name or not (math.isfinite(self.margin) and self.margin >= 0.0):
            raise ConfigError(
                f"A factor '{self.name}' with a margin of {self.margin} decides nothing.",
                allowed="a name, and a margin of 0 or more",
                fix="Correct the factor.",
            )

    def read(self, caption: str) -> float | None:
        """Return its number in a caption, larger if better; None where the caption does not tell it."""
        found = self._place(caption) if self.words else self._number(caption)
        return None if found is None else (found if self.higher_is_better else -found)

    def _place(self, caption: str) -> float | None:
        held = [place for place, words in enumerate(self.words) if _holds(caption, words)]
        # "upright" is in "nearly upright", too: the longest words are meant.
        return float(max(held, key=lambda place: len(self.words[place]))) if held else None

    def _number(self, caption: str) -> float | None:
        name = rf"(?<!\w){re.escape(self.name)}(?:[ \t]*[:=][ \t]*|[ \t]+)({_NUMBER})(?!\.?\w)"
        number = re.search(name, caption, re.IGNORECASE)
        return float(number[1]) if number and math.isfinite(float(number[1])) else None


def _holds(caption: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", caption, re.IGNORECASE) is not None


class Lexicographic:
    """Compares captions by the first factor, in the order of rank, in which they differ enough (HERON).

    What no factor decides is a tie. It answers pairs only, and none of which no factor can be read (arXiv
    2309.02632).
    """

    def __init__(self, factors: Iterable[Factor], name: str = "factors", goal: str = "") -> None:
        self.factors = tuple(factors)
        self.name = name
        digest = hashlib.sha256(repr(self.factors).encode()).hexdigest()[:16]
        self.source = Source(name, digest, goal)

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> Sequence[Label | None]:
        """Return one label a question; see `Annotator`."""
        values = [self._compared(*q.captions) if q.is_pair else None for q in questions]
        return [
            None if value is None else Label(q, value) for q, value in zip(questions, values, strict=True)
        ]

    def _compared(self, first: str, second: str) -> float | None:
        known = False
        for factor in self.factors:
            one, other = factor.read(first), factor.read(second)
            if one is None or other is None:
                continue
            known = True
            if abs(one - other) > factor.margin:
                return preference(one - other)
        return 0.5 if known else None


class _FactorTable(BaseModel):
    """One factor of a file; see `Factor`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    margin: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    words: tuple[str, ...] = ()
    higher_is_better: bool = True


class _Factors(BaseModel):
    """A whole file of factors, the most important first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    factors: Annotated[tuple[_FactorTable, ...], Field(min_length=1)]


def judge_of(path: Path, goal: str = "") -> Oracle | Lexicographic:
    """Return who labels by a file: its `[[rules]]`, or its `[[factors]]` in the order of their rank.

    Raises ConfigError for a file that has neither, or both.
    """
    data = _read(path)
    if "factors" not in data:
        return Oracle(path, goal)
    try:
        factors = _Factors.model_validate(data).factors
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _not_rules(path, f"{place}: {first['msg']}") from error
    return Lexicographic([Factor(**one.model_dump()) for one in factors], f"rules:{path.name}", goal)
