"""The probabilities of a reply's tokens, as chat completions tell them (`logprobs`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eureka_agent.llm.formed import TokenOdds
from eureka_agent.llm.wire import mapping

_MOST_TOKENS = 65_536
"""Tokens that are read; what a service sends beyond is no reply to one of our requests."""
_LEAST, _MOST = -1e6, 1.0
"""Bounds of a log-probability; some services round up to a little more than 0."""


def odds_in(choice: Mapping[str, Any]) -> Iterator[TokenOdds]:
    """Yield the tokens of a choice, or of a piece of one; none where the service tells nothing of them.

    One whose probabilities cannot be read has none, and keeps its place: the tokens together are the text.
    """
    rows = mapping(choice.get("logprobs")).get("content")
    for row in map(mapping, rows[:_MOST_TOKENS] if isinstance(rows, list) else ()):
        text = row.get("token")
        if not isinstance(text, str):
            continue
        others = row.get("top_logprobs")
        told = [row, *(map(mapping, others) if isinstance(others, list) else ())]
        yield TokenOdds(text, tuple(dict(_known(told)).items()))


def _known(rows: list[Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    for row in rows:
        text, value = row.get("token"), row.get("logprob")
        if not isinstance(text, str) or isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        if _LEAST < value < _MOST:  # neither NaN nor an integer too large for a float
            yield text, min(0.0, float(value))
