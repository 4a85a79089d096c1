"""Whole reward files and headers, drawn from a grammar; equal numbers give equal files."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from saved_literals import Literals
from saved_modules import Module
from saved_words import COOKIES, LINE_ENDS, PAYLOADS, SEPARATORS
from saved_wrong import Wrong

from eureka_agent.rewards.saved import Header

_ODD, _WRONG, _DAMAGED, _ENCODED = 0.3, 0.4, 0.1, 0.02
"""Shares of files with odd characters, that break rules, edited at random, and in another encoding."""

_WRONG_PLACES = 0.04
"""The share of places at which a file that breaks rules does so."""


class Given(NamedTuple):
    """One input: a source as a model may have written it, and the header to save it under."""

    source: str
    header: Header


def given(seed: int, number: int) -> Given:
    """Return the input of that number."""
    random = Random(f"{seed}/{number}")
    odd = random.choice((random.sample(SEPARATORS, 1), random.sample(SEPARATORS, 2), LINE_ENDS))
    odd = tuple(odd) if random.random() < _ODD else ()
    texts = Literals(random, odd)
    module = Module(texts, Wrong(random, _WRONG_PLACES if random.random() < _WRONG else 0.0))
    source = module.source()
    source = _damaged(source, texts) if texts.chance(_DAMAGED) else source
    source = _encoded(source, texts) if texts.chance(_ENCODED) else source
    return Given(_with_line_ends(source, texts), _header(texts))


def _damaged(source: str, texts: Literals) -> str:
    """Return the source with one short stretch removed, repeated, or exchanged for some text."""
    start = texts.random.randrange(len(source))
    end = start + texts.random.randint(0, 8)
    odd = texts.random.choice(texts.odd) if texts.odd else ""
    new = texts.random.choice(("", odd, odd, source[start:end] * 2, texts.text(1)))
    return source[:start] + new + source[end:]


def _encoded(source: str, texts: Literals) -> str:
    """Return the source below comments by which another encoding would make code of one of them."""
    encoding = texts.random.choice(("utf-7", "UTF7", "unicode_escape", "raw_unicode_escape"))
    payload = texts.random.choice(PAYLOADS)
    hidden = f"+AAo-{payload} #" if "7" in encoding else f"\\u000a{payload} #"
    cookie = texts.random.choice(COOKIES).format(encoding)
    return f"{cookie}\n# words {hidden}\n" + source.replace("+", "-").encode("ascii", "ignore").decode()


def _with_line_ends(source: str, texts: Literals) -> str:
    """Return the source with the line ends, and the first and last characters, of some editor."""
    random = texts.random
    ends = random.choices(("\n", "\r\n", "mixed", "\r"), (80, 14, 4, 2))[0]
    if ends == "mixed":
        source = "".join(random.choice(("\n", "\r\n")) if c == "\n" else c for c in source)
    elif ends != "\n":
        source = source.replace("\n", ends)
    source = ("\ufeff" if texts.chance(0.02) else "") + source
    return (
        source if texts.chance(0.8) else source.rstrip("\r\n") + random.choice(("", "  ", "\n\n", ";", "\\"))
    )


def _header(texts: Literals) -> Header:
    """Return a header in which every text is hostile, every odd character among them."""
    loud = Literals(texts.random, SEPARATORS if texts.chance(0.5) else ())
    facts = {loud.text(2) or "Task": loud.text(5) for _ in range(texts.random.randint(0, 4))}
    return Header(loud.text(3), facts)
