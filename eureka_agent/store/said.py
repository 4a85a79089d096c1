"""What people say of a run while it goes on: sentences, ratings, preferences, vetoes and pins.

One kind of record each. A front end leaves them as files in a run's `feedback/` (`store/inbox.py`); the
process that works on the run is the only one that journals them (`FeedbackGiven`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError, with_config

from eureka_agent.store import checked
from eureka_agent.store.fields import STRICT, CandidateName, Number, Place, limited_text, read_by

Concern = Literal["wish", "unsafe", "failed", "ugly", "slow"]
"""What a sentence is about; the last four ask for a component or a constraint of their own."""

CONCERNS: tuple[str, ...] = get_args(Concern)

MOST_CHARACTERS = 2_000
"""Longest sentence or reason: it stands in every later prompt."""

MOST_STARS = 5

Sentence = Annotated[str, limited_text(MOST_CHARACTERS, least=1)]
Reason = Annotated[str, limited_text(MOST_CHARACTERS)]


@with_config(STRICT)
@dataclass(frozen=True)
class Comment:
    """A sentence; it stands in every later prompt until it is taken back."""

    text: Sentence
    about: CandidateName | None = None
    """Whose behaviour made the person say it; None where it is about all of them."""
    concern: Concern = "wish"
    kind: Literal["comment"] = "comment"


@with_config(STRICT)
@dataclass(frozen=True)
class Rating:
    """How good the behaviour of a candidate is: stars from 1 to 5, or a thumb (0 or 1 out of 1)."""

    about: CandidateName
    value: Annotated[int, Field(ge=0, le=MOST_STARS)]
    of: Literal[1, 5] = 5
    why: Reason = ""
    kind: Literal["rating"] = "rating"

    def __post_init__(self) -> None:
        least = 1 if self.of == MOST_STARS else 0
        if not least <= self.value <= self.of:
            raise ValueError(f"a rating out of {self.of} cannot be {self.value}, only {least} to {self.of}")


@with_config(STRICT)
@dataclass(frozen=True)
class Episode:
    """A recorded episode of a training of this run."""

    name: CandidateName
    replicate: Place = 0
    """Of the search."""
    number: Place = 0
    """Which of the recorded episodes of that training."""


@with_config(STRICT)
@dataclass(frozen=True)
class Preference:
    """Which of two recorded episodes is better."""

    first: Episode
    second: Episode
    better: Literal["first", "second", "neither"]
    why: Reason = ""
    kind: Literal["preference"] = "preference"

    def __post_init__(self) -> None:
        if self.first == self.second:
            raise ValueError("an episode cannot be compared with itself")


@with_config(STRICT)
@dataclass(frozen=True)
class Balance:
    """More of one component of a candidate's reward, at the cost of another."""

    about: CandidateName
    more: Annotated[str, limited_text(80, least=1)]
    less: Annotated[str, limited_text(80, least=1)]
    strength: Number = 0.5
    """From 0, as it is, to 1, all the way."""
    kind: Literal["balance"] = "balance"

    def __post_init__(self) -> None:
        if not 0.0 < self.strength <= 1.0:
            raise ValueError(f"strength cannot be {self.strength}, only more than 0 and at most 1")
        if self.more == self.less:
            raise ValueError(f"a component cannot be weighed against itself ({self.more})")


@with_config(STRICT)
@dataclass(frozen=True)
class Veto:
    """This candidate is never a parent, a leader or a finalist again."""

    about: CandidateName
    why: Reason = ""
    kind: Literal["veto"] = "veto"


@with_config(STRICT)
@dataclass(frozen=True)
class Pin:
    """This candidate is a finalist whatever its score; it does not lead by that."""

    about: CandidateName
    why: Reason = ""
    kind: Literal["pin"] = "pin"


@with_config(STRICT)
@dataclass(frozen=True)
class Withdrawal:
    """What was said under a number does not hold any longer."""

    number: Place
    kind: Literal["withdrawal"] = "withdrawal"


Said = Annotated[
    Comment | Rating | Preference | Balance | Veto | Pin | Withdrawal, Field(discriminator="kind")
]
SAID = (Comment, Rating, Preference, Balance, Veto, Pin, Withdrawal)
_ADAPTER: TypeAdapter[Any] = TypeAdapter(Said)


def said_from_json(data: Any) -> Any:
    """Read one of `SAID` from plain values; ValueError, in a person's words, for anything else."""
    try:
        return _ADAPTER.validate_python(checked.mapping(data, "feedback"))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        told = first.get("ctx", {}).get("error")
        where = ".".join(str(part) for part in first["loc"][1:])
        raise ValueError(str(told) if isinstance(told, ValueError) else f"{where}: {first['msg']}") from error


SaidField = Annotated[Any, read_by(SAID, said_from_json)]


@dataclass(frozen=True)
class Heard:
    """Something that was said, as the run took it up."""

    number: int
    """From 1, in the order of the log."""
    said: Comment | Rating | Preference | Balance | Veto | Pin | Withdrawal
    time: float
    """Seconds since the epoch."""
    since: int
    """The first generation that was planned with it."""
    until: int | None = None
    """The first that was planned after it had been taken back."""

    def holds(self, generation: int) -> bool:
        """Tell whether a generation is planned with it."""
        return self.since <= generation and (self.until is None or generation < self.until)


@dataclass(frozen=True)
class Feedback:
    """Everything that people said of a run, in order."""

    heard: tuple[Heard, ...] = ()

    def at(self, generation: int) -> tuple[Heard, ...]:
        """Return what a generation is planned with."""
        return tuple(one for one in self.heard if one.holds(generation))

    @property
    def standing(self) -> tuple[Heard, ...]:
        """What holds now."""
        return tuple(one for one in self.heard if one.until is None)

    @property
    def vetoed(self) -> frozenset[str]:
        """Candidates that must not be built on; of a veto and a pin the later one stands."""
        return _vetoed(self.standing)

    def vetoed_at(self, generation: int) -> frozenset[str]:
        """Return who must not be built on in a generation, as it was planned."""
        return _vetoed(self.at(generation))

    @property
    def pinned(self) -> tuple[str, ...]:
        """Candidates that are finalists whatever they score, in the order of their pins."""
        return tuple(name for name, last in _marks(self.standing).items() if isinstance(last, Pin))


def _vetoed(heard: Iterable[Heard]) -> frozenset[str]:
    return frozenset(name for name, last in _marks(heard).items() if isinstance(last, Veto))


def _marks(heard: Iterable[Heard]) -> Mapping[str, Veto | Pin]:
    """Return the last veto or pin of each candidate, in their order."""
    marks: dict[str, Veto | Pin] = {}
    for one in heard:
        if isinstance(one.said, Veto | Pin):
            marks.pop(one.said.about, None)
            marks[one.said.about] = one.said
    return marks


def candidates_of(said: object) -> Iterable[str]:
    """Yield the candidates that something is said about."""
    if isinstance(said, Preference):
        yield from dict.fromkeys((said.first.name, said.second.name))
    elif (about := getattr(said, "about", None)) is not None:
        yield about
