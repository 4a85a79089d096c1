"""A reward as a file: the very bytes, checked the way Python will read them.

Whoever imports the file runs it outside every sandbox. So nothing is written but what was checked: the source
byte for byte, with Unix line endings, and where there is a header in place of the module's docstring.
"""

from __future__ import annotations

import ast
import codecs
import io
import textwrap
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass

from eureka_agent.errors import RewardError
from eureka_agent.escaping import visible
from eureka_agent.rewards.characters import unix_newlines
from eureka_agent.rewards.tree import docstring_of, parse_bytes, parse_python


@dataclass(frozen=True)
class Header:
    """What a saved reward says about itself in its docstring."""

    title: str
    facts: Mapping[str, str]
    """One paragraph each, by name."""
    usage: tuple[str, ...] = ()
    """Lines of Python that use the reward; they stand as they are, indented."""

    def words(self, own: str) -> str:
        """Return the docstring's text; `own` is the docstring that the reward had."""
        lines = [self.title, "", *(line for name, value in self.facts.items() for line in _wrap(name, value))]
        if self.usage:
            lines += ["", "Use:", "", *(f"    {line}" for line in self.usage)]
        lines += ["", own.strip()] if own.strip() else []
        return visible("\n".join(line.rstrip() for line in lines)) + "\n"


@dataclass(frozen=True)
class _Span:
    """Where a docstring stands, in bytes."""

    start: int
    end: int


def reward_bytes(source: str, header: Header | None = None) -> bytes:
    """Return the file that holds `source`: UTF-8, Unix line endings, `header` as its docstring.

    Raises RewardError where Python would read the bytes as anything else than `source` under that header.
    """
    text = unix_newlines(source)
    text = text if text.endswith("\n") else text + "\n"
    try:
        data = text.encode()
        tree = parse_python(text)
        if header is None:
            written, words = data, None
        else:
            words = header.words(ast.get_docstring(tree) or "")
            written = _with_docstring(data, tree, words)
        _verify(written, data, tree, words)
    except (SyntaxError, ValueError, LookupError, tokenize.TokenError, RecursionError, MemoryError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise _unfaithful(f"{str(error)[:200]}", line) from error
    return written


def _with_docstring(data: bytes, tree: ast.Module, words: str) -> bytes:
    """Put a docstring of `words` where the module's own stands, or at the top."""
    escaped = words.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    literal = f'"""{escaped}"""'.encode()
    span = _docstring_span(data, tree)
    return literal + b"\n\n" + data if span is None else data[: span.start] + literal + data[span.end :]


def _docstring_span(data: bytes, tree: ast.Module) -> _Span | None:
    node = docstring_of(tree)
    if node is None:
        return None
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    starts = [0]
    for line in data.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    return _Span(starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset)


def _verify(written: bytes, source: bytes, tree: ast.Module, words: str | None) -> None:
    """Read the bytes as Python does and compare: encoding, syntax tree, every word and comment."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(written).readline)
    if codecs.lookup(encoding).name != "utf-8":  # it may be spelled utf8, too
        raise _unfaithful(f"Python would read it as {encoding}", 1)
    read = parse_bytes(written)
    if words is not None and ast.get_docstring(read, clean=False) != words:
        raise _unfaithful("Python would read another docstring than its header", 1)
    expected, got = _statements(tree, words is not None), _statements(read, words is not None)
    if expected != got:
        differ = next(
            (n for n, (a, b) in enumerate(zip(expected, got, strict=False)) if a != b), len(expected)
        )
        line = tree.body[min(differ, len(tree.body) - 1)].lineno if tree.body else None
        raise _unfaithful("Python would read other code than was checked", line)
    if _words(source, tree, words is not None) != _words(written, read, words is not None):
        raise _unfaithful("Python would read other words than were checked", None)


def _statements(tree: ast.Module, beside_docstring: bool) -> list[str]:
    skipped = docstring_of(tree) if beside_docstring else None
    return [ast.dump(node) for node in tree.body if node is not skipped]


def _words(data: bytes, tree: ast.Module, beside_docstring: bool) -> list[str]:
    """Return every token that is more than layout, those of the docstring left out."""
    node = docstring_of(tree) if beside_docstring else None
    layout = (tokenize.ENCODING, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    inside = (0, 0, 0, 0) if node is None else _in_characters(data, node)
    return [
        token.string
        for token in tokenize.tokenize(io.BytesIO(data).readline)
        if token.type not in layout and not (inside[:2] <= token.start and token.end <= inside[2:])
    ]


def _in_characters(data: bytes, node: ast.stmt) -> tuple[int, int, int, int]:
    """Return where a statement begins and ends as tokens count: lines, and characters within them."""
    lines = data.split(b"\n")
    end_line, end_byte = node.end_lineno or 0, node.end_col_offset or 0
    begin = len(lines[node.lineno - 1][: node.col_offset].decode())
    return node.lineno, begin, end_line, len(lines[end_line - 1][:end_byte].decode())


def _unfaithful(problem: str, line: int | None) -> RewardError:
    place = f"line {line}: " if line else ""
    return RewardError(
        f"The reward cannot be written as a file that Python reads as it was checked: {place}{problem}.",
        allowed="plain UTF-8 Python",
        fix="Remove unusual characters, encoding comments and line breaks from texts and comments.",
    )


def _wrap(name: str, value: str) -> list[str]:
    return textwrap.wrap(
        " ".join(value.split()),
        width=100,
        initial_indent=f"{name + ':':<13}",
        subsequent_indent=" " * 13,
        break_long_words=False,
        break_on_hyphens=False,
    )
