"""What models write for themselves in front of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TAG = re.compile(r"<(?P<end>/?)(?P<name>think|thinking|thought|reasoning|reflection)>", re.IGNORECASE)


def without_thinking(text: str) -> str:
    """Return `text` without hidden thinking: whole `<think>…</think>`, and what lacks either tag.

    The time it takes grows with the length of `text`, whatever stands there: somebody else wrote it.
    """
    text = "".join(_outside(text))
    tags = list(_TAG.finditer(text))
    late = max((tag.end() for tag in tags if tag["end"]), default=0)
    unfinished = next((tag.start() for tag in tags if not tag["end"] and tag.start() >= late), len(text))
    return text[late:unfinished]


def _outside(text: str) -> Iterator[str]:
    """Yield what is outside of pairs of tags: an opening one, and the next closing one of its name."""
    tags = list(_TAG.finditer(text))
    closed = {tag["name"].lower(): tag.start() for tag in tags if tag["end"]}  # the last ones
    inside, begin = "", 0
    for tag in tags:
        name = tag["name"].lower()
        if inside:
            if tag["end"] and name == inside:
                inside, begin = "", tag.end()
        elif not tag["end"] and closed.get(name, -1) > tag.start():
            inside = name
            yield text[begin : tag.start()]
    yield text[begin:]
