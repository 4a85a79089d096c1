"""Finding code in what a language model wrote: in fences, and without them."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from eureka_agent.llm.thinking import without_thinking
from eureka_agent.rewards.characters import unix_newlines
from eureka_agent.rewards.tree import parse_python

_FENCE = re.compile(r"^(?P<indent>[ \t]*(?:>[ \t]?)*[ \t]*)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+")
_CODE_START = re.compile(
    r"(import|from|def|async|class|@|if|for|while|with|try|[A-Za-z_]\w*\s*(:[^=]*)?=)\b|[A-Za-z_]\w*\s*="
)
_OTHER_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
"""Spaces as models set them between a number and its unit; a reward may hold plain ones only."""
_CONTINUES = re.compile(r"[ \t]|[)\]}]|(else|elif|except|finally)\b")
_LONGEST_MERGE = 40
"""Lines at column 0 that one statement may span, e.g. a long bracketed constant."""


@dataclass(frozen=True)
class Block:
    """One stretch of code in a reply."""

    text: str
    closed: bool
    """False where the reply ended before the closing fence."""
    tree: ast.Module | None = None
    """None where the text is no Python."""
    error: SyntaxError | None = None


def normalised(text: str) -> str:
    """Return `text` with Unix newlines and plain spaces, and without byte order marks and NULs."""
    return _OTHER_SPACES.sub(" ", unix_newlines(text)).replace("\ufeff", "").replace("\x00", "")


def prose(text: str) -> str:
    """Return what a reply says outside its fenced blocks, without hidden thinking."""
    kept, fence = [], ""
    for line in without_thinking(normalised(text)).split("\n"):
        opening, stripped = _FENCE.match(line), line.strip()
        if fence:
            closes = set(stripped) == {fence[0]} and len(stripped) >= len(fence)
            fence = "" if closes else fence
        elif opening:
            fence = opening["fence"]
        else:
            kept.append(line)
    return "\n".join(kept).strip()


def parse(text: str) -> ast.Module | SyntaxError:
    """Parse Python; whatever is wrong with it comes back as a SyntaxError, nothing is raised."""
    try:
        return parse_python(text, "<reply>")
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError) as error:
        return SyntaxError(str(error) or "nested too deeply")


def fenced_blocks(text: str) -> list[Block]:
    """Return the fenced blocks of `text` in order, dedented; ``` and ~~~, indented or quoted with `>`."""
    return [_block(lines, closed=closed) for lines, closed in _fenced(text)]


def bare_block(text: str) -> Block | None:
    """Return the Python statements of a text without fences, or None if there are none.

    Statements are recognised one by one, so that prose before, between and after them does not matter.
    """
    kept = [
        chunk for chunk in _chunks(text.expandtabs(4).split("\n")) if isinstance(parse(chunk), ast.Module)
    ]
    return _block("\n".join(kept).split("\n"), closed=False) if kept else None


def _fenced(text: str) -> Iterator[tuple[list[str], bool]]:
    inside: list[str] | None = None
    fence, quoted = "", False
    for line in text.split("\n"):
        opening = _FENCE.match(line)
        if inside is None:
            if opening:
                inside, fence, quoted = [], opening["fence"], ">" in opening["indent"]
            continue
        line = _QUOTE.sub("", line, count=1) if quoted else line
        stripped = line.strip()
        if stripped and set(stripped) == {fence[0]} and len(stripped) >= len(fence):
            yield inside, True
            inside = None
        elif opening and opening["fence"][0] == fence[0] and opening["info"].strip():
            # A fence that names a language opens a block: the one before was never closed.
            yield inside, False
            inside, fence, quoted = [], opening["fence"], ">" in opening["indent"]
        elif stripped.endswith(fence):
            yield [*inside, line.rstrip()[: -len(fence)]], True
            inside = None
        else:
            inside.append(line)
    if inside is not None:
        yield inside, False


def _block(lines: list[str], *, closed: bool) -> Block:
    text = textwrap.dedent("\n".join(lines).expandtabs(4)).strip("\n") + "\n"
    result = parse(text)
    if isinstance(result, ast.Module):
        return Block(text, closed, result)
    return Block(text, closed, None, result)


def _chunks(lines: list[str]) -> Iterator[str]:
    """Yield the stretches that may be top-level statements: a line at column 0 and what belongs to it."""
    start = 0
    while start < len(lines):
        if not _CODE_START.match(lines[start]):
            start += 1
            continue
        end, merges = _statement_end(lines, start), 0
        chunk = "\n".join(lines[start:end])
        # A decorator, a bracket or a text that is still open goes on at column 0.
        while isinstance(parse(chunk), SyntaxError) and merges < _LONGEST_MERGE and end < len(lines):
            end, merges = _statement_end(lines, end), merges + 1
            chunk = "\n".join(lines[start:end])
        if isinstance(parse(chunk), ast.Module):
            yield chunk
            start = end
        else:
            start += 1


def _statement_end(lines: list[str], start: int) -> int:
    """Return the index after the line at `start` and the indented, blank or closing lines that follow it."""
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or _CONTINUES.match(lines[end])):
        end += 1
    return end
