"""What people said of a run, as prompts tell it: in their words, with the time, until it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from eureka_agent.escaping import item, moment
from eureka_agent.store.said import (
    Balance,
    Comment,
    Episode,
    Feedback,
    Heard,
    Pin,
    Preference,
    Rating,
    Veto,
)

MOST_OPINIONS = 20
"""Ratings and preferences that a prompt tells, the latest; sentences are never left out."""

_CALLED = {"unsafe": "Unsafe: ", "failed": "Failed: ", "ugly": "Ugly: ", "slow": "Slow: "}
ADVICE = {
    "unsafe": "What is called unsafe needs a component of its own, large enough that ignoring it never pays.",
    "failed": "What is called failed is not the task done, whatever `task_score` says: find out what it "
    "lacks, and pay for that.",
    "ugly": "What is called ugly is about the manner: give it a component of its own that does not compete "
    "with the task.",
    "slow": "What is called slow is about the pace: pay for time that is saved, not for haste that fails.",
}
"""What follows from a concern for whoever writes the reward."""


def said_words(heard: Sequence[Heard]) -> dict[str, Any]:
    """Return the values of the template of what people ask for; `lines` is empty where they said nothing."""
    lines = [(one, in_a_line(one.said)) for one in heard]
    told = [(one, line) for one, line in lines if line]
    opinions = [one.number for one, _ in told if isinstance(one.said, Rating | Preference)]
    left_out = set(opinions[:-MOST_OPINIONS])
    concerns = {one.said.concern for one in heard if isinstance(one.said, Comment)}
    return {
        "lines": [item(line) + _when(one) for one, line in told if one.number not in left_out],
        "left_out": len(left_out),
        "advice": [advice for concern, advice in ADVICE.items() if concern in concerns],
    }


NOTHING_SAID = said_words(Feedback().heard)


def in_a_line(said: Any) -> str:
    """Return what was said as a sentence; empty for what only others need to know."""
    match said:
        case Comment(text, about, concern):
            return f"{_CALLED.get(concern, '')}“{text}”{f' (about {about})' if about else ''}"
        case Rating(about, value, of, why):
            told = f"{value} of 5 stars" if of > 1 else f"thumbs {'up' if value else 'down'}"
            return f"{about}: {told}{_because(why)}"
        case Preference(Episode(first), Episode(second), "neither", why):
            return f"An episode of {first} and one of {second} are equally good{_because(why)}"
        case Preference(Episode(first), Episode(second), better, why):
            good, bad = (first, second) if better == "first" else (second, first)
            return f"An episode of {good} is better than one of {bad}{_because(why)}"
        case Balance(about, more, less, strength):
            return f"Of {about}: more of `{more}`, less of `{less}` (a slider at {100 * strength:.0f} %)"
        case Veto(about, why):
            return f"{about} must not be built on{_because(why)}"
        case Pin(about, why):
            return f"{about} is worth keeping{_because(why)}"
        case _:
            return ""


def _because(why: str) -> str:
    return f": “{why}”" if why else ""


def _when(one: Heard) -> str:
    at = moment(one.time, ", %d %b %H:%M UTC", UTC)
    return f" (before generation {one.since}{at})"
