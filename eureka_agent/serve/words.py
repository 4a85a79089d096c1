"""What somebody said, as one sentence."""

from __future__ import annotations

from typing import Any

from eureka_agent.store.said import Balance, Comment, Pin, Preference, Rating, Veto, Withdrawal

CONCERNS = {"wish": "", "unsafe": "Unsafe: ", "failed": "Failed: ", "ugly": "Ugly: ", "slow": "Slow: "}


def in_words(said: Any) -> str:
    """Return what was said in words that a list shows."""
    match said:
        case Comment(text, about, concern):
            return f"{CONCERNS.get(concern, '')}“{text}”{f' (about {about})' if about else ''}"
        case Rating(about, value, of, why):
            told = f"{value} of 5 stars" if of > 1 else f"thumb {'up' if value else 'down'}"
            return f"{about}: {told}{_because(why)}"
        case Preference(first, second, "neither", why):
            return f"Episodes of {first.name} and {second.name} are equally good{_because(why)}"
        case Preference(first, second, better, why):
            good, bad = (first, second) if better == "first" else (second, first)
            return f"An episode of {good.name} is better than one of {bad.name}{_because(why)}"
        case Balance(about, more, less, strength):
            return f"{about}: more {more}, less {less} ({strength:.0%})"
        case Veto(about, why):
            return f"{about}: veto{_because(why)}"
        case Pin(about, why):
            return f"{about}: pinned{_because(why)}"
        case Withdrawal(number):
            return f"Took back number {number}"
        case _:
            return ""


def _because(why: str) -> str:
    return f": “{why}”" if why else ""
