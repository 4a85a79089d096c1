"""Edits of a reward token by token: a line that loses all its code goes, with its comment; others stay.

`natural/editing.py` replaces spans and keeps every comment; here code disappears, and what was said about it
must disappear with it.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from eureka_agent.rewards.characters import unix_newlines

Place = tuple[int, int]
"""Line from 1, and the character in it from 0."""

_LAYOUT = (
    tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING,
)  # fmt: skip


class CannotEditError(Exception):
    """Code whose layout leaves no safe way to remove a part of it; the message says why."""


@dataclass
class TokenEdits:
    """The edits of one module, by the numbers of its code tokens."""

    text: str
    heads: frozenset[int] = frozenset()
    """Lines that end the code that a comment above them is about: the total, the return."""
    _gone: set[int] = field(default_factory=set)
    _written: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.text = unix_newlines(self.text).rstrip("\n") + "\n"
        self._lines = self.text.split("\n")[:-1]
        found = list(tokenize.generate_tokens(io.StringIO(self.text).readline))
        self._comments = {token.start[0]: token for token in found if token.type == tokenize.COMMENT}
        self.tokens = [t for t in found if t.type not in (*_LAYOUT, tokenize.COMMENT)]
        self._starts = {token.start: number for number, token in enumerate(self.tokens)}
        self._inner = _inside_brackets(found)

    def of(self, node: ast.AST) -> range:
        """Return the numbers of a node's tokens; brackets around it are not part of it."""
        place: ast.expr = node  # pyright: ignore[reportAssignmentType]
        begin = self._starts[self._place(place.lineno, place.col_offset)]
        end = self._place(place.end_lineno or 0, place.end_col_offset or 0)
        last = begin
        while last + 1 < len(self.tokens) and self.tokens[last + 1].end <= end:
            last += 1
        return range(begin, last + 1)

    def bracketed(self, node: ast.AST, inside: range) -> range:
        """Return a node's tokens with the brackets around it that stand `inside` others."""
        own = self.of(node)
        begin, end = own.start, own.stop
        while begin > inside.start and end < inside.stop and self._is(begin - 1, "(") and self._is(end, ")"):
            begin, end = begin - 1, end + 1
        return range(begin, end)

    def drop(self, tokens: range) -> None:
        """Remove tokens."""
        self._gone.update(tokens)

    def drop_item(self, item: range) -> None:
        """Remove one item of a list with the comma behind it, else with the one before it."""
        self.drop(item)
        if self._is(item.stop, ","):
            self._gone.add(item.stop)
        elif self._is(item.start - 1, ","):
            self._gone.add(item.start - 1)

    def drop_statement(self, node: ast.stmt) -> None:
        """Remove a statement; CannotEditError where it shares a line with another."""
        if not self.alone(node):
            raise CannotEditError(f"line {node.lineno} holds several statements")
        self.drop(self._statement(node))

    def alone(self, node: ast.stmt) -> bool:
        """Say whether no other code stands on a statement's lines."""
        own = self._statement(node)
        before, after = own.start - 1, own.stop
        first, last = self.tokens[own.start].start[0], self.tokens[own.stop - 1].end[0]
        return not (
            (before >= 0 and self.tokens[before].end[0] == first)
            or (after < len(self.tokens) and self.tokens[after].start[0] == last)
        )

    def unbracket(self, whole: range, kept: range) -> None:
        """Remove the brackets around what is left of an expression, where that is a single word."""
        opening, closing = whole.start - 1, whole.stop
        if len(kept) != 1 or not (self._is(opening, "(") and self._is(closing, ")")):
            return
        before = self.tokens[opening - 1]
        is_call = (before.type == tokenize.NAME and before.string != "return") or before.string in (")", "]")
        if not is_call and self.tokens[opening].start[0] == self.tokens[closing].start[0]:
            self._gone |= {opening, closing}

    def write(self, token: int, text: str) -> None:
        """Write something else for one token."""
        self._written[token] = text

    def string(self, token: int) -> str:
        """Return a token as it stands now."""
        return self._written.get(token, self.tokens[token].string)

    def result(self) -> str:
        """Return the edited module."""
        on_line: dict[int, list[int]] = {}
        for number, token in enumerate(self.tokens):
            for line in range(token.start[0], token.end[0] + 1):
                on_line.setdefault(line, []).append(number)
        lost = {line for line, tokens in on_line.items() if self._gone.issuperset(tokens)}
        lost |= self._lost_comments(lost, set(on_line))
        edited = self._gone | self._written.keys()
        made: list[str | None] = []
        for line, text in enumerate(self._lines, start=1):
            if line in lost:
                if made and made[-1] and made[-1].endswith("\\") and not text.endswith("\\"):
                    made[-1] = made[-1][:-1].rstrip()  # it went on where nothing is left
                made.append(None)
            elif edited.isdisjoint(on_line.get(line, ())):
                made.append(text)
            else:
                made.append(self._line(line, on_line[line]))
        return "\n".join(_without_gaps(made)) + "\n"

    def _is(self, token: int, string: str) -> bool:
        return 0 <= token < len(self.tokens) and self.tokens[token].string == string

    def _place(self, line: int, column: int) -> Place:
        """Return the place of a node's line and column, which Python counts in bytes of UTF-8."""
        return line, len(self._lines[line - 1].encode()[:column].decode())

    def _statement(self, node: ast.stmt) -> range:
        own = self.of(node)
        decorators = getattr(node, "decorator_list", ())
        return range(self.of(decorators[0]).start - 1, own.stop) if decorators else own

    def _line(self, line: int, tokens: Sequence[int]) -> str:
        """Return a line with what is left of its code."""
        if any(self.tokens[n].start[0] != self.tokens[n].end[0] for n in tokens):
            raise CannotEditError(f"a text over several lines stands beside it on line {line}")
        text, made, position = self._lines[line - 1], "", 0
        before_run: str | None = None
        for number in tokens:
            token = self.tokens[number]
            space, position = text[position : token.start[1]], token.end[1]
            if number in self._gone:
                before_run = space if before_run is None else before_run
                continue
            if before_run is not None:
                space = before_run if not made else _between(made[-1], before_run, space, self.string(number))
                before_run = None
            made += space + self.string(number)
        rest = text[position:]
        return (made if rest.strip() or not made.strip() else made.rstrip()) + rest.rstrip()

    def _lost_comments(self, lost: set[int], code: set[int]) -> set[int]:
        """Return the lines of comments that stand above nothing but lost lines."""
        inner = {line for line in self._inner if min((n for n in code if n > line), default=0) in lost}
        alone = sorted(line for line in self._comments if line not in code | self._inner)
        blocks = [[line for _, line in group] for _, group in groupby(enumerate(alone), _consecutive)]
        return inner | {line for block in blocks if self._heads_only(block[-1], lost, code) for line in block}

    def _heads_only(self, comment: int, lost: set[int], code: set[int]) -> bool:
        """Say whether all code up to the next blank line, comment or head is lost, if there is any."""
        line = comment + 1
        while line in lost and line not in self.heads:
            line += 1
        return line > comment + 1 and (
            line not in code or line in self.heads or line in self._indented(comment)
        )

    def _indented(self, comment: int) -> set[int]:
        """Return the lines that stand further left than a comment: they are not what it is about."""
        depth = self._comments[comment].start[1]
        return {t.start[0] for t in self.tokens if t.start[1] < depth}


def _between(left: str, before: str, after: str, right: str) -> str:
    """Return the space in place of code that is gone, from the spaces around it: none inside brackets."""
    tight = left in "([{" or right[0] in ")]},:"
    return min(before, after, key=len) if tight else max(before, after, key=len)


def _inside_brackets(tokens: Sequence[tokenize.TokenInfo]) -> set[int]:
    """Return the lines of comments that stand alone inside brackets: above an entry or a term."""
    depth, found = 0, set[int]()
    for token in tokens:
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        elif token.type == tokenize.COMMENT and depth and not token.line[: token.start[1]].strip():
            found.add(token.start[0])
    return found


def _consecutive(numbered: tuple[int, int]) -> int:
    return numbered[1] - numbered[0]


def _without_gaps(lines: Sequence[str | None]) -> list[str]:
    """Leave out lost lines, and of the blank lines around them the shorter run."""
    made: list[str] = []
    blank_before = blank_after = 0
    lost = False
    for line in lines:
        if line is None:
            lost = True
            blank_before, blank_after = max(blank_before, blank_after), 0
        elif not line.strip():
            blank_after += 1
        else:
            count = max(blank_before, blank_after) if lost else blank_before + blank_after
            opened = not made or made[-1].endswith((":", "(", "[", "{"))
            made += [""] * (0 if lost and opened else count) + [line]
            blank_before, blank_after, lost = 0, 0, False
    return made
