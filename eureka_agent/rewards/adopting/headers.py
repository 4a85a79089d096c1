"""The header of a function: from its `def` to the colon."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Sequence

from eureka_agent.rewards.natural.editing import Edits
from eureka_agent.rewards.source import ENTRY
from eureka_agent.rewards.tree import functions_of, is_docstring, parse_python


def end_of_header(edits: Edits, node: ast.FunctionDef) -> int:
    """Return the character after the colon that ends a function's header."""
    begin, depth = edits.span(node)[0], 0
    for token in tokenize.generate_tokens(io.StringIO(edits.source).readline):
        at = edits.line_span(token.start[0])[0] + token.start[1]
        if at < begin or token.type != tokenize.OP:
            continue
        depth += (token.string in "([{") - (token.string in ")]}")
        if token.string == ":" and depth == 0:
            return at + 1
    raise AssertionError(f"the header of {node.name} has no end")


def with_arguments(text: str, arguments: Sequence[str], first: Sequence[str] = ()) -> str:
    """Return a module whose reward function has these arguments and begins with these lines."""
    entry = functions_of(parse_python(text))[ENTRY]
    edits = Edits(text)
    edits.replace(
        (edits.span(entry)[0], end_of_header(edits, entry)), f"def {ENTRY}({', '.join(arguments)}):"
    )
    if first:
        docstring = entry.body[0] if is_docstring(entry.body[0]) and len(entry.body) > 1 else None
        before = edits.span(docstring)[1] if docstring is not None else end_of_header(edits, entry)
        lines = "".join(f"\n{' ' * entry.body[0].col_offset}{line}" for line in first)
        edits.replace((before, before), lines)
    return edits.text((0, len(text)))
