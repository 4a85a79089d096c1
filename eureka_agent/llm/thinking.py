"""What models write for themselves in front of an answer."""

from __future__ import annotations

import re

_THINKING = r"think|thinking|thought|reasoning|reflection"
_THOUGHT = re.compile(rf"<({_THINKING})>.*?</\1>", re.DOTALL | re.IGNORECASE)
_LATE_END = re.compile(rf".*</({_THINKING})>", re.DOTALL | re.IGNORECASE)
_UNFINISHED = re.compile(rf"<({_THINKING})>.*", re.DOTALL | re.IGNORECASE)


def without_thinking(text: str) -> str:
    """Return `text` without hidden thinking: whole `<think>…</think>`, and what lacks either tag."""
    text = _THOUGHT.sub("", text)
    late = _LATE_END.match(text)  # sub would look again from every letter
    text = text[late.end() :] if late else text
    return _UNFINISHED.sub("", text)
