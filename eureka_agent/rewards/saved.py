"""A saved reward: the candidate's own file under a docstring that says what it is and how good."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Mapping

from eureka_agent.rewards.tree import parse_python
from eureka_agent.showing import visible


def with_header(source: str, title: str, facts: Mapping[str, str]) -> str:
    """Return `source` with a module docstring of `title`, one line a fact, and its own docstring below.

    The result is still a reward in the contract and needs nothing of this package to be imported.
    """
    own, rest = _split_docstring(source)
    lines = [title, "", *(line for name, value in facts.items() for line in _wrapped(name, value))]
    if own:
        lines += ["", own.strip()]
    text = "\n".join(line.rstrip() for line in lines)
    escaped = visible(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""{escaped}\n"""\n\n{rest.lstrip()}'


def _wrapped(name: str, value: str) -> list[str]:
    return textwrap.wrap(
        " ".join(value.split()),
        width=100,
        initial_indent=f"{name + ':':<13}",
        subsequent_indent=" " * 13,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _split_docstring(source: str) -> tuple[str, str]:
    tree = parse_python(source)
    if ast.get_docstring(tree) is None:
        return "", source
    first = tree.body[0]
    rest = source.splitlines(keepends=True)[first.end_lineno or 1 :]
    return ast.get_docstring(tree) or "", "".join(rest)
