"""Sentences of a grammar in llama.cpp's GBNF, drawn at random: the part of the language that is used here."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<chars>\[(?:[^\]\\]|\\.)*\])|(?P<name>[a-z_][a-z0-9_]*)'
    r"|(?P<times>[?]|\{\d+,\d+\})|(?P<mark>[()|]))"
)


class Grammar:
    """A grammar that sentences can be drawn from."""

    def __init__(self, text: str) -> None:
        rules = (line.split(" ::= ", 1) for line in text.splitlines() if line)
        self.rules = {name: _parse(_tokens(body)) for name, body in rules}

    def sentence(self, draw: random.Random, name: str = "root") -> str:
        return self._alternatives(self.rules[name], draw)

    def _alternatives(self, node: list, draw: random.Random) -> str:
        return "".join(self._item(item, low, high, draw) for item, low, high in draw.choice(node))

    def _item(self, item: tuple, low: int, high: int, draw: random.Random) -> str:
        return "".join(self._once(item[0], item[1], draw) for _ in range(draw.randint(low, high)))

    def _once(self, kind: str, value: object, draw: random.Random) -> str:
        if kind == "text":
            return str(value)
        if kind == "name":
            return self.sentence(draw, str(value))
        if kind == "chars":
            assert isinstance(value, list)
            return chr(draw.choice(draw.choice(value)))
        assert isinstance(value, list)
        return self._alternatives(value, draw)


def _tokens(body: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(body.rstrip()):
        found = _TOKEN.match(body, position)
        assert found, f"not understood: {body[position : position + 40]!r}"
        assert found.lastgroup
        yield found.lastgroup, found[found.lastgroup]
        position = found.end()


def _parse(tokens: Iterator[tuple[str, str]]) -> list:
    """Return alternatives, each a list of (item, fewest, most)."""
    alternatives: list = [[]]
    for kind, text in tokens:
        if text == ")" and kind == "mark":
            break
        if text == "|" and kind == "mark":
            alternatives.append([])
        elif kind == "mark":
            alternatives[-1].append((("group", _parse(tokens)), 1, 1))
        elif kind == "times":
            low, high = (0, 1) if text == "?" else map(int, text[1:-1].split(","))
            alternatives[-1][-1] = (alternatives[-1][-1][0], low, high)
        else:
            alternatives[-1].append((_item(kind, text), 1, 1))
    return alternatives


def _item(kind: str, text: str) -> tuple:
    if kind == "text":
        return kind, _unescaped(text[1:-1])
    return (kind, _ranges(text[1:-1])) if kind == "chars" else (kind, text)


def _unescaped(text: str) -> str:
    return text.encode("latin-1").decode("unicode_escape")


def _ranges(text: str) -> list[range]:
    """Return the code points of a character class as ranges."""
    symbols = re.findall(r"\\.|.", text)
    ranges, index = [], 0
    while index < len(symbols):
        low = high = ord(_unescaped(symbols[index]))
        if index + 2 < len(symbols) and symbols[index + 1] == "-":
            high = ord(_unescaped(symbols[index + 2]))
            index += 2
        ranges.append(range(low, high + 1))
        index += 1
    return ranges
