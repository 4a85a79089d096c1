"""What people can say to a run, for `eureka_agent.say`; see docs/feedback.md."""

from __future__ import annotations

from eureka_agent.store.inbox import Answer
from eureka_agent.store.said import (
    Balance,
    Comment,
    Episode,
    Heard,
    Pin,
    Preference,
    Rating,
    Veto,
    Withdrawal,
)

__all__ = [
    "Answer",
    "Balance",
    "Comment",
    "Episode",
    "Heard",
    "Pin",
    "Preference",
    "Rating",
    "Veto",
    "Withdrawal",
]
