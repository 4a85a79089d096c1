"""Edits at the places of syntax nodes: whatever is not edited stays as its author wrote it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from eureka_agent.rewards.natural.refusal import LeftToCriticError
from eureka_agent.rewards.tree import parse_python

Span = tuple[int, int]
"""From this character to before that one."""

MAX_TEXT = 64 * 1024
"""Characters of one replacement."""

_MARK = re.compile("\0(\\d+)\0")
"""Stands at the start of a made line and says which line of the original it came from."""


def mark(line: int) -> str:
    """Return the mark of a line's origin."""
    return f"\0{line}\0"


def unmarked(text: str) -> str:
    """Return text without marks."""
    return _MARK.sub("", text)


@dataclass
class Edits:
    """The replacements in one text; a later one takes the place of those inside it."""

    source: str
    made: dict[Span, str] = field(default_factory=dict)
    notes: dict[Span, str] = field(default_factory=dict)
    """What a person is told about a span."""

    def __post_init__(self) -> None:
        self._lines = self.source.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, line: int, column: int) -> int:
        """Return the character at a node's line (from 1) and column (in UTF-8 bytes)."""
        text = self._lines[line - 1]
        before = text[:column] if text.isascii() else text.encode()[:column].decode("utf-8", "ignore")
        return self._starts[line - 1] + len(before)

    def line_of(self, offset: int) -> int:
        """Return the line (from 1) of a character."""
        return bisect_right(self._starts, offset)

    def line_span(self, line: int) -> Span:
        """Return a line's span with its line end."""
        return self._starts[line - 1], min(self._starts[line], len(self.source))

    def span(self, node: ast.AST) -> Span:
        """Return where a node stands."""
        place: ast.expr = node  # pyright: ignore[reportAssignmentType]
        assert place.end_lineno is not None
        assert place.end_col_offset is not None
        return (
            self.offset(place.lineno, place.col_offset),
            self.offset(place.end_lineno, place.end_col_offset),
        )

    def inside(self, span: Span) -> list[Span]:
        """Return the edits within a span, in order."""
        return sorted(s for s in self.made if span[0] <= s[0] and s[1] <= span[1])

    def clear(self, span: Span) -> None:
        """Forget what was edited within a span."""
        for inner in self.inside(span):
            del self.made[inner]
        for inner in [s for s in self.notes if span[0] <= s[0] and s[1] <= span[1]]:
            del self.notes[inner]

    def replace(self, span: Span, text: str, note: str = "") -> None:
        """Write `text` instead of a span; notes on what was inside it stay."""
        if len(text) > MAX_TEXT:
            raise LeftToCriticError
        for inner in self.inside(span):
            del self.made[inner]
        self.made[span] = text
        if note:
            self.notes[span] = note

    def text(self, span: Span) -> str:
        """Return what stands in a span now."""
        return "".join(piece for piece, _ in self._pieces(span))

    def marked(self, span: Span) -> str:
        """Return what stands in a span now, every line after the first marked with its origin."""
        made = []
        for piece, (start, _) in self._pieces(span):
            lines = piece.split("\n")
            first = self.line_of(start)
            made.append(lines[0])
            made += [
                "\n" + (line if line.startswith("\0") else mark(first + i) + line)
                for i, line in enumerate(lines[1:], start=1)
            ]
        return "".join(made)

    def _pieces(self, span: Span) -> Iterator[tuple[str, Span]]:
        position = span[0]
        for start, end in self.inside(span):
            yield self.source[position:start], (position, start)
            yield self.made[start, end], (start, end)
            position = end
        yield self.source[position : span[1]], (position, span[1])

    def whole(self) -> tuple[str, tuple[int, ...]]:
        """Return the edited text, and for each of its lines the line that it came from."""
        self._keep_comments()
        lines, origins, last = [], [], 1
        for line in (mark(1) + self.marked((0, len(self.source)))).split("\n"):
            found = _MARK.findall(line)
            last = min(int(found[-1]), len(self._lines)) if found else last
            lines.append(unmarked(line))
            origins.append(last)
        return "\n".join(lines), tuple(origins[: len(lines)])

    def _keep_comments(self) -> None:
        """Put a comment that an edit would swallow on a line of its own above it."""
        comments = list(_comments(self.source))
        for start, end in self.inside((0, len(self.source))):
            text = self.made[start, end]
            lost = [
                c
                for line, column, c in comments
                if start <= self._starts[line - 1] + column < end and c not in text
            ]
            for comment in reversed(lost):
                self._put_above(start, comment)

    def _put_above(self, position: int, comment: str) -> None:
        line = self.line_of(position)
        begin = self._starts[line - 1]
        over = [s for s in self.made if s[0] < begin < s[1]]
        while over:
            line = self.line_of(over[0][0])
            begin = self._starts[line - 1]
            over = [s for s in self.made if s[0] < begin < s[1]]
        text = self._lines[line - 1]
        indent = text[: len(text) - len(text.lstrip())]
        at = next((s for s in self.made if s[0] == begin), (begin, begin))
        self.made[at] = f"{indent}{comment}\n{mark(line)}{self.made.get(at, '')}"


def _comments(source: str) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and text of every comment."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.start[1], token.string
    except (tokenize.TokenError, SyntaxError):
        return


def atom(text: str) -> str:
    """Return an expression's text such that it can stand anywhere."""
    bare = unmarked(text)
    node = expression_of(bare)
    single = isinstance(
        node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.ListComp)
    )
    number = isinstance(node, ast.Constant) and not isinstance(node.value, (str, bytes))
    bracketed = isinstance(node, ast.Tuple) and bare.lstrip().startswith("(") and bare.rstrip().endswith(")")
    return text if (single or number or bracketed) and "\n" not in text else f"({text})"


def same_code(a: str, b: str) -> bool:
    """Say whether two expressions are the same but for spaces and comments."""
    first, second = expression_of(unmarked(a)), expression_of(unmarked(b))
    return first is not None and second is not None and ast.dump(first) == ast.dump(second)


def expression_of(text: str) -> ast.expr | None:
    """Return the tree of one expression, or None where it is none."""
    try:
        body = parse_python(f"({text}\n)").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
